# frozen_string_literal: true

require "open3"
require "rbconfig"
require "testing"

# The runner of cases finds what is not as a case says.
class TestingOfCasesTest < Minitest::Test
  include Testing

  DOCUMENT = JSON.parse(File.read(ENV.fetch("HELLO_CASES"), encoding: "UTF-8"))
  RUNNER = File.join($LOAD_PATH.find { |path| File.exist?(File.join(path, "anyhost/testing.rb")) }, "anyhost/testing.rb")

  def test_all_is_well
    said, status = run_cases(file("HELLO_WORLD_IMPORTS_RUST"), DOCUMENT)
    assert_predicate status, :success?
    assert_match(/\A(ok      .+\n)+\z/, said)
  end

  def test_every_kind_of_difference_is_told
    {
      ->(step) { step["result"] = "Bye" } => /FAILED  .+: step 1: expected \{.+"Bye".+; got "Hello, dlroW"$/,
      ->(step) { step["call"] = "great" } => %r{FAILED  .+: step 1: anyhost:hello/greeter@1.0.0 has no great$},
      ->(step) { step["trap"] = "" } => /FAILED  .+; got "Hello, dlroW"$/,
      ->(step) { step["args"] = [1, false] } => /FAILED  .+; TypeError: name: expected string, got 1$/,
      ->(step) { step["asks"] = [] } => /FAILED  .+: asked for formatter.reverse\("World"\), expected nothing more$/,
      ->(step) { step["asks"] *= 2 } => /FAILED  .+: did not ask for \{/,
      ->(step) { step["asks"][0]["args"] = ["x"] } => /FAILED  .+: asked for .+\("World"\), expected \{.+"x".+$/,
      ->(step) { step["asks"][0]["fails"] = "no" } => /FAILED  .+; RuntimeError: no$/
    }.each do |change, line|
      said, status = run_cases(file("HELLO_WORLD_IMPORTS_RUST"), changed(&change))
      assert_match line, said
      assert_equal 1, status.exitstatus
    end
  end

  def test_no_case_fits
    said, status = run_cases(file("PRICING_RUST"), DOCUMENT)
    assert_match(/\Aerror: .+\n\z/, said)
    assert_equal 1, status.exitstatus
    only_imports = DOCUMENT.merge("groups" => DOCUMENT["groups"].select { |group| group["imports"].any? })
    said, = run_cases(file("HELLO_WORLD_RUST"), only_imports)
    assert_equal "error: no case of anyhost:hello@1.0.0 is for what the component exports and imports\n", said
  end

  def test_what_is_no_file_of_cases
    assert_match(/\Aerror: .+: expected the checked cases of a contract \(.+\)\n\z/, run_cases(file("HELLO_WORLD_RUST"), {})[0])
    said, = Open3.capture2e(*command, file("HELLO_WORLD_RUST"), "missing.json")
    assert_match(/\Aerror: missing.json: expected the checked cases of a contract \(.+\)\n\z/, said)
    said, status = Open3.capture2e(*command)
    assert_match(/\Ausage: /, said)
    assert_equal 1, status.exitstatus
  end

  def test_code_must_fit
    said, status = run_cases(file("HELLO_WORLD_RUST"), DOCUMENT, file("HELLO_WORLD_RUST_AOT"))
    assert_predicate status, :success?
    assert_match(/\A(ok      .+\n)+\z/, said)
    said, status = run_cases(file("HELLO_WORLD_IMPORTS_RUST"), DOCUMENT, file("HELLO_WORLD_RUST_AOT"))
    assert_match(/^error: .+: made from another component; /, said)
    assert_equal 1, status.exitstatus
  end

  private

  # The document, whose first case of those with a formatter is another.
  def changed
    document = Marshal.load(Marshal.dump(DOCUMENT))
    group = document["groups"].find { |known| known["imports"].any? }
    group["cases"] = group["cases"].select { |one| one["steps"][0]["args"] == ["World", false] }.first(1)
    document["groups"] = [group]
    yield group["cases"][0]["steps"][0]
    document
  end

  def run_cases(component, document, *code)
    Dir.mktmpdir do |folder|
      path = File.join(folder, "cases.json")
      File.write(path, JSON.generate(document))
      Open3.capture2e(*command, component, path, *code)
    end
  end

  def command = [RbConfig.ruby, "-w", "-EUTF-8", *$LOAD_PATH.flat_map { |path| ["-I", path] }, RUNNER]
end
