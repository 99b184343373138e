# frozen_string_literal: true

# Writes a world's types for Ruby's type checkers: `ruby_types JSON WORLD --sig FILE.rbs --module FILE.rb`.
#
# JSON is what `wasm-tools component wit --json` says of the world's package. The signatures have a class for the world, which
# is a Plugin, and within it one for each interface, record and resource. The module has the world's class and its records'.

require "json"
require "anyhost/names"

# A world of a package.
class World
  SCALARS = { "bool" => "bool", "char" => "String", "string" => "String", "f32" => "Float", "f64" => "Float" }.freeze
  # Words that are no names of types in RBS.
  KEYWORDS = %w[
    alias as attr_accessor attr_reader attr_writer bool bot class def end extend false in include instance interface module nil
    out prepend private public self singleton top true type unchecked untyped use void
  ].freeze
  BOUNDS = "?aot: Anyhost::path?, ?max_memory: Integer, ?timeout: Numeric?"

  def initialize(document, name)
    @document = document
    @world = document["worlds"].find { |world| world["name"] == name }
    known = document["worlds"].map { |world| world["name"] }.join(", ")
    raise ArgumentError, "the package has no world #{name}; it has #{known}" unless @world

    @imports, @exports = %w[imports exports].map do |side|
      @world[side].values.filter_map { |item| document["interfaces"][item["interface"]["id"]] if item.key?("interface") }
    end
    @names = {}
    (@imports + @exports).flat_map { |group| group["types"].values }.map { |index| root(index) }.grep(Integer).uniq
      .each { |index| @names[index] = free_name(index) }
  end

  # The signatures.
  def signatures
    lines = [*docs(@world), "class #{class_name} < Anyhost::Plugin", *indent(members), "end"]
    "#{lines.join("\n")}\n"
  end

  # The module.
  def ruby
    records = @names.select { |index, _| word(index) == "record" }.map do |index, name|
      item = @document["types"][index]
      fields = item["kind"]["record"]["fields"].map { |field| field["name"] }
      "  #{camel(name)} = Anyhost::Record.of(#{item['name'].inspect}, #{fields.inspect})"
    end
    <<~RUBY
      # frozen_string_literal: true

      require "anyhost"

      # Plugins of the world #{@world['name']}, and the classes of its records.
      class #{class_name} < Anyhost::Plugin
      #{records.join("\n")}
      end
    RUBY
  end

  private

  def class_name = camel(@world["name"])

  def camel(name) = name.split(/[-_]/).map { |part| part[0].upcase + part[1..] }.join

  def snake(name) = name.tr("-", "_")

  # A type without other names for it.
  def root(type)
    type = kind(type).last while type.is_a?(Integer) && word(type) == "type"
    type
  end

  # The word for it, and what it is made of.
  def kind(index)
    kind = @document["types"][index]["kind"]
    kind == "resource" ? ["resource", nil] : kind.first
  end

  def word(index) = kind(index).first

  # A name of its own: types of two interfaces may have the same.
  def free_name(index)
    item = @document["types"][index]
    name = snake(item["name"])
    name += "_" if KEYWORDS.include?(name)
    return name unless @names.value?(name)

    "#{snake(@document['interfaces'][item['owner']['interface']]['name'])}_#{name}"
  end

  # A type, of what goes into a component or comes out of it.
  def type(of, into)
    of = root(of)
    return SCALARS.fetch(of, "Integer") == "Float" && into ? "Numeric" : SCALARS.fetch(of, "Integer") if of.is_a?(String)

    case kind(of)
    in ["list", inner] then root(inner) == "u8" ? "String" : "Array[#{type(inner, into)}]"
    in ["tuple", inner] then "[#{inner['types'].map { |item| type(item, into) }.join(', ')}]"
    in ["option", inner] then option(inner, into)
    in ["result", inner] then union(inner.slice("ok", "err"), into)
    in ["handle", inner] then resource(root(inner.values.first))
    in ["record", _] then into ? "given_#{@names[of]}" : camel(@names[of])
    in ["variant", _] then into ? "given_#{@names[of]}" : @names[of]
    in ["enum", _] then @names[of]
    in ["flags", _] then into ? "Array[#{@names[of]}] | Set[#{@names[of]}]" : "Array[#{@names[of]}]"
    else "untyped"
    end
  end

  def option(inner, into)
    payload = type(inner, into)
    root = root(inner)
    return "{ some: #{payload} }?" if root.is_a?(Integer) && word(root) == "option"

    payload.include?("|") ? "(#{payload})?" : "#{payload}?"
  end

  # A host's objects are whatever its class makes.
  def resource(index) = host?(index) ? "_#{camel(@names[index])}" : camel(@names[index])

  def host?(index) = !@exports.include?(@document["interfaces"][@document["types"][index]["owner"]["interface"]])

  def union(cases, into)
    "(#{cases.map { |name, of| of.nil? ? symbol(name) : "{ #{snake(name)}: #{type(of, into)} }" }.join(' | ')})"
  end

  def symbol(name) = ":#{snake(name)}"

  def payload(of, into) = of.nil? ? "void" : type(of, into)

  # What a function returns: the error of a result is raised.
  def returned(of, into)
    root = root(of)
    root.is_a?(Integer) && word(root) == "result" ? payload(kind(root).last["ok"], into) : payload(of, into)
  end

  def members
    types = @names.flat_map { |index, name| ["", *definition(index, name)] }
    hosts = @imports.reject { |group| group["functions"].empty? }
    hosts.each { |group| types.push("", *interface("interface _#{camel(group['name'])}Host", group, into: false)) }
    @exports.each do |group|
      types.push("", *interface("class #{camel(group['name'])}Interface < Anyhost::Interface", group, into: true))
    end
    [*opening(hosts), *readers, *types]
  end

  def opening(hosts)
    given = hosts.map { |group| "#{snake(group['name'])}: _#{camel(group['name'])}Host | Hash[Symbol, untyped]" }
    imports = given.empty? ? "?imports: Hash[String | Symbol, Anyhost::given]" : "imports: { #{given.join(', ')} }"
    params = "(Anyhost::path path, #{imports}, #{BOUNDS})"
    ["def self.open: #{params} -> #{class_name}", "             | [T] #{params} { (#{class_name}) -> T } -> T"]
  end

  # The plugin's own methods.
  def readers
    own = @world["exports"].values.filter_map { |item| item["function"] }.flat_map { |one| ["", *function(one, into: true)] }
    own + @exports.flat_map do |group|
      ["", *docs(group), "def #{Anyhost::Names.method(group['name'])}: () -> #{camel(group['name'])}Interface"]
    end
  end

  def definition(index, name)
    item = @document["types"][index]
    case kind(index)
    in ["record", inner] then record(item, name, inner["fields"])
    in ["variant", inner]
      cases = inner["cases"].to_h { |one| [one["name"], one["type"]] }
      [*docs(item), "type #{name} = #{union(cases, false)}", "type given_#{name} = #{union(cases, true)}"]
    in ["enum", inner] then [*docs(item), "type #{name} = #{inner['cases'].map { |one| symbol(one['name']) }.join(' | ')}"]
    in ["flags", inner] then [*docs(item), "type #{name} = #{inner['flags'].map { |one| symbol(one['name']) }.join(' | ')}"]
    in ["resource", _] then resource_class(index, item)
    else [*docs(item), "type #{name} = #{type(index, false)}"]
    end
  end

  def record(item, name, fields)
    given = fields.map { |field| "#{Anyhost::Names.method(field['name'])}: #{type(field['type'], true)}" }
    values = fields.map { |field| type(field["type"], true) }
    readers = fields.flat_map do |field|
      [*docs(field), "attr_reader #{Anyhost::Names.method(field['name'])}: #{type(field['type'], false)}"]
    end
    news = ["def self.new: (#{given.join(', ')}) -> #{camel(name)}", "            | (#{values.join(', ')}) -> #{camel(name)}"]
    with = "def with: (#{given.map { |one| "?#{one}" }.join(', ')}) -> #{camel(name)}"
    [*docs(item), "class #{camel(name)} < Data", *indent([*readers, *news, with]), "end",
     "type given_#{name} = #{camel(name)} | { #{given.join(', ')} }"]
  end

  def resource_class(index, item)
    group = @document["interfaces"][item["owner"]["interface"]]
    host = host?(index)
    functions = group["functions"].values.select { |one| owner(one) == index }
    functions = functions.select { |one| one["kind"].key?("method") } if host
    head = host ? "interface #{resource(index)}" : "class #{resource(index)} < Anyhost::Resource"
    [*docs(item), head, *indent(functions.flat_map { |one| function(one, into: !host) }), "end"]
  end

  def owner(function) = function["kind"].is_a?(String) ? nil : root(function["kind"].values.first)

  def interface(head, group, into:)
    classes = group["types"].filter_map do |name, index|
      root = root(index)
      next if !into || !root.is_a?(Integer) || !%w[record resource].include?(word(root))
      next if word(root) == "resource" && host?(root)

      "def #{Anyhost::Names.method(name)}: () -> singleton(#{camel(@names[root])})"
    end
    functions = group["functions"].values.reject { |one| owner(one) }
    [*docs(group), head, *indent([*classes, *functions.flat_map { |one| function(one, into:) }]), "end"]
  end

  # A function, by position, and with its last arguments by name; with many parameters, with all of them. A host's is called
  # by position.
  def function(function, into:)
    kind = function["kind"].is_a?(String) ? function["kind"] : function["kind"].keys.first
    name = Anyhost::Names.method(function["name"].split("]").last.split(".").last)
    name = { "constructor" => "self.new", "static" => "self.#{name}" }.fetch(kind, name)
    params = function["params"].drop(kind == "method" ? 1 : 0).map { |param| [snake(param["name"]), type(param["type"], into)] }
    result = kind == "constructor" ? "instance" : returned(function["result"], !into)
    result = "(#{result})" if result.include?("|") && !result.start_with?("(")
    result = "untyped" if result == "void" && !into # nobody looks at it
    forms = into ? (0..params.size).to_a.reverse : [params.size]
    forms = forms.values_at(0, -1) if params.size > 4
    forms = forms.map do |count|
      types = params.first(count).map { |_, of| of } + params.drop(count).map { |param, of| "#{param}: #{of}" }
      "(#{types.join(', ')}) -> #{result}"
    end
    [*docs(function), "def #{name}: #{forms.uniq.join("\n#{' ' * (name.size + 4)}| ")}".lines.map(&:chomp)].flatten
  end

  def docs(item) = item.dig("docs", "contents").to_s.lines.map { |line| "# #{line}".rstrip }

  def indent(lines) = lines.map { |line| line.empty? ? line : "  #{line}" }
end

begin
  document, world, sig_flag, sig, module_flag, ruby = ARGV
  abort "usage: ruby_types JSON WORLD --sig FILE --module FILE" unless [sig_flag, module_flag] == %w[--sig --module] && ruby
  types = World.new(JSON.parse(File.read(document, encoding: "UTF-8")), world)
  File.write(sig, types.signatures)
  File.write(ruby, types.ruby)
rescue SystemCallError, JSON::ParserError, ArgumentError => e
  abort "error: #{e.message.lines.first.chomp}"
end
