//! Tests of all suites together: what holds, what is refused, and what is too much work.

use chancery_did::{KeyType, Signer as _};
use chancery_proof::data_integrity::ProofOptions;
use serde_json::{Value, json};

use crate::cast::{Drawn, SUITES, credential, judge, judge_with, options, signed, signer};
use crate::{Cryptosuite, Rdfc, Work};

/// What a verifier gets: for `ecdsa-sd-2023` a derived proof that shows everything.
fn shown(document: Value, suite: Cryptosuite) -> Value {
    if suite == Cryptosuite::EcdsaSd2023 {
        Rdfc::new().derive(document, &[String::new()]).unwrap()
    } else {
        document
    }
}

fn check(document: &Value) -> Result<(), &'static str> {
    Rdfc::new().check(document).map_err(|error| error.code())
}

#[test]
fn what_a_suite_signs_holds() {
    for (suite, key) in SUITES {
        let document = shown(signed(credential(), suite, key).unwrap(), suite);
        let proven = judge(document).unwrap();
        assert_eq!(*proven.value(), credential(), "{}", suite.name());
    }
}

#[test]
fn a_suite_signs_with_its_own_keys_only() {
    for (suite, own) in SUITES {
        for other in [KeyType::Ed25519, KeyType::P256, KeyType::P384] {
            let code = signed(credential(), suite, other).map_err(|error| error.code());
            let fits = other == own || SUITES.contains(&(suite, other));
            assert_eq!(
                code.err(),
                (!fits).then_some("alg.mismatch"),
                "{} {other}",
                suite.name()
            );
        }
    }
}

#[test]
fn a_proof_is_not_of_a_suite_whose_name_it_takes() {
    for (suite, key) in SUITES {
        let document = shown(signed(credential(), suite, key).unwrap(), suite);
        for (other, _) in SUITES.into_iter().filter(|(other, _)| *other != suite) {
            let mut document = document.clone();
            document["proof"]["cryptosuite"] = other.name().into();
            let code = judge(document).unwrap_err().code();
            let expected = ["alg.mismatch", "parse.multibase", "signature.invalid"];
            assert!(
                expected.contains(&code),
                "{} as {}: {code}",
                suite.name(),
                other.name()
            );
        }
    }
}

#[test]
fn every_member_that_a_signature_would_not_cover_is_refused_at_both_ends() {
    let cases = [
        ("/note", json!("x"), "data_loss.undefined_term"),
        ("/credentialStatus", Value::Null, "data_loss.dropped_value"),
        ("/evidence", json!([]), "data_loss.dropped_value"),
        ("/@unheard", json!("x"), "data_loss.undefined_term"),
        ("/@index", json!("x"), "data_loss.dropped_value"),
        (
            "/credentialSchema",
            json!({"id": "schema", "type": "JsonSchema"}),
            "data_loss.relative_iri",
        ),
        ("/issuer", json!("issuer"), "data_loss.relative_iri"),
        ("/issuer", json!({"id": "issuer"}), "data_loss.relative_iri"),
        ("/id", json!("not an iri"), "data_loss.relative_iri"),
        ("/id", json!("urn:a b"), "data_loss.relative_iri"),
        ("/id", json!("urn:<a>"), "data_loss.relative_iri"),
        ("/id", json!("@unheard"), "data_loss.relative_iri"),
        (
            "/name",
            json!({"@value": "x", "@language": "no language"}),
            "data_loss.dropped_value",
        ),
        ("/name", json!({"@value": null}), "data_loss.dropped_value"),
        ("/name", json!({"@language": "en"}), "data_loss.dropped_value"),
        ("/name", json!(["x", null]), "data_loss.dropped_value"),
        ("/@graph", json!(["x"]), "data_loss.dropped_value"),
        ("/@graph", json!([{"@id": "urn:x"}]), "data_loss.dropped_value"),
        ("/_:predicate", json!("x"), "data_loss.undefined_term"),
        ("/id", json!("_:\u{1}1"), "data_loss.relative_iri"),
        ("/urn:x y", json!("x"), "data_loss.undefined_term"),
        (
            "/credentialSubject/degree/grade",
            json!(0.300_000_000_000_000_04),
            "data_loss.dropped_value",
        ),
        (
            "/credentialSubject/degree/grade",
            json!(u64::MAX),
            "data_loss.dropped_value",
        ),
    ];
    for (pointer, value, code) in cases {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let mut document = credential();
        document.pointer_mut(parent).unwrap()[member] = value.clone();
        let plain = pointer.starts_with("/note");
        if plain {
            // The examples' context maps every word.
            document["@context"].as_array_mut().unwrap().pop();
            document["type"].as_array_mut().unwrap().pop();
            document["credentialSubject"] = json!({"id": "did:example:abcdefgh"});
        }
        assert_eq!(check(&document), Err(code), "{pointer} {value}");
        for (suite, key) in SUITES {
            let refused = signed(document.clone(), suite, key).unwrap_err().code();
            assert_eq!(refused, code, "signing {pointer} {value}");
            if !plain {
                let mut document = shown(signed(credential(), suite, key).unwrap(), suite);
                document.pointer_mut(parent).unwrap()[member] = value.clone();
                assert_eq!(
                    judge(document).unwrap_err().code(),
                    code,
                    "verifying {pointer} {value}"
                );
            }
        }
    }
}

