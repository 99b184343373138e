# frozen_string_literal: true

module Anyhost
  # What a caller passes; what is wrong with it is an error that names it and says what was expected.
  module Options
    # What a 32-bit memory can grow to.
    MOST_BYTES = 4 << 30
    # The engine counts nanoseconds in 64 bits, with a sign.
    MOST_SECONDS = 9_223_372_036

    module_function

    def path(name, value)
      File.path(value)
    rescue TypeError, ArgumentError => e
      wrong e.class, name, value, "the path of a file"
    end

    # By the names that WIT has.
    def imports(value)
      known = value.is_a?(Hash) && value.keys.all? { |name| [String, Symbol].include?(name.class) }
      return value.transform_keys { |name| name.to_s.tr("_", "-") } if known

      wrong TypeError, "imports", value, "a Hash by the names of interfaces"
    end

    def max_memory(value)
      expected = "1 to #{MOST_BYTES} bytes"
      wrong TypeError, "max_memory", value, expected unless value.is_a?(Integer)
      return value if value.between?(1, MOST_BYTES)

      wrong ArgumentError, "max_memory", value, expected
    end

    def timeout(value)
      return if value.nil?

      expected = "more than 0 to #{MOST_SECONDS} seconds, or nil"
      wrong TypeError, "timeout", value, expected unless value.is_a?(Numeric) && value.real?
      return value.to_f if value.positive? && value <= MOST_SECONDS

      wrong ArgumentError, "timeout", value, expected
    end

    def wrong(kind, name, value, expected)
      shown = value.inspect
      shown = "#{shown[0, 60]}…" if shown.size > 60
      raise kind, "#{name}: expected #{expected}, got #{shown}"
    end
  end
end
