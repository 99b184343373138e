//! One request in the log: a line on stdout when its response is over, and a line
//! on stderr when something went wrong.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::{Display, Write};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use http::header::{HOST, USER_AGENT};
use http::{HeaderValue, Method, Uri};

use crate::log::{Log, push_quoted};
use crate::request_id::RequestId;

/// What of a path is logged, in bytes.
const MAX_PATH: usize = 2048;
/// What of a reason is logged, in bytes.
const MAX_REASON: usize = 1024;
/// What of a host or a user agent is logged, in bytes.
const MAX_FIELD: usize = 256;

/// The status that says, only in the log, that the client went away first.
pub const CLIENT_GONE: u16 = 499;

/// Where records go.
#[derive(Clone)]
pub struct Logs {
    /// The access log; none with `--quiet`.
    pub access: Option<Log>,
    /// Failures of guests, and what guests print.
    pub errors: Log,
}

/// A request under way; dropping it writes its line to the access log.
pub struct Record {
    /// The request's id.
    pub id: RequestId,
    /// The status sent.
    pub status: u16,
    /// Bytes of body sent.
    pub bytes: u64,
    /// When the head of the request was complete.
    pub start: Instant,
    /// Why it has not got the response that its guest wanted, for the log.
    pub reason: Option<Cow<'static, str>>,
    method: Method,
    target: Option<Uri>,
    client: Arc<str>,
    host: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    logs: &'static Logs,
}

impl Record {
    /// Starts the record of a request.
    pub fn new<B>(request: &http::Request<B>, client: Arc<str>, logs: &'static Logs) -> Self {
        let headers = request.headers();
        Self {
            id: RequestId::of(headers),
            status: CLIENT_GONE,
            bytes: 0,
            start: Instant::now(),
            reason: None,
            method: request.method().clone(),
            target: Some(request.uri().clone()),
            client,
            host: headers.get(HOST).cloned(),
            user_agent: headers.get(USER_AGENT).cloned(),
            logs,
        }
    }

    /// Logs a request that cannot be read, and that was answered with `status`.
    pub fn refused(client: Arc<str>, logs: &'static Logs, status: u16, reason: String) {
        let mut record = Self::new(&http::Request::new(()), client, logs);
        record.status = status;
        record.reason = Some(reason.into());
        record.target = None;
        // No method is called so, but one could be.
        record.method = Method::from_bytes(b"-").unwrap_or_default();
    }

    /// Logs a request whose client went away before it had all of the response: whether
    /// that had `begun` to be sent, and how many of its bytes were `unsent`.
    pub fn cut_off(mut self, begun: bool, unsent: u64) {
        self.bytes = self.bytes.saturating_sub(unsent);
        if !begun {
            self.status = CLIENT_GONE;
        }
        if self.reason.is_none() {
            self.reason = Some("the client has gone".into());
        }
    }

    /// Whether the response has no body whatever its head says.
    pub fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// Says on stderr, too, why the request failed.
    pub fn fail(&mut self, reason: &dyn Display) {
        let reason = reason.to_string();
        let mut line = String::new();
        self.push_request(&mut line);
        line.push_str(" error=");
        push_quoted(&mut line, reason.as_bytes(), MAX_REASON);
        line.push('\n');
        self.logs.errors.line(&line);
        self.reason = Some(reason.into());
    }

    fn push_request(&self, line: &mut String) {
        line.push_str("ts=");
        push_time(line, SystemTime::now());
        let _ = write!(line, " id={} method=", self.id);
        // A method is made of visible characters, but of as many as one likes.
        line.push_str(&self.method.as_str()[..self.method.as_str().len().min(32)]);
        line.push_str(" path=");
        let path = self.target.as_ref().map(|target| {
            let path = target.path_and_query();
            path.map_or("", |path| path.as_str())
        });
        push_quoted(line, path.unwrap_or("-").as_bytes(), MAX_PATH);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        thread_local!(static LINE: RefCell<String> = const { RefCell::new(String::new()) });
        let Some(access) = &self.logs.access else {
            return;
        };
        LINE.with_borrow_mut(|line| {
            line.clear();
            self.push_request(line);
            let duration = self.start.elapsed().as_micros();
            let (status, bytes) = (self.status, self.bytes);
            let client = &self.client;
            let _ = write!(
                line,
                " status={status} bytes={bytes} duration_us={duration} client={client}"
            );
            for (key, field) in [(" host=", &self.host), (" user_agent=", &self.user_agent)] {
                line.push_str(key);
                let field = field.as_ref().map_or(&b"-"[..], HeaderValue::as_bytes);
                push_quoted(line, field, MAX_FIELD);
            }
            if let Some(reason) = &self.reason {
                line.push_str(" reason=");
                push_quoted(line, reason.as_bytes(), MAX_REASON);
            }
            line.push('\n');
            access.line(line);
        });
    }
}

/// Appends `time` as RFC 3339 in UTC with milliseconds.
fn push_time(line: &mut String, time: SystemTime) {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seconds, millis) = (since_epoch.as_secs(), since_epoch.subsec_millis());
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let _ = write!(
        line,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
    );
}

/// The Gregorian date of a day counted from 1970-01-01 (Hinnant's `civil_from_days`,
/// for days from the epoch on).
fn civil(day: u64) -> (u64, u64, u64) {
    let shifted = day + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> String {
        let mut line = String::new();
        push_time(
            &mut line,
            UNIX_EPOCH + Duration::from_millis(seconds * 1000 + 7),
        );
        line
    }

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(at(0), "1970-01-01T00:00:00.007Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59.007Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00.007Z");
        assert_eq!(at(1_798_761_599), "2026-12-31T23:59:59.007Z");
    }
}
