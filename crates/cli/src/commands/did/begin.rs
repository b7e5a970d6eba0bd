//! `chancery did create --method webvh`: the first version of a new DID.

use std::path::PathBuf;

use chancery_did::{Did, Document, DocumentError, Relationship, SecretKey};
use chancery_did_webvh::{Inception, Writer, rename};
use clap::Args;

use super::log_file::{LogFile, refused};
use super::webvh::{Approval, Promise, Terms, enter, hashes, keys};
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::input;

/// How a did:webvh begins; for `--method webvh` only.
#[derive(Debug, Args)]
pub struct Begin {
    /// Where it will be hosted: a host, perhaps with `%3A` and a port, then `:` and a path, as in
    /// `acme.example:agents:payments`.
    #[arg(long, value_name = "HOST[:PATH]")]
    pub(super) at: Option<String>,
    /// Its document; the DID in it is replaced by the new one.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// A key in the key store that may issue credentials for it, in place of a document; may be given more than
    /// once.
    #[arg(long, value_name = "KEY", conflicts_with = "document")]
    assert: Vec<String>,
    /// Allow the DID to move to another place later; this can never be allowed afterwards.
    #[arg(long)]
    portable: bool,
    #[command(flatten)]
    promise: Promise,
    #[command(flatten)]
    terms: Terms,
    #[command(flatten)]
    approval: Approval,
    #[command(flatten)]
    pub(super) file: LogFile,
}

impl Begin {
    /// Refuses what only a did:webvh has, for a DID that is the key itself.
    pub(super) fn refuse_other_method(&self) -> Result<(), Failure> {
        let terms = &self.terms;
        let given = self.at.is_some()
            || self.document.is_some()
            || !self.assert.is_empty()
            || self.portable
            || !self.promise.next.is_empty()
            || !terms.witness.is_empty()
            || !terms.watcher.is_empty()
            || terms.ttl.is_some()
            || !self.approval.witness_key.is_empty();
        if given {
            let message = "a DID that is the key itself has no place, document, witnesses or promises";
            return Err(Failure::usage("usage.argument", message).with_help("say --method webvh"));
        }
        Ok(())
    }
}

/// Begins a log.
pub(super) fn create(
    key: &str,
    begin: &Begin,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let Some(place) = &begin.at else {
        return Err(Failure::usage(
            "usage.argument",
            "a did:webvh needs a place: say --at HOST",
        ));
    };
    begin.file.vacant()?;
    let home = Home::open(global)?;
    let signer = home.key(global, key)?;
    let asserting = keys(&home, &begin.assert, global)?;
    let given = begin.document.as_deref().map(input::read_json).transpose()?;
    if given.is_none() && asserting.is_empty() {
        let message = "there is nothing to say of the DID: name a --document, or keys to --assert with";
        return Err(Failure::usage("usage.argument", message));
    }
    let inception = Inception {
        place: place.clone(),
        update_keys: vec![signer.public_key().to_multikey()],
        next_key_hashes: hashes(&home, &begin.promise.next, global)?,
        witness: begin.terms.rule()?,
        watchers: begin.terms.watcher.clone(),
        portable: begin.portable,
        ttl: begin.terms.ttl,
    };
    let document = |did: &Did| match &given {
        Some(given) => Document::parse(&rename(given, did)),
        None => asserted(did, &asserting),
    };
    let now = global.clock.0.now();
    let candidate = Writer::create(inception, document, now, &signer).map_err(|error| refused(&error))?;
    enter(candidate, &begin.approval, &begin.file, global, console)
}

/// A document with keys that may issue credentials.
fn asserted(did: &Did, keys: &[SecretKey]) -> Result<Document, DocumentError> {
    let mut builder = Document::builder(did.clone());
    for (at, key) in keys.iter().enumerate() {
        let fragment = format!("key-{}", at.saturating_add(1));
        builder = builder.add_key(
            &fragment,
            key.public_key(),
            &[Relationship::AssertionMethod, Relationship::Authentication],
        );
    }
    builder.build()
}
