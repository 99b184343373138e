# frozen_string_literal: true

require "greeter"
require "open3"
require "rbconfig"
require "testing"
require "values_guest"

# What the process does beside: it forks, has handlers of its own for signals, and small stacks.
class ProcessTest < Minitest::Test
  include ValuesGuest

  FAULTY = Testing.file("faulty_greeter")

  def test_time_is_bounded_in_a_forked_process
    Greeter.open(FAULTY, timeout: 0.3) do |greeter|
      greeter.greet("World")
      forked do
        assert_raises(Greeter::Timeout) { greeter.greet("loop") }
        assert_equal "Hello, World", greeter.greet("World")
        forked { assert_raises(Greeter::Timeout) { greeter.greet("loop") } }
      end
      assert_raises(Greeter::Timeout) { greeter.greet("loop") }
    end
  end

  def test_time_is_bounded_in_a_daemon
    Greeter.open(FAULTY, timeout: 0.3) do |greeter|
      reader, writer = IO.pipe
      child = fork do
        Process.daemon(true, true)
        greeter.greet("loop")
      rescue Greeter::Timeout
        writer.write("in time")
        exit!
      end
      writer.close
      Process.wait(child)
      assert_equal "in time", reader.read
    end
  end

  def test_a_forked_process_opens_greeters_of_its_own
    file = Testing.file("HELLO_WORLD_RUST")
    Greeter.open(file) { |greeter| greeter.greet("World") }
    forked { assert_equal "Hello, World", Greeter.open(file) { |greeter| greeter.greet("World") } }
  end

  def test_a_fork_while_another_thread_is_in_a_call
    entered = Queue.new
    left = Queue.new
    formatter = lambda { |text|
      entered << left.pop if text == "wait" && entered.push(true)
      text.reverse
    }
    Greeter.open(Testing.file("HELLO_WORLD_IMPORTS_RUST"), formatter:) do |greeter|
      thread = Thread.new { greeter.greet("wait") }
      entered.pop
      forked { assert_equal "Hello, dlroW", greeter.greet("World") }
      left << true
      assert_equal "Hello, tiaw", thread.value
    end
  end

  def test_a_fork_in_a_formatter
    component = Wasmtime::Component::Component.from_file(Greeter::ENGINE, FAULTY)
    child = nil
    formatter = ->(text) { (child = fork) ? text : text.reverse }
    Greeter.open(Testing.file("HELLO_WORLD_IMPORTS_RUST"), formatter:) do |greeter|
      greeting = greeter.greet("World")
      exit!(greeting == "Hello, dlroW" && interrupted?(component) ? 7 : 1) unless child
      assert_equal 7, Process.wait2(child).last.exitstatus
      assert_equal "Hello, World", greeting
    end
  end

  # Ruby has handlers for the signals that the engine's traps are, and nobody else may have one.
  def test_signals_of_traps
    %w[BUS FPE ILL SEGV].each { |signal| assert_raises(ArgumentError) { trap(signal, "DEFAULT") } }
    traps = lambda {
      out_of_bounds = deeds.get_func([DEEDS, "read-out-of-bounds"])
      assert_equal :memory_out_of_bounds, assert_raises(Wasmtime::Trap) { out_of_bounds.call }.code
      Greeter.open(FAULTY) { |greeter| assert_raises(Greeter::Trap) { greeter.greet("trap") } }
    }
    traps.call
    Thread.new(&traps).join
    Fiber.new(&traps).resume
    forked(&traps)
  end

  def test_a_fault_of_the_process_itself_is_still_rubys_to_tell
    said, status = run_program('Greeter.open(ARGV[0]) { |g| g.greet("World") }; Process.kill(:SEGV, $$); sleep')
    assert_includes said, "[BUG] Segmentation fault"
    assert_predicate status, :signaled?
  end

  STACKS = {
    "small fibers" => { "RUBY_FIBER_MACHINE_STACK_SIZE" => "131072" },
    "small threads" => { "RUBY_THREAD_MACHINE_STACK_SIZE" => "131072" },
    "large fibers" => { "RUBY_FIBER_MACHINE_STACK_SIZE" => "4194304" }
  }.freeze

  # So that it is the machine's stack that ends.
  LARGE_VM_STACKS = %w[THREAD FIBER].to_h { |kind| ["RUBY_#{kind}_VM_STACK_SIZE", (64 << 20).to_s] }.freeze

  # Defines `work`, which runs out of the guest's stack.
  RECURSION = <<~RUBY
    component = Wasmtime::Component::Component.from_file(Greeter::ENGINE, ENV.fetch("VALUES_GUEST"))
    linker = Wasmtime::Component::Linker.new(Greeter::ENGINE)
    linker.instance("anyhost:values/host@1.0.0") { |host| %w[act relay].each { |name| host.func_new(name) { |v| v } } }
    work = lambda do
      store = Wasmtime::Store.new(Greeter::ENGINE)
      store.set_epoch_deadline(1 << 40)
      linker.instantiate(store, component).get_func(%w[anyhost:values/deeds@1.0.0 recurse]).call(0)
    rescue Wasmtime::Trap => e
      e.code
    end
  RUBY

  STACKS.each do |name, env|
    define_method("test_the_stack_is_bounded_with_#{name.tr(' ', '_')}") do
      said, status = run_program(RECURSION + <<~RUBY, env)
        puts work.call, Fiber.new(&work).resume, Thread.new(&work).value, Thread.new { Fiber.new(&work).resume }.value
      RUBY
      assert_equal "stack_overflow\n" * 4, said
      assert_predicate status, :success?
    end
  end

  def test_a_stack_that_is_used_up
    said, status = run_program(RECURSION + <<~RUBY, LARGE_VM_STACKS)
      use_up = lambda do
        # A method in C takes of the machine's stack what Ruby's own do not.
        deeper = ->(level) { (level % 64).zero? && work.call; [level + 1].each(&deeper) }
        puts begin
          deeper.call(0)
        rescue SystemStackError => e
          e.message.sub(/[0-9]+/, "some")
        end
        puts work.call
      end
      use_up.call
      Fiber.new(&use_up).resume
      Thread.new(&use_up).join
    RUBY
    assert_equal "stack level too deep: some KiB are left, expected 192 KiB\nstack_overflow\n" * 3, said
    assert_predicate status, :success?
  end

  def test_no_stack_for_the_compiler
    program = "Fiber.new { Greeter.open(ARGV[0]) }.resume"
    said, status = run_program(program, STACKS.fetch("small fibers"))
    assert_match(/stack level too deep: \d+ KiB are left, expected 256 KiB \(SystemStackError\)/, said)
    assert_equal 1, status.exitstatus
  end

  private

  # Does the block in a process of its own, which must be as good as this one.
  def forked
    child = fork do
      yield
      exit!(7)
    rescue Exception => e
      warn e.full_message
      exit!(1)
    end
    assert_equal 7, Process.wait2(child).last.exitstatus
  end

  # Whether the clock of all greeters runs: nothing else ends this component.
  def interrupted?(component)
    store = Wasmtime::Store.new(Greeter::ENGINE)
    store.set_epoch_deadline(10)
    instance = Wasmtime::Component::Linker.new(Greeter::ENGINE).instantiate(store, component)
    instance.get_func([Greeter::GREETER, "greet"]).call("loop", false)
  rescue Wasmtime::Trap => e
    e.code == :interrupt
  end

  # What a program says, whose argument is a greeter's file.
  def run_program(program, env = {})
    load_path = $LOAD_PATH.flat_map { |path| ["-I", path] }
    core = { rlimit_core: 0 }
    Open3.capture2e(env, RbConfig.ruby, "--disable-gems", *load_path, "-rgreeter", "-e", program, FAULTY, **core)
  end
end
