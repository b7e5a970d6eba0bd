//! Step 4: who may issue what about whom, and what Globex's registry says of them.

mod anchor;
mod registry;

use serde_json::{Value, json};

use super::Corpus;
use crate::party::{GLOBEX_TRQP, Party};
use crate::scene::Scene;
use crate::trust;

pub(super) fn vectors(corpus: &mut Corpus) {
    anchor::issuers(corpus);
    anchor::subjects(corpus);
    anchor::roots(corpus);
    registry::questions(corpus);
    registry::statements(corpus);
    registry::failures(corpus);
}

/// Globex takes whom its registry recognizes, and the registry's statement was bent.
pub(super) fn recognizing(scene: &mut Scene, bend: impl FnOnce(&mut Value)) {
    let mut claims = trust::recognition(&scene.at);
    bend(&mut claims);
    stated(scene, &claims, &trust::header(), GLOBEX_TRQP);
}

pub(super) fn stated(scene: &mut Scene, claims: &Value, header: &Value, signer: Party) {
    let statement = trust::statement(claims, header, signer);
    scene.policy = trust::by_recognition();
    scene.evidence(move |evidence| {
        evidence["trustStatements"]
            .as_array_mut()
            .unwrap()
            .push(json!(statement))
    });
}
