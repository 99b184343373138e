// The plugin in C: exports anyhost:hello/greeter, imports nothing.

#include <stdlib.h>
#include <string.h>

#include "plugin.h"
#include "upper_table.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

// Decodes the character at `text`, which is UTF-8 as the canonical ABI promises; returns its length in bytes.
static size_t decode(const uint8_t *text, uint32_t *point) {
  static const uint8_t masks[] = {0x7f, 0x1f, 0x0f, 0x07};
  size_t more = text[0] < 0x80 ? 0 : text[0] < 0xe0 ? 1 : text[0] < 0xf0 ? 2 : 3;
  *point = text[0] & masks[more];
  for (size_t i = 1; i <= more; i++) *point = *point << 6 | (text[i] & 0x3f);
  return more + 1;
}

// Writes `point` as UTF-8 to `out`, unless that is null; returns its length in bytes.
static size_t encode(uint32_t point, uint8_t *out) {
  static const uint8_t marks[] = {0x00, 0xc0, 0xe0, 0xf0};
  size_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  if (out) {
    for (size_t i = more; i > 0; i--, point >>= 6) out[i] = 0x80 | (point & 0x3f);
    out[0] = marks[more] | point;
  }
  return more + 1;
}

// Writes the upper case of `point` to `out`, unless that is null; returns its length in bytes.
static size_t upper_character(uint32_t point, uint8_t *out) {
  for (size_t i = 0; i < LENGTH(upper_specials); i++) {
    if (upper_specials[i].from != point) continue;
    size_t length = 0;
    for (size_t j = 0; j < 3 && upper_specials[i].to[j]; j++)
      length += encode(upper_specials[i].to[j], out ? out + length : NULL);
    return length;
  }
  for (size_t i = 0; i < LENGTH(upper_ranges) && upper_ranges[i].first <= point; i++) {
    uint32_t offset = point - upper_ranges[i].first;
    if (offset % upper_ranges[i].stride == 0 && offset / upper_ranges[i].stride < upper_ranges[i].count)
      return encode(point + upper_ranges[i].delta, out);
  }
  return encode(point, out);
}

static size_t upper(const uint8_t *text, size_t length, uint8_t *out) {
  size_t written = 0;
  for (size_t read = 0; read < length;) {
    uint32_t point;
    read += decode(text + read, &point);
    written += upper_character(point, out ? out + written : NULL);
  }
  return written;
}

static uint8_t *allocate(size_t size) {
  uint8_t *block = malloc(size);
  if (!block) __builtin_trap();
  return block;
}

void exports_anyhost_hello_greeter_greet(plugin_string_t *name, bool up, plugin_string_t *ret) {
  static const uint8_t hello[2][7] = {"Hello, ", "HELLO, "};
  size_t length = up ? upper(name->ptr, name->len, NULL) : name->len;
  ret->len = sizeof(hello[0]) + length;
  ret->ptr = allocate(ret->len);
  memcpy(ret->ptr, hello[up], sizeof(hello[0]));
  uint8_t *rest = ret->ptr + sizeof(hello[0]);
  if (up)
    upper(name->ptr, name->len, rest);
  else
    memcpy(rest, name->ptr, length);
  plugin_string_free(name);
}
