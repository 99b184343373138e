//! What is known of a connection: by hyper's end of it, by the request under way, and
//! by the host, which may need its place.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use crate::record::Record;

/// A connection.
pub struct Wire {
    /// The client's address, for the log.
    pub client: Arc<str>,
    /// Wakes the connection's task, which then looks whether it is to close.
    pub wake: Notify,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    /// Asked to make room for another client.
    unwanted: bool,
    /// Some of the response is out.
    begun: bool,
    /// Bytes that hyper wants to send and the system does not take yet.
    unsent: usize,
    /// The record of a response that hyper has, but perhaps not sent.
    record: Option<Record>,
    /// The status of a response that hyper made by itself.
    own_status: Option<u16>,
}

/// How far a connection is with its current request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// There is none, since then.
    Idle(Instant),
    /// Its head is arriving.
    Reading,
    /// It has no response yet.
    Waiting,
    /// Its response is being sent.
    Replying {
        /// In chunks.
        chunked: bool,
    },
}

impl Wire {
    /// A new connection of `client`.
    pub fn new(client: Arc<str>) -> Self {
        Self {
            client,
            wake: Notify::new(),
            state: Mutex::new(State {
                phase: Phase::Idle(Instant::now()),
                unwanted: false,
                begun: false,
                unsent: 0,
                record: None,
                own_status: None,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the current request is, and whether some of its response is out.
    pub fn phase(&self) -> (Phase, bool) {
        let state = self.state();
        (state.phase, state.begun)
    }

    /// Since when the connection has nothing to do.
    pub fn idle_since(&self) -> Option<Instant> {
        match self.state().phase {
            Phase::Idle(since) => Some(since),
            _ => None,
        }
    }

    /// Whether a request is being answered.
    pub fn is_answering(&self) -> bool {
        matches!(self.state().phase, Phase::Waiting | Phase::Replying { .. })
    }

    /// Asks the connection to close as soon as it has answered its request.
    pub fn close(&self) {
        self.state().unwanted = true;
        self.wake.notify_one();
    }

    /// Whether it was asked to close.
    pub fn is_unwanted(&self) -> bool {
        self.state().unwanted
    }

    /// Something of a request has come.
    pub fn heard(&self) {
        let mut state = self.state();
        if let Phase::Idle(_) = state.phase {
            state.phase = Phase::Reading;
        }
    }

    /// The head of a request is complete.
    pub fn begin(&self) {
        let mut state = self.state();
        state.phase = Phase::Waiting;
        state.begun = false;
    }

    /// There is a response to it.
    pub fn reply(&self, chunked: bool) {
        self.state().phase = Phase::Replying { chunked };
    }

    /// `taken` bytes of `head` and what follows it were sent, `left` bytes wait.
    pub fn wrote(&self, head: &[u8], taken: usize, left: usize) {
        let mut state = self.state();
        state.unsent = left;
        match state.phase {
            Phase::Replying { .. } => state.begun |= taken > 0,
            Phase::Waiting => {}
            // Nobody asked for this: hyper answers by itself what is no HTTP.
            Phase::Idle(_) | Phase::Reading => {
                let status = head.get(9..12).and_then(|it| std::str::from_utf8(it).ok());
                state.own_status = status.and_then(|status| status.parse().ok());
            }
        }
    }

    /// hyper has all of the response.
    pub fn finish(&self, record: Record) {
        self.state().record = Some(record);
    }

    /// All that hyper has is sent; whether that completes a response, which is logged.
    pub fn sent(&self) -> bool {
        let mut state = self.state();
        let record = state.record.take();
        if record.is_some() {
            state.phase = Phase::Idle(Instant::now());
        }
        drop(state);
        record.is_some()
    }

    /// The connection is over; a response that is not all sent is logged as what it is.
    ///
    /// The result is the status of a response that hyper made by itself.
    pub fn end(&self) -> Option<u16> {
        let mut state = self.state();
        let unsent = state.unsent as u64;
        let (record, begun) = (state.record.take(), state.begun);
        let own_status = state.own_status;
        drop(state);
        if let Some(record) = record {
            record.cut_off(begun, unsent);
        }
        own_status
    }
}
