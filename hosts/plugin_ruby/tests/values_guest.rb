# frozen_string_literal: true

require "wasmtime"

# The guest that gives values back, and values for it.
module ValuesGuest
  ECHO = "anyhost:values/echo@1.0.0"
  DEEDS = "anyhost:values/deeds@1.0.0"
  HOST = "anyhost:values/host@1.0.0"

  def self.included(test) = test.extend(Values)

  # Values of the types that Ruby has no class for.
  module Values
    def ok(value) = Wasmtime::Component::Result.ok(value)

    def error(value) = Wasmtime::Component::Result.error(value)

    def variant(...) = Wasmtime::Component::Variant.new(...)
  end
  include Values
  extend Values

  EVERYTHING = {
    "a-bool" => true,
    "a-u8" => 255, "a-s8" => -128, "a-u16" => 65_535, "a-s16" => -32_768, "a-u32" => (2**32) - 1, "a-s32" => -(2**31),
    "a-u64" => (2**64) - 1, "a-s64" => -(2**63),
    "an-f32" => -0.5, "an-f64" => 0.1,
    "a-char" => "👩", "a-string" => "a\0ß語",
    "a-list" => ["", "x", "日本"],
    "a-tuple" => [7, "seven", { "x" => -1, "y" => 1 }],
    "an-enum" => "saturday-night",
    "some-flags" => %w[read run-as-root],
    "a-variant" => variant("polygon", [{ "x" => 1, "y" => 2 }]),
    "an-option" => { "x" => 3, "y" => 4 },
    "a-result" => error("why not")
  }.freeze

  ENGINE = Wasmtime::Engine.new(epoch_interruption: true, max_wasm_stack: 128 << 10)
  COMPONENT = Wasmtime::Component::Component.from_file(ENGINE, ENV.fetch("VALUES_GUEST"))

  # A fresh instance, whose host functions are `relay` and `act`.
  def deeds(relay: ->(value) { value }, act: -> {}, store: Wasmtime::Store.new(ENGINE))
    store.set_epoch_deadline(1 << 40)
    linker = Wasmtime::Component::Linker.new(ENGINE)
    linker.instance(HOST) do |host|
      host.func_new("relay") { |value| relay.call(value) }
      host.func_new("act") { act.call }
    end
    linker.instantiate(store, COMPONENT)
  end

  def call_host(instance) = instance.get_func([DEEDS, "call-host"]).call

  def echo(type, *values)
    @echo ||= deeds
    @echo.get_func([ECHO, "id-#{type}"]).call(*values)
  end

  # Equal, and of the same classes: 1 and 1.0 are not the same.
  def assert_same_value(expected, actual)
    shown = [expected, actual].map { |value| value.inspect.b.gsub(/:0x\h+/, "") }
    assert_equal(*shown)
    assert_equal [expected], [actual]
  end
end
