//! Requests that guests send to other servers, where their host grants it.
//!
//! wasmtime sends them itself, too, but to whomever the guest likes, trusting no authorities
//! but those that are compiled into it, and with a connection for each request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhost_manners::Server;
use http::uri::{Scheme, Uri};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::client::conn::http1::SendRequest;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::connect;
use crate::reply::Reply;

/// How long a guest waits for a connection that does not say so.
const CONNECT: Duration = Duration::from_secs(30);
/// How long it waits for bytes, as with wasmtime.
const DEFAULT: Duration = Duration::from_secs(600);
/// Requests at once: of all guests, and of one instance. Further ones wait.
const IN_FLIGHT: usize = 512;
const IN_FLIGHT_OF_ONE: usize = 16;
/// How many connections to a server are kept, and for how long.
const KEPT: usize = 16;
const KEPT_FOR: Duration = Duration::from_secs(20);

type End = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Exchange = (Response<WasiBody>, End);
pub type Sender = SendRequest<WasiBody>;

/// What sends the requests of one instance; a clone is another instance's.
pub struct Outgoing {
    client: Option<Arc<Client>>,
    /// Made with the first request: most instances send none.
    own: Option<Arc<Semaphore>>,
}

/// What all instances share.
pub struct Client {
    pub servers: Vec<Server>,
    pub tls: TlsConnector,
    slots: Arc<Semaphore>,
    idle: Mutex<HashMap<Target, Vec<(Sender, Instant)>>>,
}

/// Where a connection leads.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Target {
    pub tls: bool,
    /// As [`Server::canonical`] has it.
    pub host: String,
    pub port: u16,
}

impl Outgoing {
    /// For requests to `servers`, of which there may be none.
    ///
    /// # Errors
    /// One line about a file of authorities that cannot be read.
    pub fn new(servers: &[Server]) -> Result<Self, String> {
        let mut outgoing = Self {
            client: None,
            own: None,
        };
        if !servers.is_empty() {
            outgoing.client = Some(Arc::new(Client {
                servers: servers.to_vec(),
                tls: connect::tls().map_err(|reason| format!("--allow-http: {reason}"))?,
                slots: Arc::new(Semaphore::new(IN_FLIGHT)),
                idle: Mutex::default(),
            }));
        }
        Ok(outgoing)
    }
}

impl Clone for Outgoing {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            own: None,
        }
    }
}

impl WasiHttpHooks for Outgoing {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: End,
    ) -> Box<dyn Future<Output = Result<Exchange, Error>> + Send> {
        let Some(client) = self.client.clone() else {
            return Box::new(async { Err(Error::HttpRequestDenied) });
        };
        let own = self
            .own
            .get_or_insert_with(|| Arc::new(Semaphore::new(IN_FLIGHT_OF_ONE)))
            .clone();
        Box::new(async move {
            let target = Target::of(request.uri())?;
            if !client
                .servers
                .iter()
                .any(|it| it.is(&target.host, target.port))
            {
                return Err(Error::HttpRequestDenied);
            }
            client
                .send(target, request, options.unwrap_or_default(), own)
                .await
        })
    }
}

impl Target {
    fn of(uri: &Uri) -> Result<Self, Error> {
        let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
        let tls = uri.scheme() == Some(&Scheme::HTTPS);
        Ok(Self {
            tls,
            host: Server::canonical(authority.host()),
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
        })
    }
}

impl Client {
    async fn send(
        self: Arc<Self>,
        target: Target,
        mut request: Request<WasiBody>,
        options: RequestOptions,
        own: Arc<Semaphore>,
    ) -> Result<Exchange, Error> {
        // In the request's line a server expects no more than the path.
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
        let patience = options.connect_timeout.unwrap_or(CONNECT);
        let permits = timeout(patience, permits([own, self.slots.clone()])).await;
        let permits = permits.map_err(|_| Error::ConnectionLimitReached)?;

        let first_byte = options.first_byte_timeout.unwrap_or(DEFAULT);
        let (sender, response) = loop {
            let kept = self.take(&target);
            let is_kept = kept.is_some();
            let mut sender = match kept {
                Some(sender) => sender,
                None => timeout(patience, self.connect(&target))
                    .await
                    .map_err(|_| Error::ConnectionTimeout)??,
            };
            match timeout(first_byte, sender.try_send_request(request)).await {
                Ok(Ok(response)) => break (sender, response),
                Ok(Err(mut failed)) => match failed.take_message() {
                    // The server had closed it, and has seen nothing of the request.
                    Some(unsent) if is_kept => request = unsent,
                    _ => return Err(failed.into_error().into()),
                },
                Err(_) => return Err(Error::ConnectionReadTimeout),
            }
        };
        let patience = options.between_bytes_timeout.unwrap_or(DEFAULT);
        let response = response.map(|body| {
            let done = (self.clone(), target, sender);
            Reply::new(body, patience, done, permits).boxed_unsync()
        });
        Ok((response, Box::new(async { Ok(()) })))
    }

    /// A connection that is there and seems to be still open.
    fn take(&self, target: &Target) -> Option<Sender> {
        let mut idle = self.idle();
        let kept = idle.get_mut(target)?;
        kept.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < KEPT_FOR);
        let ready = kept.iter().rposition(|(sender, _)| sender.is_ready())?;
        Some(kept.swap_remove(ready).0)
    }

    /// Keeps a connection whose response has been read.
    pub fn keep(&self, target: Target, sender: Sender) {
        let mut idle = self.idle();
        idle.retain(|_, kept| {
            kept.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < KEPT_FOR);
            !kept.is_empty()
        });
        let kept = idle.entry(target).or_default();
        if kept.len() < KEPT {
            kept.push((sender, Instant::now()));
        }
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<Target, Vec<(Sender, Instant)>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A permit of each; they are never closed.
async fn permits(of: [Arc<Semaphore>; 2]) -> [Option<OwnedSemaphorePermit>; 2] {
    let [own, all] = of;
    [
        own.acquire_owned().await.ok(),
        all.acquire_owned().await.ok(),
    ]
}
