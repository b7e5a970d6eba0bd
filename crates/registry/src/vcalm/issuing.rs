//! `POST /credentials/issue` and `POST /credentials/derive`.
//!
//! INVARIANT: a document is checked whole, with the places of its status already in it, before anything is
//! stored or signed; what is signed names the issuer whose key signs.

use std::sync::Arc;

use chancery_did::Timestamp;
use chancery_proof::{Limits, ProofError, Secured};
use chancery_rdfc::{Cryptosuite, Rdfc};
use chancery_vc::{
    StatusEntry, StatusPurpose,
    credential::{Model, Stage, rules},
    status::StatusMessage,
};
use serde_json::{Map, Value, json};

use super::{Issuer, Suite, reserved::is_reserved};
use crate::{
    app::App,
    body::Members,
    issuing::{entries, placeholders},
    problem::Problem,
    store::{CredentialState, NewCredential},
};

/// The most pointers of one request.
const POINTERS: usize = 256;
/// The longest id that is recorded, in bytes.
const LONGEST_ID: usize = 2048;
/// The last instant that a date of four-digit years can name.
const FOREVER: Timestamp = Timestamp::from_seconds(253_402_300_799);
/// What a caller asks for.
struct Order {
    credential: Map<String, Value>,
    id: Option<String>,
    suite: Suite,
    mandatory: Option<Vec<String>>,
}

/// Issues one credential as `name`, and gives it in its secured form.
pub(crate) async fn issue(app: &App, name: &str, body: Map<String, Value>) -> Result<Value, Problem> {
    let issuer = app.office().issuers.get(name).ok_or_else(Problem::not_found)?;
    let order = order(issuer, body)?;
    named_issuer(issuer, &order.credential)?;
    let now = app.now();
    let (document, model) = completed(issuer, &order, now)?;
    let suite = order.suite;
    let rdfc = Arc::clone(&app.office().rdfc);
    if order.mandatory.is_some() && suite != Suite::Rdfc(Cryptosuite::EcdsaSd2023) {
        return Err(Problem::malformed(
            "request.member",
            "`mandatoryPointers` are for a suite that discloses selectively",
        ));
    }
    let mandatory = order.mandatory.clone().unwrap_or_default();
    let tried = if issuer.status {
        with_status(document.clone(), &placeholders(app), model)
    } else {
        document.clone()
    };
    rules(&tried, Stage::Issuing).map_err(|error| Problem::malformed(error.code(), error.to_string()))?;
    checked(Arc::clone(&rdfc), tried).await?;
    let document = if issuer.status {
        let record = record(issuer, &order, &document, model, now)?;
        let id = record.id.clone();
        let slots = app.store().prepare_credential(record, None, now).await?;
        let document = with_status(document, &entries(app, &slots), model);
        let secured = signed(Arc::clone(&rdfc), issuer.clone(), suite, document, mandatory, now).await?;
        let text = secured.to_string();
        let digest = digest(&secured, &rdfc).map_err(|error| Problem::internal(&error))?;
        app.store().seal_credential(&id, &digest, &text).await?;
        tracing::info!(credential = id, suite = ?suite, "credential issued");
        secured
    } else {
        signed(rdfc, issuer.clone(), suite, document, mandatory, now).await?
    };
    Ok(json!({ "verifiableCredential": document }))
}

fn order(issuer: &Issuer, body: Map<String, Value>) -> Result<Order, Problem> {
    let mut members = Members::new(body);
    let credential = match members.take("credential") {
        Some(Value::Object(credential)) => credential,
        Some(_) => return Err(Problem::malformed("request.member", "`credential` is an object")),
        None => {
            return Err(Problem::malformed(
                "request.missing_member",
                "`credential` is required",
            ));
        }
    };
    let options = match members.take("options") {
        None => Map::new(),
        Some(Value::Object(options)) => options,
        Some(_) => return Err(Problem::malformed("request.member", "`options` is an object")),
    };
    members.finish()?;
    let mut options = Members::new(options);
    let as_malformed = |problem: Problem| Problem {
        status: http::StatusCode::BAD_REQUEST,
        ..problem
    };
    let id = options.optional_text("credentialId").map_err(as_malformed)?;
    let mandatory = options
        .take("mandatoryPointers")
        .map(|value| pointers("mandatoryPointers", value))
        .transpose()?;
    let key = issuer.signer.public_key().key_type();
    let suite = match options.optional_text("cryptosuite").map_err(as_malformed)? {
        None => issuer.suites.first().copied(),
        Some(name) => {
            Suite::parse(&name).filter(|suite| issuer.suites.contains(suite) && suite.name(key) == name)
        }
    }
    .ok_or_else(|| {
        Problem::malformed(
            "request.member",
            "this issuer does not sign with that `cryptosuite`",
        )
    })?;
    options.finish()?;
    Ok(Order {
        credential,
        id,
        suite,
        mandatory,
    })
}

