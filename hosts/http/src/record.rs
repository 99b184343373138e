//! One request in the log: a line on stdout when its response is over, and a line
//! on stderr when something went wrong.

use std::cell::RefCell;
use std::fmt::{Display, Write};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use http::{Method, Uri};

use crate::log::{Log, push_quoted};
use crate::request_id::RequestId;

/// What of a path is logged, in bytes.
const MAX_PATH: usize = 2048;
/// What of a reason is logged, in bytes.
const MAX_REASON: usize = 1024;

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
    method: Method,
    target: Uri,
    logs: &'static Logs,
}

impl Record {
    /// Starts the record of a request.
    pub fn new<B>(request: &http::Request<B>, logs: &'static Logs) -> Self {
        Self {
            id: RequestId::of(request.headers()),
            status: CLIENT_GONE,
            bytes: 0,
            start: Instant::now(),
            method: request.method().clone(),
            target: request.uri().clone(),
            logs,
        }
    }

    /// Whether the response has no body whatever its head says.
    pub fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// Says on stderr why the request failed.
    pub fn fail(&self, reason: &dyn Display) {
        let mut line = String::new();
        self.push_request(&mut line);
        line.push_str(" error=");
        push_quoted(&mut line, reason.to_string().as_bytes(), MAX_REASON);
        line.push('\n');
        self.logs.errors.line(&line);
    }

    fn push_request(&self, line: &mut String) {
        line.push_str("ts=");
        push_time(line, SystemTime::now());
        let _ = write!(line, " id={} method=", self.id);
        // A method is made of visible characters, but of as many as one likes.
        line.push_str(&self.method.as_str()[..self.method.as_str().len().min(32)]);
        line.push_str(" path=");
        let path = self
            .target
            .path_and_query()
            .map_or("", |path| path.as_str());
        push_quoted(line, path.as_bytes(), MAX_PATH);
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
            let _ = writeln!(
                line,
                " status={status} bytes={bytes} duration_us={duration}"
            );
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
