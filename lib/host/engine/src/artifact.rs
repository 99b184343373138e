//! Precompiled code: wasmtime's own format, then a trailer that says which component it
//! was made from and seals both, so that neither stale nor damaged code is ever run.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::config::ahead_of_time;
use crate::source::read_component;
use crate::{Error, Result};

/// Marks the trailer and its version. The component's SHA-256 follows, and then the
/// seal: the SHA-256 of all that is before it.
pub const CODE_FORMAT: &[u8; 8] = b"anyhost2";
const DIGEST: usize = 32;

/// Compiles the component `input` to machine code in `output`.
///
/// The code is for this architecture and for CPUs from about 2015 on, whatever
/// this machine has: the same input gives the same bytes everywhere. A component with
/// async functions is compiled for engines of [`crate::concurrent`].
///
/// # Errors
/// [`Error`], when `input` is not a valid component or `output` cannot be written.
pub fn precompile(input: &Path, output: &Path) -> Result<()> {
    let component = read_component(input)?;
    let compile = |concurrent| compile(&ahead_of_time(true, concurrent)?, input, &component);
    let code = match compile(false) {
        Err(Error::Async(_)) => compile(true),
        compiled => compiled,
    }?;
    write(output, &code)
}

/// As [`precompile`], for engines of [`crate::without_signals`].
///
/// # Errors
/// As [`precompile`].
pub fn precompile_without_signals(input: &Path, output: &Path) -> Result<()> {
    let component = read_component(input)?;
    write(
        output,
        &compile(&ahead_of_time(false, false)?, input, &component)?,
    )
}

fn write(output: &Path, code: &[u8]) -> Result<()> {
    fs::write(output, code).map_err(|e| Error::Io(output.to_owned(), e))
}

/// Compiles a component from memory; messages call it `name`. The result is sealed, for
/// [`crate::load_bytes`].
///
/// # Errors
/// [`Error::Invalid`], when it is none; [`Error::Async`], when it has async functions
/// and the engine runs none.
pub fn compile(engine: &Engine, name: &Path, component: &[u8]) -> Result<Vec<u8>> {
    let mut code = engine
        .precompile_component(component)
        .map_err(|e| Error::of_component(name, &e))?;
    code.extend_from_slice(CODE_FORMAT);
    code.extend_from_slice(&Sha256::digest(component));
    let seal = Sha256::digest(&code);
    code.extend_from_slice(&seal);
    Ok(code)
}

/// Loads what [`compile`] made, of `source` if that is given; `Err` says in words why it
/// cannot be used.
pub(crate) fn load(
    engine: &Engine,
    artifact: &[u8],
    source: Option<&[u8]>,
) -> std::result::Result<Component, String> {
    let (code, digest) = open(artifact)?;
    if source.is_some_and(|bytes| *Sha256::digest(bytes) != *digest) {
        return Err("made from another component".to_owned());
    }
    // SAFETY: the seal is unbroken, so these are the bytes that the engine once gave, or
    // somebody has forged them: `crate::load` says who must not be able to. The engine
    // copies them, and checks version, configuration and CPU.
    unsafe { Component::deserialize(engine, code) }
        .map_err(|e| format!("does not fit this engine: {}", e.root_cause()))
}

/// The machine code, and the digest of the component that it was made from.
fn open(artifact: &[u8]) -> std::result::Result<(&[u8], &[u8; DIGEST]), &'static str> {
    let parts = || {
        let (sealed, seal) = artifact.split_last_chunk::<DIGEST>()?;
        let (rest, digest) = sealed.split_last_chunk::<DIGEST>()?;
        Some((rest.strip_suffix(CODE_FORMAT)?, digest, sealed, seal))
    };
    let (code, digest, sealed, seal) = parts().ok_or("not precompiled code, or cut short")?;
    if *Sha256::digest(sealed) != *seal {
        return Err("damaged");
    }
    Ok((code, digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_demand;

    fn component(constant: u32) -> Vec<u8> {
        let text = format!(
            "(component (core module $m (memory 1) (data (i32.const 0) \"some data\")
               (func (export \"f\") (result i32) (i32.const {constant})))
             (core instance $i (instantiate $m))
             (func (export \"f\") (result s32) (canon lift (core func $i \"f\"))))"
        );
        wat::parse_str(text).expect("the text is well-formed")
    }

    /// Numbers that look like random ones, and are the same each time.
    fn numbers() -> impl FnMut(usize) -> usize {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % below as u64).expect("it is below a usize")
        }
    }

    /// Every kind of damage to `whole`, several hundred of them.
    fn mutants(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
        let len = whole.len();
        let mut number = numbers();
        let mut all: Vec<(String, Vec<u8>)> = Vec::new();
        let mut add = |name: String, bytes: Vec<u8>| {
            if bytes != whole {
                all.push((name, bytes));
            }
        };
        // A bit of each byte of the header and the trailer, and of many in between.
        let trailer = CODE_FORMAT.len() + 2 * DIGEST;
        let between: Vec<usize> = (0..400).map(|_| number(len)).collect();
        for at in (0..64).chain(len - trailer..len).chain(between) {
            let mut bytes = whole.to_vec();
            bytes[at] ^= 1 << number(8);
            add(format!("byte {at} flipped"), bytes);
        }
        for _ in 0..100 {
            let (from, to) = (number(len), number(len));
            let (from, to) = (from.min(to), from.max(to));
            add(format!("cut to {to}"), whole[..to].to_vec());
            add(
                format!("without {from}..{to}"),
                [&whole[..from], &whole[to..]].concat(),
            );
            let mut zeros = whole.to_vec();
            zeros[from..to].fill(0);
            add(format!("zeros in {from}..{to}"), zeros);
            let mut turned = whole.to_vec();
            turned.rotate_left(from);
            add(format!("rotated by {from}"), turned);
        }
        for len in [0, 1, DIGEST, trailer - 1, trailer, len - 1] {
            add(format!("cut to {len}"), whole[..len].to_vec());
            add(
                format!("the last {len}"),
                whole[whole.len() - len..].to_vec(),
            );
        }
        add("a byte more".to_owned(), [whole, b"\0"].concat());
        add("twice".to_owned(), [whole, whole].concat());
        all
    }

    #[test]
    fn damaged_code_is_not_used() {
        let engine = on_demand().expect("an engine");
        let source = component(1);
        let code = compile(&engine, Path::new("test"), &source).expect("code");
        assert!(load(&engine, &code, Some(&source)).is_ok());
        let mutants = mutants(&code);
        assert!(mutants.len() > 800, "{}", mutants.len());
        for (name, bytes) in mutants {
            for source in [Some(&source[..]), None] {
                let reason = load(&engine, &bytes, source).err().unwrap_or_default();
                let known = ["damaged", "not precompiled code, or cut short"];
                assert!(known.contains(&reason.as_str()), "{name}: {reason:?}");
            }
        }
    }

    #[test]
    fn code_is_bound_to_its_component() {
        let engine = on_demand().expect("an engine");
        let [one, two] = [1, 2].map(component);
        let mut code = compile(&engine, Path::new("test"), &one).expect("code");
        let reason = |code: &[u8]| load(&engine, code, Some(&two)).err();
        assert_eq!(
            reason(&code).as_deref(),
            Some("made from another component")
        );
        // Not even somebody who writes the other digest into it gets it loaded.
        let at = code.len() - 2 * DIGEST;
        code[at..at + DIGEST].copy_from_slice(&Sha256::digest(&two));
        assert_eq!(reason(&code).as_deref(), Some("damaged"));
    }
}
