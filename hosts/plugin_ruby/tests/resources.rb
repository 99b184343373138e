# frozen_string_literal: true

require "testing"

# Resources of the component's and of the host's.
class ResourcesTest < Minitest::Test
  include Testing

  def setup
    @plugin = open_values
    @counters = @plugin.counters
    Store.closed.clear
  end

  def teardown = @plugin.close

  def test_constructor_methods_and_static_functions
    counter = @counters.counter.new(5)
    assert_instance_of @counters.counter, counter
    assert_kind_of Anyhost::Resource, counter
    assert_equal [7, 7], [counter.increment(2), counter.value]
    assert_equal 10, counter.increment(by: 3)
    other = @counters.counter.new(start: 1)
    assert_equal 11, @counters.counter.sum(counter, other)
    assert_equal 11, @counters.counter.sum(one: counter, other:)
    merged = @counters.counter.merge(counter, other)
    assert_equal 11, merged.value
    assert_equal 1, @counters.alive
    assert_equal "counter.increment: expected 1 argument, got 0",
                 assert_raises(ArgumentError) { merged.increment }.message.delete_prefix("counters.")
  end

  def test_in_values
    assert_equal [1, 2, 3], @counters.open_many([1, 2, 3]).map(&:value)
    assert_nil @counters.open_some(nil)
    assert_equal 4, @counters.open_some(4).value
    assert_equal 5, @counters.open_positive(5).value
    assert_raises(Anyhost::ResultError) { @counters.open_positive(-1) }
    holder = @counters.relabel({ label: "a", counter: @counters.open(6) }, "b")
    assert_equal ["b", 6], [holder.label, holder.counter.value]
    assert_equal 6, @counters.peek(holder.counter)
    assert_equal 12, @counters.peek_all([holder.counter, holder.counter])
  end

  def test_given_away
    counter = @counters.open(3)
    assert_equal 3, @counters.consume(counter)
    error = assert_raises(Anyhost::PluginError) { counter.value }
    assert_equal "#{Testing.file('VALUES')}: the counter is closed, or was given away", error.message
    assert_nil counter.close
    twice = @counters.open(1)
    error = assert_raises(Anyhost::PluginError) { @counters.counter.merge(twice, twice) }
    assert_match(/the counter is given away, and used again in one call/, error.message)
    assert_equal 1, twice.value
  end

  def test_close
    counter = @counters.open(3)
    assert_equal 1, @counters.alive
    2.times { assert_nil counter.close }
    assert_equal 0, @counters.alive
    assert_raises(Anyhost::PluginError) { counter.value }
    kept = @counters.open(3)
    @plugin.close
    assert_nil kept.close
    assert_match(/the plugin is closed/, assert_raises(Anyhost::PluginError) { kept.value }.message)
  end

  def test_what_is_collected_is_dropped_with_the_next_call
    100.times { @counters.open(1) }
    churn
    # A few may still be on the stack, which the collector reads conservatively.
    assert_operator @counters.alive, :<, 20
  end

  def test_the_collector_runs_nothing_of_the_component
    # Also when it runs in the middle of a call, and after the plugin is gone.
    open_values({ notify: ->(_) { churn } }) do |plugin|
      50.times { plugin.counters.open(1) }
      plugin.relays.notify_all(["x"])
      assert_operator plugin.counters.alive, :<, 20
      50.times { plugin.counters.open(1) }
    end
    churn
  end

  def test_lost_with_its_instance
    counter = @counters.open(1)
    assert_raises(Anyhost::TrapError) { @counters.fall }
    error = assert_raises(Anyhost::PluginError) { counter.value }
    assert_match(/the counter was lost with its instance, which failed/, error.message)
    assert_nil counter.close
    assert_equal 0, @counters.alive
  end

  def test_what_is_no_handle
    [nil, 1, "counter", Object.new, @counters.counter].each do |value|
      error = assert_raises(TypeError) { @counters.peek(value) }
      assert_match(/\Acounter: expected borrow<counter>, got /, error.message)
    end
    open_values { |other| assert_raises(TypeError) { @counters.peek(other.counters.open(1)) } }
    assert_raises(TypeError, NoMethodError) { @counters.counter.allocate }
    unbound = @counters.counter.instance_method(:value)
    assert_raises(TypeError) { unbound.bind_call(Object.new) }
  end

  def test_classes_are_named
    assert_equal "counter", @counters.counter.name
    assert_raises(NoMethodError) { @counters.counter.find }
    assert_raises(NoMethodError) { @counters.open(1).decrement }
  end

  def test_objects_of_the_host
    assert_equal 2, @plugin.relays.fill("mine", %w[a b a])
    assert_equal ["mine"], Store.closed
    assert_equal "unnamed", @plugin.relays.default_name
  end

  def test_objects_of_the_host_are_kept_and_come_back
    held = Store.new("held")
    back = nil
    open_values({ find: ->(name) { held if name == "held" }, close: ->(store) { back = store } }) do |plugin|
      refute plugin.relays.hold("other")
      assert plugin.relays.hold("held")
      churn
      assert_match(/\Aheld at /, plugin.relays.describe_held)
      assert plugin.relays.give_back
      assert_same held, back
      assert_empty Store.closed
    end
  end

  def test_an_object_of_another_class
    open_values({ find: ->(_) { Object } }) do |plugin|
      error = assert_raises(TypeError) { plugin.relays.hold("x") }
      assert_equal "host.find(…): expected own<store>, got Object", error.message
    end
  end

  def test_what_the_end_of_an_object_raises
    failing = Class.new(Store) { def close = raise(KeyError, "own") }
    open_values({ store: failing }) do |plugin|
      assert_equal "own", assert_raises(KeyError) { plugin.relays.fill("x", []) }.message
      assert_equal "unnamed", plugin.relays.default_name
    end
  end

  def test_an_interface_that_is_a_module
    host = Module.new do
      functions = HOST.except(:store).transform_keys(close: :close_)
      functions.each { |name, value| define_singleton_method(name) { |*given| value.call(*given) } }
    end
    host.const_set(:Store, Store)
    Anyhost::Plugin.open(file("VALUES"), imports: { host: }) do |plugin|
      assert_equal 1, plugin.relays.fill("mine", %w[a])
      assert_equal "unnamed", plugin.relays.default_name
    end
    lacking = HOST.except(:store)
    error = assert_raises(Anyhost::ComponentError) { Anyhost::Plugin.open(file("VALUES"), imports: { host: lacking }) }
    assert_match(%r{imports (store\.\w[\w-]*) of anyhost:values/host@1.0.0, which this host does not provide}, error.message)
  end

  private

  def churn
    3.times do
      Array.new(10_000) { |i| "garbage #{i}" }
      GC.start
    end
    GC.compact
  end
end
