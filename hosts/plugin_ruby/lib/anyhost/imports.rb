# frozen_string_literal: true

module Anyhost
  # What a host gives to a component: for each interface a Hash or an object with its functions and resources.
  module Imports
    # What gives all of an interface: `target` has what is called for a function, `resource` a class.
    class Whole; end

    module_function

    # What is called for a function of an interface: it responds to `call`. If there is none, the names of what there is.
    def target(source, function)
      return source.target(function) if source.is_a?(Whole)

      kind, rest = function.match(/\A(?:\[(\w+)\])?(.+)\z/).captures
      resource, method = rest.split(".", 2)
      method &&= Names.method(method)
      found =
        case kind
        when "method" then method.to_proc # of the object, which is the first argument
        when "constructor" then resource(source, resource)&.method(:new)
        when "static" then method_of(resource(source, resource), method)
        else function(source, rest)
        end
      found || names(source)
    end

    # The class of a resource.
    def resource(source, name)
      return source.resource(name) if source.is_a?(Whole)

      found = member(source, name)
      found = found.call if found.is_a?(Method)
      found if found.is_a?(Class)
    end

    # The component has dropped an object.
    def drop(object)
      object.close if object.respond_to?(:close)
    end

    def function(source, name)
      found = member(source, name)
      found if found.respond_to?(:call)
    end

    def member(source, name)
      snake = name.tr("-", "_")
      return [name, snake, snake.to_sym].filter_map { |key| source[key] }.first if source.is_a?(Hash)

      constant = name.split("-").map(&:capitalize).join
      return source.const_get(constant, false) if source.is_a?(Module) && source.const_defined?(constant, false)

      method_of(source, Names.method(name))
    end

    def method_of(source, name)
      source.method(name) if !source.nil? && source.respond_to?(name)
    end

    def names(source)
      case source
      when nil then []
      when Hash then source.keys.map(&:to_s)
      when Module then (source.singleton_methods(false) + source.constants(false)).map(&:to_s)
      else source.public_methods(false).map(&:to_s)
      end
    end
  end
end
