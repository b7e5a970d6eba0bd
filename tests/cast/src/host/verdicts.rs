//! Verdicts by a bundle: status, time, more evidence, prototype-named members, garbage.

use serde_json::{Value, json};

use super::fixture::asked;
use super::{Bundle, Case, Fixture, HostCorpus, Step};
use crate::paper::list;
use crate::party::{ACME, ACME_STATUS, ADA, MALLORY};
use crate::scene::{Scene, status_list};
use crate::time::{after, later};

pub(super) fn cases(corpus: &mut HostCorpus) {
    judged(corpus);
    status(corpus);
    added(corpus);
    named(corpus);
    garbage(corpus);
    hosts(corpus);
}

/// A case of one step about a bent scene.
fn one(
    corpus: &mut HostCorpus,
    name: &str,
    (verdict, code): (&str, &str),
    comment: &str,
    bend: impl FnOnce(&mut Scene),
) {
    let mut scene = Scene::of(&[ADA]);
    bend(&mut scene);
    let fixture = Fixture::of(scene);
    let step = Step::verify(&fixture, asked("35.00"));
    let step = if code == "ok" {
        step.allowed()
    } else {
        step.denied(verdict, code)
    };
    corpus.add(name, comment, Case::opens(&fixture).then(step));
}

fn judged(corpus: &mut HostCorpus) {
    let fixture = Fixture::delegated();
    let action = json!({
        "nonce": "nonce-0001", "action": "refund:create", "resource": "https://api.globex.example/orders/1001",
        "arguments": {"order": "1001"}, "facts": {"amount": {"value": "35.00", "currency": "EUR"}},
    });
    let case = Case::opens(&fixture)
        .then(Step::verify(&fixture, asked("35.00")).allowed())
        .then(Step::verify(&fixture, action).allowed())
        .then(Step::verify(&fixture, asked("40.01")).denied("valid", "constraint.amount"))
        .then(Step::verify(&fixture, asked("35.00")).allowed());
    corpus.add(
        "verify_delegated",
        "each call is judged by itself, and none leaves a trace",
        case,
    );
    let fixture = Fixture::direct();
    let mut other = asked("35.00");
    other["nonce"] = json!("nonce-0002");
    let mut none = asked("35.00");
    none["nonce"] = json!("");
    let case = Case::opens(&fixture)
        .then(Step::verify(&fixture, asked("80.01")).denied("valid", "constraint.amount"))
        .then(Step::verify(&fixture, other).denied("invalid", "binding.nonce"))
        .then(Step::verify(&fixture, none).denied("invalid", "binding.expectation_missing"));
    corpus.add(
        "verify_bounds",
        "the grant's bound, another nonce, and none",
        case,
    );
    one(
        corpus,
        "verify_other_audience",
        ("invalid", "binding.audience"),
        "presented to somebody else",
        |scene| {
            scene.presentation.proof["domain"] = json!("https://evil.example");
        },
    );
    one(
        corpus,
        "verify_rewritten",
        ("invalid", "signature.invalid"),
        "a nonce put in after signing",
        |scene| {
            scene.presentation.proof["challenge"] = json!("nonce-0009");
            scene.rewrite(|text| text.replace("nonce-0009", "nonce-0001"));
        },
    );
    one(
        corpus,
        "verify_stranger",
        ("invalid", "trust.unknown_issuer"),
        "papers of somebody unknown",
        |scene| {
            for slip in &mut scene.papers {
                slip.document["issuer"] = json!(MALLORY.did());
                slip.sign_by(MALLORY);
            }
        },
    );
    one(
        corpus,
        "verify_other_key",
        ("invalid", "trust.key_changed"),
        "the bundle has another key of the issuer",
        |scene| {
            let mut document = ACME.document_with_status(ACME_STATUS);
            document["verificationMethod"][0]["publicKeyMultibase"] = json!(MALLORY.public().to_multikey());
            scene.documents.insert(ACME.did(), document);
        },
    );
    one(
        corpus,
        "verify_without_document",
        ("indeterminate", "evidence.needed"),
        "the bundle lacks the issuer",
        |scene| {
            scene.documents.remove(&ACME.did());
        },
    );
    one(
        corpus,
        "verify_without_list",
        ("indeterminate", "evidence.needed"),
        "the bundle lacks a list",
        |scene| {
            scene.lists.remove(&list(ACME, "r"));
        },
    );
    one(
        corpus,
        "verify_expired_presentation",
        ("invalid", "time.expired"),
        "the presentation has ended",
        |scene| {
            scene.presentation.proof["created"] = json!(later(-200));
            scene.presentation.proof["expires"] = json!(later(-80));
        },
    );
}

