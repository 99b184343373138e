//! What is being done, on stderr, for somebody who waits.

use std::io::{self, Write};
use std::time::Instant;

/// Says each step with the time since the program's start.
#[derive(Clone, Copy, Debug)]
pub struct Steps(Instant);

impl Steps {
    /// The program has started.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(Instant::now())
    }

    /// Says that `step` begins.
    pub fn say(&self, step: &str) {
        let seconds = self.0.elapsed().as_secs_f32();
        // Whoever closed stderr does not want to know.
        let _ = writeln!(io::stderr(), "[{seconds:.1} s] {step}");
    }
}
