//! Connections to servers, which are trusted as this machine trusts them.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhost_manners::Server;
use hyper::client::conn::http1;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::io::TokioIo;

use crate::address::is_special;
use crate::outgoing::{Client, Sender, Target};

/// Trusts the authorities of this machine, or those in the files that SSL_CERT_FILE and
/// SSL_CERT_DIR name; where there are none at all, as in most containers, those of Mozilla.
pub fn tls() -> Result<TlsConnector, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        if let Some(error) = found.errors.first() {
            return Err(format!("no authority to trust: {error}"));
        }
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let config = ClientConfig::builder().with_root_certificates(roots);
    Ok(Arc::new(config.with_no_client_auth()).into())
}

impl Client {
    /// A new connection to `target`, at an address of it that may be reached.
    pub async fn connect(&self, target: &Target) -> Result<Sender, Error> {
        let stream = TcpStream::connect(&*self.addresses(target).await?).await;
        let stream = stream.map_err(Error::Connect)?;
        // What is small is not to wait for more.
        let _ = stream.set_nodelay(true);
        if target.tls {
            let name = ServerName::try_from(target.host.clone())?;
            let stream = self.tls.connect(name, stream).await;
            handshake(stream.map_err(Error::Tls)?).await
        } else {
            handshake(stream).await
        }
    }

    /// The addresses of `target`. They are looked up once: what was checked is what is
    /// connected to, whatever its name is said to mean next.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, Error> {
        let unknown = |error: std::io::Error| Error::DnsError {
            rcode: Some(error.to_string()),
            info_code: None,
        };
        let found = lookup_host((target.host.as_str(), target.port)).await;
        let mut any = false;
        let reached = found.map_err(unknown)?.filter(|address| {
            any = true;
            !is_special(address.ip()) || self.is_named(target, *address)
        });
        let reached: Vec<_> = reached.collect();
        match (reached.is_empty(), any) {
            (false, _) => Ok(reached),
            (true, true) => Err(Error::DestinationIpProhibited),
            (true, false) => Err(Error::DestinationNotFound),
        }
    }

    /// Whether the user has named the address itself.
    fn is_named(&self, target: &Target, address: SocketAddr) -> bool {
        let is_here = address.ip().to_canonical().is_loopback();
        let names = |server: &Server| {
            let here = server.is_this_machine() && server.is(&target.host, target.port);
            server.is_address(address) || (is_here && here)
        };
        self.servers.iter().any(names)
    }
}

async fn handshake<S>(stream: S) -> Result<Sender, Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends when it is no longer kept; what fails is told to who sends.
    tokio::spawn(connection);
    Ok(sender)
}
