//! Rules of writing, over logs that are made here, and of reading what no writer makes.

use chancery_did::{
    Did, Document, KeyType, LogFiles, Method, Relationship, ResolveError, SecretKey, Timestamp, When,
};
use serde_json::{Map, Value, json};

use super::*;
use crate::{DidWebvh, Query, key_hash, proof, resolve};

fn key(fill: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[fill; 32]).unwrap()
}

fn multikey(fill: u8) -> String {
    key(fill).public_key().to_multikey()
}

fn at(minute: i64) -> Timestamp {
    Timestamp::parse("2026-11-18T09:00:00Z")
        .unwrap()
        .saturating_add_millis(minute.saturating_mul(60_000))
}

fn document(did: &Did) -> Result<Document, DocumentError> {
    Document::builder(did.clone())
        .add_key("key-1", key(9).public_key(), &[Relationship::AssertionMethod])
        .build()
}

fn inception() -> Inception {
    Inception {
        place: "acme.example".to_owned(),
        update_keys: vec![multikey(1)],
        ..Inception::default()
    }
}

fn create(inception: Inception) -> Writer {
    let candidate = Writer::create(inception, document, at(0), &key(1)).unwrap();
    candidate.publish(&[], at(0)).unwrap()
}

fn update(writer: &Writer, update: Update, minute: i64, signer: u8) -> Result<Writer, WriteError> {
    let candidate = writer.update(update, at(minute), &key(signer))?;
    writer.append(candidate, &[], at(minute))
}

fn rule(threshold: u64, fills: &[u8]) -> WitnessRule {
    let dids: Vec<Did> = fills
        .iter()
        .map(|fill| Did::of_key(key(*fill).public_key()))
        .collect();
    WitnessRule::new(threshold, &dids).unwrap()
}

fn did(writer: &Writer) -> Did {
    writer.newest().unwrap().did().clone()
}

fn newest(writer: &Writer) -> Result<crate::Resolution, ResolveError> {
    resolve(&did(writer), writer.files(), &Query::default(), at(600), None)
}

/// Signs members as the entry after `before`, whatever rule they break.
fn forged(before: Option<&Version>, members: Value, signer: u8) -> String {
    let Value::Object(mut entry) = members else {
        panic!("not an object")
    };
    let number = before.map_or(1, |before| before.id().number().saturating_add(1));
    let hash = hash::entry(&entry).unwrap();
    entry.insert("versionId".to_owned(), json!(format!("{number}-{hash}")));
    let proof = proof::make(&entry, at(0), &key(signer)).unwrap();
    entry.insert("proof".to_owned(), json!([proof]));
    Value::Object(entry).to_string()
}

/// The members of an honest second entry, to be changed before signing.
fn second(writer: &Writer) -> Value {
    let before = writer.newest().unwrap();
    json!({
        "versionId": before.id().as_str(),
        "versionTime": at(1).to_string(),
        "parameters": {},
        "state": before.state(),
    })
}

fn after(writer: &Writer, line: &str) -> LogFiles {
    LogFiles {
        log: format!("{}{line}\n", writer.files().log),
        ..writer.files().clone()
    }
}

fn refusal(writer: &Writer, members: Value, signer: u8) -> String {
    let line = forged(Some(writer.newest().unwrap()), members, signer);
    let log = Log::read(&after(writer, &line), When::Now(at(5))).unwrap();
    assert_eq!(log.versions().len(), 1, "the version before it stands");
    let error = log.newest().unwrap_err();
    assert!(
        matches!(error, ResolveError::Log { entry: Some(2), .. }),
        "{error}"
    );
    error.to_string()
}

#[test]
fn what_is_created_resolves_and_the_did_certifies_it() {
    let writer = create(inception());
    let found = newest(&writer).unwrap();
    let did = did(&writer);
    assert_eq!(found.document.unwrap()["id"], json!(did));
    assert_eq!(found.metadata["versionNumber"], 1);
    assert_eq!(found.metadata["ttl"], "3600");
    assert!(did.as_str().starts_with("did:webvh:Qm") && did.as_str().ends_with(":acme.example"));
    assert!(!writer.files().log.contains("{SCID}") && !writer.files().log.contains("1111111111"));
    assert_eq!(writer.files().witness, None);
    let judged = DidWebvh
        .judge_log(&did, writer.files(), None, When::Now(at(0)))
        .unwrap();
    assert_eq!(judged.document.id(), &did);
    assert_eq!(
        (judged.head.as_str(), judged.ttl),
        (writer.newest().unwrap().id().as_str(), 3600)
    );
}

