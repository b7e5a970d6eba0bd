//! Presentations of any kind: the holder, the occasion, and every credential.

use chancery_did::Relationship;
use chancery_proof::jose;
use chancery_vc::CONTEXT_V2;
use serde_json::{Value, json};

use super::*;
use crate::cast::{self, Scene, Who, later, now, options, sealed, sealed_with};
use crate::credential_check::{CredentialPolicy, Models};
use crate::decision::CheckStatus;

fn policy() -> PresentationPolicy {
    PresentationPolicy::new(CredentialPolicy::strict())
}

fn asking(challenge: &str, domain: &str) -> PresentationPolicy {
    PresentationPolicy {
        challenge: Some(challenge.into()),
        domain: Some(domain.into()),
        ..policy()
    }
}

fn unsigned() -> PresentationPolicy {
    PresentationPolicy {
        unsigned: true,
        ..policy()
    }
}

fn check(text: impl AsRef<[u8]>, policy: &PresentationPolicy) -> PresentationReport {
    check_presentation(text.as_ref(), &Evidence::default(), policy, now())
}

fn passes(report: &PresentationReport) {
    assert!(report.checked, "{} {}", report.code, report.reason);
    assert!(report.problems().is_empty() && report.needs.is_empty());
    assert_eq!(report.to_value()["trust"], "not asked");
    assert!(report.to_value().get("allow").is_none());
}

fn refuses(report: &PresentationReport, code: &str) {
    assert_eq!((report.code, report.checked), (code, false), "{}", report.reason);
    assert!(!report.problems().is_empty());
}

fn bare(issuer: &str) -> Value {
    json!({
        "@context": [CONTEXT_V2], "type": ["VerifiableCredential"], "issuer": issuer,
        "credentialSubject": { "id": "did:example:1" },
    })
}

fn credential(who: Who) -> Value {
    let text = sealed(bare(who.did().as_str()), who, Relationship::AssertionMethod);
    serde_json::from_str(&text).unwrap()
}

fn presentation(credentials: &[Value]) -> Value {
    let mut document = json!({
        "@context": [CONTEXT_V2], "type": ["VerifiablePresentation"], "holder": Who::First.did().as_str(),
    });
    if !credentials.is_empty() {
        document["verifiableCredential"] = json!(credentials);
    }
    document
}

fn signed(document: Value, who: Who) -> String {
    let mut made = options(who, Relationship::Authentication);
    made.challenge = Some("nonce-1".into());
    made.domain = vec!["verifier.example".into()];
    sealed_with(document, &made, who)
}

fn token(typ: &str, claims: &Value, who: Who) -> String {
    jose::sign(typ, &who.method(), claims, &who.key()).unwrap()
}

#[test]
fn a_signed_presentation_passes_with_all_its_credentials() {
    let text = signed(
        presentation(&[credential(Who::Mallory), credential(Who::Second)]),
        Who::First,
    );
    let report = check(&text, &asking("nonce-1", "verifier.example"));
    passes(&report);
    assert_eq!(
        (report.signatures, report.credentials.len(), report.signed),
        (3, 2, true)
    );
    assert_eq!(report.holder.as_deref(), Some(Who::First.did().as_str()));
    passes(&check(signed(presentation(&[]), Who::First), &policy()));
    let mut one = presentation(&[]);
    one["verifiableCredential"] = credential(Who::Mallory);
    passes(&check(signed(one, Who::First), &policy()));
}

#[test]
fn a_presentation_without_a_holder_is_whoever_signed_it() {
    let mut document = presentation(&[credential(Who::Mallory)]);
    document.as_object_mut().unwrap().remove("holder");
    passes(&check(
        signed(document.clone(), Who::First),
        &asking("nonce-1", "verifier.example"),
    ));
    let changed =
        signed(document, Who::First).replace("VerifiablePresentation\"", "VerifiablePresentation\",\"X\"");
    refuses(&check(changed, &policy()), "signature.invalid");
}

