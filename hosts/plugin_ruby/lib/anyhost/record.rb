# frozen_string_literal: true

module Anyhost
  # The classes of records: one of Ruby's Data for each name with its fields, whatever component it is of.
  module Record
    CLASSES = {} # rubocop:disable Style/MutableConstant -- they are made one by one
    private_constant :CLASSES

    module_function

    def of(name, fields)
      CLASSES[[name, fields]] ||= Data.define(*fields.map { |field| Names.method(field) }).tap do |made|
        made.set_temporary_name(name.downcase)
      end
    end
  end
end
