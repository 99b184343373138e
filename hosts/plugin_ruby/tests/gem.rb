# frozen_string_literal: true

require "minitest/autorun"
require "open3"
require "rbconfig"
require "tmpdir"

# The gem as others have it: RubyGems installs it in a folder of theirs, and a program there greets.
class GemTest < Minitest::Test
  COMPONENT = File.expand_path(ENV.fetch("HELLO_WORLD_RUST"))
  GEM = File.expand_path(ENV.fetch("GEM"))
  INSTALL = 'require "rubygems/gem_runner"; Gem::GemRunner.new.run(ARGV)'
  PROGRAM = 'require "anyhost"; Anyhost::Plugin.open(ARGV[0]) { |plugin| puts plugin.greeter.greet("World", true) }'

  def test_a_program_greets
    Dir.mktmpdir do |folder|
      ruby(folder, INSTALL, "install", "--local", "--no-document", "--install-dir", folder, GEM)
      assert_equal "HELLO, WORLD\n", ruby(folder, PROGRAM, COMPONENT)
      assert_path_exists Dir[File.join(folder, "gems/anyhost-*/sig/anyhost.rbs")].first.to_s
    end
  end

  private

  # What a program prints that has nothing but what is installed in the folder.
  def ruby(folder, program, *)
    env = { "GEM_HOME" => folder, "GEM_PATH" => folder, "HOME" => folder, "PATH" => "/usr/bin:/bin" }
    said, status = Open3.capture2e(env, RbConfig.ruby, "-e", program, *, chdir: folder, unsetenv_others: true)
    assert_predicate status, :success?, said
    said
  end
end
