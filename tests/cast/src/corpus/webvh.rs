//! Step 5 for did:webvh: the log that an authority's document comes of.

mod entries;
mod outcome;
mod rules;

use serde_json::{Value, json};

use super::Corpus;
use crate::ledger::{Ledger, holder, promise, witnesses};
use crate::party::{ACME, ACME_STATUS, ADA, Party};
use crate::scene::Scene;
use crate::time::{NOW, after};

const INVALID: &str = "resolve.invalid_log";

/// Acme's first update key, and those after it.
const FIRST: Party = holder(31);
const SECOND: Party = holder(32);
const THIRD: Party = holder(33);
/// Acme's witnesses.
const WITNESSES: [Party; 3] = [holder(41), holder(42), holder(43)];

/// So many hours before the moment that is judged.
fn ago(hours: i64) -> String {
    after(NOW, -3_600 * hours)
}

/// Acme's document, under the DID that its log gives it.
fn document() -> Value {
    let text = ACME.document_with_status(ACME_STATUS).to_string();
    let (own, status) = (ACME.did(), ACME_STATUS.did());
    let text = text
        .replace(&status, "{STATUS}")
        .replace(&own, "{DID}")
        .replace("{STATUS}", &status);
    serde_json::from_str(&text).unwrap()
}

/// Acme's log with these parameters beside its first key.
fn begun(mut parameters: Value) -> Ledger {
    if parameters.get("updateKeys").is_none() {
        parameters["updateKeys"] = json!([FIRST.public().to_multikey()]);
    }
    Ledger::begin("acme.example", &ago(48), parameters, &document(), FIRST)
}

/// Two versions, the second without a change.
fn grown() -> Ledger {
    let mut ledger = begun(json!({}));
    ledger.add(&ago(24), json!({}), FIRST);
    ledger
}

