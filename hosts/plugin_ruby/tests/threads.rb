# frozen_string_literal: true

require "greeter"
require "testing"
require "values_guest"

# Threads and fibers: what they may share, and what they may not.
class ThreadsTest < Minitest::Test
  include ValuesGuest

  def test_threads_share_a_greeter
    # The formatter lets the other threads run, in the middle of a call.
    formatter = lambda { |text|
      Thread.pass
      text.reverse
    }
    Greeter.open(Testing.file("HELLO_WORLD_IMPORTS_RUST"), formatter:) do |greeter|
      threads = Array.new(8) { |i| Thread.new { Array.new(50) { |k| greeter.greet("#{i}.#{k}") } } }
      threads.each_with_index do |thread, i|
        assert_equal(Array.new(50) { |k| "Hello, #{"#{i}.#{k}".reverse}" }, thread.value)
      end
    end
  end

  def test_threads_have_greeters_of_their_own
    threads = Array.new(8) { Thread.new { Greeter.open(Testing.file("HELLO_WORLD_RUST")) { |g| g.greet("World") } } }
    assert_equal ["Hello, World"] * 8, threads.map(&:value)
  end

  def test_other_threads_run_while_a_component_is_compiled
    bytes = File.binread(ENV.fetch("VALUES_GUEST"))
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
    Wasmtime::Component::Component.new(ENGINE, bytes)
    during = turns - before
    done = true
    other.join
    assert_operator during, :>, 0
  end

  def test_a_store_is_used_by_one_call_at_a_time
    instance = nil
    store = Wasmtime::Store.new(ENGINE)
    again = lambda {
      error = assert_raises(Wasmtime::Error) { call_host(instance) }
      assert_includes error.message, "the store is in use"
      assert_includes assert_raises(Wasmtime::Error) { store.set_epoch_deadline(1) }.message, "the store is in use"
    }
    instance = deeds(act: -> { again.call && Thread.new { again.call }.join }, store:)
    assert_nil call_host(instance)
  end

  def test_a_host_function_may_call_another_guest
    inner = deeds
    outer = deeds(act: -> { assert_same_value EVERYTHING, inner.get_func([DEEDS, "relay"]).call(EVERYTHING) })
    assert_nil call_host(outer)
  end

  def test_fibers_leave_guests_in_the_order_in_which_they_entered
    waiting = deeds(act: -> { Fiber.yield })
    fiber = Fiber.new { call_host(waiting) }
    fiber.resume
    error = assert_raises(Wasmtime::Error) { echo("bool", true) }
    assert_includes error.message, "another fiber"
    fiber.resume
    assert_equal true, echo("bool", true)
  end

  def test_a_fiber_that_never_comes_back
    thread = Thread.new do
      Fiber.new { call_host(deeds(act: -> { Fiber.yield })) }.resume
      100.times do
        GC.start if (_1 % 10).zero?
        error = assert_raises(Wasmtime::Error) { Fiber.new { deeds }.resume }
        assert_includes error.message, "another fiber"
      end
    end
    thread.join
    assert_equal true, echo("bool", true)
  end

  def test_a_fiber_may_enter_a_guest_again_and_again
    instance = deeds(act: -> {})
    fiber = Fiber.new { loop { Fiber.yield call_host(instance) } }
    3.times { assert_nil fiber.resume }
  end

  def test_the_stack_is_bounded_everywhere
    overflow = lambda {
      error = assert_raises(Wasmtime::Trap) { deeds.get_func([DEEDS, "recurse"]).call(0) }
      assert_equal Wasmtime::Trap::STACK_OVERFLOW, error.code
    }
    overflow.call
    Thread.new(&overflow).join
    Fiber.new(&overflow).resume
    Fiber.new { Fiber.new { Thread.new(&overflow).join }.resume }.resume
  end

  def test_a_thread_that_is_killed_in_a_host_function
    greeter = nil
    entered = Queue.new
    formatter = lambda { |text|
      if text == "wait"
        entered << true
        sleep
      end
      text.reverse
    }
    greeter = Greeter.open(Testing.file("HELLO_WORLD_IMPORTS_RUST"), formatter:)
    thread = Thread.new { greeter.greet("wait") }
    entered.pop
    thread.kill.join
    assert_equal "Hello, dlroW", greeter.greet("World")
  end
end
