//! Small inputs for the hosts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory for one test, removed at its end.
pub struct Dir(PathBuf);

impl Dir {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let base = std::env::var_os("TEST_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = base.join(format!("anyhost-{}-{number}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory");
        Self(dir)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).expect("a file");
        path
    }

    /// A component or module from its text form.
    pub fn wat(&self, name: &str, text: &str) -> String {
        self.write(name, wat::parse_str(text).expect("the text is well-formed"))
    }

    /// The precompiled form of `component`.
    pub fn precompiled(&self, component: &str) -> String {
        let output = self.path("component.cwasm");
        let bin = super::file("ANYHOST_PRECOMPILE_BIN", None);
        let status = std::process::Command::new(bin)
            .args([component, "-o", &output])
            .status();
        assert!(status.expect("precompile starts").success());
        output
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(Path::new(&self.0));
    }
}