#[test]
fn creation_refuses_what_no_reader_takes() {
    let refused = |inception: Inception, signer| {
        Writer::create(inception, document, at(0), &key(signer))
            .unwrap_err()
            .code()
    };
    assert_eq!(
        refused(inception(), 2),
        "resolve.invalid_log",
        "another key signs"
    );
    for place in [
        "localhost",
        "127.0.0.1",
        "acme.example:..",
        "Acme.example",
        "acme.example%3A0",
        "",
        "{SCID}.example",
    ] {
        let inception = Inception {
            place: place.to_owned(),
            ..inception()
        };
        assert_eq!(refused(inception, 1), "parse.did", "{place}");
    }
    for update_keys in [vec![], vec!["z6Mk".to_owned()]] {
        let inception = Inception {
            update_keys,
            ..inception()
        };
        assert_eq!(refused(inception, 1), "resolve.invalid_log");
    }
    let other = |_: &Did| document(&Did::parse("did:web:acme.example").unwrap());
    let error = Writer::create(inception(), other, at(0), &key(1)).unwrap_err();
    assert_eq!(error.code(), "resolve.invalid_log", "a document of another DID");
    let p256 = SecretKey::from_bytes(KeyType::P256, &[1; 32]).unwrap();
    let inception = Inception {
        update_keys: vec![p256.public_key().to_multikey()],
        ..inception()
    };
    let error = Writer::create(inception, document, at(0), &p256).unwrap_err();
    assert_eq!(
        error.code(),
        "resolve.invalid_log",
        "a key that the method does not sign with"
    );
}

#[test]
fn an_update_changes_the_document_and_keeps_the_versions_before() {
    let first = create(inception());
    let mut state = Value::Object(first.newest().unwrap().state().clone());
    state["alsoKnownAs"] = json!(["did:web:acme.example"]);
    let change = Update {
        document: Some(state),
        ..Update::default()
    };
    let writer = update(&first, change, 1, 1).unwrap();
    assert!(
        writer.files().log.starts_with(&first.files().log),
        "a log only grows"
    );
    let found = newest(&writer).unwrap();
    assert_eq!(
        found.document.unwrap()["alsoKnownAs"],
        json!(["did:web:acme.example"])
    );
    let ask = |query: &str| {
        resolve(
            &did(&writer),
            writer.files(),
            &Query::parse(query).unwrap(),
            at(600),
            None,
        )
    };
    for query in [
        "versionNumber=1".to_owned(),
        format!("versionId={}", first.newest().unwrap().id()),
        "versionTime=2026-11-18T09%3A00%3A59Z".to_owned(),
        "service=files&versionNumber=1&versionTime=2026-11-18T09:00:00Z".to_owned(),
    ] {
        let found = ask(&query).unwrap();
        assert_eq!(found.metadata["versionNumber"], 1, "{query}");
        assert!(found.document.unwrap().get("alsoKnownAs").is_none());
        assert_eq!(found.metadata["updated"], json!(at(1)));
    }
    for query in [
        "versionNumber=3",
        "versionNumber=0",
        "versionId=1-QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx",
        "versionTime=2026-11-18T08:59:59Z",
        "versionNumber=2&versionTime=2026-11-18T09:00:00Z",
    ] {
        assert_eq!(ask(query).unwrap_err().code(), "resolve.not_found", "{query}");
    }
    for query in [
        "versionNumber=x",
        "versionNumber=+1",
        "versionNumber=",
        "versionTime=2026",
        "versionTime=2026-11-18T10:00:00+01:00",
        "versionId=",
        "versionNumber=1&versionNumber=2",
    ] {
        assert!(Query::parse(query).is_err(), "{query}");
    }
}

