//! What is known of a host: what it cannot do, and what it does otherwise than the tests say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::needs::{NEVER, is_known};
use crate::suite::{Directive, Entry, Suite, read};

/// A host's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// The host's name.
    pub host: String,
    /// The features that it lacks, each with the reason.
    pub lacks: BTreeMap<String, String>,
    /// The words of its traps, where they are others, by those of the tests.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// The directives that fail, each with the cause.
    pub failures: BTreeMap<String, String>,
}

impl Host {
    /// Reads a host's file.
    ///
    /// # Errors
    /// It names something that is not in the suite, or nothing at all.
    pub fn read(file: &Path, suite: &Suite) -> Result<Self> {
        let host: Self = read(file, "what is known of a host")?;
        let file = file.display();
        for (feature, reason) in &host.lacks {
            if !is_known(feature) || reason.is_empty() {
                bail!("{file}: lacks: {feature}: expected what a test may need, and why");
            }
        }
        let mut all: BTreeSet<&str> = BTreeSet::new();
        for entry in &suite.0 {
            let directives = entry.directives().filter(|of| host.lacking(of).is_none());
            all.extend(directives.map(|directive| directive.at));
        }
        for (at, cause) in &host.failures {
            if !all.contains(at.as_str()) || cause.is_empty() {
                bail!("{file}: failures: {at}: expected a directive that applies, and the cause");
            }
        }
        Ok(host)
    }

    /// Why a directive does not apply to this host, if it does not.
    pub fn lacking(&self, directive: &Directive<'_>) -> Option<&str> {
        let mut needs = directive.needs.iter();
        needs.find_map(|need| {
            let never = NEVER.iter().find(|(name, _)| name == need);
            let lacks = self.lacks.get(need).map(String::as_str);
            never.map(|(_, reason)| *reason).or(lacks)
        })
    }

    /// Why a directive fails, if it is known to: its own cause, or that of its opening.
    pub fn failure(&self, entry: &Entry, at: &str) -> Option<&str> {
        let cause = self.failures.get(at).or(self.failures.get(&entry.at));
        cause.map(String::as_str)
    }
}
