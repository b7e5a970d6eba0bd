//! Logs whose entries or text are not what a writer made.

use serde_json::{Value, json};

use super::{FIRST, INVALID, ago, begun, document, grown, of, with};
use crate::corpus::Corpus;
use crate::ledger::{Ledger, holder};
use crate::party::MALLORY;
use crate::time::NOW;
use crate::time::after;

/// Bends the last entry without naming or signing it anew.
pub(super) fn bent(bend: impl FnOnce(&mut Value)) -> Ledger {
    let mut ledger = grown();
    bend(&mut ledger.entries[1]);
    ledger
}

pub(super) fn entries(corpus: &mut Corpus) {
    let hash = |number: &str| format!("{number}-{}", &grown().version(2)[2..]);
    let mut invalid = |name: &str, comment: &str, ledger: &Ledger| {
        corpus.add(&format!("key_webvh_{name}"), INVALID, comment, &of(ledger));
    };
    let mallorys = MALLORY.public().to_multikey();
    invalid(
        "document_altered",
        "The key in the newest document is another.",
        &bent(|entry| {
            entry["state"]["verificationMethod"][0]["publicKeyMultibase"] = json!(mallorys);
        }),
    );
    let mut first = grown();
    first.entries[0]["state"]["verificationMethod"][0]["publicKeyMultibase"] = json!(mallorys);
    invalid(
        "older_document_altered",
        "An entry that only history needs is checked too.",
        &first,
    );
    invalid(
        "parameters_altered",
        "A parameter was changed after signing.",
        &bent(|entry| entry["parameters"]["ttl"] = json!(1)),
    );
    invalid(
        "time_altered",
        "The time was changed after signing.",
        &bent(|entry| entry["versionTime"] = json!(ago(23))),
    );
    for (name, number) in [
        ("gap", "3"),
        ("repeated", "1"),
        ("zero", "0"),
        ("leading_zero", "02"),
        ("plus", "+2"),
    ] {
        let version = hash(number);
        invalid(
            &format!("number_{name}"),
            "Numbers go up by one.",
            &bent(move |entry| entry["versionId"] = json!(version)),
        );
    }
    invalid(
        "two_dashes",
        "One dash stands in a version's name.",
        &bent(|entry| {
            entry["versionId"] = json!(entry["versionId"].as_str().unwrap().replacen('-', "--", 1));
        }),
    );
    let mut swapped = grown();
    swapped.entries.swap(0, 1);
    invalid("order_swapped", "The first entry comes first.", &swapped);
    let mut dropped = grown();
    dropped.add(&ago(1), json!({}), FIRST);
    dropped.entries.remove(1);
    invalid("entry_dropped", "An entry in the middle is gone.", &dropped);
    let mut twice = grown();
    let last = twice.entries[1].clone();
    twice.entries.push(last);
    invalid("entry_twice", "An entry stands twice.", &twice);

    for (name, time) in [
        ("equal", ago(48)),
        ("earlier", ago(49)),
        ("in_the_future", after(NOW, 301)),
        ("far_in_the_future", "2100-01-01T00:00:00Z".to_owned()),
        ("without_zone", "2026-06-16T08:00:00".to_owned()),
        ("of_another_zone", "2026-06-16T08:00:00+02:00".to_owned()),
        ("no_time", "yesterday".to_owned()),
    ] {
        let mut ledger = begun(json!({}));
        ledger.add(&time, json!({}), FIRST);
        invalid(
            &format!("time_{name}"),
            "Times go up, in UTC, and not into the future.",
            &ledger,
        );
    }
    let forged = Ledger::begin(
        "acme.example",
        &ago(48),
        json!({"updateKeys": [mallorys]}),
        &document(),
        holder(MALLORY.seed),
    );
    let own = grown();
    let text = forged.text().replace(&forged.did, &own.did);
    let scid = |ledger: &Ledger| ledger.did.split(':').nth(2).unwrap().to_owned();
    let text = text.replace(&scid(&forged), &scid(&own));
    let scene = with(&own.did, json!({ "log": text }));
    corpus.add(
        "key_webvh_scid_taken",
        INVALID,
        "Another first entry under the SCID of Acme's.",
        &scene,
    );
}

pub(super) fn texts(corpus: &mut Corpus) {
    let ledger = grown();
    for (name, text) in [
        ("empty", String::new()),
        ("line_end", "\n".to_owned()),
        ("not_json", "<html>\n".to_owned()),
        ("array", "[]\n".to_owned()),
        ("object", "{}\n".to_owned()),
        (
            "as_an_array",
            format!("[{}]", ledger.text().trim_end().replace('\n', ",")),
        ),
        ("blank_line_first", format!("\n{}", ledger.text())),
        ("blank_line_between", ledger.text().replacen('\n', "\n\n", 1)),
        ("one_line", ledger.text().replace('\n', "")),
        ("truncated", ledger.text()[..ledger.text().len() - 20].to_owned()),
        ("byte_order_mark", format!("\u{feff}{}", ledger.text())),
        (
            "duplicate_member",
            ledger
                .text()
                .replacen("\"parameters\":", "\"parameters\":{},\"parameters\":", 1),
        ),
        (
            "unknown_member",
            ledger
                .text()
                .replacen("\"parameters\":", "\"more\":{},\"parameters\":", 1),
        ),
        (
            "without_parameters",
            ledger.text().replacen("\"parameters\":", "\"params\":", 1),
        ),
        (
            "without_proof",
            ledger.text().replacen("\"proof\":", "\"proofs\":", 1),
        ),
    ] {
        let scene = with(&ledger.did, json!({ "log": text }));
        corpus.add(
            &format!("key_webvh_text_{name}"),
            INVALID,
            "The log is not one.",
            &scene,
        );
    }
}
