# frozen_string_literal: true

# What the tests share: the files that they are given, and the cases of all hosts.

require "json"
require "minitest/autorun"
require "minitest/mock"
require "stringio"
require "tmpdir"

module Testing
  CASES = JSON.parse(File.read(ENV.fetch("CASES"), encoding: "UTF-8"))

  module_function

  # A file by its name in the environment, or by its name in cases.json.
  def file(name)
    return ENV.fetch(name) if ENV.key?(name)

    files = ENV.fetch("COMPONENTS").split
    files.find { |path| File.basename(path, ".wasm") == name } || File.join(Dir.tmpdir, "#{name}.wasm")
  end

  # What `code` says on standard error.
  def said
    old = $stderr
    $stderr = StringIO.new
    yield
    $stderr.string
  ensure
    $stderr = old
  end
end
