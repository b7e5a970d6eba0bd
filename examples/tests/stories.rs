//! What the stories print, word for word, and that each fits on a page.

#![expect(clippy::unwrap_used, reason = "tests: a helper that fails fails its test")]

use std::path::{Path, PathBuf};

use chancery_examples::scene::Scene;

#[path = "../02_delegate.rs"]
#[expect(dead_code, reason = "the story's own `main`")]
mod delegate;
#[path = "../09_rmcp_guard.rs"]
#[expect(dead_code, reason = "the story's own `main`")]
mod rmcp_guard;
#[path = "../03_session.rs"]
#[expect(dead_code, reason = "the story's own `main`")]
mod session;
#[path = "../08_tower_layer.rs"]
#[expect(dead_code, reason = "the story's own `main`")]
mod tower_layer;
#[path = "../01_verify_offline.rs"]
#[expect(dead_code, reason = "the story's own `main`")]
mod verify_offline;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn vector() -> PathBuf {
    folder().join("../tests/vectors/allow_delegated.json")
}

fn told(story: impl FnOnce(&mut dyn std::io::Write) -> Result<(), Box<dyn std::error::Error>>) -> String {
    let mut out = Vec::new();
    story(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn verify_offline_prints_its_decisions() {
    assert_eq!(
        told(|out| verify_offline::story(&vector(), out)),
        include_str!("01_verify_offline.txt")
    );
}

#[test]
fn delegate_prints_what_is_refused() {
    assert_eq!(told(|out| delegate::story(out)), include_str!("02_delegate.txt"));
}

#[test]
fn session_prints_its_calls() {
    assert_eq!(
        told(|out| session::story(&vector(), out)),
        include_str!("03_session.txt")
    );
}

#[tokio::test]
async fn tower_layer_prints_what_each_request_came_to() {
    let mut out = Vec::new();
    let scene = Scene::read(&Scene::delegated()).unwrap();
    tower_layer::story(&scene, &mut out).await.unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        include_str!("08_tower_layer.txt")
    );
}

#[tokio::test]
async fn rmcp_guard_prints_what_each_call_came_to() {
    let mut out = Vec::new();
    let scene = Scene::read(&Scene::delegated()).unwrap();
    rmcp_guard::story(&scene, &mut out).await.unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), include_str!("09_rmcp_guard.txt"));
}

#[test]
fn every_story_is_under_eighty_lines_and_has_its_test() {
    let mut stories = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines < 80, "{} has {lines} lines", path.display());
            let output = folder()
                .join("tests")
                .join(path.with_extension("txt").file_name().unwrap());
            assert!(output.exists(), "{} has no asserted output", path.display());
            stories += 1;
        }
    }
    assert_eq!(stories, 5);
}