#[test]
fn keys_named_in_one_version_sign_the_next() {
    let writer = create(inception());
    let rotate = |keys: &[u8]| Update {
        update_keys: Some(keys.iter().map(|fill| multikey(*fill)).collect()),
        ..Update::default()
    };
    let error = update(&writer, rotate(&[2]), 1, 2).unwrap_err();
    assert_eq!(
        error.code(),
        "resolve.invalid_log",
        "the new key does not bring itself in"
    );
    let writer = update(&writer, rotate(&[2, 3]), 1, 1).unwrap();
    assert!(
        update(&writer, Update::default(), 2, 1).is_err(),
        "the old key is out"
    );
    assert!(update(&writer, Update::default(), 2, 2).is_ok());
    let writer = update(&writer, rotate(&[]), 2, 3).unwrap();
    for signer in [1, 2, 3] {
        assert!(
            update(&writer, Update::default(), 3, signer).is_err(),
            "nobody is left"
        );
    }
    assert!(
        newest(&writer).unwrap().document.is_some(),
        "and yet the DID resolves"
    );
}

#[test]
fn promised_keys_and_no_others_sign_the_next_version() {
    let promise = |fill: u8| vec![key_hash(&multikey(fill))];
    let writer = create(Inception {
        next_key_hashes: promise(2),
        ..inception()
    });
    let rotate = |own: u8, next: Vec<String>| Update {
        update_keys: Some(vec![multikey(own)]),
        next_key_hashes: Some(next),
        ..Update::default()
    };
    for (change, signer, why) in [
        (Update::default(), 1, "no keys, signed by the old one"),
        (Update::default(), 2, "no keys, signed by the promised one"),
        (rotate(1, promise(3)), 1, "the old key again"),
        (rotate(3, promise(3)), 3, "another key"),
        (
            rotate(2, promise(3)),
            1,
            "the promised key, signed by the old one",
        ),
        (
            Update {
                next_key_hashes: None,
                ..rotate(2, vec![])
            },
            2,
            "no word about the version after",
        ),
        (
            Update {
                update_keys: Some(vec![multikey(2), multikey(1)]),
                ..rotate(2, promise(3))
            },
            2,
            "and one more",
        ),
        (
            Update {
                update_keys: Some(vec![]),
                ..rotate(2, vec![])
            },
            2,
            "no key at all",
        ),
    ] {
        assert_eq!(
            update(&writer, change, 1, signer).unwrap_err().code(),
            "resolve.invalid_log",
            "{why}"
        );
    }
    let writer = update(&writer, rotate(2, promise(3)), 1, 2).unwrap();
    let writer = update(&writer, rotate(3, vec![]), 2, 3).unwrap();
    assert!(
        update(&writer, rotate(4, vec![]), 3, 4).is_err(),
        "without promises the old rule holds again"
    );
    assert!(update(&writer, rotate(4, vec![]), 3, 3).is_ok());
}

#[test]
fn a_deactivated_did_has_no_document_and_no_further_version() {
    let first = create(inception());
    let end = Update {
        deactivate: true,
        update_keys: Some(vec![]),
        ..Update::default()
    };
    let writer = update(&first, end, 1, 1).unwrap();
    let found = newest(&writer).unwrap();
    assert_eq!(
        (found.document, &found.metadata["deactivated"]),
        (None, &json!(true))
    );
    let judge = |when| {
        DidWebvh
            .judge_log(&did(&writer), writer.files(), None, when)
            .map(|judged| judged.head)
    };
    assert_eq!(judge(When::Now(at(2))).unwrap_err().code(), "resolve.deactivated");
    assert_eq!(
        judge(When::Then(at(1))).unwrap_err().code(),
        "resolve.deactivated"
    );
    assert!(judge(When::Then(at(0))).is_ok(), "it stood then");
    assert_eq!(judge(When::Then(at(-1))).unwrap_err().code(), "resolve.not_found");
    let query = Query {
        version_number: Some(1),
        ..Query::default()
    };
    let past = resolve(&did(&writer), writer.files(), &query, at(2), None).unwrap();
    assert_eq!(past.metadata["deactivated"], true);
    assert!(past.document.is_some());
    for parameters in [
        json!({}),
        json!({ "deactivated": false }),
        json!({ "updateKeys": [multikey(1)] }),
    ] {
        let mut members = second(&writer);
        members["versionTime"] = json!(at(2));
        members["parameters"] = parameters;
        let line = forged(Some(writer.newest().unwrap()), members, 1);
        let log = Log::read(&after(&writer, &line), When::Now(at(5))).unwrap();
        assert!(log.newest().unwrap_err().to_string().contains("deactivated"));
    }
}

