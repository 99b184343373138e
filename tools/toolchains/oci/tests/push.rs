//! Pushing to a real registry on the loopback, and pulling back.

mod common;

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Dir, error, file, run, sha256, skopeo};
use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference};
use oci_wasm::WasmClient;

/// How long anything may take: far more than it should on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Debian's docker-registry, which writes each request to its access log.
struct Registry {
    process: Child,
    host: String,
    dir: Dir,
}

impl Registry {
    fn start(more: &str) -> Self {
        // It cannot choose a port itself, and another program may take the free one first.
        let start = || Self::start_once(more);
        std::iter::repeat_with(start)
            .take(5)
            .flatten()
            .next()
            .expect("the registry answers")
    }

    fn start_once(more: &str) -> Option<Self> {
        let dir = Dir::new();
        let host = free_address();
        let storage = dir.path("storage");
        let config = format!(
            "version: 0.1\n\
             storage: {{filesystem: {{rootdirectory: {storage}}}}}\n\
             http: {{addr: '{host}'}}\n{more}"
        );
        let process = Command::new(file("REGISTRY"))
            .args(["serve", &dir.write("config.yml", config)])
            .stdin(Stdio::null())
            .stdout(File::create(dir.path("access.log")).expect("a file"))
            .stderr(File::create(dir.path("log")).expect("a file"))
            .spawn()
            .expect("the registry starts");
        let mut registry = Self { process, host, dir };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(&registry.host).is_err() {
            if registry.process.try_wait().expect("a child").is_some() || Instant::now() > deadline
            {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(registry)
    }

    /// How many requests it was sent that bring it something.
    fn uploads(&self) -> usize {
        let log = fs::read_to_string(self.dir.path("access.log")).expect("the access log");
        let methods = ["\"POST ", "\"PUT ", "\"PATCH "];
        log.lines()
            .filter(|line| methods.iter().any(|method| line.contains(method)))
            .count()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

/// Pushes; the result is what is printed.
fn push(image: &str, args: &[&str]) -> Vec<String> {
    let printed = run(&file(&format!("{image}_PUSH")), args);
    String::from_utf8(printed)
        .expect("UTF-8")
        .lines()
        .map(str::to_owned)
        .collect()
}

fn digest(image: &str) -> String {
    fs::read_to_string(file(&format!("{image}_DIGEST")))
        .expect("the digest")
        .trim()
        .to_owned()
}

/// The digest of what the registry has under a name.
fn digest_at(name: &str) -> String {
    sha256(&skopeo(&[
        "inspect",
        "--tls-verify=false",
        "--raw",
        &format!("docker://{name}"),
    ]))
}

#[test]
fn what_is_pushed_has_the_digest_of_the_build() {
    let registry = Registry::start("");
    for image in ["FILESYSTEM", "LAYER", "ARTIFACT", "INDEX"] {
        let repository = format!("{}/team/{}", registry.host, image.to_lowercase());
        let name = format!("{repository}@{}", digest(image));
        assert_eq!(push(image, &["--repository", &repository]), [&*name]);
        assert_eq!(digest_at(&name), digest(image));
    }
}

#[test]
fn tags_are_those_of_the_rule_and_those_that_are_given() {
    let registry = Registry::start("");
    let repository = format!("{}/example", registry.host);
    let printed = push(
        "TAGGED",
        &["--repository", &repository, "--tag", "v1", "-t", "v2"],
    );
    let mut expected: Vec<_> = ["from-build", "v1", "v2"]
        .map(|tag| format!("{repository}:{tag}"))
        .into();
    for tagged in &expected {
        assert_eq!(digest_at(tagged), digest("LAYER"));
    }
    expected.push(format!("{repository}@{}", digest("LAYER")));
    assert_eq!(printed, expected);
}

#[test]
fn a_second_push_uploads_nothing() {
    let registry = Registry::start("");
    for image in ["LAYER", "INDEX"] {
        let repository = format!("{}/{}", registry.host, image.to_lowercase());
        let args = ["--repository", &repository, "--tag", "v1"];
        let before = registry.uploads();
        let printed = push(image, &args);
        let first = registry.uploads();
        assert!(first > before, "the first push uploads");
        assert_eq!(push(image, &args), printed);
        assert_eq!(registry.uploads(), first, "the second push uploads nothing");
    }
}

#[test]
fn an_artifact_comes_back_as_the_component() {
    let registry = Registry::start("");
    let repository = format!("{}/wasm/example", registry.host);
    push("ARTIFACT", &["--repository", &repository, "--tag", "1.0.0"]);
    // The client wants TLS at hand, even where it is not used.
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().expect("no other provider");
    let client = WasmClient::new(Client::new(ClientConfig {
        protocol: ClientProtocol::Http,
        ..ClientConfig::default()
    }));
    let reference: Reference = format!("{repository}:1.0.0").parse().expect("a reference");
    let auth = RegistryAuth::Anonymous;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (image, config) = runtime.expect("a runtime").block_on(async {
        let image = client.pull(&reference, &auth).await.expect("an image");
        let (_, config, _) = client
            .pull_manifest_and_config(&reference, &auth)
            .await
            .expect("a configuration");
        (image, config)
    });
    assert_eq!(image.digest, Some(digest("ARTIFACT")));
    let component = fs::read(file("COMPONENT")).expect("the component");
    assert!(
        image.layers[0].data == component,
        "the component is byte for byte the same"
    );
    let told = config.component.expect("a component");
    assert_eq!(told.exports, ["wasi:cli/run@0.2.12"]);
    assert_eq!(told.imports, ["wasi:random/random@0.2.12"]);
    assert_eq!(told.target.as_deref(), Some("wasi:cli/command@0.2.12"));
}

#[test]
fn help_tells_the_flags() {
    let help = push("LAYER", &["--help"]).join("\n");
    for text in [
        "--repository <HOST/NAME>",
        "--tag <TAG|@FILE>",
        "--insecure",
        "REGISTRY_AUTH_FILE",
    ] {
        assert!(help.contains(text), "{text}: {help}");
    }
    assert!(!help.contains("--skopeo"), "{help}");
}

#[test]
fn mistakes_are_told_in_one_line() {
    let push = file("LAYER_PUSH");
    assert_eq!(
        error(&push, &[]),
        "error: no repository; expected --repository HOST/NAME"
    );
    assert_eq!(
        error(&push, &["--repository", "host/Name"]),
        "error: repository 'host/Name': expected HOST/NAME in lower case; a tag is given with --tag"
    );
    assert_eq!(
        error(&push, &["--repository", "host/name", "--tag", "a b"]),
        "error: tag 'a b': expected letters, digits, '.', '_' and '-'"
    );
}

#[test]
fn a_registry_that_is_down() {
    let host = free_address();
    let line = error(
        &file("LAYER_PUSH"),
        &["--repository", &format!("{host}/name")],
    );
    assert!(
        line.starts_with(&format!("error: {host}/name@sha256:")),
        "{line}"
    );
    assert!(
        line.ends_with(&format!(
            "connection refused; is there a registry at {host}?"
        )),
        "{line}"
    );
    assert!(!line.contains("parsing image name"), "{line}");
}

#[test]
fn plain_http_is_for_who_asks_for_it() {
    let registry = Registry::start("");
    // The same registry, by an address that is not the loopback's.
    let host = registry.host.replace("127.0.0.1", "0.0.0.0");
    let repository = format!("{host}/name");
    let line = error(&file("LAYER_PUSH"), &["--repository", &repository]);
    let expected = "server gave HTTP response to HTTPS client; --insecure allows plain HTTP, and \
                    certificates that nobody vouches for";
    assert!(line.ends_with(expected), "{line}");
    let printed = push("LAYER", &["--repository", &repository, "--insecure"]);
    assert_eq!(printed, [format!("{repository}@{}", digest("LAYER"))]);
}

#[test]
fn a_registry_that_wants_a_password() {
    let users = Dir::new();
    // bcrypt's own test vector: the password is `U*U`.
    let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let list = users.write("htpasswd", format!("user:{hash}\n"));
    let registry = Registry::start(&format!(
        "auth: {{htpasswd: {{realm: test, path: {list}}}}}\n"
    ));
    let host = &registry.host;
    let repository = format!("{host}/name");
    let program = file("LAYER_PUSH");
    let line = error(&program, &["--repository", &repository]);
    assert!(
        line.ends_with(&format!(
            "; log in with `docker login {host}`, or set REGISTRY_AUTH_FILE to a file that \
             `skopeo login --authfile` wrote"
        )),
        "{line}"
    );
    assert_eq!(registry.uploads(), 0);
    // `user:U*U`, as `docker login` writes it.
    let login = users.write(
        "auth.json",
        format!("{{\"auths\":{{\"{host}\":{{\"auth\":\"dXNlcjpVKlU=\"}}}}}}"),
    );
    let output = Command::new(program)
        .args(["--repository", &repository])
        .env("REGISTRY_AUTH_FILE", login)
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("{repository}@{}\n", digest("LAYER"))
    );
}
