//! Directories for guests.

use std::io::ErrorKind;

use anyhost_manners::Dir;
use wasmtime_wasi::filesystem::WasiFilesystemCtx;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::one_line;

/// Opens directories, once for all instances: a clone of the result belongs into the
/// `WasiCtx` of each.
///
/// The guest gets no further than to what is below them: neither `..` nor a symbolic
/// link leads out. With `may_block` the thread that runs the guest waits for the disk
/// itself.
///
/// # Errors
/// One line about a directory that cannot be granted.
pub fn open_dirs(dirs: &[Dir], may_block: bool) -> Result<WasiFilesystemCtx, String> {
    let mut wasi = WasiCtxBuilder::new();
    wasi.allow_blocking_current_thread(may_block);
    for (at, dir) in dirs.iter().enumerate() {
        let failed = |reason: &str| format!("{}: {reason}", dir.host.display());
        if dirs[..at].iter().any(|other| other.guest == dir.guest) {
            return Err(failed(&format!("the guest has a {} already", dir.guest)));
        }
        match std::fs::metadata(&dir.host) {
            Ok(data) if data.is_dir() => {}
            Ok(_) => return Err(failed("not a directory")),
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(failed("no such directory")),
            Err(e) => return Err(failed(&e.kind().to_string())),
        }
        let perms = if dir.read_only {
            FsPerms::ReadOnly
        } else {
            FsPerms::ReadWrite
        };
        wasi.preopened_dir(&dir.host, &dir.guest, perms)
            .map_err(|e| failed(&one_line(&e)))?;
    }
    Ok(wasi.build().filesystem().clone())
}
