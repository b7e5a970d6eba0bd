//! Single credentials under a policy: every form, both versions of the data model, whoever signed.

use std::sync::Arc;

use chancery_did::{PublicKey, Relationship, Signer as _};
use chancery_proof::{
    Limits, NoSuites, ProofError, SuiteSeal, Suites, base64url, cose, jcs, jose, multibase,
};
use chancery_vc::CONTEXT_V2;
use serde_json::{Map, Value, json};

use super::*;
use crate::cast::{Scene, Who, later, now, options, sealed, sealed_with};

const V1: &str = "https://www.w3.org/2018/credentials/v1";

fn strict(text: impl AsRef<[u8]>) -> CredentialReport {
    under(text, &CredentialPolicy::strict())
}

fn proof_only(text: impl AsRef<[u8]>) -> CredentialReport {
    under(text, &CredentialPolicy::proof_only())
}

fn under(text: impl AsRef<[u8]>, policy: &CredentialPolicy) -> CredentialReport {
    check_credential_under(text.as_ref(), &Evidence::default(), policy, now())
}

fn document(who: Who) -> Value {
    json!({
        "@context": [CONTEXT_V2],
        "type": ["VerifiableCredential"],
        "issuer": who.did().as_str(),
        "credentialSubject": { "id": "did:example:1" },
    })
}

fn old(who: Who) -> Value {
    json!({
        "@context": [V1, "https://w3id.org/security/data-integrity/v2"],
        "type": ["VerifiableCredential"],
        "issuer": who.did().as_str(),
        "issuanceDate": "2020-01-01T00:00:00Z",
        "credentialSubject": { "id": "did:example:1" },
    })
}

fn signed(document: Value, who: Who) -> String {
    sealed(document, who, Relationship::AssertionMethod)
}

fn token(typ: &str, claims: &Value, who: Who) -> String {
    jose::sign(typ, &who.method(), claims, &who.key()).unwrap()
}

/// An old token without a `typ`, as the first version of the data model knew it.
fn untyped(claims: &Value, who: Who) -> String {
    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
    let header = json!({ "alg": "EdDSA", "kid": who.method().as_str() });
    let input = format!("{}.{}", part(&header), part(claims));
    let signature = who.key().sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(&signature))
}

fn envelope(media: &str, text: &str) -> Value {
    json!({
        "@context": [CONTEXT_V2], "type": "EnvelopedVerifiableCredential", "id": format!("data:{media},{text}"),
    })
}

fn base64(bytes: &[u8]) -> String {
    let url = base64url::encode(bytes);
    let padding = ["", "===", "==", "="][url.len() % 4];
    format!("{}{padding}", url.replace('-', "+").replace('_', "/"))
}

fn passes(report: &CredentialReport) {
    assert!(report.checked, "{} {}", report.code, report.reason);
    assert!(report.problems().is_empty());
}

#[test]
fn one_credential_passes_in_every_form() {
    let who = Who::Mallory;
    let claims = document(who);
    let jws = token("vc+jwt", &claims, who);
    let bytes = cose::sign(
        "application/vc+cose",
        Some("application/vc"),
        who.method().as_str(),
        claims.to_string().into_bytes(),
        &who.key(),
    )
    .unwrap();
    let sd_jwt = format!("{}~", token("vc+sd-jwt", &claims, who));
    passes(&strict(signed(claims, who)));
    passes(&strict(&jws));
    passes(&strict(envelope("application/vc+jwt", &jws).to_string()));
    passes(&strict(&bytes));
    passes(&strict(
        envelope("application/vc+cose;base64", &base64(&bytes)).to_string(),
    ));
    passes(&strict(&sd_jwt));
    passes(&strict(envelope("application/vc+sd-jwt", &sd_jwt).to_string()));
}

