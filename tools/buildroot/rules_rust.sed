# Teaches rules_rust 0.54.1 the target triple wasm32-wasip2, beside each mention of wasm32-wasip1.
# rules_rust 0.65 knows it; drop this file when the build root has that version.
s/if triple in \("wasm32-wasi", "wasm32-wasip1"\):/if triple in ("wasm32-wasi", "wasm32-wasip1", "wasm32-wasip2"):/
s/if target_triple == "wasm32-wasip1":/if target_triple in ("wasm32-wasip1", "wasm32-wasip2"):/
/^ +"(wasm32-)?wasip1": /{p; s/wasip1/wasip2/}
