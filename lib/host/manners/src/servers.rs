//! Servers that a guest may send requests to.

use std::fmt::{Display, Formatter};
use std::net::{IpAddr, SocketAddr};

const HOW: &str = "use HOST, HOST:PORT or *, as example.org:443";

/// The flag by which a host lets its guest send requests.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Servers {
    /// A server that the guest may send requests to with wasi:http, by HTTP and HTTPS: at
    /// any port, or at PORT; `*` is every server. Repeat for more. It is not this machine,
    /// nor an address of the link, unless named as such, whatever a name leads to. Servers
    /// are trusted by the machine's store of certificates, or by the file or folder that
    /// SSL_CERT_FILE or SSL_CERT_DIR names instead.
    #[arg(long, value_name = "HOST[:PORT]", value_parser = Server::parse, help_heading = "Grants")]
    pub allow_http: Vec<Server>,
}

impl Display for Servers {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        if self.allow_http.is_empty() {
            return f.write_str("no network");
        }
        f.write_str("requests to")?;
        self.allow_http
            .iter()
            .try_for_each(|server| write!(f, " {server}"))
    }
}

/// A server, or several: each has a name or an address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// As [`Self::canonical`] has it; none for all.
    host: Option<String>,
    /// None for all.
    port: Option<u16>,
}

impl Server {
    /// Parses `HOST`, `HOST:PORT`, or `*` in place of HOST. An address of IPv6 is in brackets.
    ///
    /// # Errors
    /// How to write it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (text, None),
        };
        let port = match port {
            None => None,
            Some(port) if port.starts_with('+') => return Err(HOW),
            Some(port) => Some(port.parse().map_err(|_| HOW)?),
        };
        let within = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        let is_host = match within {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => {
                let known = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
                host == "*" || (host.contains(char::is_alphanumeric) && host.chars().all(known))
            }
        };
        if !is_host || port == Some(0) {
            return Err(HOW);
        }
        Ok(Self {
            host: (host != "*").then(|| Self::canonical(host)),
            port,
        })
    }

    /// A host as it is compared: a name in lower case, without a dot at its end; an address
    /// in its one form, without brackets.
    #[must_use]
    pub fn canonical(host: &str) -> String {
        let host = host.trim_matches(['[', ']']);
        match host.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().to_string(),
            Err(_) => host.trim_end_matches('.').to_ascii_lowercase(),
        }
    }

    /// Whether it is the one of this name, or address, at this port; `host` is canonical.
    #[must_use]
    pub fn is(&self, host: &str, port: u16) -> bool {
        self.host.as_deref().is_none_or(|own| own == host) && self.has(port)
    }

    /// Whether it was named by this very address.
    #[must_use]
    pub fn is_address(&self, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        let named = self.host.as_deref().and_then(|host| host.parse().ok());
        named == Some(ip) && self.has(address.port())
    }

    /// Whether it was named by the name that means the machine itself.
    #[must_use]
    pub fn is_this_machine(&self) -> bool {
        let named = |host: &str| host == "localhost" || host.ends_with(".localhost");
        self.host.as_deref().is_some_and(named)
    }

    fn has(&self, port: u16) -> bool {
        self.port.is_none_or(|own| own == port)
    }
}

impl Display for Server {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self.host.as_deref().unwrap_or("*") {
            address if address.contains(':') => write!(f, "[{address}]")?,
            host => f.write_str(host)?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Server {
        Server::parse(text).expect(text)
    }

    #[test]
    fn a_server_has_a_host_and_a_port() {
        for (text, shown) in [
            ("example.org", "example.org"),
            ("Example.ORG.:443", "example.org:443"),
            ("my_service:8080", "my_service:8080"),
            ("*", "*"),
            ("*:443", "*:443"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]:80", "[::1]:80"),
            ("[0:0::1]", "[::1]"),
            ("[::ffff:1.2.3.4]:80", "1.2.3.4:80"),
        ] {
            assert_eq!(server(text).to_string(), shown);
        }
        for bad in [
            "",
            ":80",
            "a:",
            "a:b",
            "a:0",
            "a:65536",
            "a:+80",
            "::1",
            "[::1",
            "[a]",
            "a b",
            "a/b",
            "http://a",
            "a@b",
            "*.example.org",
            "ä.org",
            ".",
            "-",
        ] {
            assert_eq!(Server::parse(bad), Err(HOW), "{bad}");
        }
    }

    #[test]
    fn it_is_compared_by_host_and_port() {
        let is = |text, host, port| server(text).is(&Server::canonical(host), port);
        assert!(is("example.org", "EXAMPLE.org.", 8080));
        assert!(is("example.org:80", "example.org", 80));
        assert!(!is("example.org:80", "example.org", 81));
        assert!(!is("example.org", "www.example.org", 80));
        assert!(!is("example.org", "example.org.evil.test", 80));
        assert!(is("*:443", "anything.test", 443) && !is("*:443", "anything.test", 80));
        assert!(is("[::1]", "[0:0:0:0:0:0:0:1]", 80));
        assert!(is("127.0.0.1", "[::ffff:127.0.0.1]", 80));
    }

    #[test]
    fn what_is_named_is_named_by_itself() {
        let address = |text: &str| text.parse().expect("an address");
        assert!(server("127.0.0.1").is_address(address("127.0.0.1:80")));
        assert!(server("127.0.0.1").is_address(address("[::ffff:127.0.0.1]:80")));
        assert!(!server("127.0.0.1:81").is_address(address("127.0.0.1:80")));
        assert!(!server("*").is_address(address("127.0.0.1:80")));
        assert!(!server("localhost").is_address(address("127.0.0.1:80")));
        assert!(server("localhost:80").is_this_machine());
        assert!(!server("*").is_this_machine() && !server("localhost.test").is_this_machine());
    }

    #[test]
    fn they_are_shown_in_one_line() {
        let servers = |all: &[&str]| Servers {
            allow_http: all.iter().map(|text| server(text)).collect(),
        };
        assert_eq!(servers(&[]).to_string(), "no network");
        let shown = servers(&["a.test:80", "*"]).to_string();
        assert_eq!(shown, "requests to a.test:80 *");
    }
}
