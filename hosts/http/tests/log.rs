//! The access log.

mod common;

use common::Host;
use common::client::{Client, exchange};

#[test]
fn each_request_is_one_line() {
    let host = Host::faults(&[]);
    assert_eq!(host.get("/ok").status, 200);
    let line = host.stdout.wait_for("path=\"/ok\"");
    let keys: Vec<&str> = line
        .split(' ')
        .map(|pair| pair.split_once('=').expect("key=value").0)
        .collect();
    assert_eq!(
        keys,
        [
            "ts",
            "id",
            "method",
            "path",
            "status",
            "bytes",
            "duration_us"
        ]
    );
    assert!(
        line.contains(" method=GET path=\"/ok\" status=200 bytes=2 duration_us="),
        "{line}"
    );
    host.get("/trap");
    host.stdout.wait_for("path=\"/trap\" status=500 ");
    assert_eq!(host.stdout.text().lines().count(), 2);
}

#[test]
fn the_clients_request_id_is_kept_if_it_is_harmless() {
    let host = Host::faults(&[]);
    let get = |path: &str, id: &str| {
        exchange(
            &host.addr,
            format!("GET {path} HTTP/1.1\r\nhost: test\r\nx-request-id: {id}\r\n\r\n"),
        )
    };
    get("/ok?1", "7f3c-a.b_c");
    assert!(host.stdout.wait_for("/ok?1").contains(" id=7f3c-a.b_c "));
    get("/ok?2", "a b=c status=200");
    assert!(!host.stdout.wait_for("/ok?2").contains("a b"));
    let response = get("/trap", "mine");
    assert_eq!(response.header("x-request-id"), Some("mine"));
}

#[test]
fn a_path_cannot_forge_log_lines() {
    let host = Host::faults(&[]);
    host.get("/ok\"_status=200\\");
    let line = host.stdout.wait_for("_status=200");
    assert!(
        line.contains(r#" path="/ok\"_status=200\\" status="#),
        "{line}"
    );
    let mut client = Client::connect(&host.addr);
    client.send(b"GET /\xc3\xa9 HTTP/1.1\r\nhost: test\r\n\r\n");
    client.try_receive(false);
    host.get("/end");
    host.stdout.wait_for("/end");
    assert!(host.stdout.text().is_ascii());
}

#[test]
fn quiet_stops_the_log_but_not_the_errors() {
    let host = Host::faults(&["--quiet"]);
    host.get("/ok");
    host.get("/trap");
    host.stderr.wait_for("path=\"/trap\" error=\"wasm trap");
    assert_eq!(host.stdout.text(), "");
}

#[test]
fn the_start_says_where_what_and_with_which_grants() {
    let host = Host::faults(&[
        "--env",
        "A=old",
        "--env",
        "A=secret",
        "--max-memory",
        "32MiB",
        "--timeout",
        "5s",
    ]);
    let name = std::path::PathBuf::from(common::fault_guest());
    let name = name.file_stem().expect("a name").to_str().expect("UTF-8");
    host.stderr.wait_for("granted: ");
    let text = host.stderr.text();
    let lines: Vec<&str> = text.lines().collect();
    let addr = &host.addr;
    assert_eq!(
        lines[0],
        format!("listening on http://{addr} ({name}, wasi:http 0.2.12)")
    );
    assert_eq!(lines[1], format!("try: curl http://{addr}/"));
    assert_eq!(
        lines[2],
        "granted: no files, environment A, no network; 32 MiB of memory, 5s a request, 256 at once"
    );
}
