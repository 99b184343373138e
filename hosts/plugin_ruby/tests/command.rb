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
    assert_run "", /\Aerror: [^\n]+did not return within 0.01 s\n\z/, 1,
               "--component", there("faulty_greeter"), "--timeout", "10ms", "loop"
    assert_run "", /\Aerror: [^\n]+limit of 2048 KiB\n\z/, 1,
               "--component", there("faulty_greeter"), "--max-memory", "2MiB", "allocate"
  end

  def test_what_is_wrong_with_the_command_is_one_line
    [[], %w[a b], %w[--upp a], %w[--max-mem 1MiB a], %w[a --component]].each do |args|
      assert_run "", /\Aerror: [^\n]+ \(--help tells more\)\n\z/, 2, *args
    end
  end

  def test_bounds_that_are_none
    ["much", "64", "64MB", "1.5MiB", "-1MiB", "0B", "", "#{'9' * 500}B"].each do |size|
      line = "invalid value '#{size}' for '--max-memory <SIZE>': use a number and B, KiB, MiB or GiB, as 64MiB"
      assert_run "", "error: #{line} (--help tells more)\n", 2, "--max-memory=#{size}", "World"
    end
    line = "invalid value '5GiB' for '--max-memory <SIZE>': the most is 4GiB, which is what WebAssembly can address"
    assert_run "", "error: #{line} (--help tells more)\n", 2, "--max-memory=5GiB", "World"
    ["soon", "30", "0s", "1d", "1e3s", "-1s", "", "#{'9' * 500}s"].each do |time|
      line = "invalid value '#{time}' for '--timeout <TIME>': use a number and ms, s, m or h, as 30s"
      assert_run "", "error: #{line} (--help tells more)\n", 2, "--timeout=#{time}", "World"
    end
  end

  def test_bounds_in_every_unit
    %w[8388608B 8192KiB 8MiB 4GiB].each { |size| assert_run "Hello, World\n", "", 0, "--max-memory", size, "World" }
    %w[60000ms 60s 1m 9999999h].each { |time| assert_run "Hello, World\n", "", 0, "--timeout", time, "World" }
  end

  def test_version
    %w[--version -V].each { |flag| assert_run "plugin_ruby #{ENV.fetch('VERSION')}\n", "", 0, flag }
  end

  def test_a_name_that_is_no_text
    assert_run "", /\Aerror: expected UTF-8, got "\\xFF"[^\n]+\n\z/, 2, "\xff"
  end

  def test_help
    out, = assert_run(/\AUsage: .*--component.*--aot.*--up.*--max-memory.*--timeout.*--version/m, "", 0, "--help")
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
