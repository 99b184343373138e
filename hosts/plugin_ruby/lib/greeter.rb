# frozen_string_literal: true

require "wasmtime"
require "greeter/arguments"
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

  # A quarter of the smallest stack that threads and fibers get; RUBY_FIBER_MACHINE_STACK_SIZE and its like say how large
  # these are.
  STACK = RubyVM::DEFAULT_PARAMS.values_at(:thread_machine_stack_size, :fiber_machine_stack_size).min / 4
  # All that decides about machine code is as in //lib/host/engine, so that what it precompiles can be loaded.
  ENGINE_OPTIONS = {
    epoch_interruption: true,
    generate_address_map: false,
    native_unwind_info: false,
    max_wasm_stack: STACK,
    # The compiler's threads would be missing from a forked process, which would wait for them.
    parallel_compilation: false
  }.freeze
  # One for all greeters.
  ENGINE = Wasmtime::Engine.new(ENGINE_OPTIONS)

  # Loads the component in the file `path`, and yields a greeter if there is a block.
  #
  # formatter::  what the plugin may import to reverse a text; responds to `call(text)`
  # aot::        the same component as //lib/host/engine:precompile wrote it, which loads faster; it is machine code and
  #              runs unchecked, so it must be your own
  # max_memory:: the most that the plugin's memory may grow to, in bytes
  # timeout::    the longest that a call may take, in seconds; nil for no bound
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

  def initialize(path, formatter: nil, aot: nil, max_memory: 64 << 20, timeout: 10)
    @path = Arguments.path("path", path)
    aot &&= Arguments.path("aot", aot)
    @max_memory = Arguments.max_memory(max_memory)
    @timeout = Arguments.timeout(timeout)
    Arguments.function("formatter", formatter)
    # One tick more: the first may come at once.
    @ticks = timeout ? (timeout * 1000.0 / TICK).ceil + 1 : FOREVER
    @answer = ""
    @lock = Mutex.new
    Greeter.start_clock
    @component = ComponentFile.load(ENGINE, @path, aot)
    @given = formatter ? { FORMATTER => { "reverse" => formatter } } : {}
    @linker = link
    @greet = instantiate
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

  def call(name, up)
    raise Error, "#{@path}: the greeter is closed" unless @component

    Greeter.start_clock
    greet = @greet || instantiate
    # An instance that is left in the middle of a call cannot be entered again: by an exception, or in a process that was
    # forked meanwhile by the thread that is not there.
    @greet = nil
    @store.set_epoch_deadline(@ticks)
    greeting = greet.call(name, up)
    @greet = greet
    greeting
  rescue Wasmtime::Error, TypeError, EncodingError => e
    raise failure(e, Error) {
      Arguments.text("name", name)
      Arguments.boolean("up", up)
      Arguments.text("what the formatter returned", @answer)
    }
  end

  def link
    linker = Wasmtime::Component::Linker.new(ENGINE)
    @given.each do |interface, functions|
      linker.instance(interface) do |instance|
        functions.each { |name, function| instance.func_new(name) { |text| host(function, text) } }
      end
    end
    linker
  end

  # Calls a function of the host's, whose exceptions must not be taken for the engine's.
  def host(function, text)
    @answer = function.call(text)
  rescue Wasmtime::Error, TypeError, EncodingError => e
    @raised = e
    raise
  ensure
    # This may be a process that was forked meanwhile.
    Greeter.start_clock
  end

  def instantiate
    @store = Wasmtime::Store.new(ENGINE, nil, limits: { memory_size: @max_memory })
    @store.set_epoch_deadline(@ticks)
    greet = @linker.instantiate(@store, @component).get_func([GREETER, "greet"])
    greet || raise(ComponentError, "#{@path}: does not export #{GREETER}")
  rescue Wasmtime::Error => e
    raise failure(e, ComponentError)
  end

  # What to raise for an exception of the engine's: `other` if it is no trap. The block raises for a value that the engine
  # did not take, of which it does not say what it is.
  def failure(error, other)
    raised, @raised = @raised, nil
    return error if error.equal?(raised)
    return trap(error) if error.is_a?(Wasmtime::Trap)
    return other.new("#{@path}: #{reason(error.message)}") if error.is_a?(Wasmtime::Error)

    yield
    error
  end

  # The engine's message, in the words of all hosts where they have some.
  def reason(message)
    case message
    when /component imports [\w ]+ `([^`]+)`/ then missing(Regexp.last_match(1), message)
    when /memory minimum size of (\d+) pages/
      "starts with #{Regexp.last_match(1).to_i * 64} KiB of memory, the limit is #{@max_memory >> 10} KiB"
    else message.gsub(/\s+/, " ")
    end
  end

  def missing(import, message)
    functions = @given[import]
    import = "#{message[/instance export `([^`]+)`/, 1]} of #{import}" if functions
    given = (functions || @given).keys.join(", ")
    given = "nothing (Greeter.open takes a formatter)" if given.empty?
    "imports #{import}, which this host does not provide; it provides #{given}"
  end

  def trap(error)
    return Timeout.new("#{@path}: trap: did not return within #{format('%g', @timeout)} s") if error.code == :interrupt

    spent = @store.linear_memory_limit_hit? ? "; its memory reached the limit of #{@max_memory >> 10} KiB" : ""
    Trap.new("#{@path}: trap: #{error.message.delete_prefix('wasm trap: ')}#{spent}")
  end
end
