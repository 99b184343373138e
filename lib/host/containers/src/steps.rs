//! What is being done, on stderr, for somebody who waits.

use std::io::{self, Write};
use std::time::Instant;

/// Says each step with the time since the program's start.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    start: Instant,
    quiet: bool,
}

impl Steps {
    /// The program has started.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        let start = Instant::now();
        Self { start, quiet }
    }

    /// Says that `step` begins.
    pub fn say(&self, step: &str) {
        if !self.quiet {
            let seconds = self.start.elapsed().as_secs_f32();
            // Whoever closed stderr does not want to know.
            let _ = writeln!(io::stderr(), "[{seconds:.1} s] {step}");
        }
    }
}
