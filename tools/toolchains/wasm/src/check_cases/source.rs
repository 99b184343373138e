//! What authors write: groups, cases, steps, and short forms of long values.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

/// The cases of guests that export one interface and have certain imports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The interface whose functions are called; none for functions of the world itself.
    pub interface: Option<String>,
    /// What such a guest imports of the package.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Each has a name, and is a step or has several.
    pub cases: Vec<Map<String, Value>>,
}

/// What is done to an instance, what comes of it, and what it asks of its host meanwhile.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub call: Option<String>,
    pub on: Option<String>,
    pub args: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "present")]
    pub result: Option<Value>,
    pub trap: Option<String>,
    pub fails: Option<String>,
    pub drop: Option<String>,
    #[serde(default)]
    pub asks: Vec<Ask>,
}

/// What a guest asks of its host, and what it gets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub call: Option<String>,
    pub on: Option<String>,
    pub args: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "present")]
    pub result: Option<Value>,
    pub fails: Option<String>,
    pub drop: Option<String>,
}

/// `null` is a result, too.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// Where a number's own text is kept.
pub const FLOAT: &str = "$float";
/// The longest string or list that the short forms may make.
const LONGEST: usize = 16 << 20;

/// Reads a file of cases; the short forms are replaced by what they stand for.
pub fn read(text: &str) -> Result<Vec<Group>, String> {
    // Mistakes are told by their place in the file as it is.
    let _: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let value = serde_json::from_str(&keep_floats(text)).map_err(|e| e.to_string())?;
    serde_json::from_value(expand(value)?).map_err(|e| e.to_string())
}

/// Puts `{"$float": "1.5"}` for 1.5, as serde_json reads many numbers one bit off.
fn keep_floats(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        let (before, token) = rest.split_at(start);
        kept.push_str(before);
        let is_string = token.starts_with('"');
        let end = if is_string {
            string_length(token)
        } else {
            let outside = |c: char| !(c.is_ascii_digit() || "+-.eE".contains(c));
            token.find(outside).unwrap_or(token.len())
        };
        let (token, after) = token.split_at(end);
        // An integer of more digits may be one of a float, too.
        if !is_string && (token.contains(['.', 'e', 'E']) || token.len() > 18) {
            kept.push_str(&json!({ FLOAT: token }).to_string());
        } else {
            kept.push_str(token);
        }
        rest = after;
    }
    kept + rest
}

/// The length of the JSON string that `text` begins with, with both quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => (),
        }
    }
    text.len()
}

/// Replaces `{"$repeat": VALUE, "times": N}` and `{"$concat": [VALUE, …]}`.
fn expand(value: Value) -> Result<Value, String> {
    match value {
        Value::Array(items) => items.into_iter().map(expand).collect(),
        Value::Object(fields) if fields.contains_key("$repeat") => {
            let times = fields.get("times").and_then(Value::as_u64);
            match (fields.len(), times.map(usize::try_from)) {
                (2, Some(Ok(times))) => concat(&vec![
                    expand(fields["$repeat"].clone())?;
                    times.min(LONGEST)
                ]),
                _ => Err(r#"$repeat: expected {"$repeat": VALUE, "times": NUMBER}"#.to_owned()),
            }
        }
        Value::Object(fields) if fields.contains_key("$concat") => match &fields["$concat"] {
            Value::Array(parts) if fields.len() == 1 => concat(
                &parts
                    .iter()
                    .cloned()
                    .map(expand)
                    .collect::<Result<Vec<_>, _>>()?,
            ),
            _ => Err(r#"$concat: expected {"$concat": [VALUE, …]}"#.to_owned()),
        },
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, field)| Ok((name, expand(field)?)))
            .collect(),
        plain => Ok(plain),
    }
}

fn concat(parts: &[Value]) -> Result<Value, String> {
    let strings: Option<Vec<_>> = parts.iter().map(Value::as_str).collect();
    let lists: Option<Vec<_>> = parts.iter().map(Value::as_array).collect();
    let length: usize = match (&strings, &lists) {
        (Some(strings), _) => strings.iter().map(|part| part.len()).sum(),
        (_, Some(lists)) => lists.iter().map(|part| part.len()).sum(),
        _ => return Err("$repeat and $concat: expected strings alone, or lists alone".to_owned()),
    };
    if length > LONGEST {
        return Err(format!(
            "$repeat and $concat: expected at most {LONGEST} bytes or items"
        ));
    }
    Ok(match (strings, lists) {
        (Some(strings), _) => strings.concat().into(),
        (_, lists) => lists.into_iter().flatten().flatten().cloned().collect(),
    })
}
