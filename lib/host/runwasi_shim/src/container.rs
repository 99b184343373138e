//! One container: how it is made, started, told, and what comes of it.

use std::fmt::Display;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use containerd_shim::api::CreateTaskRequest;
use containerd_shim::monitor::{Topic, monitor_subscribe, wait_pid};
use containerd_shim::protos::events::task::{TaskExit, TaskOOM, TaskStart};
use containerd_shim::protos::protobuf::well_known_types::any::Any;
use containerd_shim::protos::protobuf::well_known_types::timestamp::Timestamp;
use containerd_shim::protos::ttrpc::{Code, Error as RpcError, get_status};
use containerd_shim::protos::types::task::Status;
use containerd_shim::util::timestamp;
use containerd_shim::{TtrpcResult as Result, monitor};
use containerd_shim_wasm::sandbox::context::WasmLayer;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::cgroup::Cgroup;
use crate::cleanup::state_root;
use crate::events::Events;
use crate::inner::{Inner, Plan};
use crate::options::Options;
use crate::stats;
use crate::streams::{Opened, Streams};

/// How long a killed process may take to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest signal that Linux has.
const SIGNALS: u32 = 64;

/// A container, made and perhaps started.
pub struct Container {
    /// What CreateTask was asked for.
    pub request: CreateTaskRequest,
    /// Its first process.
    pub pid: u32,
    handle: Option<OwnedFd>,
    inner: Inner,
    cgroup: Cgroup,
    streams: Streams,
    events: Events,
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    started: bool,
    end: Option<End>,
}

/// How a container has ended.
#[derive(Clone, Debug)]
pub struct End {
    /// Its exit code.
    pub code: u32,
    /// When that was.
    pub at: Timestamp,
}

/// An answer that says what is wrong.
pub fn status(code: Code, text: impl Display) -> RpcError {
    RpcError::RpcStatus(get_status(code, text))
}

fn failed(error: impl Display) -> RpcError {
    status(Code::UNKNOWN, error)
}

impl Container {
    /// Makes a container whose image has `layers`.
    ///
    /// # Errors
    /// What is wrong with the request, or what libcontainer says.
    pub fn create(
        request: CreateTaskRequest,
        namespace: &str,
        layers: Vec<WasmLayer>,
        events: Events,
    ) -> Result<Arc<Self>> {
        let options = Options::read(request.options.as_ref())
            .map_err(|error| status(Code::INVALID_ARGUMENT, error))?;
        // From before there is a process, so that its end is not missed.
        let ends_of_processes = monitor_subscribe(Topic::Pid)?;
        let (opened, ends) = Opened::new(&request).map_err(failed)?;
        let plan = Plan {
            id: request.id.clone(),
            bundle: request.bundle.clone().into(),
            state: state_root(namespace),
            systemd: options.systemd_cgroup,
            layers,
            ends,
        };
        let (inner, pid) = Inner::build(plan).map_err(failed)?;
        let streams = opened.connect().map_err(|error| {
            let _ = inner.delete();
            failed(error)
        })?;
        let handle = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let handle = handle.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        let container = Arc::new(Self {
            request,
            pid,
            handle,
            inner,
            cgroup: Cgroup::of(pid),
            streams,
            events,
            state: Mutex::default(),
            ended: Condvar::new(),
        });
        let watched = container.clone();
        thread::spawn(move || watched.watch(ends_of_processes));
        Ok(container)
    }

