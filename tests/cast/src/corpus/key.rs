//! Step 5: documents of trusted or linked issuers, and the key of every proof.

mod document;
mod material;
mod signer;

use chancery_did::{KeyType, PublicKey};
use chancery_proof::{base64url, multibase};
use serde_json::{Value, json};

use super::{Corpus, remove, slug};
use crate::paper;
use crate::party::{ACME, ACME_STATUS, ADA, BOB, HOSTED, INITECH, MALLORY, Party, TRUDY};
use crate::scene::Scene;
use crate::seal::Slip;

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
