# frozen_string_literal: true

# Greets from the command line: NAME [--up].

require "optparse"
require "greeter"

# Ends at once and says nothing when it is interrupted or nobody reads on, also in the middle of a call.
%w[INT PIPE].each { |signal| Signal.trap(signal, "SYSTEM_DEFAULT") }

Usage = Class.new(StandardError)

SIZE = [{ "GiB" => 1 << 30, "MiB" => 1 << 20, "KiB" => 1 << 10, "B" => 1 }, "B, KiB, MiB or GiB, as 64MiB"].freeze
TIME = [{ "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000 }, "ms, s, m or h, as 30s"].freeze

# A number with its unit, in the smallest of them; nothing lives within zero.
def measure(flag, text, (units, hint))
  number, unit = text.match(/\A([0-9]{1,20})([A-Za-z]+)\z/)&.captures
  value = units.key?(unit) ? number.to_i * units[unit] : 0
  return value if value.between?(1, (1 << 63) - 1)

  raise Usage, "invalid value '#{text}' for '#{flag}': use a number and #{hint}"
end

options = { formatter: ->(text) { text.reverse } }
component = nil
up = false
parser = OptionParser.new do |o|
  o.banner = "Usage: plugin_ruby --component FILE [options] NAME"
  o.separator "Lets a WebAssembly component that exports #{Greeter::GREETER} greet NAME."
  o.on("--component FILE", "the component") { |file| component = file }
  o.on("--aot FILE", "the same component, precompiled") { |file| options[:aot] = file }
  o.on("--up", "greet in upper case") { up = true }
  o.on("--max-memory SIZE", "how large its memory may grow (default: 64MiB)") do |size|
    bytes = options[:max_memory] = measure("--max-memory <SIZE>", size, SIZE)
    if bytes > Greeter::Arguments::MOST_BYTES
      most = "the most is 4GiB, which is what WebAssembly can address"
      raise Usage, "invalid value '#{size}' for '--max-memory <SIZE>': #{most}"
    end
  end
  o.on("--timeout TIME", "how long it may take (default: 10s)") do |time|
    options[:timeout] = [measure("--timeout <TIME>", time, TIME) / 1000.0, Greeter::Arguments::MOST_SECONDS].min
  end
  o.on("-V", "--version", "the version") do
    puts "plugin_ruby #{ENV.fetch('VERSION')}"
    exit
  end
end

begin
  bad = ARGV.find { |argument| !argument.valid_encoding? }
  raise Usage, "expected UTF-8, got #{bad.inspect}" if bad

  # A name that is cut short is none; `require_exact` of OptionParser would refuse --name=value, too.
  known = ["--help", *parser.top.list.grep(OptionParser::Switch).flat_map(&:long)]
  ARGV.take_while { |argument| argument != "--" }.each do |argument|
    name = argument[/\A--[^=]+/]
    raise OptionParser::InvalidOption, argument unless name.nil? || known.include?(name)
  end
  names = parser.parse(ARGV)
  raise Usage, "--component FILE is missing" unless component
  raise Usage, "expected one NAME, got #{names.size}" unless names.one?

  puts Greeter.open(component, **options) { |greeter| greeter.greet(names.first, up:) }
rescue Usage, OptionParser::ParseError => e
  warn "error: #{e.message} (--help tells more)"
  exit 2
rescue Greeter::Error => e
  warn "error: #{e.message}"
  exit 1
end
