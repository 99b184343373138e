// A clock in C++ that stands still: a template, a constructor that has to run, and an operator.
#include "clocked.h"

namespace {

template <typename T>
struct Time {
  T value;
  Time(T value) : value(value) {}
  Time operator+(Time other) const { return value + other.value; }
};

Time<uint64_t> start{3};

}  // namespace

uint64_t exports_example_rules_clock_now() { return (start + Time<uint64_t>{4}).value; }
