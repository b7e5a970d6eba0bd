//! Step 5, key: documents of trusted or linked issuers, and the key of every proof.
//!
//! Profile, "Judging"; DID Core, "DID Resolution". did:key and did:jwk are expanded here; did:web
//! documents and did:webvh logs are evidence. INVARIANT: a document is asked for only when its DID is an anchored issuer, or
//! when an anchored issuer's passport, whose signature held, is about it; so nothing is ever fetched at a
//! stranger's word.

use chancery_did::{
    Did, DidUrl, Document, Method, Plan, PublicKey, Relationship, ResolveError, SortedMap, When,
};
use chancery_did_jwk::DidJwk;
use chancery_did_key::DidKey;
use chancery_did_web::DidWeb;
use chancery_did_webvh::DidWebvh;
use chancery_proof::{Digest, Keys, Limits, Proven, Secured, json};
use chancery_vc::{Paper, PaperType, Presentation};

use crate::evidence::Evidence;
use crate::needs::Need;
use crate::rejection::Rejection;
use crate::verify::trust::{Anchored, Trusted};
use crate::verify::{Book, Frame, Halt, Layout, signature};

/// The documents of everyone who signed.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyRing {
    documents: SortedMap<Did, Document>,
}

/// How resolving a DID ended.
#[derive(Debug)]
pub(crate) enum Resolved {
    /// Its document.
    Document(Box<Document>),
    /// Its text is wanted.
    Wanted(Need),
}

impl KeyRing {
    /// The document of a DID.
    pub(crate) fn document(&self, did: &Did) -> Option<&Document> {
        self.documents.get(did)
    }

    /// Takes a document in.
    pub(crate) fn insert(&mut self, document: Document) {
        self.documents.insert(document.id().clone(), document);
    }

    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        let document = self.documents.get(method.did()).ok_or_else(|| {
            (
                "key.not_found",
                format!(
                    "`{}` is neither a trusted nor a linked issuer",
                    shown(method.did())
                ),
            )
        })?;
        document
            .key_for(method, relationship)
            .map_err(|error| (error.code(), error.to_string()))
    }
}

/// The keys that count for one paper: those of its issuer's document that its anchor accepts.
#[derive(Debug)]
pub(crate) struct PaperKeys<'a, 'p> {
    /// All documents.
    pub(crate) ring: &'a KeyRing,
    /// The paper's anchor; none for a delegation and for the presentation.
    pub(crate) anchored: Option<&'a Anchored<'p>>,
}

impl Keys for PaperKeys<'_, '_> {
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        let key = self.ring.key(method, relationship)?;
        if let Some(Anchored { anchor, announced }) = self.anchored {
            anchor
                .accepts_key(method.did(), &key, announced)
                .map_err(|error| (error.code(), error.to_string()))?;
        }
        Ok(key)
    }
}

/// Resolves every issuer and the holder, and finds the key of every proof.
pub(crate) fn keys(
    read: &Secured<Presentation>,
    papers: &[&Paper],
    layout: &Layout,
    trusted: &Trusted<'_>,
    frame: &Frame<'_>,
    book: &mut Book,
) -> Result<KeyRing, Halt> {
    let mut ring = KeyRing::default();
    let anchored = papers
        .iter()
        .filter(|paper| paper.kind != PaperType::Delegation)
        .map(|paper| &paper.issuer);
    gather(&mut ring, anchored, frame, book)?;
    linked(&mut ring, read, papers, layout, trusted, frame, book)?;
    let presentation = read.unverified();
    holder(&mut ring, presentation)?;
    for (index, secured) in presentation.papers.iter().enumerate() {
        let keys = PaperKeys {
            ring: &ring,
            anchored: trusted.of(index),
        };
        let paper = secured.unverified();
        found(secured, &paper.issuer, paper.kind.purpose(), &keys)
            .map_err(|rejection| rejection.at(index))?;
    }
    let keys = PaperKeys {
        ring: &ring,
        anchored: None,
    };
    found(read, &presentation.holder, Relationship::Authentication, &keys)?;
    Ok(ring)
}

/// Resolves several DIDs, or says which documents are wanted, all at once.
fn gather<'a>(
    ring: &mut KeyRing,
    dids: impl Iterator<Item = &'a Did>,
    frame: &Frame<'_>,
    book: &mut Book,
) -> Result<(), Halt> {
    let mut needs = Vec::new();
    for did in dids {
        if ring.document(did).is_some() {
            continue;
        }
        match resolve(did, frame.evidence, frame.moment.when(), book)? {
            Resolved::Document(document) => ring.insert(*document),
            Resolved::Wanted(need) if !needs.contains(&need) => needs.push(need),
            Resolved::Wanted(_) => {}
        }
    }
    if needs.is_empty() {
        Ok(())
    } else {
        Err(Halt::wanting(needs))
    }
}

