//! The facts that the caller brings: texts exactly as fetched, by the key under which they were asked.
//!
//! Profile, "Judging": needs are the keys of evidence. INVARIANT: evidence is never trusted for being
//! here; every text goes through the front door and is judged at the step that uses it. A failure
//! recorded here ends the question that it answers.

use chancery_did::{Did, LogFiles, SortedMap, Timestamp, object};
use chancery_proof::{Limits, ReadError, json};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::needs::Need;
use crate::rejection;

/// The most bytes that an evidence document may have: sixteen status lists, or the longest DID log with its
/// witness file once they are escaped, and their company.
const EVIDENCE_BYTES: usize = 16 * 1024 * 1024;

/// Holds what the host gathered, as text, and what it could not gather.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// DID documents, as fetched.
    pub documents: SortedMap<Did, String>,
    /// Logs of DIDs whose method keeps one, with their witness files, as fetched.
    pub did_logs: SortedMap<Did, LogFiles>,
    /// The newest version ever accepted of each DID log: one that does not hold it is a rollback.
    pub did_floors: SortedMap<Did, String>,
    /// Status list credentials by URL, as fetched.
    pub status_lists: SortedMap<String, String>,
    /// Token Status Lists by URL: a compact JWS as fetched, or the base64url of a CWT.
    pub token_status_lists: SortedMap<String, String>,
    /// Signed TRQP answers.
    pub trust_statements: Vec<String>,
    /// Offsets of time zones at the instants that were asked.
    pub zone_offsets: Vec<ZoneOffset>,
    /// The newest signing time ever seen of each status list: an older one is a rollback.
    pub status_floors: SortedMap<String, Timestamp>,
    /// What could not be gathered, and why.
    pub failures: Vec<Failure>,
}

/// Holds the offset of a zone from UTC at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneOffset {
    /// The IANA name.
    pub zone: String,
    /// The instant.
    pub at: Timestamp,
    /// Seconds east of UTC.
    pub offset: i32,
    /// The version of the time zone database that said so.
    pub tzdb: String,
}

/// Records that a need could not be met.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What was asked.
    pub need: Need,
    /// The code of the failure, for example `fetch.timeout`.
    pub code: String,
}

/// Says why an evidence document was refused.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// The text is not strict JSON.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A member that must be there is not.
    #[error("member `{0}` is missing")]
    Missing(&'static str),
    /// A member has another shape than it must have.
    #[error("member `{0}` is malformed")]
    Malformed(&'static str),
    /// A member that this version does not know.
    #[error("unknown member `{0}`")]
    Unknown(String),
}

impl EvidenceError {
    /// Gives the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            EvidenceError::Read(error) => error.code(),
            EvidenceError::Missing(_) | EvidenceError::Malformed(_) => "parse.structure",
            EvidenceError::Unknown(_) => "parse.unknown_member",
        }
    }
}

