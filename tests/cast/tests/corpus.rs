//! The corpus is sound: it is written down as made, and the verifier says of each vector what is expected.

use chancery_cast::time::instant;
use chancery_rdfc::Rdfc;
use chancery_trust::Policy;
use chancery_verifier::{Evidence, Moment, Request, verify, verify_with};
use serde_json::Value;

#[test]
fn each_vector_gets_its_verdict_and_code() {
    let (mut wrong, mut judged) = (Vec::new(), 0_usize);
    for (name, text) in chancery_cast::corpus().files() {
        let vector: Value = serde_json::from_str(&text).unwrap();
        let at = instant(vector["at"].as_str().unwrap());
        let moment = if vector["historical"] == true {
            Moment::Historical(at)
        } else {
            Moment::Now(at)
        };
        let evidence =
            Evidence::parse_value(&vector["evidence"]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let policy = Policy::parse_value(&vector["policy"]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let request = Request::parse(&vector["request"]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let decision = verify_with(
            vector["presentation"].as_str().unwrap().as_bytes(),
            &evidence,
            &policy,
            &request,
            moment,
            &Rdfc::new(),
        );
        let said = decision.to_value();
        judged += 1;
        if vector["needs"] == serde_json::json!(["rdfc"]) {
            let text = vector["presentation"].as_str().unwrap().as_bytes();
            let without = verify(text, &evidence, &policy, &request, moment);
            if (without.allow, without.code) != (false, "alg.unsupported_here") {
                wrong.push(format!("{name}: without the suites {}", without.code));
            }
        }
        let expect = &vector["expect"];
        if ["allow", "verdict", "code"]
            .iter()
            .any(|member| expect[member] != said[member])
        {
            wrong.push(format!(
                "{name}: expected {expect}, got {} {} ({})",
                said["verdict"], said["code"], said["reason"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {judged} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
