//! Sessions: admitted once, asked call by call.

use serde_json::{Value, json};

use super::fixture::{asked, refund};
use super::{Bundle, Case, Fixture, HostCorpus, Step};
use crate::paper::list;
use crate::party::{ACME, ADA};
use crate::scene::Scene;
use crate::time::later;

pub(super) fn cases(corpus: &mut HostCorpus) {
    calls(corpus);
    admissions(corpus);
    ends(corpus);
}

fn calls(corpus: &mut HostCorpus) {
    let fixture = Fixture::delegated();
    let at = fixture.scene.at.clone();
    let call = |call: Value| Step::authorize(&fixture, 0, &at, call);
    let action = json!({
        "action": "refund:create", "resource": "https://api.globex.example/orders/1002",
        "facts": {"amount": {"value": "5.00", "currency": "EUR"}},
    });
    let mut nonce = refund("35.00");
    nonce["nonce"] = json!("nonce-0001");
    let case = Case::opens(&fixture)
        .then(Step::admit(&fixture).admitted())
        .then(call(refund("35.00")).allowed())
        .then(call(refund("40.01")).denied("valid", "constraint.amount"))
        .then(call(refund("35.00")).allowed())
        .then(call(action).allowed())
        .then(call(nonce).raw().denied("invalid", "parse.unknown_member"))
        .then(call(json!({"tool": "delete", "args": {}})).denied("invalid", "parse.tool"))
        .then(
            call(json!({"tool": "refund", "args": {"order": "1001"}}))
                .denied("indeterminate", "constraint.fact_missing"),
        )
        .then(call(json!("")).raw().denied("invalid", "parse.json"))
        .then(
            call(json!("{\"__proto__\":{\"tool\":\"refund\"}}"))
                .raw()
                .denied("invalid", "parse.unknown_member"),
        )
        .then(call(refund("35.00")).handle(77).error("host.unknown_handle"))
        .then(
            call(refund("35.00"))
                .at(&later(-3_600))
                .denied("invalid", "time.not_yet_valid"),
        )
        .then(call(refund("35.00")).allowed())
        .then({
            let mut end = Step::new("end", json!([]));
            end.0["admission"] = json!(0);
            end
        })
        .then(call(refund("35.00")).raw().error("host.unknown_handle"));
    corpus.add(
        "session_calls",
        "each call of a session is judged by itself, until it is ended",
        case,
    );
    let case = Case::opens(&fixture)
        .then({
            let mut step = Step::admit(&fixture).raw().admitted();
            step.0["outcome"] = json!(null);
            step
        })
        .then(
            call(refund("35.00"))
                .raw()
                .denied("indeterminate", "commit.unavailable"),
        );
    corpus.add(
        "session_unsettled",
        "a session whose admission nobody settled answers no call",
        case,
    );
    let case = Case::opens(&fixture)
        .then(Step::admit(&fixture).admitted())
        .then(Step::new("close", json!([])))
        .then(call(refund("35.00")).raw().error("host.unknown_handle"));
    corpus.add(
        "session_closed_verifier",
        "the sessions of a verifier end with it",
        case,
    );
}

fn admissions(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let offsets = fixture.offsets(&fixture.scene.at);
    let admit =
        |options: Value| Step::new("admit", json!([fixture.scene.text(), options])).evidence(offsets.clone());
    let case = Case::opens(&fixture)
        .then(admit(json!({"nonce": "nonce-0002"})).denied("invalid", "binding.nonce"))
        .then(admit(json!({"nonce": ""})).denied("invalid", "binding.expectation_missing"))
        .then(admit(json!({})).raw().denied("invalid", "parse.structure"))
        .then(
            admit(json!({"nonce": 7}))
                .raw()
                .denied("invalid", "parse.structure"),
        )
        .then(
            admit(json!({"nonce": "nonce-0001", "audience": "https://evil.example"}))
                .raw()
                .denied("invalid", "parse.unknown_member"),
        )
        .then(
            admit(json!({"nonce": "nonce-0001", "__proto__": {}}))
                .raw()
                .denied("invalid", "parse.unknown_member"),
        )
        .then(admit(json!("x")).raw().denied("invalid", "parse.json"))
        .then(Step::new("admit", json!(["", {"nonce": "nonce-0001"}])).denied("invalid", "parse.jose"))
        .then(
            admit(json!({"nonce": "nonce-0001"}))
                .handle(5)
                .error("host.unknown_handle"),
        )
        .then(
            admit(json!({"nonce": "nonce-0001"}))
                .clock(json!(-5))
                .denied("indeterminate", "host.clock"),
        )
        .then(
            admit(json!({"nonce": "nonce-0001"}))
                .at(&later(590))
                .denied("indeterminate", "bundle.expired"),
        )
        .then(admit(json!({"nonce": "nonce-0001"})).admitted());
    corpus.add(
        "admit_options",
        "a presentation is admitted for one nonce and for the verifier's own audience",
        case,
    );
    let mut scene = Scene::of(&[ADA]);
    scene.set(&list(ACME, "r"), &[100]);
    let revoked = Fixture::of(scene);
    let case = Case::opens(&revoked).then(Step::admit(&revoked).denied("invalid", "status.revoked"));
    corpus.add("admit_revoked", "revoked papers are not admitted", case);
}

fn ends(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    // A bundle of a later moment: the same papers' lists, as they are then.
    let bundle_at = |at: &str, set: &[u64]| {
        let mut scene = Scene::of(&[ADA]);
        scene.at = at.to_owned();
        scene.knows(ACME, crate::party::ACME_STATUS);
        scene.set(&list(ACME, "r"), set);
        let mut evidence = scene.gathered();
        for name in ["zoneOffsets", "statusFloors", "failures"] {
            evidence.as_object_mut().unwrap().remove(name);
        }
        json!([Bundle::of(at, evidence).token()])
    };
    let refresh = |at: &str, set: &[u64]| {
        Step::new("refresh", bundle_at(at, set))
            .at(at)
            .expect(json!({"kind": "Verifier"}))
    };
    let call = |at: &str| Step::authorize(&fixture, 0, at, refund("35.00"));
    let case = Case::opens(&fixture)
        .then(Step::admit(&fixture).admitted())
        .then(call(&later(200)).allowed())
        .then(call(&later(280)).denied("indeterminate", "status.stale"))
        .then(refresh(&later(500), &[]))
        .then(call(&later(500)).allowed())
        .then(refresh(&later(880), &[]))
        .then(call(&later(899)).allowed())
        .then(call(&later(900)).denied("invalid", "time.expired"));
    corpus.add(
        "session_ends",
        "a session lives by fresh lists, and no longer than fifteen minutes",
        case,
    );
    let case = Case::opens(&fixture)
        .then(Step::admit(&fixture).admitted())
        .then(call(&later(60)).allowed())
        .then(refresh(&later(120), &[100]))
        .then(call(&later(120)).denied("invalid", "status.revoked"))
        .then(
            Step::verify(&fixture, asked("35.00"))
                .evidence(fixture.offsets(&later(119)))
                .at(&later(119))
                .denied("invalid", "status.revoked"),
        );
    corpus.add(
        "session_revoked",
        "a revocation that a refresh brings is felt at the next call",
        case,
    );
}