impl Evidence {
    /// Parses the JSON form; unknown members are refused.
    ///
    /// # Errors
    /// [`EvidenceError`] names what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Evidence, EvidenceError> {
        let limits = Limits {
            bytes: EVIDENCE_BYTES,
            string: EVIDENCE_BYTES,
            ..Limits::default()
        };
        Evidence::parse_value(&json::parse(bytes, &limits)?)
    }

    /// Parses a JSON value that came through the front door.
    ///
    /// # Errors
    /// [`EvidenceError`] names what is wrong.
    pub fn parse_value(value: &Value) -> Result<Evidence, EvidenceError> {
        const KNOWN: &[&str] = &[
            "documents",
            "didLogs",
            "didFloors",
            "statusLists",
            "tokenStatusLists",
            "trustStatements",
            "zoneOffsets",
            "statusFloors",
            "failures",
        ];
        let found = members(value, "evidence", KNOWN)?;
        let mut evidence = Evidence::default();
        for (did, document) in entries(found, "documents")? {
            let did = Did::parse(did).map_err(|_| EvidenceError::Malformed("documents"))?;
            evidence.documents.insert(did, string(document, "documents")?);
        }
        for (did, files) in entries(found, "didLogs")? {
            let did = Did::parse(did).map_err(|_| EvidenceError::Malformed("didLogs"))?;
            evidence.did_logs.insert(did, log_files(files)?);
        }
        for (did, head) in entries(found, "didFloors")? {
            let did = Did::parse(did).map_err(|_| EvidenceError::Malformed("didFloors"))?;
            evidence.did_floors.insert(did, string(head, "didFloors")?);
        }
        for (url, list) in entries(found, "statusLists")? {
            evidence
                .status_lists
                .insert(url.clone(), string(list, "statusLists")?);
        }
        for (url, list) in entries(found, "tokenStatusLists")? {
            evidence
                .token_status_lists
                .insert(url.clone(), string(list, "tokenStatusLists")?);
        }
        for statement in array(found, "trustStatements")? {
            evidence
                .trust_statements
                .push(string(statement, "trustStatements")?);
        }
        for offset in array(found, "zoneOffsets")? {
            evidence.zone_offsets.push(ZoneOffset::parse(offset)?);
        }
        for (url, floor) in entries(found, "statusFloors")? {
            let floor = string(floor, "statusFloors")?;
            let floor = Timestamp::parse(&floor).map_err(|_| EvidenceError::Malformed("statusFloors"))?;
            evidence.status_floors.insert(url.clone(), floor);
        }
        for failure in array(found, "failures")? {
            evidence.failures.push(Failure::parse(failure)?);
        }
        Ok(evidence)
    }

    /// Gives the JSON form.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = object([
            ("documents", texts(&self.documents)),
            ("statusLists", texts(&self.status_lists)),
            ("trustStatements", self.trust_statements.clone().into()),
            (
                "zoneOffsets",
                self.zone_offsets.iter().map(ZoneOffset::to_value).collect(),
            ),
            (
                "statusFloors",
                by_name(&self.status_floors, |at| at.to_string().into()),
            ),
            ("failures", self.failures.iter().map(Failure::to_value).collect()),
        ]);
        // Left out where there is none, as in all evidence before logs were known.
        for (name, part) in [
            ("didLogs", by_name(&self.did_logs, files_value)),
            ("didFloors", texts(&self.did_floors)),
            ("tokenStatusLists", texts(&self.token_status_lists)),
        ] {
            if let Some(members) = value.as_object_mut().filter(|_| part != object([])) {
                members.insert(name.to_owned(), part);
            }
        }
        value
    }

    /// Takes in more evidence: of two texts under one key the later one counts, of two floors the newer.
    pub fn extend(&mut self, more: Evidence) {
        let Evidence {
            documents,
            did_logs,
            did_floors,
            status_lists,
            token_status_lists,
            trust_statements,
            zone_offsets,
            status_floors,
            failures,
        } = more;
        self.documents.extend(documents);
        self.did_logs.extend(did_logs);
        self.status_lists.extend(status_lists);
        self.token_status_lists.extend(token_status_lists);
        self.trust_statements.extend(trust_statements);
        self.zone_offsets.extend(zone_offsets);
        self.failures.extend(failures);
        for (list, floor) in status_floors {
            let newest = self
                .status_floors
                .get(&list)
                .map_or(floor, |known| floor.max(*known));
            self.status_floors.insert(list, newest);
        }
        for (did, head) in did_floors {
            let older = |known: &String| version_number(known) > version_number(&head);
            if !self.did_floors.get(&did).is_some_and(older) {
                self.did_floors.insert(did, head);
            }
        }
    }

    /// Gives the key in [`Evidence::status_floors`] of the Token Status List at an address: no URL is like it, so that
    /// the two kinds of list at one address do not judge each other.
    #[must_use]
    pub fn token_floor(uri: &str) -> String {
        format!("token {uri}")
    }

    /// Gives the code under which gathering `need` failed, if the host recorded that it did.
    #[must_use]
    pub fn failure(&self, need: &Need) -> Option<&'static str> {
        self.failures
            .iter()
            .find(|failure| failure.need == *need)
            .map(|failure| rejection::failure_code(&failure.code))
    }

    /// Gives the offset of `zone` at exactly `at`, in seconds.
    #[must_use]
    pub fn zone_offset(&self, zone: &str, at: Timestamp) -> Option<i32> {
        self.zone_offsets
            .iter()
            .find(|known| known.zone == zone && known.at == at)
            .map(|known| known.offset)
    }
}

