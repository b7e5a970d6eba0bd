//! Judging a single credential of any kind: document rules, proof, time and status, and nothing else.
//!
//! W3C VC Data Model 2.0, "Verification". INVARIANT: trust is not asked
//! for, and the report never says allow.

mod pinned;

use chancery_did::{Did, PublicKey, Relationship, Timestamp};
use chancery_proof::{Expectation, Keys, Limits, ProofInfo, Secured};
use chancery_vc::{Credential, StatusEntry, read_credential};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::decision::{Check, Step, Verdict};
use crate::evidence::Evidence;
use crate::needs::Need;
use crate::rejection::Rejection;
use crate::verify::{
    Book, Halt, KeyRing, ListUse, Lists, Moment, PaperKeys, Resolved, refused, resolve, window,
};

/// The difference between clocks that is allowed, in milliseconds.
const SKEW: i64 = 60_000;
/// The oldest status list that is relied on, in milliseconds.
const MOST_AGE: i64 = 300_000;
/// The steps that apply to a credential by itself.
const STEPS: [Step; 6] = [
    Step::Read,
    Step::Type,
    Step::Key,
    Step::Signature,
    Step::Time,
    Step::Status,
];

/// Holds what was found about one credential; whether to trust its issuer was not asked.
#[derive(Debug, Clone, PartialEq)]
pub struct CredentialReport {
    /// Whether document rules, proof, time and status all hold.
    pub checked: bool,
    /// Valid, invalid, or indeterminate when evidence is missing.
    pub verdict: Verdict,
    /// The stable code; `ok` when all holds.
    pub code: &'static str,
    /// One sentence for a reader, which says that trust was not asked for.
    pub reason: String,
    /// The credential's issuer, as it names it.
    pub issuer: Option<String>,
    /// The credential's types.
    pub types: Vec<String>,
    /// One check per step that applies: read, type, key, signature, time, status.
    pub checks: Vec<Check>,
    /// What would decide it.
    pub needs: Vec<Need>,
    /// How many signature verifications were done.
    pub signatures: usize,
}

/// Judges one credential at `at`; `pinned` is the one key to trust for an issuer that is not a DID.
#[must_use]
pub fn check_credential(
    text: &[u8],
    evidence: &Evidence,
    pinned: Option<&PublicKey>,
    at: Timestamp,
) -> CredentialReport {
    let mut book = Book::default();
    let mut named = Named::default();
    let end = judge(text, evidence, pinned, at, &mut book, &mut named);
    let moment = Moment::Now(at);
    let decision = match end {
        Ok(()) => book.allow(Vec::new(), moment),
        Err(halt) => book.halt(halt, moment),
    };
    let reason = match decision.verdict {
        Verdict::Valid => "document rules, proof, time and status hold; trust was not asked for".to_owned(),
        Verdict::Invalid | Verdict::Indeterminate => format!("{}; trust was not asked for", decision.reason),
    };
    CredentialReport {
        checked: decision.verdict == Verdict::Valid,
        verdict: decision.verdict,
        code: decision.code,
        reason,
        issuer: named.issuer,
        types: named.types,
        checks: decision
            .checks
            .into_iter()
            .filter(|check| STEPS.contains(&check.id))
            .collect(),
        needs: decision.needs,
        signatures: decision.signatures,
    }
}

/// What a credential calls itself and its issuer.
#[derive(Debug, Default)]
struct Named {
    issuer: Option<String>,
    types: Vec<String>,
}

/// A credential whose proof held, and whose lists are to be looked for under `authority`.
#[derive(Debug)]
struct Held {
    credential: Credential,
    proofs: Vec<ProofInfo>,
    authority: Did,
    ring: KeyRing,
}

fn judge(
    text: &[u8],
    evidence: &Evidence,
    pinned: Option<&PublicKey>,
    at: Timestamp,
    book: &mut Book,
    named: &mut Named,
) -> Result<(), Halt> {
    let limits = Limits::default();
    book.begin(Step::Read);
    let held = match (read_credential(text, &limits), pinned) {
        (Ok(read), _) => {
            let credential = read.unverified();
            named.issuer = Some(credential.issuer.clone());
            named.types.clone_from(&credential.types);
            match (Did::parse(&credential.issuer), pinned) {
                (Ok(issuer), _) => resolved(&read, issuer, evidence, book)?,
                (Err(_), Some(key)) => pinned::held(text, &read, key, &limits, book)?,
                (Err(_), None) => {
                    book.begin(Step::Key);
                    let detail = format!(
                        "the issuer `{}` is not a DID and no key is given",
                        credential.issuer
                    );
                    return Err(Rejection::new("resolve.unsupported_method", detail).into());
                }
            }
        }
        (Err(error), Some(key)) if error.code() == "key.not_found" => {
            let held =
                pinned::token(text, key, &limits, book).map_err(|rejection| book.reading(rejection))?;
            named.issuer = Some(held.credential.issuer.clone());
            named.types.clone_from(&held.credential.types);
            held
        }
        (Err(error), _) => return Err(book.reading(refused(&error))),
    };
    book.begin(Step::Time);
    time(&held, at)?;
    book.begin(Step::Status);
    status(&held, evidence, at, book)
}

