//! What has to be allowed: every securing, every key, every bound just kept.

mod chain;
mod constraint;
mod securing;
mod status;

use serde_json::Value;

use super::Corpus;
pub(super) use chain::two_keys;
pub(super) use status::attested;

pub(super) fn vectors(corpus: &mut Corpus) {
    securing::securings(corpus);
    securing::keys(corpus);
    chain::chains(corpus);
    chain::proofs(corpus);
    chain::windows(corpus);
    status::status(corpus);
    status::recognized(corpus);
    constraint::constraints(corpus);
    constraint::requests(corpus);
}

pub(super) fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
