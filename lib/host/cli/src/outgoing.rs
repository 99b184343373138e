//! Requests to other servers, which are trusted as this machine trusts them.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::uri::{Scheme, Uri};
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_rustls::TlsConnector;
use wasmtime_wasi_http::io::TokioIo;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

/// How long a guest waits that does not say so, as with wasmtime.
const DEFAULT: Duration = Duration::from_secs(600);

type End = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Exchange = (Response<WasiBody>, End);

/// Sends a guest's requests. That wasmtime does so itself, too, is not enough: over TLS
/// it trusts the authorities that are compiled into it and no others.
pub struct Outgoing(Arc<ClientConfig>);

impl Outgoing {
    /// Trusts the authorities of this machine, or those in the files that SSL_CERT_FILE
    /// and SSL_CERT_DIR name; where there are none at all, as in most containers, those
    /// of Mozilla.
    ///
    /// # Errors
    /// One line about a file that cannot be read.
    pub fn new() -> Result<Self, String> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            if let Some(error) = found.errors.first() {
                return Err(format!("--allow-http: no authority to trust: {error}"));
            }
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        let config = ClientConfig::builder().with_root_certificates(roots);
        Ok(Self(Arc::new(config.with_no_client_auth())))
    }
}

impl WasiHttpHooks for Outgoing {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: End,
    ) -> Box<dyn Future<Output = Result<Exchange, Error>> + Send> {
        let tls = Arc::clone(&self.0);
        Box::new(async move {
            if request.uri().scheme() == Some(&Scheme::HTTPS) {
                return send(tls, request, options.unwrap_or_default()).await;
            }
            let (response, end) = default_send_request(request, options).await?;
            Ok((response.map(BodyExt::boxed_unsync), Box::new(end) as End))
        })
    }
}

/// Sends a request over TLS.
async fn send(
    tls: Arc<ClientConfig>,
    mut request: Request<WasiBody>,
    options: RequestOptions,
) -> Result<Exchange, Error> {
    let authority = request.uri().authority();
    let authority = authority.ok_or(Error::HttpRequestUriInvalid)?;
    // An IPv6 address is in brackets, which are not part of it.
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    let port = authority.port_u16().unwrap_or(443);
    let connect = async {
        let name = ServerName::try_from(host.clone())?;
        let stream = TcpStream::connect((host, port)).await;
        let stream = stream.map_err(Error::Connect)?;
        let stream = TlsConnector::from(tls).connect(name, stream).await;
        let stream = TokioIo::new(stream.map_err(Error::Tls)?);
        http1::handshake(stream).await.map_err(Error::from)
    };
    let (mut sender, connection) = timeout(options.connect_timeout.unwrap_or(DEFAULT), connect)
        .await
        .map_err(|_| Error::ConnectionTimeout)??;
    // It ends when the response has been read, or nobody wants it any more.
    let connection = tokio::spawn(connection);

    // In the request's line a server expects no more than the path.
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
    let first = options.first_byte_timeout.unwrap_or(DEFAULT);
    let response = timeout(first, sender.send_request(request))
        .await
        .map_err(|_| Error::ConnectionReadTimeout)??;
    let patience = options.between_bytes_timeout.unwrap_or(DEFAULT);
    let response = response.map(|body| Patient::new(body, patience).boxed_unsync());
    let end = async {
        match connection.await {
            Ok(end) => end.map_err(Error::from),
            // The runtime has ended, and with it the guest.
            Err(_) => Ok(()),
        }
    };
    Ok((response, Box::new(end)))
}

/// A body whose next part has to come within some time.
struct Patient {
    body: Incoming,
    patience: Duration,
    timer: Pin<Box<Sleep>>,
}

impl Patient {
    fn new(body: Incoming, patience: Duration) -> Self {
        let timer = Box::pin(sleep(patience));
        Self {
            body,
            patience,
            timer,
        }
    }
}

impl Body for Patient {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            let next = Instant::now() + self.patience;
            self.timer.as_mut().reset(next);
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::from)));
        }
        ready!(self.timer.as_mut().poll(cx));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }
}
