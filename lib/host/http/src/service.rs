//! Handlers of WASI 0.3: async functions, in instances that may serve one request after
//! another.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhost_engine::NoOutgoing;
use anyhost_wasi::{Make, State};
use bytes::Bytes;
use http::header::HOST;
use http::uri::{Authority, Scheme};
use http_body::Body;
use tokio::sync::oneshot::Sender;
use tokio::time::sleep;
use wasmtime::component::Accessor;
use wasmtime::{Result, Store};
use wasmtime_wasi_http::p3::Request;
use wasmtime_wasi_http::p3::bindings::{Service, ServicePre};
use wasmtime_wasi_http::{Error, FieldMap};

use crate::guest::{FIRST_TICK, Reply};

/// What a request's end is told to whoever sent it; here the connection sees to that.
pub type End = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// Streams, futures and calls that an instance may have at once; each costs the host some
/// memory.
const MAX_HANDLES: usize = 4096;

/// Instances that have served a request and wait for the next.
pub struct Kept {
    idle: Mutex<Vec<Instance>>,
    /// How many requests an instance may serve.
    uses: u32,
}

/// An instance that serves one request at a time.
pub struct Instance {
    store: Store<State>,
    /// None before the first request.
    service: Option<Service>,
    /// How many requests it has served.
    served: u32,
    /// When it served the last.
    since: Instant,
}

impl Kept {
    /// Keeps instances for up to `uses` requests each.
    pub fn new(uses: u32) -> Self {
        Self {
            idle: Mutex::default(),
            uses,
        }
    }

    /// The instance that was used last, for another request.
    pub fn take(&self, make: impl FnOnce() -> Make) -> Option<Instance> {
        let mut instance = self.idle().pop()?;
        instance.store.data_mut().turn_to(make());
        instance.store.set_epoch_deadline(FIRST_TICK);
        Some(instance)
    }

    /// Drops instances that have waited for `time`; without end.
    pub async fn expire(&self, time: Duration) {
        loop {
            sleep(time).await;
            let waits = |instance: &mut Instance| instance.since.elapsed() >= time;
            let expired: Vec<_> = self.idle().extract_if(.., waits).collect();
            // Not while others wait for the lock.
            drop(expired);
        }
    }

    fn keep(&self, instance: Instance) {
        if instance.served < self.uses {
            self.idle().push(instance);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Instance>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Store<State>> for Instance {
    fn from(mut store: Store<State>) -> Self {
        store.set_max_component_handles(MAX_HANDLES);
        if let Some(table) = store.concurrent_resource_table() {
            table.set_max_capacity(MAX_HANDLES);
        }
        Self {
            store,
            service: None,
            served: 0,
            since: Instant::now(),
        }
    }
}

impl Instance {
    /// Serves `request` to the end of all that the guest does for it; `sender` gets the
    /// response as soon as it is there.
    pub async fn serve(
        mut self,
        pre: &ServicePre<State>,
        (request, end): (Request, End),
        sender: Sender<Reply>,
        kept: &Kept,
    ) -> Result<()> {
        let service = match self.service.take() {
            Some(service) => service,
            None => pre.instantiate_async(&mut self.store).await?,
        };
        let serve = async |store: &Accessor<State>| -> Result<()> {
            let reply = match service.handle(store, request).await? {
                Ok(response) => Ok(store.with(|store| response.into_http(store, end))?),
                Err(code) => Err(format!("{code:?}")),
            };
            let _ = sender.send(reply);
            // The rest of the body, and what the guest does besides.
            poll_fn(|cx| store.poll_no_interesting_tasks(cx)).await;
            Ok(())
        };
        self.store.run_concurrent(serve).await.flatten()?;
        self.service = Some(service);
        self.served += 1;
        self.since = Instant::now();
        kept.keep(self);
        Ok(())
    }
}

/// A client's request, as a guest gets it.
///
/// # Errors
/// Its host is not valid.
pub fn request<B>(request: http::Request<B>) -> Result<(Request, End)>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Error>,
{
    let (head, body) = request.into_parts();
    let target = head.uri.into_parts();
    let host = head.headers.get(HOST).map(|host| host.as_bytes());
    let authority = match (target.authority, host) {
        (Some(authority), _) => Some(authority),
        (None, None | Some(b"")) => None,
        (None, Some(host)) => Some(Authority::try_from(host)?),
    };
    let (request, end) = Request::new(
        head.method,
        Some(Scheme::HTTP),
        authority,
        target.path_and_query,
        FieldMap::new_immutable(&mut NoOutgoing, head.headers),
        None,
        body,
    );
    Ok((request, Box::pin(end)))
}
