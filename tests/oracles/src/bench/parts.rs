//! The parts of which one passport's verification is made (`--parts`).
//!
//! INVARIANT: a part takes no signature of its own into account, so it has no ratio to its raw work.

use chancery_did::Signer as _;
use chancery_oracles::fixture::{Actor, limits, sealed_passport};
use chancery_oracles::rounds::{Reference, Work};
use chancery_proof::{Secured, Securing, jcs, json, multihash};
use chancery_vc::{Paper, read_paper};

use crate::raw::MESSAGE;

/// Where the time of one eddsa-jcs passport goes; these overlap and do not add up exactly.
pub fn rows(issuer: &Actor) -> Vec<Work<'_>> {
    let text = sealed_passport(issuer, Securing::DataIntegrity);
    let value = json::parse(text.as_bytes(), &limits()).expect("JSON");
    let secured = Secured::data_integrity(value.clone(), &limits()).expect("secured");
    let read = read_paper(text.as_bytes(), &limits()).expect("a passport");
    let paper = read.unverified().to_value();
    let made = issuer.key.sign(&MESSAGE).expect("a signature");
    let canonical = jcs::canonicalize(&value).expect("JSON");
    let [parse, bytes] = [text.clone(), text];
    let [cloned, canonicalized, split] = [value.clone(), value.clone(), value];
    vec![
        part("PublicKey::verify", move || {
            issuer.public().verify(&MESSAGE, &made).expect("it holds")
        }),
        part("json::parse", move || {
            json::parse(parse.as_bytes(), &limits()).expect("JSON")
        }),
        part("serde_json::from_str, for comparison", move || {
            serde_json::from_str::<serde_json::Value>(&bytes).expect("JSON")
        }),
        part("Value::clone", move || cloned.clone()),
        part("jcs::canonicalize", move || {
            jcs::canonicalize(&canonicalized).expect("JSON")
        }),
        part("SHA-256 of the canonical form", move || {
            multihash::sha256(&canonical)
        }),
        part("Secured::data_integrity, with one clone", move || {
            Secured::data_integrity(split.clone(), &limits()).expect("secured")
        }),
        part("Secured::prove", move || {
            secured.prove(&issuer.expectation(), issuer).expect("it holds")
        }),
        part("Paper::parse", move || Paper::parse(&paper).expect("a passport")),
    ]
}

/// A part takes no signature of its own into account.
fn part<'a, T>(name: &str, run: impl FnMut() -> T + 'a) -> Work<'a> {
    Work::new(&format!("part: {name}"), Reference::Verify, 0, run)
}
