# frozen_string_literal: true

require "testing"

# Threads and fibers: what they may share, and what they may not.
class ThreadsTest < Minitest::Test
  include Testing

  def test_threads_share_a_plugin
    # The formatter lets the other threads run, in the middle of a call.
    plugin = open_formatted do |text|
      Thread.pass
      text.reverse
    end
    threads = Array.new(8) { |i| Thread.new { Array.new(50) { |k| plugin.greeter.greet("#{i}.#{k}", false) } } }
    threads.each_with_index do |thread, i|
      assert_equal(Array.new(50) { |k| "Hello, #{"#{i}.#{k}".reverse}" }, thread.value)
    end
  end

  def test_threads_have_plugins_of_their_own
    threads = Array.new(8) { Thread.new { open_formatted { |text| text }.greeter.greet("World", false) } }
    assert_equal ["Hello, World"] * 8, threads.map(&:value)
  end

  def test_other_threads_run_while_a_component_is_compiled
    turns = 0
    done = false
    other = Thread.new do
      until done
        turns += 1
        Thread.pass
      end
    end
    Thread.pass while turns.zero?
    before = turns
    # Without a switch of threads there is no turn: a thread that computes keeps the lock for 100 ms, in which this
    # component is compiled.
    plugin = open_values
    during = turns - before
    done = true
    other.join
    assert_operator during, :>, 0
    assert_equal 1, plugin.echo.echo_u8(1)
  end

  def test_a_thread_waits_for_another_ones_call
    entered = Queue.new
    left = Queue.new
    plugin = open_formatted do |text|
      entered << left.pop if text == "wait" && entered.push(true)
      text.reverse
    end
    waiting = Thread.new { plugin.greeter.greet("wait", false) }
    entered.pop
    second = Thread.new { plugin.greeter.greet("World", false) }
    Thread.pass until second.stop?
    left << true
    assert_equal ["Hello, tiaw", "Hello, dlroW"], [waiting.value, second.value]
  end

  def test_a_function_may_call_another_plugin
    inner = open_values
    outer = open_deeds { assert_equal EVERYTHING, plain(inner.relays.relay(EVERYTHING)) }
    assert_nil outer.call_host
  end

  def test_fibers_leave_components_in_the_order_in_which_they_entered
    waiting = open_deeds { Fiber.yield }
    other = open_deeds
    fiber = Fiber.new { waiting.call_host }
    fiber.resume
    error = assert_raises(Anyhost::PluginError) { other.call_host }
    assert_includes error.message, "another fiber"
    fiber.resume
    assert_nil other.call_host
  end

  def test_a_fiber_that_never_comes_back
    other = open_deeds
    thread = Thread.new do
      Fiber.new { open_deeds { Fiber.yield }.call_host }.resume
      100.times do |number|
        GC.start if (number % 10).zero?
        error = assert_raises(Anyhost::PluginError) { Fiber.new { open_deeds }.resume }
        assert_includes error.message, "another fiber"
      end
    end
    thread.join
    assert_nil other.call_host
  end

  def test_a_fiber_may_enter_a_component_again_and_again
    plugin = open_deeds
    fiber = Fiber.new { loop { Fiber.yield plugin.call_host } }
    3.times { assert_nil fiber.resume }
  end

  def test_the_stack_is_bounded_everywhere
    overflow = lambda {
      error = assert_raises(Anyhost::TrapError) { open_deeds.recurse(0) }
      assert_match(/trap: call stack exhausted\z/, error.message)
    }
    overflow.call
    Thread.new(&overflow).join
    Fiber.new(&overflow).resume
    Fiber.new { Fiber.new { Thread.new(&overflow).join }.resume }.resume
  end

  def test_a_thread_that_is_killed_in_a_function
    entered = Queue.new
    plugin = open_formatted do |text|
      if text == "wait"
        entered << true
        sleep
      end
      text.reverse
    end
    thread = Thread.new { plugin.greeter.greet("wait", false) }
    entered.pop
    waiting = Thread.new { plugin.greeter.greet("World", false) }
    Thread.pass until waiting.stop?
    waiting.kill.join
    thread.kill.join
    assert_equal "Hello, dlroW", plugin.greeter.greet("World", false)
  end
end
