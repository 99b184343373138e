//! What the tests of the native hosts share: files to run them with, and the
//! mistakes that every one of them tells in the same way.
//!
//! The programs and components come from the environment, which Bazel sets; see the
//! `BUILD.bazel` of a host's tests for cargo.

mod cases;
pub mod cli_cases;
pub mod client;
pub mod errors;
pub mod flags;
pub mod http_cases;
pub mod program;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};

/// How long anything may take: far more than it should on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The file that the environment variable `name` points to, or `fallback`.
///
/// # Panics
/// There is neither.
#[must_use]
pub fn file(name: &str, fallback: Option<&str>) -> String {
    match std::env::var(name).ok().or(fallback.map(str::to_owned)) {
        Some(path) => path,
        None => panic!("set {name} to the path of its file; see the BUILD.bazel of the tests"),
    }
}

/// Runs a program that should fail at once: its exit code and its stderr.
///
/// # Panics
/// It does not start, or prints to stdout.
#[must_use]
pub fn fail(program: &str, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(program)
        .args(args)
        .env("RUST_BACKTRACE", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    assert!(output.stdout.is_empty(), "an error belongs on stderr");
    (
        output.status.code(),
        String::from_utf8(output.stderr).expect("UTF-8"),
    )
}

/// A directory for one test, removed at its end.
pub struct Dir(PathBuf);

impl Dir {
    /// A new directory.
    ///
    /// # Panics
    /// It cannot be made; so all methods with what they do.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let base = std::env::var_os("TEST_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = base.join(format!("anyhost-{}-{number}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory");
        Self(dir)
    }

    /// The path of `name` in here.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }

    /// Writes a file; the result is its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).expect("a file");
        path
    }

    /// Writes a file that can be run; the result is its path.
    pub fn program(&self, name: &str, content: &str) -> String {
        let path = self.write(name, content);
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("a file");
        path
    }

    /// A component or module from its text form.
    #[must_use]
    pub fn wat(&self, name: &str, text: &str) -> String {
        self.write(name, wat::parse_str(text).expect("the text is well-formed"))
    }

    /// The precompiled form of `component`.
    #[must_use]
    pub fn precompiled(&self, component: &str) -> String {
        let output = self.path("component.cwasm");
        let status = Command::new(file("ANYHOST_PRECOMPILE_BIN", None))
            .args([component, "-o", &output])
            .status();
        assert!(status.expect("precompile starts").success());
        output
    }
}

/// Makes the seal of precompiled code fit what is before it.
///
/// # Panics
/// There is no room for one.
pub fn seal(code: &mut [u8]) {
    let (sealed, seal) = code.split_last_chunk_mut::<32>().expect("a seal");
    *seal = Sha256::digest(sealed).into();
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(Path::new(&self.0));
    }
}
