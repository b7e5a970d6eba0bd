//! Step 9: every entry of every paper, on lists that are signed, complete, fresh and the authority's own.

mod age;
mod entry;
mod fetch;
mod list;

use std::rc::Rc;

use chancery_proof::multibase;
use serde_json::{Value, json};

use super::{Corpus, remove, slug};
use crate::paper::{list, status_entries, status_entry};
use crate::party::{ACME, ACME_STATUS, ADA, BOB, GLOBEX, INITECH, INITECH_STATUS, MALLORY};
use crate::scene::{Scene, encoded, gzip, status_list};
use crate::seal::{Securing, Slip};
use crate::time::after;

pub(super) fn vectors(corpus: &mut Corpus) {
    entry::set(corpus);
    entry::missing(corpus);
    entry::entries(corpus);
    fetch::retrieval(corpus);
    fetch::signers(corpus);
    list::lists(corpus);
    list::compressed(corpus);
    age::ages(corpus);
    age::delegations(corpus);
}

pub(super) fn revoked() -> String {
    list(ACME, "r")
}

pub(super) fn suspended() -> String {
    list(ACME, "s")
}

/// The revocation list.
pub(super) fn revocation(scene: &mut Scene) -> &mut Slip {
    scene.lists.get_mut(&revoked()).unwrap()
}
