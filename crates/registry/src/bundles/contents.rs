//! What a trust bundle holds, in the wire shape of the verifier's evidence.
//!
//! Profile, "Bundles": DID documents and logs, status lists in both forms, recognitions as signed statements.
//! INVARIANT: what does not fit is left out from the end, in this order: own documents and log, status lists from the
//! newest on, statements, logs of agents, documents of peers; a verifier that misses something says what.

use std::collections::BTreeSet;

use chancery_did::{Did, LogFiles, Timestamp};
use chancery_trust::trqp::{Query, Question, Statement};
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    peers::{Peers, Published},
    problem::Problem,
    status_lists::{Form, publish},
    store::RecognitionRecord,
    trust_registry::STATEMENT_LIFE,
    webvh,
};

/// Bytes of text in one bundle: with its escapes and in base64url it stays well below what readers take.
const ROOM: usize = 6 * 1024 * 1024;
/// The most statements, each of which is signed anew for every bundle.
const MOST_STATEMENTS: usize = 64;
/// The most recognitions that are looked at.
const MOST_RECOGNITIONS: usize = 10_000;
/// The most logs of agents.
const MOST_LOGS: u32 = 1_000;

/// The evidence being put together, and the room that is left.
struct Contents {
    members: Map<String, Value>,
    room: usize,
}

/// Puts the evidence together as it stands.
pub(super) async fn gather(app: &App, now: Timestamp) -> Result<Map<String, Value>, Problem> {
    let mut contents = Contents {
        members: Map::new(),
        room: ROOM,
    };
    let organization = app.organization();
    for role in [&organization.bundle, &organization.status, &organization.trqp] {
        contents.document(&role.did, &role.document);
    }
    if organization.issue.did.method() == "webvh" {
        let record = app.store().did_log(webvh::ORGANIZATION).await?;
        contents.log(&organization.issue.did, &webvh::files(&record));
    } else {
        contents.document(&organization.issue.did, &organization.issue.document);
    }
    for id in app.store().status_lists().await?.iter().rev() {
        let list = publish(app, id).await?;
        let url = organization.status_list_url(id);
        contents.put(
            "statusLists",
            &url,
            list.form(app, Form::Credential)?.text()?.into(),
        );
        contents.put(
            "tokenStatusLists",
            &url,
            list.form(app, Form::TokenList)?.text()?.into(),
        );
    }
    let recognitions = recognitions(app, now).await?;
    contents.statements(app, &recognitions, now)?;
    contents.logs(app).await?;
    let peers = recognitions
        .iter()
        .filter_map(|it| Did::parse(&it.entity_id).ok());
    for (did, text) in Peers::of(app, &peers.collect::<BTreeSet<Did>>(), now) {
        match text {
            Published::Document(text) => contents.document(&did, &text),
            Published::Log(files) => contents.log(&did, &files),
        }
    }
    Ok(contents.members)
}

impl Contents {
    /// Puts one text, or a few, under its key; what is there already stays, and what does not fit is left out.
    fn put(&mut self, member: &str, key: &str, value: Value) {
        let taken = member
            .len()
            .saturating_add(key.len())
            .saturating_add(length(&value));
        let Some(left) = self.room.checked_sub(taken) else {
            tracing::warn!(member, "the trust bundle is full; something is left out");
            return;
        };
        let members = self.members.entry(member).or_insert_with(|| json!({}));
        if let Some(members) = members
            .as_object_mut()
            .filter(|members| !members.contains_key(key))
        {
            members.insert(key.to_owned(), value);
            self.room = left;
        }
    }

    fn document(&mut self, did: &Did, text: &str) {
        self.put("documents", did.as_str(), text.into());
    }

    fn log(&mut self, did: &Did, files: &LogFiles) {
        let mut value = json!({ "log": files.log });
        if let (Some(members), Some(witness)) = (value.as_object_mut(), &files.witness) {
            members.insert("witness".to_owned(), witness.as_str().into());
        }
        self.put("didLogs", did.as_str(), value);
    }

    /// The logs of agents that are hosted here.
    async fn logs(&mut self, app: &App) -> Result<(), Problem> {
        for place in app.store().did_log_places(MOST_LOGS).await? {
            if place == webvh::ORGANIZATION {
                continue;
            }
            let record = app.store().did_log(&place).await?;
            if let Ok(did) = Did::parse(&record.did) {
                self.log(&did, &webvh::files(&record));
            }
        }
        Ok(())
    }

    /// Recognitions of one action on one resource; a pattern is no answer to any question.
    fn statements(&mut self, app: &App, known: &[RecognitionRecord], now: Timestamp) -> Result<(), Problem> {
        let concrete = |it: &&RecognitionRecord| !it.action.contains('*') && !it.resource.contains('*');
        let trqp = &app.organization().trqp;
        let mut tokens = Vec::new();
        for it in known.iter().filter(concrete).take(MOST_STATEMENTS) {
            let authority = app.did().as_str();
            let asked = Question::new(
                Query::Recognition,
                &it.entity_id,
                authority,
                &it.action,
                &it.resource,
            );
            let Ok(question) = asked else { continue };
            let statement = Statement::new(trqp.did.clone(), question, true, now, STATEMENT_LIFE);
            let token = statement
                .sign(&trqp.method, trqp.signer.as_ref())
                .map_err(|error| Problem::internal(&error))?;
            tokens.push(Value::from(token));
        }
        let taken = tokens.iter().map(length).fold(0, usize::saturating_add);
        if let Some(left) = self.room.checked_sub(taken).filter(|_| !tokens.is_empty()) {
            self.members.insert("trustStatements".to_owned(), tokens.into());
            self.room = left;
        }
        Ok(())
    }
}

/// The recognitions that hold now.
async fn recognitions(app: &App, now: Timestamp) -> Result<Vec<RecognitionRecord>, Problem> {
    let mut known: Vec<RecognitionRecord> = Vec::new();
    let mut after: Option<String> = None;
    while known.len() < MOST_RECOGNITIONS {
        let page = app.store().recognitions(after.as_deref(), 1_000).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        known.extend(
            page.into_iter()
                .filter(|it| it.valid_from <= now && it.ended_at.is_none_or(|end| end > now)),
        );
    }
    Ok(known)
}

/// The bytes of text in a value.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Object(members) => members.values().map(length).fold(0, usize::saturating_add),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => 0,
    }
}
