# frozen_string_literal: true

require "testing"

# How what a component exports is reached and called.
class CallsTest < Minitest::Test
  include Testing

  FULL = "anyhost:hello/greeter@1.0.0"
  FILE = Testing.file("HELLO_WORLD_RUST")

  def test_by_position_and_by_name
    hello do |plugin|
      greeter = plugin.greeter
      assert_equal "HELLO, WORLD", greeter.greet("World", true)
      assert_equal "HELLO, WORLD", greeter.greet("World", up: true)
      assert_equal "Hello, World", greeter.greet(up: false, name: "World")
      assert_equal Encoding::UTF_8, greeter.greet("World", false).encoding
      assert_equal "Hello, World", greeter.method(:greet).call("World", false)
      assert_equal(["Hello, a", "Hello, b"], %w[a b].zip([false, false]).map { |both| greeter.public_send(:greet, *both) })
    end
  end

  def test_by_short_and_full_name
    hello do |plugin|
      assert_equal [FULL], plugin.interfaces
      [plugin["greeter"], plugin[:greeter], plugin[FULL], plugin["anyhost:hello/greeter"]].each do |greeter|
        assert_same plugin.greeter, greeter
      end
      assert_equal "#<Anyhost::Plugin #{FULL}>", plugin.inspect
      assert_equal "#<Anyhost::Interface #{FULL}>", plugin.greeter.inspect
      assert_includes plugin.to_wit, "greet: func(name: string, up: bool) -> string;"
    end
  end

  def test_functions_of_the_world_itself
    called = 0
    open_deeds { called += 1 } => plugin
    assert_nil plugin.call_host
    assert_equal 1, called
    assert_equal "é", plugin.hash_("é")
    assert_equal "é", plugin.hash_(a_char: "é")
    refute_equal "é", plugin.hash
    assert_empty plugin.interfaces
  end

  def test_names_that_do_not_exist
    hello do |plugin|
      line = "#{FILE}: does not export great; it exports #{FULL}"
      assert_equal line, assert_raises(Anyhost::MissingError) { plugin.great }.message
      assert_equal line, assert_raises(Anyhost::MissingError) { plugin["great"] }.message
      error = assert_raises(Anyhost::ComponentError) { plugin.greeter.great("World") }
      assert_equal "#{FILE}: #{FULL} has no great; it has greet", error.message
      assert_raises(NoMethodError) { plugin.great? }
      assert_raises(NoMethodError) { plugin.greeter.great! }
      refute_respond_to plugin.greeter, :great
      assert_respond_to plugin.greeter, :greet
      # What Ruby itself asks for is no call of a component's.
      assert_equal [plugin, plugin.greeter], [[plugin], plugin.greeter].flatten
      assert_equal("", said { $stderr.print(*[]) })
    end
    open_deeds => plugin
    error = assert_raises(Anyhost::MissingError) { plugin.dance }
    assert_match(/does not export dance; it exports .*call-host/, error.message)
  end

  def test_arguments_that_do_not_fit
    hello do |plugin|
      {
        -> { plugin.greeter.greet } => "greeter.greet: expected 2 arguments, got 0",
        -> { plugin.greeter.greet("a") } => "greeter.greet: expected 2 arguments, got 1",
        -> { plugin.greeter.greet("a", true, 1) } => "greeter.greet: expected 2 arguments, got 3",
        -> { plugin.greeter.greet("a", upp: true) } => "greeter.greet: missing keyword: :up",
        -> { plugin.greeter.greet("a", up: true, upp: true) } =>
          "greeter.greet: unknown keyword: :upp; the parameters are name, up",
        -> { plugin.greeter.greet("a", name: "b", up: true) } =>
          "greeter.greet: unknown keyword: :name; the parameters are name, up",
        -> { plugin.greeter.greet("a", true, up: true) } =>
          "greeter.greet: unknown keyword: :up; the parameters are name, up"
      }.each { |call, line| assert_equal line, assert_raises(ArgumentError) { call.call }.message }
      assert_equal "up: expected bool, got nil", assert_raises(TypeError) { plugin.greeter.greet("a", nil) }.message
      assert_equal "Hello, a", plugin.greeter.greet("a", false)
    end
  end

  def test_a_plugin_that_is_closed
    plugin = hello
    greeter = plugin.greeter
    2.times { assert_nil plugin.close }
    [-> { greeter.greet("a", true) }, -> { plugin["other"] }, -> { plugin.to_wit }].each do |use|
      assert_equal "#{FILE}: the plugin is closed", assert_raises(Anyhost::PluginError) { use.call }.message
    end
  end

  def test_the_block_closes
    kept = hello { |plugin| plugin }
    assert_raises(Anyhost::PluginError) { kept.greeter.greet("a", true) }
    assert_equal(5, hello { 5 })
  end

  def test_methods_are_their_objects_alone
    hello do |plugin|
      other = open_formatted
      greet = plugin.greeter.singleton_class.instance_method(:greet)
      assert_raises(TypeError) { greet.bind_call(other.greeter, "a", true) }
      assert_raises(TypeError, NoMethodError) { Anyhost::Interface.new }
      assert_raises(TypeError, NoMethodError) { Anyhost::Interface.allocate }
      assert_raises(TypeError, NoMethodError) { Anyhost::Native.allocate }
      assert_raises(TypeError, NoMethodError) { Anyhost::Resource.new }
    end
  end

  private

  def hello(&) = Anyhost::Plugin.open(FILE, &)
end