#[test]
fn an_undefined_type_is_refused() {
    let mut document = credential();
    document["@context"].as_array_mut().unwrap().pop();
    assert_eq!(check(&document), Err("data_loss.undefined_term"));
    document["credentialSubject"]
        .as_object_mut()
        .unwrap()
        .remove("degree");
    assert_eq!(check(&document), Err("data_loss.undefined_type"));
    document["type"].as_array_mut().unwrap().pop();
    assert_eq!(check(&document), Ok(()));
    document["credentialSubject"]["type"] = json!([]);
    assert_eq!(check(&document), Err("data_loss.dropped_value"));
}

#[test]
fn what_is_not_json_ld_is_refused_by_its_shape() {
    for (pointer, value) in [
        ("/id", json!(1)),
        ("/type", json!([1])),
        ("/@id", json!("urn:x")),
        ("/name", json!({"@value": {}})),
        ("/name", json!({"@value": 1, "@language": "en"})),
        ("/name", json!({"@value": "x", "@direction": "up"})),
        (
            "/name",
            json!({"@value": "x", "@type": "urn:t", "@language": "en"}),
        ),
        ("/@reverse", json!("x")),
        ("/@included", json!("x")),
    ] {
        let mut document = credential();
        document[pointer.trim_start_matches('/')] = value.clone();
        let code = check(&document).unwrap_err();
        let expected = ["parse.structure", "data_loss.dropped_value"];
        assert!(expected.contains(&code), "{pointer} {value}: {code}");
    }
    for document in [json!(null), json!([]), json!("x"), json!(1)] {
        assert_eq!(check(&document), Err("parse.structure"));
    }
}

#[test]
fn a_direction_is_signed() {
    let mut document = credential();
    document["name"] = json!({"@value": "x", "@language": "ar", "@direction": "rtl"});
    for (suite, key) in SUITES {
        let mut document = shown(signed(document.clone(), suite, key).unwrap(), suite);
        judge(document.clone()).unwrap();
        document["name"]["@direction"] = "ltr".into();
        assert_eq!(judge(document).unwrap_err().code(), "signature.invalid");
    }
}

