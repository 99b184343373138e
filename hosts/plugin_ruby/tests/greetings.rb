# frozen_string_literal: true

require "greeter"
require "testing"

# One guest, by those cases of its contract that the host itself answers; IMPORTS selects them.
class GreetingsTest < Minitest::Test
  IMPORTS = ENV.fetch("IMPORTS").split(",")
  STEPS = Testing::CASES.fetch("groups").find { |group| group.fetch("imports") == IMPORTS }
                 .fetch("cases").flat_map { |one| one.fetch("steps") }
                 .select { |step| step.fetch("asks").all? { |ask| ask["result"] == ask.fetch("args").first.reverse } }

  def setup
    @greeter = Greeter.open(Testing.file("GUEST"), formatter: ->(text) { text.reverse })
  end

  def teardown = @greeter.close

  STEPS.each_with_index do |step, index|
    define_method("test_greets_#{index}") do
      name, up = step.fetch("args")
      said = @greeter.greet(name, up:)
      assert_equal step.fetch("result"), said
      assert_equal Encoding::UTF_8, said.encoding
      assert_predicate said, :valid_encoding?
    end
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
