//! The responses that the host makes itself.

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};

use crate::body::ReplyBody;
use crate::guest::Failure;
use crate::record::Record;

/// A response that the host makes itself, when the guest has none.
pub struct Refusal {
    status: StatusCode,
    text: &'static str,
    /// For stderr; a client's own mistake is not told there.
    reason: Option<String>,
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
            reason: None,
        }
    }

    /// The guest's failure; `reason` is for the log.
    pub fn guest(status: StatusCode, text: &'static str, reason: String) -> Self {
        Self {
            status,
            text,
            reason: Some(reason),
        }
    }

    /// The response to the request of `record`.
    pub fn into_response(self, mut record: Record) -> Response<ReplyBody> {
        if let Some(reason) = &self.reason {
            record.fail(reason);
        }
        record.status = self.status.as_u16();
        let text = format!("{} (request {})\n", self.text, record.id);
        let id = HeaderValue::try_from(record.id.to_string());
        let mut response = Response::new(ReplyBody::whole(text.into(), record));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        if let Ok(id) = id {
            headers.insert("x-request-id", id);
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