#[test]
fn no_context_but_the_bundled_ones_is_known() {
    for (context, code) in [
        (json!("https://mallory.example/context"), "context.unknown"),
        (json!("http://www.w3.org/ns/credentials/v2"), "context.unknown"),
        (json!("https://www.w3.org/ns/credentials/v2#"), "context.unknown"),
        (json!("v2"), "context.unknown"),
        (json!(""), "context.unknown"),
        (json!({"@import": "file:///etc/passwd"}), "context.unknown"),
        (
            json!({"x": {"@id": "urn:x", "@context": "http://127.0.0.1/"}}),
            "context.unknown",
        ),
        (
            json!({"x": {"@id": "urn:x", "@context": {"@import": "http://127.0.0.1/"}}}),
            "context.unknown",
        ),
        (json!({"VerifiableCredential": "urn:x"}), "context.invalid"),
        (json!({"type": "urn:x"}), "context.invalid"),
        (json!({"type": {"@reverse": "urn:x"}}), "context.invalid"),
        (json!({"id": null}), "context.invalid"),
        (json!({"@vocab": 1}), "context.invalid"),
        (json!({"@base": "relative"}), "context.invalid"),
        (json!({"@version": 1.0}), "context.invalid"),
        (json!({"a": "b:c", "b": "a:c"}), "context.invalid"),
        (
            json!({"x": {"@id": "urn:x", "@container": "@unheard"}}),
            "context.invalid",
        ),
        (json!(null), "context.invalid"),
        (json!(true), "context.invalid"),
        (json!([[]]), "context.invalid"),
    ] {
        let mut document = credential();
        document["@context"].as_array_mut().unwrap().push(context.clone());
        assert_eq!(check(&document), Err(code), "{context}");
        let mut below = credential();
        below["credentialSubject"]["@context"] = context.clone();
        assert_eq!(check(&below), Err(code), "below: {context}");
    }
}

#[test]
fn a_context_that_stands_there_as_a_whole_document_is_taken_for_what_is_in_it() {
    let context = json!({"@context": {"ex": {"@id": "urn:x:", "@prefix": true}, "note": "ex:note"}});
    let mut document = credential();
    document["@context"].as_array_mut().unwrap().push(context.clone());
    document["note"] = json!("x");
    assert_eq!(check(&document), Ok(()));
    for (more, code) in [
        (
            json!({"@context": {"note": "urn:x:note"}, "other": "urn:x:other"}),
            "context.invalid",
        ),
        (
            json!({"@context": "https://mallory.example/context"}),
            "context.invalid",
        ),
        (json!({"@context": {"type": "urn:x:type"}}), "context.invalid"),
        (
            json!({"@context": {"@context": {"type": "urn:x:type"}}}),
            "context.invalid",
        ),
    ] {
        let mut document = credential();
        document["@context"].as_array_mut().unwrap().push(more.clone());
        assert_eq!(check(&document), Err(code), "{more}");
    }
}

#[test]
fn every_bundled_context_is_sound_and_changes_nothing_that_is_protected() {
    let library = crate::library::Library::bundled();
    for url in library.addresses() {
        // As an own context it is worked out with everything that hangs on its words.
        let context = library.context(url).unwrap();
        let document = json!({"@context": *context, "@id": "urn:a", "urn:b": "c"});
        let wide = Rdfc::new().with_limits(Work {
            steps: 100_000_000,
            ..Work::default()
        });
        let result = wide.check(&document);
        assert!(result.is_ok(), "{url}: {result:?}");
        assert!(Rdfc::new().bundled(url).is_some());
    }
    assert_eq!(Rdfc::new().bundled("https://mallory.example/context"), None);
}

#[test]
fn official_contexts_have_the_content_of_the_bundled_ones() {
    let Some(root) = chancery_official::folder("contexts") else {
        return;
    };
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut same = 0;
    for (file, url) in [
        ("credentials-v1.jsonld", "https://www.w3.org/2018/credentials/v1"),
        ("credentials-v2.jsonld", "https://www.w3.org/ns/credentials/v2"),
        (
            "credentials-examples-v2.jsonld",
            "https://www.w3.org/ns/credentials/examples/v2",
        ),
        (
            "credentials-undefined-terms-v2.jsonld",
            "https://www.w3.org/ns/credentials/undefined-terms/v2",
        ),
    ] {
        let official = std::fs::read_to_string(root.join(file)).unwrap();
        assert_eq!(read(&official), read(Rdfc::new().bundled(url).unwrap()), "{file}");
        same += 1;
    }
    chancery_official::report("contexts", format_args!("{same} passed, 0 failed"));
}

#[test]
fn a_credential_of_the_older_model_gets_the_context_of_proofs() {
    let document = json!({
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh"},
    });
    for (suite, key) in SUITES {
        let secured = shown(signed(document.clone(), suite, key).unwrap(), suite);
        let context = secured["@context"].as_array().unwrap();
        assert_eq!(context[1], "https://w3id.org/security/data-integrity/v2");
        judge(secured.clone()).unwrap();
        let mut without = secured;
        without["@context"].as_array_mut().unwrap().pop();
        let code = judge(without).unwrap_err().code();
        assert!(code.starts_with("data_loss."), "{code}");
    }
}

