# frozen_string_literal: true

require "testing"

# What components and their files do wrong is an exception, and the process goes on.
class FaultsTest < Minitest::Test
  include Testing

  LIMIT = 8 << 20
  HELLO = Testing.file("HELLO_WORLD_RUST")

  CASES.fetch("faults").each do |fault|
    define_method("test_#{fault.fetch('case').tr(' ', '_')}") do
      component = file(fault.fetch("component"))
      kind = fault.key?("name") ? Anyhost::TrapError : Anyhost::ComponentError
      error = assert_raises(kind) do
        Anyhost::Plugin.open(component, max_memory: LIMIT) do |plugin|
          plugin["anyhost:hello/greeter@1.0.0"].greet(fault.fetch("name", "World"), false)
        end
      end
      assert_includes error.message, fault.fetch("error")
      assert_includes error.message, component
      refute_includes error.message, "\n"
    end
  end

  def test_a_directory
    error = assert_raises(Anyhost::ComponentError) { Anyhost::Plugin.open(Dir.tmpdir) }
    assert_equal "#{Dir.tmpdir}: is a directory; expected a WebAssembly component", error.message
  end

  def test_a_path_that_is_none
    error = assert_raises(ArgumentError) { Anyhost::Plugin.open("a\0b") }
    assert_equal 'path: expected the path of a file, got "a\u0000b"', error.message
    error = assert_raises(TypeError) { Anyhost::Plugin.open(nil) }
    assert_equal "path: expected the path of a file, got nil", error.message
    as_path = Struct.new(:to_path).new(HELLO)
    assert_equal "Hello, a", Anyhost::Plugin.open(as_path) { |plugin| plugin.greeter.greet("a", false) }
  end

  def test_a_component_that_is_cut_short
    Dir.mktmpdir do |folder|
      short = File.join(folder, "a.wasm")
      File.binwrite(short, File.binread(HELLO)[0, 200])
      error = assert_raises(Anyhost::ComponentError) { Anyhost::Plugin.open(short) }
      assert_match(/\A#{short}: not a valid component: .+\z/, error.message)
    end
  end

  def test_a_trap_is_forgotten_by_the_next_call
    with_faulty do |greeter|
      3.times do
        error = assert_raises(Anyhost::TrapError) { greeter.greet("trap", false) }
        assert_equal "#{file('faulty_greeter')}: trap: wasm `unreachable` instruction executed", error.message
        assert_equal "Hello, World", greeter.greet("World", false)
      end
    end
  end

  def test_memory_is_bounded
    with_faulty(max_memory: LIMIT) do |greeter|
      error = assert_raises(Anyhost::TrapError) { greeter.greet("allocate", false) }
      assert_includes error.message, "its memory reached the limit of 8192 KiB"
      assert_equal "Hello, World", greeter.greet("World", false)
    end
  end

  def test_memory_is_bounded_by_default
    with_faulty { |greeter| assert_raises(Anyhost::TrapError) { greeter.greet("allocate", false) } }
  end

  def test_a_component_that_does_not_fit_into_its_memory
    error = assert_raises(Anyhost::ComponentError) { Anyhost::Plugin.open(HELLO, max_memory: 1 << 10) }
    assert_match(/\A#{HELLO}: starts with \d+ KiB of memory, the limit is 1 KiB\z/, error.message)
  end

  def test_time_is_bounded
    with_faulty(timeout: 0.3) do |greeter|
      error = assert_raises(Anyhost::TimeLimitError) { greeter.greet("loop", false) }
      assert_kind_of Anyhost::TrapError, error
      assert_includes error.message, "trap: did not return within 0.3 s"
      assert_equal "Hello, World", greeter.greet("World", false)
    end
  end

  [
    [:max_memory, 0, ArgumentError, "1 to 4294967296 bytes"],
    [:max_memory, -1, ArgumentError, "1 to 4294967296 bytes"],
    [:max_memory, (4 << 30) + 1, ArgumentError, "1 to 4294967296 bytes"],
    [:max_memory, "64MiB", TypeError, "1 to 4294967296 bytes"],
    [:max_memory, 1.5, TypeError, "1 to 4294967296 bytes"],
    [:max_memory, nil, TypeError, "1 to 4294967296 bytes"],
    [:timeout, 0, ArgumentError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, -1, ArgumentError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, Float::NAN, ArgumentError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, Float::INFINITY, ArgumentError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, "10s", TypeError, "more than 0 to 9223372036 seconds, or nil"],
    [:timeout, 1i, TypeError, "more than 0 to 9223372036 seconds, or nil"],
    [:aot, 5, TypeError, "the path of a file"]
  ].each do |option, value, kind, expected|
    define_method("test_#{option}_is_not_#{value.inspect}") do
      error = assert_raises(kind) { Anyhost::Plugin.open(HELLO, option => value) }
      assert_equal "#{option}: expected #{expected}, got #{value.inspect}", error.message
    end
  end

  def test_an_option_that_does_not_exist
    error = assert_raises(ArgumentError) { Anyhost::Plugin.open(HELLO, memory: 1) }
    assert_equal "unknown keyword: :memory", error.message
  end

  def test_the_largest_bounds
    [{ max_memory: 4 << 30 }, { timeout: 9_223_372_036 }, { timeout: 1r / 3 }, { timeout: nil }].each do |options|
      greeting = Anyhost::Plugin.open(HELLO, **options) { |plugin| plugin.greeter.greet("World", false) }
      assert_equal "Hello, World", greeting
    end
  end

  private

  def with_faulty(**options)
    Anyhost::Plugin.open(file("faulty_greeter"), **options) { |plugin| yield plugin.greeter }
  end
end
