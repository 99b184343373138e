# frozen_string_literal: true

module Wasmtime
  # Components, and the values of those WIT types that Ruby has no class for.
  module Component
    # A value of a WIT result.
    class Result
      # The value was asked for of the branch that the result is not.
      class UncheckedResult < Wasmtime::Error; end

      def self.ok(value) = new(true, value)

      def self.error(value) = new(false, value)

      private_class_method :new

      def initialize(is_ok, value)
        @is_ok = is_ok
        @value = value
      end

      def ok? = @is_ok

      def error? = !@is_ok

      def ok
        raise UncheckedResult, "expected ok, was error" unless @is_ok

        @value
      end

      def error
        raise UncheckedResult, "expected error, was ok" if @is_ok

        @value
      end

      def ==(other) = other.instance_of?(Result) && state == other.state

      alias eql? ==

      def hash = state.hash

      protected

      def state = [@is_ok, @value]
    end

    # A value of a WIT variant: the case's name, and its payload if it has one.
    class Variant
      attr_reader :name, :value

      def initialize(name, value = nil)
        @name = name
        @value = value
      end

      def ==(other) = other.instance_of?(Variant) && name == other.name && value == other.value

      alias eql? ==

      def hash = [name, value].hash
    end
  end
end
