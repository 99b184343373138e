# frozen_string_literal: true

require "testing"

# Precompiled code is used where it fits, and told of where it does not.
class AotTest < Minitest::Test
  include Testing

  COMPONENT = Testing.file("HELLO_WORLD_RUST")
  AOT = Testing.file("HELLO_WORLD_RUST_AOT")

  def test_code_of_the_component
    assert_empty(said { assert_equal "Hello, World", greet(aot: AOT) })
    assert_empty(said { assert_equal "Hello, World", greet(component: AOT) })
  end

  def test_code_of_another_component
    other = file("HELLO_WORLD_IMPORTS_RUST")
    said = said { assert_equal "Hello, dlroW", greet(component: other, aot: AOT) }
    assert_equal "note: #{AOT}: made from another component; compiling #{other} instead\n", said
  end

  def test_code_that_is_no_code
    assert_equal("note: #{COMPONENT}: not precompiled code, or cut short; compiling #{COMPONENT} instead\n",
                 said { assert_equal "Hello, World", greet(aot: COMPONENT) })
    error = assert_raises(Anyhost::ComponentError) { greet(aot: "missing") }
    assert_match(/\Amissing: no such file/, error.message)
  end

  def test_code_that_is_damaged
    whole = File.binread(AOT)
    [0, 64, whole.bytesize / 2, whole.bytesize - 100, whole.bytesize - 1].each do |at|
      damaged = whole.dup
      damaged.setbyte(at, damaged.getbyte(at) ^ 4)
      assert_equal "damaged", fault(damaged), at
    end
    [0, 1, whole.bytesize / 2].each { |length| assert_equal "not precompiled code, or cut short", fault(whole[0, length]) }
  end

  private

  # What is said of a file of code.
  def fault(bytes)
    Dir.mktmpdir do |folder|
      path = File.join(folder, "code.cwasm")
      File.binwrite(path, bytes)
      said = said { assert_equal "Hello, World", greet(aot: path) }
      said[/\Anote: #{path}: (.+); compiling #{COMPONENT} instead\n\z/, 1]
    end
  end

  def greet(component: COMPONENT, aot: nil)
    imports = { formatter: { reverse: ->(text) { text.reverse } } }
    Anyhost::Plugin.open(component, aot:, imports:) { |plugin| plugin.greeter.greet("World", false) }
  end
end
