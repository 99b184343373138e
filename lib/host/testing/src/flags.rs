//! The flags that the native hosts share: wrong values are told in the same words by
//! each of them.

use crate::errors::Host;
use crate::{Dir, fail};

const DIR: &str = "use HOST or HOST::GUEST, as .::/data";
const SIZE: &str = "use a number and B, KiB, MiB or GiB, as 64MiB";
const TIME: &str = "use a number and ms, s, m or h, as 30s";

/// A flag, a value, and how the line about it ends.
const WRONG: &[(&str, &str, &str)] = &[
    ("--dir", "", DIR),
    ("--dir", "::/data", DIR),
    ("--dir", ".::", DIR),
    ("--dir", ".:::ro", DIR),
    (
        "--dir",
        ".::/data:rw",
        "unknown suffix :rw; the only one is :ro, for read-only; use HOST or HOST::GUEST, as .::/data",
    ),
    (
        "--dir",
        "/data:/data",
        "unknown suffix :/data; the only one is :ro, for read-only; use HOST or HOST::GUEST, as .::/data",
    ),
    ("--env", "NAME", "use NAME=VALUE"),
    ("--env", "=VALUE", "use NAME=VALUE"),
    ("--max-memory", "64", SIZE),
    ("--max-memory", "-1MiB", SIZE),
    ("--timeout", "30", TIME),
];

impl Host {
    /// Tests values that make no sense: wrong usage, with a hint in the first line.
    ///
    /// # Panics
    /// The host takes one, or tells it otherwise.
    pub fn tells_bad_flags(&self) {
        for (flag, value, hint) in WRONG {
            self.tells_bad_flag(flag, value, hint);
        }
        self.directories_that_cannot_be_granted();
    }

    /// Tests one value.
    ///
    /// # Panics
    /// The host takes it, or its first line does not end with `hint`.
    pub fn tells_bad_flag(&self, flag: &str, value: &str, hint: &str) {
        let flag_value = format!("{flag}={value}");
        let (code, stderr) = fail(
            &self.program,
            &["--component", &self.component, &flag_value],
        );
        assert_eq!(code, Some(2), "{flag_value}: {stderr}");
        let first = stderr.lines().next().unwrap_or_default();
        assert!(
            first.contains(flag) && first.ends_with(hint),
            "{flag_value}: {first}"
        );
    }

    fn directories_that_cannot_be_granted(&self) {
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
