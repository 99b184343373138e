// A clock in C whose time comes from C++.
#include "clocked.h"

uint64_t seven(void);

uint64_t exports_example_rules_clock_now(void) { return seven(); }
