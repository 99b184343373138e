//! Files, by paths and by descriptors.

use std::io::{Read, Seek, Write};
use std::{fs, io};

use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{
    Descriptor, DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};

use crate::told;

/// Tries something by the paths that the standard library looks up.
pub fn attempt(what: &str, args: &[&str]) -> String {
    let path = args[0];
    told(match what {
        "file-read" => fs::read_to_string(path),
        "file-list" => list(path),
        "file-write" => fs::write(path, args[1]).map(|()| "written".to_owned()),
        "file-append" => append(path, args[1]),
        "file-remove" => fs::remove_file(path).map(|()| "removed".to_owned()),
        "file-mkdir" => fs::create_dir(path).map(|()| "made".to_owned()),
        "file-rmdir" => fs::remove_dir(path).map(|()| "removed".to_owned()),
        "file-rename" => fs::rename(path, args[1]).map(|()| "renamed".to_owned()),
        "file-link" => fs::hard_link(path, args[1]).map(|()| "linked".to_owned()),
        "file-truncate" => truncate(path),
        "file-size" => fs::metadata(path).map(|data| data.len().to_string()),
        _ => return format!("there is no {what}"),
    })
}

fn list(path: &str) -> io::Result<String> {
    let names = fs::read_dir(path)?.map(|entry| Ok(entry?.file_name().display().to_string()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names.join(" "))
}

fn append(path: &str, text: &str) -> io::Result<String> {
    let mut file = fs::OpenOptions::new().append(true).open(path)?;
    file.write_all(text.as_bytes())?;
    Ok("written".to_owned())
}

fn truncate(path: &str) -> io::Result<String> {
    let mut file = fs::OpenOptions::new().read(true).write(true).open(path)?;
    file.set_len(0)?;
    file.rewind()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok("truncated".to_owned())
}

/// Tries something below each directory that is granted, with paths as they are.
pub fn attempt_at(what: &str, args: &[&str]) -> String {
    if what == "at-count" {
        return get_directories().len().to_string();
    }
    let mut outcome = "refused".to_owned();
    for (dir, _) in get_directories() {
        let tried = told(at(&dir, what, args));
        if tried != "refused" {
            outcome = tried;
        }
    }
    outcome
}

fn at(dir: &Descriptor, what: &str, args: &[&str]) -> Result<String, ErrorCode> {
    let (path, follow) = (args[0], PathFlags::SYMLINK_FOLLOW);
    match what {
        "at-read" => {
            let file = dir.open_at(follow, path, OpenFlags::empty(), DescriptorFlags::READ)?;
            let (bytes, _) = file.read(1 << 16, 0)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        "at-write" => {
            let (create, write) = (OpenFlags::CREATE, DescriptorFlags::WRITE);
            let file = dir.open_at(follow, path, create, write)?;
            file.write(args[1].as_bytes(), 0)?;
            Ok("written".to_owned())
        }
        "at-list" => {
            let flags = (OpenFlags::DIRECTORY, DescriptorFlags::READ);
            let found = dir.open_at(follow, path, flags.0, flags.1)?;
            found.read_directory()?.read_directory_entry()?;
            Ok("listed".to_owned())
        }
        "at-stat" => dir.stat_at(follow, path).map(|stat| stat.size.to_string()),
        "at-readlink" => dir.readlink_at(path),
        "at-symlink" => dir.symlink_at(args[1], path).map(|()| "linked".to_owned()),
        "at-link" => {
            let linked = dir.link_at(PathFlags::empty(), path, dir, args[1]);
            linked.map(|()| "linked".to_owned())
        }
        "at-rename" => dir
            .rename_at(path, dir, args[1])
            .map(|()| "renamed".to_owned()),
        "at-remove" => dir.unlink_file_at(path).map(|()| "removed".to_owned()),
        "at-mkdir" => dir.create_directory_at(path).map(|()| "made".to_owned()),
        "at-rmdir" => dir.remove_directory_at(path).map(|()| "removed".to_owned()),
        "at-times" => {
            let (then, now) = (NewTimestamp::Now, NewTimestamp::Now);
            let set = dir.set_times_at(follow, path, then, now);
            set.map(|()| "set".to_owned())
        }
        _ => Ok(format!("there is no {what}")),
    }
}
