//! Lets a host's runner do what applies to the host, and compares.

use std::collections::HashMap;
use std::env;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, absolute};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::host::Host;
use crate::suite::{self, Call, Ends, Entry, Opening, Suite};

/// What every host says of a component that imports something it was not given. It has read
/// the component by then, and found it valid.
const NOT_GIVEN: &str = "which this host does not provide";

/// A line of what the runner writes.
#[derive(Deserialize)]
struct Line {
    at: String,
    #[serde(flatten)]
    outcome: Outcome,
}

/// What came of a directive.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The component was opened.
    Opened(bool),
    /// The component was refused as one that cannot be used: the message.
    Refused(String),
    /// It trapped: the message.
    Trapped(String),
    /// The call returned this; null if it is nothing.
    Returned(Value),
    /// Anything else: the message.
    Failed(String),
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened(_) => write!(f, "that it opens"),
            Self::Refused(said) => write!(f, "refused: {said}"),
            Self::Trapped(said) => write!(f, "trapped: {said}"),
            Self::Returned(value) => write!(f, "{value}"),
            Self::Failed(said) => write!(f, "{said}"),
        }
    }
}

/// Runs what applies to `host`, and prints what came of it.
///
/// # Errors
/// Something is otherwise than the host's file says, or was not run.
pub fn judge(folder: &Path, suite: &Suite, host: &Host, runner: &Path) -> Result<()> {
    let plan = plan(&absolute(folder)?, suite, host);
    let written = run(runner, &plan)?;
    let compared = compare(suite, host, &written);
    compared.with_context(|| runner.display().to_string())
}

/// Compares what a runner has written.
///
/// # Errors
/// As [`judge`].
pub fn compare(suite: &Suite, host: &Host, written: &str) -> Result<()> {
    let mut outcomes = read(written)?;
    let mut tally = Tally::default();
    for entry in &suite.0 {
        let mut directives = entry.directives();
        let opening = directives.next().expect("it has an opening");
        if host.lacking(&opening).is_some() {
            continue;
        }
        let Some(outcome) = outcomes.remove(&entry.at) else {
            bail!("{} was not run", entry.at)
        };
        let is_open = matches!(outcome, Outcome::Opened(true));
        tally.add(
            &entry.at,
            opened(entry, host, &outcome),
            host.failures.get(&entry.at),
        );
        for (call, directive) in entry.calls.iter().zip(directives) {
            if host.lacking(&directive).is_some() {
                continue;
            }
            match outcomes.remove(&call.at) {
                Some(outcome) => tally.add(
                    &call.at,
                    called(call, host, &outcome),
                    host.failures.get(&call.at),
                ),
                // It fails with its component, and by the name of that.
                None if !is_open => tally.failed += 1,
                None => bail!("{} was not run", call.at),
            }
        }
    }
    for (feature, entry) in probes(suite, host) {
        match outcomes.remove(&probe(feature)) {
            Some(Outcome::Opened(_)) => tally.wrong.push(format!(
                "{}: opens, and needs {feature}, which the host is said to lack",
                entry.at
            )),
            Some(_) => {}
            None => bail!("{} was not run", probe(feature)),
        }
    }
    if let Some(at) = outcomes.keys().next() {
        bail!("{at} was run, which does not apply");
    }
    let Tally {
        passed,
        failed,
        wrong,
    } = tally;
    println!("{}: {passed} passed, {failed} fail as is known", host.host);
    match wrong.len() {
        0 => Ok(()),
        count => bail!("{count} directives are otherwise:\n{}", wrong.join("\n")),
    }
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// What is otherwise than the host's file says.
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, at: &str, came_out: Result<(), String>, known: Option<&String>) {
        match (came_out, known) {
            (Ok(()), None) => self.passed += 1,
            (Err(_), Some(_)) => self.failed += 1,
            (Ok(()), Some(_)) => self
                .wrong
                .push(format!("{at}: passes, and is among the failures")),
            (Err(reason), None) => self.wrong.push(format!("{at}: {reason}")),
        }
    }
}

/// For each feature that a host lacks, a component that needs it and nothing else that the
/// host lacks, if there is one: were it opened, the host would not lack the feature.
fn probes<'a>(
    suite: &'a Suite,
    host: &'a Host,
) -> impl Iterator<Item = (&'a String, &'a Entry)> + use<'a> {
    host.lacks.keys().filter_map(|feature| {
        let needs_it = |entry: &&Entry| {
            let mut lacking = entry
                .needs
                .iter()
                .filter(|need| host.lacks.contains_key(*need));
            lacking.next() == Some(feature) && lacking.next().is_none()
        };
        let opens = |entry: &&Entry| matches!(entry.opening, Opening::Opens) && !entry.imports;
        let entry = suite.0.iter().filter(opens).find(needs_it);
        entry.map(|entry| (feature, entry))
    })
}

