//! Step 6: every member of every paper, every option of every proof, every algorithm and every form of a signature.

mod algorithm;
mod bytes;
mod member;
mod option;

use std::rc::Rc;

use chancery_did::KeyType;
use chancery_proof::{base64url, multibase};
use serde_json::{Value, json};

use super::{Corpus, allow, remove, slug};
use crate::paper::{self, amount, digest};
use crate::party::{ACME, ACME_STATUS, ADA, ATTESTER, BOB, MALLORY, Party};
use crate::scene::Scene;
use crate::seal::{Securing, sealed};
use crate::time::after;

pub(super) fn vectors(corpus: &mut Corpus) {
    member::members(corpus);
    option::options(corpus);
    algorithm::tokens(corpus);
    algorithm::algorithms(corpus);
    algorithm::critical(corpus);
    bytes::ed25519(corpus);
    bytes::ecdsa(corpus);
    option::sets(corpus);
    option::missing(corpus);
    member::text(corpus);
}
