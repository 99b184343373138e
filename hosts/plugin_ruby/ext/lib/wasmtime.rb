# frozen_string_literal: true

# The part of the wasmtime gem that hosts of components need, under the gem's own names. A program that requires
# "wasmtime" runs with the gem instead once this folder is no longer in its load path.
module Wasmtime
end

require "wasmtime/error"
require "wasmtime/component"
require "wasmtime/wasmtime_rb"
