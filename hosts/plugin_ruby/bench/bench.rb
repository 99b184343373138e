# frozen_string_literal: true

# What a greeter costs in this process: before the first call, and each call once it is warm.

require "json"
require "greeter"

WINDOW = 0.5
ROUNDS = 5

# Seconds that one run of the block takes: the best of some rounds, for the others were disturbed.
def seconds
  yield
  times = Array.new(ROUNDS) do
    count = 0
    start = now
    while (elapsed = now - start) < WINDOW
      10.times { yield }
      count += 10
    end
    elapsed / count
  end
  times.min
end

def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)

plugin = ENV.fetch("HELLO_WORLD_RUST")
formatted = ENV.fetch("HELLO_WORLD_IMPORTS_RUST")
formatter = ->(text) { text.reverse }
engine = Greeter::ENGINE
component = Wasmtime::Component::Component.from_file(engine, plugin)
linker = Wasmtime::Component::Linker.new(engine)
function = lambda do
  store = Wasmtime::Store.new(engine)
  store.set_epoch_deadline(Greeter::FOREVER)
  linker.instantiate(store, component).get_func([Greeter::GREETER, "greet"])
end
greet = function.call
long = "é" * 50_000

figures = {
  "open, compiling" => seconds { Greeter.open(plugin) },
  "open, precompiled" => seconds { Greeter.open(plugin, aot: ENV.fetch("HELLO_WORLD_RUST_AOT")) },
  "instantiate" => seconds { function.call },
  "Func#call" => seconds { greet.call("World", false) },
  "Greeter#greet" => Greeter.open(plugin) { |g| seconds { g.greet("World") } },
  "Greeter#greet with a formatter" =>
    Greeter.open(formatted, formatter:) { |g| seconds { g.greet("World") } },
  "Greeter#greet, 100 kB" => Greeter.open(plugin) { |g| seconds { g.greet(long, up: true) } }
}

case ARGV
when ["--json"]
  puts JSON.generate(
    calls_per_s: (1 / figures["Greeter#greet"]).round,
    calls_with_formatter_per_s: (1 / figures["Greeter#greet with a formatter"]).round,
    instantiate_ms: figures["instantiate"] * 1e3,
    load_ms: figures["open, compiling"] * 1e3,
    load_precompiled_ms: figures["open, precompiled"] * 1e3
  )
when []
  figures.each { |name, s| puts format("%-32s %10.2f µs %12d a second", name, s * 1e6, 1 / s) }
else
  warn "error: expected nothing or --json, got #{ARGV.join(' ')}"
  exit 2
end
