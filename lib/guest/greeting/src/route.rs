//! What servers answer: from a request target to a reply, without a host.

use alloc::borrow::Cow;
use alloc::string::String;

use percent_encoding::percent_decode_str;

use crate::greet;

/// The status of a greeting; a response's default.
pub const OK: u16 = 200;
/// The status that comes with an `Allow` header.
pub const METHOD_NOT_ALLOWED: u16 = 405;
/// The methods that greet, as in an `Allow` header.
pub const ALLOW: &str = "GET, HEAD";

const BAD_REQUEST: u16 = 400;
const URI_TOO_LONG: u16 = 414;

/// The longest name that is greeted over HTTP, in bytes.
const MAX_NAME: usize = 4096;
/// Who is greeted when the path names nobody.
const NOBODY: &str = "World";

/// A status and a body of plain text.
#[derive(Debug, PartialEq)]
pub struct Reply {
    /// The HTTP status code.
    pub status: u16,
    /// The greeting, or one line that says what is wrong.
    pub body: String,
}

impl Reply {
    /// The reply to a method other than those of [`ALLOW`].
    pub fn method_not_allowed() -> Self {
        Self {
            status: METHOD_NOT_ALLOWED,
            body: ["use one of: ", ALLOW].concat(),
        }
    }
}

/// Answers `GET target`: `/<name>?up=<bool>`.
pub fn reply(target: &str) -> Reply {
    match parse(target) {
        Ok((name, up)) => Reply {
            status: OK,
            body: greet(&name, up),
        },
        Err((status, message)) => Reply {
            status,
            body: message.into_owned(),
        },
    }
}

type Problem = (u16, Cow<'static, str>);

fn parse(target: &str) -> Result<(Cow<'_, str>, bool), Problem> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    // All that follows the first slash is the name, further slashes too.
    let name = decode_name(path.strip_prefix('/').unwrap_or(path))?;
    let name = if name.is_empty() { NOBODY.into() } else { name };
    Ok((name, parse_up(query)?))
}

fn decode_name(raw: &str) -> Result<Cow<'_, str>, Problem> {
    if !is_percent_encoded(raw) {
        return Err((
            BAD_REQUEST,
            "the name has a % without two hexadecimal digits".into(),
        ));
    }
    let bytes = percent_decode_str(raw);
    if bytes.clone().count() > MAX_NAME {
        return Err((URI_TOO_LONG, "the name is longer than 4096 bytes".into()));
    }
    bytes
        .decode_utf8()
        .map_err(|_| (BAD_REQUEST, "the name is not UTF-8".into()))
}

/// Whether each `%` has its two digits: the decoder lets others pass as they are.
fn is_percent_encoded(raw: &str) -> bool {
    raw.split('%').skip(1).all(|rest| {
        rest.as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// The value of the first `up`; without any it is false.
fn parse_up(query: &str) -> Result<bool, Problem> {
    let mut pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    match pairs.find(|(key, _)| decodes_to(key, "up")) {
        None => Ok(false),
        Some((_, value)) if decodes_to(value, "true") => Ok(true),
        Some((_, value)) if decodes_to(value, "false") => Ok(false),
        // Named as it was sent: an encoded line break stays encoded.
        Some((_, value)) => Err((
            BAD_REQUEST,
            ["up is true or false, not ", value].concat().into(),
        )),
    }
}

fn decodes_to(raw: &str, text: &str) -> bool {
    percent_decode_str(raw).eq(text.bytes())
}

#[cfg(test)]
mod tests;
