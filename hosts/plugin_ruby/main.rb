# frozen_string_literal: true

# Greets from the command line: NAME [--up].

require "optparse"
require "greeter"

# Ends at once and says nothing when it is interrupted or nobody reads on, also in the middle of a call.
%w[INT PIPE].each { |signal| Signal.trap(signal, "SYSTEM_DEFAULT") }

Usage = Class.new(StandardError)

options = { formatter: ->(text) { text.reverse } }
component = nil
up = false
parser = OptionParser.new do |o|
  o.banner = "Usage: plugin_ruby --component FILE [options] NAME"
  o.separator "Lets a WebAssembly component that exports #{Greeter::GREETER} greet NAME."
  o.on("--component FILE", "the component") { |file| component = file }
  o.on("--aot FILE", "the same component, precompiled") { |file| options[:aot] = file }
  o.on("--up", "greet in upper case") { up = true }
  o.on("--memory MIB", Integer, "the most memory that it may take (default 64)") { |mib| options[:memory] = mib << 20 }
  o.on("--timeout SECONDS", Float, "the longest that it may take (default 5)") { |s| options[:timeout] = s }
end

begin
  bad = ARGV.find { |argument| !argument.valid_encoding? }
  raise Usage, "expected UTF-8, got #{bad.inspect}" if bad

  names = parser.parse(ARGV)
  raise Usage, "--component FILE is missing" unless component
  raise Usage, "expected one NAME, got #{names.size}" unless names.one?

  puts Greeter.open(component, **options) { |greeter| greeter.greet(names.first, up:) }
rescue Usage, OptionParser::ParseError, ArgumentError => e
  warn "error: #{e.message}; --help tells more"
  exit 2
rescue Greeter::Error => e
  warn "error: #{e.message}"
  exit 1
end
