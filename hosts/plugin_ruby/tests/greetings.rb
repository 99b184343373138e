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
    assert_equal @greeter.greet("Zoë"), @greeter.greet("Zoë".encode("ISO-8859-1"))
  end

  def test_refuses_a_name_that_is_no_text
    assert_raises(EncodingError) { @greeter.greet("\xff\xfe") }
    assert_raises(TypeError) { @greeter.greet(nil) }
    assert_raises(TypeError) { @greeter.greet("World", up: nil) }
    assert_equal @greeter.greet("World"), @greeter.greet(+"World")
  end
end
