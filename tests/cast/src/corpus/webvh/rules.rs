//! Parameters, keys and witnesses that no rule allows.

use serde_json::{Value, json};

use super::entries::bent;
use super::{FIRST, INVALID, SECOND, THIRD, WITNESSES, ago, begun, grown, of, with};
use crate::corpus::Corpus;
use crate::ledger::{Ledger, holder, promise, witnesses};
use crate::party::{ACME, MALLORY, Party};
use crate::time::NOW;

pub(super) fn parameters(corpus: &mut Corpus) {
    let mut first = |name: &str, parameters: Value| {
        let ledger = begun(parameters);
        corpus.add(
            &format!("key_webvh_first_{name}"),
            INVALID,
            "A first entry that no writer makes.",
            &of(&ledger),
        );
    };
    first("method_unknown", json!({"method": "did:webvh:99.0"}));
    first("method_older", json!({"method": "did:webvh:0.5"}));
    first("method_without_prefix", json!({"method": "webvh:1.0"}));
    first("no_keys", json!({"updateKeys": []}));
    first("keys_null", json!({"updateKeys": null}));
    first("key_malformed", json!({"updateKeys": [FIRST.did()]}));
    first("ttl_too_long", json!({"ttl": 2_147_483_649_u64}));
    first("ttl_text", json!({"ttl": "60"}));
    first("parameter_unknown", json!({"prerotation": true}));
    first("watcher_no_uri", json!({"watchers": ["watcher"]}));
    first(
        "witness_threshold_zero",
        json!({"witness": witnesses(0, &WITNESSES)}),
    );
    first(
        "witness_threshold_too_high",
        json!({"witness": witnesses(4, &WITNESSES)}),
    );
    first(
        "witness_twice",
        json!({"witness": witnesses(1, &[WITNESSES[0], WITNESSES[0]])}),
    );
    first(
        "witness_nobody",
        json!({"witness": {"threshold": 1, "witnesses": []}}),
    );
    first(
        "witness_of_another_method",
        json!({"witness": witnesses(1, &[ACME])}),
    );
    first(
        "witness_of_another_key_type",
        json!({"witness": witnesses(1, &[WITNESSES[0].with(chancery_did::KeyType::P256)])}),
    );
    for (name, parameters) in [
        ("portable", json!({"portable": true})),
        (
            "scid",
            json!({"scid": "QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx"}),
        ),
        ("method", json!({"method": "did:webvh:0.5"})),
        ("parameter_unknown", json!({"weight": 1})),
    ] {
        let mut ledger = begun(json!({}));
        ledger.add(&ago(2), parameters, FIRST);
        corpus.add(
            &format!("key_webvh_later_{name}"),
            INVALID,
            "What only a first entry says, or none.",
            &of(&ledger),
        );
    }
}

pub(super) fn keys(corpus: &mut Corpus) {
    let mut invalid = |name: &str, comment: &str, ledger: &Ledger| {
        corpus.add(&format!("key_webvh_{name}"), INVALID, comment, &of(ledger));
    };
    let key = |party: Party| party.public().to_multikey();
    let first = begun(json!({"updateKeys": [key(SECOND)]}));
    invalid(
        "signed_by_a_stranger_first",
        "The first entry's own keys sign it.",
        &first,
    );
    let mut stranger = begun(json!({}));
    stranger.add(&ago(2), json!({}), SECOND);
    invalid(
        "signed_by_a_stranger",
        "A key that is not named signs.",
        &stranger,
    );
    let mut itself = begun(json!({}));
    itself.add(&ago(2), json!({"updateKeys": [key(SECOND)]}), SECOND);
    invalid(
        "key_brings_itself_in",
        "A new key does not sign its own coming.",
        &itself,
    );
    let mut retired = begun(json!({}));
    retired.add(&ago(3), json!({"updateKeys": [key(SECOND)]}), FIRST);
    retired.add(&ago(2), json!({}), FIRST);
    invalid(
        "signed_by_a_retired_key",
        "A key that was replaced signs.",
        &retired,
    );
    let mut settled = begun(json!({}));
    settled.add(&ago(3), json!({"updateKeys": []}), FIRST);
    settled.add(&ago(2), json!({}), FIRST);
    invalid(
        "after_the_last_key",
        "A DID without keys is not changed any more.",
        &settled,
    );
    let promised = || begun(json!({"nextKeyHashes": [promise(SECOND)]}));
    for (name, parameters, signer) in [
        (
            "promise_broken",
            json!({"updateKeys": [key(THIRD)], "nextKeyHashes": []}),
            THIRD,
        ),
        ("promise_left_out", json!({"nextKeyHashes": []}), FIRST),
        (
            "promise_null",
            json!({"updateKeys": null, "nextKeyHashes": []}),
            FIRST,
        ),
        (
            "promise_empty",
            json!({"updateKeys": [], "nextKeyHashes": []}),
            FIRST,
        ),
        (
            "promise_not_renewed",
            json!({"updateKeys": [key(SECOND)]}),
            SECOND,
        ),
        (
            "promise_and_one_more",
            json!({"updateKeys": [key(SECOND), key(FIRST)], "nextKeyHashes": []}),
            SECOND,
        ),
        (
            "promise_signed_by_the_old_key",
            json!({"updateKeys": [key(SECOND)], "nextKeyHashes": []}),
            FIRST,
        ),
    ] {
        let mut ledger = promised();
        ledger.add(&ago(2), parameters, signer);
        invalid(name, "Promised keys, and no others, come next and sign.", &ledger);
    }
    for (name, member, value) in [
        ("suite", "cryptosuite", json!("eddsa-rdfc-2022")),
        ("suite_of_another_key", "cryptosuite", json!("ecdsa-jcs-2019")),
        ("type", "type", json!("Ed25519Signature2020")),
        ("purpose", "proofPurpose", json!("authentication")),
        (
            "halves_differ",
            "verificationMethod",
            json!(format!(
                "{}#{}",
                MALLORY.with(chancery_did::KeyType::Ed25519).jwk().did(),
                key(FIRST)
            )),
        ),
        (
            "halves_of_two_keys",
            "verificationMethod",
            json!(format!("{}#{}", holder(MALLORY.seed).did(), key(FIRST))),
        ),
        (
            "method_of_the_did",
            "verificationMethod",
            json!(format!("{}#key-1", ACME.did())),
        ),
        (
            "value",
            "proofValue",
            grown().entries[0]["proof"][0]["proofValue"].clone(),
        ),
    ] {
        let ledger = bent(|entry| entry["proof"][0][member] = value);
        invalid(
            &format!("proof_{name}"),
            "The proof of an entry is another than it must be.",
            &ledger,
        );
    }
    invalid(
        "proof_none",
        "An entry has a proof.",
        &bent(|entry| entry["proof"] = json!([])),
    );
    invalid(
        "proof_one_of_two",
        "Every proof of an entry holds.",
        &bent(|entry| {
            let mut bad = entry["proof"][0].clone();
            bad["created"] = json!(NOW);
            entry["proof"].as_array_mut().unwrap().push(bad);
        }),
    );
}