fn status(corpus: &mut HostCorpus) {
    one(
        corpus,
        "status_revoked",
        ("invalid", "status.revoked"),
        "the capability is revoked",
        |scene| {
            scene.set(&list(ACME, "r"), &[100]);
        },
    );
    one(
        corpus,
        "status_suspended",
        ("invalid", "status.suspended"),
        "the passport is suspended",
        |scene| {
            scene.set(&list(ACME, "s"), &[120]);
        },
    );
    one(
        corpus,
        "status_stale",
        ("indeterminate", "status.stale"),
        "a list of six minutes ago",
        |scene| {
            scene.publish(&list(ACME, "r"), "revocation", -360, &[]);
        },
    );
    one(
        corpus,
        "status_forged",
        ("indeterminate", "status.unknown"),
        "a list that the authority did not sign",
        |scene| {
            scene.lists.get_mut(&list(ACME, "r")).unwrap().signer = MALLORY;
        },
    );
    let fixture = Fixture::direct();
    let case = Case::opens(&fixture)
        .with("maxStatusAge", json!(20_000))
        .then(Step::verify(&fixture, asked("35.00")).denied("indeterminate", "status.stale"));
    corpus.add(
        "status_age_lowered",
        "the host asks for lists of twenty seconds, and has one of thirty",
        case,
    );
    let mut scene = Scene::of(&[ADA]);
    scene.publish(&list(ACME, "r"), "revocation", -360, &[]);
    let fixture = Fixture::of(scene);
    let case = Case::opens(&fixture)
        .with("maxStatusAge", json!(3_600_000))
        .then(Step::verify(&fixture, asked("35.00")).denied("indeterminate", "status.stale"));
    corpus.add(
        "status_age_raised",
        "a host cannot take older lists than its policy takes",
        case,
    );
}

/// A list of Acme's made at this second, as its text.
fn newer(at: &str, seconds: i64, set: &[u64]) -> String {
    let url = list(ACME, "r");
    status_list(&url, "revocation", ACME_STATUS, &after(at, seconds), set).text()
}

