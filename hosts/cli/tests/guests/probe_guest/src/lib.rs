//! A command that does what its first argument says, to show what its host gives it.
//!
//! It uses std, and with it most of WASI, as commands of other people do.

use std::io::{self, Write};
use std::net::TcpStream;
use std::{env, fs};

use wasip2::cli::{exit, stdout};
use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::exports::cli::run::Guest;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{ErrorCode, Fields, IncomingResponse, OutgoingRequest, Scheme};
use wasip2::io::streams::StreamError;

const HOUR: u64 = 3_600_000_000_000;

struct Probe;

impl Guest for Probe {
    fn run() -> Result<(), ()> {
        let args: Vec<String> = env::args().collect();
        let words: Vec<&str> = args.iter().skip(1).map(String::as_str).collect();
        let done = match words[..] {
            ["env"] => print(&format!("{:?}\n", env::vars().collect::<Vec<_>>())),
            ["echo"] => io::copy(&mut io::stdin(), &mut io::stdout()).and_then(|_| print("")),
            ["streams"] => {
                eprintln!("to stderr");
                print("to stdout\n")
            }
            ["read", path] => fs::read_to_string(path).and_then(|text| print(&text)),
            ["write", path, text] => fs::write(path, text),
            ["remove", path] => fs::remove_file(path),
            ["list", path] => list(path),
            ["connect", address] => TcpStream::connect(address).map(drop),
            ["get", authority] => print(&get(&Scheme::Http, authority, false)),
            ["get-tls", authority] => print(&get(&Scheme::Https, authority, false)),
            ["spin-get", authority] => print(&get(&Scheme::Http, authority, true)),
            ["exit", code] => {
                exit::exit_with_code(code.parse().unwrap_or_default());
                Ok(())
            }
            ["fail"] => return Err(()),
            ["trap"] => panic!("asked to"),
            ["loop"] => loop {
                std::hint::spin_loop();
            },
            ["sleep"] => {
                subscribe_duration(HOUR).block();
                Ok(())
            }
            ["flood"] => loop {
                if let Err(error) = print(&"flood ".repeat(1000)) {
                    break Err(error);
                }
            },
            ["unflushed", text] => {
                stdout::get_stdout()
                    .write(text.as_bytes())
                    .map_err(|_| ())?;
                Ok(())
            }
            ["alloc", mebibytes] => alloc(mebibytes.parse().unwrap_or(usize::MAX)),
            _ => print(&format!("{args:?}\n")),
        };
        done.map_err(|error| eprintln!("probe: {:?}", error.kind()))
    }
}

wasip2::cli::command::export!(Probe);

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn list(path: &str) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    print(&format!("{}\n", names.join(" ")))
}

/// Takes memory and keeps it.
fn alloc(mebibytes: usize) -> io::Result<()> {
    let mut hoard = Vec::new();
    while hoard.len() < mebibytes {
        hoard.push(vec![1u8; 1 << 20]);
    }
    print(&format!("{} MiB\n", hoard.len()))
}

/// What comes of `GET <scheme>://<authority>/path`, as text. With `spin` it computes
/// until the response is there, instead of waiting.
fn get(scheme: &Scheme, authority: &str, spin: bool) -> String {
    let request = OutgoingRequest::new(Fields::new());
    let _ = request.set_scheme(Some(scheme));
    let _ = request.set_authority(Some(authority));
    let _ = request.set_path_with_query(Some("/path"));
    let response = outgoing_handler::handle(request, None).and_then(|future| {
        let ready = future.subscribe();
        while spin && !ready.ready() {}
        ready.block();
        let response = future.get().expect("it is ready");
        response.expect("it is taken once")
    });
    match response.and_then(|response| Ok((response.status(), body(&response)?))) {
        Ok((status, body)) => format!("{status} {body}\n"),
        Err(code) => format!("{code:?}\n"),
    }
}

fn body(response: &IncomingResponse) -> Result<String, ErrorCode> {
    let body = response.consume().expect("the body is taken once");
    let stream = body.stream().expect("the stream is taken once");
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(64 * 1024) {
            Ok(chunk) => bytes.extend(chunk),
            Err(StreamError::Closed) => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(StreamError::LastOperationFailed(e)) => {
                return Err(ErrorCode::InternalError(Some(e.to_debug_string())));
            }
        }
    }
}
