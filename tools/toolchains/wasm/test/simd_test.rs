//! Runs guests that are compiled with SIMD: what the compiler uses gets through wasm-opt and into the component.

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Store};

#[test]
fn simd_is_used_and_computes() {
    let mut scalar = Config::new();
    scalar.wasm_simd(false).wasm_relaxed_simd(false);
    let scalar = Engine::new(&scalar).unwrap();
    let engine = Engine::default();
    for file in std::env::var("COMPONENTS").unwrap().split(' ') {
        assert!(
            Component::from_file(&scalar, file).is_err(),
            "{file} has no SIMD"
        );
        let component = Component::from_file(&engine, file).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate(&mut store, &component)
            .unwrap();
        let dot = instance
            .get_typed_func::<(&[f32], &[f32]), (f32,)>(&mut store, "dot")
            .unwrap();
        let a: Vec<f32> = (1..=8u8).map(f32::from).collect();
        let (answer,) = dot.call(&mut store, (&a, &a)).unwrap();
        assert_eq!(answer, 204.0, "{file}");
    }
}
