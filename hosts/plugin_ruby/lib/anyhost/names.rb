# frozen_string_literal: true

module Anyhost
  # Names of WIT as Ruby has them: `line-item` is `line_item`.
  module Names
    # The names without marks that every object's methods have, or that objects of this library have themselves: a field or
    # a function of such a name has a `_` behind it. They are Ruby's own, whatever else a program has loaded.
    TAKEN = %w[
      class clone close deconstruct deconstruct_keys define_singleton_method display dup enum_for extend freeze hash initialize
      inspect instance_eval instance_exec instance_variable_get instance_variable_set instance_variables interfaces invoke
      itself members method method_missing methods new object_id private_methods protected_methods public_method public_methods
      public_send remove_instance_variable send singleton_class singleton_method singleton_methods tap then to_enum to_h to_s
      to_wit with yield_self
    ].to_h { |name| [name, true] }.freeze

    module_function

    # A function's or a field's.
    def method(name)
      ruby = name.tr("-", "_")
      (TAKEN[ruby] ? "#{ruby}_" : ruby).to_sym
    end

    # An interface's without its package and version: that of `anyhost:hello/greeter@1.0.0` is `greeter`.
    def short(name) = name.split("@").first.split("/").last
  end
end
