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
        Greeter.open(file, max_memory: LIMIT) { |greeter| greeter.greet(fault.fetch("name", "World")) }
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
    error = assert_raises(ArgumentError) { Greeter.open("a\0b") }
    assert_equal 'path is "a\u0000b", expected the path of a file', error.message
    assert_equal "path is nil, expected the path of a file", assert_raises(TypeError) { Greeter.open(nil) }.message
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
    assert_equal "#{file}: imports anyhost:hello/formatter@1.0.0, which this host does not provide; it provides nothing " \
                 "(Greeter.open takes a formatter)", error.message
  end

  def test_an_import_that_the_host_does_not_have
    file = Testing.file("WASI_HTTP_RUST")
    error = assert_raises(Greeter::ComponentError) { Greeter.open(file, formatter: ->(text) { text }) }
    assert_match(%r{\A#{file}: imports wasi:[a-z]+/[a-z-]+@[0-9.]+, which this host does not provide; }, error.message)
    assert_match(/; it provides #{Greeter::FORMATTER}\z/, error.message)
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
    with_faulty(max_memory: LIMIT) do |greeter|
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
    error = assert_raises(Greeter::ComponentError) { Greeter.open(file, max_memory: 1 << 10) }
    assert_match(/\A#{file}: starts with \d+ KiB of memory, the limit is 1 KiB\z/, error.message)
  end

  def test_time_is_bounded
    with_faulty(timeout: 0.3) do |greeter|
      error = assert_raises(Greeter::Timeout) { greeter.greet("loop") }
      assert_includes error.message, "trap: did not return within 0.3 s"
      assert_equal "Hello, World", greeter.greet("World")
    end
  end

  [
    KeyError.new("own"), TypeError.new("own"), EncodingError.new("own"),
    Interrupt.new, SystemExit.new(3), NoMemoryError.new,
    Class.new(Exception).new("own"), Wasmtime::Error.new("component imports instance `own`"),
    Class.new(Wasmtime::Error).new("own"), Wasmtime::Trap.new("own", :interrupt, nil), Greeter::Timeout.new("own")
  ].each_with_index do |own, index|
    define_method("test_what_the_formatter_raises_reaches_the_caller_#{index}_#{own.class}") do
      formatter = ->(text) { text == "bad" ? raise(own) : text.reverse }
      Greeter.open(Testing.file("HELLO_WORLD_IMPORTS_RUST"), formatter:) do |greeter|
        raised = begin
          greeter.greet("bad")
        rescue Exception => e
          e
        end
        assert_same own, raised
        assert_equal "Hello, dlroW", greeter.greet("World")
      end
    end
  end

  def test_other_ways_out_of_a_formatter
    assert_equal :out, catch(:out) { formatter_that { throw :out, :out }.greet("World") }
    out = -> { formatter_that { return :out }.greet("World") }
    assert_equal :out, out.call
    interrupted = formatter_that { |text| text == "x" ? Process.kill(:INT, $$) && sleep(60) : text }
    assert_raises(Interrupt) { interrupted.greet("x") }
    assert_equal "Hello, World", interrupted.greet("World")
  end

  def test_a_formatter_that_gives_no_text
    error = assert_raises(TypeError) { formatter_that { 1 }.greet("World") }
    assert_equal "what the formatter returned is 1, expected a String", error.message
    error = assert_raises(EncodingError) { formatter_that { "\xff" }.greet("World") }
    assert_equal 'what the formatter returned is "\xFF", expected Unicode text, in its encoding UTF-8', error.message
    assert_equal "Hello, ÿ", formatter_that { "\xff".dup.force_encoding("ISO-8859-1") }.greet("World")
  end

  def test_a_formatter_that_calls_its_own_greeter
    greeter = nil
    [-> { greeter.greet("World") }, -> { greeter.close }].each do |use|
      greeter = formatter_that { use.call }
      error = assert_raises(Greeter::Error) { greeter.greet("World") }
      assert_includes error.message, "a formatter cannot use the greeter that called it"
    end
  end

  [
    [:max_memory, 0, ArgumentError, "1 to 4294967296 bytes"],
    [:max_memory, -1, ArgumentError, "1 to 4294967296 bytes"],
    [:max_memory, (4 << 30) + 1, ArgumentError, "1 to 4294967296 bytes"],
    [:max_memory, "64MiB", TypeError, "a number of bytes (Integer)"],
    [:max_memory, 1.5, TypeError, "a number of bytes (Integer)"],
    [:max_memory, nil, TypeError, "a number of bytes (Integer)"],
    [:timeout, 0, ArgumentError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, -1, ArgumentError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, Float::NAN, ArgumentError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, Float::INFINITY, ArgumentError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, "10s", TypeError, "a number of seconds (Numeric) or nil"],
    [:timeout, 1i, TypeError, "a number of seconds (Numeric) or nil"],
    [:formatter, "reverse", TypeError, "an object to call"],
    [:aot, 5, TypeError, "the path of a file"]
  ].each do |option, value, kind, expected|
    define_method("test_#{option}_is_not_#{value.inspect}") do
      error = assert_raises(kind) { Greeter.open(Testing.file("HELLO_WORLD_RUST"), option => value) }
      assert_equal "#{option} is #{value.inspect}, expected #{expected}", error.message
    end
  end

  def test_an_option_that_does_not_exist
    error = assert_raises(ArgumentError) { Greeter.open(Testing.file("HELLO_WORLD_RUST"), memory: 1) }
    assert_equal "unknown keyword: :memory", error.message
  end

  def test_the_largest_bounds
    file = Testing.file("HELLO_WORLD_RUST")
    [{ max_memory: 4 << 30 }, { timeout: 9_223_372_036 }, { timeout: 1r / 3 }, { timeout: nil }].each do |options|
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
