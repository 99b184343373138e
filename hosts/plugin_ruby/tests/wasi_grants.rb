# frozen_string_literal: true

require "testing"

# What a component reaches by WASI where something is granted, and what ends it.
class WasiTest < Minitest::Test
  include Testing

  PROBE = ENV.fetch("PROBE")
  GRANTED = JSON.parse(File.read(ENV.fetch("GRANTED")))

  def test_what_is_granted_and_nothing_else
    Dir.mktmpdir do |base|
      plant(base)
      before = tree(base)
      options = { args: GRANTED["args"], env: GRANTED["env"], stdin: GRANTED["stdin"], clock: GRANTED["clock"],
                  random: GRANTED["random"].pack("C*"), dirs: GRANTED["dirs"].map { |dir| "#{base}/#{dir}" },
                  output: ->(*) {} }
      probe(options) do |plugin|
        wrong = GRANTED["attempts"].filter_map do |what, args, expected|
          got = plugin.probe.attempt(what, args)
          "#{what} #{args}: expected #{expected.inspect}, got #{got.inspect}" unless got == expected
        end
        assert_empty wrong
        assert_operator GRANTED["attempts"].count { |_, _, expected| %w[refused denied].include?(expected) }, :>, 60
      end
      assert_equal before, tree(base)
    end
  end

  def test_lines_go_to_a_function
    lines = []
    output = lambda do |stream, line|
      raise KeyError, "no more" if line == "fail"

      lines << [stream, line]
    end
    probe({ output: output }) do |plugin|
      plugin.probe.attempt("print", ["one\ntwo", "three\e\r\n"])
      assert_equal [["stderr", 'three\u{1b}'], %w[stdout one], %w[stdout two]], lines.sort
      lines.clear
      plugin.probe.attempt("print", ["y" * 5000, ""])
      assert_equal [["stdout", "y" * 4096], ["stdout", "y" * 904]], lines
      assert_raises(KeyError) { plugin.probe.attempt("print", ["fail\n", ""]) }
      lines.clear
      plugin.probe.attempt("print", ["again\n", ""])
      assert_equal [%w[stdout again]], lines
    end
  end

  def test_lines_are_warned_of
    _, warned = capture_io { probe({}) { |plugin| plugin.probe.attempt("print", %W[one\n two\n]) } }
    assert_equal ["#{PROBE} stderr: two", "#{PROBE} stdout: one"], warned.lines(chomp: true).sort
  end

  def test_time_has_an_end
    probe({ output: ->(*) {} }, timeout: 0.3) do |plugin|
      [["sleep", ["3600000"]], ["spin", ["3600000000000"]], ["flood", []]].each do |what, args|
        error = assert_raises(Anyhost::TimeLimitError, what) { plugin.probe.attempt(what, args) }
        assert_match(/did not return within 0\.3 s\z/, error.message)
      end
      assert_equal "true", plugin.probe.attempt("time-passes", ["20"])
    end
  end

  def test_time_has_an_end_in_a_forked_process
    probe({}, timeout: 0.3) do |plugin|
      plugin.probe.attempt("time-passes", ["1"])
      child = fork do
        plugin.probe.attempt("sleep", ["3600000"])
      rescue Anyhost::TimeLimitError
        exit! 3
      end
      assert_equal 3, Process.wait2(child).last.exitstatus
    end
  end

  def test_what_is_not_there_ends_the_call_alone
    probe({}) do |plugin|
      {
        %w[exit 0] => "trap: it exited with code 0",
        %w[exit 3] => "trap: it exited with code 1",
        %w[http localhost] => "fields.constructor is refused: no HTTP in a plugin"
      }.each do |(what, arg), line|
        error = assert_raises(Anyhost::TrapError) { plugin.probe.attempt(what, [arg]) }
        assert error.message.end_with?(line), error.message
        assert_equal "", plugin.probe.attempt("args", [])
      end
    end
  end

  def test_what_cannot_be_granted
    error = assert_raises(Anyhost::ComponentError) { probe("none") }
    assert_match(/imports wasi:.*, which this host does not provide; it provides nothing\z/, error.message)
    error = assert_raises(Anyhost::PluginError) { probe({ dirs: ["no/such::/data"] }) }
    assert_equal "dirs: no/such: no such directory", error.message
    unknown = "wasi: expected args, env, dirs, stdin, output, clock, random, got files"
    suffix = "wasi: dirs: \".:rw\": unknown suffix :rw; the only one is :ro, for read-only; use HOST or HOST::GUEST, as .::/data"
    {
      1 => [TypeError, 'wasi: expected a Hash or "none", got 1'],
      { files: 1 } => [ArgumentError, unknown],
      { args: "a" } => [TypeError, 'wasi: args: expected an Array of String, got "a"'],
      { args: ["a\0"] } => [ArgumentError, 'wasi: args: expected Unicode without NUL, got "a\u0000"'],
      { env: { A: "1" } } => [TypeError, "wasi: env: expected a String, got :A"],
      { stdin: 1 } => [TypeError, "wasi: stdin: expected a String of bytes, got 1"],
      { output: 1 } => [TypeError, "wasi: output: expected what can be called with a stream and a line, got 1"],
      { clock: -1 } => [ArgumentError, "wasi: clock: expected 0 to 8589934592 seconds since 1970, got -1"],
      { random: "" } => [ArgumentError, 'wasi: random: expected a byte or more, got ""'],
      { dirs: [".:rw"] } => [ArgumentError, suffix]
    }.each do |wasi, (kind, line)|
      error = assert_raises(kind, wasi.inspect) { probe(wasi) }
      assert_equal line, error.message
    end
  end

  private

  def probe(wasi, **, &) = Anyhost::Plugin.open(PROBE, wasi: wasi, **, &)

  # Files and links as granted.json has them.
  def plant(base)
    GRANTED["files"].each do |path, text|
      FileUtils.mkdir_p(File.dirname(File.join(base, path)))
      File.write(File.join(base, path), text)
    end
    GRANTED["folders"].each { |path| Dir.mkdir(File.join(base, path)) }
    GRANTED["links"].each { |path, target| File.symlink(target, File.join(base, path)) }
  end

  # All paths below a folder, with the contents of files.
  def tree(base)
    paths = Dir.glob("**/*", File::FNM_DOTMATCH, base: base).sort
    paths.to_h do |path|
      [path, File.file?(File.join(base, path)) && !File.symlink?(File.join(base, path)) && File.read(File.join(base, path))]
    end
  end
end
