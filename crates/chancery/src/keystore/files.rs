//! Files that nobody else may read.
//!
//! INVARIANT: a folder that others can enter and a file that others can read are refused, not repaired, since
//! they may have been read already; no symbolic link is followed to a key; no existing file is ever written.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::KeyStoreError;

/// The largest file that is read.
const MOST_BYTES: u64 = 16 * 1024;

/// Makes the folder if there is none, and refuses one that others can enter.
pub(super) fn private_folder(folder: &Path) -> Result<(), KeyStoreError> {
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(|error| io(folder, error))?;
        }
        _ => {}
    }
    check_folder(folder)
}

/// Refuses a folder that is a link, or that others can enter.
pub(super) fn check_folder(folder: &Path) -> Result<(), KeyStoreError> {
    let found = fs::symlink_metadata(folder).map_err(|error| io(folder, error))?;
    if !found.is_dir() {
        return Err(refused(folder, "is not a folder of its own"));
    }
    narrow(folder, found.mode())
}

/// Reads a file that nobody else can read.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, KeyStoreError> {
    let named = fs::symlink_metadata(path).map_err(|error| io(path, error))?;
    if !named.file_type().is_file() {
        return Err(refused(path, "is not a plain file"));
    }
    let file = File::open(path).map_err(|error| io(path, error))?;
    let opened = file.metadata().map_err(|error| io(path, error))?;
    // A link put in place between the two calls leads to another file than the one that was named.
    if (opened.dev(), opened.ino()) != (named.dev(), named.ino()) {
        return Err(refused(path, "changed while it was opened"));
    }
    narrow(path, opened.mode())?;
    if opened.len() > MOST_BYTES {
        return Err(KeyStoreError::Damaged { name: name_of(path) });
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| io(path, error))?;
    Ok(bytes)
}

/// Writes a new file in one step: a reader sees all of it or nothing, and an existing file stays as it is.
pub(super) fn write_new(
    folder: &Path,
    file_name: &str,
    mark: &str,
    bytes: &[u8],
) -> Result<(), KeyStoreError> {
    let path = folder.join(file_name);
    let temporary = Temporary(folder.join(format!(".{mark}.tmp")));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary.0)
        .map_err(|error| io(&temporary.0, error))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| io(&temporary.0, error))?;
    // Giving the finished file its name with a link is a rename that fails when the name is taken.
    fs::hard_link(&temporary.0, &path).map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            KeyStoreError::Exists { name: name_of(&path) }
        } else {
            io(&path, error)
        }
    })?;
    drop(temporary);
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| io(folder, error))
}

/// The names in a folder.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, KeyStoreError> {
    let entries = fs::read_dir(folder).map_err(|error| io(folder, error))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

/// A file that is gone when this is dropped.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // The file may never have been made; there is nobody to tell either way.
        let _ = fs::remove_file(&self.0);
    }
}

fn narrow(path: &Path, mode: u32) -> Result<(), KeyStoreError> {
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(KeyStoreError::Permissions {
        path: path.to_owned(),
        defect: format!("has mode {:04o}, and others must have none", mode & 0o7777),
    })
}

fn refused(path: &Path, defect: &str) -> KeyStoreError {
    KeyStoreError::Permissions {
        path: path.to_owned(),
        defect: defect.to_owned(),
    }
}

fn io(path: &Path, source: io::Error) -> KeyStoreError {
    if source.kind() == io::ErrorKind::NotFound {
        return KeyStoreError::NotFound { name: name_of(path) };
    }
    KeyStoreError::Io {
        path: path.to_owned(),
        source,
    }
}

fn name_of(path: &Path) -> String {
    path.file_stem()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
