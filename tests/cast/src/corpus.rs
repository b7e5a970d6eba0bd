//! The corpus: one file per part, one line or a few per vector.
//!
//! A vector's name is part and defect; the part is the step that has to refuse, or `allow`.

mod allow;
mod attestation;
mod binding;
mod constraints;
mod key;
mod kinds;
mod link;
mod rdfc;
mod read;
mod sd_jwt;
mod signature;
mod stapled;
mod status;
mod time;
mod token_status;
mod trust;
mod webvh;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::party::{ADA, BOB, CY};
use crate::scene::Scene;

/// Vectors by name.
#[derive(Debug, Default)]
pub struct Corpus {
    vectors: BTreeMap<String, Value>,
}

/// The whole corpus.
pub fn corpus() -> Corpus {
    let mut corpus = Corpus::default();
    allow::vectors(&mut corpus);
    read::vectors(&mut corpus);
    kinds::vectors(&mut corpus);
    link::vectors(&mut corpus);
    trust::vectors(&mut corpus);
    key::vectors(&mut corpus);
    webvh::vectors(&mut corpus);
    signature::vectors(&mut corpus);
    rdfc::vectors(&mut corpus);
    sd_jwt::vectors(&mut corpus);
    time::vectors(&mut corpus);
    binding::vectors(&mut corpus);
    status::vectors(&mut corpus);
    token_status::vectors(&mut corpus);
    stapled::vectors(&mut corpus);
    attestation::vectors(&mut corpus);
    constraints::vectors(&mut corpus);
    corpus
}

impl Corpus {
    /// Every vector as the text of its file, by the file's name.
    pub fn files(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| format!("{}\n", serde_json::to_string_pretty(value).unwrap());
        self.vectors
            .iter()
            .map(|(name, value)| (format!("{name}.json"), text(value)))
            .collect()
    }

    /// Takes one vector in.
    pub fn add(&mut self, name: &str, code: &str, comment: &str, scene: &Scene) {
        let mut value = scene.to_value();
        value["comment"] = json!(comment);
        value["expect"] = json!({"allow": code == "ok", "verdict": verdict(code), "code": code});
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(name.bytes().all(plain), "`{name}` is no name of a vector");
        assert!(
            self.vectors.insert(name.to_owned(), value).is_none(),
            "two vectors are named `{name}`"
        );
    }

    /// A vector about Ada, who presents Acme's capability herself.
    pub fn direct(&mut self, name: &str, code: &str, comment: &str, bend: impl FnOnce(&mut Scene)) {
        self.bent(name, code, comment, Scene::of(&[ADA]), bend);
    }

    /// A vector about Bob, to whom Ada handed a part on.
    pub fn delegated(&mut self, name: &str, code: &str, comment: &str, bend: impl FnOnce(&mut Scene)) {
        self.bent(name, code, comment, Scene::of(&[ADA, BOB]), bend);
    }

    /// A vector about Cy, to whom Bob handed a part of Ada's on.
    pub fn three_hops(&mut self, name: &str, code: &str, comment: &str, bend: impl FnOnce(&mut Scene)) {
        self.bent(name, code, comment, Scene::of(&[ADA, BOB, CY]), bend);
    }

    /// A vector about a scene that is bent first.
    pub fn bent(
        &mut self,
        name: &str,
        code: &str,
        comment: &str,
        mut scene: Scene,
        bend: impl FnOnce(&mut Scene),
    ) {
        bend(&mut scene);
        self.add(name, code, comment, &scene);
    }
}

/// The verdict of a code, as the profile has it ("Judging"): the papers hold but the request is not within them,
/// what was brought does not suffice to tell, or a paper does not hold.
fn verdict(code: &str) -> &'static str {
    let undecided = [
        "status.unknown",
        "status.stale",
        "limit.decompression",
        "alg.unsupported_here",
        "trust.statement_invalid",
        "trust.statement_expired",
    ];
    match code.split('.').next().unwrap_or_default() {
        "ok" | "historical" | "constraint" | "approval" => "valid",
        "resolve" | "fetch" | "evidence" => "indeterminate",
        _ if undecided.contains(&code) => "indeterminate",
        _ => "invalid",
    }
}

/// A part of a vector's name from a member or a word of the wire.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_ascii_uppercase() && !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
        let lower = character.to_ascii_lowercase();
        match lower {
            'a'..='z' | '0'..='9' => slug.push(lower),
            _ if slug.ends_with('_') => {}
            _ => slug.push('_'),
        }
    }
    slug.trim_matches('_').to_owned()
}

/// Removes a member.
fn remove(value: &mut Value, member: &str) {
    value.as_object_mut().unwrap().remove(member);
}