fn added(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let at = fixture.scene.at.clone();
    let url = list(ACME, "r");
    let with = |members: Value| {
        let mut evidence = fixture.offsets(&at);
        for (name, value) in members.as_object().unwrap() {
            evidence[name] = value.clone();
        }
        Step::verify(&fixture, asked("35.00")).evidence(evidence)
    };
    let plain = || Step::verify(&fixture, asked("35.00"));
    let lists = |text: String| json!({"statusLists": {url.as_str(): text}});
    let case = Case::opens(&fixture)
        .then(with(lists(newer(&at, -5, &[100]))).denied("invalid", "status.revoked"))
        .then(plain().denied("invalid", "status.revoked"))
        .then(with(lists(newer(&at, -25, &[]))).denied("invalid", "status.revoked"));
    corpus.add(
        "evidence_newer_list",
        "a newer list that was proven counts from then on, and no older one after it",
        case,
    );
    let mut scene = Scene::of(&[ADA]);
    scene.set(&url, &[100]);
    let revoked = Fixture::of(scene);
    let older = json!({"statusLists": {url.as_str(): newer(&at, -200, &[])}, "zoneOffsets": fixture.offsets(&at)["zoneOffsets"]});
    let case = Case::opens(&revoked).then(
        Step::verify(&revoked, asked("35.00"))
            .evidence(older)
            .denied("invalid", "status.revoked"),
    );
    corpus.add(
        "evidence_older_list",
        "an older list than the bundle's hides no revocation",
        case,
    );
    let bundle = Bundle::of(&later(60), fixture.bundle.claims["evidence"].clone());
    let case = Case::opens(&fixture)
        .then(with(lists(newer(&at, -5, &[100]))).denied("invalid", "status.revoked"))
        .then(
            Step::new("refresh", json!([bundle.token()]))
                .at(&later(60))
                .expect(json!({"kind": "Verifier"})),
        )
        .then(
            plain()
                .evidence(fixture.offsets(&later(60)))
                .at(&later(60))
                .denied("invalid", "status.revoked"),
        );
    corpus.add(
        "evidence_list_outlives_refresh",
        "a later bundle with an older list brings no revoked paper back",
        case,
    );
    let mut forged = ACME.document_with_status(ACME_STATUS);
    forged["verificationMethod"][0]["publicKeyMultibase"] = json!(MALLORY.public().to_multikey());
    let case = Case::opens(&fixture)
        .then(
            with(json!({"documents": {ACME.did(): forged.to_string()}}))
                .denied("invalid", "trust.key_changed"),
        )
        .then(plain().allowed());
    corpus.add(
        "evidence_other_key",
        "a document that a host adds is judged like any other, and gone after the call",
        case,
    );
    let failed =
        json!({"failures": [{"need": {"kind": "document", "did": ACME.did()}, "code": "fetch.timeout"}]});
    let case = Case::opens(&fixture)
        .then(with(failed).allowed())
        .then(plain().allowed());
    corpus.add(
        "evidence_failure",
        "a failure ends no question that the bundle answers",
        case,
    );
    let several = json!([{}, fixture.offsets(&at), {"failures": []}]);
    let case = Case::opens(&fixture)
        .then(plain().evidence(several).allowed())
        .then(plain().allowed());
    corpus.add(
        "evidence_several",
        "several documents of evidence count together",
        case,
    );
    let mut scene = Scene::of(&[ADA]);
    scene.lists.remove(&url);
    let lacking = Fixture::of(scene);
    let whole = json!({"statusLists": {url.as_str(): newer(&at, -5, &[])}, "zoneOffsets": fixture.offsets(&at)["zoneOffsets"]});
    let case = Case::opens(&lacking)
        .then(Step::verify(&lacking, asked("35.00")).denied("indeterminate", "evidence.needed"))
        .then(Step::verify(&lacking, asked("35.00")).evidence(whole).allowed());
    corpus.add(
        "evidence_fetched_list",
        "what the decision names in `needs` decides it",
        case,
    );
    for (name, code, text) in [
        ("no_json", "parse.json", json!("x")),
        ("numbers", "parse.structure", json!("[7]")),
        ("arrays", "parse.structure", json!("[[]]")),
        (
            "one_of_two",
            "parse.unknown_member",
            json!("[{},{\"anchors\":[]}]"),
        ),
        ("unknown", "parse.unknown_member", json!("{\"anchors\":[]}")),
        ("proto", "parse.unknown_member", json!("{\"__proto__\":{}}")),
        (
            "twice",
            "parse.duplicate_member",
            json!("{\"failures\":[],\"failures\":[]}"),
        ),
        ("shape", "parse.structure", json!("{\"documents\":[]}")),
        (
            "offset",
            "parse.structure",
            json!("{\"zoneOffsets\":[{\"zone\":\"x\",\"at\":\"\",\"offset\":0,\"tzdb\":\"\"}]}"),
        ),
    ] {
        let case = Case::opens(&fixture)
            .then(plain().evidence(text).raw().denied("invalid", code))
            .then(plain().allowed());
        corpus.add(
            &format!("evidence_text_{name}"),
            "evidence that is not understood decides nothing",
            case,
        );
    }
}

/// Members that are special to somebody's objects are members like any other here.
fn named(corpus: &mut HostCorpus) {
    for name in [
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "then",
        "valueOf",
        "hasOwnProperty",
    ] {
        let slug = name.trim_matches('_').to_ascii_lowercase();
        let refused = ("invalid", "parse.unknown_member");
        one(
            corpus,
            &format!("named_subject_{slug}"),
            refused,
            "a claim of this name in a passport",
            |scene| {
                let at = scene.passport(0);
                scene.paper(at)["credentialSubject"][name] = json!({"verified": true, "allow": true});
            },
        );
        one(
            corpus,
            &format!("named_presentation_{slug}"),
            refused,
            "a member of this name in a presentation",
            |scene| {
                scene.presentation.document[name] = json!({"allow": true});
            },
        );
        one(
            corpus,
            &format!("named_capability_{slug}"),
            refused,
            "a member of this name in a capability",
            |scene| {
                scene.entry(0)[name] = json!(["refund:create"]);
            },
        );
    }
}

