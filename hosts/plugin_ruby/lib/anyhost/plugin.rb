# frozen_string_literal: true

module Anyhost
  # An open component.
  #
  # It gets its memory, its time, what is imported and what is granted, nothing else of this process. What it does wrong is
  # raised as a PluginError, and the next call gets a fresh instance.
  #
  # Threads may share a plugin: it makes one call after the other.
  class Plugin
    # Loads the component in the file `path`, and yields a plugin if there is a block.
    #
    # imports::    what the component may import: for each interface, by its short or its full name, a Hash or an object
    #              with its functions; functions of the world itself are named beside the interfaces
    # aot::        the same component as //lib/host/engine:precompile wrote it, which loads faster; it is machine code and
    #              runs unchecked, so it must be your own
    # max_memory:: the most that the component's memories may grow to together, in bytes
    # timeout::    the longest that a call may take, in seconds; nil for no bound
    # wasi::       what the component is granted of WASI 0.2, if it imports that: a Hash with +args+, +env+, +dirs+ (as
    #              "HOST::GUEST:ro"), +stdin+, +output+ (called with "stdout" or "stderr" and a line; by default it warns),
    #              +clock+ (seconds since 1970 at which it stands still) and +random+ (bytes that are repeated); or "none",
    #              which refuses such a component
    def self.open(path, **)
      plugin = new(path, **)
      return plugin unless block_given?

      begin
        yield plugin
      ensure
        plugin.close
      end
    end

    def initialize(path, imports: {}, aot: nil, max_memory: 64 << 20, timeout: 10, wasi: {})
      aot &&= Options.path("aot", aot)
      @native = Native.open(Options.path("path", path), Options.imports(imports), aot,
                            Options.max_memory(max_memory), Options.timeout(timeout), Wasi.granted(wasi, path))
      warn "note: #{@native.note}" if @native.note
      @interfaces = (@native.interfaces - [""]).to_h { |name| [name, Interface.build(@native, name)] }
      define_short_names
      @functions = Interface.of_world(@native, self)
    end

    # The full names of the interfaces that the component exports.
    def interfaces = @interfaces.keys

    # An interface by its short or its full name.
    def [](name)
      name = name.to_s
      @interfaces.fetch(name) { @interfaces.fetch(@native.find(name.tr("_", "-"))) }
    end

    # Lets the component go. Whatever is asked of the plugin afterwards raises.
    def close
      @native.close
    end

    # What the component exports and imports, as WIT writes it.
    def to_wit = @native.wit

    # Calls what a command line says, a call in WAVE for example; the result as it is printed.
    def invoke(text, switches = [], json: false) = @native.run(text, switches, json ? true : false)

    def inspect = "#<#{Plugin} #{@interfaces.keys.join(', ')}>"

    private

    def respond_to_missing?(*) = false

    # An interface is a reader where just one has the name. The variable has another, which no other variable has.
    def define_short_names
      @interfaces.group_by { |full, _| Names.method(Names.short(full)) }.each do |name, ((_, interface), *others)|
        next if others.any?

        instance_variable_set("@of_#{name}", interface)
        singleton_class.attr_reader("of_#{name}")
        singleton_class.alias_method(name, "of_#{name}")
        singleton_class.remove_method("of_#{name}")
      end
    end

    def method_missing(name, ...)
      return super if name.end_with?("?", "!", "=")

      self[name]
    end
  end
end
