# frozen_string_literal: true

require "weakref"
require "greeter"
require "testing"
require "values_guest"

# Whatever the collector does, and whenever: nothing in use is collected or moved, and nothing out of use is kept.
class GcTest < Minitest::Test
  include ValuesGuest

  def teardown
    GC.stress = false
    GC.auto_compact = false
  end

  def test_values_under_stress
    instance = deeds
    stress do
      everything = instance.get_func([ECHO, "id-everything"])
      5.times { assert_same_value EVERYTHING, everything.call(EVERYTHING) }
      relay = instance.get_func([DEEDS, "relay"])
      5.times { assert_same_value EVERYTHING, relay.call(EVERYTHING) }
      assert_equal ["a"] * 200, instance.get_func([ECHO, "id-strings"]).call(["a"] * 200)
    end
  end

  def test_everything_is_made_under_stress
    stress do
      instance = deeds(relay: ->(value) { value.merge("a-string" => "relayed") })
      assert_equal "relayed", instance.get_func([DEEDS, "relay"]).call(EVERYTHING)["a-string"]
    end
  end

  def test_errors_under_stress
    faulty = Testing.file("faulty_greeter")
    instance = deeds(act: -> { raise KeyError, "no" })
    stress do
      assert_raises(TypeError) { echo("tuple", ["a", 1]) }
      assert_raises(Wasmtime::Error) { echo("variant", variant("square")) }
      assert_equal "no", assert_raises(KeyError) { call_host(instance) }.message
      Greeter.open(faulty) { |greeter| assert_raises(Greeter::Trap) { greeter.greet("trap") } }
    end
  end

  def test_a_greeter_under_stress
    stress do
      Greeter.open(Testing.file("HELLO_WORLD_IMPORTS_RUST"), formatter: ->(text) { text.reverse }) do |greeter|
        5.times { assert_equal "Hello, dlroW", greeter.greet("World") }
      end
    end
  end

  def test_a_host_function_that_collects
    collected = 0
    instance = deeds(relay: lambda { |value|
      GC.start
      GC.compact
      collected += 1
      value
    })
    relay = instance.get_func([DEEDS, "relay"])
    5.times { assert_same_value EVERYTHING, relay.call(EVERYTHING) }
    assert_equal 5, collected
  end

  def test_a_function_keeps_what_it_needs
    function = deeds.get_func([DEEDS, "relay"])
    churn
    assert_same_value EVERYTHING, function.call(EVERYTHING)
  end

  def test_a_stores_data_lives_as_long_as_the_store
    store = Wasmtime::Store.new(ENGINE, ["the data"])
    churn
    assert_equal ["the data"], store.data
  end

  def test_objects_move
    GC.auto_compact = true
    instance = deeds
    churn
    assert_same_value EVERYTHING, instance.get_func([DEEDS, "relay"]).call(EVERYTHING)
  end

  def test_what_is_out_of_use_is_collected
    made = Array.new(50) { WeakRef.new(deeds) }
    # A few may still be on the stack, which the collector reads conservatively.
    churn
    assert_operator made.count(&:weakref_alive?), :<, 10
  end

  def test_the_collector_knows_of_guests_memory
    before = GC.count
    # Each has more than 1 MiB, of which Ruby allocated next to nothing.
    200.times { deeds }
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
