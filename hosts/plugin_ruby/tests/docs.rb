# frozen_string_literal: true

require "greeter"
require "open3"
require "rbconfig"
require "fileutils"
require "testing"

# The program in the page does what the page says, and its table is of what there is.
class DocsTest < Minitest::Test
  PAGE = File.read(ENV.fetch("PAGE"))

  def test_the_program_prints_what_the_page_says
    programs = PAGE.scan(/^```ruby\n(.+?)^```\n.*?^```text\n(.+?)^```$/m)
    refute_empty programs
    programs.each do |program, output|
      Dir.mktmpdir do |folder|
        FileUtils.cp(Testing.file("HELLO_WORLD_IMPORTS_RUST"), File.join(folder, "plugin.wasm"))
        load_path = $LOAD_PATH.flat_map { |path| ["-I", File.expand_path(path)] }
        said, status = Open3.capture2e(RbConfig.ruby, "-EUTF-8", *load_path, "-e", program, chdir: folder)
        assert_equal output, said
        assert_predicate status, :success?
      end
    end
  end

  def test_the_table_is_of_what_there_is
    rows = PAGE.scan(/^\| `(Wasmtime[\w:]*)` \|(.*?)\|$/)
    refute_empty rows
    named = rows.to_h { |name, methods| [name, methods.scan(/`([.#])(\w+\??)/)] }
    named.each do |name, methods|
      kind = Object.const_get(name)
      singleton = methods.filter_map { |sort, method| method.to_sym if sort == "." }
      instance = methods.filter_map { |sort, method| method.to_sym if sort == "#" }
      assert_equal kind.singleton_methods(false).sort, (singleton - inherited_new(kind)).sort, name
      assert_equal (kind.public_instance_methods(false) - %i[== eql? hash]).sort, instance.sort, name
    end
    assert_equal classes(Wasmtime).sort, named.keys.sort
  end

  private

  # A `new` that is Ruby's own is no method of the class.
  def inherited_new(kind) = kind.singleton_methods(false).include?(:new) ? [] : [:new]

  def classes(mod)
    mod.constants.map { |name| mod.const_get(name) }.grep(Module).flat_map do |kind|
      kind.is_a?(Class) ? [kind.name] : classes(kind)
    end
  end
end
