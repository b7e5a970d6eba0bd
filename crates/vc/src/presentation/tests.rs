//! Presentations in both securings, and what is refused of them.

use chancery_did::{KeyType, Relationship};
use chancery_proof::{Expectation, Securing, data_integrity, jose};
use serde_json::{Value, json};

use super::*;
use crate::capability::Capability;
use crate::cast::*;
use crate::issue::{Draft, Presenting, Terms};

/// The story's chain with both passports, each paper in the securing of its turn.
fn papers(securings: [Securing; 2]) -> Vec<String> {
    let [even, odd] = securings;
    let root = root_paper(even);
    let narrower = Capability::parse(&json!([handed("40.00")])).unwrap();
    let delegation = Draft::delegation(&handing(), &read(&root), &narrower).unwrap();
    let passport = |subject: &Actor, number, securing| {
        sealed(
            &Draft::passport(&terms(&acme(), subject, number), &passport()).unwrap(),
            &acme(),
            securing,
        )
    };
    vec![
        root,
        sealed(&delegation, &first(), odd),
        passport(&first(), 3, even),
        passport(&second(), 4, odd),
    ]
}

fn presenting(papers: Vec<String>) -> Presenting {
    Presenting {
        papers,
        audience: "https://globex.example".into(),
        nonce: "n-0123456789abcdef".into(),
        entry: 0,
        at: at(TEN),
        life_ms: 300_000,
        stapled: Stapled::default(),
    }
}

fn presented(securing: Securing) -> String {
    presenting(papers(BOTH))
        .sign(securing, &second().method, &second().key)
        .unwrap()
}

fn read_text(text: &str) -> Result<Secured<Presentation>, PaperError> {
    read_presentation(text.as_bytes(), &limits())
}

/// The payload of the story's `vp+jwt`, edited and signed again.
fn signed_again(edit: impl FnOnce(&mut Value)) -> Result<Secured<Presentation>, PaperError> {
    let token = presented(Securing::Jose);
    let payload = token.split('.').nth(1).unwrap();
    let mut payload = serde_json::from_slice(&chancery_proof::base64url::decode(payload).unwrap()).unwrap();
    edit(&mut payload);
    read_text(&jose::sign(TYP_PRESENTATION, &second().method, &payload, &second().key).unwrap())
}

fn changed(pointer: &str, value: Value) -> &'static str {
    let edit = |payload: &mut Value| {
        *payload
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer}")) = value
    };
    signed_again(edit).map(|_| ()).unwrap_err().code()
}

#[test]
fn a_presentation_goes_round_in_every_mixture_of_securings() {
    for outer in BOTH {
        for inner in [[BOTH[0], BOTH[0]], BOTH, [BOTH[1], BOTH[0]], [BOTH[1], BOTH[1]]] {
            let texts = papers(inner);
            let text = presenting(texts.clone())
                .sign(outer, &second().method, &second().key)
                .unwrap();
            let read = read_text(&text).unwrap();
            let expect = Expectation {
                purpose: Relationship::Authentication,
                issuer: second().did,
            };
            let presentation = read.prove(&expect, &DidKeys).unwrap().into_value();
            assert_eq!(presentation.holder, second().did);
            assert_eq!(presentation.audience.as_deref(), Some("https://globex.example"));
            assert_eq!(presentation.nonce.as_deref(), Some("n-0123456789abcdef"));
            assert_eq!(presentation.created, Some(at(TEN)));
            assert_eq!(presentation.expires, Some(at("2026-03-04T09:05:00Z")));
            let digests: Vec<_> = texts
                .iter()
                .map(|text| crate::cast::read(text).digest().clone())
                .collect();
            assert!(presentation.papers.iter().map(Secured::digest).eq(&digests));
            assert_eq!(presentation.papers[1].unverified().parent(), Some(&digests[0]));
        }
    }
}

#[test]
fn an_embedded_papers_own_proof_still_holds() {
    let read = read_text(&presented(Securing::DataIntegrity)).unwrap();
    for paper in &read.unverified().papers {
        let issuer = paper.unverified().issuer.clone();
        let expect = Expectation {
            purpose: paper.unverified().kind.purpose(),
            issuer,
        };
        assert!(paper.prove(&expect, &DidKeys).is_ok());
    }
}

#[test]
fn what_a_presentation_is_made_of_has_bounds() {
    let code = |presenting: Presenting| {
        presenting
            .sign(Securing::Jose, &second().method, &second().key)
            .unwrap_err()
            .code()
    };
    for life_ms in [0, -1, 300_001, i64::MAX, i64::MIN] {
        assert_eq!(
            code(Presenting {
                life_ms,
                ..presenting(papers(BOTH))
            }),
            "binding.too_long"
        );
    }
    assert_eq!(code(presenting(Vec::new())), "parse.structure");
    assert_eq!(
        code(presenting(vec![root_paper(Securing::Jose); MAX_PAPERS + 1])),
        "limit.papers"
    );
    assert_eq!(code(presenting(vec!["{".into()])), "parse.json");
}