#[test]
fn only_a_portable_did_moves_and_it_says_from_where() {
    let go = |place: &str| Update {
        move_to: Some(place.to_owned()),
        ..Update::default()
    };
    let settled = create(inception());
    assert_eq!(
        update(&settled, go("globex.example"), 1, 1).unwrap_err().code(),
        "resolve.invalid_log"
    );
    let first = create(Inception {
        portable: true,
        ..inception()
    });
    assert_eq!(
        update(&first, go("localhost"), 1, 1).unwrap_err().code(),
        "parse.did"
    );
    assert!(
        update(
            &first,
            Update {
                settle: true,
                ..go("globex.example")
            },
            1,
            1
        )
        .is_err()
    );
    let writer = update(&first, go("globex.example:a"), 1, 1).unwrap();
    let (before, now) = (did(&first), did(&writer));
    assert!(now.as_str().ends_with(":globex.example:a"));
    let document = newest(&writer).unwrap().document.unwrap();
    assert_eq!(document["alsoKnownAs"], json!([before]));
    assert_eq!(
        document["verificationMethod"][0]["id"],
        json!(format!("{now}#key-1"))
    );
    assert_eq!(
        document["service"][0]["serviceEndpoint"],
        "https://globex.example/a/"
    );
    // Whoever asks for the old name gets the document of the new one, which no verifier takes for the old.
    let old = resolve(&before, writer.files(), &Query::default(), at(2), None).unwrap();
    assert_eq!(old.document.unwrap()["id"], json!(now));
    let judged = DidWebvh.judge_log(&before, writer.files(), None, When::Now(at(2)));
    assert_eq!(judged.unwrap_err().code(), "resolve.mismatch");
    let end = Update {
        settle: true,
        ..Update::default()
    };
    let writer = update(&writer, end, 2, 1).unwrap();
    assert!(update(&writer, go("acme.example"), 3, 1).is_err());
    // The same, made by hand.
    for (defect, spoil) in [
        (
            "alsoKnownAs",
            Box::new(|members: &mut Value| members["state"]["alsoKnownAs"] = json!([]))
                as Box<dyn Fn(&mut Value)>,
        ),
        (
            "another SCID",
            Box::new(|members: &mut Value| {
                members["state"]["id"] =
                    json!("did:webvh:QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx:globex.example");
            }),
        ),
        (
            "is not a did:webvh",
            Box::new(|members: &mut Value| members["state"]["id"] = json!("did:web:globex.example")),
        ),
    ] {
        let mut members = second(&first);
        members["state"]["id"] = json!(before.as_str().replace("acme", "globex"));
        members["state"]["alsoKnownAs"] = json!([before]);
        spoil(&mut members);
        assert!(refusal(&first, members, 1).contains(defect), "{defect}");
    }
}

