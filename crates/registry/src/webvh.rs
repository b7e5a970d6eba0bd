//! Logs of did:webvh that this registry hosts: the organization's own, and its agents'.
//!
//! Follows [did:webvh 1.0](https://identity.foundation/didwebvh/v1.0/). INVARIANT: what is served was read by the
//! rules of the method before it was stored, entries are only ever added, and of two that follow one version
//! only one gets in. The registry holds no update key: whoever controls a DID signs elsewhere and hands the
//! signed entries in.

use chancery_did::{Did, LogFiles, ResolveError, Timestamp};
use chancery_did_webvh::{Identifier, Query, Version, WriteError, Writer, did_web, resolve};
use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    app::App,
    config::Config,
    problem::Problem,
    store::{DidLogRecord, NewDidVersions},
};

/// The place of the organization's own log.
pub(crate) const ORGANIZATION: &str = ".well-known";

/// The place of an agent's log.
pub(crate) fn agent(name: &str) -> Result<String, Problem> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > 64 || name.starts_with('-') || !name.bytes().all(plain) {
        return Err(Problem::not_found());
    }
    Ok(format!("agents/{name}"))
}

/// Adds versions to the log of a place: a whole new log, or what follows the version `after`.
pub(crate) async fn publish(
    app: &App,
    place: &str,
    body: Map<String, Value>,
) -> Result<DidLogRecord, Problem> {
    let wrong = |detail: &str| Problem::malformed("request.malformed", detail);
    if let Some(name) = body
        .keys()
        .find(|name| !matches!(name.as_str(), "log" | "witness" | "after"))
    {
        return Err(Problem::malformed(
            "parse.unknown_member",
            format!("unknown member `{name}`"),
        ));
    }
    let text = |name: &str| match body.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong("`log`, `witness` and `after` are strings")),
    };
    let added = text("log")?.ok_or_else(|| wrong("`log` is missing"))?;
    let (witness, after) = (text("witness")?, text("after")?);
    let known = match app.store().did_log(place).await {
        Ok(known) => Some(known),
        Err(crate::store::StoreError::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let new = versions(
        app.config(),
        place,
        known,
        &added,
        witness,
        after.as_deref(),
        app.now(),
    )?;
    tracing::info!(place, did = new.did, "did log extended");
    app.store().append_did_versions(new).await?;
    Ok(app.store().did_log(place).await?)
}

/// Judges what is handed in for a place, and says what of it is new.
fn versions(
    config: &Config,
    place: &str,
    known: Option<DidLogRecord>,
    added: &str,
    witness: Option<String>,
    after: Option<&str>,
    now: Timestamp,
) -> Result<NewDidVersions, Problem> {
    let outrun = || refused(&WriteError::Outrun);
    let follows = known.as_ref().map(|known| known.head.clone());
    if after.is_some() && after != follows.as_deref() {
        return Err(outrun());
    }
    let before = known.as_ref().map_or("", |known| known.log.as_str());
    let log = if after.is_some() {
        format!("{before}{added}")
    } else {
        added.to_owned()
    };
    // A log only grows: what is here already stands at its beginning, to the byte.
    let rest = log
        .strip_prefix(before)
        .ok_or_else(outrun)?
        .trim_end_matches('\n')
        .to_owned();
    let files = LogFiles {
        log,
        witness: witness.clone().or(known.and_then(|known| known.witness)),
    };
    let writer = Writer::open(files, now).map_err(|error| refused(&error))?;
    let newest = writer.newest().map_err(|error| refused(&error))?;
    if follows.is_none() && !is_at(config, place, newest.did()) {
        return Err(Problem::unacceptable(
            "resolve.mismatch",
            format!("`{}` has its place elsewhere", newest.did()),
        ));
    }
    let lines: Vec<&str> = rest.split('\n').filter(|line| !line.is_empty()).collect();
    let ids = writer.versions().iter().map(Version::id);
    let fresh = writer
        .versions()
        .len()
        .checked_sub(lines.len())
        .ok_or_else(outrun)?;
    if lines.is_empty() {
        return Err(outrun());
    }
    let entries = ids.skip(fresh).map(ToString::to_string);
    Ok(NewDidVersions {
        place: place.to_owned(),
        did: newest.did().to_string(),
        follows,
        entries: entries.zip(lines.into_iter().map(str::to_owned)).collect(),
        witness,
        at: now,
    })
}

/// Whether a DID's own text leads to a place of this registry.
fn is_at(config: &Config, place: &str, did: &Did) -> bool {
    place_of(config, did).as_deref() == Some(place)
}

/// The place of this registry that a DID's own text leads to.
pub(crate) fn place_of(config: &Config, did: &Did) -> Option<String> {
    let (host, port) = config.host_and_port().ok()?;
    let identifier = Identifier::read(did).ok()?;
    let address = identifier.address();
    if address.host() != host || address.port() != port {
        return None;
    }
    match address.path() {
        [] => Some(ORGANIZATION.to_owned()),
        ["agents", name] => agent(name).ok(),
        _ => None,
    }
}

/// The did:web at the same place, as the newest version has it.
pub(crate) fn parallel(record: &DidLogRecord, now: Timestamp) -> Result<Value, Problem> {
    let did = Did::parse(&record.did).map_err(|error| Problem::internal(&error))?;
    let resolution = resolve(&did, &files(record), &Query::default(), now, Some(&record.head))
        .map_err(|error| Problem::internal(&error))?;
    let Some(document) = resolution.document else {
        let detail = format!("`{did}` is deactivated");
        return Err(Problem::new(StatusCode::GONE, "resolve.deactivated", detail));
    };
    did_web(&did, &document).map_err(|error| Problem::internal(&error))
}

/// The files of a log as they are published.
pub(crate) fn files(record: &DidLogRecord) -> LogFiles {
    LogFiles {
        log: record.log.clone(),
        witness: record.witness.clone(),
    }
}

/// A refusal in the words of the method: a race is a conflict, anything else a log that cannot be accepted.
fn refused(error: &WriteError) -> Problem {
    let (code, detail) = (error.code(), error.to_string());
    if matches!(error, WriteError::Outrun) {
        return Problem::conflict(code, detail);
    }
    if matches!(error, WriteError::Refused(ResolveError::LogSize { .. })) {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, code, detail);
    }
    Problem::unacceptable(code, detail)
}
