//! Runs a guest for a request, bounded in time.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use anyhost_wasi::State;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Sleep, sleep_until};
use wasmtime::{Engine, PoolConcurrencyLimitError, Store, Trap};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p3::bindings::ServicePre;
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

use crate::record::Record;
use crate::request_body::{Fault, RequestBody};
use crate::request_id::RequestId;
use crate::service::{self, Kept};
use crate::state::Grants;

/// A guest's response, or the error that it answers with, for the log.
pub type Reply = Result<Response<WasiBody>, String>;

/// The component, ready to be instantiated.
pub struct Guest {
    /// The component with its imports resolved.
    pub handler: Handler,
    /// What each instance gets.
    pub grants: Grants,
}

/// A component by the version of `wasi:http` that it exports a handler of.
pub enum Handler {
    /// 0.2: a fresh instance for each request.
    P2(ProxyPre<State>),
    /// 0.3: likewise, unless instances are kept.
    P3(ServicePre<State>, Kept),
}

impl Handler {
    /// The engine of its instances.
    pub fn engine(&self) -> &Engine {
        match self {
            Self::P2(pre) => pre.engine(),
            Self::P3(pre, _) => pre.engine(),
        }
    }
}

/// The first tick may come at once and is passed over: a short request is not to be
/// interrupted.
pub const FIRST_TICK: u64 = 2;

/// Why a guest did not run to its end.
#[derive(Debug)]
pub enum Failure {
    /// It took longer than it may.
    Timeout,
    /// There is no room for an instance now.
    Busy,
    /// It trapped; what the engine says.
    Trap(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Timeout => f.write_str("timeout"),
            Self::Busy => f.write_str("no room for another instance"),
            Self::Trap(reason) => f.write_str(reason),
        }
    }
}

/// A guest at work: a future that ends when the guest does, or at its deadline.
///
/// It runs wherever it is polled, so that a short request never leaves the task of
/// its connection. Dropping it stops the guest.
pub struct Running {
    /// The client's body, which is received meanwhile.
    body: Option<RequestBody>,
    call: Pin<Box<dyn Future<Output = wasmtime::Result<()>> + Send>>,
    deadline: Instant,
    /// Made only when the guest has to wait: most never do.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Guest {
    /// Makes an instance and drops it, to be called once on each serving thread: what
    /// its first request would otherwise wait for, as memory that has never been
    /// touched, is then there.
    ///
    /// A component that cannot start is told of by each of its requests.
    pub fn warm_up(&'static self) {
        let mut store = self.store(RequestId::None);
        let instance = pin!(async {
            let _ = match &self.handler {
                Handler::P2(pre) => pre.instance_pre().instantiate_async(&mut store).await,
                Handler::P3(pre, _) => pre.instance_pre().instantiate_async(&mut store).await,
            };
        });
        // A guest that takes longer than a tick to start is not waited for.
        let _ = instance.poll(&mut Context::from_waker(Waker::noop()));
    }

    /// Starts `request`, whose body is `body`, in an instance, which keeps `permit` until its end.
    ///
    /// # Errors
    /// The request lacks what HTTP/1.1 demands of it, as a `host` header.
    pub fn start<B>(
        &'static self,
        request: Request<B>,
        body: Option<RequestBody>,
        record: &Record,
        permit: OwnedSemaphorePermit,
        deadline: Instant,
    ) -> wasmtime::Result<(Running, oneshot::Receiver<Reply>)>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<wasmtime_wasi_http::Error>,
    {
        let (sender, receiver) = oneshot::channel();
        let call: Pin<Box<dyn Future<Output = wasmtime::Result<()>> + Send>> = match &self.handler {
            Handler::P2(pre) => {
                let mut store = self.store(record.id.clone());
                let mut http = store.data_mut().http();
                let request = http.new_incoming_request(Scheme::Http, request)?;
                let out = http.new_response_outparam_from_callback(|reply| {
                    let _ = sender.send(reply.map_err(|code| format!("{code:?}")));
                })?;
                Box::pin(async move {
                    // Dropped in the other order: the place is free when the instance is gone.
                    let _permit = permit;
                    let mut store = store;
                    let proxy = pre.instantiate_async(&mut store).await?;
                    proxy
                        .wasi_http_incoming_handler()
                        .call_handle(&mut store, request, out)
                        .await
                })
            }
            Handler::P3(pre, kept) => {
                let id = || record.id.clone();
                let instance = kept.take(|| self.grants.make(id()));
                let instance = instance.unwrap_or_else(|| self.store(id()).into());
                let request = service::request(request)?;
                Box::pin(async move {
                    let _permit = permit;
                    instance.serve(pre, request, sender, kept).await
                })
            }
        };
        Ok((
            Running {
                body,
                call,
                deadline,
                timer: None,
            },
            receiver,
        ))
    }

    fn store(&'static self, id: RequestId) -> Store<State> {
        let mut store = Store::new(self.handler.engine(), self.grants.state(id));
        store.limiter(State::limiter);
        // At each tick of the epoch a computing guest lets other connections have
        // their turn, and `Running` looks at the clock.
        store.set_epoch_deadline(FIRST_TICK);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}

impl Running {
    /// What is wrong with the client's body.
    pub fn fault(&self) -> Option<Fault> {
        self.body.as_ref()?.fault()
    }
}

impl Future for Running {
    type Output = Result<(), Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(result) = self.call.as_mut().poll(cx) {
            return Poll::Ready(result.map_err(|e| failure(&e)));
        }
        if let Some(body) = &self.body {
            body.receive(cx);
        }
        let deadline = self.deadline;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline.into())));
        timer.as_mut().poll(cx).map(|()| Err(Failure::Timeout))
    }
}

fn failure(error: &wasmtime::Error) -> Failure {
    if error.is::<PoolConcurrencyLimitError>() {
        Failure::Busy
    } else if let Some(trap) = error.downcast_ref::<Trap>() {
        Failure::Trap(trap.to_string())
    } else if let Some(I32Exit(code)) = error.downcast_ref() {
        Failure::Trap(format!("the guest exited with code {code}"))
    } else {
        Failure::Trap(anyhost_engine::one_line(error))
    }
}
