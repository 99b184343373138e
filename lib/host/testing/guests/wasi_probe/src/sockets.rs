//! The network, by the standard library and by WASI's own functions.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};

use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use wasip2::sockets::tcp_create_socket::create_tcp_socket;
use wasip2::sockets::udp_create_socket::create_udp_socket;

/// Tries something; what the host says that it may not is "denied".
pub fn attempt(what: &str, args: &[&str]) -> String {
    let address = args[0];
    let standard = match what {
        "tcp-connect" => TcpStream::connect(address).map(drop),
        "tcp-listen" => TcpListener::bind(address).map(drop),
        "udp-bind" => UdpSocket::bind(address).map(drop),
        "udp-send" => UdpSocket::bind("0.0.0.0:0").and_then(|s| s.send_to(b"x", address).map(drop)),
        "name-lookup" => return lookup(address),
        _ => return own(what, address),
    };
    match standard {
        Ok(()) => "reached".to_owned(),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => "denied".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The standard library does not say why a name has no address.
fn lookup(address: &str) -> String {
    match address.to_socket_addrs() {
        Ok(_) => "reached".to_owned(),
        Err(error) => {
            eprintln!("refused: {error}");
            "refused".to_owned()
        }
    }
}

fn own(what: &str, address: &str) -> String {
    let network = instance_network();
    let (family, any) = if what.ends_with('6') {
        let v6 = Ipv6SocketAddress {
            port: 0,
            flow_info: 0,
            address: (0, 0, 0, 0, 0, 0, 0, 1),
            scope_id: 0,
        };
        (IpAddressFamily::Ipv6, IpSocketAddress::Ipv6(v6))
    } else {
        let v4 = Ipv4SocketAddress {
            port: 0,
            address: (127, 0, 0, 1),
        };
        (IpAddressFamily::Ipv4, IpSocketAddress::Ipv4(v4))
    };
    let tried = match what {
        "tcp-own-bind" | "tcp-own-bind6" => {
            create_tcp_socket(family).and_then(|socket| socket.start_bind(&network, any))
        }
        "tcp-own-connect" | "tcp-own-connect6" => create_tcp_socket(family)
            .and_then(|socket| socket.start_connect(&network, any))
            .map(drop),
        "udp-own-bind" | "udp-own-bind6" => {
            create_udp_socket(family).and_then(|socket| socket.start_bind(&network, any))
        }
        "name-own-lookup" => resolve_addresses(&network, address).map(drop),
        _ => return format!("there is no {what}"),
    };
    match tried {
        Ok(()) => "reached".to_owned(),
        Err(ErrorCode::AccessDenied) => "denied".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}