#[test]
fn the_holder_signs_and_nobody_else() {
    let document = presentation(&[credential(Who::Mallory)]);
    refuses(
        &check(signed(document.clone(), Who::Second), &policy()),
        "binding.holder",
    );
    let mut named = document.clone();
    named["holder"] = json!({ "id": Who::First.did().as_str(), "name": "First" });
    passes(&check(signed(named, Who::First), &policy()));
    let mut other = document.clone();
    other["holder"] = json!("https://holder.example/");
    refuses(&check(signed(other, Who::First), &policy()), "binding.holder");
    let asserted = sealed(document.clone(), Who::First, Relationship::AssertionMethod);
    refuses(&check(asserted, &policy()), "key.relationship");
    // Nothing is asked about the credentials of a presentation that is refused.
    let report = check(
        signed(presentation(&[credential(Who::Acme)]), Who::Second),
        &policy(),
    );
    assert!(report.credentials.is_empty() && report.needs.is_empty());
}

#[test]
fn challenge_and_domain_are_met_exactly() {
    let text = signed(presentation(&[]), Who::First);
    passes(&check(&text, &asking("nonce-1", "verifier.example")));
    for wrong in ["", "nonce-", "nonce-11", "NONCE-1", " nonce-1"] {
        refuses(&check(&text, &asking(wrong, "verifier.example")), "binding.nonce");
    }
    for wrong in ["", "verifier.example/", "Verifier.example", "evil.example"] {
        refuses(&check(&text, &asking("nonce-1", wrong)), "binding.audience");
    }
    let silent = sealed(presentation(&[]), Who::First, Relationship::Authentication);
    refuses(
        &check(&silent, &asking("nonce-1", "verifier.example")),
        "binding.nonce",
    );
    passes(&check(&silent, &policy()));
    let mut several = options(Who::First, Relationship::Authentication);
    several.challenge = Some("nonce-1".into());
    several.domain = vec!["verifier.example".into(), "evil.example".into()];
    let text = sealed_with(presentation(&[]), &several, Who::First);
    refuses(
        &check(text, &asking("nonce-1", "verifier.example")),
        "binding.audience",
    );
}

#[test]
fn every_proof_of_a_presentation_answers_the_challenge() {
    let text = signed(presentation(&[]), Who::First);
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let own = document.as_object_mut().unwrap().remove("proof").unwrap();
    let silent = sealed(document.clone(), Who::First, Relationship::Authentication);
    let silent: Value = serde_json::from_str(&silent).unwrap();
    document["proof"] = json!([own, silent["proof"]]);
    passes(&check(document.to_string(), &policy()));
    refuses(
        &check(document.to_string(), &asking("nonce-1", "verifier.example")),
        "binding.nonce",
    );
}

#[test]
fn the_times_of_the_proof_count() {
    let mut made = options(Who::First, Relationship::Authentication);
    made.expires = Some(later(-61));
    let text = sealed_with(presentation(&[]), &made, Who::First);
    refuses(&check(text, &policy()), "time.expired");
    made.expires = None;
    made.created = Some(later(61));
    let text = sealed_with(presentation(&[]), &made, Who::First);
    refuses(&check(text, &policy()), "time.not_yet_valid");
}

#[test]
fn an_unsigned_presentation_passes_only_where_the_policy_lets_it_and_asks_nothing() {
    let text = presentation(&[credential(Who::Mallory)]).to_string();
    let report = check(&text, &unsigned());
    passes(&report);
    assert!(!report.signed);
    assert!(
        report
            .checks
            .iter()
            .any(|check| check.status == CheckStatus::Skip)
    );
    refuses(&check(&text, &policy()), "signature.missing");
    for asking in [
        PresentationPolicy {
            challenge: Some("nonce-1".into()),
            ..unsigned()
        },
        PresentationPolicy {
            domain: Some("verifier.example".into()),
            ..unsigned()
        },
    ] {
        refuses(&check(&text, &asking), "signature.missing");
    }
    // A proof that is there has to hold all the same.
    let mut broken: Value = serde_json::from_str(&signed(presentation(&[]), Who::First)).unwrap();
    broken["proof"]["challenge"] = json!("nonce-2");
    refuses(&check(broken.to_string(), &unsigned()), "signature.invalid");
    for proof in [json!(null), json!({}), json!([]), json!("z1")] {
        let mut document = presentation(&[]);
        document["proof"] = proof;
        assert!(!check(document.to_string(), &unsigned()).checked);
    }
}

