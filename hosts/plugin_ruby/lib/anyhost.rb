# frozen_string_literal: true

# Runs plugins: WebAssembly components, whatever they export.
#
#   Anyhost::Plugin.open("hello_world_rust.wasm") do |plugin|
#     puts plugin.greeter.greet("World", up: true)
#   end
module Anyhost
end

require "anyhost/errors"
require "anyhost/imports"
require "anyhost/names"
require "anyhost/options"
require "anyhost/record"
require "anyhost/anyhost_rb"
require "anyhost/interface"
require "anyhost/plugin"
require "anyhost/wasi"
