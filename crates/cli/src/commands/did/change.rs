//! `chancery did update|rotate|deactivate`: further versions of a did:webvh.

use std::path::PathBuf;

use chancery_did_webvh::{Update, rename};
use clap::Args;

use super::log_file::{LogFile, refused};
use super::webvh::{Approval, LogMethod, Promise, Terms, enter, keys, promised};
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::input;

/// Add a version to a log: another document, other witnesses, another place.
#[derive(Debug, Args)]
pub struct Change {
    /// The key that signs, by its name in the key store.
    key: String,
    /// The method.
    #[arg(long, value_enum, default_value = "webvh")]
    method: LogMethod,
    /// The new document; the DID in it is replaced by the log's.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// End witnessing; the present witnesses approve this too.
    #[arg(long, conflicts_with = "witness")]
    no_witnesses: bool,
    /// Name no watchers any more.
    #[arg(long, conflicts_with = "watcher")]
    no_watchers: bool,
    /// Give the right to move up for good.
    #[arg(long)]
    settle: bool,
    /// Move the DID to another place.
    #[arg(long, value_name = "HOST[:PATH]")]
    move_to: Option<String>,
    #[command(flatten)]
    promise: Promise,
    /// Promise no keys for the next version.
    #[arg(long, conflicts_with = "next")]
    no_next: bool,
    #[command(flatten)]
    terms: Terms,
    #[command(flatten)]
    approval: Approval,
    #[command(flatten)]
    file: LogFile,
}

/// Change the keys that may update a DID.
#[derive(Debug, Args)]
pub struct Rotate {
    /// The key that signs, by its name in the key store: one of the present ones, or where keys were promised
    /// one of those.
    key: String,
    /// The method.
    #[arg(long, value_enum, default_value = "webvh")]
    method: LogMethod,
    /// A new key of the key store; may be given more than once. Without it, the key that signs.
    #[arg(long, value_name = "KEY")]
    to: Vec<String>,
    #[command(flatten)]
    promise: Promise,
    /// Promise no keys for the next version.
    #[arg(long, conflicts_with = "next")]
    no_next: bool,
    #[command(flatten)]
    approval: Approval,
    #[command(flatten)]
    file: LogFile,
}

/// End a DID for good.
#[derive(Debug, Args)]
pub struct Deactivate {
    /// The key that signs, by its name in the key store.
    key: String,
    /// The method.
    #[arg(long, value_enum, default_value = "webvh")]
    method: LogMethod,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    approval: Approval,
    #[command(flatten)]
    file: LogFile,
}

impl Change {
    pub(super) fn run(&self, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
        let LogMethod::Webvh = self.method;
        let (home, now) = (Home::open(global)?, global.clock.0.now());
        let (writer, signer) = (self.file.open(now)?, home.key(global, &self.key)?);
        let newest = writer.newest().map_err(|error| refused(&error))?;
        let document = self.document.as_deref().map(input::read_json).transpose()?;
        let no_watchers = self.no_watchers.then(Vec::new);
        let watchers = Some(self.terms.watcher.clone()).filter(|watchers| !watchers.is_empty());
        let witness = self.terms.rule()?.map(Some).or(self.no_witnesses.then_some(None));
        let update = Update {
            document: document.map(|document| rename(&document, newest.did())),
            update_keys: promised(newest, &[&signer]),
            next_key_hashes: self.promise.hashes(self.no_next, &home, global)?,
            witness,
            watchers: watchers.or(no_watchers),
            settle: self.settle,
            move_to: self.move_to.clone(),
            ttl: self.terms.ttl,
            deactivate: false,
        };
        let candidate = writer
            .update(update, now, &signer)
            .map_err(|error| refused(&error))?;
        enter(candidate, &self.approval, &self.file, global, console)
    }
}

impl Rotate {
    pub(super) fn run(&self, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
        let LogMethod::Webvh = self.method;
        let (home, now) = (Home::open(global)?, global.clock.0.now());
        let (writer, signer) = (self.file.open(now)?, home.key(global, &self.key)?);
        let mut to = keys(&home, &self.to, global)?;
        if to.is_empty() {
            to.push(home.key(global, &self.key)?);
        }
        let update = Update {
            update_keys: Some(to.iter().map(|key| key.public_key().to_multikey()).collect()),
            next_key_hashes: self.promise.hashes(self.no_next, &home, global)?,
            ..Update::default()
        };
        let candidate = writer
            .update(update, now, &signer)
            .map_err(|error| refused(&error))?;
        enter(candidate, &self.approval, &self.file, global, console)
    }
}

impl Deactivate {
    pub(super) fn run(&self, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
        let LogMethod::Webvh = self.method;
        let (home, now) = (Home::open(global)?, global.clock.0.now());
        let (writer, signer) = (self.file.open(now)?, home.key(global, &self.key)?);
        let newest = writer.newest().map_err(|error| refused(&error))?;
        // Where keys were promised, one of them has to sign, and so has to be named.
        let update = Update {
            update_keys: promised(newest, &[&signer]).or(Some(Vec::new())),
            next_key_hashes: newest.parameters().promised().then(Vec::new),
            deactivate: true,
            ..Update::default()
        };
        let candidate = writer
            .update(update, now, &signer)
            .map_err(|error| refused(&error))?;
        if !global.dry_run {
            input::confirm(self.yes, &format!("end `{}` for good?", newest.did()))?;
        }
        enter(candidate, &self.approval, &self.file, global, console)
    }
}
