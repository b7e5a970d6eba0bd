//! A passport of which part is withheld (RFC 9901): what may be withheld, what a policy needs to see, and every way
//! to get the digests and disclosures wrong.

mod allow;
mod disclosures;
mod members;
mod text;

use serde_json::{Value, json};

use super::{Corpus, remove};
use crate::scene::Scene;
use crate::seal::{Slip, append, disclosure, disclosure_digest};

/// The members that every passport has and that may be withheld.
const REQUIRED: [&str; 4] = ["name", "version", "owner", "autonomyLevel"];

/// The others that may be withheld, with what they may be.
fn optional() -> [(&'static str, Value); 7] {
    [
        ("team", json!("Payments")),
        ("platform", json!("eu-central")),
        ("purpose", json!("Refunds")),
        ("composite", json!({"model": crate::paper::digest("m")})),
        ("dataAccess", json!(["orders"])),
        ("tools", json!(["refund"])),
        ("humanOversight", json!("Daily review")),
    ]
}

pub(super) fn vectors(corpus: &mut Corpus) {
    allow::vectors(corpus);
    members::vectors(corpus);
    disclosures::vectors(corpus);
    text::vectors(corpus);
}

/// Ada's passport, of which the four members are disclosed.
fn concealed(scene: &mut Scene) -> &mut Slip {
    let at = scene.passport(0);
    let slip = &mut scene.papers[at];
    slip.conceal(&REQUIRED);
    slip
}

/// The claims of a slip.
fn claims(slip: &mut Slip) -> &mut Value {
    &mut slip.document["credentialSubject"]
}

/// Adds a disclosure of this array, and its digest where the claims are.
fn add(slip: &mut Slip, array: &Value) {
    let text = disclosure(array);
    append(claims(slip), &text);
    slip.disclosures.push(text);
}

/// A vector about Ada, whose passport is an SD-JWT.
fn about(corpus: &mut Corpus, name: &str, code: &str, comment: &str, bend: impl FnOnce(&mut Slip)) {
    corpus.direct(name, code, comment, |scene| bend(concealed(scene)));
}