/// What stands for the place of a probe.
fn probe(feature: &str) -> String {
    format!("without {feature}")
}

/// What the runner is to do.
fn plan(folder: &Path, suite: &Suite, host: &Host) -> Value {
    let applies = |directive| host.lacking(&directive).is_none();
    let entries = suite.0.iter().filter_map(|entry| {
        let mut directives = entry.directives();
        if !directives.next().is_some_and(applies) {
            return None;
        }
        let calls = entry.calls.iter().zip(directives);
        let calls = calls.filter(|(_, directive)| host.lacking(directive).is_none());
        let calls = calls.map(
            |(Call { at, call, args, .. }, _)| json!({ "at": at, "call": call, "args": args }),
        );
        Some(json!({
            "at": entry.at,
            "component": folder.join(&entry.component),
            "calls": calls.collect::<Vec<_>>(),
        }))
    });
    let probes = probes(suite, host).map(|(feature, entry)| {
        let component = folder.join(&entry.component);
        json!({ "at": probe(feature), "component": component, "calls": [] })
    });
    entries.chain(probes).collect()
}

fn run(runner: &Path, plan: &Value) -> Result<String> {
    let folder = env::var_os("TEST_TMPDIR").map_or_else(env::temp_dir, Into::into);
    let file = folder.join(format!("component_model_{}.json", std::process::id()));
    suite::write(&file, plan.to_string())?;
    let mut command = Command::new(absolute(runner)?);
    let output = command.arg(&file).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| runner.display().to_string())?;
    if !output.status.success() {
        bail!("{}: ended with {}", runner.display(), output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The outcomes by their places.
fn read(written: &str) -> Result<HashMap<String, Outcome>> {
    let mut outcomes = HashMap::new();
    for line in written.lines() {
        let read = serde_json::from_str::<Line>(line);
        let Line { at, outcome } = read.with_context(|| format!("wrote {line}"))?;
        if outcomes.insert(at, outcome).is_some() {
            bail!("one directive was run twice: {line}");
        }
    }
    Ok(outcomes)
}

/// Whether opening a component came out as the test says, or why not.
pub fn opened(entry: &Entry, host: &Host, outcome: &Outcome) -> Result<(), String> {
    match (&entry.opening, outcome) {
        (Opening::Opens, Outcome::Opened(true)) => Ok(()),
        (Opening::Opens, Outcome::Refused(said)) if entry.imports && said.contains(NOT_GIVEN) => {
            Ok(())
        }
        (Opening::Invalid(words) | Opening::Malformed(words), Outcome::Refused(said)) => {
            contains(host, words, said)
        }
        (Opening::Traps(words), Outcome::Trapped(said) | Outcome::Refused(said)) => {
            contains(host, words, said)
        }
        (Opening::Opens, _) => Err(format!("expected that it opens, got {outcome}")),
        (Opening::Invalid(words) | Opening::Malformed(words) | Opening::Traps(words), _) => {
            Err(format!("expected \"{words}\", got {outcome}"))
        }
    }
}

/// Whether a call came out as the test says, or why not.
pub fn called(call: &Call, host: &Host, outcome: &Outcome) -> Result<(), String> {
    match (&call.ends, outcome) {
        (Ends::Returns(expected), Outcome::Returned(value)) if expected == value => Ok(()),
        (Ends::ReturnsAny, Outcome::Returned(_)) => Ok(()),
        (Ends::Traps(words), Outcome::Trapped(said)) => contains(host, words, said),
        (Ends::Returns(value), _) => Err(format!("expected {value}, got {outcome}")),
        (Ends::ReturnsAny, _) => Err(format!("expected a result, got {outcome}")),
        (Ends::Traps(words), _) => Err(format!("expected \"{words}\", got {outcome}")),
    }
}

/// Whether a message has the words of the test. "wasm trap: " is how wasmtime begins, and
/// hosts do not.
fn contains(host: &Host, words: &str, said: &str) -> Result<(), String> {
    let words = words.trim_start_matches("wasm trap: ");
    let other = host.words.get(words);
    if said.contains(words) || other.is_some_and(|other| said.contains(other)) {
        return Ok(());
    }
    Err(format!("expected \"{words}\", got \"{said}\""))
}
