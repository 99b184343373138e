# frozen_string_literal: true

class Greeter
  # What a caller passes; what is wrong with it is an error that names it and says what was expected.
  module Arguments
    # What WebAssembly can address.
    MOST_BYTES = 4 << 30
    # The engine counts nanoseconds in 64 bits, with a sign.
    MOST_SECONDS = 9_223_372_036

    module_function

    def path(name, value)
      File.path(value)
    rescue TypeError, ArgumentError => e
      wrong e.class, name, value, "the path of a file"
    end

    def max_memory(value)
      wrong TypeError, "max_memory", value, "a number of bytes (Integer)" unless value.is_a?(Integer)
      return value if value.between?(1, MOST_BYTES)

      wrong ArgumentError, "max_memory", value, "1 to #{MOST_BYTES} bytes"
    end

    def timeout(value)
      return if value.nil?

      real = value.is_a?(Numeric) && value.real?
      wrong TypeError, "timeout", value, "a number of seconds (Numeric) or nil" unless real
      return value if value.positive? && value <= MOST_SECONDS

      wrong ArgumentError, "timeout", value, "more than 0 to #{MOST_SECONDS} seconds, or nil"
    end

    def function(name, value)
      return value if value.nil? || value.respond_to?(:call)

      wrong TypeError, name, value, "an object to call"
    end

    # Unicode text, in whatever encoding.
    def text(name, value)
      string = String.try_convert(value) || wrong(TypeError, name, value, "a String")
      return value if unicode?(string)

      wrong EncodingError, name, string, "Unicode text, in its encoding #{string.encoding}"
    end

    def unicode?(string)
      string = string.encode(Encoding::UTF_8) unless string.encoding == Encoding::UTF_8
      string.valid_encoding?
    rescue EncodingError
      false
    end

    def boolean(name, value)
      return value if [true, false].include?(value)

      wrong TypeError, name, value, "true or false"
    end

    def wrong(kind, name, value, expected)
      raise kind, "#{name} is #{shown(value)}, expected #{expected}"
    end

    def shown(value)
      said = value.inspect
      said.size > 60 ? "#{said[0, 60]}…" : said
    end
  end
end
