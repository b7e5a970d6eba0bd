//! What a DID URL names in a document, [DID Resolution section 5.4](https://www.w3.org/TR/did-resolution/#dereferencing-algorithm).
//!
//! INVARIANT: nothing is fetched here; a service's address is given back, and only an `https` one.

use chancery_did::Did;
use serde_json::{Map, Value, json};
use url::Url;

use super::error::{DidError, Kind};
use super::inquiry::Asked;

/// The members of a document whose items have an id, or are one.
const LISTS: [&str; 7] = [
    "verificationMethod",
    "authentication",
    "assertionMethod",
    "keyAgreement",
    "capabilityInvocation",
    "capabilityDelegation",
    "service",
];

/// The item of a document that a fragment names.
pub(super) fn fragment<'a>(document: &'a Value, asked: &Asked, name: &str) -> Result<&'a Value, DidError> {
    let wanted = format!("{}#{name}", asked.did);
    let found = LISTS
        .iter()
        .flat_map(|list| items(document, list).iter().map(move |item| (*list, item)))
        .find(|(_, item)| id_of(item, &asked.did).is_some_and(|id| id == wanted));
    let Some((list, item)) = found else {
        return Err(DidError::absent(format!(
            "the document has nothing called `#{}`",
            short(name)
        )));
    };
    if let Some(relationship) = asked.relationship {
        if list == "service" {
            return Err(DidError::new(
                Kind::InvalidVerificationMethod,
                "key.not_found",
                "the fragment names a service, not a verification method",
            ));
        }
        let stands = items(document, relationship.as_str()).iter().any(|item| {
            let id = item
                .as_str()
                .map_or_else(|| id_of(item, &asked.did), |text| Some(whole(text, &asked.did)));
            id.is_some_and(|id| id == wanted)
        });
        if !stands {
            return Err(DidError::new(
                Kind::InvalidRelationship,
                "key.relationship",
                format!("the verification method may not be used for `{relationship}`"),
            ));
        }
    }
    Ok(item)
}

/// The services that the DID URL selects.
fn selected<'a>(document: &'a Value, asked: &Asked) -> Vec<&'a Value> {
    let wanted = asked.service.as_deref().map(|name| {
        if name.contains(':') || name.starts_with('#') {
            whole(name, &asked.did)
        } else {
            format!("{}#{name}", asked.did)
        }
    });
    items(document, "service")
        .iter()
        .filter(|service| match &wanted {
            Some(wanted) => id_of(service, &asked.did).is_some_and(|id| id == *wanted),
            None => true,
        })
        .filter(|service| match &asked.service_type {
            Some(wanted) => is_of_type(service, wanted),
            None => true,
        })
        .collect()
}

/// The document with only the services that the DID URL selects.
pub(super) fn with_selected(document: &Value, asked: &Asked) -> Result<Value, DidError> {
    let services: Vec<Value> = selected(document, asked).into_iter().cloned().collect();
    if services.is_empty() {
        return Err(DidError::absent("the document has no such service"));
    }
    let mut narrowed = document.clone();
    if let Value::Object(members) = &mut narrowed {
        members.insert("service".to_owned(), Value::Array(services));
    }
    Ok(narrowed)
}

/// The first address of the services that the DID URL selects.
pub(super) fn endpoint(document: &Value, asked: &Asked) -> Result<String, DidError> {
    let mut addresses = selected(document, asked)
        .into_iter()
        .filter_map(|service| service.get("serviceEndpoint"))
        .flat_map(texts)
        .filter_map(|text| Url::parse(text).ok())
        .filter(|url| url.scheme() == "https");
    let base = addresses
        .next()
        .ok_or_else(|| DidError::absent("the document has no such service with an https address"))?;
    let mut url = match &asked.relative_ref {
        Some(reference) => joined(&base, reference)?,
        None => base,
    };
    if let Some(fragment) = &asked.fragment {
        if url.fragment().is_some() {
            return Err(DidError::new(
                Kind::InvalidDidUrl,
                "parse.did_url",
                "the service's address has a fragment already",
            ));
        }
        url.set_fragment(Some(fragment));
    }
    Ok(url.into())
}

/// The address of the file that a path names, where the method says what paths mean.
pub(super) fn file(document: &Value, asked: &Asked) -> Result<String, DidError> {
    let known = asked.did.method() == "webvh" && asked.relative_ref.is_none() && !asked.unknown;
    if !known || asked.path.is_empty() {
        return Err(DidError::absent(
            "nothing here can tell what the DID URL's path or query names",
        ));
    }
    let url = chancery_did_webvh::file_url(&asked.did, document, &asked.path)
        .map_err(|error| DidError::absent(error.to_string()))?;
    Ok(match &asked.fragment {
        Some(fragment) => format!("{url}#{fragment}"),
        None => url,
    })
}

/// Resolves `relativeRef` against a service's address, RFC 3986 section 5; it stays at that host.
fn joined(base: &Url, reference: &str) -> Result<Url, DidError> {
    let url = base
        .join(reference)
        .map_err(|_| DidError::option("`relativeRef` is not a relative reference"))?;
    if url.origin() == base.origin() {
        Ok(url)
    } else {
        Err(DidError::option(
            "`relativeRef` leads to another host than the service's",
        ))
    }
}

/// Makes the relative DID URLs of a document whole.
pub(super) fn expanded(mut document: Value, did: &Did) -> Value {
    if let Value::Object(members) = &mut document {
        for list in LISTS {
            if let Some(Value::Array(items)) = members.get_mut(list) {
                items.iter_mut().for_each(|item| expand(item, did));
            }
        }
    }
    document
}

fn expand(item: &mut Value, did: &Did) {
    match item {
        Value::String(text) => *text = whole(text, did),
        Value::Object(members) => {
            if let Some(Value::String(id)) = members.get_mut("id") {
                *id = whole(id, did);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {}
    }
}

fn items<'a>(document: &'a Value, list: &str) -> &'a [Value] {
    document
        .get(list)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn id_of(item: &Value, did: &Did) -> Option<String> {
    item.get("id").and_then(Value::as_str).map(|id| whole(id, did))
}

fn whole(id: &str, did: &Did) -> String {
    if id.starts_with(['#', '?', '/']) {
        format!("{did}{id}")
    } else {
        id.to_owned()
    }
}

fn is_of_type(service: &Value, wanted: &str) -> bool {
    service
        .get("type")
        .is_some_and(|types| texts(types).into_iter().any(|name| name == wanted))
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn short(name: &str) -> String {
    name.chars().take(64).collect()
}

/// A verification method with a context of its own, so that it can stand alone as JSON-LD.
pub(super) fn with_context(item: &Value, document: &Value) -> Value {
    let mut members = Map::new();
    let context = document
        .get("@context")
        .cloned()
        .unwrap_or_else(|| json!("https://www.w3.org/ns/did/v1"));
    members.insert("@context".to_owned(), context);
    if let Value::Object(own) = item {
        members.extend(own.clone());
    }
    Value::Object(members)
}