#[test]
fn members_of_another_shape_are_refused() {
    let token = "data:application/vc+jwt,a.b.c";
    for (pointer, value, code) in [
        ("/@context", json!([CONTEXT_V2]), "context.mismatch"),
        ("/type", json!(["VerifiablePresentation"]), "type.presentation"),
        ("/type", json!("VerifiablePresentation"), "type.presentation"),
        (
            "/type",
            json!(["VerifiableCredential", "AgentPassportCredential"]),
            "type.presentation",
        ),
        ("/holder", json!({"id": second().did.as_str()}), "parse.structure"),
        ("/holder", json!(first().did.as_str()), "parse.structure"),
        ("/capabilityEntry", json!(-1), "parse.structure"),
        ("/capabilityEntry", json!("0"), "parse.structure"),
        ("/capabilityEntry", json!(null), "parse.structure"),
        ("/verifiableCredential", json!([]), "parse.structure"),
        ("/verifiableCredential", json!({}), "parse.structure"),
        ("/verifiableCredential/0", json!("a.b.c"), "parse.structure"),
        ("/verifiableCredential/0", json!([]), "parse.structure"),
        ("/verifiableCredential/0", json!({}), "signature.missing"),
        (
            "/verifiableCredential/1/id",
            json!("data:application/vc+sd-jwt,a.b.c"),
            "sd_jwt.serialization",
        ),
        (
            "/verifiableCredential/1/id",
            json!("data:application/dc+sd-jwt,a.b.c~"),
            "type.media",
        ),
        (
            "/verifiableCredential/1/id",
            json!("data:application/vc+jwt;base64,a.b.c"),
            "type.media",
        ),
        (
            "/verifiableCredential/1/id",
            json!("https://acme.example/papers/1"),
            "type.media",
        ),
        ("/verifiableCredential/1/id", json!(7), "type.media"),
        ("/verifiableCredential/1/id", json!(token), "parse.base64url"),
        (
            "/verifiableCredential/1/@context",
            json!("https://a.example"),
            "context.mismatch",
        ),
        (
            "/verifiableCredential/1/type",
            json!(["EnvelopedVerifiableCredential", "x"]),
            "type.media",
        ),
        ("/aud", json!(7), "parse.structure"),
        ("/aud", json!([7]), "parse.structure"),
        ("/nonce", json!(7), "parse.structure"),
        ("/nonce", json!(""), "parse.structure"),
        ("/iat", json!("1772614800"), "time.malformed"),
        ("/exp", json!(1.5), "time.malformed"),
        ("/exp", json!(-1), "time.malformed"),
    ] {
        assert_eq!(changed(pointer, value.clone()), code, "{pointer} {value}");
    }
}

#[test]
fn unknown_members_are_refused() {
    for (pointer, name) in [
        ("", "karma"),
        ("", "proof"),
        ("/verifiableCredential/1", "karma"),
        ("", "nbf"),
    ] {
        let edit = |payload: &mut Value| payload.pointer_mut(pointer).unwrap()[name] = json!(1);
        assert_eq!(
            signed_again(edit).unwrap_err().code(),
            "parse.unknown_member",
            "{pointer}/{name}"
        );
    }
}

#[test]
fn an_edited_embedded_paper_reads_but_does_not_prove() {
    let edit =
        |payload: &mut Value| payload["verifiableCredential"][2]["credentialSubject"]["owner"] = json!("Eve");
    let read = signed_again(edit).unwrap();
    let expect = Expectation {
        purpose: Relationship::AssertionMethod,
        issuer: acme().did,
    };
    assert_eq!(
        read.unverified().papers[2]
            .prove(&expect, &DidKeys)
            .unwrap_err()
            .code(),
        "signature.invalid"
    );
}

#[test]
fn only_one_audience_is_an_audience() {
    let audience = |value: Value| {
        signed_again(|payload| payload["aud"] = value)
            .map(|read| read.unverified().audience.clone())
            .unwrap()
    };
    assert_eq!(audience(json!(["a"])).as_deref(), Some("a"));
    assert_eq!(audience(json!(["a", "b"])), None);
    assert_eq!(audience(json!([])), None);
    for name in ["aud", "nonce", "exp", "iat"] {
        let read = signed_again(|payload| drop(payload.as_object_mut().unwrap().remove(name))).unwrap();
        let presentation = read.unverified();
        let there = [
            presentation.audience.is_some(),
            presentation.nonce.is_some(),
            presentation.expires.is_some(),
            presentation.created.is_some(),
        ];
        assert_eq!(there.iter().filter(|there| !**there).count(), 1, "{name}");
    }
}

