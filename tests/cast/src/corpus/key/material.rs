//! Key material and relationships.

use chancery_did::{KeyType, PublicKey};
use chancery_proof::{base64url, multibase};
use serde_json::{Value, json};

use super::acme;
use crate::corpus::{Corpus, remove, slug};
use crate::party::{ACME, BOB, HOSTED};
use crate::scene::Scene;

pub(in crate::corpus) fn material(corpus: &mut Corpus) {
    let jwk = |scene: &mut Scene, bend: &dyn Fn(&mut Value)| {
        let mut key = ACME.public().to_jwk();
        bend(&mut key);
        acme(scene)["verificationMethod"][0] =
            json!({"id": ACME.key(1), "type": "JsonWebKey", "controller": ACME.did(), "publicKeyJwk": key});
    };
    for (name, member, value, code) in [
        ("for_encryption", "use", json!("enc"), "key.use"),
        ("for_other_operations", "key_ops", json!(["encrypt"]), "key.use"),
        ("for_signing_only", "key_ops", json!(["sign"]), "key.use"),
        (
            "private",
            "d",
            json!("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"),
            "key.private_member",
        ),
        ("symmetric", "k", json!("AQEB"), "key.private_member"),
        ("of_another_curve", "crv", json!("secp256k1"), "key.unsupported"),
        ("of_another_type", "kty", json!("RSA"), "key.unsupported"),
        ("of_type_oct", "kty", json!("oct"), "key.unsupported"),
        ("x_too_short", "x", json!("AQEB"), "key.invalid"),
        (
            "x_padded",
            "x",
            json!("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="),
            "key.invalid",
        ),
        ("x_number", "x", json!(1), "key.invalid"),
    ] {
        corpus.direct(
            &format!("key_jwk_{name}"),
            code,
            "Acme's key as a JWK that is no signature key in its one form.",
            |scene| jwk(scene, &|key| key[member] = value.clone()),
        );
    }
    let point = |bytes: &[u8], prefix: [u8; 2]| multibase::encode_z(&[&prefix, bytes].concat());
    let mut small = [0_u8; 32];
    small[0] = 1;
    let mut minus_one = [0xff_u8; 32];
    (minus_one[0], minus_one[31]) = (0xec, 0x7f);
    let mut above_field = [0xff_u8; 32];
    (above_field[0], above_field[31]) = (0xee, 0x7f);
    for (name, key, code) in [
        ("identity", point(&small, [0xed, 0x01]), "key.weak"),
        ("zero", point(&[0; 32], [0xed, 0x01]), "key.weak"),
        ("of_order_two", point(&minus_one, [0xed, 0x01]), "key.weak"),
        ("not_reduced", point(&above_field, [0xed, 0x01]), "key.invalid"),
        ("too_short", point(&[7; 31], [0xed, 0x01]), "key.invalid"),
        ("too_long", point(&[7; 33], [0xed, 0x01]), "key.invalid"),
        (
            "p256_off_the_curve",
            point(&[&[2_u8][..], &[0xff; 32]].concat(), [0x80, 0x24]),
            "key.invalid",
        ),
        (
            "p256_uncompressed",
            point(&[&[4_u8][..], &[1; 64]].concat(), [0x80, 0x24]),
            "key.invalid",
        ),
        ("p256_at_infinity", point(&[0], [0x80, 0x24]), "key.invalid"),
        (
            "secp256k1",
            point(&[&[2_u8][..], &[1; 32]].concat(), [0xe7, 0x01]),
            "key.unsupported",
        ),
        ("not_multibase", "key".to_owned(), "key.invalid"),
        (
            "base64url",
            format!("u{}", base64url::encode(&[0xed, 0x01])),
            "key.invalid",
        ),
        ("empty", String::new(), "key.invalid"),
        (
            "varint_not_minimal",
            multibase::encode_z(&[&[0xed_u8, 0x81, 0x00][..], &[7; 32]].concat()),
            "key.invalid",
        ),
    ] {
        corpus.direct(
            &format!("key_multikey_{name}"),
            code,
            "Acme's key as a Multikey that is no valid key.",
            |scene| {
                acme(scene)["verificationMethod"][0]["publicKeyMultibase"] = json!(key);
            },
        );
    }
    let x25519 = PublicKey::from_raw(KeyType::X25519, &[9; 32])
        .unwrap()
        .to_multikey();
    corpus.direct(
        "key_for_agreement",
        "key.use",
        "An X25519 key in `assertionMethod`.",
        |scene| {
            acme(scene)["verificationMethod"][0]["publicKeyMultibase"] = json!(x25519);
        },
    );
    for (name, type_) in [
        ("unknown", "EcdsaSecp256k1VerificationKey2019"),
        ("pgp", "PgpVerificationKey2021"),
        ("lower_case", "multikey"),
    ] {
        corpus.direct(
            &format!("key_method_type_{name}"),
            "key.unsupported",
            "A verification method of a kind that is not known.",
            |scene| {
                acme(scene)["verificationMethod"][0]["type"] = json!(type_);
            },
        );
    }
    for (name, member) in [
        ("jwk", "privateKeyJwk"),
        ("multibase", "privateKeyMultibase"),
        ("secret", "secretKeyMultibase"),
        ("base58", "privateKeyBase58"),
    ] {
        corpus.direct(
            &format!("key_private_{name}_in_the_document"),
            "key.private_member",
            "A published private key burns the document.",
            |scene| {
                acme(scene)["verificationMethod"][0][member] = json!("z3u2");
            },
        );
    }
}

