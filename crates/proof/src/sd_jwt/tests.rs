//! The rules of RFC 9901, each by what breaks it.

mod issuing;
mod key_binding;
mod presenting;
mod properties;
mod reading;

use chancery_did::{KeyType, SecretKey};
use serde_json::{Value, json};

use super::{Concealment, SdJwt, disclosure::digest, sign};
use crate::cast::{DidKeys, Drawn, expect, method, signer};
use crate::{Limits, Proven, Secured, base64url, jose};

/// The `typ` of these tests.
const TYP: &str = "test+sd-jwt";

fn issuer() -> SecretKey {
    signer(KeyType::Ed25519, 1)
}

/// Signs this very payload and puts these disclosures behind it.
fn with(payload: &Value, disclosures: &[&str]) -> String {
    let mut text = jose::sign(TYP, &method(&issuer()), payload, &issuer()).unwrap();
    for disclosure in disclosures {
        text.push('~');
        text.push_str(disclosure);
    }
    text.push('~');
    text
}

/// A disclosure as text, of any JSON.
fn encoded(array: &Value) -> String {
    base64url::encode(array.to_string().as_bytes())
}

/// Reads and proves.
fn judge(text: &str) -> Result<Value, &'static str> {
    let secured = Secured::sd_jwt(text, &[TYP], &Limits::default()).map_err(|error| error.code())?;
    let proven = secured.prove(&expect(&issuer()), &DidKeys);
    proven.map(Proven::into_value).map_err(|error| error.code())
}

/// What is concealed of these claims, signed.
fn issued(claims: &Value, withheld: &[&str]) -> SdJwt {
    let concealment = Concealment::of(withheld.iter().copied());
    sign(
        TYP,
        &method(&issuer()),
        claims,
        &concealment,
        &issuer(),
        &mut Drawn(1),
    )
    .unwrap()
}

/// Claims with a bit of everything.
fn claims() -> Value {
    json!({
        "sub": "ada",
        "exp": 1_900_000_000,
        "address": { "street": "1 Main St", "city": "Anytown" },
        "tools": ["refund", "lookup", ["nested"]],
        "level": 2,
    })
}
