//! What the tests say, one entry for each time that a component is opened.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The file in the suite's folder that has the entries.
pub const FILE: &str = "suite.json";

/// All entries, in the order of the files.
#[derive(Default, Serialize, Deserialize)]
pub struct Suite(pub Vec<Entry>);

/// A component that is opened, and the calls of its one instance.
#[derive(Serialize, Deserialize)]
pub struct Entry {
    /// The file and the line of the directive: `values/strings.wast:21`.
    pub at: String,
    /// What has to come of it.
    pub opening: Opening,
    /// The component's file in the suite's folder.
    pub component: String,
    /// Whether it imports something. The tests give nothing to such components, and only
    /// say whether they are valid.
    pub imports: bool,
    /// What a host must be able to do for this.
    pub needs: BTreeSet<String>,
    /// The calls, in order.
    pub calls: Vec<Call>,
}

/// What has to come of opening a component.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opening {
    /// It is opened.
    Opens,
    /// It is refused, with these words.
    Invalid(String),
    /// As before; its bytes are not even in the format.
    Malformed(String),
    /// It traps while it starts, with these words.
    Traps(String),
}

/// A call of a function of the component's.
#[derive(Serialize, Deserialize)]
pub struct Call {
    /// The file and the line of the directive.
    pub at: String,
    /// The function.
    pub call: String,
    /// Its arguments, as docs/values.md has them.
    pub args: Vec<Value>,
    /// What has to come of it.
    pub ends: Ends,
    /// What a host must be able to do for this.
    pub needs: BTreeSet<String>,
}

/// What has to come of a call.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// It returns this; null if it returns nothing.
    Returns(Value),
    /// It returns something.
    ReturnsAny,
    /// It traps, with these words.
    Traps(String),
}

/// An entry's opening or one of its calls.
pub struct Directive<'a> {
    /// The file and the line.
    pub at: &'a str,
    /// What has to come of it, for people.
    pub kind: &'static str,
    /// What a host must be able to do for it.
    pub needs: &'a BTreeSet<String>,
}

impl Entry {
    /// The opening and the calls.
    pub fn directives(&self) -> impl Iterator<Item = Directive<'_>> {
        let opening = Directive {
            at: &self.at,
            kind: match self.opening {
                Opening::Opens => "opens",
                Opening::Invalid(_) | Opening::Malformed(_) => "is refused",
                Opening::Traps(_) => "traps",
            },
            needs: &self.needs,
        };
        let calls = self.calls.iter().map(|call| Directive {
            at: &call.at,
            kind: match call.ends {
                Ends::Returns(_) | Ends::ReturnsAny => "returns",
                Ends::Traps(_) => "traps",
            },
            needs: &call.needs,
        });
        std::iter::once(opening).chain(calls)
    }
}

impl Suite {
    /// Reads what `convert` made.
    pub fn read(folder: &Path) -> Result<Self> {
        read(&folder.join(FILE), "what `convert` made")
    }
}

/// Reads a file of JSON.
pub fn read<T: for<'a> Deserialize<'a>>(file: &Path, expected: &str) -> Result<T> {
    let text = fs::read(file).with_context(|| file.display().to_string())?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{}: expected {expected}", file.display()))
}

/// Writes a file.
pub fn write(file: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    fs::write(file, content).with_context(|| file.display().to_string())
}
