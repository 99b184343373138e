//! The guest of the contract `anyhost:values`: gives back values of every WIT type, has a
//! resource of its own, and asks everything of its host.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicU32, Ordering};

use bindings::anyhost::values::host;
use bindings::anyhost::values::types::{
    Everything, ManyFlags, Point, Reserved, Rights, Row, Shape, Weekday,
};
use bindings::exports::anyhost::values::counters::{self, Counter, CounterBorrow, Holder};
use bindings::exports::anyhost::values::{echo, relays};
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({
        path: "../../values/values.wit",
        world: "conformance",
        bitflags_path: "bitflags",
    });
}

struct Values;

bindings::export!(Values with_types_in bindings);

macro_rules! echo {
    ($($name:ident: $type:ty;)*) => {
        impl echo::Guest for Values {
            $(fn $name(value: $type) -> $type {
                value
            })*

            fn echo_nothing() {}

            fn gather(
                a: u8, b: i16, c: u32, d: i64, e: f32, f: f64, g: char, h: String, i: bool, j: Weekday,
                k: Option<u64>, l: Vec<u8>, m: Point, n: Result<u8, u16>, o: (u8, u8),
            ) -> Gathered {
                (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)
            }

            fn fall() {
                panic!("asked to");
            }
        }
    };
}

type Gathered = (
    u8,
    i16,
    u32,
    i64,
    f32,
    f64,
    char,
    String,
    bool,
    Weekday,
    Option<u64>,
    Vec<u8>,
    Point,
    Result<u8, u16>,
    (u8, u8),
);

echo! {
    echo_bool: bool;
    echo_u8: u8;
    echo_s8: i8;
    echo_u16: u16;
    echo_s16: i16;
    echo_u32: u32;
    echo_s32: i32;
    echo_u64: u64;
    echo_s64: i64;
    echo_f32: f32;
    echo_f64: f64;
    echo_char: char;
    echo_string: String;
    echo_bytes: Vec<u8>;
    echo_bools: Vec<bool>;
    echo_u64s: Vec<u64>;
    echo_f32s: Vec<f32>;
    echo_strings: Vec<String>;
    echo_lists: Vec<Vec<i64>>;
    echo_tuple: (u32, String, char);
    echo_point: Point;
    echo_points: Vec<Point>;
    echo_rows: Vec<Row>;
    echo_reserved: Reserved;
    echo_shape: Shape;
    echo_weekday: Weekday;
    echo_rights: Rights;
    echo_many_flags: ManyFlags;
    echo_option: Option<String>;
    echo_nested_option: Option<Option<String>>;
    echo_result: Result<u32, String>;
    echo_result_ok: Result<u32, ()>;
    echo_result_err: Result<(), String>;
    echo_result_unit: Result<(), ()>;
    echo_shape_as_error: Result<Point, Shape>;
    echo_results: Vec<Result<u32, String>>;
    echo_everything: Everything;
}

/// How many counters there are.
static ALIVE: AtomicU32 = AtomicU32::new(0);

struct CounterState(Cell<i32>);

impl CounterState {
    fn counter(start: i32) -> Counter {
        Counter::new(<Self as counters::GuestCounter>::new(start))
    }
}

impl Drop for CounterState {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl counters::GuestCounter for CounterState {
    fn new(start: i32) -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self(Cell::new(start))
    }

    fn increment(&self, by: i32) -> i32 {
        self.0.set(self.0.get().wrapping_add(by));
        self.0.get()
    }

    fn value(&self) -> i32 {
        self.0.get()
    }

    fn sum(one: CounterBorrow<'_>, other: CounterBorrow<'_>) -> i32 {
        Values::peek_all([one, other].into())
    }

    fn merge(one: Counter, other: Counter) -> Counter {
        Self::counter(Values::consume(one) + Values::consume(other))
    }
}

use counters::Guest as _;

impl counters::Guest for Values {
    type Counter = CounterState;

    fn open(start: i32) -> Counter {
        CounterState::counter(start)
    }

    fn open_many(starts: Vec<i32>) -> Vec<Counter> {
        starts.into_iter().map(CounterState::counter).collect()
    }

    fn open_positive(start: i32) -> Result<Counter, String> {
        if start < 0 {
            return Err(format!("{start} is below zero"));
        }
        Ok(CounterState::counter(start))
    }

    fn open_some(start: Option<i32>) -> Option<Counter> {
        start.map(CounterState::counter)
    }

    fn peek(counter: CounterBorrow<'_>) -> i32 {
        counter.get::<CounterState>().0.get()
    }

    fn peek_all(counters: Vec<CounterBorrow<'_>>) -> i32 {
        counters.into_iter().map(Self::peek).sum()
    }

    fn consume(counter: Counter) -> i32 {
        counter.get::<CounterState>().0.get()
    }

    fn relabel(holder: Holder, label: String) -> Holder {
        Holder { label, ..holder }
    }

    fn alive() -> u32 {
        ALIVE.load(Ordering::Relaxed)
    }

    fn fall() {
        panic!("asked to");
    }
}

struct Held(RefCell<Option<host::Store>>);

// SAFETY: a component's module has one thread.
unsafe impl Sync for Held {}

/// The store that is kept.
static HELD: Held = Held(RefCell::new(None));

impl relays::Guest for Values {
    fn relay(value: Everything) -> Everything {
        host::relay(&value)
    }

    fn relay_bytes(value: Vec<u8>) -> Vec<u8> {
        host::bytes(&value)
    }

    fn notify_all(texts: Vec<String>) {
        for text in texts {
            host::notify(&text);
        }
    }

    fn check(number: u32) -> String {
        match host::check(number) {
            Ok(number) => format!("{number} is well"),
            Err(Shape::Nothing) => "nothing is wrong".into(),
            Err(Shape::Circle(radius)) => format!("it goes round: {radius}"),
            Err(Shape::Polygon(points)) => format!("it has {} corners", points.len()),
            Err(Shape::Named((name, at))) => {
                format!("it is {name} at {:?}", at.map(|at| (at.x, at.y)))
            }
        }
    }

    fn fill(name: String, keys: Vec<String>) -> u32 {
        let store = host::Store::new(&name);
        for (index, key) in (0..).zip(&keys) {
            store.put(key, index);
        }
        store.size()
    }

    fn default_name() -> String {
        host::Store::default_name()
    }

    fn hold(name: String) -> bool {
        let found = host::find(&name);
        let is_found = found.is_some();
        HELD.0.replace(found);
        is_found
    }

    fn describe_held() -> String {
        let held = HELD.0.borrow();
        let store = held.as_ref().expect("a store");
        host::describe(store, Point { x: -1, y: 1 })
    }

    fn give_back() -> bool {
        let store = HELD.0.take().expect("a store");
        host::close(store).is_ok()
    }
}
