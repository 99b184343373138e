# frozen_string_literal: true

require "fileutils"
require "open3"
require "testing"

# What `bazel run //hosts:plugin_ruby -- NAME` does, from the caller's folder.
class CommandTest < Minitest::Test
  def test_greets_with_the_default_component_and_its_code
    assert_run "Hello, World\n", "", 0, "World"
    assert_run "HELLO, ZOË STRAUSS\n", "", 0, "Zoë Strauß", "--up"
    assert_run "HELLO, -X\n", "", 0, "--up", "--", "-x"
  end

  def test_greets_with_another_component
    assert_run "Hello, dlroW\n", "", 0, "--component", there("HELLO_WORLD_IMPORTS_RUST"), "World"
  end

  def test_files_are_looked_for_where_the_command_was_typed
    Dir.mktmpdir do |folder|
      FileUtils.cp(Testing.file("HELLO_WORLD_IMPORTS_RUST"), File.join(folder, "mine.wasm"))
      assert_run "Hello, dlroW\n", "", 0, "--component=mine.wasm", "World", folder:
    end
  end

  def test_what_is_wrong_with_a_component_is_one_line
    missing = "error: there.wasm: no such file; expected a WebAssembly component\n"
    assert_run "", missing, 1, "--component", "there.wasm", "World"
    assert_run "", /\Aerror: .*faulty_greeter.wasm: trap: [^\n]+\n\z/, 1, "--component", there("faulty_greeter"), "trap"
    assert_run "", /\Aerror: [^\n]+took longer than 0.01 s\n\z/, 1,
               "--component", there("faulty_greeter"), "--timeout", "0.01", "loop"
    assert_run "", /\Aerror: [^\n]+limit of 2048 KiB\n\z/, 1,
               "--component", there("faulty_greeter"), "--memory", "2", "allocate"
  end

  def test_what_is_wrong_with_the_command_is_one_line
    [[], %w[a b], %w[--upp a], %w[--memory x a], %w[--memory 0 a], %w[--timeout -1 a], %w[a --component]].each do |args|
      assert_run "", /\Aerror: [^\n]+\n\z/, 2, *args
    end
  end

  def test_a_name_that_is_no_text
    assert_run "", /\Aerror: expected UTF-8, got "\\xFF"[^\n]+\n\z/, 2, "\xff"
  end

  def test_help
    out, = assert_run(/\AUsage: .*--component.*--aot.*--up.*--memory.*--timeout/m, "", 0, "--help")
    assert_includes out, "NAME"
  end

  private

  def there(name) = File.expand_path(Testing.file(name))

  def assert_run(out, err, status, *args, folder: Dir.tmpdir)
    said, complained, ended = Open3.capture3({ "BUILD_WORKING_DIRECTORY" => folder }, ENV.fetch("RUN"), *args)
    said.force_encoding("UTF-8")
    assert_operator out, :===, said, said + complained
    assert_operator err, :===, complained, complained
    assert_equal status, ended.exitstatus
    [said, complained]
  end
end
