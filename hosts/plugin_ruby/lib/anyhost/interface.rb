# frozen_string_literal: true

module Anyhost
  # An interface that a plugin exports: its functions are methods, and so are the classes of its records and resources.
  class Interface
    private_class_method :new

    # The interface `name` of the component that `native` is. What is done here is not a method of the object, which the
    # component's functions could have the name of.
    def self.build(native, name)
      interface = new(native, name, nil, false)
      interface.instance_variable_set(:@native, native)
      interface.instance_variable_set(:@name, name)
      interface.send(:attach, interface.singleton_class)
      records, resources = native.members(name)
      classes = resources.to_h { |resource| [resource, resource_class(native, name, resource)] }
      records.merge(classes).each do |member, made|
        interface.define_singleton_method(Names.method(member)) { made }
      end
      interface
    end

    # The functions of the world itself, as methods of `plugin`.
    def self.of_world(native, plugin)
      new(native, "", nil, false).tap { |functions| functions.send(:attach, plugin.singleton_class) }
    end

    def self.resource_class(native, name, resource)
      statics, methods = [false, true].map { |of_objects| new(native, name, resource, of_objects) }
      made = Class.new(Resource)
      made.set_temporary_name(resource.downcase)
      made.instance_variable_set(:@functions, statics)
      statics.send(:attach, made.singleton_class)
      methods.send(:attach, made)
      native.set_class(name, resource, made, methods)
      made
    end
    private_class_method :resource_class

    def inspect = "#<#{Interface} #{@name}>"

    def to_s = inspect

    private

    def respond_to_missing?(*) = false

    def method_missing(name, ...)
      return super if name.end_with?("?", "!", "=")

      @native.missing(@name, name.name.tr("_", "-"))
    end
  end
end
