//! The older form of a result, which drivers of the Universal Resolver and the did:key suite speak:
//! `application/ld+json;profile="https://w3id.org/did-resolution"`, with the options of
//! [did:key](https://w3c-ccg.github.io/did-key-spec/#create).
//!
//! INVARIANT: the members are always there, errors are bare words, and a format that is for one kind of key is
//! never put on a key of another kind; a derived key is written in its own kind's format.

use chancery_did::{Did, KeyType, PublicKey};
use chancery_proof::multibase;
use serde_json::{Map, Value, json};

use super::Found;
use super::accept::{Form, LEGACY};
use super::answer::{Answer, status};
use super::dereference;
use super::error::{DidError, Kind};
use super::inquiry::{Asked, Inquiry};

const CONTEXT: &str = "https://w3id.org/did-resolution/v1";
const DID_CONTEXT: &str = "https://www.w3.org/ns/did/v1";

/// How a key can be written: the type's name, its context, the one kind of key it is for, and whether it takes
/// `enableExperimentalPublicKeyTypes`.
struct Format {
    name: &'static str,
    context: &'static str,
    only: Option<KeyType>,
    material: Material,
    experimental: bool,
}

#[derive(Clone, Copy)]
enum Material {
    Multibase,
    Jwk,
    Base58,
}

const FORMATS: [Format; 7] = [
    format(
        "Multikey",
        "https://w3id.org/security/multikey/v1",
        None,
        Material::Multibase,
        false,
    ),
    format(
        "JsonWebKey2020",
        "https://w3id.org/security/suites/jws-2020/v1",
        None,
        Material::Jwk,
        false,
    ),
    format(
        "JsonWebKey",
        "https://w3id.org/security/jwk/v1",
        None,
        Material::Jwk,
        true,
    ),
    format(
        "Ed25519VerificationKey2020",
        "https://w3id.org/security/suites/ed25519-2020/v1",
        Some(KeyType::Ed25519),
        Material::Multibase,
        false,
    ),
    format(
        "X25519KeyAgreementKey2020",
        "https://w3id.org/security/suites/x25519-2020/v1",
        Some(KeyType::X25519),
        Material::Multibase,
        false,
    ),
    format(
        "Ed25519VerificationKey2018",
        "https://w3id.org/security/suites/ed25519-2018/v1",
        Some(KeyType::Ed25519),
        Material::Base58,
        true,
    ),
    format(
        "X25519KeyAgreementKey2019",
        "https://w3id.org/security/suites/x25519-2019/v1",
        Some(KeyType::X25519),
        Material::Base58,
        true,
    ),
];

const fn format(
    name: &'static str,
    context: &'static str,
    only: Option<KeyType>,
    material: Material,
    experimental: bool,
) -> Format {
    Format {
        name,
        context,
        only,
        material,
        experimental,
    }
}

/// A whole result; of a DID URL, with what it names as the document.
pub(super) fn answer(found: Found, asked: &Asked) -> Result<Answer, DidError> {
    let status = status(&found);
    let document = found.document.map(|document| {
        if asked.underived {
            underived(document, asked)
        } else {
            document
        }
    });
    let document = match (document, &asked.format) {
        (Some(document), Some(name)) => Some(formatted(document, asked, name)?),
        (document, _) => document,
    };
    if asked.wants_service() || asked.relative_ref.is_some() || asked.unknown || !asked.path.is_empty() {
        return Err(DidError::absent("the older form knows DIDs and fragments only"));
    }
    let (content, metadata) = match (&document, &asked.fragment) {
        (Some(whole), Some(name)) => {
            let item = dereference::fragment(whole, asked, name)?;
            (dereference::with_context(item, whole), "didDereferencingMetadata")
        }
        (Some(whole), None) => (whole.clone(), "didResolutionMetadata"),
        (None, _) => (json!({}), "didResolutionMetadata"),
    };
    Ok(Answer::of(
        status,
        LEGACY,
        body(
            content,
            metadata,
            json!({ "contentType": LEGACY }),
            found.metadata,
        ),
    ))
}

/// An error as a bare word, under the metadata of what was tried.
pub(super) fn refused(inquiry: &Inquiry, error: &DidError) -> Answer {
    let metadata = if inquiry.is_url() {
        "didDereferencingMetadata"
    } else {
        "didResolutionMetadata"
    };
    let word = error.word.unwrap_or_else(|| error.kind.legacy());
    let told = json!({ "error": word, "errorMessage": error.detail, "contentType": LEGACY });
    Answer::of(
        error.kind.status(),
        LEGACY,
        body(json!({}), metadata, told, Map::new()),
    )
}

fn body(document: Value, name: &str, metadata: Value, of_document: Map<String, Value>) -> Value {
    let mut members = Map::new();
    members.insert("@context".to_owned(), json!(CONTEXT));
    members.insert("didDocument".to_owned(), document);
    members.insert(name.to_owned(), metadata);
    members.insert("didDocumentMetadata".to_owned(), Value::Object(of_document));
    Value::Object(members)
}

