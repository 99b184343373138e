# frozen_string_literal: true

require "json"
require "anyhost"
require "anyhost/json"

module Anyhost
  # Runs the cases of a contract against a component, and plays its host:
  #
  #   ruby -I lib lib/anyhost/testing.rb COMPONENT CASES [CODE]
  #
  # CODE is as +aot+ of Plugin.open, but where it does not fit, that is an error.
  class Testing
    # A case that is not as it should be.
    class CaseError < StandardError; end

    # A function of the component's, or of the host's.
    Signature = Struct.new(:interface, :name, :params, :result) do
      # As cases call it: `[method]session.total` is `session.total`.
      def case_name
        kind, rest = name.match(/\A(?:\[(\w+)\])?(.+)\z/).captures
        kind == "constructor" ? "#{rest}.constructor" : rest
      end

      def types = params.map { |_, _, type| type }
    end

    # What gives an interface of the host's.
    class Played < Imports::Whole
      def initialize(player, interface)
        super()
        @player = player
        @interface = interface
      end

      def target(function) = ->(*values) { @player.asked(@interface, function, values) }

      def resource(name) = @player.class_of(@interface, name)
    end

    # Opens a component for those cases of a document that are for what it exports and imports.
    def initialize(component, document, aot = nil)
      @scope = {}
      @asks = []
      @classes = {}
      @document = document
      @plugin = Plugin.open(component, imports: played, aot:)
      @native = @plugin.instance_variable_get(:@native)
      raise ComponentError, @native.note if @native.note

      @exports, @imports = [true, false].map { |exported| signatures(exported) }
    end

    # Pairs of an interface and a case.
    def cases
      package = @document.fetch("package")
      types, imports = @imports.keys.grep(%r{\A#{package.split('@').first}/}).partition { |name| @imports[name].empty? }
      groups = @document.fetch("groups").select do |group|
        @exports.key?(group["interface"].to_s) && (group["imports"] - types).sort == imports.sort
      end
      found = groups.flat_map { |group| group["cases"].map { |one| [group["interface"].to_s, one] } }
      return found if found.any?

      raise ComponentError, "no case of #{package} is for what the component exports and imports"
    end

    # Runs a case in a fresh instance.
    def run(interface, one)
      @scope.clear
      @native.reset
      one.fetch("steps").each.with_index(1) do |step, number|
        @asks = step.fetch("asks").dup
        @problem = nil
        step(interface, step)
        raise @problem if @problem
        raise CaseError, "did not ask for #{shown(@asks.first)}" if @asks.any?
      rescue CaseError => e
        raise CaseError, "#{one.fetch('name')}: step #{number}: #{(@problem || e).message}"
      end
    end

    # The class of a resource of the host's.
    def class_of(interface, resource)
      player = self
      @classes[[interface, resource]] ||= Class.new { define_method(:close) { player.dropped(self) } }
    end

    # The component calls a function of the host's.
    def asked(interface, function, values)
      signature = @imports.fetch(interface).find { |known| known.name == function }
      ask = @asks.shift
      called = "#{[Names.short(interface), signature.case_name].compact.join('.')}(#{values.map(&:inspect).join(', ')})"
      wrong "asked for #{called}, expected nothing more" unless ask
      wrong "asked for #{called}, expected #{shown(ask)}" unless asks?(ask, signature, values)
      raise ask["fails"] if ask.key?("fails")

      signature.result && answer(signature.result, ask["result"])
    end

    # The component has dropped an object of the host's.
    def dropped(object)
      name = @scope.key(object)
      ask = @asks.shift
      wrong "dropped #{name}, expected #{ask ? shown(ask) : 'nothing more'}" unless ask && ask["drop"] == name
      @scope.delete(name)
    end

    private

    def step(interface, step)
      return @scope.delete(step["drop"]).close if step.key?("drop")

      signature = @exports.fetch(interface).find { |known| known.case_name == step["call"] }
      raise CaseError, "#{interface} has no #{step['call']}" unless signature

      value = outcome(signature, arguments(signature, step))
      expected = !step.key?("trap") && !step.key?("fails")
      expected &&= signature.result.nil? || JSONValues.match?(signature.result, step["result"], value, @scope)
      raise CaseError, "expected #{shown(step)}; got #{value.inspect}" unless expected
    rescue CaseError
      raise
    rescue StandardError => e
      part = step[e.is_a?(TrapError) ? "trap" : "fails"]
      raise CaseError, "expected #{shown(step)}; #{e.class}: #{e.message}" unless part && e.message.include?(part)
    end

    # What a call comes to, with the error of a result as a value.
    def outcome(signature, arguments)
      value = call(signature, arguments)
      case signature.result
      in [:result, nil, _] then :ok
      in [:result, _, _] then { ok: value }
      else value
      end
    rescue ResultError => e
      signature.result.last ? { err: e.value } : :err
    end

    # A call as a program makes it.
    def call(signature, arguments)
      owner = signature.interface.empty? ? @plugin : @plugin[signature.interface]
      kind, rest = signature.name.match(/\A(?:\[(\w+)\])?(.+)\z/).captures
      resource, method = rest.split(".")
      name = Names.method(method || resource)
      case kind
      when nil then owner.public_send(name, *arguments)
      when "method" then arguments.first.public_send(name, *arguments.drop(1))
      when "static" then owner.public_send(Names.method(resource)).public_send(name, *arguments)
      else owner.public_send(name).new(*arguments)
      end
    end

    # The arguments of a step or an ask, the one whose method it is first.
    def given(of) = [*of["on"], *of["args"]]

    def arguments(signature, step)
      signature.types.zip(given(step)).map { |type, json| to_ruby(type, json) }
    end

    def to_ruby(type, json)
      JSONValues.to_ruby(type, json, @scope) { |_, interface, resource| class_of(interface, resource).new }
    end

    def signatures(exported)
      @native.signatures(exported).to_h do |interface, functions|
        [interface, functions.map { |name, params, result| Signature.new(interface, name, params, result) }]
      end
    end

    # What plays all that a component imports: it gives whatever it is asked for.
    def played
      groups = @document.fetch("groups")
      asks = groups.flat_map { |group| group["cases"] }.flat_map { |one| one["steps"] }.flat_map { |step| step["asks"] }
      world = Played.new(self, "")
      groups.flat_map { |group| group["imports"] }.to_h { |name| [name, Played.new(self, name)] }
            .merge(asks.reject { |ask| ask["interface"] }.to_h { |ask| [ask["call"], world.target(ask["call"])] })
    end

    def asks?(ask, signature, values)
      expected = given(ask)
      [ask["interface"].to_s, ask["call"]] == [signature.interface, signature.case_name] && expected.size == values.size &&
        signature.types.zip(expected, values).all? { |type, json, value| JSONValues.match?(type, json, value, @scope) }
    end

    def answer(type, json)
      value = to_ruby(type, json)
      return value unless type in [:result, *]

      case value
      in { err: error } then raise ResultError, error
      in :err then raise ResultError
      in { ok: payload } then payload
      in :ok then nil
      end
    end

    # What the component then makes of the exception does not matter.
    def wrong(reason) = raise(@problem = CaseError.new(reason))

    # A step or an ask, without what it asks itself.
    def shown(of)
      text = JSON.generate(of.except("asks"))
      text.size > 300 ? "#{text[0, 300]}…" : text
    end

    class << self
      def main(arguments)
        component, cases, aot = arguments
        abort "usage: #{$PROGRAM_NAME} COMPONENT CASES [CODE]" unless arguments.size.between?(2, 3)
        exit run_all(new(component, JSON.parse(File.read(cases, encoding: "UTF-8")), aot))
      rescue PluginError => e
        abort "error: #{e.message}"
      rescue SystemCallError, JSON::ParserError, KeyError => e
        abort "error: #{cases}: expected the checked cases of a contract (#{e.message.lines.first.chomp})"
      end

      private

      def run_all(testing)
        testing.cases.map { |interface, one| passed?(testing, interface, one) }.all?
      end

      def passed?(testing, interface, one)
        testing.run(interface, one)
        puts "ok      #{one['name']}"
        true
      rescue CaseError => e
        puts "FAILED  #{e.message}"
        false
      end
    end
  end
end

Anyhost::Testing.main(ARGV) if $PROGRAM_NAME == __FILE__
