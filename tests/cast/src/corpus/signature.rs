//! Step 6: every member of every paper, every option of every proof, every algorithm and every form of a signature.

mod algorithm;
mod bytes;
mod member;
mod option;

use super::Corpus;

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