#[test]
fn witnesses_count_by_threshold_version_and_log() {
    let witnessed = Inception {
        witness: Some(rule(2, &[5, 6, 7])),
        ..inception()
    };
    let candidate = Writer::create(witnessed.clone(), document, at(0), &key(1)).unwrap();
    let none = LogFiles::default();
    let proof = |fill| approve(&none, candidate.line(), at(0), &key(fill)).unwrap();
    for (proofs, found) in [(vec![], 0), (vec![proof(5)], 1), (vec![proof(5), proof(5)], 1)] {
        let error = candidate.clone().publish(&proofs, at(0)).unwrap_err();
        let expected = ResolveError::Witness {
            entry: 1,
            found,
            threshold: 2,
        };
        assert_eq!(error, WriteError::Refused(expected));
    }
    assert_eq!(
        approve(&none, candidate.line(), at(0), &key(8))
            .unwrap_err()
            .code(),
        "resolve.invalid_log"
    );
    // A proof over another version, of another DID or by another hand does not count.
    let other = Writer::create(
        Inception {
            portable: true,
            ..witnessed
        },
        document,
        at(0),
        &key(1),
    )
    .unwrap();
    let stray = approve(&none, other.line(), at(0), &key(6)).unwrap();
    let mut altered = proof(6);
    altered["created"] = json!("2026-11-18T09:00:01Z");
    let mut renamed = proof(6);
    renamed["verificationMethod"] = json!(format!("did:key:{0}#{0}", multikey(7)));
    for bad in [stray, altered, renamed] {
        assert!(candidate.clone().publish(&[proof(5), bad], at(0)).is_err());
    }
    let writer = candidate.clone().publish(&[proof(5), proof(6)], at(0)).unwrap();
    // A list that replaces another counts from the next version on.
    let fewer = Update {
        witness: Some(Some(rule(1, &[7]))),
        ..Update::default()
    };
    let next = writer.update(fewer, at(1), &key(1)).unwrap();
    let proof = |fill| approve(writer.files(), next.line(), at(1), &key(fill)).unwrap();
    assert!(writer.append(next.clone(), &[proof(7)], at(1)).is_err());
    let second = writer.append(next.clone(), &[proof(7), proof(6)], at(1)).unwrap();
    let end = Update {
        witness: Some(None),
        ..Update::default()
    };
    let last = second.update(end, at(2), &key(1)).unwrap();
    assert!(
        second.append(last.clone(), &[], at(2)).is_err(),
        "the end of witnessing is witnessed too"
    );
    let approval = approve(second.files(), last.line(), at(2), &key(7)).unwrap();
    let third = second.append(last, &[approval], at(2)).unwrap();
    assert!(update(&third, Update::default(), 3, 1).is_ok());
    // The file keeps the newest proof of each witness, and nobody can take proofs away unnoticed.
    let file: Value = serde_json::from_str(third.files().witness.as_deref().unwrap()).unwrap();
    let kept: Vec<usize> = file
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["proof"].as_array().unwrap().len())
        .collect();
    assert_eq!(kept, [1, 1, 1]);
    for (witness, code) in [
        (None, "resolve.witness"),
        (Some("[]"), "resolve.witness"),
        (Some("{}"), "resolve.invalid_log"),
        (Some("["), "resolve.invalid_log"),
    ] {
        let files = LogFiles {
            witness: witness.map(str::to_owned),
            ..third.files().clone()
        };
        let error = resolve(&did(&third), &files, &Query::default(), at(3), None).unwrap_err();
        assert_eq!(error.code(), code, "{witness:?}");
    }
    // Without the proof of the newest version those before it still stand, by number.
    let files = LogFiles {
        witness: second.files().witness.clone(),
        ..third.files().clone()
    };
    let query = |number| Query {
        version_number: Some(number),
        ..Query::default()
    };
    assert!(resolve(&did(&third), &files, &query(2), at(3), None).is_ok());
    assert_eq!(
        resolve(&did(&third), &files, &query(3), at(3), None)
            .unwrap_err()
            .code(),
        "resolve.witness"
    );
}

