//! The steps that `bbs-2023` shares with `ecdsa-sd-2023`, from its vectors: canonical forms, the names of blank nodes,
//! groups of statements, the hashes of what is mandatory, and the revealed document.
//!
//! `bbs-2023` itself is not built in: its signatures are not asked for here.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{folder, json, report};
use crate::Rdfc;
use crate::canonical::Hash;
use crate::sd::Groups;

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().unwrap().iter();
    items.map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn selective_disclosure_groups_as_published() {
    let Some(root) = folder("vc-di-bbs") else { return };
    let read = |name: &str| json(root.join(name));
    let rdfc = Rdfc::new();
    let document = read("windDoc.json");
    let canonical = rdfc.canonical(&document, Hash::Sha256).unwrap();
    assert_eq!(canonical.lines, texts(&read("addBaseDocCanon.json")));

    let hmac_key: Vec<u8> = (0..2).flat_map(|_| (0..16).map(|byte| byte * 0x11)).collect();
    let mut groups = Groups::of(&rdfc, document.as_object().unwrap(), &hmac_key).unwrap();
    // bbs-2023 numbers the names in their order, so that they tell nothing.
    let order: BTreeMap<Arc<str>, Arc<str>> = {
        let mut names: Vec<_> = groups.labels.values().cloned().collect();
        names.sort_unstable();
        let numbered = names.into_iter().enumerate();
        numbered
            .map(|(at, name)| (name, format!("b{at}").into()))
            .collect()
    };
    for label in groups.labels.values_mut() {
        *label = Arc::clone(&order[label]);
    }
    let quads = groups.quads(&rdfc).unwrap();
    groups.lines = crate::sd::lines(&quads, &groups.labels);
    assert_eq!(groups.lines, texts(&read("addBaseDocHMACCanon.json")));

    let transform = read("addBaseTransform.json");
    let mandatory = texts(&read("windMandatory.json"));
    assert_eq!(mandatory, texts(&transform["mandatoryPointers"]));
    let always = groups.select(&rdfc, &mandatory).unwrap().indexes;
    let (shown, others) = groups.split(&always);
    let entries = |name: &str| -> Vec<String> {
        let entries = transform[name]["value"].as_array().unwrap().iter();
        entries
            .map(|entry| entry[1].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(shown, entries("mandatory"));
    assert_eq!(others, entries("nonMandatory"));
    let hashes = read("addHashData.json");
    assert_eq!(hex(&Sha256::digest(shown.concat())), hashes["mandatoryHash"]);
    let config = rdfc
        .canonical(&read("addProofConfig.json"), Hash::Sha256)
        .unwrap();
    assert_eq!(
        config.lines.concat(),
        super::text(root.join("addProofConfigCanon.txt"))
    );
    assert_eq!(hex(&Sha256::digest(config.lines.concat())), hashes["proofHash"]);

    let selective = texts(&read("windSelective.json"));
    let chosen = groups.select(&rdfc, &selective).unwrap().indexes;
    let both = groups.select(&rdfc, &[mandatory, selective].concat()).unwrap();
    let published = read("derivedGroupIndexes.json");
    let indexes = |name: &str| -> Vec<usize> { serde_json::from_value(published[name].clone()).unwrap() };
    assert_eq!(
        always.iter().copied().collect::<Vec<_>>(),
        indexes("mandatoryIndexes")
    );
    assert_eq!(
        chosen.iter().copied().collect::<Vec<_>>(),
        indexes("selectiveIndexes")
    );
    assert_eq!(
        both.indexes.iter().copied().collect::<Vec<_>>(),
        indexes("combinedIndexes")
    );
    let places: Vec<usize> = crate::sd::places(&always, &both.indexes).into_iter().collect();
    let adjusted: Vec<usize> =
        serde_json::from_value(read("derivedAdjIndexes.json")["adjMandatoryIndexes"].clone()).unwrap();
    assert_eq!(places, adjusted);
    let revealed = read("derivedUnsignedReveal.json");
    assert_eq!(
        rdfc.canonical(&Value::Object(both.document.unwrap()), Hash::Sha256)
            .unwrap()
            .lines,
        rdfc.canonical(&revealed, Hash::Sha256).unwrap().lines
    );
    report(
        "vc-di-bbs",
        "1 passed, 0 failed (every step before the signature; bbs-2023 is not built in)",
    );
}
