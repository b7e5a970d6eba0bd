//! Step 3: how the papers of the chain hang together, offline and before anything is resolved.

mod chain;
mod depth;
mod widening;

use super::Corpus;

pub(super) fn vectors(corpus: &mut Corpus) {
    widening::widening(corpus);
    widening::windows(corpus);
    chain::links(corpus);
    chain::parents(corpus);
    chain::entries(corpus);
    chain::nothing_given(corpus);
    depth::depths(corpus);
    depth::subjects(corpus);
    depth::left_out(corpus);
    depth::unresolved(corpus);
}
