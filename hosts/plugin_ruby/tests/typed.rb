# frozen_string_literal: true

require "open3"
require "rbconfig"
require "rbs"
require "rbs/test"
require "testing"
require "pricing_types"
require "values_types"

# The signatures that the build makes of a world: they are valid, and what a component gives and takes is of their types.
class TypedTest < Minitest::Test
  include Testing

  SIGNATURES = ENV.fetch("SIGNATURES").split
  DEFINITIONS = RBS::DefinitionBuilder.new(
    env: begin
      loader = RBS::EnvironmentLoader.new
      SIGNATURES.each { |path| loader.add(path: Pathname(path)) }
      RBS::Environment.from_loader(loader).resolve_type_names
    end
  )
  RATES = { rates: { rate: ->(_, to) { to == :jpy ? raise(Anyhost::ResultError, "no yen") : 1.25 } }, log: { note: ->(_) {} } }
          .freeze

  def test_signatures_are_valid
    folders = SIGNATURES.flat_map { |path| ["-I", path] }
    said, status = Open3.capture2e(RbConfig.ruby, Gem.bin_path("rbs", "rbs"), *folders, "validate")
    assert_predicate status, :success?, said
  end

  def test_what_the_component_has_is_in_its_signature
    plugin = PricingPlugin.open(file("PRICING_RUST"), imports: RATES)
    assert_instance_of PricingPlugin, plugin
    assert_methods "PricingPlugin", plugin.singleton_methods
    assert_methods "PricingPlugin::PricingInterface", plugin.pricing.singleton_methods
    assert_methods "PricingPlugin::Session", plugin.pricing.session.instance_methods(false)
    singleton = DEFINITIONS.build_singleton(type_name("PricingPlugin::Session"))
    plugin.pricing.session.singleton_methods(false).each { |name| assert_includes singleton.methods, name }
    plugin = open_values
    %w[echo counters relays].each do |name|
      assert_methods "Conformance::#{name.capitalize}Interface", plugin[name].singleton_methods
    end
    assert_methods "Conformance::Counter", plugin.counters.counter.instance_methods(false)
  end

  def test_records_are_constants
    line = PricingPlugin::LineItem.new(sku: "soap", unit_price: 250, quantity: 3, handling: [:fragile])
    PricingPlugin.open(file("PRICING_RUST"), imports: RATES) do |plugin|
      assert_same PricingPlugin::LineItem, plugin.pricing.line_item
      cart = PricingPlugin::Cart.new(customer: "Ana", currency: :usd, lines: [line], discount: { percentage: 10.0 })
      quotation = plugin.pricing.quote(cart)
      assert_equal 863, quotation.total
      assert_kind_of PricingPlugin::Quotation, quotation
      PricingPlugin::Quotation.members.each { |name| assert_attribute "PricingPlugin::Quotation", name, quotation }
      PricingPlugin::Cart.members.each { |name| assert_attribute "PricingPlugin::Cart", name, cart }
    end
  end

  # What goes into each function and comes out of it, by the cases of conversion_test.
  {
    "bool" => true, "u8" => 1, "f64" => 0.5, "char" => "é", "string" => "text", "bytes" => "\xff".b, "strings" => %w[a b],
    "lists" => [[1], []], "tuple" => [1, "a", "b"], "weekday" => :monday, "rights" => %i[read], "shape" => { polygon: [] },
    "option" => nil, "nested_option" => { some: nil }, "results" => [{ ok: 1 }, { err: "no" }], "point" => { x: 1, y: 2 },
    "reserved" => { class_: "c", from: 1, type: true, end: nil }, "everything" => EVERYTHING,
    "rows" => [{ id: 1, name: "one", price: 0.5, amount: -1, active: true }]
  }.each do |name, value|
    define_method("test_the_type_of_#{name}") do
      type = DEFINITIONS.build_instance(type_name("Conformance::EchoInterface")).methods.fetch(:"echo_#{name}").method_types.first.type
      echoed = open_values { |plugin| plugin.echo.public_send("echo_#{name}", value) }
      assert check?(value, type.required_positionals.first.type), "#{value.inspect} goes in"
      assert check?(echoed, type.return_type), "#{echoed.inspect} comes out"
      refute check?(Object.new, type.required_positionals.first.type), "an object does not go in"
      refute check?(Object.new, type.return_type), "an object does not come out"
    end
  end

  private

  def type_name(name) = RBS::TypeName.new(name: name.split("::").last.to_sym, namespace: RBS::Namespace.parse("::#{name}").parent)

  def assert_methods(type, names)
    known = DEFINITIONS.build_instance(type_name(type)).methods
    refute_empty names
    names.each { |name| assert_includes known, name, type }
  end

  def assert_attribute(type, name, object)
    declared = DEFINITIONS.build_instance(type_name(type)).methods.fetch(name).method_types.first.type.return_type
    assert check?(object.public_send(name), declared), "#{type}##{name}"
  end

  def check?(value, type)
    checker = RBS::Test::TypeCheck.new(self_class: Object, builder: DEFINITIONS, sample_size: nil, unchecked_classes: [])
    checker.value(value, type)
  end
end
