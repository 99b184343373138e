//! What a plugin uses of Ruby.

use std::cell::{OnceCell, RefCell};

use anyhost_plugin::{Function, Resource};
use magnus::gc::Marker;
use magnus::{Error, RClass, RHash, Value};

use crate::kinds::Kinds;

/// What a plugin's guest may use of Ruby. It is beside the engine's store, which is borrowed
/// while a guest runs, so that the collector can look at it at any time.
#[derive(Default)]
pub struct Roots {
    /// What the host gives, by the names of interfaces and functions.
    imports: OnceCell<RHash>,
    /// What takes the lines that the component prints.
    output: Option<Value>,
    pub kinds: OnceCell<Kinds>,
    /// What is called for each imported function, by where the library keeps that.
    targets: RefCell<Vec<(usize, Value)>>,
    /// The classes of resources, by their numbers.
    classes: RefCell<Vec<Option<Class>>>,
    /// The host's objects that the guest has, by their numbers.
    objects: RefCell<Vec<Option<Value>>>,
    /// The exception with which a function of the host ended.
    raised: RefCell<Option<Error>>,
}

// SAFETY: it is only used under Ruby's global lock.
unsafe impl Send for Roots {}
// SAFETY: as above.
unsafe impl Sync for Roots {}

/// What stands for a resource.
#[derive(Clone, Copy)]
pub struct Class {
    pub class: RClass,
    /// The guest's functions that are methods of it; nil if it is the host's.
    pub methods: Value,
    /// The guest's plugin; nil if it is the host's.
    pub native: Value,
}

impl Roots {
    pub fn new(imports: RHash, output: Option<Value>) -> Self {
        Self {
            imports: OnceCell::from(imports),
            output,
            ..Self::default()
        }
    }

    pub fn mark(&self, marker: &Marker) {
        if let Some(imports) = self.imports.get() {
            marker.mark(*imports);
        }
        if let Some(output) = self.output {
            marker.mark(output);
        }
        if let Some(kinds) = self.kinds.get() {
            kinds.mark(marker);
        }
        for (_, target) in &*self.targets.borrow() {
            marker.mark(*target);
        }
        for class in self.classes.borrow().iter().flatten() {
            marker.mark(class.class);
            marker.mark(class.methods);
            marker.mark(class.native);
        }
        for object in self.objects.borrow().iter().flatten() {
            marker.mark(*object);
        }
        if let Some(exception) = self.raised.borrow().as_ref().and_then(Error::value) {
            marker.mark(exception);
        }
    }

    /// What the host gives.
    pub fn imports(&self) -> RHash {
        *self.imports.get().expect("it is made with them")
    }

    /// What takes the lines that the component prints.
    pub fn output(&self) -> Value {
        self.output.expect("only a component that has WASI prints")
    }

    /// What there is for the types.
    pub fn kinds(&self) -> &Kinds {
        self.kinds.get().expect("they are learned before a call")
    }

    /// Sets what is called for an imported function.
    pub fn set_target(&self, function: &Function, target: Value) {
        let place = std::ptr::from_ref(function).addr();
        self.targets.borrow_mut().push((place, target));
    }

    /// What is called for an imported function.
    pub fn target(&self, function: &Function) -> Value {
        let place = std::ptr::from_ref(function).addr();
        let targets = self.targets.borrow();
        let found = targets.iter().find(|(known, _)| *known == place);
        found.expect("it was asked for when it was linked").1
    }

    /// Sets what stands for a resource.
    pub fn set_class(&self, of: &Resource, class: Class) {
        let mut classes = self.classes.borrow_mut();
        let number = of.number as usize;
        if classes.len() <= number {
            classes.resize(number + 1, None);
        }
        classes[number] = Some(class);
    }

    /// What stands for a resource.
    pub fn class(&self, of: &Resource) -> Option<Class> {
        let classes = self.classes.borrow();
        classes.get(of.number as usize).copied().flatten()
    }

    /// A number that stands for an object from now on.
    pub fn give(&self, object: Value) -> u32 {
        let mut objects = self.objects.borrow_mut();
        let free = objects.iter().position(Option::is_none);
        let number = free.unwrap_or_else(|| {
            objects.push(None);
            objects.len() - 1
        });
        objects[number] = Some(object);
        u32::try_from(number).expect("memory ends before that")
    }

    /// The object of that number.
    pub fn object(&self, number: u32) -> Option<Value> {
        let objects = self.objects.borrow();
        objects.get(number as usize).copied().flatten()
    }

    /// The object of that number, which is free afterwards.
    pub fn take(&self, number: u32) -> Option<Value> {
        let mut objects = self.objects.borrow_mut();
        objects.get_mut(number as usize).and_then(Option::take)
    }

    /// Lets the call that runs now end with `error`.
    pub fn raise(&self, error: Error) {
        self.raised.replace(Some(error));
    }

    /// The exception of the call that has just ended.
    pub fn raised(&self) -> Option<Error> {
        self.raised.take()
    }
}