    /// Waits for the end, and tells of it.
    fn watch(&self, ends_of_processes: monitor::Subscription) {
        let pid = i32::try_from(self.pid).unwrap_or_default();
        let code = wait_pid(pid, ends_of_processes);
        let out_of_memory = self.cgroup.out_of_memory() > 0;
        let end = End {
            code: u32::try_from(code).unwrap_or_default(),
            at: timestamp().unwrap_or_default(),
        };
        let mut state = self.state();
        if out_of_memory {
            self.events.send(TaskOOM {
                container_id: self.request.id.clone(),
                ..TaskOOM::default()
            });
        }
        self.events.send(TaskExit {
            container_id: self.request.id.clone(),
            id: self.request.id.clone(),
            pid: self.pid,
            exit_status: end.code,
            exited_at: Some(end.at.clone()).into(),
            ..TaskExit::default()
        });
        state.end = Some(end);
        self.ended.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    /// Lets the container's program begin.
    ///
    /// # Errors
    /// It has been started before, or what libcontainer says.
    pub fn start(&self) -> Result<()> {
        let mut state = self.state();
        if state.started || state.end.is_some() {
            let text = "the container has been started before";
            return Err(status(Code::FAILED_PRECONDITION, text));
        }
        self.inner.start().map_err(failed)?;
        state.started = true;
        // Before its end is told, as that needs the state, too.
        self.events.send(TaskStart {
            container_id: self.request.id.clone(),
            pid: self.pid,
            ..TaskStart::default()
        });
        Ok(())
    }

    /// What it is doing.
    pub fn status(&self) -> Status {
        match &*self.state() {
            State { end: Some(_), .. } => Status::STOPPED,
            State { started: true, .. } => Status::RUNNING,
            State { .. } => Status::CREATED,
        }
    }

    /// How it has ended, if it has.
    pub fn end(&self) -> Option<End> {
        self.state().end.clone()
    }

    /// Waits for its end.
    pub fn wait(&self) -> End {
        let mut state = self.state();
        loop {
            match &state.end {
                Some(end) => return end.clone(),
                None => state = self.ended.wait(state).expect("no panic"),
            }
        }
    }

    /// Sends a signal to its first process, or to `all`.
    ///
    /// # Errors
    /// It has ended, or there is no such signal.
    pub fn kill(&self, number: u32, all: bool) -> Result<()> {
        let signal = i32::try_from(number).ok().filter(|_| number <= SIGNALS);
        let Some(signal) = signal.filter(|signal| *signal > 0) else {
            let text = format!("{number}: no such signal; expected 1 to {SIGNALS}");
            return Err(status(Code::INVALID_ARGUMENT, text));
        };
        // SAFETY: it is one that the kernel has; no library keeps any for itself here.
        let signal = unsafe { Signal::from_raw_unchecked(signal) };
        let gone = || status(Code::NOT_FOUND, "process already finished");
        let handle = self.handle.as_ref().ok_or_else(gone)?;
        if self.end().is_some() {
            return Err(gone());
        }
        match pidfd_send_signal(handle, signal) {
            Err(Errno::SRCH) => return Err(gone()),
            sent => sent.map_err(failed)?,
        }
        if all {
            let others = self.cgroup.processes().into_iter();
            for pid in others.filter(|pid| *pid != self.pid) {
                let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
                // One that has just ended needs no signal.
                let _ = pid.map(|pid| rustix::process::kill_process(pid, signal));
            }
        }
        Ok(())
    }

    /// Removes what libcontainer has made.
    ///
    /// # Errors
    /// It is running, or what libcontainer says.
    pub fn delete(&self) -> Result<()> {
        match self.status() {
            Status::RUNNING => {
                let text = "the container is running";
                return Err(status(Code::FAILED_PRECONDITION, text));
            }
            // It has nothing to finish.
            Status::CREATED => {
                let _ = self.kill(Signal::KILL.as_raw().unsigned_abs(), true);
                let state = self.state();
                let waits = |state: &mut State| state.end.is_none();
                drop(self.ended.wait_timeout_while(state, PATIENCE, waits));
            }
            _ => {}
        }
        self.inner.delete().map_err(failed)?;
        self.streams.finish();
        Ok(())
    }

    /// Its processes, by their numbers outside. One that has ended is still there until it
    /// is deleted: a containerd that is started again takes a container without any for
    /// a leftover, and how it ended would be lost.
    pub fn processes(&self) -> Vec<u32> {
        match self.status() {
            Status::STOPPED => vec![self.pid],
            _ => self.cgroup.processes(),
        }
    }

    /// What it has used.
    ///
    /// # Errors
    /// It has ended.
    pub fn stats(&self) -> Result<Any> {
        if self.status() == Status::STOPPED {
            return Err(status(Code::NOT_FOUND, "the container has ended"));
        }
        Ok(stats::of(&self.cgroup)?)
    }

    /// Changes what it may use.
    ///
    /// # Errors
    /// What is wrong with the request, or what the kernel refuses.
    pub fn update(&self, resources: &Any) -> Result<()> {
        let text = String::from_utf8_lossy(&resources.value).into_owned();
        self.inner.update(text).map_err(failed)
    }

    /// Gives its terminal a size.
    ///
    /// # Errors
    /// There is no terminal.
    pub fn resize(&self, columns: u32, rows: u32) -> Result<()> {
        let size = |cells: u32| u16::try_from(cells).unwrap_or(u16::MAX);
        let resized = self.streams.resize(size(columns), size(rows));
        resized.map_err(|error| status(Code::FAILED_PRECONDITION, error))
    }

    /// Ends its standard input.
    pub fn close_stdin(&self) {
        self.streams.close_stdin();
    }
}
