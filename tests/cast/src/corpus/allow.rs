//! What has to be allowed: every securing, every key, every bound just kept.

mod chain;
mod constraint;
mod securing;
mod status;

use chancery_did::KeyType;
use serde_json::{Value, json};

use super::{Corpus, remove};
use crate::paper::{
    self, AUDIENCE, BERLIN, amount, attestation, delegation, digest, hours, list, refunds, status_entry,
};
use crate::party::{ACME, ACME_STATUS, ADA, ATTESTER, BOB, CY, DEE, EVE, HOSTED, MALLORY, Party};
use crate::scene::{Scene, encoded, status_list};
use crate::seal::{Securing, sealed};
use crate::time::after;
use crate::trust;
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