/// Resolves the subjects of the chain, who sign what comes after them. One that has to be fetched is asked
/// for only when its passport, by an anchored issuer, holds.
fn linked(
    ring: &mut KeyRing,
    read: &Secured<Presentation>,
    papers: &[&Paper],
    layout: &Layout,
    trusted: &Trusted<'_>,
    frame: &Frame<'_>,
    book: &mut Book,
) -> Result<(), Halt> {
    let mut needs = Vec::new();
    for at in &layout.passports {
        let (Some(passport), Some(secured)) = (papers.get(*at), read.unverified().papers.get(*at)) else {
            continue;
        };
        if ring.document(&passport.subject).is_some() {
            continue;
        }
        match resolve(&passport.subject, frame.evidence, frame.moment.when(), book)? {
            Resolved::Document(document) => ring.insert(*document),
            Resolved::Wanted(need) => {
                let keys = PaperKeys {
                    ring,
                    anchored: trusted.of(*at),
                };
                signature::paper(secured, &keys, book).map_err(|rejection| rejection.at(*at))?;
                needs.push(need);
            }
        }
    }
    if needs.is_empty() {
        Ok(())
    } else {
        Err(Halt::wanting(needs))
    }
}

/// A holder who is no subject of the chain is a stranger: what its DID does not say by itself is not looked
/// for, and the refusal of step 8 comes here.
fn holder(ring: &mut KeyRing, presentation: &Presentation) -> Result<(), Rejection> {
    let holder = &presentation.holder;
    if ring.document(holder).is_some() {
        return Ok(());
    }
    if let Some(Ok(Plan::Local(document))) = method(holder).map(|method| method.plan(holder)) {
        ring.insert(*document);
        return Ok(());
    }
    let detail = format!("`{holder}` presents and is no subject of the chain");
    Err(Rejection::new("binding.holder", detail).pointing("/holder"))
}

/// As much of a DID as may be told: a did:jwk is a whole key, by mistake even a private one.
fn shown(did: &Did) -> String {
    if did.method() != "jwk" {
        return did.to_string();
    }
    let start: String = did.as_str().chars().take(24).collect();
    format!("{start}..")
}

/// The method of a DID, if it is supported.
pub(crate) fn method(did: &Did) -> Option<&'static dyn Method> {
    match did.method() {
        "key" => Some(&DidKey),
        "jwk" => Some(&DidJwk),
        "web" => Some(&DidWeb),
        "webvh" => Some(&DidWebvh),
        _ => None,
    }
}

/// Finds the key of every proof, so that a missing one is told here and not as a bad signature.
fn found<T>(
    secured: &Secured<T>,
    issuer: &Did,
    relationship: Relationship,
    keys: &dyn Keys,
) -> Result<(), Rejection> {
    for proof in secured.proofs() {
        if proof.verification_method.did() != issuer {
            let detail = format!(
                "signed by `{}`, issued by `{}`",
                shown(proof.verification_method.did()),
                shown(issuer)
            );
            return Err(Rejection::new("key.issuer_mismatch", detail));
        }
        keys.key(&proof.verification_method, relationship)
            .map_err(|(code, detail)| Rejection::new(code, detail))?;
    }
    Ok(())
}

/// Judges once more, within a session, that the keys which signed the papers count under their anchors.
pub(crate) fn count(
    papers: &[Proven<Paper>],
    ring: &KeyRing,
    trusted: &Trusted<'_>,
) -> Result<(), Rejection> {
    for (index, proven) in papers.iter().enumerate() {
        let keys = PaperKeys {
            ring,
            anchored: trusted.of(index),
        };
        let purpose = proven.value().kind.purpose();
        for proof in proven.proofs() {
            keys.key(&proof.verification_method, purpose)
                .map_err(|(code, detail)| Rejection::new(code, detail).at(index))?;
        }
    }
    Ok(())
}

