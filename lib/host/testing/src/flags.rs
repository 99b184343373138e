//! Directories that the native hosts cannot grant: told in the same words by each of them.

use crate::Dir;
use crate::errors::Host;

impl Host {
    /// Tests directories that are none, and two of one name.
    ///
    /// # Panics
    /// The host takes one, or tells it otherwise.
    pub fn tells_bad_directories(&self) {
        let dir = Dir::new();
        let file = dir.write("file", "content");
        let missing = dir.path("missing");
        let line = |flags: &[&str]| self.line(&[&["--component", &self.component], flags].concat());
        for (path, reason) in [(missing, "no such directory"), (file, "not a directory")] {
            let flag = format!("--dir={path}::/data");
            assert_eq!(line(&[&flag]), format!("error: --dir {path}: {reason}\n"));
        }
        let (one, two) = (dir.path(""), dir.path("."));
        let (first, second) = (
            format!("--dir={one}::/data"),
            format!("--dir={two}::/data:ro"),
        );
        assert_eq!(
            line(&[&first, &second]),
            format!("error: --dir {two}: the guest has a /data already\n")
        );
    }
}