#[test]
fn proofs_stand_in_sets_and_chains() {
    for (suite, key) in SUITES
        .into_iter()
        .filter(|(suite, _)| *suite != Cryptosuite::EcdsaSd2023)
    {
        for previous in [vec![], vec!["urn:x:1".to_owned()]] {
            let (one, two) = (signer(KeyType::Ed25519), signer(key));
            let id = |id: &str| Some(id.to_owned());
            let first = ProofOptions {
                id: id("urn:x:1"),
                ..options(&one)
            };
            let second = ProofOptions {
                id: id("urn:x:2"),
                previous_proof: previous.clone(),
                ..options(&two)
            };
            let rdfc = Rdfc::new();
            let eddsa = Cryptosuite::EddsaRdfc2022;
            let document = rdfc
                .sign(credential(), eddsa, &first, &[], &one, &mut Drawn(1))
                .unwrap();
            let document = rdfc
                .sign(document, suite, &second, &[], &two, &mut Drawn(1))
                .unwrap();
            let code = |document: &Value| {
                let secured = chancery_proof::Secured::data_integrity_with(
                    document.clone(),
                    &chancery_proof::Limits::default(),
                    &rdfc,
                );
                secured
                    .and_then(|secured| secured.prove_by_anyone(first.purpose, &crate::cast::DidKeys))
                    .map(|proven| proven.signatures())
                    .map_err(|error| error.code())
            };
            assert_eq!(code(&document), Ok(2));
            for at in [0, 1] {
                let mut document = document.clone();
                document["proof"][at]["created"] = json!("2026-01-01T00:00:01Z");
                assert_eq!(code(&document), Err("signature.invalid"));
            }
            let mut alone = document.clone();
            alone["proof"].as_array_mut().unwrap().remove(0);
            let expected = if previous.is_empty() {
                Ok(1)
            } else {
                Err("signature.chain")
            };
            assert_eq!(code(&alone), expected);
            let mut turned = document.clone();
            turned["proof"].as_array_mut().unwrap().reverse();
            assert_eq!(code(&turned), Ok(2), "the order of proofs means nothing");
        }
    }
    let missing = ProofOptions {
        previous_proof: vec!["urn:x:9".to_owned()],
        ..options(&signer(KeyType::Ed25519))
    };
    let key = signer(KeyType::Ed25519);
    let refused = Rdfc::new().sign(
        credential(),
        Cryptosuite::EddsaRdfc2022,
        &missing,
        &[],
        &key,
        &mut Drawn(1),
    );
    assert_eq!(refused.unwrap_err().code(), "signature.chain");
}

#[test]
fn the_oldest_proof_type_is_verified_only_where_a_host_asks_for_it() {
    let key = signer(KeyType::Ed25519);
    let mut document = credential();
    document["@context"] = json!([
        "https://www.w3.org/2018/credentials/v1",
        "https://w3id.org/security/suites/ed25519-2020/v1",
    ]);
    document["type"] = json!(["VerifiableCredential"]);
    document["credentialSubject"] = json!({"id": "did:example:abcdefgh"});
    for member in ["name", "validFrom"] {
        document.as_object_mut().unwrap().remove(member);
    }
    let mut proof = options(&key).members("", None);
    proof.insert("type".to_owned(), "Ed25519Signature2020".into());
    proof.remove("cryptosuite");
    let rdfc = Rdfc::new().with_legacy();
    let members = document.as_object().unwrap().clone();
    let message = crate::hashed::message(&rdfc, &members, &proof, crate::canonical::Hash::Sha256).unwrap();
    let value = chancery_proof::multibase::encode_z(&key.sign(&message).unwrap());
    proof.insert("proofValue".to_owned(), value.into());
    document["proof"] = Value::Object(proof);
    judge_with(document.clone(), &rdfc).unwrap();
    assert_eq!(judge(document.clone()).unwrap_err().code(), "alg.unknown");
    document["issuer"] = json!("did:example:other");
    assert_eq!(
        judge_with(document, &rdfc).unwrap_err().code(),
        "signature.invalid"
    );
}