#[test]
fn a_list_of_witnesses_is_checked_before_it_can_take_effect() {
    let p256 = SecretKey::from_bytes(KeyType::P256, &[5; 32]).unwrap();
    let writer = create(inception());
    let (a, b) = (format!("did:key:{}", multikey(5)), multikey(5));
    for (witness, why) in [
        (json!({ "threshold": 0, "witnesses": [{ "id": a }] }), "threshold"),
        (json!({ "threshold": 2, "witnesses": [{ "id": a }] }), "threshold"),
        (
            json!({ "threshold": 1.5, "witnesses": [{ "id": a }] }),
            "threshold",
        ),
        (
            json!({ "threshold": "1", "witnesses": [{ "id": a }] }),
            "threshold",
        ),
        (
            json!({ "threshold": -1, "witnesses": [{ "id": a }] }),
            "threshold",
        ),
        (json!({ "witnesses": [{ "id": a }] }), "threshold"),
        (json!({ "threshold": 1 }), "witnesses"),
        (json!({ "threshold": 0, "witnesses": [] }), "threshold"),
        (
            json!({ "threshold": 1, "witnesses": [{ "id": a }, { "id": a }] }),
            "twice",
        ),
        (
            json!({ "threshold": 1, "witnesses": [{ "id": a }, { "id": b }] }),
            "twice",
        ),
        (
            json!({ "threshold": 1, "witnesses": [{ "id": "did:web:acme.example" }] }),
            "did:key",
        ),
        (
            json!({ "threshold": 1, "witnesses": [{ "id": Did::of_key(p256.public_key()) }] }),
            "Ed25519",
        ),
        (json!({ "threshold": 1, "witnesses": [{}] }), "`id`"),
        (json!({ "threshold": 1, "witnesses": [a] }), "object"),
        (
            json!({ "threshold": 1, "witnesses": [{ "id": a, "weight": 1 }] }),
            "weight",
        ),
        (
            json!({ "threshold": 1, "witnesses": [{ "id": a }], "selfWeight": 1 }),
            "selfWeight",
        ),
        (json!([]), "object"),
        (json!("none"), "object"),
    ] {
        let mut members = second(&writer);
        members["parameters"] = json!({ "witness": witness });
        assert!(refusal(&writer, members, 1).contains(why), "{witness}");
    }
}

#[test]
fn every_parameter_has_its_type_and_its_place() {
    let writer = create(inception());
    let scid = &writer.newest().unwrap().parameters().scid.clone();
    for (parameters, why) in [
        (json!({ "method": "did:webvh:99.0" }), "`method`"),
        (json!({ "method": "did:webvh:0.5" }), "`method`"),
        (json!({ "method": "did:webvh:1.0-rc1" }), "`method`"),
        (json!({ "method": null }), "`method`"),
        (json!({ "scid": scid }), "`scid`"),
        (json!({ "portable": true }), "`portable`"),
        (json!({ "portable": "false" }), "`portable`"),
        (json!({ "deactivated": 1 }), "`deactivated`"),
        (json!({ "updateKeys": multikey(1) }), "`updateKeys`"),
        (json!({ "updateKeys": [1] }), "`updateKeys`"),
        (
            json!({ "updateKeys": [format!("did:key:{}", multikey(1))] }),
            "`updateKeys`",
        ),
        (json!({ "nextKeyHashes": [null] }), "`nextKeyHashes`"),
        (json!({ "watchers": ["nowhere"] }), "`watchers`"),
        (json!({ "watchers": {} }), "`watchers`"),
        (json!({ "ttl": -1 }), "`ttl`"),
        (json!({ "ttl": 2_147_483_649_u64 }), "`ttl`"),
        (json!({ "ttl": "3600" }), "`ttl`"),
        (json!({ "ttl": 1.5 }), "`ttl`"),
        (json!({ "prerotation": true }), "prerotation"),
    ] {
        let mut members = second(&writer);
        members["parameters"] = parameters.clone();
        assert!(refusal(&writer, members, 1).contains(why), "{parameters}");
    }
    // Null means the default: some writers say so.
    let mut members = second(&writer);
    members["parameters"] =
        json!({ "witness": null, "watchers": null, "nextKeyHashes": null, "ttl": null, "portable": null });
    let line = forged(Some(writer.newest().unwrap()), members, 1);
    assert!(
        Log::read(&after(&writer, &line), When::Now(at(5)))
            .unwrap()
            .newest()
            .is_ok()
    );
    let most = Update {
        ttl: Some(1 << 31),
        ..Update::default()
    };
    assert!(update(&writer, most, 1, 1).is_ok());
    assert!(
        update(
            &writer,
            Update {
                ttl: Some(u32::MAX),
                ..Update::default()
            },
            1,
            1
        )
        .is_err()
    );
}

