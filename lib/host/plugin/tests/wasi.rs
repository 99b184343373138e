//! What a component reaches by WASI, and what ends it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhost_plugin::{Dir, Engine, Error, Options, Plugin, Return, Stream, Vals, Wasi};
use serde_json::Value;
use wasmtime::component::Val;

fn runfile(name: &str) -> PathBuf {
    std::env::var_os(name).expect(name).into()
}

fn open(options: Options) -> Result<Plugin, Error> {
    let engine = Engine::new().expect("an engine");
    Plugin::open(&engine, runfile("PROBE"), options)
}

fn granted(wasi: Wasi) -> Plugin {
    let wasi = Some(wasi);
    open(Options {
        wasi,
        ..Options::default()
    })
    .expect("a plugin")
}

fn attempt(plugin: &mut Plugin, what: &str, args: &[&str]) -> Result<String, Error> {
    let function = plugin.function("probe", "attempt")?;
    let args = args.iter().map(|arg| Val::String((*arg).to_owned()));
    let values = [Val::String(what.to_owned()), Val::List(args.collect())];
    let returned = plugin.call(&function, values.into_iter(), &mut Vals);
    match returned.map_err(Error::from)? {
        Return::Value(Some(Val::String(text))) => Ok(text),
        _ => unreachable!("its type says so"),
    }
}

fn strings(value: &Value) -> Vec<&str> {
    let items = value.as_array().expect("a list").iter();
    items.map(|item| item.as_str().expect("a string")).collect()
}

fn pairs(value: &Value) -> BTreeMap<&str, &str> {
    let pairs = value.as_object().expect("an object").iter();
    let pairs = pairs.map(|(key, value)| (key.as_str(), value.as_str().expect("a string")));
    pairs.collect()
}

/// Files and links as `granted.json` has them.
fn plant(base: &Path, document: &Value) {
    for (path, text) in pairs(&document["files"]) {
        let path = base.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    for folder in strings(&document["folders"]) {
        fs::create_dir(base.join(folder)).expect("a folder");
    }
    for (path, target) in pairs(&document["links"]) {
        symlink(target, base.join(path)).expect("a link");
    }
}

/// All paths below a folder, with the contents of files.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, kind) = (entry.path(), entry.file_type().expect("a type"));
        let content = if kind.is_file() {
            fs::read(&path).expect("a file")
        } else {
            Vec::new()
        };
        if kind.is_dir() {
            found.extend(tree(&path));
        }
        found.insert(path, content);
    }
    found
}

