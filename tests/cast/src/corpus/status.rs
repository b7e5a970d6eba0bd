//! Step 9: every entry of every paper, on lists that are signed, complete, fresh and the authority's own.

mod age;
mod entry;
mod fetch;
mod list;

use super::Corpus;
use crate::paper::list;
use crate::party::ACME;
use crate::scene::Scene;
use crate::seal::Slip;

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