/// Resolves one DID from its own text or from the evidence.
pub(crate) fn resolve(
    did: &Did,
    evidence: &Evidence,
    when: When,
    book: &mut Book,
) -> Result<Resolved, Rejection> {
    let Some(method) = method(did) else {
        let detail = format!("`did:{}` is not supported here", did.method());
        return Err(Rejection::new("resolve.unsupported_method", detail));
    };
    let refused = |code: &'static str, detail: String| Rejection::new(code, format!("`{did}`: {detail}"));
    let judged = |error: ResolveError| refused(error.code(), error.to_string());
    let wanted = || {
        let need = Need::Document(did.clone());
        match evidence.failure(&need) {
            Some(code) => Err(refused(code, "its document could not be had".to_owned())),
            None => Ok(Resolved::Wanted(need)),
        }
    };
    match method.plan(did).map_err(judged)? {
        Plan::Local(document) => Ok(Resolved::Document(document)),
        Plan::Fetch(_) => {
            let Some(text) = evidence.documents.get(did) else {
                return wanted();
            };
            let value = json::parse(text.as_bytes(), &Limits::default())
                .map_err(|error| refused("resolve.invalid_document", error.to_string()))?;
            let document = method.judge(did, &value).map_err(judged)?;
            book.rely("document", did.as_str(), Digest::of_bytes(text.as_bytes()));
            Ok(Resolved::Document(Box::new(document)))
        }
        Plan::FetchLog { .. } => {
            let Some(files) = evidence.did_logs.get(did) else {
                return wanted();
            };
            let seen = evidence.did_floors.get(did).map(String::as_str);
            let outcome = method.judge_log(did, files, seen, when);
            if let Err(ResolveError::Deactivated { head, .. }) = &outcome {
                // The end of a DID must not be forgotten either.
                book.did_log(did, head.clone());
            }
            let outcome = outcome.map_err(judged)?;
            book.rely("didLog", did.as_str(), Digest::of_bytes(files.log.as_bytes()));
            if let Some(witness) = &files.witness {
                book.rely("didWitness", did.as_str(), Digest::of_bytes(witness.as_bytes()));
            }
            book.did_log(did, outcome.head);
            Ok(Resolved::Document(Box::new(outcome.document)))
        }
    }
}

#[cfg(test)]
mod tests {
    use chancery_did::{Document, Relationship};
    use serde_json::json;

    use crate::Need;
    use crate::cast::{Scene, Who, delegation, entries, list, passport, policy, refuses, sealed};
    use crate::decision::{CheckStatus, Step};
    use crate::evidence::Failure;

    /// Acme hands on through an instance whose DID is a did:web.
    fn hosted() -> Scene {
        let mut scene = Scene::direct();
        scene.chain[0].0["credentialSubject"]["capability"][0]["delegation"]["maxDepth"] = json!(2);
        scene
            .chain
            .push(delegation(12, Who::First, Who::Hosted, "40.00", Some(1)));
        scene
            .chain
            .push(delegation(13, Who::Hosted, Who::Second, "40.00", None));
        scene.passports.push(passport(22, Who::Acme, Who::Hosted, 102));
        scene.passports.push(passport(23, Who::Acme, Who::Second, 103));
        scene.holder = Who::Second;
        scene.presenter = Who::Second;
        scene
    }

    #[test]
    fn a_linked_document_is_asked_for_once_its_passport_holds() {
        let mut scene = hosted();
        let decision = scene.decide();
        refuses(&decision, "evidence.needed");
        assert_eq!(decision.needs, [Need::Document(Who::Hosted.did())]);
        scene
            .evidence
            .documents
            .insert(Who::Hosted.did(), Who::Hosted.document().to_string());
        let decision = scene.decide();
        assert!(decision.allow, "{} {}", decision.code, decision.reason);
    }

    #[test]
    fn a_document_is_never_asked_for_at_the_word_of_a_forged_passport() {
        let mut scene = hosted();
        let text = scene.presentation();
        let decision = scene.decide_on(&text.replace("Refund desk", "Refund disk"));
        refuses(&decision, "signature.invalid");
        assert!(decision.needs.is_empty());
        // Not before the anchored issuer's own document is there either.
        scene.evidence.documents.clear();
        assert_eq!(scene.decide().needs, [Need::Document(Who::Acme.did())]);
    }

    #[test]
    fn a_recorded_failure_ends_as_indeterminate() {
        for (told, code) in [
            ("fetch.timeout", "fetch.timeout"),
            ("resolve.not_found", "resolve.not_found"),
            // No host can turn a failure into another verdict.
            ("ok", "fetch.failed"),
            ("status.revoked", "fetch.failed"),
            ("nonsense", "fetch.failed"),
        ] {
            let mut scene = Scene::direct();
            scene.evidence.documents.remove(&Who::Acme.did());
            let need = Need::Document(Who::Acme.did());
            scene.evidence.failures.push(Failure {
                need,
                code: told.into(),
            });
            let decision = scene.decide();
            refuses(&decision, code);
            assert!(decision.needs.is_empty());
        }
    }

