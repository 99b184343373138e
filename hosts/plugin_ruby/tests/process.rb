# frozen_string_literal: true

require "open3"
require "rbconfig"
require "testing"

# What the process does beside: it forks, has handlers of its own for signals, and small stacks.
class ProcessTest < Minitest::Test
  include Testing

  FAULTY = Testing.file("faulty_greeter")

  def test_time_is_bounded_in_a_forked_process
    with_faulty do |greeter|
      greeter.greet("World", false)
      forked do
        assert_raises(Anyhost::TimeLimitError) { greeter.greet("loop", false) }
        assert_equal "Hello, World", greeter.greet("World", false)
        forked { assert_raises(Anyhost::TimeLimitError) { greeter.greet("loop", false) } }
      end
      assert_raises(Anyhost::TimeLimitError) { greeter.greet("loop", false) }
    end
  end

  def test_time_is_bounded_in_a_daemon
    with_faulty do |greeter|
      reader, writer = IO.pipe
      child = fork do
        Process.daemon(true, true)
        greeter.greet("loop", false)
      rescue Anyhost::TimeLimitError
        writer.write("in time")
        exit!
      end
      writer.close
      Process.wait(child)
      assert_equal "in time", reader.read
    end
  end

  def test_a_forked_process_opens_plugins_of_its_own
    greet = -> { assert_equal "Hello, dlroW", open_formatted { |text| text.reverse }.greeter.greet("World", false) }
    greet.call
    forked(&greet)
  end

  def test_a_fork_while_another_thread_is_in_a_call
    entered = Queue.new
    left = Queue.new
    plugin = open_formatted do |text|
      entered << left.pop if text == "wait" && entered.push(true)
      text.reverse
    end
    thread = Thread.new { plugin.greeter.greet("wait", false) }
    entered.pop
    forked { assert_equal "Hello, dlroW", plugin.greeter.greet("World", false) }
    left << true
    assert_equal "Hello, tiaw", thread.value
  end

  def test_a_fork_in_a_function
    child = nil
    plugin = open_formatted { |text| (child = fork) ? text : text.reverse }
    greeting = plugin.greeter.greet("World", false)
    exit!(greeting == "Hello, dlroW" && clock? ? 7 : 1) unless child
    assert_equal 7, Process.wait2(child).last.exitstatus
    assert_equal "Hello, World", greeting
  end

  # The clock runs again when the function ends, and not only with the next call.
  def test_a_fork_in_a_function_of_a_component_that_never_ends
    child = nil
    plugin = Anyhost::Plugin.open(file("DEEDS"), imports: { act: -> { child = fork } }, timeout: 0.5)
    interrupted = begin
      plugin.call_host_and_loop
    rescue Anyhost::TimeLimitError
      true
    end
    exit!(interrupted ? 7 : 1) unless child
    assert interrupted
    assert_equal 7, Process.wait2(child).last.exitstatus
  end

  # Ruby has handlers for the signals that the engine's traps are, and nobody else may have one.
  def test_signals_of_traps
    %w[BUS FPE ILL SEGV].each { |signal| assert_raises(ArgumentError) { trap(signal, "DEFAULT") } }
    traps = lambda {
      error = assert_raises(Anyhost::TrapError) { open_deeds.read_out_of_bounds }
      assert_match(/trap: out of bounds memory access\z/, error.message)
      with_faulty { |greeter| assert_raises(Anyhost::TrapError) { greeter.greet("trap", false) } }
    }
    traps.call
    Thread.new(&traps).join
    Fiber.new(&traps).resume
    forked(&traps)
  end

  def test_a_fault_of_the_process_itself_is_still_rubys_to_tell
    program = 'Anyhost::Plugin.open(ARGV[0]) { |g| g.greeter.greet("World", false) }; Process.kill(:SEGV, $$); sleep'
    said, status = run_program(program)
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

  # Defines `work`, which runs out of the component's stack.
  RECURSION = <<~RUBY
    plugin = Anyhost::Plugin.open(ENV.fetch("DEEDS"), imports: { act: -> {} })
    work = lambda do
      plugin.recurse(0)
    rescue Anyhost::TrapError => e
      e.message[/trap: (.+)/, 1]
    end
  RUBY

  STACKS.each do |name, env|
    define_method("test_the_stack_is_bounded_with_#{name.tr(' ', '_')}") do
      said, status = run_program(RECURSION + <<~RUBY, env)
        puts work.call, Fiber.new(&work).resume, Thread.new(&work).value, Thread.new { Fiber.new(&work).resume }.value
      RUBY
      assert_equal "call stack exhausted\n" * 4, said
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
    assert_equal "stack level too deep: some KiB are left, expected 192 KiB\ncall stack exhausted\n" * 3, said
    assert_predicate status, :success?
  end

  def test_no_stack_for_the_compiler
    program = "Fiber.new { Anyhost::Plugin.open(ARGV[0]) }.resume"
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

  # Whether the clock of all plugins runs: nothing else ends this component.
  def clock?
    with_faulty { |greeter| greeter.greet("loop", false) }
  rescue Anyhost::TimeLimitError
    true
  end

  def with_faulty = Anyhost::Plugin.open(FAULTY, timeout: 0.3) { |plugin| yield plugin.greeter }

  # What a program says, whose argument is a component's file.
  def run_program(program, env = {})
    load_path = $LOAD_PATH.flat_map { |path| ["-I", path] }
    core = { rlimit_core: 0 }
    Open3.capture2e(env, RbConfig.ruby, "--disable-gems", *load_path, "-ranyhost", "-e", program, FAULTY, **core)
  end
end
