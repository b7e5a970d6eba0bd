//! Judging a signed A2A agent card: under the verifier's own policy, by the documents at hand.
//!
//! A2A 1.0, section 8.4. INVARIANT: who may sign a card is the policy's to say and nobody else's: an anchored issuer
//! by a key that its anchor takes, or a DID below a whole DID that an anchor names among its subjects. A bare method
//! (`did:key`) says nothing here, for anyone can make such a DID; and no address in a card is ever looked at (`jku`).

mod canonical;

use chancery_did::{Did, Relationship, Timestamp, When};
use chancery_proof::{Expectation, Limits, Secured, json};
use chancery_trust::{Anchor, Policy};
use serde_json::{Map, Value, json};

use crate::decision::Verdict;
use crate::evidence::Evidence;
use crate::needs::Need;
use crate::rejection::Rejection;
use crate::verify::{Anchored, Book, KeyRing, PaperKeys, Resolved, resolve};

/// Holds what was found about one agent card.
#[derive(Debug, Clone, PartialEq)]
pub struct CardReport {
    /// Whether a signature of somebody whom the policy names holds over the whole card.
    pub verified: bool,
    /// Valid, invalid, or indeterminate when a document is missing.
    pub verdict: Verdict,
    /// The stable code; `ok` when it is verified.
    pub code: &'static str,
    /// One sentence for a reader.
    pub reason: String,
    /// Who signed it, when that holds.
    pub did: Option<Did>,
    /// The verification method that signed it, when that holds.
    pub key: Option<String>,
    /// The addresses that the card says it answers at, when it is verified: whoever talks to one of them compares.
    pub interfaces: Vec<String>,
    /// What would decide it.
    pub needs: Vec<Need>,
}

/// Judges one agent card at `at` by the documents in the evidence.
///
/// One signature that holds suffices (section 8.4.3); of several that do not, the first says why, or the first that
/// wants a document.
#[must_use]
pub fn check_card(text: &[u8], evidence: &Evidence, policy: &Policy, at: Timestamp) -> CardReport {
    let card = match Card::read(text) {
        Ok(card) => card,
        Err(rejection) => return CardReport::refused(&rejection, Vec::new()),
    };
    let mut first = None;
    for signature in &card.signatures {
        match card.signed_by(signature, evidence, policy, at) {
            Ok(key) => return card.report(key),
            Err(Unsigned { rejection, needs }) => {
                let better = first
                    .as_ref()
                    .is_none_or(|(_, known): &(Rejection, Vec<Need>)| known.is_empty() && !needs.is_empty());
                if better {
                    first = Some((rejection, needs));
                }
            }
        }
    }
    let none = || {
        (
            Rejection::new("signature.missing", "the card has no signature"),
            Vec::new(),
        )
    };
    let (rejection, needs) = first.unwrap_or_else(none);
    CardReport::refused(&rejection, needs)
}

/// A card taken apart.
struct Card {
    signatures: Vec<(String, String)>,
    /// The canonical value, without the signatures.
    payload: Value,
}

/// Why one signature does not count.
struct Unsigned {
    rejection: Rejection,
    needs: Vec<Need>,
}

impl From<Rejection> for Unsigned {
    fn from(rejection: Rejection) -> Self {
        let needs = Vec::new();
        Self { rejection, needs }
    }
}

impl Card {
    fn read(text: &[u8]) -> Result<Self, Rejection> {
        let limits = Limits::default();
        let value =
            json::parse(text, &limits).map_err(|error| Rejection::new(error.code(), error.to_string()))?;
        let Value::Object(mut members) = value else {
            return Err(structure("an agent card is a JSON object", ""));
        };
        if !members.get("name").is_some_and(Value::is_string) {
            return Err(structure("an agent card has a name", "/name"));
        }
        let signatures = match members.remove("signatures") {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(structure("signatures stand in an array", "/signatures")),
        };
        if signatures.len() > limits.proofs {
            let detail = format!("more than {} signatures", limits.proofs);
            return Err(Rejection::new("limit.proofs", detail).pointing("/signatures"));
        }
        Ok(Self {
            signatures: signatures.iter().map(parts).collect::<Result<_, _>>()?,
            payload: canonical::payload(Value::Object(members)),
        })
    }

