//! Globex's policy, and what its registry says.

use chancery_proof::{base64url, jcs};
use serde_json::{Value, json};

use crate::paper::{AUDIENCE, amount, refunds};
use crate::party::{ACME, GLOBEX, GLOBEX_TRQP, Party};
use crate::time::{after, instant};

/// Takes Acme's passports and capabilities, and grants refunds up to 80 EUR.
pub fn policy() -> Value {
    json!({
        "version": 1, "audience": AUDIENCE, "anchors": [anchor(ACME)], "registries": [], "tools": [],
    })
}

/// An anchor that pins the issuer's key.
pub fn anchor(issuer: Party) -> Value {
    json!({
        "issuer": issuer.did(),
        "papers": ["AgentPassportCredential", "AgentCapabilityCredential"],
        "keys": [issuer.public().thumbprint()],
        "subjects": ["did:key", "did:jwk", issuer.did()],
        "grant": [refunds(vec![amount("80.00")])],
    })
}

/// Globex's registry, under the key that the policy pins.
pub fn registry() -> Value {
    json!({
        "name": "globex", "did": GLOBEX_TRQP.did(), "key": GLOBEX_TRQP.public().to_multikey(),
        "authority": GLOBEX.did(), "endpoint": "https://globex.example/trqp",
    })
}

/// Takes whoever Globex's own registry recognizes.
pub fn by_recognition() -> Value {
    let mut any = anchor(ACME);
    let members = any.as_object_mut().unwrap();
    members.remove("issuer");
    members.remove("keys");
    members.insert("recognizedBy".to_owned(), json!("globex"));
    let mut policy = policy();
    policy["anchors"] = json!([any]);
    policy["registries"] = json!([registry()]);
    policy
}

/// The claims of the registry's statement that it recognizes Acme for refunds, good for five minutes.
pub fn recognition(at: &str) -> Value {
    let made = after(at, -10);
    json!({
        "iss": GLOBEX_TRQP.did(), "iat": instant(&made).seconds(), "exp": instant(&made).seconds() + 300,
        "query": "recognition", "entity_id": ACME.did(), "authority_id": GLOBEX.did(),
        "action": "refund:create", "resource": "https://api.globex.example/orders/1001",
        "recognized": true, "time_evaluated": made, "keys": [ACME.public().thumbprint()],
    })
}

/// A statement as the registry signs it.
pub fn statement(claims: &Value, header: &Value, signer: Party) -> String {
    let part = |value: &Value| base64url::encode(&jcs::canonicalize(value).unwrap());
    let input = format!("{}.{}", part(header), part(claims));
    format!("{input}.{}", base64url::encode(&signer.sign(input.as_bytes())))
}

/// The header of a statement.
pub fn header() -> Value {
    json!({"alg": "EdDSA", "kid": GLOBEX_TRQP.method(), "typ": "chancery-trqp+jwt"})
}

/// What is asked of the registry when nothing is known.
pub fn question() -> Value {
    json!({
        "kind": "trustStatement", "registry": "globex", "endpoint": "https://globex.example/trqp",
        "query": "recognition",
        "question": {
            "entity_id": ACME.did(), "authority_id": GLOBEX.did(),
            "action": "refund:create", "resource": "https://api.globex.example/orders/1001",
        },
    })
}