pub(super) fn witnessing(corpus: &mut Corpus) {
    let rule = || begun(json!({"witness": witnesses(2, &WITNESSES)}));
    let mut add = |name: &str, comment: &str, ledger: &Ledger| {
        corpus.add(
            &format!("key_webvh_witness_{name}"),
            "resolve.witness",
            comment,
            &of(ledger),
        );
    };
    add("none", "No witness signed.", &rule());
    let mut one = rule();
    one.witnessed(1, WITNESSES[0]);
    add("one_of_two", "One witness signed and two must.", &one);
    let mut twice = rule();
    twice.witnessed(1, WITNESSES[0]);
    twice.witnessed(1, WITNESSES[0]);
    add("counted_once", "One witness signed twice.", &twice);
    let mut stranger = rule();
    stranger.witnessed(1, WITNESSES[0]);
    stranger.witnessed(1, holder(44));
    add("stranger", "Somebody else signed too.", &stranger);
    let mut older = rule();
    older.witnessed(1, WITNESSES[0]);
    older.witnessed(1, WITNESSES[1]);
    older.add(&ago(2), json!({}), FIRST);
    add(
        "of_the_version_before",
        "What is said of a version says nothing of the next.",
        &older,
    );
    let mut other = begun(json!({"witness": witnesses(2, &WITNESSES), "ttl": 1}));
    other.witnessed(1, WITNESSES[0]);
    other.witnessed(1, WITNESSES[1]);
    let mut replayed = rule();
    replayed.witness = other.witness;
    add("replayed", "Proofs over a version of another log.", &replayed);
    let mut renamed = rule();
    renamed.witness = replayed.witness.clone();
    let version = renamed.version(1);
    renamed
        .witness
        .iter_mut()
        .for_each(|item| item["versionId"] = json!(version));
    add(
        "replayed_under_its_name",
        "Proofs over another version under this one's name.",
        &renamed,
    );
    let mut ended = rule();
    ended.witnessed(1, WITNESSES[0]);
    ended.witnessed(1, WITNESSES[1]);
    ended.add(&ago(2), json!({"witness": {}}), FIRST);
    add("ended_alone", "The end of witnessing is witnessed too.", &ended);
    let mut replaced = rule();
    replaced.add(&ago(2), json!({"witness": witnesses(1, &[holder(44)])}), FIRST);
    replaced.witnessed(1, WITNESSES[0]);
    replaced.witnessed(1, WITNESSES[1]);
    replaced.witnessed(2, holder(44));
    add(
        "replaced_by_themselves",
        "A new list does not witness its own coming.",
        &replaced,
    );
    let mut future = rule();
    future.add(&ago(2), json!({}), FIRST);
    future.witnessed(2, WITNESSES[0]);
    future.witnessed(2, WITNESSES[1]);
    future.entries.pop();
    add(
        "of_a_version_not_published",
        "A version that is not in the log approves none before it.",
        &future,
    );
    for (name, text) in [
        ("object", "{}"),
        ("not_json", "["),
        ("no_version", "[{\"proof\":[]}]"),
    ] {
        let ledger = rule();
        let scene = with(&ledger.did, json!({"log": ledger.text(), "witness": text}));
        corpus.add(
            &format!("key_webvh_witness_file_{name}"),
            INVALID,
            "The witness file is not one.",
            &scene,
        );
    }
}
