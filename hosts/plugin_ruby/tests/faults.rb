# frozen_string_literal: true

require "greeter"
require "testing"

# What guests and their files do wrong is an exception, and the process goes on.
class FaultsTest < Minitest::Test
  LIMIT = 8 << 20

  Testing::CASES.fetch("faults").each do |fault|
    define_method("test_#{fault.fetch('case').tr(' ', '_')}") do
      file = Testing.file(fault.fetch("component"))
      kind = fault.key?("name") ? Greeter::Trap : Greeter::ComponentError
      error = assert_raises(kind) do
        Greeter.open(file, memory: LIMIT) { |greeter| greeter.greet(fault.fetch("name", "World")) }
      end
      assert_includes error.message, fault.fetch("error")
      assert_includes error.message, file
      refute_includes error.message, "\n"
    end
  end

  def test_a_directory
    error = assert_raises(Greeter::ComponentError) { Greeter.open(Dir.tmpdir) }
    assert_equal "#{Dir.tmpdir}: is a directory; expected a WebAssembly component", error.message
  end

  def test_a_path_that_is_none
    assert_raises(ArgumentError) { Greeter.open("a\0b") }
    assert_raises(TypeError) { Greeter.open(nil) }
  end

  def test_a_file_that_cannot_be_read
    path = "/proc/self/mem/x"
    error = assert_raises(Greeter::ComponentError) { Greeter.open(path) }
    assert_equal "#{path}: Not a directory; expected a WebAssembly component", error.message
  end

  def test_a_component_that_is_cut_short
    with_file(File.binread(Testing.file("HELLO_WORLD_RUST"))[0, 200]) do |file|
      error = assert_raises(Greeter::ComponentError) { Greeter.open(file) }
      assert_match(/\A#{file}: not a valid component: .+\z/, error.message)
    end
  end

  def test_an_import_that_is_not_given
    file = Testing.file("HELLO_WORLD_IMPORTS_RUST")
    error = assert_raises(Greeter::ComponentError) { Greeter.open(file) }
    assert_equal "#{file}: imports anyhost:hello/formatter@1.0.0: give Greeter.open a formatter", error.message
  end

  def test_a_trap_is_forgotten_by_the_next_call
    with_faulty do |greeter|
      3.times do
        assert_raises(Greeter::Trap) { greeter.greet("trap") }
        assert_equal "Hello, World", greeter.greet("World")
      end
    end
  end

  def test_memory_is_bounded
    with_faulty(memory: LIMIT) do |greeter|
      error = assert_raises(Greeter::Trap) { greeter.greet("allocate") }
      assert_includes error.message, "its memory reached the limit of 8192 KiB"
      assert_equal "Hello, World", greeter.greet("World")
    end
  end

  def test_memory_is_bounded_by_default
    with_faulty { |greeter| assert_raises(Greeter::Trap) { greeter.greet("allocate") } }
  end

  def test_a_plugin_that_does_not_fit_into_its_memory
    file = Testing.file("HELLO_WORLD_RUST")
    error = assert_raises(Greeter::ComponentError) { Greeter.open(file, memory: 1) }
    assert_includes error.message, file
  end

  def test_time_is_bounded
    with_faulty(timeout: 0.3) do |greeter|
      error = assert_raises(Greeter::Timeout) { greeter.greet("loop") }
      assert_includes error.message, "longer than 0.3 s"
      assert_equal "Hello, World", greeter.greet("World")
    end
  end

  def test_time_is_bounded_in_a_forked_process
    with_faulty(timeout: 0.3) do |greeter|
      greeter.greet("World")
      child = fork do
        greeter.greet("loop")
      rescue Greeter::Timeout
        exit!(7)
      end
      assert_equal 7, Process.wait2(child).last.exitstatus
    end
  end

  def test_a_forked_process_opens_greeters_of_its_own
    file = Testing.file("HELLO_WORLD_RUST")
    Greeter.open(file) { |greeter| greeter.greet("World") }
    child = fork { exit!(Greeter.open(file) { |greeter| greeter.greet("World") } == "Hello, World" ? 7 : 1) }
    assert_equal 7, Process.wait2(child).last.exitstatus
  end

  def test_the_formatters_own_exception_reaches_the_caller
    file = Testing.file("HELLO_WORLD_IMPORTS_RUST")
    formatter = ->(text) { text == "bad" ? raise(KeyError, "no such text") : text.reverse }
    Greeter.open(file, formatter:) do |greeter|
      error = assert_raises(KeyError) { greeter.greet("bad") }
      assert_equal "no such text", error.message
      assert_equal "Hello, dlroW", greeter.greet("World")
      assert_equal :out, catch(:out) { formatter_that { throw :out, :out }.greet("World") }
    end
  end

  def test_a_formatter_that_gives_no_text
    assert_raises(TypeError) { formatter_that { 1 }.greet("World") }
    assert_raises(EncodingError) { formatter_that { "\xff" }.greet("World") }
  end

  def test_a_formatter_that_calls_its_own_greeter
    greeter = nil
    [-> { greeter.greet("World") }, -> { greeter.close }].each do |use|
      greeter = formatter_that { use.call }
      error = assert_raises(Greeter::Error) { greeter.greet("World") }
      assert_includes error.message, "a formatter cannot use the greeter that called it"
    end
  end

  def test_options_that_make_no_sense
    file = Testing.file("HELLO_WORLD_RUST")
    [
      { memory: 0 }, { memory: -1 }, { memory: 1.5 }, { timeout: 0 }, { timeout: -1 }, { timeout: Float::NAN },
      { timeout: "1" }, { formatter: "reverse" }, { memmory: 1 }
    ].each do |options|
      error = assert_raises(ArgumentError) { Greeter.open(file, **options) }
      assert_includes error.message, options.keys.first.to_s
    end
    [{ memory: 1 << 80 }, { timeout: 1e300 }, { timeout: Float::INFINITY }, { timeout: nil }].each do |options|
      assert_equal "Hello, World", Greeter.open(file, **options) { |greeter| greeter.greet("World") }
    end
  end

  def test_a_greeter_that_is_closed
    greeter = Greeter.open(Testing.file("HELLO_WORLD_RUST"))
    greeter.close
    assert_includes assert_raises(Greeter::Error) { greeter.greet("World") }.message, "is closed"
  end

  private

  def with_faulty(**options, &) = Greeter.open(Testing.file("faulty_greeter"), **options, &)

  def formatter_that(&) = Greeter.open(Testing.file("HELLO_WORLD_IMPORTS_RUST"), formatter: proc(&))

  def with_file(bytes)
    Dir.mktmpdir do |folder|
      file = File.join(folder, "a.wasm")
      File.binwrite(file, bytes)
      yield file
    end
  end
end
