//! A thousand random decisions, taken down as evidence bundles and reached again: the whole decision, byte for byte.
//!
//! Each begins with a vector of the corpus, under a seed that is fixed, and is bent at random: the moment, the
//! request, the evidence, the text itself. A host decides, with a ledger that knows some nonces already; what it
//! saved is read back from its text and judged by nobody but the pure verifier.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use chancery::{Clock, Gatherer, Guarded, MemoryLedger};
use chancery_cli::{Console, run_at};
use chancery_did::Timestamp;
use chancery_rdfc::Rdfc;
use chancery_tests::{Vector, corpus};
use chancery_trust::Policy;
use chancery_verifier::{Decision, Evidence, EvidenceBundle, Moment, Request};
use serde_json::{Value, json};

/// How many decisions are reached again.
const DECISIONS: usize = 1_000;
/// How many of them through the command line.
const BY_COMMAND: usize = 40;

/// A fixed row of numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }
}

/// A clock that stands still.
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// One case: a vector, bent.
struct Case {
    name: String,
    presentation: Vec<u8>,
    document: Value,
    /// Whether the same was decided, and committed, before.
    again: bool,
}

fn removed(members: &mut Value, random: &mut Random) {
    let Some(members) = members.as_object_mut().filter(|members| !members.is_empty()) else {
        return;
    };
    let name = members.keys().nth(random.below(members.len())).unwrap().clone();
    members.remove(&name);
}

