//! Requests over TLS: who is trusted.

mod common;

use std::process::Command;

use common::{Ended, probe_command};
use host_testing::program::Program;
use host_testing::{Dir, file};

/// A server with a certificate of an authority that nobody knows.
struct Server {
    dir: Dir,
    /// `HOST:PORT`.
    address: String,
    _program: Program,
}

impl Server {
    fn start() -> Self {
        let dir = Dir::new();
        certificate(&dir, "authority", &[]);
        let (pem, key) = (dir.path("authority.pem"), dir.path("authority.key"));
        let issued = ["-CA", &pem, "-CAkey", &key, "-extensions", "usr_cert"];
        let name = ["-addext", "subjectAltName=IP:127.0.0.1"];
        certificate(&dir, "server", &[&issued[..], &name].concat());
        let mut command = Command::new(openssl());
        command
            .args(["s_server", "-accept", "127.0.0.1:0", "-www"])
            .args(["-cert", &dir.path("server.pem")])
            .args(["-key", &dir.path("server.key")]);
        let program = Program::start(&mut command);
        let line = program.stdout.wait_for("ACCEPT ");
        let address = line.rsplit(' ').next().expect("an address").to_owned();
        Self {
            dir,
            address,
            _program: program,
        }
    }

    /// What the probe gets from it, with `SSL_CERT_FILE`, or without.
    fn get(&self, trusted: Option<&str>) -> Ended {
        let mut command = probe_command(&["--allow-http=127.0.0.1"], &["get-tls", &self.address]);
        command.env_remove("SSL_CERT_DIR");
        match trusted {
            Some(path) => command.env("SSL_CERT_FILE", path),
            None => command.env_remove("SSL_CERT_FILE"),
        };
        command.output().expect("the host starts").into()
    }
}

fn openssl() -> String {
    file("OPENSSL", Some("openssl"))
}

/// Makes `NAME.pem` and `NAME.key`.
fn certificate(dir: &Dir, name: &str, more: &[&str]) {
    let made = Command::new(openssl())
        .args(["req", "-x509", "-batch", "-nodes", "-days", "2"])
        .args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
        .args(["-subj", &format!("/CN={name}")])
        .args(["-out", &dir.path(&format!("{name}.pem"))])
        .args(["-keyout", &dir.path(&format!("{name}.key"))])
        .args(more)
        .output()
        .expect("openssl starts");
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{said}");
}

#[test]
fn an_authority_is_trusted_that_the_environment_names() {
    let server = Server::start();
    let answer = server.get(Some(&server.dir.path("authority.pem"))).ok();
    assert!(answer.starts_with("200 "), "{answer}");
    assert!(answer.contains("Ciphers supported"), "{answer}");
}

#[test]
fn an_unknown_authority_is_not_trusted() {
    let server = Server::start();
    let refused = "ErrorCode::TlsCertificateError\n";
    // The machine's own, and another one.
    assert_eq!(server.get(None).ok(), refused);
    certificate(&server.dir, "other", &[]);
    assert_eq!(
        server.get(Some(&server.dir.path("other.pem"))).ok(),
        refused
    );
}

#[test]
fn a_file_of_authorities_that_cannot_be_read_is_told() {
    let dir = Dir::new();
    let missing = dir.path("missing.pem");
    let mut command = probe_command(&["--allow-http=127.0.0.1"], &["env"]);
    let output = command.env("SSL_CERT_FILE", &missing).output();
    let ended = Ended::from(output.expect("the host starts"));
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    let start = "error: --allow-http: no authority to trust: ";
    assert!(ended.stderr.starts_with(start), "{ended:?}");
    assert!(ended.stderr.contains(&missing), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
}