    #[test]
    fn a_document_of_another_did_is_refused() {
        let mut scene = Scene::direct();
        scene
            .evidence
            .documents
            .insert(Who::Acme.did(), Who::Initech.document().to_string());
        refuses(&scene.decide(), "resolve.mismatch");
        for text in [
            "",
            "{}",
            "[]",
            "{\"id\":1}",
            "{\"id\":\"did:web:acme.example\",\"id\":\"x\"}",
        ] {
            scene.evidence.documents.insert(Who::Acme.did(), text.into());
            refuses(&scene.decide(), "resolve.invalid_document");
        }
    }

    #[test]
    fn a_key_that_is_not_pinned_is_refused() {
        let mut scene = Scene::direct();
        scene.policy.anchors[0].keys = vec![Who::Mallory.public().thumbprint()];
        let decision = scene.decide();
        refuses(&decision, "trust.key_changed");
        assert_eq!(decision.check(Step::Key).unwrap().status, CheckStatus::Fail);
        // A did:web that pins nothing vouches for nothing.
        scene.policy.anchors[0].keys.clear();
        refuses(&scene.decide(), "trust.key_changed");
    }

    #[test]
    fn a_key_in_another_relationship_is_refused() {
        let mut scene = Scene::direct();
        let document = Document::builder(Who::Acme.did())
            .add_key("key-1", &Who::Acme.public(), &[Relationship::Authentication])
            .build()
            .unwrap();
        scene
            .evidence
            .documents
            .insert(Who::Acme.did(), document.to_value().to_string());
        refuses(&scene.decide(), "key.relationship");
    }

    #[test]
    fn a_key_that_is_gone_from_the_document_is_refused() {
        let mut scene = Scene::direct();
        let document = Document::builder(Who::Acme.did())
            .add_key("key-2", &Who::Acme.public(), &[Relationship::AssertionMethod])
            .build()
            .unwrap();
        scene
            .evidence
            .documents
            .insert(Who::Acme.did(), document.to_value().to_string());
        refuses(&scene.decide(), "key.not_found");
    }

    #[test]
    fn a_paper_signed_by_another_than_its_issuer_is_refused() {
        let mut scene = Scene::delegated();
        scene.chain[1].1 = Who::Mallory;
        refuses(&scene.decide(), "key.issuer_mismatch");
        let mut scene = Scene::delegated();
        scene.presenter = Who::First;
        refuses(&scene.decide(), "key.issuer_mismatch");
    }

    #[test]
    fn a_private_key_in_a_did_is_not_repeated() {
        let secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "x", "d": secret}).to_string();
        let did = format!("did:jwk:{}", chancery_proof::base64url::encode(jwk.as_bytes()));
        let mut document: serde_json::Value = serde_json::from_str(&Scene::direct().presentation()).unwrap();
        document["verifiableCredential"][0]["proof"]["verificationMethod"] = json!(format!("{did}#0"));
        let decision = Scene::direct().decide_on(&document.to_string());
        refuses(&decision, "key.issuer_mismatch");
        let said = decision.to_value().to_string();
        assert!(!said.contains(&did) && !said.contains(secret), "{said}");
    }

    #[test]
    fn a_holder_who_is_a_stranger_is_not_looked_up() {
        let mut scene = Scene::direct();
        scene.holder = Who::Initech;
        scene.presenter = Who::Initech;
        let decision = scene.decide();
        refuses(&decision, "binding.holder");
        assert!(decision.needs.is_empty());
    }

    #[test]
    fn a_document_for_a_did_key_is_not_taken_from_evidence() {
        let mut scene = Scene::direct();
        let forged = Document::builder(Who::First.did())
            .add_key("k", &Who::Mallory.public(), &[Relationship::Authentication])
            .build()
            .unwrap();
        scene
            .evidence
            .documents
            .insert(Who::First.did(), forged.to_value().to_string());
        assert!(scene.decide().allow);
    }

    #[test]
    fn the_cast_is_what_it_seems() {
        assert_eq!(policy().anchors.len(), 1);
        assert_eq!(entries(1).as_array().unwrap().len(), 2);
        let text = list(
            "https://a.example/l",
            chancery_vc::StatusPurpose::Revocation,
            Who::Acme,
            crate::cast::now(),
            &[],
        );
        assert!(text.contains("BitstringStatusListCredential"));
        assert!(
            sealed(
                json!({"@context": ["x"]}),
                Who::Acme,
                Relationship::AssertionMethod
            )
            .contains("proof")
        );
    }
}