#[test]
fn every_credential_has_to_pass_by_itself() {
    let good = credential(Who::Mallory);
    let mut changed = good.clone();
    changed["credentialSubject"]["id"] = json!("did:example:2");
    let mut late = bare(Who::Mallory.did().as_str());
    late["validUntil"] = json!(later(-120).to_string());
    let late: Value =
        serde_json::from_str(&sealed(late, Who::Mallory, Relationship::AssertionMethod)).unwrap();
    let mut stolen = bare(Who::Acme.did().as_str());
    stolen["id"] = json!("urn:x:1");
    let stolen = sealed(stolen, Who::Mallory, Relationship::AssertionMethod);
    let mut shapeless = good.clone();
    shapeless["type"] = json!("Diploma");
    for (credential, code) in [
        (changed, "signature.invalid"),
        (late, "time.expired"),
        (shapeless, "type.credential"),
        (bare(Who::Mallory.did().as_str()), "signature.missing"),
    ] {
        for held in [
            &[good.clone(), credential.clone()],
            &[credential.clone(), good.clone()],
        ] {
            let report = check(signed(presentation(held), Who::First), &policy());
            refuses(&report, code);
            assert_eq!(
                report.credentials.iter().filter(|report| report.checked).count(),
                1
            );
            refuses(&check(presentation(held).to_string(), &unsigned()), code);
        }
    }
    let report = check(
        signed(
            presentation(&[serde_json::from_str(&stolen).unwrap()]),
            Who::First,
        ),
        &policy(),
    );
    assert!(!report.checked);
}

#[test]
fn what_is_needed_for_several_is_needed_at_once_and_nothing_for_what_is_refused() {
    let held = [
        credential(Who::Acme),
        credential(Who::Initech),
        credential(Who::Acme),
    ];
    let report = check(signed(presentation(&held), Who::First), &policy());
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
    let text = signed(presentation(&held), Who::First);
    passes(&check_presentation(text.as_bytes(), &evidence, &policy(), now()));
    let mut broken = held[0].clone();
    broken["proof"].as_object_mut().unwrap().remove("proofValue");
    let report = check(
        signed(presentation(&[held[1].clone(), broken]), Who::First),
        &policy(),
    );
    refuses(&report, "signature.missing");
    assert!(report.needs.is_empty());
}

#[test]
fn a_status_list_is_wanted_once_for_all() {
    let papers = Scene::delegated().papers();
    let held: Vec<Value> = papers
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let held: Vec<Value> = held
        .into_iter()
        .filter(|paper| paper["issuer"] == Who::Acme.did().as_str())
        .collect();
    let mut evidence = cast::evidence();
    evidence.status_lists.clear();
    let text = signed(presentation(&held), Who::First);
    let report = check_presentation(text.as_bytes(), &evidence, &policy(), now());
    assert_eq!(report.needs.len(), 2, "{:?}", report.needs);
    let report = check_presentation(text.as_bytes(), &cast::evidence(), &policy(), now());
    passes(&report);
    assert_eq!(report.status_floors.len(), 2);
}

