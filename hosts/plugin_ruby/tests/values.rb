# frozen_string_literal: true

require "wasmtime"
require "testing"
require "values_guest"

# Values of every WIT type, to the guest and back, and to the host and back.
class ValuesTest < Minitest::Test
  include ValuesGuest

  SAME = {
    "bool" => [true, false],
    "u8" => [0, 255],
    "s8" => [-128, 127],
    "u16" => [0, 65_535],
    "s16" => [-32_768, 32_767],
    "u32" => [0, (2**32) - 1],
    "s32" => [-(2**31), (2**31) - 1],
    "u64" => [0, 2**62, (2**63) - 1, 2**63, (2**64) - 1],
    "s64" => [-(2**63), -(2**62) - 1, -1, 0, 2**62, (2**63) - 1],
    "f32" => [0.0, -0.5, 2.0**40, Float::INFINITY, -Float::INFINITY],
    "f64" => [0.1, Float::MAX, Float::MIN, 5e-324, Float::INFINITY, -Float::INFINITY],
    "char" => ["a", "\0", "ß", "語", "👩", "\u{d7ff}", "\u{e000}", "\u{10ffff}"],
    "string" => ["", "a\0b", "Zoë 日本 👩‍🚀 ﬃ", "x" * 100_000],
    "bytes" => [[], [0, 255, 127], [7] * 10_000],
    "strings" => [[], ["", "a\0", "日"]],
    "lists" => [[], [[]], [[1, -(2**63)], [], [2]]],
    "tuple" => [[1, "foo"]],
    "enum" => %w[monday saturday-night],
    "flags" => [[], %w[read], %w[read write run-as-root]],
    "record" => [{ "x" => 1, "y" => -(2**31) }],
    "variant" => [
      variant("nothing"), variant("circle", 0.5), variant("polygon", []),
      variant("polygon", [{ "x" => 0, "y" => 1 }, { "x" => 2, "y" => 3 }])
    ],
    "option" => [nil, "", "some"],
    "result" => [ok(1), error("no")],
    "result-ok" => [ok(2), error(nil)],
    "result-error" => [ok(nil), error("no")],
    "result-unit" => [ok(nil), error(nil)],
    "everything" => [EVERYTHING]
  }.freeze

  SAME.each do |type, values|
    define_method("test_#{type}_comes_back_the_same") do
      values.each { |value| assert_same_value value, echo(type, value) }
    end
  end

  def test_nan_and_negative_zero_come_back
    %w[f32 f64].each do |type|
      assert_predicate echo(type, Float::NAN), :nan?
      assert_equal(-Float::INFINITY, 1 / echo(type, -0.0))
    end
  end

  def test_integers_are_taken_for_floats
    assert_same_value 3.0, echo("f64", 3)
  end

  def test_flags_come_back_in_the_order_of_the_type
    assert_equal %w[read run-as-root], echo("flags", %w[run-as-root read])
  end

  def test_no_value
    assert_nil echo("nothing")
  end

  def test_fields_of_other_names_are_ignored
    assert_equal({ "x" => 1, "y" => 2 }, echo("record", { "x" => 1, "y" => 2, "z" => 3 }))
  end

  def test_host_functions_get_and_give_every_type
    got = nil
    relayed = deeds(relay: ->(value) { got = value }).get_func([DEEDS, "relay"]).call(EVERYTHING)
    assert_same_value EVERYTHING, got
    assert_same_value EVERYTHING, relayed
  end

  def test_a_host_function_that_gives_another_type
    relay = deeds(relay: ->(value) { value.merge("a-u8" => 256) }).get_func([DEEDS, "relay"])
    error = assert_raises(RangeError) { relay.call(EVERYTHING) }
    assert_match(/struct field "a-u8"/, error.message)
  end

  def test_equal_values_are_equal_keys
    assert_equal 1, { variant("a", 1) => 0, variant("a", 1) => 1 }.size
    assert_equal 2, { ok(1) => 0, error(1) => 1, ok(1) => 2 }.size
    assert_raises(Wasmtime::Component::Result::UncheckedResult) { ok(1).error }
    assert_raises(Wasmtime::Component::Result::UncheckedResult) { error(1).ok }
  end

  [
    ["bool", nil, TypeError, /conversion of NilClass into boolean/],
    ["u8", -1, RangeError, //], ["u8", 256, RangeError, //], ["u8", "1", TypeError, /String into Integer/],
    ["s8", 128, RangeError, //], ["s8", -129, RangeError, //],
    ["u16", 65_536, RangeError, //], ["s16", -32_769, RangeError, //],
    ["u32", 2**32, RangeError, //], ["u32", -1, RangeError, //], ["s32", 2**31, RangeError, //],
    ["u64", 2**64, RangeError, //], ["u64", -1, RangeError, //],
    ["s64", 2**63, RangeError, //], ["s64", -(2**63) - 1, RangeError, //],
    ["f64", "1", TypeError, //],
    ["char", "ab", TypeError, //], ["char", "", TypeError, //],
    ["string", :symbol, TypeError, /Symbol into String/], ["string", "\xff", EncodingError, //],
    ["string", "\xff".b, EncodingError, //],
    ["bytes", [1, 2, 256], RangeError, /list item at index 2/], ["bytes", "abc", TypeError, //],
    ["tuple", [1], TypeError, /given 1, expected 2/], ["tuple", ["a", 1], TypeError, /tuple value at index 0/],
    ["enum", "sunday", Wasmtime::Error, /`sunday` is not valid/],
    ["flags", ["fly"], Wasmtime::Error, /unknown flag: `fly`/], ["flags", 1, TypeError, //],
    ["record", { "x" => 1 }, Wasmtime::Error, /struct field missing: y/],
    ["record", { "x" => 1, "y" => nil }, TypeError, /struct field "y"/], ["record", [], TypeError, //],
    ["variant", variant("square"), Wasmtime::Error, /valid cases: \["nothing", "circle", "polygon"\]/],
    ["variant", variant("nothing", 1), Wasmtime::Error, /expected nil for variant case "nothing"/],
    ["variant", variant("circle", "x"), TypeError, /variant value for "circle"/],
    ["variant", "nothing", NoMethodError, //],
    ["result", 1, NoMethodError, //],
    ["result-unit", ok(1), Wasmtime::Error, /expected nil for result<_, E> ok branch/],
    ["result-unit", error(1), Wasmtime::Error, /expected nil for result<O, _> error branch/]
  ].each do |type, value, kind, message|
    define_method("test_#{type}_is_not_#{value.inspect}_#{value.encoding if value.is_a?(String)}") do
      error = assert_raises(kind) { echo(type, value) }
      assert_match message, error.message
      assert_equal true, echo("bool", true), "the instance lives on"
    end
  end
end
