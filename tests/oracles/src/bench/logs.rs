//! A did:webvh log, resolved from its files: every entry hashed, and every entry's proof checked.
//!
//! INVARIANT: the document that is resolved is that of the last of [`ENTRIES`] entries, each of which rotated the
//! key that signs.

use chancery_did::{Did, Document, DocumentError, KeyType, Relationship, Timestamp};
use chancery_did_webvh::{Inception, Query, Resolution, Update, Writer, resolve};
use chancery_oracles::fixture::{Actor, now};
use chancery_oracles::rounds::{Reference, Work};

const ENTRIES: u8 = 5;
const MINUTE: i64 = 60_000;

/// The one row.
pub fn row() -> Work<'static> {
    let log = log();
    let did = log.newest().expect("a log that holds").did().clone();
    let newest = move || {
        let newest = resolve(&did, log.files(), &Query::default(), now(), None);
        newest.expect("the log holds")
    };
    let Resolution { document, metadata } = newest();
    assert!(document.is_some());
    assert_eq!(metadata["versionNumber"], ENTRIES);
    Work::new(
        &format!("did:webvh log of {ENTRIES} entries: resolve the newest"),
        Reference::Verify,
        usize::from(ENTRIES),
        newest,
    )
}

fn log() -> Writer {
    let key = |number| Actor::new(KeyType::Ed25519, number);
    let inception = Inception {
        place: "acme.example".to_owned(),
        update_keys: vec![key(1).public().to_multikey()],
        ..Inception::default()
    };
    let first = Writer::create(inception, document, at(1), &key(1).key).expect("an entry");
    let mut writer = first.publish(&[], at(1)).expect("a log");
    for number in 2..=ENTRIES {
        let update = Update {
            update_keys: Some(vec![key(number).public().to_multikey()]),
            ..Update::default()
        };
        let next = writer
            .update(update, at(number), &key(number - 1).key)
            .expect("an entry");
        writer = writer.append(next, &[], at(number)).expect("a log");
    }
    writer
}

/// The minute of an entry, all of them before now.
fn at(number: u8) -> Timestamp {
    now().saturating_add_millis((i64::from(number) - 60) * MINUTE)
}

fn document(did: &Did) -> Result<Document, DocumentError> {
    let key = Actor::new(KeyType::Ed25519, 9);
    Document::builder(did.clone())
        .add_key("key-1", key.public(), &[Relationship::AssertionMethod])
        .build()
}
