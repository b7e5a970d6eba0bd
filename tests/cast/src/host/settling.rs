//! Settling: what a host's commit says, hostile words among them.

use serde_json::{Value, json};

use super::fixture::{asked, refund};
use super::{Case, Fixture, HostCorpus, Step};

/// Words that are not `applied`.
const OTHERS: &[&str] = &[
    "failed",
    "",
    "Applied",
    "APPLIED",
    "applied ",
    " applied",
    "appliedx",
    "true",
    "ok",
    "null",
    "undefined",
    "__proto__",
    "constructor",
    "then",
    "[object Promise]",
    "allow",
    "seen ",
];

pub(super) fn cases(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let asks = || Step::verify(&fixture, asked("35.00"));
    let case = Case::opens(&fixture)
        .then(asks().outcome("applied").allowed())
        .then(asks().outcome("seen").denied("invalid", "replay.presentation"))
        .then(
            asks()
                .outcome("none")
                .denied("indeterminate", "commit.unavailable"),
        )
        .then(asks().outcome("failed").denied("indeterminate", "commit.failed"));
    corpus.add(
        "settle_verify",
        "an allow stands when its commit was applied, and in no other case",
        case,
    );
    let mut case = Case::opens(&fixture);
    for word in OTHERS {
        case = case.then(asks().outcome(word).denied("indeterminate", "commit.failed"));
    }
    corpus.add("settle_words", "any other word than `applied` denies", case);
    let mut over = Case::opens(&fixture);
    for word in ["applied", "seen", "none", "failed"] {
        let step = Step::verify(&fixture, asked("90.00")).outcome(word);
        over = over.then(step.denied("valid", "constraint.amount"));
    }
    corpus.add("settle_denial", "no word turns a denial into an allow", over);
    let admits = || Step::admit(&fixture);
    let at = fixture.scene.at.clone();
    let call = |admission| Step::authorize(&fixture, admission, &at, refund("35.00"));
    let case = Case::opens(&fixture)
        .then(admits().outcome("seen").denied("invalid", "replay.presentation"))
        .then(call(0).raw().error("host.unknown_handle"))
        .then(
            admits()
                .outcome("none")
                .denied("indeterminate", "commit.unavailable"),
        )
        .then(call(1).raw().error("host.unknown_handle"))
        .then(
            admits()
                .outcome("failed")
                .denied("indeterminate", "commit.failed"),
        )
        .then(call(2).raw().error("host.unknown_handle"))
        .then(admits().outcome("applied").admitted())
        .then(call(3).allowed());
    corpus.add(
        "settle_admit",
        "an admission whose commit failed opens no session",
        case,
    );
    let mut case = Case::opens(&fixture);
    for word in OTHERS {
        case = case.then(admits().outcome(word).denied("indeterminate", "commit.failed"));
    }
    corpus.add(
        "settle_admit_words",
        "any other word than `applied` admits nobody",
        case,
    );
    texts(corpus);
}

/// Answers that nobody gave.
fn texts(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let settle = |answer: Value, outcome: &str| Step::new("settle", json!([answer, outcome])).raw();
    let mut case = Case::opens(&fixture);
    for (text, code) in [
        ("", "parse.json"),
        ("null", "parse.structure"),
        ("[]", "parse.structure"),
        ("{}", "parse.structure"),
        ("{\"kind\":\"Verifier\",\"allow\":true}", "parse.structure"),
        ("{\"kind\":\"Admission\",\"allow\":true}", "parse.structure"),
        (
            "{\"kind\":\"Admission\",\"allow\":true,\"session\":\"1\"}",
            "parse.structure",
        ),
        (
            "{\"kind\":\"Admission\",\"allow\":true,\"session\":-1}",
            "parse.structure",
        ),
        (
            "{\"kind\":\"Admission\",\"allow\":true,\"session\":4294967296}",
            "parse.structure",
        ),
        (
            "{\"kind\":\"Admission\",\"allow\":true,\"session\":7}",
            "host.unknown_handle",
        ),
        (
            "{\"kind\":\"Admission\",\"allow\":true,\"allow\":false}",
            "parse.duplicate_member",
        ),
        ("{\"__proto__\":{\"kind\":\"Decision\"}}", "parse.structure"),
    ] {
        case = case.then(settle(json!(text), "applied").error(code));
    }
    case = case
        .then(settle(json!({"kind": "Decision", "allow": false}), "applied").expect(json!({"allow": false})))
        .then(
            settle(json!({"kind": "Decision", "allow": "true"}), "applied").expect(json!({"allow": "true"})),
        )
        .then(
            settle(json!({"kind": "Decision", "allow": true}), "seen").expect(json!({
                "allow": false, "code": "commit.failed",
            })),
        )
        .then(
            settle(
                json!({"kind": "Decision", "allow": true, "commit": [{"kind": "consumeApproval"}]}),
                "seen",
            )
            .expect(json!({"allow": false, "code": "replay.approval", "commit": []})),
        )
        .then(
            settle(
                json!({"kind": "Decision", "allow": true, "commit": [{"kind": "debit"}]}),
                "seen",
            )
            .expect(json!({"allow": false, "code": "constraint.exhausted", "commit": []})),
        )
        .then(settle(json!({"kind": "Error", "allow": true}), "seen").expect(json!({"kind": "Error"})));
    corpus.add("settle_texts", "only an answer can be settled", case);
}
