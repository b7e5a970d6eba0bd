//! What a log comes to: rolled back, ended, or with a document that does not serve, and names that are none.

use serde_json::{Value, json};

use super::{FIRST, INVALID, ago, begun, document, grown, of, seen, with};
use crate::corpus::Corpus;
use crate::ledger::Ledger;
use crate::party::{ACME, ADA, MALLORY};
use crate::scene::Scene;
use crate::time::{NOW, after};

pub(super) fn history(corpus: &mut Corpus) {
    let two = grown();
    let mut short = with(&two.did, json!({"log": two.line(1)}));
    seen(&mut short, &two.did, &two.version(2));
    corpus.add(
        "key_webvh_rolled_back",
        "resolve.rollback",
        "The log is shorter than it was.",
        &short,
    );
    let mut fork = begun(json!({}));
    fork.add(&ago(24), json!({"ttl": 60}), FIRST);
    let mut forked = of(&fork);
    seen(&mut forked, &two.did, &two.version(2));
    corpus.add(
        "key_webvh_forked",
        "resolve.rollback",
        "Another second version than the one seen.",
        &forked,
    );

    let mut ended = begun(json!({}));
    ended.add(&ago(2), json!({"deactivated": true, "updateKeys": []}), FIRST);
    corpus.add(
        "key_webvh_deactivated",
        "resolve.deactivated",
        "Acme ended its DID two hours ago.",
        &of(&ended),
    );
    let mut past = of(&ended);
    past.historical = true;
    corpus.add(
        "key_webvh_deactivated_historical",
        "resolve.deactivated",
        "The same, asked about now as a past moment.",
        &past,
    );
    let mut hidden = with(&ended.did, json!({"log": ended.line(1)}));
    seen(&mut hidden, &ended.did, &ended.version(2));
    corpus.add(
        "key_webvh_deactivation_hidden",
        "resolve.rollback",
        "A host that leaves the end out.",
        &hidden,
    );
    let mut revived = begun(json!({}));
    revived.add(&ago(3), json!({"deactivated": true}), FIRST);
    revived.add(&ago(2), json!({"deactivated": false}), FIRST);
    corpus.add(
        "key_webvh_revived",
        INVALID,
        "Nothing comes after the end.",
        &of(&revived),
    );

    // A log that went on after the moment asked about.
    let mut later = begun(json!({}));
    later.add(
        &after(NOW, 3_600),
        json!({"deactivated": true, "updateKeys": []}),
        FIRST,
    );
    let mut then = of(&later);
    then.historical = true;
    corpus.add(
        "allow_webvh_historical",
        "historical",
        "The version of that moment counts.",
        &then,
    );
    corpus.add(
        "key_webvh_ends_in_the_future",
        INVALID,
        "The same, asked about as now.",
        &of(&later),
    );
    let unborn = Ledger::begin(
        "acme.example",
        &after(NOW, 3_600),
        json!({"updateKeys": [FIRST.public().to_multikey()]}),
        &document(),
        FIRST,
    );
    let mut before = of(&unborn);
    before.historical = true;
    corpus.add(
        "key_webvh_not_yet_created",
        "resolve.not_found",
        "There was no such DID then.",
        &before,
    );
}

pub(super) fn documents(corpus: &mut Corpus) {
    let state = || grown().entries[1]["state"].clone();
    let mut add = |name: &str, code: &str, comment: &str, state: Value| {
        let mut ledger = begun(json!({}));
        ledger.add_document(&ago(2), json!({}), state, FIRST);
        corpus.add(&format!("key_webvh_{name}"), code, comment, &of(&ledger));
    };
    let mut other = state();
    other["verificationMethod"][0]["publicKeyMultibase"] = json!(MALLORY.public().to_multikey());
    add(
        "key_replaced",
        "signature.invalid",
        "The papers are signed by the key before.",
        other,
    );
    let mut renamed = state();
    let text = renamed.to_string().replace("#key-1", "#key-2");
    renamed = serde_json::from_str(&text).unwrap();
    add(
        "key_retired",
        "key.not_found",
        "The key that signed is gone from the newest document.",
        renamed,
    );
    let mut elsewhere = state();
    elsewhere["assertionMethod"] = json!([]);
    add(
        "key_in_another_relationship",
        "key.relationship",
        "The key may not issue.",
        elsewhere,
    );
    let mut secret = state();
    secret["verificationMethod"][0]["secretKeyMultibase"] = json!("z3u2");
    add(
        "document_with_a_secret",
        "key.private_member",
        "A private key is published.",
        secret,
    );
    let mut methods = state();
    methods["verificationMethod"] = json!({});
    add(
        "document_malformed",
        "resolve.invalid_document",
        "The document is not one.",
        methods,
    );
    for (name, id) in [
        ("id_of_another", json!(ACME.did())),
        (
            "id_with_another_scid",
            json!("did:webvh:QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx:acme.example"),
        ),
        (
            "id_moved",
            json!(grown().did.replace("acme.example", "mallory.example")),
        ),
        ("id_as_a_url", json!(format!("{}#key-1", grown().did))),
        ("id_absent", Value::Null),
    ] {
        let mut state = state();
        state["id"] = id;
        add(
            name,
            INVALID,
            "Whom the document is about does not change.",
            state,
        );
    }
}

pub(super) fn names(corpus: &mut Corpus) {
    const SCID: &str = "QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx";
    for (name, tail) in [
        ("loopback", format!("{SCID}:127.0.0.1")),
        ("loopback_with_port", format!("{SCID}:127.0.0.1%3A8080")),
        ("private_address", format!("{SCID}:10.0.0.5")),
        ("decimal_address", format!("{SCID}:2130706433")),
        ("one_label", format!("{SCID}:localhost")),
        ("encoded_slash", format!("{SCID}:acme.example:a%2Fb")),
        ("well_known", format!("{SCID}:acme.example:.well-known")),
        ("port_zero", format!("{SCID}:acme.example%3A0")),
        ("upper_case", format!("{SCID}:ACME.example")),
        ("without_a_host", SCID.to_owned()),
        ("scid_too_short", "Qm:acme.example".to_owned()),
        ("scid_not_base58", format!("{}0:acme.example", &SCID[..45])),
    ] {
        let did = format!("did:webvh:{tail}");
        let mut scene = Scene::of(&[ADA]);
        let subjects = scene.policy["anchors"][0]["subjects"].as_array_mut().unwrap();
        subjects.push(json!("did:webvh"));
        for slip in &mut scene.papers {
            slip.document["credentialSubject"]["id"] = json!(did);
        }
        scene.presentation.document["holder"] = json!(did);
        scene.presentation.proof["verificationMethod"] = json!(format!("{did}#key-1"));
        let comment = "A did:webvh that names no public host; nothing is fetched for it.";
        corpus.add(&format!("key_did_webvh_{name}"), "parse.did", comment, &scene);
    }
}
