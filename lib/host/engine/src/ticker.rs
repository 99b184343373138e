//! The clock by which hosts interrupt guests.

use std::thread;
use std::time::Duration;

use wasmtime::Engine;

/// How often [`start_ticker`] advances the engine's epoch: the longest that a
/// guest computes before its host gets to look at it again.
pub const TICK: Duration = Duration::from_millis(5);

/// Advances the epoch of `engine` each [`TICK`], until the engine is dropped.
///
/// # Errors
/// The system's, when no thread can be started.
pub fn start_ticker(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(TICK);
            }
        })?;
    Ok(())
}
