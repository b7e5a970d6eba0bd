//! Step 5: documents of trusted or linked issuers, and the key of every proof.

mod document;
mod material;
mod signer;

use serde_json::Value;

use super::Corpus;
use crate::party::ACME;
use crate::scene::Scene;

pub(super) fn vectors(corpus: &mut Corpus) {
    document::resolving(corpus);
    document::documents(corpus);
    material::material(corpus);
    material::relationships(corpus);
    signer::signers(corpus);
    signer::headers(corpus);
    signer::pins(corpus);
    signer::agents(corpus);
}

/// Acme's document.
pub(super) fn acme(scene: &mut Scene) -> &mut Value {
    scene.documents.get_mut(&ACME.did()).unwrap()
}