#[test]
fn an_envelope_says_rightly_what_it_holds() {
    let who = Who::Mallory;
    let jws = token("vc+jwt", &document(who), who);
    for (media, text, code) in [
        ("application/vp+jwt", jws.as_str(), "type.media"),
        ("application/vc+jwt;base64", &jws, "type.media"),
        ("application/vc-ld+jwt", &jws, "type.media"),
        ("text/plain", &jws, "type.media"),
        ("application/vc+sd-jwt", &jws, "sd_jwt.serialization"),
        ("application/vc+cose", &jws, "type.media"),
        ("application/vc+cose;base64", "AAAA", "parse.cbor"),
        ("application/vc+cose;base64", "====", "parse.structure"),
        ("application/vc+jwt", "a.b", "parse.jose"),
    ] {
        let report = strict(envelope(media, text).to_string());
        assert_eq!((report.code, report.verdict), (code, Verdict::Invalid), "{media}");
    }
    let mut foreign = envelope("application/vc+jwt", &jws);
    foreign["@context"] = json!([]);
    assert_eq!(strict(foreign.to_string()).code, "context.mismatch");
    let mut bare = envelope("application/vc+jwt", &jws);
    bare["id"] = json!(jws);
    assert_eq!(strict(bare.to_string()).code, "parse.structure");
    let mut other = envelope("application/vc+jwt", &jws);
    other["type"] = json!("VerifiableCredential");
    assert_eq!(strict(other.to_string()).code, "signature.missing");
}

#[test]
fn an_old_token_passes_only_where_the_policy_lets_it() {
    let who = Who::Mallory;
    let mut vc = old(who);
    vc.as_object_mut().unwrap().remove("issuer");
    vc.as_object_mut().unwrap().remove("issuanceDate");
    let claims = json!({ "iss": who.did().as_str(), "nbf": later(-60).seconds(), "vc": vc });
    let lenient = |text: &str| under(text, &CredentialPolicy::strict().with_legacy_jwt());
    for text in [token("JWT", &claims, who), untyped(&claims, who)] {
        passes(&lenient(&text));
        passes(&lenient(&envelope("application/jwt", &text).to_string()));
        assert_eq!(strict(&text).code, "type.typ");
        let enveloped = envelope("application/jwt", &text).to_string();
        assert_eq!(strict(&enveloped).code, "type.media");
        // What calls itself a typed token has to be one.
        assert_eq!(
            lenient(&envelope("application/vc+jwt", &text).to_string()).code,
            "type.typ"
        );
        let core = check_credential(text.as_bytes(), &Evidence::default(), None, now());
        assert_eq!(core.code, "type.typ");
    }
    for (name, value) in [
        ("iss", json!(Who::First.did().as_str())),
        ("exp", json!(later(-120).seconds())),
        ("vc", json!({})),
        ("vc", json!("eyJ")),
        ("nbf", json!("then")),
    ] {
        let mut changed = claims.clone();
        changed[name] = value;
        let report = lenient(&token("JWT", &changed, who));
        assert!(
            !report.checked && report.needs.is_empty(),
            "{name}: {}",
            report.code
        );
    }
    let stolen = lenient(&token("JWT", &json!({ "vc": document(Who::First) }), who));
    assert_eq!(stolen.code, "key.issuer_mismatch");
}

