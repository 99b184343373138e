# frozen_string_literal: true

# Calls a function of a component from the command line: CALL [--PARAM].

require "optparse"
require "anyhost"

# Ends at once and says nothing when it is interrupted or nobody reads on, also in the middle of a call.
%w[INT PIPE].each { |signal| Signal.trap(signal, "SYSTEM_DEFAULT") }

HEAD = <<~TEXT
  Usage: plugin_ruby [OPTIONS] --component <FILE> <CALL> [--PARAM]...

  Calls a function of a WebAssembly component and prints its result. The component is given no network, no files and no
  environment but what --dir and --env grant, and no functions but those of --imports. What it prints goes to standard error.

  CALL is a call in WAVE, as `wasmtime run --invoke` has it, such as 'greet("you", true)'; the interface may be named before
  the function: 'greeter.greet("you", true)'. The result is printed in WAVE, too.

  If CALL is no call, it is the first argument of the one function that takes a string first, and --PARAM sets a parameter
  of that function which is a bool. A string is then printed as it is.

TEXT
TAIL = <<~TEXT

  Exit codes: 0 called, 1 the component cannot be used or failed, 2 wrong usage.

  Examples:
    plugin_ruby --component hello_world_rust.wasm World --up
    plugin_ruby --component hello_world_rust.wasm 'greet("World", true)'
    plugin_ruby --component hello_world_rust.wasm --list
TEXT

# What is wrong with the command line.
class Usage < StandardError
end