impl ZoneOffset {
    fn parse(value: &Value) -> Result<ZoneOffset, EvidenceError> {
        let found = members(value, "zoneOffsets", &["zone", "at", "offset", "tzdb"])?;
        let offset = found
            .get("offset")
            .and_then(Value::as_i64)
            .and_then(|offset| i32::try_from(offset).ok())
            .filter(|offset| (-86_399..=86_399).contains(offset))
            .ok_or(EvidenceError::Malformed("offset"))?;
        Ok(ZoneOffset {
            zone: text(found, "zone")?.to_owned(),
            at: at_of(found, "at")?,
            offset,
            tzdb: text(found, "tzdb")?.to_owned(),
        })
    }

    /// Gives the JSON form.
    #[must_use]
    pub fn to_value(&self) -> Value {
        object([
            ("zone", self.zone.as_str().into()),
            ("at", self.at.to_string().into()),
            ("offset", self.offset.into()),
            ("tzdb", self.tzdb.as_str().into()),
        ])
    }
}

impl Failure {
    fn parse(value: &Value) -> Result<Failure, EvidenceError> {
        let found = members(value, "failures", &["need", "code"])?;
        let need = found.get("need").ok_or(EvidenceError::Missing("need"))?;
        Ok(Failure {
            need: Need::parse(need)?,
            code: text(found, "code")?.to_owned(),
        })
    }

    /// Gives the JSON form.
    #[must_use]
    pub fn to_value(&self) -> Value {
        object([
            ("need", self.need.to_value()),
            ("code", self.code.as_str().into()),
        ])
    }
}

/// Makes an object of the values by their names.
fn by_name<K: ToString, V>(map: &SortedMap<K, V>, to_value: impl Fn(&V) -> Value) -> Value {
    let members = map
        .iter()
        .map(|(name, value)| (name.to_string(), to_value(value)));
    Value::Object(members.collect())
}

fn texts<K: ToString>(map: &SortedMap<K, String>) -> Value {
    by_name(map, |text| text.as_str().into())
}

/// The number with which a version of a DID log begins.
fn version_number(head: &str) -> u64 {
    let number = head.split('-').next().unwrap_or_default();
    number.parse().unwrap_or_default()
}

fn log_files(value: &Value) -> Result<LogFiles, EvidenceError> {
    let found = members(value, "didLogs", &["log", "witness"])?;
    let witness = found.get("witness").map(|witness| string(witness, "witness"));
    Ok(LogFiles {
        log: text(found, "log")?.to_owned(),
        witness: witness.transpose()?,
    })
}

fn files_value(files: &LogFiles) -> Value {
    match &files.witness {
        Some(witness) => object([
            ("log", files.log.as_str().into()),
            ("witness", witness.as_str().into()),
        ]),
        None => object([("log", files.log.as_str().into())]),
    }
}

/// Gives the members of an object that has no others than the known ones.
pub(crate) fn members<'a>(
    value: &'a Value,
    name: &'static str,
    known: &[&str],
) -> Result<&'a Map<String, Value>, EvidenceError> {
    let found = value.as_object().ok_or(EvidenceError::Malformed(name))?;
    match found.keys().find(|key| !known.contains(&key.as_str())) {
        Some(unknown) => Err(EvidenceError::Unknown(unknown.clone())),
        None => Ok(found),
    }
}

/// Gives a member that must be a string.
pub(crate) fn text<'a>(found: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, EvidenceError> {
    let value = found.get(name).ok_or(EvidenceError::Missing(name))?;
    value.as_str().ok_or(EvidenceError::Malformed(name))
}

/// Gives a member that must be an RFC 3339 instant.
pub(crate) fn at_of(found: &Map<String, Value>, name: &'static str) -> Result<Timestamp, EvidenceError> {
    Timestamp::parse(text(found, name)?).map_err(|_| EvidenceError::Malformed(name))
}

fn string(value: &Value, name: &'static str) -> Result<String, EvidenceError> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or(EvidenceError::Malformed(name))
}

fn entries<'a>(
    found: &'a Map<String, Value>,
    name: &'static str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, EvidenceError> {
    match found.get(name) {
        None => Ok(None.into_iter().flatten()),
        Some(Value::Object(inner)) => Ok(Some(inner.iter()).into_iter().flatten()),
        Some(_) => Err(EvidenceError::Malformed(name)),
    }
}

