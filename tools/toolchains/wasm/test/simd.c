// The same as simd.rs, compiled with -msimd128.
#include <wasm_simd128.h>

#include "simd.h"

float exports_simd_dot(simd_list_f32_t *a, simd_list_f32_t *b) {
  v128_t sum = wasm_f32x4_splat(0);
  for (size_t i = 0; i + 4 <= a->len && i + 4 <= b->len; i += 4)
    sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(a->ptr + i), wasm_v128_load(b->ptr + i)));
  float dot = wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 1) +
              wasm_f32x4_extract_lane(sum, 2) + wasm_f32x4_extract_lane(sum, 3);
  simd_list_f32_free(a);
  simd_list_f32_free(b);
  return dot;
}
