//! The six forms of VC-JOSE-COSE (<https://www.w3.org/TR/vc-jose-cose/>, section 3): credentials and
//! presentations, each as JWS, as SD-JWT and as `COSE_Sign1`.
//!
//! The key is pinned, as the suite hands it over; no time is judged, because the suite's inputs have their own
//! years. INVARIANT: what is issued follows the same document rules as what is verified, and a member that neither
//! the data model nor the registered claims know is refused.

use std::fmt;

use chancery::OsRandom;
use chancery_did::{KeyError, PublicKey, Signer};
use chancery_proof::{Limits, ProofError, ReadError, base64url, cose, jcs, jose, sd_jwt};
use chancery_vc::PaperError;
use chancery_vc::credential::{Model, Stage, presentation_rules, rules};
use clap::ValueEnum;
use serde_json::Value;

/// What is secured, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Feature {
    /// A credential as JWS.
    CredentialJose,
    /// A credential as SD-JWT.
    CredentialSdjwt,
    /// A credential as `COSE_Sign1`.
    CredentialCose,
    /// A presentation as JWS.
    PresentationJose,
    /// A presentation as SD-JWT.
    PresentationSdjwt,
    /// A presentation as `COSE_Sign1`.
    PresentationCose,
}

/// The securing mechanisms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Jose,
    SdJwt,
    Cose,
}

/// Members that a credential has by the data model (VCDM 2.0, the base context).
const CREDENTIAL: [&str; 16] = [
    "@context",
    "id",
    "type",
    "name",
    "description",
    "issuer",
    "credentialSubject",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "refreshService",
    "termsOfUse",
    "evidence",
    "relatedResource",
    "confidenceMethod",
];

/// Members that a presentation has.
const PRESENTATION: [&str; 8] = [
    "@context",
    "id",
    "type",
    "name",
    "description",
    "verifiableCredential",
    "holder",
    "termsOfUse",
];

/// Registered claims that may stand beside them; `vc` and `vp` may not (section 3.1.3).
const CLAIMS: [&str; 10] = [
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "status", "nonce",
];

/// Why something was not secured, or does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The stable code.
    pub(super) code: &'static str,
    /// One sentence.
    pub(super) detail: String,
}

