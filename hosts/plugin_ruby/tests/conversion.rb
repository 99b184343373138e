# frozen_string_literal: true

require "bigdecimal"
require "testing"

# Values of every WIT type, to the guest and back, and to the host and back. The cases of the contract have more of them.
class ConversionTest < Minitest::Test
  include Testing

  PLUGIN = Testing.open_values
  Point = Data.define(:x, :y)
  Pair = Struct.new(:x, :y, :z)

  SAME = {
    "bool" => [true, false],
    "u8" => [0, 255],
    "s8" => [-128, 127],
    "u32" => [0, (2**32) - 1],
    "u64" => [0, 2**62, (2**63) - 1, 2**63, (2**64) - 1],
    "s64" => [-(2**63), -(2**62) - 1, -1, 0, 2**62, (2**63) - 1],
    "f32" => [0.0, -0.5, 2.0**40, Float::INFINITY, -Float::INFINITY],
    "f64" => [0.1, Float::MAX, Float::MIN, 5e-324, Float::INFINITY, -Float::INFINITY],
    "char" => ["a", "\0", "ß", "語", "👩", "\u{d7ff}", "\u{e000}", "\u{10ffff}"],
    "string" => ["", "a\0b", "Zoë 日本 👩‍🚀 ﬃ", "x" * 100_000],
    "bytes" => ["".b, "\x00\xff\x7f".b, ("\x07" * 1_000_000).b],
    "bools" => [[], [true, false] * 100],
    "u64s" => [[], [1, (2**64) - 1]],
    "strings" => [[], ["", "a\0", "日"], %w[x] * 17, %w[y] * 16],
    "lists" => [[], [[]], [[1, -(2**63)], [], [2]]],
    "tuple" => [[1, "foo", "é"]],
    "weekday" => %i[monday saturday_night],
    "rights" => [[], %i[read], %i[read write run_as_root]],
    "many_flags" => [[], %i[b0 b31], (0..31).map { |i| :"b#{i}" }],
    "shape" => [:nothing, { circle: 0.5 }, { polygon: [] }, { polygon: [{ x: 0, y: 1 }, { x: 2, y: 3 }] },
                { named: ["a", nil] }, { named: ["b", { x: 0, y: 0 }] }],
    "option" => [nil, "", "some"],
    "nested_option" => [nil, { some: nil }, { some: "text" }],
    "results" => [[{ ok: 1 }, { err: "no" }]],
    "reserved" => [{ class_: "c", from: 1, type: true, end: nil }],
    "rows" => [[], [{ id: 1, name: "one", price: 0.5, amount: -1, active: true }] * 20],
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

  def test_numbers_are_taken_for_floats
    assert_same_value 3.0, echo("f64", 3)
    assert_same_value 0.5, echo("f64", 1r / 2)
    assert_same_value 0.25, echo("f64", BigDecimal("0.25"))
    assert_same_value 1e20, echo("f64", 10**20)
  end

  def test_text_in_other_encodings_is_converted
    %w[ISO-8859-1 UTF-16LE UTF-16BE UTF-32].each do |encoding|
      assert_same_value "Zoë", echo("string", "Zoë".encode(encoding))
      assert_same_value "ë", echo("char", "ë".encode(encoding))
    end
    assert_same_value "World", echo("string", "World".b)
    as_text = Object.new
    def as_text.to_str = "as text"
    assert_same_value "as text", echo("string", as_text)
    assert_same_value "as text".b, echo("bytes", as_text)
  end

  def test_bytes_are_of_any_encoding
    assert_same_value "é".b, echo("bytes", "é")
    assert_same_value "\xff".b, echo("bytes", "\xff")
  end

  def test_bytes_come_straight_from_memory
    deeds = open_deeds
    assert_same_value "\x00\xff\x07".b, deeds.bytes
    refute_predicate deeds.bytes, :frozen?
    error = assert_raises(Anyhost::TrapError) { deeds.bytes_beyond_memory }
    assert_equal "#{Testing.file('DEEDS')}: trap: list pointer/length out of bounds of memory", error.message
    assert_same_value "\x00\xff\x07".b, deeds.bytes
  end

  def test_records_are_data
    point = echo("point", { x: 1, y: -2 })
    assert_kind_of Data, point
    assert_predicate point, :frozen?
    assert_equal [1, -2], [point.x, point.y]
    assert_equal "#<data point x=1, y=-2>", point.inspect
    assert_equal point, echo("point", point)
    assert_equal point.with(x: 5), echo("point", { x: 5, y: -2 })
    case point
    in { x:, y: } then assert_equal [1, -2], [x, y]
    end
    # The class is one for all plugins.
    Testing.open_values { |other| assert_same point.class, other.echo.echo_point(point).class }
    assert_same point.class, PLUGIN.echo.echo_points([point]).first.class
  end

  def test_records_from_anything_with_readers
    object = Object.new
    def object.x = 1
    def object.y = 2
    [Point.new(1, 2), Pair.new(1, 2, 3), object].each do |point|
      assert_equal({ x: 1, y: 2 }, echo("point", point).to_h)
    end
  end

  def test_cases_may_be_written_with_nil
    assert_equal :nothing, echo("shape", { nothing: nil })
    assert_nil PLUGIN.echo.echo_result_unit({ ok: nil })
    assert_nil PLUGIN.echo.echo_result_unit(:ok)
  end

  def test_enums_and_flags_from_strings_and_sets
    assert_equal :saturday_night, echo("weekday", "saturday-night")
    assert_equal :saturday_night, echo("weekday", "saturday_night")
    assert_equal %i[read run_as_root], echo("rights", %i[run_as_root read read])
    assert_equal %i[write], echo("rights", Set[:write])
  end

  def test_results
    echo = PLUGIN.echo
    assert_equal 1, echo.echo_result({ ok: 1 })
    assert_equal "no", assert_raises(Anyhost::ResultError) { echo.echo_result({ err: "no" }) }.value
    error = assert_raises(Anyhost::ResultError) { echo.echo_result_unit(:err) }
    assert_nil error.value
    assert_nil echo.echo_result_err(:ok)
    assert_equal 2, echo.echo_result_ok({ ok: 2 })
    error = assert_raises(Anyhost::ResultError) { echo.echo_shape_as_error({ err: { circle: 1 } }) }
    assert_equal({ circle: 1.0 }, error.value)
    assert_equal "#{Testing.file('VALUES')}: echo.echo-shape-as-error: error: {:circle=>1.0}", error.message
  end

  def test_many_arguments
    given = [1, -2, 3, -4, 0.5, 0.25, "g", "h", true, :monday, nil, "\x01".b, { x: 1, y: 2 }, { ok: 1 }, [1, 2]]
    assert_same_value given, echo("gather", *given, name: "gather")
  end

  def test_no_value
    assert_nil PLUGIN.echo.echo_nothing
  end

  def test_host_functions_get_and_give_every_type
    got = nil
    Testing.open_values({ relay: ->(value) { got = value } }) do |plugin|
      assert_same_value EVERYTHING, plugin.relays.relay(EVERYTHING)
      assert_same_value EVERYTHING, got
      assert_same_value "\x00\xfe".b, plugin.relays.relay_bytes("\x00\xfe".b)
    end
  end

  [
    ["bool", nil, TypeError, "bool"], ["bool", 1, TypeError, "bool"],
    ["u8", -1, RangeError, "u8"], ["u8", 256, RangeError, "u8"], ["u8", "1", TypeError, "u8"], ["u8", 1.0, TypeError, "u8"],
    ["s8", 128, RangeError, "s8"], ["s8", -129, RangeError, "s8"],
    ["u32", 2**32, RangeError, "u32"], ["s32", 2**31, RangeError, "s32"],
    ["u64", 2**64, RangeError, "u64"], ["u64", -1, RangeError, "u64"], ["u64", 10**50, RangeError, "u64"],
    ["s64", 2**63, RangeError, "s64"], ["s64", -(2**63) - 1, RangeError, "s64"],
    ["f64", "1", TypeError, "f64"], ["f64", 1i, TypeError, "f64"], ["f64", 10**400, ArgumentError, nil],
    ["char", "ab", ArgumentError, "char"], ["char", "", ArgumentError, "char"], ["char", 97, TypeError, "char"],
    ["string", :symbol, TypeError, "string"], ["string", nil, TypeError, "string"],
    ["bytes", [1, 2], TypeError, "list<u8>"],
    ["strings", "abc", TypeError, "list<string>"], ["strings", { a: 1 }, TypeError, "list<string>"],
    ["tuple", [1], ArgumentError, "tuple<u32, string, char>"],
    ["weekday", :sunday, ArgumentError, "weekday, one of monday, tuesday, saturday-night"],
    ["weekday", 1, TypeError, "weekday, one of monday, tuesday, saturday-night"],
    ["rights", [:fly], ArgumentError, "rights, any of read, write, run-as-root"],
    ["rights", :read, TypeError, "rights, any of read, write, run-as-root"],
    ["rights", { read: true }, TypeError, "rights, any of read, write, run-as-root"],
    ["point", { x: 1 }, TypeError, "point with a field y"], ["point", [], TypeError, "point"],
    ["point", nil, TypeError, "point"], ["point", 5, TypeError, "point"], ["point", Object.new.freeze, TypeError, nil],
    ["shape", :square, ArgumentError, nil], ["shape", { nothing: 1 }, ArgumentError, nil],
    ["shape", :circle, ArgumentError, nil], ["shape", "nothing", TypeError, nil], ["shape", {}, ArgumentError, nil],
    ["nested_option", "text", TypeError, nil], ["nested_option", { ok: 1 }, ArgumentError, nil],
    ["result", 1, TypeError, nil], ["result", { yes: 1 }, ArgumentError, nil], ["result_unit", { ok: 1 }, TypeError, nil]
  ].each do |type, value, kind, expected|
    define_method("test_#{type}_is_not_#{value.inspect.sub(/0x\h+/, '')}_#{value.class}") do
      error = assert_raises(kind) { PLUGIN.echo.public_send("echo_#{type}", value) }
      assert_instance_of kind, error
      assert_equal "value: expected #{expected}, got #{value.inspect}", error.message if expected
      assert_equal true, echo("bool", true), "the instance lives on"
    end
  end

  def test_the_place_of_what_is_wrong
    {
      ["shape", { polygon: [{ x: 1, y: 2 }, { x: 1, y: 2**40 }] }] => "value.polygon[1].y: expected s32, got 1099511627776",
      ["strings", ["a", nil]] => "value[1]: expected string, got nil",
      ["tuple", [1, "a", 3]] => "value[2]: expected char, got 3",
      ["results", [{ ok: "x" }]] => "value[0].ok: expected u32, got \"x\"",
      ["point", { x: 1, y: 2, z: 3 }] => "value: expected point with the fields x, y, got :z",
      ["everything", EVERYTHING.merge(a_list: [1])] => "value.a-list[0]: expected string, got 1"
    }.each do |(type, value), line|
      error = assert_raises(TypeError, RangeError, ArgumentError) { PLUGIN.echo.public_send("echo_#{type}", value) }
      assert_equal line, error.message
    end
    error = assert_raises(TypeError) { echo("string", [1] * 100) }
    assert_equal "value: expected string, got [#{'1, ' * 19}1,…", error.message
  end

  # Bytes that are no UTF-8, one half of a surrogate pair in two encodings, and bytes that are no text at all.
  def test_what_is_no_text
    ["\xff\xfe", "a\xed\xa0\x80", "\x00\xd8".dup.force_encoding("UTF-16LE"), "Zo\xc3\xab".b].each do |name|
      error = assert_raises(EncodingError) { echo("string", name) }
      assert_equal "value: expected string, got #{name.inspect}, which is no Unicode text in its encoding #{name.encoding}",
                   error.message
      assert_raises(EncodingError, ArgumentError) { echo("char", name) }
    end
  end

  def test_what_a_reader_raises_comes_out
    point = Object.new
    def point.x = raise(KeyError, "own")
    def point.y = 1
    assert_equal "own", assert_raises(KeyError) { echo("point", point) }.message
    assert_equal true, echo("bool", true)
  end

  def test_an_array_that_changes_while_it_is_read
    strings = ["a"]
    shrinking = Object.new
    shrinking.define_singleton_method(:to_str) do
      strings.clear
      "b"
    end
    strings.push(shrinking, "c")
    error = assert_raises(TypeError) { echo("strings", strings) }
    assert_equal "value[2]: expected string, got nil", error.message
  end

  private

  def echo(type, *values, name: "echo_#{type}") = PLUGIN.echo.public_send(name, *values)

  # Equal, and of the same classes: 1 and 1.0 are not the same.
  def assert_same_value(expected, actual)
    actual = plain(actual)
    assert_equal expected.inspect, actual.inspect
    assert_equal [expected], [actual]
    assert_equal expected.encoding, actual.encoding if expected.is_a?(String)
  end
end
