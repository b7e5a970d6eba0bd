//! Step 1, read: sizes, strict JSON, structure, schema version.
//!
//! INVARIANT: bytes enter through the front door of `chancery-proof` and nowhere else.

use chancery_proof::{Limits, Secured, Suites};
use chancery_vc::{PaperError, Presentation, read_presentation_with};

use crate::rejection::Rejection;

/// Reads a presentation; what is wrong with its types belongs to step 2.
pub(crate) fn read(
    bytes: &[u8],
    limits: &Limits,
    suites: &dyn Suites,
) -> Result<Secured<Presentation>, Rejection> {
    read_presentation_with(bytes, limits, suites).map_err(|error| refused(&error))
}

/// Gives a reader's error as a refusal.
pub(crate) fn refused(error: &PaperError) -> Rejection {
    let rejection = Rejection::new(error.code(), error.to_string());
    match error.pointer() {
        Some(pointer) => rejection.pointing(pointer),
        None => rejection,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::cast::{Scene, refuses};
    use crate::decision::Step;

    #[test]
    fn bytes_that_are_no_presentation_are_refused_with_a_code_of_the_reader() {
        let scene = Scene::direct();
        for (text, code) in [
            ("", "parse.jose"),
            ("{", "parse.json"),
            ("{}", "signature.missing"),
            ("a.b", "parse.jose"),
            ("{\"a\":1,\"\\u0061\":2}", "parse.duplicate_member"),
        ] {
            let decision = scene.decide_on(text);
            refuses(&decision, code);
            assert!(decision.needs.is_empty() && decision.chain.is_empty());
        }
    }

    #[test]
    fn a_member_that_the_profile_does_not_know_is_refused() {
        let mut scene = Scene::direct();
        scene.chain[0].0["credentialSubject"]["title"] = json!("x");
        let decision = scene.decide();
        refuses(&decision, "parse.unknown_member");
        assert!(decision.check(Step::Read).unwrap().pointer.is_some());
    }

    #[test]
    fn a_schema_of_another_major_version_is_refused() {
        let mut scene = Scene::direct();
        let id = "https://w3id.org/chancery/schema/v2/AgentCapabilityCredential.json";
        scene.chain[0].0["credentialSchema"]["id"] = json!(id);
        refuses(&scene.decide(), "parse.schema_version");
    }

    #[test]
    fn more_bytes_than_the_limit_are_refused() {
        refuses(&Scene::direct().decide_on(&" ".repeat(300_000)), "limit.size");
        let text = format!("{{\"a\":\"{}\"}}", "x".repeat(300_000));
        refuses(&Scene::direct().decide_on(&text), "limit.size");
        refuses(
            &Scene::direct().decide_on(&format!("{{\"a\":{}", "[".repeat(10_000))),
            "limit.depth",
        );
    }
}
