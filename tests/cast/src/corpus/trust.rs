//! Step 4.
use serde_json::{Value, json};

use super::Corpus;
use crate::party::GLOBEX_TRQP;
use crate::scene::Scene;
use crate::trust;

pub(super) fn vectors(_corpus: &mut Corpus) {}

/// Globex takes whom its registry recognizes, and its registry's statement was bent.
pub(super) fn recognizing(scene: &mut Scene, bend: impl FnOnce(&mut Value)) {
    let mut claims = trust::recognition(&scene.at);
    bend(&mut claims);
    let statement = trust::statement(&claims, &trust::header(), GLOBEX_TRQP);
    scene.policy = trust::by_recognition();
    scene.evidence(move |evidence| evidence["trustStatements"].as_array_mut().unwrap().push(json!(statement)));
}
