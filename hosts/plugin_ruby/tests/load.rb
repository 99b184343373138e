# frozen_string_literal: true

require "greeter"
require "testing"

# Precompiled code is used where it fits, and told of where it does not.
class LoadTest < Minitest::Test
  COMPONENT = Testing.file("HELLO_WORLD_RUST")
  AOT = Testing.file("HELLO_WORLD_RUST_AOT")

  def test_code_of_the_component_is_not_compiled_again
    never = ->(*) { flunk "compiled, though there is code" }
    said = Testing.said do
      Greeter::ComponentFile.stub(:compile, never) { assert_equal "Hello, World", greet(aot: AOT) }
    end
    assert_empty said
  end

  def test_code_of_another_component
    other = Testing.file("HELLO_WORLD_IMPORTS_RUST")
    said = Testing.said { assert_equal "Hello, dlroW", greet(component: other, aot: AOT) }
    assert_equal "note: #{AOT}: made from another component; the component is compiled instead\n", said
  end

  def test_code_that_is_no_code
    assert_match(/hello_world_rust.wasm: not precompiled code/, Testing.said { greet(aot: COMPONENT) })
    assert_match(/No such file/, Testing.said { greet(aot: "missing") })
  end

  def test_code_that_is_damaged
    whole = File.binread(AOT)
    assert_nil fault(whole)
    [*0...64, *-72..-1, *(64...whole.bytesize).step(97)].each do |at|
      damaged = whole.dup
      damaged.setbyte(at, damaged.getbyte(at) ^ 4)
      assert_match(/\A(damaged|not precompiled code, or cut short)\z/, fault(damaged), at)
    end
    [0, 1, 72, whole.bytesize / 2, whole.bytesize - 1].each do |length|
      assert_equal "not precompiled code, or cut short", fault(whole[0, length]), length
    end
    Dir.mktmpdir do |folder|
      damaged = File.join(folder, "damaged.cwasm")
      File.binwrite(damaged, whole.tap { |bytes| bytes.setbyte(bytes.bytesize / 2, 255 - bytes.getbyte(bytes.bytesize / 2)) })
      said = Testing.said { assert_equal "Hello, World", greet(aot: damaged) }
      assert_equal "note: #{damaged}: damaged; the component is compiled instead\n", said
    end
  end

  def test_code_of_another_engine
    engine = Wasmtime::Engine.new(epoch_interruption: false)
    component = Wasmtime::Component::Component.from_file(engine, COMPONENT)
    assert_raises(Wasmtime::Error) { Wasmtime::Component::Component.deserialize(Greeter::ENGINE, component.serialize) }
  end

  private

  def fault(artifact)
    Greeter::ComponentFile.fault(artifact, File.binread(COMPONENT))
  end

  def greet(component: COMPONENT, aot: nil)
    Greeter.open(component, aot:, formatter: ->(text) { text.reverse }) { |greeter| greeter.greet("World") }
  end
end
