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
            "duration_us",
            "client",
            "host",
            "user_agent"
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
fn a_line_says_who_asked_and_for_which_host() {
    let host = Host::faults(&[]);
    let request = "GET /ok?1 HTTP/1.1\r\nhost: a.test:80\r\nuser-agent: tester/1.0\r\n\r\n";
    let mut client = Client::connect(&host.addr);
    client.send(request);
    client.receive(false);
    let addr = client.stream().local_addr().expect("an address");
    let line = host.stdout.wait_for("/ok?1");
    let end = format!(r#" client={addr} host="a.test:80" user_agent="tester/1.0""#);
    assert!(line.ends_with(&end), "{line}");
    exchange(&host.addr, "GET /ok?2 HTTP/1.0\r\n\r\n");
    let line = host.stdout.wait_for("/ok?2");
    assert!(line.ends_with(r#" host="-" user_agent="-""#), "{line}");
}

#[test]
fn a_user_agent_cannot_forge_log_lines() {
    let host = Host::faults(&[]);
    let agent = "a\" status=200\t\\ \u{e9}\u{202e}";
    let long = "l".repeat(5000);
    for agent in [agent, &long] {
        let request = format!("GET /ok HTTP/1.1\r\nhost: test\r\nuser-agent: {agent}\r\n\r\n");
        assert_eq!(exchange(&host.addr, request).status, 200);
    }
    let line = host.stdout.wait_for("a\\\"");
    let expected = r#" user_agent="a\" status=200\x09\\ \xc3\xa9\xe2\x80\xae""#;
    assert!(line.ends_with(expected), "{line}");
    let line = host.stdout.wait_for("lll");
    assert!(line.ends_with("lll...\"") && line.len() < 1000, "{line}");
    // What cannot be read is not trusted either.
    let mut client = Client::connect(&host.addr);
    client.send(b"G\x1b[31m\"T / HTTP/1.1\r\n\r\n");
    client.try_receive(false);
    host.stdout.wait_for(r#"\x1b[31m\"T / HTTP/1.1"#);
    assert!(host.stdout.text().is_ascii());
}

/// The bytes in the log's line of `path`, whose client has got some and gone.
fn bytes_of(host: &Host, path: &str) -> u64 {
    let mut client = Client::connect(&host.addr);
    client.send(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n"));
    assert_eq!(client.peek(), b'H');
    drop(client);
    let line = host.stdout.wait_for(&format!("path=\"{path}\""));
    assert!(line.ends_with(" reason=\"the client has gone\""), "{line}");
    let bytes = line.split(" bytes=").nth(1).expect("bytes");
    let bytes = bytes.split(' ').next().expect("a number");
    bytes.parse().expect("a number")
}

#[test]
fn bytes_are_what_was_sent() {
    let host = Host::faults(&["--timeout", "10m"]);
    for (target, bytes) in [
        ("/big?1000000", 1_000_000),
        ("/drip?2", 10),
        ("/short-body", 13),
    ] {
        host.get(target);
        host.stdout
            .wait_for(&format!("path=\"{target}\" status=200 bytes={bytes} "));
    }
    let mut client = Client::connect(&host.addr);
    client.send("HEAD /ok?head HTTP/1.1\r\nhost: test\r\n\r\n");
    client.receive(true);
    host.stdout
        .wait_for("path=\"/ok?head\" status=200 bytes=0 ");
    // What the system takes at once for a client that does not read is far less.
    assert!(bytes_of(&host, "/big?50000000") < 40_000_000);
    assert_eq!(bytes_of(&host, "/hang-in-body"), 15);
}

#[test]
fn a_log_that_cannot_be_written_is_told_once() {
    let host = Host::by_shell("exec >/dev/full;", &[]);
    for _ in 0..3 {
        assert_eq!(host.get("/ok").text(), "ok");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    host.get("/trap");
    host.stderr.wait_for("path=\"/trap\"");
    let text = host.stderr.text();
    let told = "cannot write the access log to stdout: No space left on device (os error 28)\n";
    assert_eq!(text.matches("cannot write").count(), 1, "{text}");
    assert!(text.contains(told), "{text}");
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