#[test]
fn numbers_times_and_hashes_form_one_chain() {
    let writer = create(inception());
    for (time, why) in [
        (at(0).to_string(), "not later"),
        (at(-1).to_string(), "not later"),
        (at(11).to_string(), "future"),
        ("2026-11-18T09:01:00".to_owned(), "UTC"),
        ("2026-11-18T10:01:00+01:00".to_owned(), "UTC"),
        ("2026-11-18".to_owned(), "UTC"),
        ("2026-02-30T09:01:00Z".to_owned(), "date and time"),
        ("Z".to_owned(), "date and time"),
    ] {
        let mut members = second(&writer);
        members["versionTime"] = json!(time);
        assert!(refusal(&writer, members, 1).contains(why), "{time}");
    }
    for time in [
        "2026-11-18T09:10:00Z",
        "2026-11-18T09:01:00+00:00",
        "2026-11-18T09:01:00.5Z",
    ] {
        let mut members = second(&writer);
        members["versionTime"] = json!(time);
        let line = forged(Some(writer.newest().unwrap()), members, 1);
        assert!(
            Log::read(&after(&writer, &line), When::Now(at(5)))
                .unwrap()
                .newest()
                .is_ok(),
            "{time}"
        );
    }
    let mut members = second(&writer);
    members["versionId"] = json!("1-QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx");
    assert!(
        refusal(&writer, members, 1).contains("its hash"),
        "another predecessor"
    );
    assert!(refusal(&writer, second(&writer), 2).contains("may not update"));
    let honest = forged(Some(writer.newest().unwrap()), second(&writer), 1);
    for (from, to) in [
        ("\"versionId\":\"2-", "\"versionId\":\"3-"),
        ("\"versionId\":\"2-", "\"versionId\":\"02-"),
        ("\"versionId\":\"2-", "\"versionId\":\"2--"),
        ("\"versionId\":\"2-", "\"versionId\":\"2"),
        ("\"versionId\":\"2-", "\"versionId\":\"+2-"),
        ("09:01:00Z", "09:01:01Z"),
        ("\"parameters\":{}", "\"parameters\":{\"ttl\":1}"),
        ("\"parameters\":{}", "\"parameters\":{},\"parameters\":{}"),
        ("\"parameters\":{}", "\"parameters\":[]"),
        ("\"parameters\":{}", "\"parameters\":{},\"more\":1"),
        ("\"parameters\":{},", ""),
        ("key-1", "key-2"),
        (
            "\"proofPurpose\":\"assertionMethod\"",
            "\"proofPurpose\":\"authentication\"",
        ),
        ("eddsa-jcs-2022", "eddsa-rdfc-2022"),
        ("eddsa-jcs-2022", "ecdsa-jcs-2019"),
        ("DataIntegrityProof", "Ed25519Signature2020"),
        ("\"proof\":[{", "\"proof\":[{\"previousProof\":\"urn:x\","),
        ("\"proof\":[{", "\"proof\":[],\"p\":[{"),
        ("\"proof\":[{", "\"proof\":[{},{"),
    ] {
        assert!(honest.contains(from), "{from} in {honest}");
        let log = Log::read(&after(&writer, &honest.replace(from, to)), When::Now(at(5))).unwrap();
        assert_eq!(
            (log.versions().len(), log.newest().is_err()),
            (1, true),
            "{from} -> {to}"
        );
    }
    assert!(
        Log::read(&after(&writer, &honest), When::Now(at(5)))
            .unwrap()
            .newest()
            .is_ok()
    );
}

#[test]
fn a_file_that_is_no_log_is_refused() {
    let writer = create(inception());
    let log = &writer.files().log;
    for text in [
        String::new(),
        "\n".to_owned(),
        "{}\n".to_owned(),
        "[]\n".to_owned(),
        format!("\n{log}"),
        format!("{log}\n"),
        format!("{log}{log}"),
        format!("\u{feff}{log}"),
        format!("{log}x"),
        log.trim_end().trim_end_matches('}').to_owned(),
        log.replace('\n', " "),
    ] {
        let files = LogFiles {
            log: text.clone(),
            witness: None,
        };
        let outcome = resolve(&did(&writer), &files, &Query::default(), at(5), None);
        let holds = text.trim_end() == log.trim_end() && text.matches('\n').count() < 2;
        assert_eq!(outcome.is_ok(), holds, "{text}");
    }
    let files = LogFiles {
        log: "x".repeat(LogFiles::MAX_BYTES + 1),
        witness: None,
    };
    let error = resolve(&did(&writer), &files, &Query::default(), at(5), None).unwrap_err();
    assert_eq!(error.code(), "limit.size");
}

