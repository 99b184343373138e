#include <stdint.h>

constexpr uint64_t time_of(auto x) { return x + 4; }

extern "C" uint64_t seven() { return time_of(3u); }
