//! Where a host listens.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};

/// Connections that the system holds until they are accepted.
const BACKLOG: i32 = 4096;
/// How many free ports are tried that may be taken at the second address.
const TRIES: usize = 10;

/// Checks `HOST:PORT`, or several with commas between them; names are looked up when the
/// host listens.
///
/// # Errors
/// How to write it.
pub fn address(text: &str) -> Result<String, &'static str> {
    let has_port = |one: &str| {
        let port = one.rsplit_once(':').map(|(_, port)| port);
        port.is_some_and(|port| port.parse::<u16>().is_ok())
    };
    if text.split(',').all(has_port) {
        Ok(text.to_owned())
    } else {
        Err("use HOST:PORT, as 127.0.0.1:8080")
    }
}

/// Listens at all addresses of what [`address`] takes; `:PORT` and `*:PORT` are the
/// machine's. Port 0 is a free one, the same at all of them. Nothing blocks in what is
/// returned: `tokio` takes it as it is.
///
/// # Errors
/// One line for the user.
pub fn listen(addr: &str) -> Result<Vec<TcpListener>, String> {
    bind(addr).map_err(|e| match e.kind() {
        ErrorKind::AddrInUse => {
            format!("cannot listen on {addr}: address already in use; use --addr to choose another")
        }
        ErrorKind::PermissionDenied => {
            format!("cannot listen on {addr}: permission denied; use --addr to choose another")
        }
        ErrorKind::AddrNotAvailable => {
            format!("cannot listen on {addr}: not an address of this machine")
        }
        _ => format!("cannot listen on {addr}: {e}"),
    })
}

/// What listens at `addrs`, for the user.
#[must_use]
pub fn urls(addrs: &[SocketAddr]) -> String {
    let urls: Vec<_> = addrs.iter().map(|addr| format!("http://{addr}")).collect();
    urls.join(" and ")
}

/// Where a client on this machine reaches what listens at `addr`.
#[must_use]
pub fn reached(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

fn bind(addr: &str) -> io::Result<Vec<TcpListener>> {
    let addrs = resolve(addr)?;
    let takes_any_port = addrs.iter().all(|addr| addr.port() == 0);
    for _ in 1..TRIES {
        match bind_all(&addrs) {
            Err(e) if e.kind() == ErrorKind::AddrInUse && takes_any_port => {}
            result => return result,
        }
    }
    bind_all(&addrs)
}

fn resolve(addr: &str) -> io::Result<Vec<SocketAddr>> {
    let mut addrs = Vec::new();
    for one in addr.split(',') {
        match one.rsplit_once(':') {
            Some(("" | "*", port)) => {
                let port = port.parse().map_err(io::Error::other)?;
                let all: [IpAddr; 2] = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
                addrs.extend(all.map(|ip| SocketAddr::new(ip, port)));
            }
            _ => {
                let unknown = |_| io::Error::other("unknown host");
                addrs.extend(one.to_socket_addrs().map_err(unknown)?);
            }
        }
    }
    // What is printed first is what most clients can use.
    addrs.sort_by_key(|addr| (addr.is_ipv6(), *addr));
    addrs.dedup();
    Ok(addrs)
}

/// Listens at all of `addrs`, those with port 0 on one port, but for those that the machine has not: it may
/// be without IPv6 although it knows addresses of it.
fn bind_all(addrs: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut error = io::Error::other("unknown host");
    for &(mut addr) in addrs {
        if let Some(first) = listeners.first()
            && addr.port() == 0
        {
            addr.set_port(first.local_addr()?.port());
        }
        match bind_one(addr, addrs.len() > 1) {
            Ok(listener) => listeners.push(listener),
            Err(e) if is_absent(&e) => error = e,
            Err(e) => return Err(e),
        }
    }
    if listeners.is_empty() {
        return Err(error);
    }
    Ok(listeners)
}

fn is_absent(error: &io::Error) -> bool {
    error.kind() == ErrorKind::AddrNotAvailable
        || error.raw_os_error() == Some(Errno::AFNOSUPPORT.raw_os_error())
}

/// Listens at `addr`, for its family alone if there are `more` addresses.
fn bind_one(addr: SocketAddr, more: bool) -> io::Result<TcpListener> {
    let family = match addr {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
    if addr.is_ipv6() && more {
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    sockopt::set_socket_reuseaddr(&socket, true)?;
    rustix::net::bind(&socket, &addr)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_the_machine_has_not_are_left_out() {
        let here: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        // Of a block that is for documents only.
        let elsewhere: SocketAddr = "[2001:db8::1]:0".parse().expect("an address");
        for addrs in [[here, elsewhere], [elsewhere, here]] {
            let listeners = bind_all(&addrs).expect("one of them is there");
            assert_eq!(listeners.len(), 1);
            assert!(listeners[0].local_addr().expect("an address").is_ipv4());
        }
        assert!(bind_all(&[elsewhere]).is_err_and(|e| is_absent(&e)));
    }

    #[test]
    fn short_forms_are_all_addresses() {
        let all = ["0.0.0.0:80", "[::]:80"].map(|addr| addr.parse().expect("an address"));
        for addr in [":80", "*:80"] {
            assert_eq!(resolve(addr).expect("addresses"), all);
        }
    }

    #[test]
    fn several_addresses_have_commas_between_them() {
        let two = ["127.0.0.1:80", "[::1]:81"].map(|addr| addr.parse().expect("an address"));
        assert_eq!(resolve("[::1]:81,127.0.0.1:80").expect("addresses"), two);
        assert!(address("127.0.0.1:80,[::1]:81").is_ok());
        for bad in ["8080", "127.0.0.1", "a:b", "", "127.0.0.1:80,", "a:65536"] {
            assert_eq!(
                address(bad),
                Err("use HOST:PORT, as 127.0.0.1:8080"),
                "{bad}"
            );
        }
    }
}
