# frozen_string_literal: true

class Greeter
  # Whatever a plugin or its file does wrong; the message is one line and names the file.
  class Error < StandardError; end

  # The file is not a component that a greeter can be made of.
  class ComponentError < Error; end

  # The plugin trapped: it did what it must not, or ran out of memory.
  class Trap < Error; end

  # The plugin took longer than it may.
  class Timeout < Trap; end
end
