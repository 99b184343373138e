# frozen_string_literal: true

# Packs the library as a gem for this platform: pack_gem VERSION OUT.gem FILE...

require "fileutils"
require "rubygems/package"
require "tmpdir"

version, out, *files = ARGV
out = File.expand_path(out)

# What is packed has no time of its own.
ENV["SOURCE_DATE_EPOCH"] = "315532800"

Dir.mktmpdir do |folder|
  places = files.to_h { |file| [file, file[%r{plugin_ruby/(?:ext/)?((?:lib|sig)/.+)\z}, 1]] }
  places.each do |file, place|
    path = File.join(folder, place)
    FileUtils.mkdir_p(File.dirname(path))
    File.binwrite(path, File.binread(file))
    File.chmod(0o644, path)
  end
  specification = Gem::Specification.new do |spec|
    spec.name = "anyhost"
    spec.version = version
    spec.summary = "Plugins as WebAssembly components"
    spec.authors = ["The authors of anyhost"]
    spec.license = "Apache-2.0"
    spec.platform = Gem::Platform.local
    # The extension is made for one ABI of Ruby's.
    spec.required_ruby_version = "~> #{RbConfig::CONFIG['ruby_version']}"
    spec.files = places.values.sort
  end
  Gem::DefaultUserInteraction.ui = Gem::SilentUI.new
  Dir.chdir(folder) { Gem::Package.build(specification, true, false, out) }
end
