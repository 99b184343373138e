//! From a request to a reply.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::anyhost::pricing::pricing::{self, PricingError, Quotation, Session};
use crate::json;

/// The largest body that is read, in bytes.
pub const MAX_BODY: usize = 65_536;

const USAGE: &str = r#"POST /quote   prices a cart:
  {"currency": "eur", "lines": [{"sku": "A-1", "unit-price": "1999", "quantity": 2}]}
  "customer" names whom it is for; a line's "handling" is a list of fragile, gift-wrap, express;
  "discount" is {"percentage": 10} or {"amount": "500"}. Amounts are in minor units; currencies
  are eur, usd, gbp, jpy.

POST /merge   prices the lines of several sessions, all in one currency, as one:
  {"sessions": [{"currency": "eur", "lines": [...]}, ...], "discount": {"percentage": 10}}

The answer is the quotation. With status 400 or 422 it is {"error": ...}: what cannot be read, or
why there is no price.
"#;

/// The methods that differ here.
#[derive(Clone, Copy, PartialEq)]
pub enum Verb {
    Get,
    Head,
    Post,
    Other,
}

/// A status and a body.
#[derive(Debug, PartialEq)]
pub struct Reply {
    /// The HTTP status code.
    pub status: u16,
    /// What the body is.
    pub content_type: &'static str,
    /// The methods that an `Allow` header names.
    pub allow: Option<&'static str>,
    pub body: Vec<u8>,
}

impl Reply {
    fn json(status: u16, value: &impl Serialize) -> Self {
        let mut body = serde_json::to_vec(value).expect("all keys are strings");
        body.push(b'\n');
        Self {
            status,
            content_type: "application/json",
            allow: None,
            body,
        }
    }

    fn wrong(status: u16, reason: &str) -> Self {
        Self::json(status, &json::Wrong { error: reason })
    }

    fn not_allowed(methods: &'static str) -> Self {
        let reply = Self::wrong(405, &["the method is none of ", methods].concat());
        Self {
            allow: Some(methods),
            ..reply
        }
    }

    /// More than [`MAX_BODY`].
    pub fn too_large() -> Self {
        Self::wrong(413, "the body is larger than 65536 bytes")
    }

    /// The client has not sent all of the body.
    pub fn broken_off() -> Self {
        Self::wrong(400, "the body breaks off")
    }
}

/// Answers a request, whose body is read only where one is wanted.
pub fn reply(verb: Verb, target: &str, body: impl FnOnce() -> Result<Vec<u8>, Reply>) -> Reply {
    let path = target.split('?').next().unwrap_or(target);
    let answered = match (path, verb) {
        ("/", Verb::Get | Verb::Head) => Ok(Reply {
            status: 200,
            content_type: "text/plain; charset=utf-8",
            allow: None,
            body: USAGE.as_bytes().to_vec(),
        }),
        ("/", _) => Err(Reply::not_allowed("GET, HEAD")),
        ("/quote", Verb::Post) => body().and_then(|body| parsed(&body)).map(quote),
        ("/merge", Verb::Post) => body().and_then(|body| parsed(&body)).and_then(merge),
        ("/quote" | "/merge", _) => Err(Reply::not_allowed("POST")),
        _ => Err(Reply::wrong(
            404,
            "there is no such path: GET / has those that there are",
        )),
    };
    answered.unwrap_or_else(|reply| reply)
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).map_err(|error| Reply::wrong(400, &error.to_string()))
}

fn quote(cart: json::Cart) -> Reply {
    priced(pricing::quote(&cart.into()))
}

/// One session for each list of lines, and all of them in one.
fn merge(sessions: json::Sessions) -> Result<Reply, Reply> {
    let mut merged = None;
    for json::Session { currency, lines } in sessions.sessions {
        let session = Session::new(currency.into());
        for line in lines {
            session.add(&line.into());
        }
        merged = Some(match merged {
            None => session,
            Some(before) => match Session::merge(before, session) {
                Ok(both) => both,
                Err(error) => return Ok(refused(error)),
            },
        });
    }
    let none = || Reply::wrong(400, "sessions: expected one or more");
    let merged = merged.ok_or_else(none)?;
    Ok(priced(merged.quote(sessions.discount.into())))
}

fn priced(result: Result<Quotation, PricingError>) -> Reply {
    match result {
        Ok(quotation) => Reply::json(200, &json::Quotation::from(quotation)),
        Err(error) => refused(error),
    }
}

fn refused(error: PricingError) -> Reply {
    let error = json::PricingError::from(error);
    Reply::json(422, &json::Wrong { error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replied(verb: Verb, target: &str, body: &str) -> (u16, String) {
        let reply = reply(verb, target, || Ok(body.as_bytes().to_vec()));
        (reply.status, String::from_utf8(reply.body).expect("UTF-8"))
    }

    #[test]
    fn a_path_has_its_methods() {
        assert_eq!(replied(Verb::Get, "/?x=1", ""), (200, USAGE.to_owned()));
        assert_eq!(replied(Verb::Get, "/cart", "").0, 404);
        fn no_body() -> Result<Vec<u8>, Reply> {
            panic!("the body is not wanted")
        }
        for (verb, target, allow) in [
            (Verb::Post, "/", "GET, HEAD"),
            (Verb::Get, "/quote", "POST"),
            (Verb::Other, "/merge", "POST"),
        ] {
            let reply = reply(verb, target, no_body);
            assert_eq!((reply.status, reply.allow), (405, Some(allow)));
        }
    }

    #[test]
    fn what_is_no_cart_is_told_with_its_place() {
        let line = |place: &str| format!("{{\"error\":\"{place}\"}}\n");
        let missing = line("missing field `currency` at line 1 column 2");
        assert_eq!(replied(Verb::Post, "/quote", "{}"), (400, missing));
        let none = line("sessions: expected one or more");
        assert_eq!(
            replied(Verb::Post, "/merge", r#"{"sessions":[]}"#),
            (400, none)
        );
    }
}