impl Refusal {
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// Whether the question is open: the algorithm or the key exists, but not here.
    pub(super) fn undecided(&self) -> bool {
        ["alg.unsupported_here", "key.unsupported"].contains(&self.code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl From<ProofError> for Refusal {
    fn from(error: ProofError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        ProofError::from(error).into()
    }
}

impl From<PaperError> for Refusal {
    fn from(error: PaperError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<KeyError> for Refusal {
    fn from(error: KeyError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl Feature {
    fn form(self) -> Form {
        match self {
            Self::CredentialJose | Self::PresentationJose => Form::Jose,
            Self::CredentialSdjwt | Self::PresentationSdjwt => Form::SdJwt,
            Self::CredentialCose | Self::PresentationCose => Form::Cose,
        }
    }

    /// `vc` or `vp`, as media types begin and as the content type says.
    fn content(self) -> &'static str {
        match self {
            Self::CredentialJose | Self::CredentialSdjwt | Self::CredentialCose => "vc",
            Self::PresentationJose | Self::PresentationSdjwt | Self::PresentationCose => "vp",
        }
    }

    fn typ(self) -> String {
        let content = self.content();
        match self.form() {
            Form::Jose => format!("{content}+jwt"),
            Form::SdJwt => format!("{content}+sd-jwt"),
            Form::Cose => format!("application/{content}+cose"),
        }
    }
}

/// Secures a document with the signer's key, named by its thumbprint.
pub(super) fn issue(
    document: &Value,
    feature: Feature,
    withheld: &[String],
    thumbprint: &str,
    signer: &dyn Signer,
) -> Result<String, Refusal> {
    check(document, feature, Stage::Issuing)?;
    let algorithm = signer.public_key().key_type().algorithm();
    let algorithm = algorithm.ok_or(KeyError::Use)?;
    let sign = |message: &[u8]| {
        let signed = signer.sign(message);
        signed.map_err(|error| Refusal::from(ProofError::Signer(error.to_string())))
    };
    let (typ, content) = (feature.typ(), feature.content());
    let token = |payload: &Value| {
        let unsigned = jose::prepare_named(&typ, Some(content), thumbprint, algorithm, payload)?;
        let signature = sign(unsigned.signing_input())?;
        Ok::<_, Refusal>(unsigned.seal(&signature))
    };
    if feature.form() != Form::SdJwt && !withheld.is_empty() {
        return Err(Refusal::new("usage.argument", "only an SD-JWT can withhold"));
    }
    match feature.form() {
        Form::Jose => token(document),
        Form::SdJwt => {
            let concealment = sd_jwt::Concealment::of(withheld);
            let concealed = sd_jwt::conceal(document, &concealment, &mut OsRandom)?;
            let signed = token(concealed.payload())?;
            Ok(concealed.assemble(signed).to_compact())
        }
        Form::Cose => {
            let (media, payload) = (format!("application/{content}"), jcs::canonicalize(document)?);
            let unsigned = cose::prepare(&typ, Some(&media), thumbprint, algorithm, payload)?;
            let signature = sign(unsigned.signing_input())?;
            let bytes = unsigned.seal(&signature)?;
            Ok(base64url::encode(&bytes).replace('-', "+").replace('_', "/"))
        }
    }
}

/// Checks a secured text under a pinned key and gives what it secures.
pub(super) fn verify(text: &str, feature: Feature, key: &PublicKey) -> Result<Value, Refusal> {
    let limits = Limits::default();
    let typ = feature.typ();
    let typ = [typ.as_str()];
    let content = match feature.form() {
        Form::Jose => jose::verify_with_key(text, &typ, key, &limits)?,
        Form::SdJwt => sd_jwt::verify_with_key(text, &typ, key, None, &limits)?,
        Form::Cose => cose::verify_with_key(&standard_base64(text)?, &typ, key, &limits)?,
    };
    check(&content, feature, Stage::Verifying)?;
    Ok(content)
}

/// The document rules of version 2.0, no unknown members, and claims that say what the document says.
fn check(document: &Value, feature: Feature, stage: Stage) -> Result<(), Refusal> {
    let credential = feature.content() == "vc";
    let (model, own, issuer) = if credential {
        (rules(document, stage)?, CREDENTIAL.as_slice(), "issuer")
    } else {
        (
            presentation_rules(document, stage)?,
            PRESENTATION.as_slice(),
            "holder",
        )
    };
    if model != Model::V2_0 {
        return Err(Refusal::new("context.mismatch", "only version 2.0 is secured so"));
    }
    let members = document.as_object().into_iter().flatten();
    for (name, _) in members {
        if !own.contains(&name.as_str()) && !CLAIMS.contains(&name.as_str()) {
            let detail = "the document has a member that the data model does not know";
            return Err(Refusal::new("parse.unknown_member", detail));
        }
    }
    let named = document
        .get(issuer)
        .map(|issuer| issuer.get("id").unwrap_or(issuer));
    for (claim, said) in [("iss", named), ("jti", document.get("id"))] {
        if document.get(claim).is_some_and(|claimed| Some(claimed) != said) {
            let detail = format!("`{claim}` is not what the document itself says");
            return Err(Refusal::new("parse.structure", detail));
        }
    }
    Ok(())
}

/// Decodes standard base64, with its padding or without any, in its one spelling.
fn standard_base64(text: &str) -> Result<Vec<u8>, ReadError> {
    let bare = text.trim_end_matches('=');
    let padding = text.len().saturating_sub(bare.len());
    let whole = padding == 0 || (padding <= 2 && text.len().is_multiple_of(4));
    if !whole || bare.contains(['-', '_']) {
        return Err(ReadError::Base64Url);
    }
    base64url::decode(&bare.replace('+', "-").replace('/', "_"))
}

#[cfg(test)]
mod tests {
    use chancery_did::{KeyType, SecretKey};
    use serde_json::json;

    use super::*;

    const KINDS: [KeyType; 4] = [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::P521];

    fn key(kind: KeyType) -> SecretKey {
        SecretKey::generate(kind, &mut OsRandom).unwrap()
    }

    fn credential() -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "issuer": "https://issuer.example",
            "credentialSubject": { "id": "did:example:alice", "phones": ["1", "2"] },
        })
    }

    fn presentation() -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": "did:example:alice",
            "verifiableCredential": [{
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": "EnvelopedVerifiableCredential",
                "id": "data:application/vc+jwt,a.b.c",
            }],
        })
    }

    fn document(feature: Feature) -> Value {
        if feature.content() == "vc" {
            credential()
        } else {
            presentation()
        }
    }