fn array<'a>(found: &'a Map<String, Value>, name: &'static str) -> Result<&'a [Value], EvidenceError> {
    match found.get(name) {
        None => Ok(&[]),
        Some(Value::Array(inner)) => Ok(inner),
        Some(_) => Err(EvidenceError::Malformed(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast;

    #[test]
    fn of_two_floors_the_newer_counts_whichever_comes_first() {
        let did = Did::parse("did:webvh:x:acme.example").unwrap();
        let with = |head: &str, seconds| {
            let mut evidence = Evidence::default();
            evidence.did_floors.insert(did.clone(), head.to_owned());
            evidence
                .status_floors
                .insert("https://acme.example/l".into(), cast::later(seconds));
            evidence
        };
        for (first, second) in [
            (with("9-Qm", 1), with("10-Qn", 2)),
            (with("10-Qn", 2), with("9-Qm", 1)),
        ] {
            let mut evidence = first;
            evidence.extend(second);
            assert_eq!(evidence, with("10-Qn", 2));
        }
    }

    #[test]
    fn evidence_reads_back_as_written() {
        let mut evidence = cast::evidence();
        evidence.trust_statements.push("a.b.c".into());
        evidence
            .status_floors
            .insert("https://acme.example/l".into(), cast::now());
        let webvh = Did::parse("did:webvh:x:acme.example").unwrap();
        let files = |witness| LogFiles {
            log: "{}\n".into(),
            witness,
        };
        evidence.did_logs.insert(webvh.clone(), files(None));
        evidence
            .did_logs
            .insert(cast::Who::Acme.did(), files(Some("[]".into())));
        evidence.did_floors.insert(webvh, "1-Qm".into());
        for need in [
            Need::Document(cast::Who::Acme.did()),
            Need::StatusList("https://acme.example/l".into()),
            Need::ZoneOffset {
                zone: "Europe/Berlin".into(),
                at: cast::now(),
            },
        ] {
            evidence.failures.push(Failure {
                need,
                code: "fetch.timeout".into(),
            });
        }
        let text = evidence.to_value().to_string();
        assert_eq!(Evidence::parse(text.as_bytes()).unwrap(), evidence);
        assert_eq!(Evidence::parse(b"{}").unwrap(), Evidence::default());
    }

    #[test]
    fn what_is_not_evidence_is_refused_with_a_code() {
        for (text, code) in [
            ("", "parse.json"),
            ("[]", "parse.structure"),
            (r#"{"documents":{},"documents":{}}"#, "parse.duplicate_member"),
            (r#"{"Documents":{}}"#, "parse.unknown_member"),
            (r#"{"documents":[]}"#, "parse.structure"),
            (r#"{"documents":{"acme":"x"}}"#, "parse.structure"),
            (r#"{"documents":{"did:web:a.example":{}}}"#, "parse.structure"),
            (r#"{"didLogs":{"acme":{"log":""}}}"#, "parse.structure"),
            (r#"{"didLogs":{"did:webvh:a:b.example":"x"}}"#, "parse.structure"),
            (r#"{"didLogs":{"did:webvh:a:b.example":{}}}"#, "parse.structure"),
            (
                r#"{"didLogs":{"did:webvh:a:b.example":{"log":"","witness":null}}}"#,
                "parse.structure",
            ),
            (
                r#"{"didLogs":{"did:webvh:a:b.example":{"log":"","more":""}}}"#,
                "parse.unknown_member",
            ),
            (r#"{"didFloors":{"did:webvh:a:b.example":1}}"#, "parse.structure"),
            (r#"{"didFloors":{"b":"1-Qm"}}"#, "parse.structure"),
            (r#"{"statusLists":{"u":1}}"#, "parse.structure"),
            (r#"{"trustStatements":"a"}"#, "parse.structure"),
            (r#"{"statusFloors":{"u":"yesterday"}}"#, "parse.structure"),
            (
                r#"{"zoneOffsets":[{"zone":"Z","at":"2026-01-01T00:00:00Z","offset":86400,"tzdb":""}]}"#,
                "parse.structure",
            ),
            (
                r#"{"zoneOffsets":[{"zone":"Z","at":"2026-01-01T00:00:00Z","offset":1.5,"tzdb":""}]}"#,
                "parse.structure",
            ),
            (
                r#"{"failures":[{"need":{"kind":"money"},"code":"x"}]}"#,
                "parse.structure",
            ),
            (
                r#"{"failures":[{"need":{"kind":"document","did":"did:web:a.example","x":1},"code":"x"}]}"#,
                "parse.unknown_member",
            ),
        ] {
            let error = Evidence::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), code, "{text}");
        }
    }
}
