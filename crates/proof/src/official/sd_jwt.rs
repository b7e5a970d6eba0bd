//! The cases and examples of SD-JWT and SD-JWT VC: each is issued with the documented keys and times, presented with
//! what its holder discloses, bound where it says so, and verified in both serializations.

mod specification;

use std::path::Path;

use chancery_did::{Did, DidUrl, KeyType, PublicKey, Relationship, SecretKey, Timestamp};
use serde_json::{Value, json};

use super::{folder, report};
use crate::cast::{Drawn, signer};
use crate::sd_jwt::{Concealment, Disclosure, Occasion, SdJwt, conceal, verify_with_key};
use crate::{Keys, Limits, Secured, base64url, jose};
use specification::{Node, read};

/// The claims that are added to the user's.
const ADDED: [&str; 4] = ["iss", "iat", "exp", "cnf"];

struct Case {
    name: String,
    specification: Node,
    settings: Node,
}

impl Case {
    fn setting(&self, name: &str) -> &Node {
        let override_ = ["settings_override", name];
        let within = ["settings_override", "key_settings", name];
        self.specification
            .at(&override_)
            .or_else(|| self.specification.at(&within))
            .or_else(|| self.settings.get(name))
            .or_else(|| self.settings.at(&["key_settings", name]))
            .unwrap_or_else(|| panic!("{}: no {name}", self.name))
    }

    fn issuers(&self) -> Vec<SecretKey> {
        let several = self.settings.at(&["key_settings", "issuer_keys"]).is_some();
        match self.setting(if several { "issuer_keys" } else { "issuer_key" }) {
            Node::Items(items) => items.iter().map(|(_, key)| secret(key)).collect(),
            one @ (Node::Leaf(_) | Node::Members(_)) => vec![secret(one)],
        }
    }

    fn typ(&self) -> String {
        let typ = self.specification.at(&["extra_header_parameters", "typ"]);
        typ.map_or_else(
            || "example+sd-jwt".to_owned(),
            |typ| typ.value().as_str().unwrap().to_owned(),
        )
    }

    fn is_json(&self) -> bool {
        self.specification
            .get("serialization_format")
            .is_some_and(|format| format.value() == "json")
    }

    fn is_bound(&self) -> bool {
        self.specification
            .get("key_binding")
            .is_some_and(|bound| bound.value() == true)
    }

