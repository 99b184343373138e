# frozen_string_literal: true

require "open3"
require "rbconfig"
require "fileutils"
require "testing"

# The programs on the page do what the page says.
class DocsTest < Minitest::Test
  include Testing

  PAGE = File.read(ENV.fetch("PAGE"))
  PROGRAMS = PAGE.scan(/^```ruby\n(.+?)^```\n.*?^```text\n(.+?)^```$/m)
  COMPONENTS = %w[HELLO_WORLD_RUST HELLO_WORLD_IMPORTS_RUST PRICING_RUST faulty_greeter].freeze

  def test_there_are_programs
    assert_equal PAGE.scan(/^```ruby$/).size, PROGRAMS.size
    assert_operator PROGRAMS.size, :>=, 4
  end

  PROGRAMS.each_with_index do |(program, output), index|
    define_method("test_program_#{index}_prints_what_the_page_says") do
      Dir.mktmpdir do |folder|
        COMPONENTS.each { |name| FileUtils.cp(file(name), folder) }
        load_path = $LOAD_PATH.flat_map { |path| ["-I", File.expand_path(path)] }
        said, status = Open3.capture2e(RbConfig.ruby, "-w", "-EUTF-8", *load_path, "-e", program, chdir: folder)
        assert_equal output, said
        assert_predicate status, :success?
      end
    end
  end

  def test_every_exception_is_on_the_page
    Anyhost.constants.map { |name| Anyhost.const_get(name) }.grep(Class).select { |kind| kind <= Exception }.each do |kind|
      assert_includes PAGE, "`#{kind}`"
    end
  end

  def test_every_name_that_is_taken_is_on_the_page
    Anyhost::Names::TAKEN.each_key { |name| assert_includes PAGE, "`#{name}`" }
  end
end
