//! The responses that the host makes itself.

use std::borrow::Cow;
use std::sync::Arc;

use http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};

use crate::body::ReplyBody;
use crate::guest::Failure;
use crate::record::Record;
use crate::wire::Wire;

/// A response that the host makes itself, when the guest has none.
pub struct Refusal {
    status: StatusCode,
    text: &'static str,
    /// For the log.
    reason: Cow<'static, str>,
    /// Not the client's own mistake, and told on stderr, too.
    failed: bool,
}

impl Refusal {
    /// The client sent more than it may.
    pub const TOO_LARGE: Self =
        Self::client(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
    /// There is no place for the request.
    pub const BUSY: Self = Self::client(
        StatusCode::SERVICE_UNAVAILABLE,
        "too many requests in flight",
    );

    /// The client's own mistake.
    pub const fn client(status: StatusCode, text: &'static str) -> Self {
        Self {
            status,
            text,
            reason: Cow::Borrowed(text),
            failed: false,
        }
    }

    /// The client's body does not end as it should.
    pub fn broken_body(reason: &str) -> Self {
        let text = "the body is broken";
        Self {
            reason: format!("{text}: {reason}").into(),
            ..Self::client(StatusCode::BAD_REQUEST, text)
        }
    }

    /// The guest's failure; `reason` is for the log.
    pub fn guest(status: StatusCode, text: &'static str, reason: String) -> Self {
        Self {
            reason: reason.into(),
            failed: true,
            ..Self::client(status, text)
        }
    }

    /// The guest's response, which is none that ends an exchange.
    pub fn informational(status: StatusCode) -> Self {
        let number = status.as_u16();
        Self::guest(
            StatusCode::BAD_GATEWAY,
            "the component answered with a status that is not final",
            format!("the guest answered with status {number}, which is not final"),
        )
    }

    /// The response to the request of `record`.
    pub fn into_response(self, mut record: Record, wire: &Arc<Wire>) -> Response<ReplyBody> {
        if self.failed {
            record.fail(&self.reason);
        } else {
            record.reason = Some(self.reason);
        }
        record.status = self.status.as_u16();
        let text = format!("{} (request {})\n", self.text, record.id);
        let id = HeaderValue::try_from(record.id.to_string());
        let mut response = Response::new(ReplyBody::whole(text.into(), record, wire));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        if let Ok(id) = id {
            headers.insert("x-request-id", id);
        }
        if self.status == StatusCode::BAD_REQUEST {
            // Who knows what follows.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let (status, text) = match failure {
            Failure::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "too many requests in flight",
            ),
            Failure::Timeout => (StatusCode::GATEWAY_TIMEOUT, "the component took too long"),
            Failure::Trap(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the component failed"),
        };
        Self::guest(status, text, failure.to_string())
    }
}
