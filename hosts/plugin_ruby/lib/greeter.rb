# frozen_string_literal: true

require "wasmtime"
require "greeter/component_file"
require "greeter/errors"

# A plugin of the world `plugin` or `formatting-plugin` of anyhost:hello@1.0.0.
#
#   Greeter.open("plugin.wasm") { |greeter| puts greeter.greet("World", up: true) }
#
# The plugin gets its memory, its time and the formatter, if there is one; nothing else of this process. What it does
# wrong is raised as a Greeter::Error, and the next call gets a fresh instance.
#
# Threads may share a greeter: it makes one call after the other.
class Greeter
  GREETER = "anyhost:hello/greeter@1.0.0"
  FORMATTER = "anyhost:hello/formatter@1.0.0"
  # How exact the bound on time is, in milliseconds.
  TICK = 5
  # More ticks, and more bytes, than there will be.
  FOREVER = 1 << 62

  # All that decides about machine code is as in //lib/host/engine, so that what it precompiles can be loaded. The stack
  # fits into that of a fiber.
  ENGINE_OPTIONS = {
    epoch_interruption: true,
    generate_address_map: false,
    native_unwind_info: false,
    max_wasm_stack: 128 << 10,
    # The compiler's threads would be missing from a forked process, which would wait for them.
    parallel_compilation: false
  }.freeze
  # One for all greeters.
  ENGINE = Wasmtime::Engine.new(ENGINE_OPTIONS)

  # Loads the component in the file `path`, and yields a greeter if there is a block.
  #
  # formatter:: what the plugin may import to reverse a text; responds to `call(text)`
  # aot::       the same component as //lib/host/engine:precompile wrote it, which loads faster; it is machine code and
  #             runs unchecked, so it must be your own
  # memory::    the most that the plugin's memory may grow to, in bytes
  # timeout::   the longest that a call may take, in seconds; nil for no bound
  def self.open(path, **options)
    greeter = new(path, **options)
    return greeter unless block_given?

    begin
      yield greeter
    ensure
      greeter.close
    end
  end

  # Lets the clock run that interrupts plugins: a process that was forked has none yet.
  def self.start_clock
    return if @clock_of == Process.pid

    ENGINE.start_epoch_interval(TICK)
    @clock_of = Process.pid
  end

  def initialize(path, formatter: nil, aot: nil, memory: 64 << 20, timeout: 5)
    @path = File.path(path)
    @memory = check("memory", memory, "a positive number of bytes") { |bytes| bytes.is_a?(Integer) && bytes.positive? }
    @timeout = check("timeout", timeout, "a positive number of seconds, or nil") do |seconds|
      seconds.nil? || (seconds.is_a?(Numeric) && seconds.positive?)
    end
    check("formatter", formatter, "an object to call") { |object| object.nil? || object.respond_to?(:call) }
    # One tick more: the first may come at once.
    @ticks = timeout ? [timeout * 1000.0 / TICK, FOREVER].min.ceil + 1 : FOREVER
    @lock = Mutex.new
    Greeter.start_clock
    @component = ComponentFile.load(ENGINE, @path, aot)
    @linker = link(formatter)
    instantiate
  end

  # The plugin's greeting for `name`, in upper case with `up`.
  def greet(name, up: false)
    alone { call(name, up) }
  end

  # Lets the plugin go. Whatever is asked of the greeter afterwards raises.
  def close
    alone { @store = @greet = @component = @linker = nil }
  end

  private

  def alone(&)
    raise Error, "#{@path}: a formatter cannot use the greeter that called it" if @lock.owned?

    @lock.synchronize(&)
  end

  def check(name, value, expected)
    return value if yield value

    raise ArgumentError, "#{name}: expected #{expected}, got #{value.inspect}"
  end

  def call(name, up)
    raise Error, "#{@path}: the greeter is closed" unless @component

    Greeter.start_clock
    instantiate unless @greet
    @store.set_epoch_deadline(@ticks)
    done = false
    greeting = @greet.call(name, up)
    done = true
    greeting
  rescue Wasmtime::Trap => e
    raise trap(e)
  rescue Wasmtime::Error => e
    raise Error, "#{@path}: #{e.message}"
  ensure
    # An instance that was left in the middle of a call cannot be entered again.
    @greet = nil unless done
  end

  def link(formatter)
    linker = Wasmtime::Component::Linker.new(ENGINE)
    linker.instance(FORMATTER) { |i| i.func_new("reverse") { |text| formatter.call(text) } } if formatter
    linker
  end

  def instantiate
    @store = Wasmtime::Store.new(ENGINE, nil, limits: { memory_size: [@memory, FOREVER].min })
    @store.set_epoch_deadline(@ticks)
    @greet = @linker.instantiate(@store, @component).get_func([GREETER, "greet"])
  rescue Wasmtime::Trap => e
    raise trap(e)
  rescue Wasmtime::Error => e
    raise ComponentError, "#{@path}: #{unlinked(e.message)}"
  else
    raise ComponentError, "#{@path}: does not export #{GREETER}" unless @greet
  end

  def unlinked(message)
    return message unless message.include?("`#{FORMATTER}`")

    "imports #{FORMATTER}: give Greeter.open a formatter"
  end

  def trap(error)
    return Timeout.new("#{@path}: trap: the plugin took longer than #{@timeout} s") if error.code == :interrupt

    spent = @store.linear_memory_limit_hit? ? "; its memory reached the limit of #{@memory >> 10} KiB" : ""
    Trap.new("#{@path}: trap: #{error.message.delete_prefix('wasm trap: ')}#{spent}")
  end
end