#[test]
fn what_is_granted_and_nothing_else() {
    let document = fs::read(runfile("GRANTED")).expect("a file");
    let document: Value = serde_json::from_slice(&document).expect("JSON");
    let base = runfile("TEST_TMPDIR").join("granted");
    fs::create_dir(&base).expect("a folder");
    plant(&base, &document);
    let before = tree(&base);
    let dirs = strings(&document["dirs"]).into_iter().map(|dir| {
        let dir = Dir::parse(base.join(dir).as_os_str());
        dir.expect("a directory")
    });
    let bytes = document["random"].as_array().expect("a list").iter();
    let bytes = bytes.map(|byte| u8::try_from(byte.as_u64().expect("a byte")).expect("a byte"));
    let env = pairs(&document["env"]).into_iter();
    let mut plugin = granted(Wasi {
        args: strings(&document["args"])
            .into_iter()
            .map(str::to_owned)
            .collect(),
        env: env
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        dirs: dirs.collect(),
        stdin: document["stdin"].as_str().expect("text").into(),
        clock: document["clock"].as_u64().map(Duration::from_secs),
        random: Some(bytes.collect()),
        output: Some(Arc::new(|_, _| Ok(()))),
    });
    let mut wrong = Vec::new();
    for one in document["attempts"].as_array().expect("a list") {
        let what = one[0].as_str().expect("a string");
        let got = attempt(&mut plugin, what, &strings(&one[1]));
        if got != Ok(one[2].as_str().expect("a string").to_owned()) {
            wrong.push(format!("{one}: got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(tree(&base), before);
}

#[test]
fn lines_go_to_the_embedder() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    let mut plugin = granted(Wasi {
        output: Some(Arc::new(move |stream, line: &str| {
            if line == "fail" {
                return Err(Error::Host("no more".to_owned()));
            }
            told.lock()
                .expect("no panic")
                .push((stream, line.to_owned()));
            Ok(())
        })),
        ..Wasi::default()
    });
    let long = "y".repeat(5000);
    attempt(&mut plugin, "print", &["one\ntwo", "three\n"]).expect("it prints");
    attempt(&mut plugin, "print", &[&long, ""]).expect("it prints");
    let told = std::mem::take(&mut *lines.lock().expect("no panic"));
    let of = |stream| {
        let lines = told.iter().filter(move |(of, _)| *of == stream);
        lines.map(|(_, line)| line.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        of(Stream::Stdout),
        ["one", "two", &long[..4096], &long[4096..]]
    );
    assert_eq!(of(Stream::Stderr), ["three"]);
    let error = attempt(&mut plugin, "print", &["fail\n", ""]);
    assert_eq!(error, Err(Error::Host("no more".to_owned())));
    attempt(&mut plugin, "print", &["again\n", ""]).expect("a fresh instance");
    assert_eq!(
        *lines.lock().expect("no panic"),
        [(Stream::Stdout, "again".to_owned())]
    );
}

#[test]
fn time_has_an_end_whatever_is_waited_for() {
    let mut plugin = open(Options {
        timeout: Some(Duration::from_millis(200)),
        wasi: Some(Wasi {
            output: Some(Arc::new(|_, _| Ok(()))),
            ..Wasi::default()
        }),
        ..Options::default()
    })
    .expect("a plugin");
    for (what, args) in [
        ("sleep", ["3600000"].as_slice()),
        ("spin", &["3600000000000"]),
        ("flood", &[]),
    ] {
        let ended = attempt(&mut plugin, what, args);
        assert!(
            matches!(ended, Err(Error::TimeLimit(_))),
            "{what}: {ended:?}"
        );
    }
    assert_eq!(
        attempt(&mut plugin, "spin", &["1000000"]),
        Ok(String::new())
    );
    assert_eq!(
        attempt(&mut plugin, "time-passes", &["20"]),
        Ok("true".to_owned())
    );
}

#[test]
fn what_is_not_there_ends_the_call_alone() {
    let mut plugin = granted(Wasi::default());
    let file = runfile("PROBE").display().to_string();
    for (what, args, expected) in [
        ("exit", ["0"], "it exited with code 0"),
        ("exit", ["3"], "it exited with code 1"),
        (
            "http",
            ["localhost"],
            "wasi:http/types@0.2.12.fields.constructor is refused: no HTTP in a plugin",
        ),
    ] {
        let expected = Err(Error::Trap(format!("{file}: trap: {expected}")));
        assert_eq!(attempt(&mut plugin, what, &args), expected);
        assert_eq!(attempt(&mut plugin, "args", &[]), Ok(String::new()));
    }
}

#[test]
fn the_clock_is_the_machines() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.expect("after 1970").as_secs().to_string();
    let mut plugin = granted(Wasi::default());
    assert_eq!(
        attempt(&mut plugin, "time-is-now", &[&now]),
        Ok("true".to_owned())
    );
}

#[test]
fn what_cannot_be_granted() {
    let refused = open(Options {
        wasi: None,
        ..Options::default()
    });
    let error = refused.err().expect("it imports WASI").to_string();
    let expected =
        "imports wasi:io/poll@0.2.12, which this host does not provide; it provides nothing";
    assert!(error.ends_with(expected), "{error}");
    let dir = Dir {
        host: "no/such".into(),
        guest: "/data".to_owned(),
        read_only: true,
    };
    let open = |wasi| {
        let wasi = Some(wasi);
        open(Options {
            wasi,
            ..Options::default()
        })
        .err()
        .expect("it is wrong")
        .to_string()
    };
    let missing = open(Wasi {
        dirs: vec![dir],
        ..Wasi::default()
    });
    assert_eq!(missing, "dirs: no/such: no such directory");
    let random = Some(Vec::new());
    let none = open(Wasi {
        random,
        ..Wasi::default()
    });
    assert_eq!(none, "random: expected a byte or more, got none");
}