#[test]
fn a_self_asserted_credential_is_secured_by_its_holders_presentation() {
    let own = bare(Who::First.did().as_str());
    let report = check(
        signed(presentation(std::slice::from_ref(&own)), Who::First),
        &policy(),
    );
    passes(&report);
    assert_eq!(report.signatures, 1);
    // Of somebody else, without a holder, unsigned, late, or of another version: refused.
    let other = bare(Who::Second.did().as_str());
    refuses(
        &check(signed(presentation(&[other]), Who::First), &policy()),
        "signature.missing",
    );
    let mut nobody = presentation(std::slice::from_ref(&own));
    nobody.as_object_mut().unwrap().remove("holder");
    refuses(&check(signed(nobody, Who::First), &policy()), "signature.missing");
    refuses(
        &check(presentation(std::slice::from_ref(&own)).to_string(), &unsigned()),
        "signature.missing",
    );
    let mut late = own.clone();
    late["validUntil"] = json!(later(-120).to_string());
    refuses(
        &check(signed(presentation(&[late]), Who::First), &policy()),
        "time.expired",
    );
    let mut shapeless = own;
    shapeless["credentialSubject"] = json!({});
    refuses(
        &check(signed(presentation(&[shapeless]), Who::First), &policy()),
        "parse.structure",
    );
}

#[test]
fn tokens_and_envelopes_are_opened() {
    let jws = token("vc+jwt", &bare(Who::Mallory.did().as_str()), Who::Mallory);
    let envelope = |kind: &str, media: &str, text: &str| json!({ "@context": CONTEXT_V2, "type": kind, "id": format!("data:{media},{text}") });
    let held = envelope("EnvelopedVerifiableCredential", "application/vc+jwt", &jws);
    let mut claims = presentation(&[held.clone(), credential(Who::Mallory)]);
    passes(&check(signed(claims.clone(), Who::First), &policy()));
    claims["iss"] = json!(Who::First.did().as_str());
    claims["nonce"] = json!("nonce-1");
    claims["aud"] = json!(["verifier.example"]);
    let asking = asking("nonce-1", "verifier.example");
    let vp = token("vp+jwt", &claims, Who::First);
    passes(&check(&vp, &asking));
    let enveloped = envelope("EnvelopedVerifiablePresentation", "application/vp+jwt", &vp);
    passes(&check(enveloped.to_string(), &asking));
    for (name, value, code) in [
        ("nonce", json!("nonce-2"), "binding.nonce"),
        ("nonce", json!(null), "parse.structure"),
        ("aud", json!("evil.example"), "binding.audience"),
        ("aud", json!([]), "binding.audience"),
        (
            "aud",
            json!(["verifier.example", "evil.example"]),
            "binding.audience",
        ),
        ("aud", json!([7]), "parse.structure"),
        ("iss", json!(Who::Second.did().as_str()), "key.issuer_mismatch"),
        ("iss", json!(7), "parse.structure"),
        ("holder", json!(Who::Second.did().as_str()), "binding.holder"),
        ("exp", json!(later(-120).seconds()), "time.expired"),
        ("type", json!(["VerifiableCredential"]), "type.presentation"),
        ("verifiableCredential", json!([jws]), "parse.structure"),
    ] {
        let mut changed = claims.clone();
        changed[name] = value.clone();
        refuses(&check(token("vp+jwt", &changed, Who::First), &asking), code);
    }
    refuses(&check(token("vc+jwt", &claims, Who::First), &asking), "type.typ");
    for media in [
        "application/vc+jwt",
        "application/vp+jwt;base64",
        "application/vp+sd-jwt",
        "text/plain",
    ] {
        let envelope = envelope("EnvelopedVerifiablePresentation", media, &vp);
        refuses(&check(envelope.to_string(), &asking), "type.media");
    }
    refuses(&check(held.to_string(), &asking), "signature.missing");
}

#[test]
fn a_presentation_in_cose_is_opened() {
    let mut claims = presentation(&[credential(Who::Mallory)]);
    claims["nonce"] = json!("nonce-1");
    claims["aud"] = json!("verifier.example");
    let sign = |typ: &str, who: Who| {
        let payload = claims.to_string().into_bytes();
        chancery_proof::cose::sign(
            typ,
            Some("application/vp"),
            who.method().as_str(),
            payload,
            &who.key(),
        )
        .unwrap()
    };
    let asking = asking("nonce-1", "verifier.example");
    passes(&check(sign("application/vp+cose", Who::First), &asking));
    refuses(
        &check(sign("application/vp+cose", Who::Second), &asking),
        "binding.holder",
    );
    refuses(
        &check(sign("application/vc+cose", Who::First), &asking),
        "type.typ",
    );
    refuses(&check([0xd2], &asking), "parse.cbor");
}

