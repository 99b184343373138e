# frozen_string_literal: true

require "fileutils"
require "open3"
require "testing"

# What `bazel run //hosts:plugin_ruby -- CALL` does, from the caller's folder; and the program itself.
class CommandTest < Minitest::Test
  include Testing

  GREET = "greet: func(name: string, up: bool) -> string"
  HELP = " (--help tells more)\n"

  def test_the_default_component_and_its_code
    assert_run "Hello, World\n", "", 0, "World"
    assert_run "HELLO, ZOË STRAUSS\n", "", 0, "Zoë Strauß", "--up"
    assert_run "\"HELLO, YOU\"\n", "", 0, 'greet("you", true)'
  end

  def test_the_short_form
    {
      %w[World] => "Hello, World\n", %w[World --up] => "HELLO, WORLD\n", ["--up", "Zoë Strauß"] => "HELLO, ZOË STRAUSS\n",
      [""] => "Hello, \n", %w[-- --up] => "Hello, --up\n", %w[--up -- -x] => "HELLO, -X\n",
      ["World (you)"] => "Hello, World (you)\n", %w[--json World --up] => "\"HELLO, WORLD\"\n"
    }.each { |args, greeting| assert_hello greeting, "", 0, *args }
  end

  def test_calls_in_wave
    {
      'greet("World", true)' => "\"HELLO, WORLD\"\n",
      'greeter.greet("a \"b\"", false)' => "\"Hello, a \\\"b\\\"\"\n",
      'anyhost:hello/greeter@1.0.0.greet("World", false)' => "\"Hello, World\"\n",
      ' %greet( "World" , false ) ' => "\"Hello, World\"\n"
    }.each { |call, result| assert_hello result, "", 0, call }
    assert_hello "\"HELLO, ZOË\"\n", "", 0, "--json", 'greet("Zoë", true)'
  end

  def test_what_there_is
    assert_hello "export anyhost:hello/greeter@1.0.0 {\n  #{GREET};\n}\n", "", 0, "--list"
  end

  def test_imports
    with_file("given.rb", '{ formatter: { reverse: ->(text) { "dear #{text}" } } }') do |imports| # rubocop:disable Lint/InterpolationCheck
      assert_program "Hello, dear World\n", "", 0, "--imports", imports, "--component", file("HELLO_WORLD_IMPORTS_RUST"), "World"
    end
    {
      "5" => "expected a Ruby file that ends with a Hash of imports, got Integer",
      "raise KeyError, 'own'" => "KeyError: own", "{" => /SyntaxError: /
    }.each do |text, reason|
      with_file("given.rb", text) do |imports|
        line = reason.is_a?(Regexp) ? /\Aerror: #{reason}[^\n]+\n\z/ : /\Aerror: .*#{Regexp.escape(reason)}\n\z/
        assert_hello "", line, 1, "--imports", imports, "World"
      end
    end
    assert_hello "", "error: missing.rb: No such file or directory; expected a Ruby file\n", 1, "--imports", "missing.rb", "World"
    with_file("given.rb", "{ formatter: { reverse: ->(_) { raise KeyError, 'own' } } }") do |imports|
      component = file("HELLO_WORLD_IMPORTS_RUST")
      assert_program "", "error: KeyError: own\n", 1, "--imports", imports, "--component", component, "World"
    end
  end

  def test_wrong_usage
    {
      %w[World --down] => "unexpected argument '--down'; the function is #{GREET}",
      %w[World --max-mem=1MiB] => "unexpected argument '--max-mem=1MiB'; the function is #{GREET}",
      ['greet("World")'] => "greet(…): invalid params: missing required param(s): `)`; it is #{GREET}",
      ['greet("World", 1)'] => "greet(…): invalid value type: `1`; it is #{GREET}",
      ['great("World")'] => "great(…), which is no function of the component; it exports greeter.greet",
      ["--up", 'greet("World", true)'] => "unexpected argument '--up': a call has its arguments",
      %w[--list --up] => "unexpected argument '--up'", %w[--list World] => "unexpected argument 'World'",
      %w[a b] => "unexpected argument 'b' found", [] => "<CALL> is missing",
      %w[a --timeout] => "missing argument: --timeout"
    }.each { |args, line| assert_hello "", "error: #{line}#{HELP}", 2, *args }
    assert_program "", "error: --component <FILE> is missing#{HELP}", 2, "World"
    assert_program "", /\Aerror: invalid option: -x[^\n]*\n\z/, 2, "-x", "World"
    # What is nested without end is no call, and does no harm.
    deep = "greet(#{'[' * 50_000}#{']' * 50_000}, true)"
    assert_hello "", /\Aerror: greet\(…\): value nesting too deep[^\n]*\n\z/, 2, deep
  end

  def test_files_are_looked_for_where_the_command_was_typed
    Dir.mktmpdir do |folder|
      FileUtils.cp(file("HELLO_WORLD_RUST"), File.join(folder, "mine.wasm"))
      assert_run "Hello, World\n", "", 0, "--component=mine.wasm", "World", folder:
    end
  end

  def test_what_is_wrong_with_a_component
    missing = "error: there.wasm: no such file; expected a WebAssembly component\n"
    assert_program "", missing, 1, "--component", "there.wasm", "World"
    faulty = file("faulty_greeter")
    {
      %w[trap] => "trap: wasm `unreachable` instruction executed",
      %w[--timeout 50ms loop] => "trap: did not return within 0.05 s"
    }.each { |args, line| assert_program "", "error: #{faulty}: #{line}\n", 1, "--component", faulty, *args }
    assert_program "", /; its memory reached the limit of 2048 KiB\n\z/, 1,
                   "--component", faulty, "--max-memory", "2MiB", "allocate"
    lacking = "imports anyhost:hello/formatter@1.0.0, which this host does not provide; it provides nothing"
    component = file("HELLO_WORLD_IMPORTS_RUST")
    assert_program "", "error: #{component}: #{lacking}\n", 1, "--component", component, "World"
  end

  def test_code_that_was_compiled_before
    assert_hello "Hello, World\n", "", 0, "--aot", file("HELLO_WORLD_RUST_AOT"), "World"
    hello = file("HELLO_WORLD_RUST")
    note = "note: #{hello}: not precompiled code, or cut short; compiling #{hello} instead\n"
    assert_hello "Hello, World\n", note, 0, "--aot", hello, "World"
  end

  # What is wrong with one value is tested for all hosts: //hosts:manners_test.
  def test_bounds_that_are_none
    %w[--max-memory --timeout].each do |flag|
      ["much", "1\n1B", "-1s", ""].each do |value|
        assert_hello "", /\Aerror: invalid value '#{value}' for '#{flag} <[A-Z]+>': use a number and [^\n]+\n\z/, 2,
                     "#{flag}=#{value}", "World"
      end
    end
  end

  def test_bounds_in_every_unit
    %w[8388608B 8192KiB 8MiB 4GiB].each { |size| assert_hello "Hello, World\n", "", 0, "--max-memory", size, "World" }
    %w[60000ms 60s 1m 9999999h].each { |time| assert_hello "Hello, World\n", "", 0, "--timeout", time, "World" }
  end

  def test_a_result_that_cannot_be_written
    reader, writer = IO.pipe
    process = spawn(ENV.fetch("PROGRAM"), "--component", file("HELLO_WORLD_RUST"), "World", out: "/dev/full", err: writer)
    writer.close
    assert_equal "error: cannot write the result: No space left on device\n", reader.read
    assert_equal 1, Process.wait2(process).last.exitstatus
  end

  def test_version
    %w[--version -V].each { |flag| assert_run "plugin_ruby #{ENV.fetch('VERSION')}\n", "", 0, flag }
  end

  def test_text_that_is_no_text
    assert_hello "", /\Aerror: expected UTF-8, got "\\xFF"[^\n]+\n\z/, 2, "\xff"
  end

  def test_help
    out, = assert_program(/\AUsage: /, "", 0, "--help")
    (%w[CALL --component --aot --imports --max-memory --timeout --json --list --version Examples] + ["Exit codes"]).each do |word|
      assert_includes out, word
    end
  end

  private

  def assert_run(out, err, status, *, folder: Dir.tmpdir)
    assert_says(out, err, status, { "BUILD_WORKING_DIRECTORY" => folder }, ENV.fetch("RUN"), *)
  end

  def assert_program(out, err, status, *) = assert_says(out, err, status, {}, ENV.fetch("PROGRAM"), *)

  def assert_hello(out, err, status, *) = assert_program(out, err, status, "--component", file("HELLO_WORLD_RUST"), *)

  def assert_says(out, err, status, ...)
    said, complained, ended = Open3.capture3(...)
    [said, complained].each { |text| text.force_encoding("UTF-8") }
    assert_operator out, :===, said, said + complained
    assert_operator err, :===, complained, complained
    assert_equal status, ended.exitstatus
    [said, complained]
  end

  def with_file(name, text)
    Dir.mktmpdir do |folder|
      path = File.join(folder, name)
      File.write(path, text)
      yield path
    end
  end
end
