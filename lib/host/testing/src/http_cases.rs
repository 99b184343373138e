//! The cases of a guest that is a server: `http.json` beside it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;
use serde_json::Value;

use crate::cases;
use crate::client::Client;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    request: Request,
    response: Expected,
}

/// `json` is a body that is JSON, `body` one that is text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(default = "get")]
    method: String,
    target: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    json: Option<Value>,
}

/// Headers are some of those that there are; without a body, whatever it is is right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    json: Option<Value>,
}

fn get() -> String {
    "GET".to_owned()
}

fn ok() -> u16 {
    200
}

/// Holds the server at `HOST:PORT` to the cases.
///
/// # Panics
/// It answers otherwise.
pub fn hold_at(addr: &str) {
    let cases: Vec<Case> = cases::read();
    cases::run_all(&cases, |case| &case.name, |case| hold(addr, case));
}

fn hold(addr: &str, case: &Case) {
    let mut client = Client::connect(addr);
    client.send(case.request.written());
    let response = client.receive(case.request.method == "HEAD");
    let expected = &case.response;
    let got = String::from_utf8_lossy(&response.body);
    assert_eq!(response.status, expected.status, "{got:.300}");
    for (name, value) in &expected.headers {
        assert_eq!(response.header(name), Some(value.as_str()), "{name}");
    }
    assert!(response.complete, "the body breaks off");
    if let Some(body) = &expected.body {
        assert!(got == *body, "expected {body:.300}, got {got:.300}");
    }
    if let Some(json) = &expected.json {
        let got: Value = serde_json::from_str(&got).expect("JSON");
        assert_eq!(got, *json);
    }
}

impl Request {
    /// As it goes over the wire.
    fn written(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: test\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let json = self.json.as_ref().map(Value::to_string);
        match json.as_ref().or(self.body.as_ref()) {
            Some(body) => {
                let _ = write!(text, "content-length: {}\r\n\r\n{body}", body.len());
            }
            None => text.push_str("\r\n"),
        }
        text
    }
}
