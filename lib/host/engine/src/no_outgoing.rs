//! No way out over HTTP.

use http::{Request, Response};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

/// Answers every outgoing request of a guest with `HTTP-request-denied`: what a host
/// gives a guest that was not granted requests to others.
pub struct NoOutgoing;

type End = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Exchange = (Response<WasiBody>, End);

impl WasiHttpHooks for NoOutgoing {
    fn send_request(
        &mut self,
        _: Request<WasiBody>,
        _: Option<RequestOptions>,
        _: End,
    ) -> Box<dyn Future<Output = Result<Exchange, Error>> + Send> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}
