# frozen_string_literal: true

# What the tests share: the files that they are given, and a host for the component that has every type.

require "fileutils"
require "json"
require "minitest/autorun"
require "stringio"
require "tmpdir"
require "anyhost"

module Testing
  CASES = JSON.parse(File.read(ENV.fetch("CASES"), encoding: "UTF-8"))

  # A resource of the host's.
  class Store
    attr_reader :name

    @closed = []
    class << self
      attr_reader :closed

      def default_name = "unnamed"
    end

    def initialize(name)
      @name = name
      @values = {}
    end

    def put(key, value)
      before = @values[key]
      @values[key] = value
      before
    end

    def size = @values.size

    def close = Store.closed << name
  end

  HOST = {
    relay: ->(value) { value }, notify: ->(text) {}, check: ->(number) { number }, bytes: ->(value) { value },
    find: ->(name) {}, describe: ->(store, at) { "#{store.name} at #{at.x}, #{at.y}" }, close: ->(store) {}, store: Store
  }.freeze

  EVERYTHING = {
    a_bool: true,
    a_u8: 255, a_s8: -128, a_u16: 65_535, a_s16: -32_768, a_u32: (2**32) - 1, a_s32: -(2**31),
    a_u64: (2**64) - 1, a_s64: -(2**63),
    an_f32: -0.5, an_f64: 0.1,
    a_char: "👩", a_string: "a\0ß語", some_bytes: "\x00\xff".b,
    a_list: ["", "x", "日本"],
    a_tuple: [7, "seven", { x: -1, y: 1 }],
    an_enum: :saturday_night,
    some_flags: %i[read run_as_root],
    a_variant: { polygon: [{ x: 1, y: 2 }] },
    an_option: { x: 3, y: 4 },
    a_nested_option: { some: nil },
    a_result: { err: "why not" }
  }.freeze

  module_function

  # A file by its name in the environment, or by its name in cases.json.
  def file(name)
    return ENV.fetch(name) if ENV.key?(name)

    files = ENV.fetch("COMPONENTS").split
    files.find { |path| File.basename(path, ".wasm") == name } || File.join(Dir.tmpdir, "#{name}.wasm")
  end

  def open_values(host = {}, &) = Anyhost::Plugin.open(file("VALUES"), imports: { host: HOST.merge(host) }, &)

  # A component whose `call_host` calls the block.
  def open_deeds(&act) = Anyhost::Plugin.open(file("DEEDS"), imports: { act: act || -> {} })

  def open_formatted(&reverse)
    imports = { formatter: { reverse: reverse || ->(text) { text.reverse } } }
    Anyhost::Plugin.open(file("HELLO_WORLD_IMPORTS_RUST"), imports:)
  end

  # A value with Hashes in place of records.
  def plain(value)
    case value
    when Data then plain(value.to_h)
    when Hash then value.transform_values { |inner| plain(inner) }
    when Array then value.map { |inner| plain(inner) }
    else value
    end
  end

  # What `code` says on standard error.
  def said
    old = $stderr
    $stderr = StringIO.new
    yield
    $stderr.string
  ensure
    $stderr = old
  end
end
