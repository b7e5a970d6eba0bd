//! Step 11: the conjunction of the cited path and the grant, against the request.

mod amount;
mod argument;
mod hours;
mod request;
mod set;

use serde_json::{Value, json};

use super::Corpus;

pub(super) fn vectors(corpus: &mut Corpus) {
    request::requests(corpus);
    request::grants(corpus);
    amount::amounts(corpus);
    amount::amounts_malformed(corpus);
    amount::levels(corpus);
    set::sets(corpus);
    hours::times(corpus);
    hours::hours_malformed(corpus);
    argument::arguments(corpus);
    argument::arguments_malformed(corpus);
    set::audiences(corpus);
    set::unknown(corpus);
    set::stateful(corpus);
    request::facts(corpus);
    request::undecided(corpus);
}

/// One constraint of the root, bent.
pub(super) fn malformed(corpus: &mut Corpus, name: &str, code: &str, constraint: Value) {
    corpus.direct(
        &format!("constraints_{name}"),
        code,
        "A constraint that is not one of version 1 permits nothing.",
        |scene| {
            scene.constraints(0, json!([constraint]));
            scene.fact("data", json!("eu"));
            scene.request["arguments"]["x"] = json!("eu");
        },
    );
}

pub(super) fn with(mut constraint: Value, member: &str, value: Value) -> Value {
    constraint[member] = value;
    constraint
}