/// Reads a list of JSON pointers.
fn pointers(name: &'static str, value: Value) -> Result<Vec<String>, Problem> {
    let wrong = || {
        Problem::malformed(
            "request.member",
            format!("`{name}` is a list of at most {POINTERS} JSON pointers"),
        )
    };
    let Value::Array(items) = value else {
        return Err(wrong());
    };
    if items.len() > POINTERS {
        return Err(wrong());
    }
    items
        .into_iter()
        .map(|item| {
            let pointer = item
                .as_str()
                .filter(|text| text.is_empty() || text.starts_with('/'));
            pointer.map(str::to_owned).ok_or_else(wrong)
        })
        .collect()
}

/// Refuses a credential that names another issuer than the one whose key signs it.
fn named_issuer(issuer: &Issuer, credential: &Map<String, Value>) -> Result<(), Problem> {
    let named = credential.get("issuer");
    let id = named.and_then(|named| named.as_str().or_else(|| named.get("id").and_then(Value::as_str)));
    match id {
        Some(id) if id == issuer.did.as_str() => Ok(()),
        Some(_) => Err(Problem::malformed(
            "issue.issuer",
            format!("`issuer` must be {}, whose key signs here", issuer.did),
        )),
        None => Err(Problem::malformed(
            "parse.structure",
            "`issuer` is a URL, or an object with one as its id",
        )),
    }
}

/// The document with what its version needs, after its own rules were checked.
fn completed(issuer: &Issuer, order: &Order, now: Timestamp) -> Result<(Value, Model), Problem> {
    let mut credential = order.credential.clone();
    if credential.contains_key("proof") {
        return Err(Problem::malformed(
            "issue.proof",
            "a credential that is issued here has no proof yet",
        ));
    }
    if issuer.status && credential.contains_key("credentialStatus") {
        return Err(Problem::malformed(
            "issue.status",
            "the service gives a credential its `credentialStatus` itself",
        ));
    }
    let first = credential
        .get("@context")
        .and_then(|context| context.get(0).or(Some(context)));
    let version_1 = first.and_then(Value::as_str) == Some("https://www.w3.org/2018/credentials/v1");
    if version_1 && !credential.contains_key("issuanceDate") {
        credential.insert("issuanceDate".to_owned(), json!(second(now)));
    }
    if version_1 && order.suite == Suite::Jose {
        return Err(Problem::malformed(
            "request.member",
            "a vc+jwt holds a credential of version 2.0; sign this one with a cryptosuite",
        ));
    }
    let mut document = Value::Object(credential);
    if version_1 {
        document = Suite::with_contexts(document, issuer.status);
    }
    let model = rules(&document, Stage::Issuing)
        .map_err(|error| Problem::malformed(error.code(), error.to_string()))?;
    if is_reserved(&document) {
        return Err(Problem::unacceptable(
            "issue.reserved_type",
            "papers of agents and status lists are issued by their own routes only",
        ));
    }
    Ok((document, model))
}

fn second(at: Timestamp) -> String {
    Timestamp::from_seconds(at.millis().div_euclid(1000)).to_string()
}

/// Puts the places of its status into a document.
fn with_status(mut document: Value, entries: &[StatusEntry], model: Model) -> Value {
    if let Value::Object(members) = &mut document {
        let entries = entries.iter().map(|entry| explained(entry, model)).collect();
        members.insert("credentialStatus".to_owned(), entries);
    }
    document
}

/// An entry with an id, as version 1.1 asks in section 4.9; in version 2.0, whose context has the words, also
/// with what its two values mean, and where the service names all its lists.
fn explained(entry: &StatusEntry, model: Model) -> Value {
    let mut entry = entry.clone();
    if model == Model::V2_0 {
        let (unset, set) = match entry.purpose {
            StatusPurpose::Revocation => ("not revoked", "revoked"),
            StatusPurpose::Suspension => ("not suspended", "suspended"),
            StatusPurpose::Refresh | StatusPurpose::Message => ("unset", "set"),
        };
        let meaning = |status, message: &str| StatusMessage {
            status,
            message: message.to_owned(),
        };
        entry.messages = vec![meaning(0, unset), meaning(1, set)];
        let all = entry.list.rsplit_once('/').map(|(all, _)| all.to_owned());
        entry.references = all.into_iter().collect();
    }
    let mut value = entry.to_value();
    if let Value::Object(members) = &mut value {
        members.insert("id".to_owned(), format!("{}#{}", entry.list, entry.index).into());
    }
    value
}

