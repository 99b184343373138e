//! What the head of a request must be like, beyond what hyper sees to.

use std::net::Ipv6Addr;

use http::header::HOST;
use http::{HeaderValue, Request, Version};

/// Checks which host a request is for. HTTP/1.0 needs to say none: then its name is
/// empty, as it may be in any version.
///
/// # Errors
/// What is wrong (RFC 9112, 3.2; RFC 9110, 4.2.4).
pub fn check_host<B>(request: &mut Request<B>) -> Result<(), &'static str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => return Err("the request has more than one host field"),
        (Some(host), None) if !is_host(host.as_bytes()) => {
            return Err("the request's host field is not a host");
        }
        (Some(_), None) => {}
        (None, _) if request.version() == Version::HTTP_10 => {
            let headers = request.headers_mut();
            headers.insert(HOST, HeaderValue::from_static(""));
        }
        (None, _) => return Err("the request has no host field"),
    }
    let authority = request.uri().authority();
    if authority.is_some_and(|authority| !is_host(authority.as_str().as_bytes())) {
        return Err("the request's target has no valid host");
    }
    Ok(())
}

/// Whether `text` is `uri-host [ ":" port ]` (RFC 3986, 3.2.2).
fn is_host(text: &[u8]) -> bool {
    let (is_name, rest) = if let Some(rest) = text.strip_prefix(b"[") {
        let end = rest.iter().position(|&byte| byte == b']');
        let (address, rest) = rest.split_at(end.unwrap_or(0));
        let address = str::from_utf8(address).unwrap_or_default();
        let is_address = address.parse::<Ipv6Addr>().is_ok();
        (is_address, rest.strip_prefix(b"]").unwrap_or_default())
    } else {
        let end = text.iter().position(|&byte| byte == b':');
        let (name, rest) = text.split_at(end.unwrap_or(text.len()));
        (is_name(name), rest)
    };
    let is_port = match rest.split_first() {
        None => true,
        Some((b':', [])) => true,
        Some((b':', port)) => {
            let port = str::from_utf8(port).unwrap_or_default();
            !port.starts_with('+') && port.parse::<u16>().is_ok()
        }
        Some(_) => false,
    };
    is_name && is_port
}

fn is_name(mut name: &[u8]) -> bool {
    while let Some((&byte, rest)) = name.split_first() {
        name = match byte {
            b'%' => match rest {
                [a, b, rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => rest,
                _ => return false,
            },
            _ if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte) => rest,
            _ => return false,
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn hosts_are_names_or_addresses_with_or_without_a_port() {
        for host in [
            "",
            "a",
            "a:",
            ":80",
            "a.b-c_d:65535",
            "127.0.0.1:80",
            "[::1]",
            "[fe80::1]:80",
            "%c3%a4",
            "a,b",
        ] {
            assert!(is_host(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn nothing_else_is_a_host() {
        for host in [
            "a/b", "a b", "a:b", "a:+1", "a:65536", "a:1:2", "a@b", "a?b", "a#b", "[::1", "[]",
            "[a]", "[::1]a", "[::1]80", "%", "%4", "%zz", "ä", "::1", "\"a\"", "a\\b", "<a>",
        ] {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }
}
