//! The id under which a request appears in the log.

use std::fmt::{self, Display, Formatter};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue};

const MAX_LENGTH: usize = 128;

/// A request's id: the client's `x-request-id`, or one of ours.
#[derive(Clone, Debug)]
pub enum RequestId {
    /// The header, checked.
    Given(HeaderValue),
    /// A number that is unique in this process.
    Made(u32),
    /// No request: the guest is being started ahead of any.
    None,
}

impl RequestId {
    /// Takes the client's id if it is one that can stand in a log as it is.
    pub fn of(headers: &HeaderMap) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        match headers.get("x-request-id") {
            Some(id) if is_valid(id.as_bytes()) => Self::Given(id.clone()),
            _ => Self::Made(NEXT.fetch_add(1, Ordering::Relaxed)),
        }
    }
}

impl Display for RequestId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(id) => f.write_str(id.to_str().unwrap_or_default()),
            Self::None => f.write_str("none"),
            Self::Made(number) => write!(f, "{:08x}{number:08x}", process()),
        }
    }
}

fn is_valid(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(byte);
    (1..=MAX_LENGTH).contains(&id.len()) && id.iter().all(plain)
}

/// Tells this process's ids from those of the one before.
fn process() -> u32 {
    static PROCESS: OnceLock<u32> = OnceLock::new();
    *PROCESS.get_or_init(|| {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        now.subsec_nanos() ^ (now.as_secs() as u32).rotate_left(16) ^ std::process::id()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &'static [u8]) -> RequestId {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-request-id",
            HeaderValue::from_bytes(value).expect("a header value"),
        );
        RequestId::of(&headers)
    }

    #[test]
    fn a_plain_id_is_kept() {
        assert_eq!(of(b"7f3c-Az_9.0").to_string(), "7f3c-Az_9.0");
    }

    #[test]
    fn an_id_that_could_forge_a_log_line_is_replaced() {
        for id in [&b"a b"[..], b"a\"b", b"\xc3\xa9", b"", &[b'a'; 129]] {
            let made = RequestId::of(&{
                let mut headers = HeaderMap::new();
                headers.insert(
                    "x-request-id",
                    HeaderValue::from_bytes(id).expect("a value"),
                );
                headers
            });
            assert!(matches!(made, RequestId::Made(_)), "{id:?}");
            assert_eq!(made.to_string().len(), 16);
        }
    }
}
