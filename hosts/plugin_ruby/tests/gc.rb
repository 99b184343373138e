# frozen_string_literal: true

require "weakref"
require "testing"

# Whatever the collector does, and whenever: nothing in use is collected or moved, and nothing out of use is kept.
class GcTest < Minitest::Test
  include Testing

  def teardown
    GC.stress = false
    GC.auto_compact = false
  end

  def test_values_under_stress
    plugin = open_values
    stress do
      5.times { assert_equal EVERYTHING, plain(plugin.echo.echo_everything(EVERYTHING)) }
      5.times { assert_equal EVERYTHING, plain(plugin.relays.relay(EVERYTHING)) }
      assert_equal ["a"] * 200, plugin.echo.echo_strings(["a"] * 200)
      assert_equal 5, plugin.echo.echo_u8(value: 5)
      assert_equal "\a" * 100_000, plugin.echo.echo_bytes("\a" * 100_000)
    end
  end

  def test_everything_is_made_under_stress
    stress do
      plugin = open_values({ relay: ->(value) { value.with(a_string: "relayed") } })
      assert_equal "relayed", plugin.relays.relay(EVERYTHING).a_string
    end
  end

  def test_resources_under_stress
    plugin = open_values
    stress do
      counters = plugin.counters.open_many([1, 2, 3])
      assert_equal [1, 2, 3], counters.map(&:value)
      assert_equal 2, plugin.relays.fill("mine", %w[a b])
    end
  end

  def test_errors_under_stress
    plugin = open_values
    deeds = open_deeds { raise KeyError, "no" }
    stress do
      assert_raises(TypeError) { plugin.echo.echo_tuple(["a", 1, "b"]) }
      assert_raises(ArgumentError) { plugin.echo.echo_shape(:square) }
      assert_equal "no", assert_raises(KeyError) { deeds.call_host }.message
      assert_raises(Anyhost::TrapError) { plugin.echo.fall }
      assert_equal({ circle: 1.0 },
                   assert_raises(Anyhost::ResultError) { plugin.echo.echo_shape_as_error({ err: { circle: 1 } }) }.value)
    end
  end

  def test_a_function_that_collects
    collected = 0
    relay = lambda { |value|
      GC.start
      GC.compact
      collected += 1
      value
    }
    open_values({ relay: }) do |plugin|
      5.times { assert_equal EVERYTHING, plain(plugin.relays.relay(EVERYTHING)) }
    end
    assert_equal 5, collected
  end

  def test_an_interface_keeps_what_it_needs
    relays = open_values.relays
    counter = open_values.counters.counter
    churn
    assert_equal EVERYTHING, plain(relays.relay(EVERYTHING))
    assert_equal 3, counter.new(3).value
  end

  def test_objects_move
    GC.auto_compact = true
    plugin = open_values
    churn
    assert_equal EVERYTHING, plain(plugin.relays.relay(EVERYTHING))
  end

  def test_what_is_out_of_use_is_collected
    made = Array.new(50) { WeakRef.new(open_deeds) }
    # A few may still be on the stack, which the collector reads conservatively.
    churn
    assert_operator made.count(&:weakref_alive?), :<, 10
  end

  def test_the_collector_knows_of_the_components_memory
    before = GC.count
    # Each has more than 1 MiB, of which Ruby allocated next to nothing.
    200.times { open_values }
    assert_operator GC.count, :>, before + 1
  end

  private

  def stress
    GC.stress = true
    yield
  ensure
    GC.stress = false
  end

  def churn
    3.times do
      Array.new(10_000) { |i| "garbage #{i}" }
      GC.start
    end
    GC.compact
  end
end
