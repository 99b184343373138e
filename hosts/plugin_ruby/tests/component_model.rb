# frozen_string_literal: true

# Does what a plan of the component model's tests says, by the library's own functions: component_model.rb PLAN.
#
# docs/component-model.md tells what a plan is, and what is written of it.

require "json"
require "anyhost"
require "anyhost/json"

def write(at, outcome) = puts(JSON.generate({ at: at, **outcome }))

# What an error is.
def failure(error)
  case error
  when Anyhost::TrapError then { trapped: error.message }
  when Anyhost::ComponentError then { refused: error.message }
  else { failed: "#{error.class}: #{error.message}" }
  end
end

# What JSON has for a result. The tests have none of other types.
def to_json_value(type, value)
  case type
  when :u64, :s64 then value.to_s
  when :flags then value.map { |name| name.to_s.tr("_", "-") }
  when Symbol, nil then value
  else raise ArgumentError, "a result of type #{type.inspect}"
  end
end

# What comes of a call, by the types of the function.
def outcome(plugin, signatures, call)
  _, params, result = signatures.fetch("").find { |name, *| name == call["call"] }
  args = params.zip(call["args"]).map { |(*, type), json| Anyhost::JSONValues.to_ruby(type, json, {}) }
  value = plugin.public_send(Anyhost::Names.method(call["call"]), *args)
  { returned: to_json_value(result, value) }
rescue StandardError => e
  failure(e)
end

JSON.parse(File.read(ARGV.fetch(0))).each do |entry|
  plugin =
    begin
      Anyhost::Plugin.open(entry["component"])
    rescue StandardError => e
      write(entry["at"], failure(e))
      next
    end
  write(entry["at"], { opened: true })
  signatures = plugin.instance_variable_get(:@native).signatures(true).to_h
  entry["calls"].each { |call| write(call["at"], outcome(plugin, signatures, call)) }
  plugin.close
end
