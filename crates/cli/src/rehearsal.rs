//! `--dry-run`: what a command would change is told instead of done.
//!
//! INVARIANT: a command comes here after everything that it reads and checks, and before the first thing that
//! it changes, on this machine or at a registry.

use std::path::Path;

use chancery::KeyStore;
use serde_json::json;

use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home;

/// One thing that a command would change, as a sentence without its subject: `write paper.json`.
pub(crate) type Change = String;

/// Under `--dry-run`, tells the changes and gives the exit code to end with.
pub(crate) fn rehearsed(global: &Global, changes: &[Change], console: &mut Console) -> Option<Exit> {
    if !global.dry_run {
        return None;
    }
    if console.is_json() {
        console.json(&json!({"apiVersion": "chancery.v1", "kind": "Rehearsal", "changes": changes}));
    } else {
        for change in changes {
            console.line(format_args!("would {change}"));
        }
    }
    console.say("dry run: nothing was changed");
    Some(Exit::Yes)
}

/// A request to the registry that the command or the home names.
pub(crate) fn ask(what: &str) -> Change {
    format!("ask the registry to {what}")
}

/// A new key in the key store; refused if there is one of that name or none can have it.
pub(crate) fn new_key(store: &KeyStore, name: &str) -> Result<Change, Failure> {
    store.vacant(name).map_err(|error| home::refused(&error))?;
    Ok(format!("make the key `{name}` in the key store"))
}

/// A new file, if there is to be one.
pub(crate) fn write(path: Option<&Path>) -> Option<Change> {
    path.map(|path| format!("write {}", path.display()))
}
