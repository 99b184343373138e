# frozen_string_literal: true

module Anyhost
  # Values in JSON, as docs/values.md has them, and Ruby's, by their types: a type is a Symbol or an Array that begins with
  # one. `scope` has the objects that names of handles stand for.
  module JSONValues
    FLOATS = { "nan" => Float::NAN, "inf" => Float::INFINITY, "-inf" => -Float::INFINITY }.freeze

    module_function

    # The value that JSON says. A host's object that has no name yet is made by the block.
    def to_ruby(type, json, scope, &make)
      inner = ->(of, value) { to_ruby(of, value, scope, &make) }
      case type
      in :f32 | :f64 then float(json)
      in :u64 | :s64 then Integer(json)
      in :bytes then json.unpack1("m0")
      in :enum then symbol(json)
      in :flags then json.map { |name| symbol(name) }
      in [:list, item] then json.map { |value| inner[item, value] }
      in [:tuple, items] then items.zip(json).map { |item, value| inner[item, value] }
      in [:record, fields] then fields.to_h { |name, field, of| [field, inner[of, json.fetch(name)]] }
      in [:variant, cases] then picked(cases, json, &inner)
      in [:result, ok, err] then picked([["ok", :ok, ok], ["err", :err, err]], json, &inner)
      in [:option, [:option, _] => of] then json && { some: inner[of, json.fetch("some")] }
      in [:option, of] then json.nil? ? nil : inner[of, json]
      in [:handle, *resource] then scope[json] ||= make.call(*resource)
      in Symbol then json
      end
    end

    # Whether a value of Ruby's is what JSON says, and of the very class that it is documented to be of. A guest's object is
    # bound to its name if that is new.
    def match?(type, json, value, scope)
      inner = ->(of, expected, actual) { match?(of, expected, actual, scope) }
      case type
      in :f32 | :f64 then value.is_a?(Float) && same_float?(float(json, single: type == :f32), value)
      in :bool then json.equal?(value)
      in :string | :char then value.encoding == Encoding::UTF_8 && json == value
      in :bytes then value.encoding == Encoding::BINARY && json.unpack1("m0") == value
      in :enum then symbol(json) == value
      in :flags then json.map { |name| symbol(name) } == value
      in [:list, item] then all?(json, value) { |pair| inner[item, *pair] }
      in [:tuple, items] then all?(items.zip(json), value) { |(item, expected), actual| inner[item, expected, actual] }
      in [:record, fields] then record?(fields, json, value, &inner)
      in [:variant, cases] then picked?(cases, json, value, &inner)
      in [:result, ok, err] then picked?([["ok", :ok, ok], ["err", :err, err]], json, value, &inner)
      in [:option, _] if json.nil? || value.nil? then json.nil? && value.nil?
      in [:option, [:option, _] => of] then value in { some: actual } and inner[of, json.fetch("some"), actual]
      in [:option, of] then inner[of, json, value]
      in [:handle, *] then (scope[json] ||= value).equal?(value)
      in Symbol then value.is_a?(Integer) && Integer(json) == value
      end
    end

    def symbol(name) = name.tr("-", "_").to_sym

    def float(json, single: false)
      value = FLOATS[json] || Float(json)
      single ? [value].pack("e").unpack1("e") : value
    end

    def same_float?(one, other) = (one.nan? && other.nan?) || [one].pack("G") == [other].pack("G")

    def all?(expected, actual, &)
      actual.is_a?(Array) && expected.size == actual.size && expected.zip(actual).all?(&)
    end

    def record?(fields, json, value)
      value.is_a?(Data) && value.members == fields.map { |_, field, _| field } &&
        fields.all? { |name, field, of| yield of, json.fetch(name), value.public_send(field) }
    end

    def picked(cases, json)
      name, payload = json.first
      _, symbol, of = cases.find { |known, _, _| known == name }
      of ? { symbol => yield(of, payload) } : symbol
    end

    def picked?(cases, json, value)
      name, payload = json.first
      _, symbol, of = cases.find { |known, _, _| known == name }
      return symbol == value unless of

      value.is_a?(Hash) && value.keys == [symbol] && yield(of, payload, value[symbol])
    end
  end
end