    /// Issues, presents and verifies, with so many decoys.
    fn run(&self, decoys: usize) {
        let limits = Limits::default();
        let claims = self.specification.get("user_claims").unwrap();
        let mut payload = claims.value();
        let issuer = self.setting("identifiers").get("issuer").unwrap().value();
        let holder = secret(self.setting("holder_key"));
        for (name, value) in [
            ("iss", issuer),
            ("iat", self.setting("iat").value()),
            ("exp", self.setting("exp").value()),
        ] {
            if payload.get(name).is_none() {
                payload[name] = value;
            }
        }
        if self.is_bound() && payload.get("cnf").is_none() {
            payload["cnf"] = json!({ "jwk": holder.public_key().to_jwk() });
        }
        let concealment = Concealment {
            withheld: claims.withholdable(),
            decoys,
        };
        let concealed = conceal(&payload, &concealment, &mut Drawn(7)).unwrap();
        let hidden = concealed.payload().to_string();
        for disclosure in concealed.disclosures() {
            assert!(!hidden.contains(disclosure.as_str()));
        }
        // Every key of the issuer signs the same payload.
        let issuers = self.issuers();
        let signed: Vec<String> = issuers
            .iter()
            .zip(1..)
            .map(|(key, number)| jose::sign(&self.typ(), &named(number), concealed.payload(), key).unwrap())
            .collect();
        let all = concealed.assemble(signed[0].clone());

        let (pointers, left) = claims.disclosed(self.specification.get("holder_disclosed_claims"));
        let mut shown = all.disclose(&pointers, &limits).unwrap();
        assert_eq!(shown.disclosures().len(), pointers.len(), "{}", self.name);
        let verifier = self.setting("identifiers").get("verifier").unwrap().value();
        let nonce = self.setting("key_binding_nonce").value();
        let at = Timestamp::from_seconds(self.setting("iat").value().as_i64().unwrap());
        let occasion = Occasion::new(verifier.as_str().unwrap(), nonce.as_str().unwrap(), at).unwrap();
        if self.is_bound() {
            shown = shown.bind(&occasion, &holder).unwrap();
        }
        let occasion = self.is_bound().then_some(&occasion);
        let text = if self.is_json() {
            shown.to_json().to_string()
        } else {
            shown.to_compact()
        };
        let verified = verify_with_key(&text, &[&self.typ()], issuers[0].public_key(), occasion, &limits)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name));
        assert_eq!(self.of_user(&verified), self.of_user(&left), "{}", self.name);
        if let Some(expected) = self.specification.get("expect_verified_user_claims") {
            assert_eq!(self.of_user(&verified), expected.value(), "{}", self.name);
        }
        assert_eq!(
            SdJwt::parse(&shown.to_json().to_string(), &limits).unwrap(),
            SdJwt::parse(&shown.to_compact(), &limits).unwrap()
        );
        self.broken(&text, issuers[0].public_key(), occasion);
        self.several(&shown, &signed, &issuers);
    }

    /// The claims without those that were added; `iss` and `cnf` stay where the user's have them.
    fn of_user(&self, claims: &Value) -> Value {
        let own = self.specification.get("user_claims").unwrap();
        let mut claims = claims.clone();
        claims
            .as_object_mut()
            .unwrap()
            .retain(|name, _| !ADDED.contains(&name.as_str()) || own.get(name).is_some());
        claims
    }

    /// Another key, another occasion and a disclosure less are refused.
    fn broken(&self, text: &str, key: &PublicKey, occasion: Option<&Occasion>) {
        let limits = Limits::default();
        let typ = self.typ();
        let other = signer(KeyType::P256, 9);
        let judge = |text: &str, key, occasion: Option<&Occasion>| {
            verify_with_key(text, &[&typ], key, occasion, &limits).map_err(|error| error.code())
        };
        assert_eq!(
            judge(text, other.public_key(), None),
            Err("signature.invalid"),
            "{}",
            self.name
        );
        let wrong = verify_with_key(text, &["other+sd-jwt"], key, None, &limits);
        assert_eq!(wrong.unwrap_err().code(), "type.typ");
        let Some(occasion) = occasion else {
            let any = Occasion::new("a", "n", Timestamp::from_seconds(0)).unwrap();
            assert_eq!(judge(text, key, Some(&any)), Err("binding.key_binding_missing"));
            return;
        };
        for (audience, nonce, code) in [
            ("https://elsewhere.example", occasion.nonce(), "binding.audience"),
            (occasion.audience(), "another", "binding.nonce"),
        ] {
            let other = Occasion::new(audience, nonce, occasion.at()).unwrap();
            assert_eq!(judge(text, key, Some(&other)), Err(code), "{}", self.name);
        }
        let parsed = SdJwt::parse(text, &limits).unwrap();
        if let Some(last) = parsed.disclosures().last() {
            let less = parsed
                .to_compact()
                .replacen(&format!("{}~", last.as_str()), "", 1);
            assert_eq!(judge(&less, key, Some(occasion)), Err("binding.sd_hash"));
        }
    }

    /// With a signature of every issuer's key, in general JSON: all of them have to hold.
    fn several(&self, shown: &SdJwt, signed: &[String], issuers: &[SecretKey]) {
        if signed.len() < 2 {
            return;
        }
        let flattened = shown.to_json();
        let signature = |token: &str| {
            let parts: Vec<&str> = token.split('.').collect();
            json!({ "protected": parts[0], "signature": parts[2] })
        };
        let mut signatures: Vec<Value> = signed.iter().map(|token| signature(token)).collect();
        signatures[0]["header"] = flattened["header"].clone();
        signatures[0]["header"]["kid"] = json!("issuer-key-1");
        let general = json!({ "payload": flattened["payload"], "signatures": signatures });
        let read =
            |general: &Value| Secured::sd_jwt(&general.to_string(), &[&self.typ()], &Limits::default());
        // `iss` is no DID here: that these are the issuer's keys is what the settings say.
        let purpose = Relationship::AssertionMethod;
        let mut keys: Vec<_> = issuers.iter().map(|key| key.public_key().clone()).collect();
        let proven = read(&general)
            .unwrap()
            .prove_by_anyone(purpose, &Book(keys.clone()))
            .unwrap();
        assert_eq!(proven.signatures(), 2, "{}", self.name);
        keys[1] = signer(KeyType::P256, 9).public_key().clone();
        let error = read(&general)
            .unwrap()
            .prove_by_anyone(purpose, &Book(keys))
            .unwrap_err();
        assert_eq!(error.code(), "signature.invalid");
        let mut late = general.clone();
        late["signatures"][1]["header"] = json!({ "disclosures": [] });
        assert_eq!(read(&late).unwrap_err().code(), "sd_jwt.serialization");
    }
}