fn garbage(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let step = |text: &str| {
        Step::new("verify", json!([text, asked("35.00")])).evidence(fixture.offsets(&fixture.scene.at))
    };
    let good = fixture.scene.text();
    let mut case = Case::opens(&fixture);
    for (text, code) in [
        ("", "parse.jose"),
        (" ", "parse.jose"),
        ("{", "parse.json"),
        ("{}", "signature.missing"),
        ("[]", "parse.jose"),
        ("null", "parse.jose"),
        ("undefined", "parse.jose"),
        ("[object Object]", "parse.jose"),
        ("a.b", "parse.jose"),
        ("😀", "parse.jose"),
        ("{\"a\":1,\"\\u0061\":2}", "parse.duplicate_member"),
        ("{\"a\":\"\\ud800\"}", "parse.utf8"),
        ("{\"a\":1e999}", "parse.number"),
        ("{\"__proto__\":{\"allow\":true}}", "signature.missing"),
    ] {
        case = case.then(step(text).denied("invalid", code));
    }
    let deep = format!("{{\"a\":{}", "[".repeat(500));
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(262_144));
    case = case
        .then(step(&deep).denied("invalid", "limit.depth"))
        .then(step(&large).denied("invalid", "limit.size"))
        .then(step(good.get(..good.len() / 2).unwrap()).denied("invalid", "parse.json"))
        .then(step(&format!("{good}{good}")).denied("invalid", "parse.json"))
        .then(step(&format!("\u{feff}{good}")).expect(json!({"kind": "Decision", "allow": false})))
        .then(step(&good).allowed());
    corpus.add(
        "garbage_presentations",
        "after every hostile text the verifier still answers rightly",
        case,
    );
}

/// What a host gets wrong: numbers, clocks, closed verifiers.
fn hosts(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let asks = || Step::verify(&fixture, asked("35.00"));
    let mut case = Case::opens(&fixture);
    for handle in [0, 2, 4_294_967_295_u32] {
        case = case.then(asks().handle(handle).error("host.unknown_handle"));
    }
    case = case
        .then(Step::new("close", json!([])))
        .then(asks().handle(1).error("host.unknown_handle"));
    corpus.add(
        "handle_unknown",
        "a number that nobody gave out, or whose verifier is closed",
        case,
    );
    let mut case = Case::opens(&fixture);
    for clock in [json!(-1), json!(1.0e300), json!(253_402_300_800_000_i64)] {
        case = case.then(asks().clock(clock).denied("indeterminate", "host.clock"));
    }
    case = case
        .then(
            asks()
                .clock(json!(0))
                .expect(json!({"kind": "Decision", "allow": false})),
        )
        .then(
            asks()
                .at(&later(-30_000))
                .expect(json!({"kind": "Decision", "allow": false})),
        )
        .then(asks().allowed());
    corpus.add(
        "clock_broken",
        "a clock that gives no time, and one that is wrong",
        case,
    );
    let none = Step::new("verify", json!([fixture.scene.text(), asked("35.00")]));
    let case = Case::opens(&fixture)
        .then(none.raw().denied("indeterminate", "evidence.needed"))
        .then(asks().allowed());
    corpus.add(
        "zone_offset_needed",
        "the offset of a time zone is evidence that the host brings",
        case,
    );
    let wrong = json!({"zoneOffsets": [
        {"zone": "Europe/Berlin", "at": fixture.scene.at, "offset": 36_000, "tzdb": "2026a"},
    ]});
    let case = Case::opens(&fixture)
        .then(asks().evidence(wrong).raw().denied("valid", "constraint.hours"))
        .then(asks().allowed());
    corpus.add(
        "zone_offset_outside",
        "the hours are judged by the offset, and the offset is forgotten",
        case,
    );
}