    fn issued(document: &Value, feature: Feature, key: &SecretKey) -> Result<String, &'static str> {
        issue(document, feature, &[], &key.public_key().thumbprint(), key).map_err(|error| error.code)
    }

    fn judge(text: &str, feature: Feature, key: &SecretKey) -> Result<Value, &'static str> {
        verify(text, feature, key.public_key()).map_err(|error| error.code)
    }

    #[test]
    fn each_form_is_read_as_itself_and_as_no_other() {
        for kind in KINDS {
            let key = key(kind);
            for feature in Feature::value_variants() {
                let text = issued(&document(*feature), *feature, &key).unwrap();
                for other in Feature::value_variants() {
                    let read = judge(&text, *other, &key);
                    if other == feature {
                        assert_eq!(read, Ok(document(*feature)), "{feature:?}");
                    } else {
                        assert!(read.is_err(), "{feature:?} as {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn another_key_or_a_changed_text_does_not_hold() {
        for feature in Feature::value_variants() {
            let (alice, mallory) = (key(KeyType::P256), key(KeyType::P256));
            let text = issued(&document(*feature), *feature, &alice).unwrap();
            assert_eq!(judge(&text, *feature, &mallory), Err("signature.invalid"));
            assert_eq!(judge(&text, *feature, &key(KeyType::P521)), Err("alg.mismatch"));
            for at in [1, 20, text.len() / 2, text.len().saturating_sub(3)] {
                let mut changed = text.clone().into_bytes();
                changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
                let changed = String::from_utf8(changed).unwrap();
                assert!(judge(&changed, *feature, &alice).is_err(), "{feature:?} at {at}");
            }
            for text in ["", "a", "a.b.c", "{}", &document(*feature).to_string()] {
                assert!(judge(text, *feature, &alice).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn members_that_nobody_knows_are_neither_issued_nor_accepted() {
        let alice = key(KeyType::Ed25519);
        for feature in Feature::value_variants() {
            for (name, value, code) in [
                ("badExtension", json!({}), "parse.unknown_member"),
                ("vc", json!({}), "parse.unknown_member"),
                ("vp", json!("oops"), "parse.unknown_member"),
                ("proofs", json!([]), "parse.unknown_member"),
                ("iss", json!("https://other.example"), "parse.structure"),
                ("jti", json!("urn:example:1"), "parse.structure"),
                (
                    "@context",
                    json!(["https://www.w3.org/2018/credentials/v1"]),
                    "parse.structure",
                ),
                ("type", json!(["Other"]), "type"),
            ] {
                let mut document = document(*feature);
                document[name] = value;
                let refused = issued(&document, *feature, &alice).unwrap_err();
                assert!(
                    refused.starts_with(code) || name == "@context",
                    "{name}: {refused}"
                );
                let typ = feature.typ();
                let text = match feature.form() {
                    Form::Cose => {
                        let payload = document.to_string().into_bytes();
                        let bytes = cose::sign(&typ, None, "key", payload, &alice).unwrap();
                        base64url::encode(&bytes).replace('-', "+").replace('_', "/")
                    }
                    Form::Jose | Form::SdJwt => {
                        let algorithm = chancery_did::Algorithm::EdDsa;
                        let unsigned = jose::prepare_named(&typ, None, "key", algorithm, &document).unwrap();
                        let signature = alice.sign(unsigned.signing_input()).unwrap();
                        let end = if feature.form() == Form::SdJwt { "~" } else { "" };
                        format!("{}{end}", unsigned.seal(&signature))
                    }
                };
                assert_eq!(judge(&text, *feature, &alice), Err(refused), "{feature:?} {name}");
            }
        }
    }

    #[test]
    fn only_an_sd_jwt_withholds() {
        let alice = key(KeyType::P384);
        let withheld = ["/credentialSubject/phones/0".to_owned()];
        let thumbprint = alice.public_key().thumbprint();
        let make = |feature| issue(&credential(), feature, &withheld, &thumbprint, &alice);
        let text = make(Feature::CredentialSdjwt).unwrap();
        assert_eq!(judge(&text, Feature::CredentialSdjwt, &alice), Ok(credential()));
        let shown = format!("{}~", text.split('~').next().unwrap());
        let shown = judge(&shown, Feature::CredentialSdjwt, &alice).unwrap();
        assert_eq!(shown["credentialSubject"]["phones"], json!(["2"]));
        for feature in [Feature::CredentialJose, Feature::CredentialCose] {
            assert_eq!(make(feature).unwrap_err().code, "usage.argument");
        }
        let nowhere = ["/credentialSubject/phones/7".to_owned()];
        let refused = issue(&credential(), Feature::CredentialSdjwt, &nowhere, "key", &alice);
        assert_eq!(refused.unwrap_err().code, "sd_jwt.pointer");
    }

    #[test]
    fn base64_is_the_standard_one() {
        assert_eq!(standard_base64("+/8=").unwrap(), [0xfb, 0xff]);
        assert_eq!(standard_base64("+/8").unwrap(), [0xfb, 0xff]);
        for wrong in [
            "-_8", "+/9", "+/8==", "+=8=", "A", "AA=", "AA===", " AA", "d28\n", "%2B/8",
        ] {
            assert!(standard_base64(wrong).is_err(), "{wrong}");
        }
    }
}
