//! A compact JWS, changed in one place: each form must be refused by every reader.

use chancery_proof::base64url;
use serde_json::Value;

/// One changed token, and the codes of which Chancery must refuse it with one.
#[derive(Debug, Clone)]
pub struct Tampered {
    /// What was changed.
    pub defect: &'static str,
    /// The token.
    pub token: String,
    /// The codes that fit the defect.
    pub codes: &'static [&'static str],
}

/// The forms that follow from a valid token alone.
pub fn forms(token: &str) -> Vec<Tampered> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        panic!("a compact JWS has three parts");
    };
    let form = |defect, token, codes| Tampered { defect, token, codes };
    let mut broken = base64url::decode(signature).expect("a canonical signature");
    broken[10] ^= 1;
    let broken = base64url::encode(&broken);
    let owner = edited(payload, |document| {
        document["credentialSubject"]["owner"] = "Mallory".into()
    });
    let longer = edited(payload, |document| {
        document["validUntil"] = "2036-11-18T12:00:00Z".into()
    });
    let algorithm = edited(header, |header| {
        header["alg"] = if header["alg"] == "EdDSA" {
            "ES256"
        } else {
            "EdDSA"
        }
        .into();
    });
    let none = edited(header, |header| header["alg"] = "none".into());
    let retyped = edited(header, |header| header["x"] = 1.into());
    let half = &signature[..signature.len() / 2];
    vec![
        form(
            "one bit of the signature",
            format!("{header}.{payload}.{broken}"),
            &["signature.invalid"],
        ),
        form(
            "another owner",
            format!("{header}.{owner}.{signature}"),
            &["signature.invalid"],
        ),
        form(
            "a longer life",
            format!("{header}.{longer}.{signature}"),
            &["signature.invalid", "time.too_long"],
        ),
        form(
            "another algorithm",
            format!("{algorithm}.{payload}.{signature}"),
            &["alg.mismatch"],
        ),
        form(
            "no algorithm",
            format!("{none}.{payload}."),
            &["alg.unknown", "parse.jose"],
        ),
        form(
            "one more header member",
            format!("{retyped}.{payload}.{signature}"),
            &["signature.invalid"],
        ),
        form(
            "half a signature",
            format!("{header}.{payload}.{half}"),
            &["signature.invalid", "parse.base64url"],
        ),
        form("no signature", format!("{header}.{payload}."), &["parse.jose"]),
        form(
            "the payload twice",
            format!("{header}.{payload}.{payload}.{signature}"),
            &["parse.jose"],
        ),
    ]
}

/// A part of a token with its JSON changed.
fn edited(part: &str, edit: impl FnOnce(&mut Value)) -> String {
    let mut value: Value =
        serde_json::from_slice(&base64url::decode(part).expect("base64url")).expect("a JSON part");
    edit(&mut value);
    base64url::encode(value.to_string().as_bytes())
}