/// A name, and DID URLs below it, in place of another.
fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text
                .strip_prefix(from)
                .filter(|rest| rest.is_empty() || rest.starts_with('#'))
            {
                *text = format!("{to}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, from, to)),
        Value::Object(members) => members.values_mut().for_each(|member| rename(member, from, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Ada presents papers of an Acme that is this DID and whose anchor pins no key.
fn scene(did: &str) -> Scene {
    let mut scene = Scene::of(&[ADA]);
    scene.documents.remove(&ACME.did());
    for slip in &mut scene.papers {
        for part in [
            &mut slip.document,
            &mut slip.proof,
            &mut slip.header,
            &mut slip.claims,
        ] {
            rename(part, &ACME.did(), did);
        }
    }
    rename(&mut scene.policy, &ACME.did(), did);
    scene.policy["anchors"][0]["keys"] = json!([]);
    scene
}

/// As [`scene`], with the files of the log at hand.
fn with(did: &str, files: Value) -> Scene {
    let (mut scene, did) = (scene(did), did.to_owned());
    scene.evidence(move |evidence| evidence["didLogs"] = json!({ did.clone(): files.clone() }));
    scene
}

fn of(ledger: &Ledger) -> Scene {
    with(&ledger.did, ledger.files())
}

/// What was seen of a log before.
fn seen(scene: &mut Scene, did: &str, version: &str) {
    let (did, version) = (did.to_owned(), version.to_owned());
    scene.evidence(move |evidence| evidence["didFloors"] = json!({ did.clone(): version.clone() }));
}

pub(super) fn vectors(corpus: &mut Corpus) {
    believed(corpus);
    missing(corpus);
    entries::entries(corpus);
    entries::texts(corpus);
    rules::parameters(corpus);
    rules::keys(corpus);
    rules::witnessing(corpus);
    outcome::history(corpus);
    outcome::documents(corpus);
    outcome::names(corpus);
}

fn believed(corpus: &mut Corpus) {
    let mut add = |name: &str, comment: &str, scene: &Scene| {
        corpus.add(&format!("allow_webvh_{name}"), "ok", comment, scene);
    };
    add(
        "authority",
        "An authority whose log alone vouches for its key.",
        &of(&begun(json!({}))),
    );
    let mut pinned = of(&grown());
    pinned.policy["anchors"][0]["keys"] = json!([ACME.public().thumbprint()]);
    add(
        "authority_with_a_pinned_key",
        "A pin may be set all the same.",
        &pinned,
    );
    add("updated", "A log of two versions.", &of(&grown()));

    let mut rotated = begun(json!({}));
    rotated.add(
        &ago(3),
        json!({"updateKeys": [SECOND.public().to_multikey()]}),
        FIRST,
    );
    rotated.add(
        &ago(2),
        json!({"updateKeys": [THIRD.public().to_multikey()]}),
        SECOND,
    );
    add(
        "rotated",
        "Each key is brought in by the one before it.",
        &of(&rotated),
    );

    let mut promised = begun(json!({"nextKeyHashes": [promise(SECOND)]}));
    let next = json!({"updateKeys": [SECOND.public().to_multikey()], "nextKeyHashes": [promise(THIRD)]});
    promised.add(&ago(3), next, SECOND);
    let last = json!({"updateKeys": [THIRD.public().to_multikey()], "nextKeyHashes": []});
    promised.add(&ago(2), last, THIRD);
    promised.add(&ago(1), json!({}), THIRD);
    add(
        "promised_keys",
        "Promised keys sign their own version, until none are promised.",
        &of(&promised),
    );

    let mut witnessed = begun(json!({"witness": witnesses(2, &WITNESSES)}));
    witnessed.witnessed(1, WITNESSES[0]);
    witnessed.witnessed(1, WITNESSES[2]);
    add("witnessed", "Two of three witnesses.", &of(&witnessed));
    let mut later = begun(json!({"witness": witnesses(2, &WITNESSES)}));
    later.add(&ago(2), json!({}), FIRST);
    later.witnessed(2, WITNESSES[0]);
    later.witnessed(2, WITNESSES[1]);
    add(
        "witnessed_later",
        "Who approves a version approves all before it.",
        &of(&later),
    );

    let mut floor = of(&grown());
    seen(&mut floor, &grown().did, &grown().version(1));
    add(
        "grown_since_it_was_seen",
        "The log still holds the version seen before.",
        &floor,
    );

    let moved = moved();
    let now = moved.entries[1]["state"]["id"].as_str().unwrap().to_owned();
    add(
        "moved",
        "A portable DID under its new name.",
        &with(&now, moved.files()),
    );

    let mut soon = begun(json!({}));
    soon.add(&after(NOW, 299), json!({}), FIRST);
    add(
        "within_skew",
        "Clocks differ by less than five minutes.",
        &of(&soon),
    );
    let nulls =
        json!({"witness": null, "watchers": null, "nextKeyHashes": null, "ttl": null, "portable": null});
    add(
        "null_parameters",
        "Null stands for the default, as old writers have it.",
        &of(&begun(nulls)),
    );
}

/// A log that moved from Acme's host to another.
fn moved() -> Ledger {
    let mut ledger = begun(json!({"portable": true}));
    let (before, mut state) = (ledger.did.clone(), ledger.entries[0]["state"].clone());
    rename(
        &mut state,
        &before,
        &before.replace("acme.example", "acme.example:new"),
    );
    state["alsoKnownAs"] = json!([before]);
    ledger.add_document(&ago(2), json!({}), state, FIRST);
    ledger
}

fn missing(corpus: &mut Corpus) {
    let ledger = begun(json!({}));
    corpus.add(
        "key_webvh_log_missing",
        "evidence.needed",
        "The log has not been fetched.",
        &scene(&ledger.did),
    );
    let mut alone = scene(&ledger.did);
    alone
        .documents
        .insert(ledger.did.clone(), ledger.entries[0]["state"].clone());
    let comment = "A document without its log proves nothing and is not looked at.";
    corpus.add(
        "key_webvh_document_without_a_log",
        "evidence.needed",
        comment,
        &alone,
    );
    for (name, code) in [
        ("fetch_timeout", "fetch.timeout"),
        ("fetch_too_large", "fetch.too_large"),
        ("not_found", "resolve.not_found"),
    ] {
        let mut scene = scene(&ledger.did);
        scene.failed(json!({"kind": "document", "did": ledger.did}), code);
        corpus.add(
            &format!("key_webvh_{name}"),
            code,
            "The log could not be had.",
            &scene,
        );
    }
    let other = Ledger::begin(
        "mallory.example",
        &ago(48),
        json!({"updateKeys": [FIRST.public().to_multikey()]}),
        &document(),
        FIRST,
    );
    corpus.add(
        "key_webvh_log_of_another",
        "resolve.mismatch",
        "A log with another SCID.",
        &with(&ledger.did, other.files()),
    );
    let elsewhere = ledger.did.replace("acme.example", "globex.example");
    corpus.add(
        "key_webvh_log_of_another_host",
        "resolve.mismatch",
        "No version of the log bore this name.",
        &with(&elsewhere, ledger.files()),
    );
    let moved = moved();
    corpus.add(
        "key_webvh_under_its_old_name",
        "resolve.mismatch",
        "The document is that of the new name.",
        &of(&moved),
    );
}