/// A graph in which every one of so many blank nodes names every other.
fn clique(size: usize) -> Value {
    let node = |one: usize| {
        let others = (0..size).filter(|other| *other != one);
        let others: Vec<Value> = others
            .map(|other| json!({"@id": format!("_:b{other}")}))
            .collect();
        json!({"@id": format!("_:b{one}"), "urn:knows": others})
    };
    (0..size).map(node).collect()
}

fn nodes(count: usize, node: impl Fn(usize) -> Value) -> Value {
    let mut document = credential();
    document["urn:crowd"] = (0..count).map(node).collect();
    document
}

#[test]
fn poison_is_refused_when_its_work_passes_the_limit() {
    let chain = |at: usize, of: usize| json!({"@id": format!("_:b{at}"), "urn:next": {"@id": format!("_:b{}", (at + 1) % of)}});
    let poisons: Vec<(&str, Value)> = vec![
        ("clique of 10", {
            let mut document = credential();
            document["urn:crowd"] = clique(10);
            document
        }),
        ("clique of 60", {
            let mut document = credential();
            document["urn:crowd"] = clique(60);
            document
        }),
        ("a circle of 2,000", nodes(2_000, |at| chain(at, 2_000))),
        (
            "circles of 2",
            nodes(
                2_000,
                |at| json!({"@id": format!("_:b{at}"), "urn:next": {"@id": format!("_:b{}", at ^ 1)}}),
            ),
        ),
        ("contexts", nodes(6_000, |_| json!({"@context": {"y": "urn:y"}}))),
        (
            "big contexts",
            nodes(5_000, |_| json!({"@context": "https://w3id.org/security/v2"})),
        ),
        ("typed", nodes(9_000, |_| json!({"type": "VerifiableCredential"}))),
        ("quads", nodes(10_100, |at| json!(at))),
        ("a long vocabulary", {
            let mut document = nodes(1, |_| json!("x"));
            let context = json!({"@vocab": format!("urn:{}", "v".repeat(40_000))});
            document["@context"].as_array_mut().unwrap().push(context);
            for at in 0..8_000 {
                document[format!("m{at}")] = json!(at);
            }
            document
        }),
        ("a long name", {
            let mut document = nodes(1, |_| json!("x"));
            document["id"] = format!("urn:{}", "i".repeat(100_000)).into();
            for at in 0..8_000 {
                document[format!("urn:{at}")] = json!([{"@list": [at]}]);
            }
            document
        }),
        ("a long predicate", {
            let mut document = credential();
            let values: Vec<usize> = (0..9_000).collect();
            document[format!("urn:{}", "p".repeat(100_000))] = json!(values);
            document
        }),
        ("one long value", nodes(1, |_| json!("x".repeat(200_000)))),
    ];
    for (name, document) in poisons {
        let judged = Rdfc::new().canonical(&document, crate::canonical::Hash::Sha384);
        let code = judged
            .map(|_| ())
            .map_err(|error| chancery_proof::ProofError::from(error).code());
        if name == "one long value" {
            assert_eq!(code, Ok(()), "{name}");
        } else {
            assert_eq!(code, Err("limit.canonicalization"), "{name}");
        }
    }
}

#[test]
fn a_verdict_does_not_hang_on_what_was_asked_before() {
    let mut least = None;
    for _ in 0..3 {
        let enough = (0..20_000).step_by(50).find(|steps| {
            let work = Work {
                steps: *steps,
                ..Work::default()
            };
            Rdfc::new().with_limits(work).check(&credential()).is_ok()
        });
        assert!(enough.is_some());
        assert_eq!(*least.get_or_insert(enough), enough);
    }
    println!("a credential takes {least:?} steps");
}

#[test]
fn the_deepest_document_that_can_be_read_is_worked_on() {
    let mut inner = json!("x");
    for _ in 0..chancery_proof::Limits::DEPTH_CEILING {
        inner = json!({"@context": {"y": "urn:y"}, "urn:in": [inner]});
    }
    let mut document = credential();
    document["urn:in"] = inner;
    assert_eq!(check(&document), Ok(()));
}
