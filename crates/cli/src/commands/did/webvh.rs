//! What the commands for did:webvh share: their options, and the way by which a version gets into its log.
//!
//! INVARIANT: nothing is written that does not read back as a log that holds. Keys stay in the key store; what
//! leaves it are signatures.

use chancery_did::{Did, LogFiles, SecretKey};
use chancery_did_webvh::{Candidate, Version, WitnessRule, Writer, approve, key_hash};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::log_file::{LogFile, refused};
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::rehearsal::rehearsed;

/// The methods whose identifiers keep a log.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LogMethod {
    /// did:webvh.
    Webvh,
}

/// The keys of the version after this one.
#[derive(Debug, Args)]
pub(super) struct Promise {
    /// Promise a key of the key store for the next version: only promised keys can sign it; may be given more
    /// than once.
    #[arg(long, value_name = "KEY")]
    pub(super) next: Vec<String>,
}

/// What a version says beside its document and its keys.
#[derive(Debug, Args)]
pub(super) struct Terms {
    /// The did:key of a witness; may be given more than once.
    #[arg(long, value_name = "DID")]
    pub(super) witness: Vec<Did>,
    /// How many witnesses must approve; all of them if it is not said.
    #[arg(long, value_name = "N", requires = "witness")]
    pub(super) threshold: Option<u64>,
    /// A URL of somebody who watches the log; may be given more than once.
    #[arg(long, value_name = "URL")]
    pub(super) watcher: Vec<String>,
    /// For how many seconds a document may be kept.
    #[arg(long, value_name = "SECONDS")]
    pub(super) ttl: Option<u32>,
}

/// Where the approvals of a witnessed version come from.
#[derive(Debug, Args)]
pub(super) struct Approval {
    /// A key in the key store that approves as a witness; may be given more than once.
    #[arg(long, value_name = "KEY")]
    pub(super) witness_key: Vec<String>,
}

impl Terms {
    pub(super) fn rule(&self) -> Result<Option<WitnessRule>, Failure> {
        if self.witness.is_empty() {
            return Ok(None);
        }
        let all = u64::try_from(self.witness.len()).unwrap_or(u64::MAX);
        WitnessRule::new(self.threshold.unwrap_or(all), &self.witness)
            .map(Some)
            .map_err(|error| Failure::usage("usage.argument", error))
    }
}

impl Promise {
    pub(super) fn hashes(
        &self,
        none: bool,
        home: &Home,
        global: &Global,
    ) -> Result<Option<Vec<String>>, Failure> {
        let hashes = hashes(home, &self.next, global)?;
        Ok((none || !hashes.is_empty()).then_some(hashes))
    }
}

/// The keys that the next version must name because they were promised; here, those that sign.
pub(super) fn promised(newest: &Version, signers: &[&SecretKey]) -> Option<Vec<String>> {
    let name = |key: &&SecretKey| key.public_key().to_multikey();
    newest
        .parameters()
        .promised()
        .then(|| signers.iter().map(name).collect())
}

/// Keys of the key store by their names.
pub(super) fn keys(home: &Home, names: &[String], global: &Global) -> Result<Vec<SecretKey>, Failure> {
    names.iter().map(|name| home.key(global, name)).collect()
}

/// The hashes by which keys of the key store are promised.
pub(super) fn hashes(home: &Home, names: &[String], global: &Global) -> Result<Vec<String>, Failure> {
    let keys = keys(home, names, global)?;
    Ok(keys
        .iter()
        .map(|key| key_hash(&key.public_key().to_multikey()))
        .collect())
}

/// Puts a version into its log, or where its witnesses have not approved it yet, beside it.
pub(super) fn enter(
    candidate: Candidate,
    approval: &Approval,
    file: &LogFile,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let (before, now) = (file.read()?, global.clock.0.now());
    let mut proofs = Vec::new();
    if let Some(rule) = candidate.witnesses() {
        let home = Home::open(global)?;
        for key in keys(&home, &approval.witness_key, global)? {
            let proof = approve(&before, candidate.line(), now, &key).map_err(|error| refused(&error))?;
            proofs.push(proof);
        }
        let found = u64::try_from(proofs.len()).unwrap_or(u64::MAX);
        if found < rule.threshold() {
            if let Some(exit) = rehearsed(global, &[format!("write {}", file.next().display())], console) {
                return Ok(exit);
            }
            file.wait(&candidate)?;
            console.say(format_args!(
                "{} of {} witnesses must approve `{}`: each runs `chancery did witness`, then `chancery did append`",
                rule.threshold(),
                rule.keys().len(),
                file.next().display()
            ));
            return Ok(Exit::CannotTell);
        }
    }
    let writer = candidate.publish(&proofs, now).map_err(|error| refused(&error))?;
    written(&writer, file, &before, global, console)
}

/// Writes a log with its new version, and tells of it.
pub(super) fn written(
    writer: &Writer,
    file: &LogFile,
    before: &LogFiles,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let mut changes = Vec::new();
    if writer.files().witness != before.witness {
        changes.push(format!("write {}", file.witness().display()));
    }
    changes.push(format!("write {}", file.path().display()));
    if let Some(exit) = rehearsed(global, &changes, console) {
        return Ok(exit);
    }
    file.save(before, writer)?;
    let newest = writer.newest().map_err(|error| refused(&error))?;
    if console.is_json() {
        console.json(&describe(newest));
    } else {
        console.line(newest.did());
    }
    console.say(format_args!(
        "version {} in {}",
        newest.id(),
        file.path().display()
    ));
    Ok(Exit::Yes)
}

/// The JSON form of a version.
pub(super) fn describe(version: &Version) -> Value {
    let parameters = version.parameters();
    json!({
        "apiVersion": "chancery.v1", "kind": "DidVersion", "did": version.did(),
        "versionId": version.id().as_str(), "versionTime": version.time(),
        "updateKeys": parameters.update_keys, "nextKeyHashes": parameters.next_key_hashes,
        "witness": parameters.witness.as_ref().map(WitnessRule::to_value),
        "portable": parameters.portable, "deactivated": parameters.deactivated,
    })
}
