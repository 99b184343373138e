//! Tries what WASI has, by Rust's standard library and by WASI's own functions, and says
//! what came of it.

mod files;
mod sockets;

use std::io::{Read, Write};
use std::time::{Duration, Instant, SystemTime};
use std::{env, thread};

use bindings::exports::anyhost::wasi_probe::probe::Guest;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{Fields, OutgoingRequest};
use wasip2::random::{insecure, insecure_seed, random};

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({
        inline: "package anyhost:wasi-probe@1.0.0;
            interface probe { attempt: func(what: string, args: list<string>) -> string; }
            world w { export probe; }",
    });
}

struct Probe;

bindings::export!(Probe with_types_in bindings);

impl Guest for Probe {
    fn attempt(what: String, args: Vec<String>) -> String {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let group = what.split('-').next().unwrap_or_default();
        match group {
            "file" => files::attempt(&what, &args),
            "at" => files::attempt_at(&what, &args),
            "tcp" | "udp" | "name" => sockets::attempt(&what, &args),
            _ => other(&what, &args),
        }
    }
}

/// What came of something that the host may refuse.
fn told<E: std::fmt::Debug>(tried: Result<String, E>) -> String {
    tried.unwrap_or_else(|error| {
        eprintln!("refused: {error:?}");
        "refused".to_owned()
    })
}

fn other(what: &str, args: &[&str]) -> String {
    let number = || args[0].parse::<u64>().expect("a number");
    match what {
        "args" => env::args().collect::<Vec<_>>().join(" "),
        "env" => env::var(args[0]).unwrap_or_else(|_| "refused".to_owned()),
        "env-all" => {
            let all = env::vars().map(|(name, value)| format!("{name}={value}"));
            all.collect::<Vec<_>>().join(" ")
        }
        "cwd" => format!("{:?}", wasip2::cli::environment::initial_cwd()),
        "stdin" => {
            let mut text = String::new();
            told(std::io::stdin().read_to_string(&mut text).map(|_| text))
        }
        "print" => {
            print!("{}", args[0]);
            let _ = std::io::stdout().flush();
            eprint!("{}", args[1]);
            String::new()
        }
        "flood" => loop {
            print!("{}", "x".repeat(4000));
        },
        "time" => {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            now.map_or_else(|e| e.to_string(), |now| now.as_secs().to_string())
        }
        "time-is-now" => {
            let then = SystemTime::UNIX_EPOCH + Duration::from_secs(number());
            let off = SystemTime::now()
                .duration_since(then)
                .unwrap_or_else(|e| e.duration());
            (off < Duration::from_secs(3600)).to_string()
        }
        "time-passes" => {
            let (before, asked) = (Instant::now(), Duration::from_millis(number()));
            thread::sleep(asked);
            (before.elapsed() >= asked).to_string()
        }
        "time-stands" => {
            let before = Instant::now();
            thread::sleep(Duration::from_millis(number()));
            (before == Instant::now()).to_string()
        }
        "sleep" => {
            thread::sleep(Duration::from_millis(number()));
            String::new()
        }
        "spin" => {
            // Asks again and again whether the time has come.
            let pollable = wasip2::clocks::monotonic_clock::subscribe_duration(number());
            while !pollable.ready() {}
            String::new()
        }
        "random" => format!("{:?}", random::get_random_bytes(number())),
        "random-differs" => {
            let next = || random::get_random_bytes(16);
            (next() != next()).to_string()
        }
        "random-insecure" => format!("{:?}", insecure::get_insecure_random_bytes(number())),
        "random-seed" => format!("{:?}", insecure_seed::insecure_seed()),
        "terminal" => {
            let out = wasip2::cli::terminal_stdout::get_terminal_stdout().is_some();
            let input = wasip2::cli::terminal_stdin::get_terminal_stdin().is_some();
            (out || input).to_string()
        }
        "exit" => std::process::exit(number().try_into().expect("a code")),
        "http" => {
            let request = OutgoingRequest::new(Fields::new());
            let _ = request.set_authority(Some(args[0]));
            told(outgoing_handler::handle(request, None).map(|_| "sent".to_owned()))
        }
        _ => format!("there is no {what}"),
    }
}
