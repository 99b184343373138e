# frozen_string_literal: true

module Anyhost
  # What is wrong, in one line; the base of the others.
  class PluginError < StandardError; end

  # The file is no component that can be opened as it was asked for.
  class ComponentError < PluginError; end

  # The component has no interface or function of that name.
  class MissingError < ComponentError; end

  # The component trapped: it did what it must not, or ran out of memory.
  class TrapError < PluginError; end

  # The component ran longer than it may, and was stopped.
  class TimeLimitError < TrapError; end

  # A function returned the error of its `result`, which is `value`.
  #
  # What a host gives to a component raises it to return the error of a `result`.
  class ResultError < PluginError
    attr_reader :value

    def initialize(value = nil, place = nil)
      super([place, "error: #{value.inspect}"].compact.join(": "))
      @value = value
    end
  end
end