/// Resolves the issuer and proves the credential under its assertion keys.
fn resolved(
    read: &Secured<Credential>,
    issuer: Did,
    evidence: &Evidence,
    book: &mut Book,
) -> Result<Held, Halt> {
    book.begin(Step::Key);
    let mut ring = KeyRing::default();
    match resolve(&issuer, evidence, book)? {
        Resolved::Document(document) => ring.insert(*document),
        Resolved::Wanted(need) => return Err(Halt::wanting(vec![need])),
    }
    let (credential, proofs) = prove(
        read,
        &issuer,
        &PaperKeys {
            ring: &ring,
            anchored: None,
        },
        book,
    )?;
    Ok(Held {
        credential,
        proofs,
        authority: issuer,
        ring,
    })
}

/// Finds every key, then proves every proof.
fn prove(
    read: &Secured<Credential>,
    issuer: &Did,
    keys: &dyn Keys,
    book: &mut Book,
) -> Result<(Credential, Vec<ProofInfo>), Rejection> {
    for proof in read
        .proofs()
        .iter()
        .filter(|proof| proof.verification_method.did() == issuer)
    {
        keys.key(&proof.verification_method, Relationship::AssertionMethod)
            .map_err(|(code, detail)| Rejection::new(code, detail))?;
    }
    book.begin(Step::Signature);
    let expect = Expectation {
        purpose: Relationship::AssertionMethod,
        issuer: issuer.clone(),
    };
    match read.prove(&expect, keys) {
        Ok(proven) => {
            book.count(proven.signatures());
            let proofs = proven.proofs().to_vec();
            Ok((proven.into_value(), proofs))
        }
        Err(error) => {
            book.count(usize::from(error.code() == "signature.invalid"));
            Err(Rejection::new(error.code(), error.to_string()))
        }
    }
}

fn time(held: &Held, at: Timestamp) -> Result<(), Rejection> {
    let from = held.credential.valid_from.unwrap_or(at);
    let until = held.credential.valid_until.unwrap_or(at);
    window(from, until, SKEW, at)?;
    for proof in &held.proofs {
        proof
            .check_time(at, SKEW)
            .map_err(|error| Rejection::new(error.code(), error.to_string()))?;
    }
    Ok(())
}

fn status(held: &Held, evidence: &Evidence, at: Timestamp, book: &mut Book) -> Result<(), Halt> {
    let mut entries: Vec<&StatusEntry> = Vec::new();
    for entry in &held.credential.status {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(error) => {
                let detail = format!("{error} ({})", error.problem_type());
                return Err(Rejection::new("status.unknown", detail)
                    .pointing("/credentialStatus")
                    .into());
            }
        }
    }
    if entries.is_empty() {
        book.skip("the credential has no status entries");
        return Ok(());
    }
    let uses: Vec<ListUse<'_>> = entries
        .into_iter()
        .map(|entry| ListUse {
            paper: 0,
            entry,
            authority: &held.authority,
            anchored: None,
        })
        .collect();
    let floor = |url: &str| evidence.status_floors.get(url).copied();
    let lists = Lists {
        evidence,
        ring: &held.ring,
        most_age: MOST_AGE,
        skew: SKEW,
        at,
        floor: &floor,
    };
    lists.judge(&uses, book)
}

impl CredentialReport {
    /// Gives the JSON form, `{"apiVersion":"chancery.v1","kind":"CredentialReport",...}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "apiVersion": "chancery.v1",
            "kind": "CredentialReport",
            "checked": self.checked,
            "verdict": self.verdict.as_str(),
            "code": self.code,
            "reason": self.reason,
            "trust": "not asked",
            "issuer": self.issuer,
            "types": self.types,
            "checks": self.checks.iter().map(Check::to_value).collect::<Vec<_>>(),
            "needs": self.needs.iter().map(Need::to_value).collect::<Vec<_>>(),
            "signatures": self.signatures,
        })
    }
}

impl Serialize for CredentialReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