#[test]
fn both_versions_pass_where_the_policy_takes_them() {
    let who = Who::Mallory;
    for (text, v1_1) in [(signed(old(who), who), true), (signed(document(who), who), false)] {
        passes(&strict(&text));
        let mut policy = CredentialPolicy::strict();
        policy.models = Models {
            v1_1: !v1_1,
            v2_0: v1_1,
        };
        assert_eq!(under(&text, &policy).code, "context.mismatch");
    }
    // Version 1.1 has tokens of its own; in the newer ones a holder could withhold when it ends.
    for typ in ["vc+jwt", "vc+sd-jwt"] {
        let tail = if typ == "vc+jwt" { "" } else { "~" };
        let text = format!("{}{tail}", token(typ, &old(who), who));
        assert_eq!(strict(text).code, "context.mismatch");
    }
    let text = signed(old(who), who);
    let core = check_credential(text.as_bytes(), &Evidence::default(), None, now());
    assert_eq!(core.code, "context.mismatch");
    let mut expired = old(who);
    expired["expirationDate"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(strict(signed(expired, who)).code, "time.expired");
}

#[test]
fn who_signed_matters_to_the_strict_and_not_to_the_proof_only() {
    for issuer in ["https://vc.example/issuers/1", Who::First.did().as_str()] {
        let mut claims = document(Who::Mallory);
        claims["issuer"] = json!(issuer);
        let text = signed(claims, Who::Mallory);
        assert!(["resolve.unsupported_method", "key.issuer_mismatch"].contains(&strict(&text).code));
        passes(&proof_only(&text));
        let changed = text.replace("did:example:1", "did:example:2");
        assert_eq!(proof_only(&changed).code, "signature.invalid");
    }
    let mut late = document(Who::Mallory);
    late["validUntil"] = json!(later(-120).to_string());
    assert_eq!(proof_only(signed(late, Who::Mallory)).code, "time.expired");
    let mut undated = document(Who::Mallory);
    undated["validUntil"] = json!("never");
    assert_eq!(proof_only(signed(undated, Who::Mallory)).code, "parse.timestamp");
    let wrong = sealed(document(Who::Mallory), Who::Mallory, Relationship::Authentication);
    assert_eq!(proof_only(wrong).code, "key.relationship");
    let mut forged: Value = serde_json::from_str(&signed(document(Who::Mallory), Who::Mallory)).unwrap();
    forged["proof"]["verificationMethod"] = json!(Who::First.method().as_str());
    assert_eq!(proof_only(forged.to_string()).code, "signature.invalid");
}

#[test]
fn every_proof_of_a_set_has_to_hold_whoever_made_it() {
    let first = signed(document(Who::First), Who::First);
    let both = data_of(&first, Who::Second);
    passes(&proof_only(both.to_string()));
    assert_eq!(strict(both.to_string()).code, "key.issuer_mismatch");
    for at in [0, 1] {
        let mut broken = both.clone();
        let other = broken["proof"][1 - at]["proofValue"].clone();
        broken["proof"][at]["proofValue"] = other;
        assert_eq!(proof_only(broken.to_string()).code, "signature.invalid");
        let mut missing = both.clone();
        missing["proof"][at].as_object_mut().unwrap().remove("proofValue");
        assert_eq!(proof_only(missing.to_string()).code, "signature.missing");
    }
}

/// The document with one more proof.
fn data_of(text: &str, who: Who) -> Value {
    let mut document: Value = serde_json::from_str(text).unwrap();
    let own = document.as_object_mut().unwrap().remove("proof").unwrap();
    let other: Value = serde_json::from_str(&signed(document.clone(), who)).unwrap();
    document["proof"] = json!([own, other["proof"]]);
    document
}

#[test]
fn several_documents_that_are_wanted_are_wanted_at_once() {
    let first = signed(document(Who::Acme), Who::Acme);
    let both = data_of(&first, Who::Initech);
    let report = proof_only(both.to_string());
    assert_eq!(
        (report.code, report.verdict),
        ("evidence.needed", Verdict::Indeterminate)
    );
    let documents = [Who::Acme, Who::Initech].map(|who| Need::Document(who.did()));
    assert_eq!(report.needs, documents);
    let mut evidence = Evidence::default();
    for who in [Who::Acme, Who::Initech] {
        evidence.documents.insert(who.did(), who.document().to_string());
    }
    let policy = CredentialPolicy::proof_only();
    passes(&check_credential_under(
        both.to_string().as_bytes(),
        &evidence,
        &policy,
        now(),
    ));
}

#[test]
fn a_status_is_asked_for_only_after_the_proof_and_only_by_a_policy_that_judges_it() {
    let text = Scene::direct().papers().remove(0);
    let mut evidence = crate::cast::evidence();
    evidence.status_lists.clear();
    let check = |text: &str, policy: &CredentialPolicy| {
        check_credential_under(text.as_bytes(), &evidence, policy, now())
    };
    assert_eq!(check(&text, &CredentialPolicy::strict()).needs.len(), 2);
    passes(&check(&text, &CredentialPolicy::proof_only()));
    let changed = text.replace("\"100.00\"", "\"900.00\"");
    let report = check(&changed, &CredentialPolicy::strict());
    assert_eq!(report.code, "signature.invalid");
    assert!(report.needs.is_empty());
}

#[test]
fn a_problem_is_told_in_the_standards_words() {
    let text = signed(document(Who::Mallory), Who::Mallory).replace("did:example:1", "did:example:2");
    let report = strict(text);
    let problems = report.problems();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].kind(),
        "https://w3id.org/security#PROOF_VERIFICATION_ERROR"
    );
    assert_eq!(
        strict("{").problems()[0].kind(),
        "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
    );
}