SIZE = [{ "GiB" => 1 << 30, "MiB" => 1 << 20, "KiB" => 1 << 10, "B" => 1 }, "B, KiB, MiB or GiB, as 64MiB"].freeze
TIME = [{ "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000 }, "ms, s, m or h, as 30s"].freeze

# A number with its unit, in the smallest of them; nothing lives within zero.
def measure(flag, text, (units, hint))
  number, unit = text.match(/\A([0-9]+)([A-Za-z]+)\z/)&.captures
  invalid flag, text, "use a number and #{hint}" unless units.key?(unit)
  value = number.size > 20 ? 1 << 64 : number.to_i * units[unit]
  invalid flag, text, "this is too much" if value >= 1 << 64
  invalid flag, text, "it must be more than 0" if value.zero?
  value
end

def invalid(flag, text, reason) = raise(Usage, "invalid value '#{text}' for '#{flag}': #{reason}")

def memory(text)
  bytes = measure("--max-memory <SIZE>", text, SIZE)
  return bytes if bytes <= Anyhost::Options::MOST_BYTES

  invalid "--max-memory <SIZE>", text, "the most is 4GiB, which is what WebAssembly can address"
end

# What a Ruby file ends with: a Hash of what the component imports.
def imports(file)
  found = eval(File.read(file), TOPLEVEL_BINDING.dup, file) # rubocop:disable Security/Eval -- it is the user's own
  return found if found.is_a?(Hash)

  raise Anyhost::PluginError, "#{file}: expected a Ruby file that ends with a Hash of imports, got #{found.class}"
rescue SystemCallError => e
  raise Anyhost::PluginError, "#{file}: #{e.message.split(' @ ').first}; expected a Ruby file"
end

DIR = "use HOST or HOST::GUEST, as .::/data"

# A directory for the component, as the library takes it.
def directory(text)
  host, two, guest = text.partition("::")
  guest, one, suffix = (two.empty? ? host : guest).partition(":")
  flag = "--dir <HOST[::GUEST][:ro]>"
  invalid flag, text, "unknown suffix :#{suffix}; the only one is :ro, for read-only; #{DIR}" unless one.empty? || suffix == "ro"
  invalid flag, text, DIR if (two.empty? ? guest : host).empty? || guest.empty?
  text
end

def variable(text)
  name, equals, value = text.partition("=")
  invalid "--env <NAME=VALUE>", text, "use NAME=VALUE" if name.empty? || equals.empty?
  [name, value]
end

# What the component has of WASI.
def grants(given)
  if given[:wasi] == "none"
    raise Usage, "--env and --dir grant nothing with --wasi none" if given[:env].any? || given[:dirs].any?

    return "none"
  end
  output = ->(stream, line) { warn "guest #{stream}: #{line}" }
  { env: given[:env], dirs: given[:dirs], output: output }
end

given = { options: {}, env: {}, dirs: [] }
parser = OptionParser.new(HEAD) do |o|
  o.on("--component FILE", "the component (*.wasm, or *.cwasm as `precompile` wrote it)") { |file| given[:component] = file }
  o.on("--aot FILE", "the same component, precompiled: trusted") { |file| given[:options][:aot] = file }
  o.on("--imports FILE", "a Ruby file that ends with a Hash of what the component imports") { |file| given[:imports] = file }
  o.on("--max-memory SIZE", "how large all its memories together may grow (default: 64MiB)") do |size|
    given[:options][:max_memory] = memory(size)
  end
  o.on("--timeout TIME", "how long the call may take (default: 10s)") do |time|
    milliseconds = measure("--timeout <TIME>", time, TIME)
    given[:options][:timeout] = [milliseconds / 1000.0, Anyhost::Options::MOST_SECONDS].min
  end
  o.on("--env NAME=VALUE", "a variable of its environment, which is else empty; repeat for more") do |text|
    given[:env].store(*variable(text))
  end
  o.on("--dir HOST[::GUEST][:ro]",
       "a directory that it may use, under the name GUEST; with :ro only to read; repeat for more") do |text|
    given[:dirs] << directory(text)
  end
  o.on("--wasi VERSION",
       "what it has of WASI: 0.2 with clocks, random numbers and what is granted, or none (default: 0.2)") do |text|
    invalid "--wasi <VERSION>", text, "use 0.2 or none" unless %w[0.2 none].include?(text)
    given[:wasi] = text
  end
  o.on("--json", "print the result as JSON instead of WAVE") { given[:json] = true }
  o.on("--list", "show what the component exports and imports, and call nothing") { given[:list] = true }
  o.on("-V", "--version", "the version") do
    puts "plugin_ruby #{ENV.fetch('VERSION')}"
    exit
  end
  o.separator TAIL
end

# The flags that are none of the above are switches of the component's function; whether it has them is known later.
def split(parser, arguments)
  flags = parser.top.list.grep(OptionParser::Switch).flat_map { |flag| flag.long.map { |name| [name, flag.arg] } }.to_h
  own = []
  switches = []
  arguments = arguments.dup
  while (argument = arguments.shift)
    name = argument[/\A--[^=]+/]
    if argument == "--"
      return [own + [argument] + arguments, switches]
    elsif name.nil? || name == "--help" || flags.key?(name)
      own << argument
      own << arguments.shift if flags[name] && !argument.include?("=") && arguments.any?
    else
      switches << argument.delete_prefix("--")
    end
  end
  [own, switches]
end

# What the command line asks for, as it is printed.
def run(parser, given, arguments)
  bad = arguments.find { |argument| !argument.valid_encoding? }
  raise Usage, "expected UTF-8, got #{bad.inspect}" if bad

  own, switches = split(parser, arguments)
  calls = parser.parse(own)
  raise Usage, "--component <FILE> is missing" unless given[:component]
  raise Usage, "unexpected argument '#{calls[1]}' found" if calls.size > 1
  raise Usage, "<CALL> is missing" if calls.empty? && !given[:list]
  raise Usage, "unexpected argument '#{calls[0] || "--#{switches[0]}"}'" if given[:list] && (calls + switches).any?

  given[:options][:imports] = imports(given[:imports]) if given[:imports]
  given[:options][:wasi] = grants(given)
  Anyhost::Plugin.open(given[:component], **given[:options]) do |plugin|
    given[:list] ? plugin.to_wit : plugin.invoke(calls.first, switches, json: given[:json])
  end
end

def fail_with(message, status)
  warn "error: #{message}"
  exit status
end

begin
  output = run(parser, given, ARGV)
  begin
    $stdout.write(output)
    $stdout.flush
  rescue SystemCallError => e
    fail_with "cannot write the result: #{e.message.split(' @ ').first}", 1
  end
rescue Usage, OptionParser::ParseError, ArgumentError, TypeError, RangeError, Anyhost::MissingError => e
  fail_with "#{e.message} (--help tells more)", 2
rescue Anyhost::PluginError => e
  fail_with e.message, 1
rescue StandardError, ScriptError => e
  fail_with "#{e.class}: #{e.message.split.join(' ')}", 1 # of --imports
end