#[test]
fn proofs_that_differ_state_no_audience_and_no_nonce() {
    let mut document: Value = serde_json::from_str(&presented(Securing::DataIntegrity)).unwrap();
    let proof = document.as_object_mut().unwrap().remove("proof").unwrap();
    let mut other = data_integrity::ProofOptions::new(second().method, Relationship::Authentication);
    other.created = Some(at(TEN));
    other.challenge = Some("another".into());
    other.domain = vec!["https://globex.example".into(), "https://other.example".into()];
    let second_proof =
        data_integrity::sign(document.clone(), &other, &second().key).unwrap()["proof"].clone();
    document["proof"] = json!([proof, second_proof]);
    let read = read_text(&document.to_string()).unwrap();
    let presentation = read.unverified();
    assert_eq!(
        (&presentation.audience, &presentation.nonce, presentation.expires),
        (&None, &None, None)
    );
    assert_eq!(presentation.created, Some(at(TEN)));
}

#[test]
fn a_presentation_has_few_papers_and_a_short_chain() {
    let paper = |read: &Value| read["verifiableCredential"][2].clone();
    let many =
        |payload: &mut Value| payload["verifiableCredential"] = json!(vec![paper(payload); MAX_PAPERS + 1]);
    assert_eq!(signed_again(many).unwrap_err().code(), "limit.papers");
    let entries: Vec<Value> = (0..60)
        .map(|at| {
            let mut entry = refunds("100.00");
            entry["resource"] = json!([format!(
                "https://api.acme.example/{}",
                format!("{at:04}/").repeat(100) + "x"
            )]);
            entry
        })
        .collect();
    let draft = Draft::capability(
        &terms(&acme(), &first(), 1),
        &Capability::parse(&json!(entries)).unwrap(),
    )
    .unwrap();
    let long = sealed(&draft, &acme(), Securing::DataIntegrity);
    assert!(
        (MAX_CHAIN_BYTES / 2..MAX_CHAIN_BYTES).contains(&long.len()),
        "{}",
        long.len()
    );
    let text = |papers| {
        presenting(papers)
            .sign(Securing::DataIntegrity, &second().method, &second().key)
            .unwrap()
    };
    assert!(read_text(&text(vec![long.clone()])).is_ok());
    assert_eq!(
        read_text(&text(vec![long.clone(), long])).unwrap_err().code(),
        "limit.chain"
    );
}

#[test]
fn other_text_is_no_presentation() {
    for (text, code) in [
        ("", "parse.jose"),
        ("{}", "signature.missing"),
        ("[]", "parse.jose"),
        ("{\"a\":", "parse.json"),
        ("a.b", "parse.jose"),
        ("....", "parse.jose"),
    ] {
        assert_eq!(read_text(text).unwrap_err().code(), code, "{text}");
    }
    assert_eq!(
        read_text(&root_paper(Securing::Jose)).unwrap_err().code(),
        "type.typ"
    );
    assert_eq!(
        read_text(&root_paper(Securing::DataIntegrity))
            .unwrap_err()
            .code(),
        "type.presentation"
    );
    let dots = vec![b'.'; limits().jose_bytes + 1];
    assert_eq!(
        read_presentation(&dots, &limits()).unwrap_err().code(),
        "limit.size"
    );
}

#[test]
fn a_holder_of_another_key_type_may_present() {
    let holder = actor(KeyType::P384, 4);
    let subject = Terms {
        subject: holder.did.clone(),
        ..terms(&acme(), &first(), 1)
    };
    let root = sealed(
        &Draft::capability(&subject, &root()).unwrap(),
        &acme(),
        Securing::Jose,
    );
    for securing in BOTH {
        let text = presenting(vec![root.clone()])
            .sign(securing, &holder.method, &holder.key)
            .unwrap();
        let expect = Expectation {
            purpose: Relationship::Authentication,
            issuer: holder.did.clone(),
        };
        assert!(read_text(&text).unwrap().prove(&expect, &DidKeys).is_ok());
    }
}

#[test]
fn a_passport_of_which_part_is_withheld_may_be_presented() {
    let whole = selective_passport();
    let owner = crate::passport::Member::Owner;
    let part = crate::paper::withhold(&whole, &[owner], &limits()).unwrap();
    for securing in BOTH {
        let presented = presenting(vec![root_paper(securing), part.clone()])
            .sign(securing, &second().method, &second().key)
            .unwrap();
        let read = read_text(&presented).unwrap();
        let paper = read.unverified().papers[1].unverified();
        assert!(!paper.passport().unwrap().shows(owner));
        assert_eq!(
            *read.unverified().papers[1].digest(),
            *crate::cast::read(&whole).digest()
        );
    }
}

#[test]
fn a_presentation_is_a_document_or_a_token() {
    for securing in [Securing::SdJwt, Securing::Cose] {
        let refused =
            presenting(vec![root_paper(Securing::Jose)]).sign(securing, &second().method, &second().key);
        assert_eq!(
            refused.unwrap_err().code(),
            "alg.unsupported_here",
            "{securing:?}"
        );
    }
}
