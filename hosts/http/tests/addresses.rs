//! Where the host listens: at all addresses of what `--addr` names.

mod common;

use std::net::{TcpListener, ToSocketAddrs};
use std::process::Command;

use common::client::get;
use common::{Host, fault_guest, http_bin};
use host_testing::fail;

/// A host at `addr`, and the addresses that it says.
fn listens(addr: &str) -> (Host, Vec<String>) {
    let flags = ["--addr", addr];
    let host = Host::run(Command::new(http_bin()), &fault_guest(), &flags);
    let line = host.stderr.wait_for("listening on ");
    let urls = line.split(' ').filter_map(|it| it.strip_prefix("http://"));
    let addrs = urls.map(str::to_owned).collect();
    (host, addrs)
}

fn port(addr: &str) -> &str {
    addr.rsplit_once(':').expect("HOST:PORT").1
}

fn has_ipv6() -> bool {
    TcpListener::bind("[::1]:0").is_ok()
}

#[test]
fn all_addresses_of_a_name() {
    let (host, addrs) = listens("localhost:0");
    assert!(addrs.iter().all(|addr| port(addr) == port(&addrs[0])));
    let all = format!("localhost:{}", port(&addrs[0]));
    let all = all.to_socket_addrs().expect("localhost is known");
    for addr in all.filter(|addr| addr.is_ipv4() || has_ipv6()) {
        assert_eq!(get(&addr.to_string(), "/ok").text(), "ok", "{addr}");
        assert!(addrs.contains(&addr.to_string()), "{addrs:?}");
    }
    host.stderr.wait_for("try: curl http://127.0.0.1:");
}

#[test]
fn all_addresses_of_the_machine() {
    for addr in [":0", "*:0"] {
        let (host, addrs) = listens(addr);
        let port = port(&addrs[0]);
        let mut expected = vec![format!("0.0.0.0:{port}")];
        assert_eq!(get(&format!("127.0.0.1:{port}"), "/ok").text(), "ok");
        if has_ipv6() {
            expected.push(format!("[::]:{port}"));
            assert_eq!(get(&format!("[::1]:{port}"), "/ok?6").text(), "ok");
            host.stdout.wait_for("client=[::1]:");
        }
        assert_eq!(addrs, expected, "{addr}");
        // Something that can be typed.
        host.stderr
            .wait_for(&format!("try: curl http://127.0.0.1:{port}/"));
        let line = host.stdout.wait_for("path=\"/ok\"");
        assert!(line.contains(" client=127.0.0.1:"), "{line}");
    }
}

#[test]
fn one_of_several_addresses_is_taken() {
    let taken = TcpListener::bind("0.0.0.0:0").expect("a free port");
    let addr = format!(":{}", taken.local_addr().expect("an address").port());
    let component = fault_guest();
    let (code, stderr) = fail(&http_bin(), &["--component", &component, "--addr", &addr]);
    let expected = format!(
        "error: cannot listen on {addr}: address already in use; use --addr to choose another\n"
    );
    assert_eq!((code, stderr), (Some(1), expected));
}

#[test]
fn a_name_that_nobody_knows() {
    let args = ["--component", &fault_guest(), "--addr", "no..name:80"];
    let (code, stderr) = fail(&http_bin(), &args);
    let expected = "error: cannot listen on no..name:80: unknown host\n";
    assert_eq!((code, stderr.as_str()), (Some(1), expected));
}
