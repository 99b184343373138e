# frozen_string_literal: true

require "testing"

# What a host gives to a component, in all its forms.
class ImportsTest < Minitest::Test
  include Testing

  FILE = Testing.file("HELLO_WORLD_IMPORTS_RUST")

  # A formatter that is an object.
  class Formatter
    def reverse(text) = "dear #{text}"
  end

  # One that is a module.
  module Backwards
    def self.reverse(text) = text.reverse
  end

  def test_every_form_of_an_interface
    backwards = ->(text) { text.reverse }
    [Backwards, { reverse: backwards }, { "reverse" => backwards }, { reverse: :reverse.to_proc }].each do |formatter|
      ["formatter", :formatter, "anyhost:hello/formatter", "anyhost:hello/formatter@1.0.0"].each do |name|
        assert_equal "Hello, dlroW", greet({ name => formatter })
      end
    end
    assert_equal "Hello, dear World", greet({ formatter: Formatter.new })
  end

  def test_what_is_not_imported_is_ignored
    assert_equal "Hello, dlroW", greet({ formatter: Backwards, rates: 5, log: {} })
  end

  def test_what_is_not_given
    full = "anyhost:hello/formatter@1.0.0"
    {
      {} => "imports #{full}, which this host does not provide; it provides nothing",
      { rates: {}, log: {} } => "imports #{full}, which this host does not provide; it provides rates, log",
      { formatter: {} } => "imports reverse of #{full}, which this host does not provide; it provides nothing",
      { formatter: { revers: Backwards } } =>
        "imports reverse of #{full}, which this host does not provide; it provides revers",
      { formatter: { reverse: "text" } } =>
        "imports reverse of #{full}, which this host does not provide; it provides reverse"
    }.each do |imports, line|
      error = assert_raises(Anyhost::ComponentError) { greet(imports) }
      assert_equal "#{FILE}: #{line}", error.message
    end
    error = assert_raises(Anyhost::ComponentError) { Anyhost::Plugin.open(file("WASI_HTTP_RUST"), wasi: "none") }
    assert_match(%r{imports wasi:[a-z]+/[a-z-]+@[0-9.]+, which this host does not provide; it provides nothing\z},
                 error.message)
    error = assert_raises(Anyhost::ComponentError) { Anyhost::Plugin.open(file("DEEDS")) }
    assert_match(/imports act of the world, which this host does not provide; it provides nothing\z/, error.message)
  end

  def test_what_raises_while_it_is_looked_for
    formatter = Object.new
    def formatter.respond_to?(*) = raise(KeyError, "own")
    assert_equal "own", assert_raises(KeyError) { greet({ formatter: }) }.message
  end

  [
    KeyError.new("own"), TypeError.new("own"), EncodingError.new("own"),
    Interrupt.new, SystemExit.new(3), NoMemoryError.new,
    Class.new(Exception).new("own"), Anyhost::PluginError.new("own"), Anyhost::TimeLimitError.new("own"),
    Anyhost::ResultError.new("own")
  ].each_with_index do |own, index|
    define_method("test_what_a_function_raises_reaches_the_caller_#{index}_#{own.class}") do
      open_formatted { |text| text == "bad" ? raise(own) : text.reverse } => plugin
      raised = begin
        plugin.greeter.greet("bad", false)
      rescue Exception => e
        e
      end
      assert_same own, raised
      assert_equal "Hello, dlroW", plugin.greeter.greet("World", false)
    end
  end

  def test_other_ways_out_of_a_function
    assert_equal :out, catch(:out) { formatted { throw :out, :out }.greet("World", false) }
    out = -> { formatted { return :out }.greet("World", false) }
    assert_equal :out, out.call
    interrupted = formatted { |text| text == "x" ? Process.kill(:INT, $$) && sleep(60) : text }
    assert_raises(Interrupt) { interrupted.greet("x", false) }
    assert_equal "Hello, World", interrupted.greet("World", false)
  end

  def test_what_a_function_returns_is_looked_at
    error = assert_raises(TypeError) { formatted { 1 }.greet("World", false) }
    assert_equal "formatter.reverse(…): expected string, got 1", error.message
    error = assert_raises(EncodingError) { formatted { "\xff" }.greet("World", false) }
    assert_equal 'formatter.reverse(…): expected string, got "\xFF", which is no Unicode text in its encoding UTF-8',
                 error.message
    assert_equal "Hello, ÿ", formatted { "\xff".dup.force_encoding("ISO-8859-1") }.greet("World", false)
    relay = open_values({ relay: ->(value) { value.with(a_u8: 256) } }).relays
    error = assert_raises(RangeError) { relay.relay(EVERYTHING) }
    assert_equal "host.relay(…).a-u8: expected u8, got 256", error.message
  end

  def test_results
    check = ->(number) { number.zero? ? raise(Anyhost::ResultError, { circle: 1.5 }) : number + 1 }
    open_values({ check: }) do |plugin|
      assert_includes plugin.relays.check(1), "2"
      assert_includes plugin.relays.check(0), "1.5"
    end
    wrong = ->(_) { raise Anyhost::ResultError, :square }
    error = assert_raises(ArgumentError) { open_values({ check: wrong }).relays.check(0) }
    assert_match(/\Ahost\.check\(…\)\.err: expected shape, one of .*, got :square\z/, error.message)
  end

  def test_functions_that_return_nothing_may_return_anything
    told = []
    open_values({ notify: ->(text) { told << text } }) { |plugin| assert_nil plugin.relays.notify_all(%w[a b]) }
    assert_equal %w[a b], told
  end

  def test_a_function_cannot_use_the_plugin_that_called_it
    plugin = nil
    uses = [-> { plugin.call_host }, -> { plugin.close }, -> { plugin.hash_("a") }]
    uses.each do |use|
      plugin = open_deeds(&use)
      error = assert_raises(Anyhost::PluginError) { plugin.call_host }
      assert_equal "#{Testing.file('DEEDS')}: a function of the host cannot use the plugin that called it", error.message
    end
  end

  def test_imports_that_are_none
    [nil, [], "formatter", { 1 => {} }].each do |imports|
      error = assert_raises(TypeError) { greet(imports) }
      assert_equal "imports: expected a Hash by the names of interfaces, got #{imports.inspect}", error.message
    end
  end

  private

  def greet(imports) = Anyhost::Plugin.open(FILE, imports:) { |plugin| plugin.greeter.greet("World", false) }

  def formatted(&) = open_formatted(&).greeter
end
