# frozen_string_literal: true

module Anyhost
  # What a component is granted of WASI 0.2.
  module Wasi
    KNOWN = %i[args env dirs stdin output clock random].freeze
    MOST_SECONDS = 1 << 33

    module_function

    # What the extension takes; nil if nothing of WASI is there at all.
    def granted(value, path)
      return if value.to_s == "none"

      Options.wrong TypeError, "wasi", value, "a Hash or \"none\"" unless value.is_a?(Hash)
      value = value.transform_keys(&:to_sym)
      unknown = value.keys.find { |name| !KNOWN.include?(name) }
      raise ArgumentError, "wasi: expected #{KNOWN.join(', ')}, got #{unknown}" if unknown

      [texts("args", value.fetch(:args, [])), env(value.fetch(:env, {})), texts("dirs", value.fetch(:dirs, [])),
       bytes("stdin", value.fetch(:stdin, "")), clock(value[:clock]), random(value[:random]),
       output(value[:output], path)]
    end

    # What takes the lines that the component prints.
    def output(value, path)
      return value if value.respond_to?(:call)
      return ->(stream, line) { warn "#{path} #{stream}: #{line}" } if value.nil?

      Options.wrong TypeError, "wasi: output", value, "what can be called with a stream and a line"
    end

    def texts(name, value)
      Options.wrong TypeError, "wasi: #{name}", value, "an Array of String" unless value.is_a?(Array)
      value.map { |text| text(name, text) }
    end

    def env(value)
      Options.wrong TypeError, "wasi: env", value, "a Hash of String" unless value.is_a?(Hash)
      value.map { |name, text| [text("env", name), text("env", text)] }
    end

    def text(name, value)
      Options.wrong TypeError, "wasi: #{name}", value, "a String" unless value.is_a?(String)
      encoded = value.encode(Encoding::UTF_8)
      return encoded if encoded.valid_encoding? && !encoded.include?("\0")

      Options.wrong ArgumentError, "wasi: #{name}", value, "Unicode without NUL"
    rescue EncodingError
      Options.wrong ArgumentError, "wasi: #{name}", value, "Unicode without NUL"
    end

    def bytes(name, value)
      return value if value.is_a?(String)

      Options.wrong TypeError, "wasi: #{name}", value, "a String of bytes"
    end

    # In nanoseconds.
    def clock(value)
      return if value.nil?

      expected = "0 to #{MOST_SECONDS} seconds since 1970"
      Options.wrong TypeError, "wasi: clock", value, expected unless value.is_a?(Numeric) && value.real?
      return (value.to_r * 1_000_000_000).round if value.finite? && value.between?(0, MOST_SECONDS)

      Options.wrong ArgumentError, "wasi: clock", value, expected
    end

    def random(value)
      return if value.nil?
      return bytes("random", value) unless value == ""

      Options.wrong ArgumentError, "wasi: random", value, "a byte or more"
    end
  end
end