/// Checks in a thread of its own that JSON-LD loses nothing of the document.
async fn checked(rdfc: Arc<Rdfc>, document: Value) -> Result<(), Problem> {
    apart(move || rdfc.check(&document)).await
}

async fn signed(
    rdfc: Arc<Rdfc>,
    issuer: Issuer,
    suite: Suite,
    document: Value,
    mandatory: Vec<String>,
    now: Timestamp,
) -> Result<Value, Problem> {
    apart(move || suite.sign(&rdfc, &issuer, document, &mandatory, now)).await
}

/// Works in a thread that may be busy for a while.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ProofError> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|error| Problem::malformed(error.code(), error.to_string()))
}

fn record(
    issuer: &Issuer,
    order: &Order,
    document: &Value,
    model: Model,
    now: Timestamp,
) -> Result<NewCredential, Problem> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let id = match order.id.as_deref().or_else(|| text("id")) {
        Some(id) if id.len() > LONGEST_ID => {
            return Err(Problem::malformed(
                "limit.size",
                "the credential's id is too long",
            ));
        }
        Some(id) => id.to_owned(),
        None => format!("urn:uuid:{}", uuid::Uuid::now_v7()),
    };
    let (from, until) = match model {
        Model::V1_1 => ("issuanceDate", "expirationDate"),
        Model::V2_0 => ("validFrom", "validUntil"),
    };
    let time = |name: &str, otherwise: Timestamp| {
        text(name).map_or(Ok(otherwise), |text| {
            Timestamp::parse(text).map_err(|error| Problem::malformed(error.code(), error.to_string()))
        })
    };
    let subject = document.pointer("/credentialSubject/id").and_then(Value::as_str);
    let kind = document
        .get("type")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .find(|name| *name != "VerifiableCredential")
        .unwrap_or("VerifiableCredential");
    Ok(NewCredential {
        id,
        kind: kind.to_owned(),
        issuer: issuer.did.as_str().to_owned(),
        subject: subject.unwrap_or_default().to_owned(),
        parent: None,
        state: CredentialState::Prepared,
        capability: "[]".to_owned(),
        securing: order.suite.name(issuer.signer.public_key().key_type()).to_owned(),
        valid_from: time(from, now)?,
        valid_until: time(until, FOREVER)?,
        created_at: now,
        renews: None,
    })
}

/// The digest by which the record knows what was signed, as of every paper.
fn digest(secured: &Value, rdfc: &Rdfc) -> Result<String, ProofError> {
    let limits = Limits::default();
    let id = secured.get("id").and_then(Value::as_str);
    let read = match id.and_then(|id| id.strip_prefix("data:application/vc+jwt,")) {
        Some(token) => Secured::<Value>::jose(token, &["vc+jwt"], &limits)?,
        None => Secured::data_integrity_with(secured.clone(), &limits, rdfc)?,
    };
    Ok(read.digest().as_str().to_owned())
}

/// Derives a credential that discloses what is mandatory and what the caller selects.
pub(crate) async fn derive(app: &App, body: Map<String, Value>) -> Result<Value, Problem> {
    let mut members = Members::new(body);
    let credential = match members.take("verifiableCredential") {
        Some(credential @ Value::Object(_)) => credential,
        Some(_) => {
            return Err(Problem::malformed(
                "request.member",
                "`verifiableCredential` is an object",
            ));
        }
        None => {
            return Err(Problem::malformed(
                "request.missing_member",
                "`verifiableCredential` is required",
            ));
        }
    };
    let mut options = match members.take("options") {
        None => Members::new(Map::new()),
        Some(Value::Object(options)) => Members::new(options),
        Some(_) => return Err(Problem::malformed("request.member", "`options` is an object")),
    };
    members.finish()?;
    let selective = options
        .take("selectivePointers")
        .map(|value| pointers("selectivePointers", value))
        .transpose()?
        .unwrap_or_default();
    options.finish()?;
    let rdfc = Arc::clone(&app.office().rdfc);
    let derived = apart(move || rdfc.derive(credential, &selective)).await?;
    Ok(json!({ "verifiableCredential": derived }))
}
