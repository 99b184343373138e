//! A plain HTTP/1.1 client: what it got is what was on the wire.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

use crate::PATIENCE;
use crate::program::Output;

/// What came back.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without its framing.
    pub body: Vec<u8>,
    /// The body ended as its framing says, not by a broken connection.
    pub complete: bool,
}

impl Response {
    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }
}

/// A connection that is kept alive.
pub struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects to `HOST:PORT`.
    ///
    /// # Panics
    /// Nobody accepts.
    #[must_use]
    pub fn connect(addr: &str) -> Self {
        let stream = TcpStream::connect(addr).expect("the host accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        Self(BufReader::new(stream))
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // A host may answer and close before it has read everything.
        let _ = self.0.get_mut().write_all(bytes.as_ref());
    }

    /// Gets a path.
    ///
    /// # Panics
    /// There is no response.
    pub fn get(&mut self, target: &str) -> Response {
        self.send(format!("GET {target} HTTP/1.1\r\nhost: test\r\n\r\n"));
        self.receive(false)
    }

    /// Reads a response; one to a HEAD request has no body.
    ///
    /// # Panics
    /// There is none.
    pub fn receive(&mut self, head: bool) -> Response {
        self.try_receive(head).expect("a response")
    }

    /// Nothing if the connection ends before a response.
    ///
    /// # Panics
    /// The response is no HTTP.
    pub fn try_receive(&mut self, head: bool) -> Option<Response> {
        let status = self.line()?;
        let status = status.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        while let Some((name, value)) = self.line()?.split_once(':') {
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        let mut response = Response {
            status,
            headers,
            body: Vec::new(),
            complete: true,
        };
        if head || status == 204 || status == 304 {
            return Some(response);
        }
        if status == 100 {
            return self.try_receive(head);
        }
        if response.header("transfer-encoding") == Some("chunked") {
            response.complete = self.chunks(&mut response.body).is_some();
        } else {
            let length = response
                .header("content-length")
                .and_then(|n| n.parse().ok());
            // Without one, the body ends with the connection.
            let length: u64 = length.unwrap_or(u64::MAX);
            let read = self.0.by_ref().take(length).read_to_end(&mut response.body);
            response.complete =
                read.is_ok() && (length == u64::MAX || response.body.len() as u64 == length);
        }
        Some(response)
    }

    /// Sends no more, and still reads.
    ///
    /// # Panics
    /// The connection is broken.
    pub fn half_close(&mut self) {
        let half = self.0.get_mut().shutdown(Shutdown::Write);
        half.expect("the connection is there");
    }

    /// The next byte, which is still there to be read.
    ///
    /// # Panics
    /// There is none.
    pub fn peek(&mut self) -> u8 {
        *self.0.fill_buf().expect("a byte").first().expect("a byte")
    }

    /// The connection itself.
    pub fn stream(&mut self) -> &mut TcpStream {
        self.0.get_mut()
    }

    /// All bytes that come until the host closes the connection, as text.
    ///
    /// # Panics
    /// They are none.
    pub fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        // A host may close before it has read everything, which resets the connection.
        let _ = self.0.read_to_end(&mut bytes);
        String::from_utf8(bytes).expect("UTF-8")
    }

    /// Whether the host closes the connection without another byte.
    pub fn is_closed(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(length) => length == 0,
            Err(e) => e.kind() == ErrorKind::ConnectionReset,
        }
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> Option<()> {
        loop {
            let size = usize::from_str_radix(&self.line()?, 16).ok()?;
            let start = body.len();
            body.resize(start + size, 0);
            if self.0.read_exact(&mut body[start..]).is_err() {
                return None;
            }
            let end = self.line()?;
            if size == 0 {
                return Some(());
            }
            assert!(end.is_empty(), "a chunk ends with a line break");
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(n) if n > 0 && line.ends_with('\n') => Some(line.trim_end().to_owned()),
            _ => None,
        }
    }
}

/// Sends one request on a connection of its own.
///
/// # Panics
/// There is no response.
pub fn exchange(addr: &str, request: impl AsRef<[u8]>) -> Response {
    let mut client = Client::connect(addr);
    client.send(request);
    client.receive(false)
}

/// Gets a path on a connection of its own.
///
/// # Panics
/// There is no response.
#[must_use]
pub fn get(addr: &str, target: &str) -> Response {
    exchange(addr, format!("GET {target} HTTP/1.1\r\nhost: test\r\n\r\n"))
}

/// `HOST:PORT` where a host says that it listens.
///
/// # Panics
/// It does not.
pub fn announced(stderr: &Output) -> String {
    let line = stderr.wait_for("listening on http://");
    let rest = line.split("http://").nth(1).expect("an address");
    rest.split(' ').next().expect("an address").to_owned()
}