/// A suite that signs the canonical JSON of document and options, under a name that the core does not know.
#[derive(Debug)]
struct Plain;

#[derive(Debug)]
struct PlainSeal(Vec<u8>, Vec<u8>);

impl Plain {
    fn message(document: &Map<String, Value>, proof: &Map<String, Value>) -> Vec<u8> {
        let mut options = proof.clone();
        options.remove("proofValue");
        jcs::canonicalize(&json!([document, options])).unwrap()
    }
}

impl Suites for Plain {
    fn knows(&self, kind: &str, cryptosuite: Option<&str>) -> bool {
        (kind, cryptosuite) == ("DataIntegrityProof", Some("eddsa-rdfc-2022"))
    }

    fn open(
        &self,
        document: &Map<String, Value>,
        proof: &Map<String, Value>,
        _: &Limits,
    ) -> Result<Arc<dyn SuiteSeal>, ProofError> {
        if document.contains_key("undefined") {
            return Err(ProofError::Suite {
                code: "data_loss.undefined_term",
                detail: "`undefined`".into(),
            });
        }
        let value = proof.get("proofValue").and_then(Value::as_str).unwrap();
        let signature = multibase::decode_z(value)?;
        Ok(Arc::new(PlainSeal(Self::message(document, proof), signature)))
    }
}

impl SuiteSeal for PlainSeal {
    fn verify(&self, key: &PublicKey) -> Result<(), ProofError> {
        key.verify(&self.0, &self.1)
            .map_err(|_| ProofError::SignatureInvalid)
    }
}

#[test]
fn a_suite_that_the_host_hands_in_is_judged_as_any_other() {
    let who = Who::Mallory;
    let with = |document: Value| {
        let mut document = document;
        let mut proof = json!({
            "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": later(-60).to_string(),
            "verificationMethod": who.method().as_str(), "proofPurpose": "assertionMethod",
        });
        let message = Plain::message(document.as_object().unwrap(), proof.as_object().unwrap());
        proof["proofValue"] = json!(multibase::encode_z(&who.key().sign(&message).unwrap()));
        document["proof"] = proof;
        document.to_string()
    };
    let policy = CredentialPolicy::strict().with_suites(Arc::new(Plain));
    let text = with(document(who));
    passes(&under(&text, &policy));
    assert_eq!(
        under(text.replace("did:example:1", "did:example:2"), &policy).code,
        "signature.invalid"
    );
    let without = under(&text, &CredentialPolicy::strict().with_suites(Arc::new(NoSuites)));
    assert_eq!(
        (without.code, without.verdict),
        ("alg.unsupported_here", Verdict::Indeterminate)
    );
    assert!(without.needs.is_empty());
    let mut lossy = document(who);
    lossy["undefined"] = json!("term");
    let report = under(with(lossy), &policy);
    assert!(!report.checked);
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.code);
}

#[test]
fn no_text_makes_it_panic() {
    let who = Who::Mallory;
    let mut ended = options(who, Relationship::AssertionMethod);
    ended.expires = Some(later(-61));
    assert_eq!(
        strict(sealed_with(document(who), &ended, who)).code,
        "time.expired"
    );
    let jws = token("vc+jwt", &document(who), who);
    let texts: [&[u8]; 12] = [
        b"",
        b"{",
        b"{}",
        b"[]",
        b"~",
        b"~~",
        b"a.b.c~",
        b"\xd2",
        b"\xd2\x84",
        b"\xff",
        b"null",
        &jws.as_bytes()[..jws.len() - 4],
    ];
    for text in texts {
        for policy in [CredentialPolicy::strict(), CredentialPolicy::proof_only()] {
            let report = under(text, &policy);
            assert!(!report.checked && report.needs.is_empty(), "{text:?}");
            assert!(!report.problems().is_empty());
        }
    }
    for kind in [
        json!(null),
        json!([null]),
        json!({ "type": 1 }),
        json!("EnvelopedVerifiableCredential"),
    ] {
        assert!(!strict(json!({ "type": kind, "proof": kind }).to_string()).checked);
    }
}
