//! Single credentials of which part is withheld: SD-JWT of the data model, and SD-JWT VC.

use chancery_proof::sd_jwt::Disclosure;
use chancery_proof::{base64url, jose};
use chancery_vc::CONTEXT_V2;
use serde_json::{Value, json};

use super::*;
use crate::cast::{Who, later, now};

const WHO: Who = Who::Mallory;

fn judged(text: &str) -> CredentialReport {
    let policy = CredentialPolicy::strict();
    check_credential_under(text.as_bytes(), &Evidence::default(), &policy, now())
}

fn foreign() -> Value {
    json!({ "iss": WHO.did().as_str(), "vct": "https://credentials.example/identity", "name": "Ada" })
}

fn document() -> Value {
    json!({
        "@context": [CONTEXT_V2], "type": ["VerifiableCredential"], "issuer": WHO.did().as_str(),
        "credentialSubject": { "id": "did:example:1", "name": "Ada" },
    })
}

/// Signs the claims with these members of the object at `pointer` disclosed.
fn issued(typ: &str, mut claims: Value, pointer: &str, names: &[&str]) -> String {
    let mut disclosures = String::from("~");
    for name in names {
        let object = claims.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        let value = object.remove(*name).unwrap();
        let text = base64url::encode(json!(["salt", name, value]).to_string().as_bytes());
        let digest = Disclosure::parse(&text, &Limits::default()).unwrap();
        let digests = object.entry("_sd").or_insert_with(|| json!([]));
        digests.as_array_mut().unwrap().push(json!(digest.digest()));
        disclosures.push_str(&format!("{text}~"));
    }
    let jwt = jose::sign(typ, &WHO.method(), &claims, &WHO.key()).unwrap();
    format!("{jwt}{disclosures}")
}

#[test]
fn a_foreign_credential_is_judged_by_what_it_shows() {
    for typ in ["dc+sd-jwt", "vc+sd-jwt"] {
        let report = judged(&issued(typ, foreign(), "", &["name"]));
        assert!(report.checked, "{typ}: {} {}", report.code, report.reason);
        assert_eq!(report.types, ["https://credentials.example/identity"]);
        assert_eq!(report.issuer.as_deref(), Some(WHO.did().as_str()));
    }
    let report = judged(&issued("vc+sd-jwt", document(), "/credentialSubject", &["name"]));
    assert!(report.checked, "{}", report.reason);
}

#[test]
fn a_foreign_credential_names_its_type_and_its_issuer() {
    let without = |name: &str| {
        let mut claims = foreign();
        claims.as_object_mut().unwrap().remove(name);
        judged(&issued("dc+sd-jwt", claims, "", &[])).code
    };
    assert_eq!(without("vct"), "parse.structure");
    assert_eq!(without("iss"), "parse.structure");
    let with = |name: &str, value: Value| {
        let mut claims = foreign();
        claims[name] = value;
        judged(&issued("dc+sd-jwt", claims, "", &[])).code
    };
    assert_eq!(
        with("iss", json!(Who::First.did().as_str())),
        "key.issuer_mismatch"
    );
    assert_eq!(with("vct#integrity", json!("sha256")), "parse.structure");
    assert_eq!(with("cnf", json!({})), "parse.structure");
    assert_eq!(with("exp", json!(later(-3_600).seconds())), "time.expired");
    assert_eq!(with("nbf", json!(later(3_600).seconds())), "time.not_yet_valid");
    assert_eq!(with("status", json!({})), "status.unknown");
}

#[test]
fn nothing_that_a_credential_is_judged_by_is_left_to_its_holder() {
    for name in ["iss", "vct"] {
        let report = judged(&issued("dc+sd-jwt", foreign(), "", &[name]));
        assert_eq!(report.code, "sd_jwt.protected_claim", "{name}");
    }
    for name in ["@context", "type", "issuer"] {
        let report = judged(&issued("vc+sd-jwt", document(), "", &[name]));
        assert_eq!(report.code, "sd_jwt.not_withholdable", "{name}");
    }
    let mut revocable = document();
    revocable["credentialStatus"] = json!({ "type": "BitstringStatusListEntry" });
    let report = judged(&issued("vc+sd-jwt", revocable, "", &["credentialStatus"]));
    assert_eq!(report.code, "sd_jwt.not_withholdable");
}

#[test]
fn an_sd_jwt_of_another_kind_or_broken_is_refused() {
    for typ in ["vc+jwt", "vp+sd-jwt", "sd-jwt", "kb+jwt", "DC+SD-JWT"] {
        assert_eq!(judged(&issued(typ, foreign(), "", &[])).code, "type.typ", "{typ}");
    }
    let text = issued("dc+sd-jwt", foreign(), "", &["name"]);
    let shown = text.split('~').nth(1).unwrap().to_owned();
    for (text, code) in [
        (format!("{text}{shown}~"), "sd_jwt.repeated_disclosure"),
        (format!("{text}W10~"), "sd_jwt.disclosure"),
        (text.replacen('.', ".A", 1), "parse.base64url"),
        (text.trim_end_matches('~').to_owned(), "sd_jwt.serialization"),
        (issued("dc+sd-jwt", document(), "", &[]), "parse.structure"),
    ] {
        assert_eq!(judged(&text).code, code, "{text:.60}");
    }
    let stranger = jose::sign("dc+sd-jwt", &WHO.method(), &foreign(), &Who::First.key()).unwrap();
    assert_eq!(judged(&format!("{stranger}~")).code, "signature.invalid");
}
