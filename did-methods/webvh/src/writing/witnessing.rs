//! Witnessing a version and keeping the file of proofs,
//! [did:webvh 1.0, Witnessing a DID Version Update](https://identity.foundation/didwebvh/v1.0/#witnessing-a-did-version-update).
//!
//! INVARIANT: a witness signs only what it has itself read as the next entry of the log that it holds; the
//! file keeps the newest published proof of every witness.

use std::collections::BTreeSet;

use chancery_did::{LogFiles, Signer, Timestamp};
use chancery_proof::{Limits, json};
use serde_json::{Map, Value, json};

use super::{Candidate, WriteError, Writer};
use crate::entry::VersionId;
use crate::log;
use crate::proof;

/// Approves the line of a candidate as a witness that holds its own copy of the log, and gives its proof.
///
/// `own` is that copy, empty for a DID's first version. A witness that is not asked refuses, and one must never
/// approve two candidates after the same version: that is for the caller to remember.
pub fn approve(own: &LogFiles, line: &str, now: Timestamp, signer: &dyn Signer) -> Result<Value, WriteError> {
    let held = if own.log.is_empty() {
        None
    } else {
        Some(Writer::open(own.clone(), now)?)
    };
    let before = held.as_ref().map(Writer::newest).transpose()?;
    let candidate = Candidate::read(own.clone(), before, line.to_owned(), now)?;
    let multikey = signer.public_key().to_multikey();
    let asked = candidate
        .witnesses()
        .is_some_and(|rule| rule.keys().contains(&multikey));
    if !asked {
        return Err(log::whole("this key is none of the witnesses of this version").into());
    }
    let mut document = Map::new();
    document.insert("versionId".to_owned(), json!(candidate.version().id().as_str()));
    Ok(proof::make(&document, now, signer)?)
}

/// Adds the proofs of a new version to the file, and drops those that they make superfluous.
pub(super) fn merge(
    file: Option<&str>,
    published: &[&str],
    version: &VersionId,
    proofs: &[Value],
) -> Result<String, WriteError> {
    let malformed = || log::whole("its witness file is malformed");
    let limits = Limits {
        bytes: LogFiles::MAX_BYTES,
        ..Limits::default()
    };
    let items = match file.map(|file| json::parse(file.as_bytes(), &limits)).transpose() {
        Ok(None) => Vec::new(),
        Ok(Some(Value::Array(items))) => items,
        Ok(Some(_)) | Err(_) => return Err(malformed().into()),
    };
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut kept = Vec::new();
    let mut keep = |id: &str, proofs: &[Value]| {
        let new = |proof: &&Value| proof::named_key(proof).is_some_and(|key| seen.insert(key.to_owned()));
        let proofs: Vec<&Value> = proofs.iter().filter(new).collect();
        if !proofs.is_empty() {
            kept.push(json!({ "versionId": id, "proof": proofs }));
        }
    };
    keep(version.as_str(), proofs);
    // Newest first: what a witness said of a later version, it said of all before it.
    for id in published.iter().rev() {
        for item in &items {
            let proofs = item.get("proof").and_then(Value::as_array);
            if let (Some(proofs), true) = (proofs, item.get("versionId") == Some(&json!(id))) {
                keep(id, proofs);
            }
        }
    }
    kept.reverse();
    Ok(Value::Array(kept).to_string())
}
