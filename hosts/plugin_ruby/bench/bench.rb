# frozen_string_literal: true

# What a plugin costs in this process: before the first call, and each call once it is warm.

require "json"
require "anyhost"

WINDOW = 0.5
ROUNDS = 5

# Seconds that one run of the block takes: the best of some rounds, for the others were disturbed.
def seconds(&block)
  yield
  times = Array.new(ROUNDS) do
    count = 0
    start = now
    while (elapsed = now - start) < WINDOW
      10.times(&block)
      count += 10
    end
    elapsed / count
  end
  times.min
end

def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)

PLUGIN = ENV.fetch("HELLO_WORLD_RUST")
FORMATTED = { formatter: { reverse: ->(text) { text.reverse } } }.freeze

# A host for the component that has every type, which it is not asked for anything here.
class Store
  def self.default_name = ""

  def put(_key, _value) = nil

  def size = 0
end
HOST = { relay: ->(value) { value }, notify: ->(_) {}, check: ->(_) { 0 }, bytes: ->(value) { value },
         find: ->(_) {}, describe: ->(_, _) { "" }, close: ->(_) {}, store: Store }.freeze

values = Anyhost::Plugin.open(ENV.fetch("VALUES"), aot: ENV.fetch("VALUES_AOT"), imports: { host: HOST })
echo = values.echo
hello = Anyhost::Plugin.open(PLUGIN)
native = hello.instance_variable_get(:@native)
formatted = Anyhost::Plugin.open(ENV.fetch("HELLO_WORLD_IMPORTS_RUST"), imports: FORMATTED)
long = "é" * 50_000

# What is passed is made for its own measurement: whatever lives costs the collector time in the others.
strings = -> { Array.new(1000) { |i| "item #{i}" } }
hashes = -> { strings.call.map.with_index { |name, id| { id:, name:, price: id * 0.5, amount: id, active: id.even? } } }
passed = lambda do |value, &call|
  GC.start
  seconds { call.call(value) }
end

# What makes many objects comes last, as the collector then has more to look through.
figures = {
  "open, compiling" => seconds { Anyhost::Plugin.open(PLUGIN, &:interfaces) },
  "open, precompiled" => seconds { Anyhost::Plugin.open(PLUGIN, aot: ENV.fetch("HELLO_WORLD_RUST_AOT"), &:interfaces) },
  "a fresh instance, and a call" => seconds { native.reset || hello.greeter.greet("World", false) },
  "greet" => seconds { hello.greeter.greet("World", false) },
  "greet, with a keyword" => seconds { hello.greeter.greet("World", up: false) },
  "greet, with a formatter" => seconds { formatted.greeter.greet("World", false) },
  "greet, 100 kB" => seconds { hello.greeter.greet(long, true) },
  "a string there and back" => seconds { echo.echo_string("World") },
  "a method of a resource" => passed.call(values.counters.counter.new(0)) { |counter| counter.increment(1) },
  "1 MiB of list<u8>" => passed.call(("\a" * (1 << 20)).b) { |value| echo.echo_bytes(value) },
  "1 MiB of list<u8>, freed" => passed.call(("\a" * (1 << 20)).b) { |value| echo.echo_bytes(value).clear },
  "1,000 strings" => passed.call(strings.call) { |value| echo.echo_strings(value) },
  "1,000 records, from Hashes" => passed.call(hashes.call) { |value| echo.echo_rows(value) },
  "1,000 records" => passed.call(echo.echo_rows(hashes.call)) { |value| echo.echo_rows(value) }
}

case ARGV
when ["--json"]
  puts JSON.generate(
    calls_per_s: (1 / figures["greet"]).round,
    calls_with_formatter_per_s: (1 / figures["greet, with a formatter"]).round,
    instantiate_ms: figures["a fresh instance, and a call"] * 1e3,
    load_ms: figures["open, compiling"] * 1e3,
    load_precompiled_ms: figures["open, precompiled"] * 1e3,
    values_us: {
      string: "a string there and back", rows: "1,000 records", strings: "1,000 strings",
      bytes: "1 MiB of list<u8>", freed_bytes: "1 MiB of list<u8>, freed", method: "a method of a resource"
    }.transform_values { |name| figures[name] * 1e6 }
  )
when []
  figures.each { |name, s| puts format("%-32s %10.2f µs %12d a second", name, s * 1e6, 1 / s) }
else
  warn "error: expected nothing or --json, got #{ARGV.join(' ')}"
  exit 2
end