    /// Gives the verification method, if this signature is of somebody whom the policy names, and holds.
    fn signed_by(
        &self,
        (protected, signature): &(String, String),
        evidence: &Evidence,
        policy: &Policy,
        at: Timestamp,
    ) -> Result<(Did, String), Unsigned> {
        let limits = Limits::default();
        let proof = |error: chancery_proof::ProofError| Rejection::new(error.code(), error.to_string());
        let secured =
            Secured::detached(protected, signature, self.payload.clone(), &limits).map_err(proof)?;
        let Some(info) = secured.proofs().first() else {
            return Err(Rejection::new("signature.missing", "the card has no signature").into());
        };
        let did = info.verification_method.did();
        let anchored = anchor(policy, did)?;
        let mut ring = KeyRing::default();
        match resolve(did, evidence, When::Now(at), &mut Book::default())? {
            Resolved::Document(document) => ring.insert(*document),
            Resolved::Wanted(need) => {
                let detail = format!("wanted: the document of `{did}`");
                let rejection = Rejection::new("evidence.needed", detail);
                let needs = vec![need];
                return Err(Unsigned { rejection, needs });
            }
        }
        let keys = PaperKeys {
            ring: &ring,
            anchored: anchored.as_ref(),
        };
        let expect = Expectation {
            purpose: Relationship::AssertionMethod,
            issuer: did.clone(),
        };
        secured.prove(&expect, &keys).map_err(proof)?;
        Ok((did.clone(), info.verification_method.to_string()))
    }

    fn report(&self, (did, key): (Did, String)) -> CardReport {
        let listed = self.payload.get("supportedInterfaces").and_then(Value::as_array);
        let addresses = listed
            .into_iter()
            .flatten()
            .filter_map(|item| item.get("url")?.as_str());
        CardReport {
            verified: true,
            verdict: Verdict::Valid,
            code: "ok",
            reason: format!(
                "signed by `{did}`, whom the policy names; what it says of itself is its own word"
            ),
            did: Some(did),
            key: Some(key),
            interfaces: addresses.map(str::to_owned).collect(),
            needs: Vec::new(),
        }
    }
}

/// Protected header and signature of one item of `signatures`; an unprotected header is not heeded.
fn parts(item: &Value) -> Result<(String, String), Rejection> {
    let text = |name: &str| {
        let part = item.get(name).and_then(Value::as_str);
        part.map(str::to_owned)
            .ok_or_else(|| structure("a signature has `protected` and `signature`", "/signatures"))
    };
    Ok((text("protected")?, text("signature")?))
}

fn structure(detail: &str, pointer: &str) -> Rejection {
    Rejection::new("parse.structure", detail).pointing(pointer)
}

/// The anchor whose keys count, where the DID is an anchored issuer; none where it is a subject below a whole DID.
fn anchor<'p>(policy: &'p Policy, did: &Did) -> Result<Option<Anchored<'p>>, Rejection> {
    // What a registry would have to recognize is recognized for an action, and a card is none.
    let direct = |anchor: &&Anchor| anchor.recognized_by.is_none() && anchor.issuer.as_ref() == Some(did);
    if let Some(anchor) = policy.anchors.iter().find(direct) {
        let announced = Vec::new();
        return Ok(Some(Anchored { anchor, announced }));
    }
    let names = |anchor: &Anchor| {
        let mut whole = anchor
            .subjects
            .iter()
            .filter(|namespace| Did::parse(namespace).is_ok());
        anchor.recognized_by.is_none() && whole.any(|namespace| did.is_within(namespace))
    };
    if policy.anchors.iter().any(names) {
        return Ok(None);
    }
    let detail = format!("`{did}` signed the card, and is no issuer and no named subject of the policy");
    Err(Rejection::new("trust.unknown_issuer", detail))
}

impl CardReport {
    fn refused(rejection: &Rejection, needs: Vec<Need>) -> Self {
        Self {
            verified: false,
            verdict: rejection.verdict(),
            code: rejection.code,
            reason: rejection.detail.clone(),
            did: None,
            key: None,
            interfaces: Vec::new(),
            needs,
        }
    }

    /// Makes the report of a card that could not be judged at all.
    #[must_use]
    pub fn unjudged(rejection: &Rejection) -> Self {
        Self::refused(rejection, Vec::new())
    }

    /// Gives the JSON form, `{"apiVersion":"chancery.v1","kind":"CardReport",...}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut members = Map::from_iter([
            ("did".to_owned(), json!(self.did.as_ref().map(Did::as_str))),
            ("key".to_owned(), json!(self.key)),
        ]);
        members.extend([
            ("apiVersion".to_owned(), json!("chancery.v1")),
            ("kind".to_owned(), json!("CardReport")),
            ("verified".to_owned(), json!(self.verified)),
            ("verdict".to_owned(), json!(self.verdict.as_str())),
            ("code".to_owned(), json!(self.code)),
            ("reason".to_owned(), json!(self.reason)),
            ("interfaces".to_owned(), json!(self.interfaces)),
            (
                "needs".to_owned(),
                self.needs.iter().map(Need::to_value).collect(),
            ),
        ]);
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests;
