# frozen_string_literal: true

require "digest/sha2"
require "greeter/errors"

class Greeter
  # From a file to a component: compiled here, or ahead of time.
  module ComponentFile
    EXPECTED = "expected a WebAssembly component"
    WASM_MAGIC = "\0asm".b.freeze
    # The layer field of a binary's header: 0 is a core module.
    CORE_MODULE = "\0\0".b.freeze
    # How a file of //lib/host/engine:precompile ends: this mark, the SHA-256 of the component that it was made from, and
    # the seal, which is the SHA-256 of all that is before it.
    AOT_MARK = "anyhost2".b.freeze
    DIGEST = 32
    AOT_TRAILER = AOT_MARK.bytesize + (2 * DIGEST)

    module_function

    # The component in the file `path`, from `aot` if that was made of it and fits this machine.
    def load(engine, path, aot)
      bytes = read(path)
      check_header(path, bytes)
      (aot && deserialize(engine, File.path(aot), bytes)) || compile(engine, path, bytes)
    end

    def read(path)
      File.binread(path)
    rescue Errno::ENOENT
      raise ComponentError, "#{path}: no such file; #{EXPECTED}"
    rescue Errno::EISDIR
      raise ComponentError, "#{path}: is a directory; #{EXPECTED}"
    rescue SystemCallError => e
      raise ComponentError, "#{path}: #{e.message.split(' @ ').first}; #{EXPECTED}"
    end

    def check_header(path, bytes)
      unless bytes.start_with?(WASM_MAGIC) && bytes.bytesize >= 8
        raise ComponentError, "#{path}: not WebAssembly; #{EXPECTED}"
      end
      return unless bytes.byteslice(6, 2) == CORE_MODULE

      raise ComponentError, "#{path}: a core module; #{EXPECTED} (`wasm-tools component new` makes one)"
    end

    def compile(engine, path, bytes)
      Wasmtime::Component::Component.new(engine, bytes)
    rescue Wasmtime::Error => e
      raise ComponentError, "#{path}: not a valid component: #{e.message.gsub(/\s+/, ' ')}"
    end

    # Nothing, and a warning, where the code cannot be used. The file is read once: what was checked is what runs.
    def deserialize(engine, aot, bytes)
      artifact = File.binread(aot)
      reason = fault(artifact, bytes)
      return warn_of(aot, reason) if reason

      Wasmtime::Component::Component.deserialize(engine, artifact[...-AOT_TRAILER])
    rescue SystemCallError, Wasmtime::Error => e
      warn_of(aot, e.message.gsub(/\s+/, " "))
    end

    # Why the artifact is not the code of the component `bytes`.
    def fault(artifact, bytes)
      mark, digest, seal = artifact[-AOT_TRAILER..]&.unpack("a#{AOT_MARK.bytesize}a#{DIGEST}a#{DIGEST}")
      if mark != AOT_MARK
        "not precompiled code, or cut short"
      elsif Digest::SHA256.digest(artifact[...-DIGEST]) != seal
        "damaged"
      elsif Digest::SHA256.digest(bytes) != digest
        "made from another component"
      end
    end

    def warn_of(aot, reason)
      warn "note: #{aot}: #{reason}; the component is compiled instead"
    end
  end
end
