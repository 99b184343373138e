// The plugin in C++: exports anyhost:hello/greeter, imports nothing.

#include <stdlib.h>
#include <string.h>

#include "plugin.h"
#include "upper_table.h"

namespace {

// Counts what is put into it, and writes that as UTF-8 unless it has nowhere to.
class Writer {
 public:
  explicit Writer(uint8_t *out) : out_(out) {}

  size_t length() const { return length_; }

  void put(uint32_t point) {
    static constexpr uint8_t marks[] = {0x00, 0xc0, 0xe0, 0xf0};
    size_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    for (size_t i = more; i > 0; i--, point >>= 6) write(i, 0x80 | (point & 0x3f));
    write(0, marks[more] | point);
    length_ += more + 1;
  }

  void put(const uint8_t *text, size_t length) {
    if (out_) memcpy(out_ + length_, text, length);
    length_ += length;
  }

 private:
  void write(size_t at, uint32_t byte) {
    if (out_) out_[length_ + at] = static_cast<uint8_t>(byte);
  }

  uint8_t *out_;
  size_t length_ = 0;
};

// Decodes the character at `text`, which is UTF-8 as the canonical ABI promises, and goes on to the next one.
uint32_t next(const uint8_t *&text) {
  static constexpr uint8_t masks[] = {0x7f, 0x1f, 0x0f, 0x07};
  size_t more = *text < 0x80 ? 0 : *text < 0xe0 ? 1 : *text < 0xf0 ? 2 : 3;
  uint32_t point = *text++ & masks[more];
  while (more-- > 0) point = point << 6 | (*text++ & 0x3f);
  return point;
}

void put_upper(Writer &to, uint32_t point) {
  for (const auto &special : upper_specials) {
    if (special.from != point) continue;
    for (uint32_t upper : special.to)
      if (upper) to.put(upper);
    return;
  }
  for (const auto &range : upper_ranges) {
    if (range.first > point) break;
    uint32_t offset = point - range.first;
    if (offset % range.stride == 0 && offset / range.stride < range.count) return to.put(point + range.delta);
  }
  to.put(point);
}

// Writes the greeting of `name`.
void greet(Writer &to, const plugin_string_t &name, bool up) {
  static constexpr uint8_t hello[2][7] = {{'H', 'e', 'l', 'l', 'o', ',', ' '}, {'H', 'E', 'L', 'L', 'O', ',', ' '}};
  to.put(hello[up], sizeof(hello[0]));
  if (!up) return to.put(name.ptr, name.len);
  for (const uint8_t *text = name.ptr, *end = text + name.len; text != end;) put_upper(to, next(text));
}

}  // namespace

void exports_anyhost_hello_greeter_greet(plugin_string_t *name, bool up, plugin_string_t *ret) {
  Writer counter(nullptr);
  greet(counter, *name, up);
  ret->len = counter.length();
  ret->ptr = static_cast<uint8_t *>(malloc(ret->len));
  if (!ret->ptr) __builtin_trap();
  Writer writer(ret->ptr);
  greet(writer, *name, up);
  plugin_string_free(name);
}
