# frozen_string_literal: true

require "greeter"
require "testing"

# One guest, by the cases that all hosts are tested with; EXPECTED names the answer that it gives.
class GreetingsTest < Minitest::Test
  def setup
    @greeter = Greeter.open(Testing.file("GUEST"), formatter: ->(text) { text.reverse })
  end

  def teardown = @greeter.close

  Testing::CASES.fetch("greetings").each do |greeting|
    define_method("test_greets_#{greeting.values_at('name', 'up').inspect}") do
      said = @greeter.greet(greeting.fetch("name"), up: greeting.fetch("up"))
      assert_equal greeting.fetch(ENV.fetch("EXPECTED")), said
      assert_equal Encoding::UTF_8, said.encoding
      assert_predicate said, :valid_encoding?
    end
  end

  def test_greets_a_long_name
    long = Testing::CASES.fetch("long")
    name = long.fetch("unit") * long.fetch("times")
    expected = long.fetch("greeting") + (long.fetch("greeted_unit") * long.fetch("times"))
    3.times { assert_equal expected, @greeter.greet(name, up: long.fetch("up")) }
  end

  def test_is_not_in_upper_case_unless_asked
    assert_equal @greeter.greet("World", up: false), @greeter.greet("World")
  end

  def test_takes_a_name_in_another_encoding
    %w[ISO-8859-1 UTF-16LE UTF-16BE UTF-32].each do |encoding|
      assert_equal @greeter.greet("Zoë"), @greeter.greet("Zoë".encode(encoding))
    end
    assert_equal @greeter.greet("World"), @greeter.greet("World".b)
  end

  def test_refuses_a_name_that_is_no_text
    # Bytes that are no UTF-8, one half of a surrogate pair in two encodings, and bytes that are no text at all.
    ["\xff\xfe", "a\xed\xa0\x80", "\x00\xd8".dup.force_encoding("UTF-16LE"), "Zo\xc3\xab".b].each do |name|
      error = assert_raises(EncodingError) { @greeter.greet(name) }
      assert_equal "name is #{name.inspect}, expected Unicode text, in its encoding #{name.encoding}", error.message
    end
    assert_equal "name is nil, expected a String", assert_raises(TypeError) { @greeter.greet(nil) }.message
    error = assert_raises(TypeError) { @greeter.greet("World", up: nil) }
    assert_equal "up is nil, expected true or false", error.message
    assert_equal @greeter.greet("World"), @greeter.greet(+"World")
  end
end