fn bent(vector: &Vector, random: &mut Random) -> Case {
    let mut case = Case {
        name: vector.name.clone(),
        presentation: vector.text("presentation").as_bytes().to_vec(),
        document: vector.document.clone(),
        again: false,
    };
    let document = &mut case.document;
    match random.below(14) {
        0 => {
            let at = Timestamp::parse(vector.text("at")).unwrap();
            let shift = i64::try_from(random.below(200_000_000)).unwrap() - 100_000_000;
            document["at"] = json!(at.saturating_add_millis(shift).to_string());
        }
        1 => document["historical"] = json!(document["historical"] != true),
        2 => {
            let value = format!("{}.{:02}", random.below(200), random.below(100));
            document["request"]["facts"]["amount"] = json!({"value": value, "currency": "EUR"});
        }
        3 => removed(&mut document["evidence"]["documents"], random),
        4 => removed(&mut document["evidence"]["statusLists"], random),
        5 => document["evidence"]["zoneOffsets"] = json!([]),
        6 => document["request"]["nonce"] = json!(format!("nonce-{}", random.below(9))),
        7 => {
            let at = random.below(case.presentation.len().max(1));
            if let Some(byte) = case.presentation.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        8 => document["policy"]["maxStatusAge"] = json!(format!("{}s", 1 + random.below(60))),
        9 | 10 => case.again = true,
        _ => {}
    }
    case
}

fn moment(document: &Value) -> Moment {
    let at = Timestamp::parse(document["at"].as_str().unwrap()).unwrap();
    if document["historical"] == true {
        Moment::Historical(at)
    } else {
        Moment::Now(at)
    }
}

/// Lets a host without a network decide, and gives what it saved, as text.
async fn decided(case: &Case) -> (Decision, String) {
    let document = &case.document;
    let evidence = Evidence::parse_value(&document["evidence"]).unwrap();
    let policy = Policy::parse_value(&document["policy"]).unwrap();
    let request = Request::parse(&document["request"]).unwrap();
    let moment = moment(document);
    let clock = Arc::new(Standing(moment.at()));
    let ledger = Arc::new(MemoryLedger::new(16));
    let gatherer = Gatherer::new(Guarded::offline(), clock, ledger).with_suites(Arc::new(Rdfc::new()));
    let decide = async |evidence| {
        gatherer
            .decide_with(&case.presentation, evidence, &policy, &request, moment)
            .await
    };
    let mut outcome = decide(evidence.clone()).await;
    if case.again {
        outcome = decide(evidence).await;
    }
    let (decision, evidence) = outcome;
    let rdfc = Rdfc::new();
    let judged = (&decision, &rdfc as &dyn chancery_proof::Suites);
    let bundle = EvidenceBundle::of(&case.presentation, &evidence, &policy, &request, moment, judged);
    (decision, bundle.to_value().to_string())
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a command at a moment; gives its exit code and what it printed.
fn chancery(words: Vec<OsString>, now: Timestamp) -> (u8, String) {
    let out = Shared::default();
    let mut console = Console::new(Box::new(out.clone()), Box::new(Shared::default()));
    let exit = run_at(words, &mut console, Arc::new(Standing(now)));
    let text = out.0.lock().unwrap().clone();
    (exit, String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn a_thousand_random_decisions_are_reached_again_to_the_byte() {
    let vectors = corpus();
    let mut random = Random(4);
    let (mut codes, mut verdicts) = (BTreeMap::<String, usize>::new(), BTreeMap::<&str, usize>::new());
    let mut by_command = 0;
    let (folder, rdfc) = (tempfile::tempdir().unwrap(), Rdfc::new());
    for number in 0..DECISIONS {
        // Every other one begins with what is allowed, else hardly any would be.
        let vector = loop {
            let vector = &vectors[random.below(vectors.len())];
            if number % 2 == 1 || vector.expected().allow {
                break vector;
            }
        };
        let case = bent(vector, &mut random);
        let (decision, text) = decided(&case).await;
        let due = decision.to_value().to_string();
        let bundle = EvidenceBundle::parse(text.as_bytes())
            .unwrap_or_else(|error| panic!("{} ({number}): {error}", case.name));
        let reached = bundle.replay(&rdfc).to_value().to_string();
        assert_eq!(reached, due, "{} ({number})", case.name);
        assert_eq!(bundle.to_value().to_string(), text, "{} ({number})", case.name);
        *codes.entry(decision.code.to_owned()).or_default() += 1;
        let verdict = if decision.allow {
            "allow"
        } else {
            decision.verdict.as_str()
        };
        *verdicts.entry(verdict).or_default() += 1;
        if number % (DECISIONS / BY_COMMAND) == 0 {
            let file = folder.path().join(format!("{number}.json"));
            std::fs::write(&file, &text).unwrap();
            let words = ["chancery", "replay", "--output", "jsonl"].map(OsString::from);
            let words = words.into_iter().chain([file.into_os_string()]).collect();
            let (exit, said) = chancery(words, Timestamp::from_seconds(0));
            assert_eq!(
                (exit, said.trim_end()),
                (0, due.as_str()),
                "{} ({number})",
                case.name
            );
            by_command += 1;
        }
    }
    println!(
        "replays: {DECISIONS} decisions, {by_command} by command, {verdicts:?}, {} codes",
        codes.len()
    );
    assert_eq!(by_command, BY_COMMAND);
    assert!(codes.len() > 60, "only {codes:?}");
    for verdict in ["allow", "valid", "invalid", "indeterminate"] {
        assert!(
            verdicts.get(verdict).is_some_and(|count| *count >= 20),
            "{verdicts:?}"
        );
    }
    assert!(
        codes.contains_key("replay.presentation"),
        "what only a ledger says is reached too"
    );
}

#[test]
fn what_verify_saves_is_what_replay_prints_at_any_later_time() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "allow_delegated",
        "allow_eddsa_rdfc_throughout",
        "allow_stapled_lists",
        "constraints_amount_above_max",
        "status_revoked",
        "trust_recognition_is_asked_for",
    ] {
        let Some(vector) = corpus().into_iter().find(|vector| vector.name == name) else {
            continue;
        };
        let place = folder.path().join(name);
        std::fs::create_dir(&place).unwrap();
        let file = |name: &str, text: &str| {
            let path = place.join(name);
            std::fs::write(&path, text).unwrap();
            path.into_os_string()
        };
        let document = &vector.document;
        let saved = place.join("saved.json").into_os_string();
        let words: Vec<OsString> = vec![
            "chancery".into(),
            "verify".into(),
            file("presentation", vector.text("presentation")),
            "--policy".into(),
            file("policy.json", &document["policy"].to_string()),
            "--evidence".into(),
            file("evidence.json", &document["evidence"].to_string()),
            "--request".into(),
            file("request.json", &document["request"].to_string()),
            "--save-evidence".into(),
            saved.clone(),
            "--offline".into(),
            "--output".into(),
            "jsonl".into(),
        ];
        let at = Timestamp::parse(vector.text("at")).unwrap();
        let (exit, decision) = chancery(words, at);
        assert!(exit <= 3, "{name}: {decision}");
        let replay = |file: &OsString| -> Vec<OsString> {
            let words = ["chancery", "replay", "--output", "jsonl"].map(OsString::from);
            words.into_iter().chain([file.clone()]).collect()
        };
        let years_later = at.saturating_add_millis(200_000_000_000);
        assert_eq!(
            chancery(replay(&saved), years_later),
            (0, decision.clone()),
            "{name}"
        );
        // A record that claims another decision than its evidence leads to is told apart.
        let mut forged: Value = serde_json::from_slice(&std::fs::read(&saved).unwrap()).unwrap();
        let claimed = forged["decision"]
            .as_str()
            .unwrap()
            .replacen("\"signatures\":", "\"signatures\":1", 1);
        forged["decision"] = json!(claimed);
        let forged = file("forged.json", &forged.to_string());
        let (exit, said) = chancery(replay(&forged), at);
        assert!(
            exit == 1 && said.contains("\"bundle.not_reached\""),
            "{name}: {said}"
        );
    }
}
