//! What a guest is given of the machine.

use std::ffi::{OsStr, OsString};
use std::fmt::{Display, Formatter};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};

const DIR: &str = "use HOST or HOST::GUEST, as .::/data";

/// The flags by which a host grants its guest something.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Grants {
    /// An environment variable for the guest; repeat for more. Of two values for one
    /// name the last counts. Without any, the guest's environment is empty.
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable, help_heading = "Grants")]
    pub env: Vec<(String, String)>,

    /// A directory for the guest, with all that is below it, under the name GUEST, or
    /// its own one; `:ro` keeps the guest from writing there. Repeat for more.
    #[arg(
        long,
        value_name = "HOST[::GUEST][:ro]",
        value_parser = OsStringValueParser::new().try_map(|text| Dir::parse(&text)),
        help_heading = "Grants"
    )]
    pub dir: Vec<Dir>,
}

impl Grants {
    /// The guest's environment: each name once, with the last of its values.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> = Vec::new();
        for (name, value) in &self.env {
            match env.iter_mut().find(|(known, _)| known == name) {
                Some((_, old)) => old.clone_from(value),
                None => env.push((name.clone(), value.clone())),
            }
        }
        env
    }
}

impl Display for Grants {
    /// For the user; of the environment only the names.
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let env = self.environment();
        let list = |what: &str, names: Vec<String>| match names.as_slice() {
            [] => format!("no {what}"),
            names => format!("{what} {}", names.join(" ")),
        };
        let files = list("files", self.dir.iter().map(Dir::to_string).collect());
        let names = list(
            "environment",
            env.into_iter().map(|(name, _)| name).collect(),
        );
        write!(f, "{files}, {names}")
    }
}

/// A directory that the guest may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dir {
    /// Where it is.
    pub host: PathBuf,
    /// What the guest calls it.
    pub guest: String,
    /// The guest may not change it.
    pub read_only: bool,
}

impl Dir {
    /// Parses `HOST[::GUEST][:ro]`; HOST is what is before the first `::`.
    ///
    /// # Errors
    /// How to write it.
    pub fn parse(text: &OsStr) -> Result<Self, String> {
        let bytes = text.as_bytes();
        let at = bytes.windows(2).position(|pair| pair == b"::");
        // What the guest's name is read from, to the end.
        let guest = at.map_or(bytes, |at| &bytes[at + 2..]);
        let guest = str::from_utf8(guest).map_err(|_| "the guest's name for it is not UTF-8")?;
        let (guest, read_only) = match guest.split_once(':') {
            None => (guest, false),
            Some((guest, "ro")) => (guest, true),
            Some((_, suffix)) => {
                return Err(format!(
                    "unknown suffix :{suffix}; the only one is :ro, for read-only; {DIR}"
                ));
            }
        };
        let host = at.map_or(guest.as_bytes(), |at| &bytes[..at]);
        if host.is_empty() || guest.is_empty() {
            return Err(DIR.to_owned());
        }
        Ok(Self {
            host: OsString::from_vec(host.to_vec()).into(),
            guest: guest.to_owned(),
            read_only,
        })
    }
}

impl Display for Dir {
    /// As the guest knows it.
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.guest)?;
        f.write_str(if self.read_only { ":ro" } else { "" })
    }
}

/// Parses `NAME=VALUE`.
///
/// # Errors
/// How to write it.
pub fn variable(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("use NAME=VALUE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_two_names() {
        let dir = |host: &str, guest: &str, read_only| {
            Ok(Dir {
                host: host.into(),
                guest: guest.to_owned(),
                read_only,
            })
        };
        let parse = |text: &str| Dir::parse(OsStr::new(text));
        assert_eq!(parse(".::/data"), dir(".", "/data", false));
        assert_eq!(parse("/a b::.:ro"), dir("/a b", ".", true));
        assert_eq!(parse("a:ro::b"), dir("a:ro", "b", false));
        assert_eq!(parse("a::ro"), dir("a", "ro", false));
        assert_eq!(parse("."), dir(".", ".", false));
        assert_eq!(parse("/a/b:ro"), dir("/a/b", "/a/b", true));
        for bad in ["", "::", "a::", "::b", "a:::ro", ":ro"] {
            assert_eq!(parse(bad), Err(DIR.to_owned()), "{bad}");
        }
        for (bad, suffix) in [
            ("a::/d:rw", "rw"),
            ("a::/d:ro,exec", "ro,exec"),
            ("a::/d:", ""),
            ("a::/d:ro:ro", "ro:ro"),
            ("/a:/b", "/b"),
            (".:rw", "rw"),
        ] {
            let reason = parse(bad).expect_err(bad);
            let expected = format!("unknown suffix :{suffix}; the only one is :ro, ");
            assert!(reason.starts_with(&expected), "{bad}: {reason}");
        }
        let latin1 = OsStr::from_bytes(b"caf\xe9::/data");
        assert!(Dir::parse(latin1).is_ok_and(|dir| dir.guest == "/data"));
        assert!(Dir::parse(OsStr::from_bytes(b"a::caf\xe9")).is_err());
        assert!(Dir::parse(OsStr::from_bytes(b"caf\xe9")).is_err());
    }

    #[test]
    fn the_last_value_of_a_variable_counts() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let grants = Grants {
            env: vec![
                pair("A", "1"),
                pair("B", ""),
                pair("A", "2"),
                pair("a", "3"),
            ],
            dir: Vec::new(),
        };
        let expected = [pair("A", "2"), pair("B", ""), pair("a", "3")];
        assert_eq!(grants.environment(), expected);
        assert_eq!(grants.to_string(), "no files, environment A B a");
    }

    #[test]
    fn variables_have_a_name() {
        assert_eq!(variable("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert!(variable("=b").is_err());
        assert!(variable("A").is_err());
    }
}
