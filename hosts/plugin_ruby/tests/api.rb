# frozen_string_literal: true

require "wasmtime"
require "testing"
require "values_guest"

# The gem's interface, where a greeter does not use it.
class ApiTest < Minitest::Test
  include ValuesGuest

  COMPONENT_CLASS = Wasmtime::Component::Component
  BYTES = File.binread(ENV.fetch("HELLO_WORLD_RUST"))
  GREET = ["anyhost:hello/greeter@1.0.0", "greet"].freeze

  def test_every_way_to_a_component
    code = COMPONENT_CLASS.new(ENGINE, BYTES).serialize
    Dir.mktmpdir do |folder|
      file = File.join(folder, "code")
      File.binwrite(file, code)
      [
        COMPONENT_CLASS.new(ENGINE, BYTES),
        COMPONENT_CLASS.from_file(ENGINE, ENV.fetch("HELLO_WORLD_RUST")),
        COMPONENT_CLASS.deserialize(ENGINE, code),
        COMPONENT_CLASS.deserialize_file(ENGINE, file),
        COMPONENT_CLASS.deserialize(ENGINE, ENGINE.precompile_component(BYTES))
      ].each { |component| assert_equal "Hello, World", instance_of(component).get_func(GREET).call("World", false) }
    end
  end

  def test_what_is_no_component
    assert_raises(Wasmtime::Error) { COMPONENT_CLASS.new(ENGINE, "no component") }
    assert_raises(Wasmtime::Error) { COMPONENT_CLASS.from_file(ENGINE, "missing") }
    assert_raises(Wasmtime::Error) { COMPONENT_CLASS.deserialize(ENGINE, "no code") }
    assert_raises(Wasmtime::Error) { COMPONENT_CLASS.deserialize_file(ENGINE, "missing") }
    assert_raises(TypeError) { COMPONENT_CLASS.new(ENGINE, nil) }
    assert_raises(TypeError) { COMPONENT_CLASS.new("engine", BYTES) }
  end

  def test_functions_are_found_by_name_or_path
    instance = deeds
    assert_instance_of Wasmtime::Component::Func, instance.get_func([ECHO, "id-bool"])
    assert_nil instance.get_func("id-bool")
    assert_nil instance.get_func([ECHO, "missing"])
    assert_nil instance.get_func([ECHO])
    assert_nil instance.get_func([])
    assert_raises(TypeError) { instance.get_func(1) }
    assert_raises(TypeError) { instance.get_func([1]) }
  end

  def test_the_number_of_arguments
    error = assert_raises(ArgumentError) { echo("bool") }
    assert_equal "wrong number of arguments (given 0, expected 1)", error.message
    assert_raises(ArgumentError) { echo("nothing", 1) }
  end

  def test_a_trap
    error = assert_raises(Wasmtime::Trap) do
      instance_of(COMPONENT_CLASS.from_file(ENGINE, Testing.file("faulty_greeter"))).get_func(GREET).call("trap", false)
    end
    assert_kind_of Wasmtime::Error, error
    assert_equal :unreachable_code_reached, error.code
    assert_includes error.message, "unreachable"
    assert_includes error.wasm_backtrace_message, "wasm"
  end

  def test_options_of_an_engine
    all = {
      cranelift_opt_level: :speed_and_size, epoch_interruption: true, generate_address_map: false,
      max_wasm_stack: 64 << 10, native_unwind_info: false, parallel_compilation: false
    }
    assert_instance_of Wasmtime::Engine, Wasmtime::Engine.new(all)
    assert_instance_of Wasmtime::Engine, Wasmtime::Engine.new(nil)
    assert_includes assert_raises(ArgumentError) { Wasmtime::Engine.new(speed: 1) }.message, "Unknown option: :speed"
    assert_raises(ArgumentError) { Wasmtime::Engine.new(epoch_interruption: 1) }
    assert_raises(ArgumentError) { Wasmtime::Engine.new(cranelift_opt_level: :fast) }
    assert_raises(Wasmtime::Error) { Wasmtime::Engine.new(max_wasm_stack: 0) }
  end

  def test_limits_of_a_store
    assert_raises(ArgumentError) { Wasmtime::Store.new(ENGINE, limits: { memory: 1 }) }
    assert_raises(ArgumentError) { Wasmtime::Store.new(ENGINE, limit: {}) }
    { memory_size: 1, memories: 0, tables: 0, instances: 0, table_elements: 0 }.each do |name, limit|
      assert_raises(Wasmtime::Error, name) { deeds(store: Wasmtime::Store.new(ENGINE, limits: { name => limit })) }
    end
    assert_instance_of Wasmtime::Component::Instance, deeds(store: Wasmtime::Store.new(ENGINE, limits: nil))
  end

  def test_a_store_tells_of_its_memory
    store = Wasmtime::Store.new(ENGINE)
    deeds(store:)
    refute_predicate store, :linear_memory_limit_hit?
    assert_operator store.max_linear_memory_consumed, :>=, 65_536
  end

  def test_epochs
    store = Wasmtime::Store.new(ENGINE)
    func = deeds(store:).get_func([ECHO, "id-bool"])
    store.set_epoch_deadline(1)
    assert_equal true, func.call(true)
    ENGINE.increment_epoch
    assert_equal :interrupt, assert_raises(Wasmtime::Trap) { func.call(true) }.code
  end

  def test_the_clock_stops
    engine = Wasmtime::Engine.new(epoch_interruption: true)
    assert_nil engine.start_epoch_interval(1)
    assert_nil engine.start_epoch_interval(1_000_000)
    assert_nil engine.stop_epoch_interval
    assert_nil engine.stop_epoch_interval
    assert_raises(ArgumentError) { engine.start_epoch_interval(0) }
  end

  def test_linker_instances_end_with_their_block
    linker = Wasmtime::Component::Linker.new(ENGINE)
    leaked = nil
    assert_same linker, linker.root { |root| leaked = root }
    assert_includes assert_raises(Wasmtime::Error) { leaked.func_new("f") {} }.message, "out of scope"
    assert_raises(KeyError) { linker.instance("a:b/c") { raise KeyError } }
    assert_raises(ArgumentError) { linker.root { |root| root.func_new("f") } }
    assert_raises(Wasmtime::Error) { linker.root { |root| 2.times { root.func_new("f") {} } } }
  end

  def test_what_is_not_linked
    linker = Wasmtime::Component::Linker.new(ENGINE)
    error = assert_raises(Wasmtime::Error) { linker.instantiate(Wasmtime::Store.new(ENGINE), COMPONENT) }
    assert_includes error.message, HOST
  end

  def test_engines_do_not_mix
    other = Wasmtime::Engine.new
    linker = Wasmtime::Component::Linker.new(other)
    error = assert_raises(Wasmtime::Error) { linker.instantiate(Wasmtime::Store.new(other), COMPONENT) }
    assert_includes error.message, "same engine"
  end

  def test_objects_come_from_the_library_only
    [Wasmtime::Component::Func, Wasmtime::Component::Instance, Wasmtime::Component::LinkerInstance].each do |kind|
      assert_raises(TypeError, NoMethodError) { kind.new }
      assert_raises(TypeError, NoMethodError) { kind.allocate }
    end
  end

  private

  def instance_of(component)
    store = Wasmtime::Store.new(ENGINE)
    store.set_epoch_deadline(1 << 40)
    Wasmtime::Component::Linker.new(ENGINE).instantiate(store, component)
  end
end
