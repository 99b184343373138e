//! A greeter in another language is the one in Rust: a host cannot tell them apart.

use wasmtime::component::{Component, Instance, Linker, TypedFunc};
use wasmtime::{Config, Engine, Store};

struct Greeter {
    store: Store<()>,
    greet: TypedFunc<(String, bool), (String,)>,
}

impl Greeter {
    /// The greeter whose component the environment variable names.
    fn load(variable: &str) -> Self {
        let file = std::env::var(variable).expect("Bazel names the component");
        let engine = Engine::new(&Config::new()).unwrap();
        let component = Component::from_file(&engine, file).unwrap();
        let mut store = Store::new(&engine, ());
        // Without any import.
        let instance: Instance = Linker::new(&engine)
            .instantiate(&mut store, &component)
            .unwrap();
        let interface = component.get_export_index(None, "anyhost:hello/greeter@1.0.0");
        let greet = component.get_export_index(interface.as_ref(), "greet");
        let greet = instance
            .get_typed_func(&mut store, greet.expect("it exports greet"))
            .unwrap();
        Self { store, greet }
    }

    fn greet(&mut self, name: &str, up: bool) -> String {
        let args = (name.to_owned(), up);
        self.greet.call(&mut self.store, args).unwrap().0
    }
}

fn check_same(names: impl Iterator<Item = String>) {
    let mut rust = Greeter::load("GREETER_IN_RUST");
    let mut greeter = Greeter::load("GREETER");
    for name in names {
        for up in [false, true] {
            let expected = rust.greet(&name, up);
            let start: String = name.chars().take(20).collect();
            assert!(greeter.greet(&name, up) == expected, "{start:?}, up: {up}");
        }
    }
}

#[test]
fn every_character() {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    check_same(all.chunks(100).map(|chunk| chunk.iter().collect()));
}

#[test]
fn every_length_up_to_some_pages() {
    let lengths = (0..300).chain((1..20).map(|n| n * 50_000)).rev();
    check_same(lengths.map(|length| "ß".repeat(length)));
}

#[test]
fn many_calls_of_one_instance_need_no_more_memory() {
    let mut greeter = Greeter::load("GREETER");
    // More than the 4 GiB that a memory can have: a call that kept its own would run out of it.
    let name = "n".repeat(1 << 20);
    for _ in 0..4200 {
        assert_eq!(
            greeter.greet(&name, false).len(),
            "Hello, ".len() + name.len()
        );
    }
}
