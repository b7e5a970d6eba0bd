//! Answers of the trust registry: TRQP v2.0 authorization and recognition, as of an instant, each also signed.
//!
//! INVARIANT: this registry speaks for one authority. An unknown entity or authority is 404; a known entity
//! without the grant is an honest `false`.

use chancery_trust::trqp::{Answer, Query, Question, Statement};
use chancery_vc::capability::{Action, Capability, Resource};
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    body::Members,
    problem::Problem,
    store::{RecognitionRecord, StoreError},
};

/// Life of a signed answer in milliseconds.
pub(crate) const STATEMENT_LIFE: i64 = 300_000;

/// Answers one question and signs the answer with the trqp key.
pub(crate) async fn answer(app: &App, query: Query, body: Map<String, Value>) -> Result<Value, Problem> {
    let question = Question::parse(query, &Value::Object(body))
        .map_err(|error| Problem::malformed(error.code(), error.to_string()))?;
    let now = app.now();
    let at = question.time.unwrap_or(now);
    if question.authority_id != app.did().as_str() {
        return Err(unknown());
    }
    if at > now {
        return Err(Problem::malformed(
            "request.member",
            "the registry does not know the future",
        ));
    }
    let outcome = match query {
        Query::Authorization => {
            match app.store().instance(&question.entity_id).await {
                Ok(_) => {}
                Err(StoreError::NotFound) => return Err(unknown()),
                Err(other) => return Err(other.into()),
            }
            let granted = app.store().capabilities_at(&question.entity_id, at).await?;
            granted
                .iter()
                .any(|text| grants(text, &question.action, &question.resource))
        }
        Query::Recognition => {
            let known = app.store().recognitions_of(&question.entity_id).await?;
            if known.is_empty() {
                return Err(unknown());
            }
            known.iter().any(|it| {
                it.valid_from <= at
                    && it.ended_at.is_none_or(|end| end > at)
                    && covers(&it.action, &it.resource, &question.action, &question.resource)
            })
        }
    };
    let trqp = &app.organization().trqp;
    let statement = Statement::new(trqp.did.clone(), question.clone(), outcome, now, STATEMENT_LIFE);
    let token = statement
        .sign(&trqp.method, trqp.signer.as_ref())
        .map_err(|error| Problem::internal(&error))?;
    Ok(Answer::new(question, outcome, now)
        .with_statement(&statement, token)
        .to_value())
}

fn unknown() -> Problem {
    Problem::new(
        http::StatusCode::NOT_FOUND,
        "trust.unknown_entity",
        "this registry does not know the entity, or does not speak for the authority",
    )
}

/// Whether a stored capability has one entry that names the action and the resource.
fn grants(text: &str, action: &str, resource: &str) -> bool {
    let parsed = serde_json::from_str(text)
        .ok()
        .and_then(|value: Value| Capability::parse(&value).ok());
    let (Some(capability), Ok(action), Ok(resource)) =
        (parsed, Action::parse(action), Resource::parse(resource))
    else {
        return false;
    };
    capability.entries().iter().any(|entry| {
        entry.action.iter().any(|granted| granted.covers(&action))
            && entry.resource.iter().any(|granted| granted.covers(&resource))
    })
}

/// Whether what is recognized is what is asked: the same words, or patterns of the profile that cover them.
fn covers(action: &str, resource: &str, asked_action: &str, asked_resource: &str) -> bool {
    let action = action == asked_action
        || matches!((Action::parse(action), Action::parse(asked_action)), (Ok(a), Ok(b)) if a.covers(&b));
    let resource = resource == asked_resource
        || matches!((Resource::parse(resource), Resource::parse(asked_resource)), (Ok(a), Ok(b)) if a.covers(&b));
    action && resource
}

/// Records that this registry recognizes an authority for an action on a resource.
pub(crate) async fn recognize(app: &App, body: Map<String, Value>) -> Result<RecognitionRecord, Problem> {
    let mut members = Members::new(body);
    let recognition = RecognitionRecord {
        id: format!("urn:uuid:{}", uuid::Uuid::now_v7()),
        entity_id: members.text("entity_id")?,
        action: members.text("action")?,
        resource: members.text("resource")?,
        valid_from: app.now(),
        ended_at: None,
    };
    members.finish()?;
    chancery_did::Did::parse(&recognition.entity_id)
        .map_err(|error| Problem::unacceptable(error.code(), "`entity_id` is not a DID"))?;
    if recognition.entity_id == app.did().as_str() {
        return Err(Problem::unacceptable(
            "trust.self",
            "a registry does not recognize its own authority",
        ));
    }
    app.store().insert_recognition(recognition.clone()).await?;
    Ok(recognition)
}

/// A recognition on the wire.
pub(crate) fn recognition_json(it: &RecognitionRecord) -> Value {
    json!({
        "id": it.id,
        "entity_id": it.entity_id,
        "action": it.action,
        "resource": it.resource,
        "valid_from": it.valid_from.to_string(),
        "ended_at": it.ended_at.map(|at| at.to_string()),
    })
}