/// The name of one of the issuer's keys.
fn named(number: usize) -> DidUrl {
    let did = Did::parse("did:web:issuer.example").unwrap();
    did.with_fragment(&number.to_string()).unwrap()
}

/// The issuer's keys, by their numbers.
struct Book(Vec<PublicKey>);

impl Keys for Book {
    fn key(&self, method: &DidUrl, _: Relationship) -> Result<PublicKey, (&'static str, String)> {
        let number = method.fragment().and_then(|number| number.parse::<usize>().ok());
        let key = number.and_then(|number| self.0.get(number.checked_sub(1)?));
        key.cloned().ok_or(("key.not_found", method.to_string()))
    }
}

fn secret(key: &Node) -> SecretKey {
    let d = key.get("d").unwrap().value();
    SecretKey::from_bytes(KeyType::P256, &base64url::decode(d.as_str().unwrap()).unwrap()).unwrap()
}

/// Every case of a set.
fn cases(root: &Path) -> Vec<Case> {
    let mut cases: Vec<Case> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("specification.yml").is_file())
        .map(|path| Case {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            specification: read(&path.join("specification.yml")),
            settings: read(&root.join("settings.yml")),
        })
        .collect();
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

#[test]
fn every_official_case_comes_out_as_documented() {
    for (set, count) in [
        ("sd-jwt-testcases", 11),
        ("sd-jwt-examples", 11),
        ("sd-jwt-vc-examples", 2),
    ] {
        let Some(root) = folder(set) else { continue };
        let cases = cases(&root);
        assert_eq!(cases.len(), count, "{set}");
        for case in &cases {
            case.run(0);
            case.run(3);
        }
        report(set, format_args!("{count} passed, 0 failed"));
    }
}

#[test]
fn the_digests_that_the_standard_prints_are_those_of_its_disclosures() {
    let Some(root) = folder("sd-jwt-examples") else {
        return;
    };
    let blocks = super::json(root.join("document-blocks.json"));
    let block = |title: &str, at: usize| {
        let found = blocks
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["title"] == title);
        found.unwrap()["blocks"][at].as_str().unwrap().to_owned()
    };
    let digest = |text: &str| {
        let disclosure = Disclosure::parse(&base64url::encode(text.as_bytes()), &Limits::default()).unwrap();
        disclosure.digest().to_owned()
    };
    // One element of an array, and the array that its digest stands in.
    let element = block("Disclosures for Array Elements", 1);
    assert!(block("Array Elements", 0).contains(&format!("\"{}\"", digest(&element))));
    // The recursive example: what each printed digest begins with.
    let recursive = block("Recursive Disclosures", 1);
    let mut checked = 0;
    for line in recursive.lines() {
        if let Some((start, text)) = line.split_once("... = ") {
            assert!(
                digest(text).starts_with(start) || digest(&text.replace(",", ", ")).starts_with(start),
                "{line}"
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 3);
    report(
        "sd-jwt-examples digests",
        format_args!("{} passed, 0 failed", checked + 1),
    );
}