/// The finer words that did:key has for a key that cannot be used.
pub(super) fn told(form: Form, asked: &Asked, error: DidError) -> DidError {
    if form != Form::Legacy || asked.did.method() != "key" || error.kind != Kind::InvalidDid {
        return error;
    }
    DidError {
        word: Some(defect(asked.did.method_specific_id())),
        ..error
    }
}

fn defect(text: &str) -> &'static str {
    let Ok(bytes) = multibase::decode_z(text) else {
        return "invalidDid";
    };
    let length = match bytes.get(..2) {
        Some([0xed, 0x01] | [0xec, 0x01]) => 34,
        Some([0x80, 0x24]) => 35,
        Some([0x81, 0x24]) => 51,
        Some([0x82, 0x24]) => 69,
        _ => return "unsupportedPublicKeyType",
    };
    if bytes.len() == length {
        "invalidPublicKey"
    } else {
        "invalidPublicKeyLength"
    }
}

fn refusal(word: &'static str, detail: &str) -> DidError {
    DidError {
        word: Some(word),
        ..DidError::option(detail)
    }
}

/// The document with its keys written in another way.
fn formatted(document: Value, asked: &Asked, name: &str) -> Result<Value, DidError> {
    let format = FORMATS
        .iter()
        .find(|format| format.name == name)
        .ok_or_else(|| refusal("unsupportedPublicKeyType", "there is no such `publicKeyFormat`"))?;
    if format.experimental && !asked.experimental {
        return Err(refusal(
            "invalidPublicKeyType",
            "that `publicKeyFormat` is for experiments only",
        ));
    }
    if !matches!(asked.did.method(), "key" | "jwk") {
        return Err(DidError::unsupported("the document's own format is the only one"));
    }
    let mut document = document;
    let mut contexts = vec![DID_CONTEXT];
    let methods = document
        .get_mut("verificationMethod")
        .and_then(Value::as_array_mut);
    for method in methods.into_iter().flatten() {
        let key = read(method).ok_or_else(|| refusal("invalidPublicKey", "the key cannot be read"))?;
        let fits = |format: &&Format| format.only.is_none_or(|only| only == key.key_type());
        let beside = || companion(format).filter(|_| !is_own(method, &asked.did));
        let format = Some(format).filter(fits).or_else(|| beside().filter(fits));
        let format = format.ok_or_else(|| {
            refusal(
                "invalidPublicKeyType",
                "that `publicKeyFormat` is not for a key of this kind",
            )
        })?;
        if !contexts.contains(&format.context) {
            contexts.push(format.context);
        }
        write(method, format, &key);
    }
    if let Value::Object(members) = &mut document {
        members.insert("@context".to_owned(), json!(contexts));
    }
    Ok(document)
}

/// How a key for agreement is written beside a key for signatures in that format.
fn companion(format: &Format) -> Option<&'static Format> {
    let name = match format.name {
        "Ed25519VerificationKey2020" => "X25519KeyAgreementKey2020",
        "Ed25519VerificationKey2018" => "X25519KeyAgreementKey2019",
        _ => return None,
    };
    FORMATS.iter().find(|format| format.name == name)
}

/// Says whether a method is the key in the DID's text, and not one derived from it.
fn is_own(method: &Value, did: &Did) -> bool {
    let id = method.get("id").and_then(Value::as_str);
    let fragment = id.and_then(|id| id.strip_prefix(did.as_str())?.strip_prefix('#'));
    did.method() != "key" || fragment == Some(did.method_specific_id())
}

/// The document of a did:key without a key that is derived from the DID's own.
fn underived(document: Value, asked: &Asked) -> Value {
    let mut document = document;
    let methods = document
        .get_mut("verificationMethod")
        .and_then(Value::as_array_mut);
    let Some(methods) = methods else { return document };
    let all = methods.len();
    methods.retain(|method| is_own(method, &asked.did));
    if methods.len() < all
        && let Value::Object(members) = &mut document
    {
        members.remove("keyAgreement");
    }
    document
}

fn read(method: &Value) -> Option<PublicKey> {
    match (method.get("publicKeyMultibase"), method.get("publicKeyJwk")) {
        (Some(text), None) => PublicKey::from_multikey(text.as_str()?).ok(),
        (None, Some(jwk)) => PublicKey::from_jwk(jwk).ok(),
        _ => None,
    }
}

fn write(method: &mut Value, format: &Format, key: &PublicKey) {
    let Value::Object(members) = method else { return };
    members.remove("publicKeyMultibase");
    members.remove("publicKeyJwk");
    members.insert("type".to_owned(), json!(format.name));
    let (member, material) = match format.material {
        Material::Multibase => ("publicKeyMultibase", json!(key.to_multikey())),
        Material::Jwk => ("publicKeyJwk", key.to_jwk()),
        Material::Base58 => {
            let text = multibase::encode_z(key.raw());
            ("publicKeyBase58", json!(text.trim_start_matches('z')))
        }
    };
    members.insert(member.to_owned(), material);
}
