//! Step 7: every time of every paper and of the presentation.

use serde_json::json;

use super::Corpus;
use crate::scene::Scene;
use crate::time::{after, instant};

pub(super) fn vectors(_corpus: &mut Corpus) {}

/// The presentation was made and ends so many seconds after the moment judged, under both securings.
pub(super) fn presented(scene: &mut Scene, created: i64, expires: i64) {
    let (created, expires) = (after(&scene.at, created), after(&scene.at, expires));
    scene.presentation.claims["iat"] = json!(instant(&created).seconds());
    scene.presentation.claims["exp"] = json!(instant(&expires).seconds());
    scene.presentation.proof["created"] = json!(created);
    scene.presentation.proof["expires"] = json!(expires);
}