#[test]
fn an_old_presentation_token_passes_only_where_the_policy_lets_it() {
    let issuer = Who::Mallory;
    let vc = json!({ "iss": issuer.did().as_str(), "vc": bare(issuer.did().as_str()) });
    let inner = token("JWT", &vc, issuer);
    let held = json!({
        "@context": CONTEXT_V2, "type": "EnvelopedVerifiableCredential", "id": format!("data:application/jwt,{inner}"),
    });
    let claims = json!({
        "iss": Who::First.did().as_str(), "aud": "verifier.example", "nonce": "nonce-1", "vp": presentation(&[held]),
    });
    let text = token("JWT", &claims, Who::First);
    let narrow = asking("nonce-1", "verifier.example");
    let mut asking = narrow.clone();
    asking.credential.legacy_jwt = true;
    passes(&check(&text, &asking));
    let enveloped = json!({
        "@context": CONTEXT_V2, "type": "EnvelopedVerifiablePresentation", "id": format!("data:application/jwt,{text}"),
    });
    passes(&check(enveloped.to_string(), &asking));
    refuses(&check(&text, &narrow), "type.typ");
    refuses(&check(enveloped.to_string(), &narrow), "type.media");
    let old = json!({
        "@context": ["https://www.w3.org/2018/credentials/v1"], "type": ["VerifiablePresentation"],
        "verifiableCredential": [inner],
    });
    let claims =
        json!({ "iss": Who::First.did().as_str(), "nonce": "nonce-1", "aud": "verifier.example", "vp": old });
    passes(&check(token("JWT", &claims, Who::First), &asking));
    for (who, name, value) in [
        (Who::Second, "nonce", json!("nonce-1")),
        (Who::First, "nonce", json!("nonce-2")),
        (Who::First, "aud", json!("evil.example")),
        (Who::First, "iss", json!(Who::Second.did().as_str())),
        (Who::First, "vp", json!({})),
        (Who::First, "vp", json!("e30")),
        (Who::First, "exp", json!(later(-120).seconds())),
    ] {
        let mut changed = claims.clone();
        changed[name] = value.clone();
        let report = check(token("JWT", &changed, who), &asking);
        assert!(!report.checked, "{who:?} {name} {value}");
    }
}

#[test]
fn versions_and_sizes_are_the_policys() {
    let mut old = presentation(&[]);
    old["@context"] = json!(["https://www.w3.org/2018/credentials/v1"]);
    let text = signed(old, Who::First);
    passes(&check(&text, &policy()));
    let mut narrow = policy();
    narrow.credential.models = Models {
        v1_1: false,
        v2_0: true,
    };
    refuses(&check(&text, &narrow), "context.mismatch");
    let many: Vec<Value> = vec![credential(Who::Mallory); 21];
    let report = check(signed(presentation(&many), Who::First), &policy());
    refuses(&report, "limit.papers");
    passes(&check(signed(presentation(&many[1..]), Who::First), &policy()));
}

#[test]
fn what_is_no_presentation_is_refused_and_never_panics() {
    let texts: [&[u8]; 9] = [
        b"",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b"a.b.c",
        b"\xff",
        b"\xd2",
        b"{\"proof\":1}",
    ];
    for text in texts {
        for policy in [policy(), unsigned(), asking("a", "b")] {
            let report = check(text, &policy);
            assert!(!report.checked && report.needs.is_empty(), "{text:?}");
            assert!(!report.problems().is_empty());
        }
    }
    refuses(
        &check(credential(Who::Mallory).to_string(), &policy()),
        "type.presentation",
    );
}
