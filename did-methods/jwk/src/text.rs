//! The text of a did:jwk: base64url ([RFC 4648 section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5)) of
//! a JWK's JSON.
//!
//! INVARIANT: what was read is written again and is equal, so white space, escapes, duplicate members and
//! dangling bits are refused.

use chancery_did::base64url;
use chancery_proof::{Limits, jcs, json};
use serde_json::Value;

use super::{KeyError, PublicKey};

/// Writes a key's public members, in alphabetic order.
pub(super) fn write(key: &PublicKey) -> String {
    // The members are strings, which every writer can write.
    base64url::encode(&jcs::canonicalize(&key.to_jwk()).unwrap_or_default())
}

/// Reads the key, if the text is the one spelling of its members.
pub(super) fn read(text: &str) -> Result<PublicKey, KeyError> {
    let text = base64url::decode(text).ok_or(KeyError::Invalid("it is not canonical base64url"))?;
    let jwk = json::parse(&text, &Limits::default())
        .map_err(|_| KeyError::Invalid("it is not the JSON of a JWK"))?;
    let key = PublicKey::from_jwk(&jwk)?;
    if !is_compact(&text, &jwk) {
        return Err(KeyError::Invalid("its spelling is not canonical"));
    }
    Ok(key)
}

/// Says whether a text is the compact JSON of an object's members, each once, in whatever order.
fn is_compact(text: &[u8], object: &Value) -> bool {
    let mut members = Vec::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        let (Ok(mut member), Ok(value)) =
            (jcs::canonicalize(&name.as_str().into()), jcs::canonicalize(value))
        else {
            return false;
        };
        member.push(b':');
        member.extend(value);
        members.push(member);
    }
    let mut rest = text;
    let mut before = b'{';
    while !members.is_empty() {
        let Some(tail) = rest.strip_prefix(&[before]) else {
            return false;
        };
        // No name begins another with its quotation marks, so at most one member stands here.
        let Some(at) = members.iter().position(|member| tail.starts_with(member)) else {
            return false;
        };
        rest = tail.get(members.swap_remove(at).len()..).unwrap_or_default();
        before = b',';
    }
    rest == b"}"
}

#[cfg(test)]
mod tests {
    use super::super::{Did, DidJwk, Method, Plan, did_for};
    use super::*;

    fn text(json: &str) -> String {
        base64url::encode(json.as_bytes())
    }

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    #[test]
    fn the_examples_of_the_method_are_read() {
        let p256 = "eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9";
        assert_eq!(did_for(&read(p256).unwrap()).unwrap().method_specific_id(), p256);
        let x25519 = "eyJrdHkiOiJPS1AiLCJjcnYiOiJYMjU1MTkiLCJ1c2UiOiJlbmMiLCJ4IjoiM3A3YmZYdDl3YlRUVzJIQzdPUTFOei1EUThoYmVHZE5yZngtRkctSUswOCJ9";
        let Plan::Local(document) = DidJwk
            .plan(&Did::parse(&format!("did:jwk:{x25519}")).unwrap())
            .unwrap()
        else {
            panic!("did:jwk fetches");
        };
        assert!(document.to_value().get("assertionMethod").is_none());
        assert_eq!(
            document.to_value()["keyAgreement"][0],
            format!("did:jwk:{x25519}#0")
        );
    }

    #[test]
    fn other_spellings_of_the_same_members_are_refused() {
        let json = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{X}"}}"#);
        assert!(read(&text(&json)).is_ok());
        for other in [
            format!(r#"{{"crv": "Ed25519","kty":"OKP","x":"{X}"}}"#),
            format!(r#" {{"crv":"Ed25519","kty":"OKP","x":"{X}"}}"#),
            format!("{{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"{X}\"}}\n"),
            format!(r#"{{"crv":"Ed25519","kty":"\u004fKP","x":"{X}"}}"#),
            format!(r#"{{"crv":"Ed25519","kty":"OKP","kty":"OKP","x":"{X}"}}"#),
            format!(r#"{{"crv":"Ed25519","kty":"OKP","\u006bty":"EC","x":"{X}"}}"#),
            format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{X}","use":"sig","use":"enc"}}"#),
            format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{X}="}}"#),
            format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{X}"}}{{}}"#),
            format!(r#"[{{"crv":"Ed25519","kty":"OKP","x":"{X}"}}]"#),
        ] {
            assert_eq!(read(&text(&other)).unwrap_err().code(), "key.invalid", "{other}");
        }
        for other in [
            format!("{}=", text(&json)),
            text(&json).replace('_', "/"),
            "ey".to_owned(),
            "-".to_owned(),
        ] {
            if other != text(&json) {
                assert_eq!(read(&other).unwrap_err().code(), "key.invalid", "{other}");
            }
        }
    }

    #[test]
    fn a_private_member_is_refused_and_not_shown() {
        let secret = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
        let json = format!(r#"{{"crv":"Ed25519","d":"{secret}","kty":"OKP","x":"{X}"}}"#);
        let encoded = text(&json);
        let error = read(&encoded).unwrap_err();
        assert_eq!(error, KeyError::PrivateMember);
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains(secret) && !shown.contains(&encoded));
        }
        // Not shown either where the DID around it does not even parse.
        let shown = Did::parse(&format!("did:jwk:{encoded}!"))
            .unwrap_err()
            .to_string();
        assert!(!shown.contains(encoded.get(..16).unwrap()), "{shown}");
    }

    #[test]
    fn a_key_for_another_use_is_refused() {
        for extra in [
            r#""use":"enc""#,
            r#""alg":"ES256""#,
            r#""key_ops":["encrypt"]"#,
            r#""key_ops":[]"#,
        ] {
            let json = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{X}",{extra}}}"#);
            assert_eq!(read(&text(&json)).unwrap_err(), KeyError::Use, "{extra}");
        }
    }

    #[test]
    fn another_methods_did_is_not_read() {
        let did = Did::parse("did:key:abc").unwrap();
        assert_eq!(
            DidJwk.plan(&did).unwrap_err().code(),
            "resolve.unsupported_method"
        );
    }
}