pub(in crate::corpus) fn relationships(corpus: &mut Corpus) {
    let code = "key.relationship";
    let only = |scene: &mut Scene, of: &str, relationship: &str| {
        let document = scene.documents.get_mut(of).unwrap();
        let key = json!([format!("{of}#key-1")]);
        for name in ["authentication", "assertionMethod", "capabilityDelegation"] {
            remove(document, name);
        }
        document[relationship] = key;
    };
    for relationship in [
        "authentication",
        "capabilityInvocation",
        "capabilityDelegation",
        "keyAgreement",
    ] {
        corpus.direct(
            &format!("key_paper_under_{}", slug(relationship)),
            code,
            "A paper wants a key in `assertionMethod`.",
            |scene| only(scene, &ACME.did(), relationship),
        );
    }
    for relationship in [
        "assertionMethod",
        "capabilityInvocation",
        "capabilityDelegation",
        "keyAgreement",
    ] {
        corpus.bent(
            &format!("key_presentation_under_{}", slug(relationship)),
            code,
            "A presentation wants a key in `authentication`.",
            Scene::of(&[HOSTED]),
            |scene| {
                scene.documents.insert(HOSTED.did(), HOSTED.document());
                only(scene, &HOSTED.did(), relationship);
            },
        );
    }
    for relationship in ["authentication", "assertionMethod", "capabilityInvocation"] {
        corpus.bent(
            &format!("key_delegation_under_{}", slug(relationship)),
            code,
            "A delegation wants a key in `capabilityDelegation`.",
            Scene::of(&[HOSTED, BOB]),
            |scene| {
                scene.documents.insert(HOSTED.did(), HOSTED.document());
                only(scene, &HOSTED.did(), relationship);
            },
        );
    }
    corpus.bent(
        "key_presentation_under_assertion_method_jose",
        code,
        "The same for a JWS, which has no purpose of its own.",
        Scene::of(&[HOSTED]),
        |scene| {
            scene.jose();
            scene.documents.insert(HOSTED.did(), HOSTED.document());
            only(scene, &HOSTED.did(), "assertionMethod");
        },
    );
    corpus.direct(
        "key_in_no_relationship",
        code,
        "A method that stands in no relationship.",
        |scene| acme(scene)["assertionMethod"] = json!([]),
    );
    for purpose in [
        "authentication",
        "capabilityDelegation",
        "capabilityInvocation",
        "keyAgreement",
        "Assertionmethod",
        "",
        "contractAgreement",
    ] {
        let name = if purpose.is_empty() {
            "empty".to_owned()
        } else {
            slug(purpose)
        };
        let name = if purpose == "Assertionmethod" {
            "in_another_case".to_owned()
        } else {
            name
        };
        corpus.direct(
            &format!("key_purpose_of_a_paper_{name}"),
            code,
            "The proof is made for another purpose.",
            |scene| {
                scene.papers[0].proof["proofPurpose"] = json!(purpose);
            },
        );
    }
    for purpose in ["assertionMethod", "capabilityDelegation", "capabilityInvocation"] {
        corpus.direct(
            &format!("key_purpose_of_the_presentation_{}", slug(purpose)),
            code,
            "An assertion is no login.",
            |scene| {
                scene.presentation.proof["proofPurpose"] = json!(purpose);
            },
        );
    }
    corpus.delegated(
        "key_purpose_of_a_delegation_assertion_method",
        code,
        "A delegation is made under `capabilityDelegation`.",
        |scene| {
            scene.papers[1].proof["proofPurpose"] = json!("assertionMethod");
        },
    );
    corpus.direct(
        "key_purpose_missing",
        code,
        "The proof says nothing of its purpose.",
        |scene| remove(&mut scene.papers[0].proof, "proofPurpose"),
    );
}