#[test]
fn the_first_entry_is_the_one_that_the_did_certifies() {
    let writer = create(inception());
    let (own, other) = (
        did(&writer),
        create(Inception {
            portable: true,
            ..inception()
        }),
    );
    let error = resolve(&did(&other), writer.files(), &Query::default(), at(5), None).unwrap_err();
    assert_eq!(error.code(), "resolve.mismatch");
    let elsewhere = Did::parse(&own.as_str().replace("acme", "globex")).unwrap();
    let error = resolve(&elsewhere, writer.files(), &Query::default(), at(5), None).unwrap_err();
    assert_eq!(error.code(), "resolve.mismatch");
    // The same content under an SCID that somebody chose, hashed and signed as it should be.
    let scid = writer.newest().unwrap().parameters().scid.clone();
    let chosen = "QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx";
    let mut members: Map<String, Value> =
        serde_json::from_str(&writer.files().log.replace(&scid, chosen)).unwrap();
    members.remove("proof");
    members.insert("versionId".to_owned(), json!(chosen));
    let line = forged(None, Value::Object(members), 1);
    let log = Log::read(
        &LogFiles {
            log: line,
            witness: None,
        },
        When::Now(at(5)),
    )
    .unwrap();
    assert!(log.newest().unwrap_err().to_string().contains("its SCID"));
}

#[test]
fn a_log_that_lost_or_changed_what_was_seen_is_rolled_back() {
    let first = create(inception());
    let second = update(&first, Update::default(), 1, 1).unwrap();
    let fork = update(
        &first,
        Update {
            ttl: Some(1),
            ..Update::default()
        },
        1,
        1,
    )
    .unwrap();
    let seen = second.newest().unwrap().id().to_string();
    let judge = |writer: &Writer, seen: &str| {
        DidWebvh
            .judge_log(&did(writer), writer.files(), Some(seen), When::Now(at(5)))
            .map(|judged| judged.head)
    };
    assert_eq!(judge(&second, &seen).unwrap(), seen);
    assert_eq!(
        judge(&second, first.newest().unwrap().id().as_str()).unwrap(),
        seen,
        "it may grow"
    );
    for writer in [&first, &fork] {
        assert_eq!(judge(writer, &seen).unwrap_err().code(), "resolve.rollback");
    }
    assert_eq!(judge(&second, "nonsense").unwrap_err().code(), "resolve.rollback");
}

#[test]
fn two_next_versions_do_not_both_enter() {
    let first = create(inception());
    let one = first.update(Update::default(), at(1), &key(1)).unwrap();
    let other = first
        .update(
            Update {
                ttl: Some(5),
                ..Update::default()
            },
            at(1),
            &key(1),
        )
        .unwrap();
    let second = first.append(one, &[], at(1)).unwrap();
    assert_eq!(second.append(other, &[], at(1)).unwrap_err(), WriteError::Outrun);
}

#[test]
fn two_updates_in_one_second_stay_in_order() {
    let first = create(inception());
    let second = update(&first, Update::default(), 0, 1).unwrap();
    assert_eq!(second.newest().unwrap().time().millis_since(at(0)), 1000);
    let ahead = Writer::create(inception(), document, at(30), &key(1))
        .unwrap()
        .publish(&[], at(30))
        .unwrap();
    assert!(
        ahead.update(Update::default(), at(0), &key(1)).is_err(),
        "a clock far behind writes nothing"
    );
}

#[test]
fn a_document_with_a_secret_is_neither_written_nor_judged() {
    let writer = create(inception());
    let mut state = Value::Object(writer.newest().unwrap().state().clone());
    state["verificationMethod"][0]["privateKeyMultibase"] = json!("z");
    let change = Update {
        document: Some(state.clone()),
        ..Update::default()
    };
    assert_eq!(
        update(&writer, change, 1, 1).unwrap_err().code(),
        "key.private_member"
    );
    let mut members = second(&writer);
    members["state"] = state;
    let line = forged(Some(writer.newest().unwrap()), members, 1);
    let judged = DidWebvh.judge_log(&did(&writer), &after(&writer, &line), None, When::Now(at(5)));
    assert_eq!(judged.unwrap_err().code(), "key.private_member");
}
