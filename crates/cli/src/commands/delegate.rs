//! `chancery delegate`: hand a narrower part of a capability to another agent.
//!
//! The delegating instance signs with its own key. With `--register` the root authority's registry
//! reserves a status index first, so that the delegation can live as long as its parent and be
//! revoked by itself; without it, it lives at most an hour.

use std::path::PathBuf;

use chancery::Agent;
use chancery::agent::{Handover, Reservation};
use chancery_did::Did;
use chancery_proof::Limits;
use chancery_vc::capability::Capability;
use chancery_vc::{Body, Paper, read_paper};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::input;
use crate::office::{refused, registry};
use crate::rehearsal::{ask, rehearsed, write};

/// Hand a narrower part of a capability to another agent.
#[derive(Debug, Args)]
pub struct Delegate {
    /// The paper to hand on from: a capability credential or a delegation.
    parent: PathBuf,
    /// The name of the delegating instance's key in the key store.
    #[arg(long = "as", value_name = "KEY")]
    key: String,
    /// The DID of the agent that receives it.
    #[arg(long, value_name = "DID")]
    to: String,
    /// The entry of the parent to narrow, counted from 0.
    #[arg(long, default_value_t = 0)]
    entry: usize,
    /// An action to hand on instead of all of the entry's; may be given more than once.
    #[arg(long = "allow", value_name = "ACTION")]
    allow: Vec<String>,
    /// A resource to hand on instead of all of the entry's; may be given more than once.
    #[arg(long = "resource", value_name = "URI")]
    resource: Vec<String>,
    /// A tighter amount, as `fact=100.00 EUR`; may be given more than once.
    #[arg(long = "max", value_name = "FACT=AMOUNT CURRENCY")]
    max: Vec<String>,
    /// A further constraint as JSON; may be given more than once.
    #[arg(long = "constraint", value_name = "JSON")]
    constraint: Vec<String>,
    /// How many times it may be handed on further.
    #[arg(long)]
    depth: Option<u8>,
    /// How long it is valid, never longer than its parent.
    #[arg(long, value_parser = input::duration, default_value = "1h")]
    ttl: u64,
    /// Reserve a status index at the root authority's registry first.
    #[arg(long)]
    register: bool,
    /// Where it goes; standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(command: &Delegate, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    input::vacant(command.out.as_deref())?;
    let text = input::read_text(&command.parent)?;
    let secured = read_paper(text.as_bytes(), &Limits::default())
        .map_err(|error| Failure::usage(error.code(), format!("`{}`: {error}", command.parent.display())))?;
    let parent = secured.unverified();
    let now = global.clock.0.now();
    let life = i64::try_from(command.ttl)
        .unwrap_or(i64::MAX)
        .saturating_mul(1000);
    let handover = Handover {
        subject: Did::parse(&command.to).map_err(|error| Failure::usage(error.code(), error.to_string()))?,
        capability: narrowed(command, parent)?,
        valid_until: now.saturating_add_millis(life).min(parent.valid_until),
    };
    let agent = Agent::of(Home::open(global)?.key(global, &command.key)?).map_err(of_agent)?;
    if global.dry_run {
        // Made and thrown away: a delegation that widens its parent is refused here too.
        agent.delegate(&text, &handover, None, now).map_err(of_agent)?;
        let mut changes = Vec::new();
        if command.register {
            changes.push(ask("reserve a status index for the delegation, and to record it"));
        }
        changes.extend(write(command.out.as_deref()));
        return Ok(rehearsed(global, &changes, console).unwrap_or(Exit::Yes));
    }
    let reserved = if command.register {
        let client = registry(global)?;
        let authority = Did::parse(&registry_did(global, parent)?)
            .map_err(|error| Failure::usage(error.code(), error.to_string()))?;
        let request = agent
            .request_delegation(&authority, &text, &handover, now)
            .map_err(of_agent)?;
        let answer = client.register_delegation(&request).await.map_err(refused)?;
        Some((client, reservation(&answer)?))
    } else {
        None
    };
    let reservation = reserved.as_ref().map(|(_, reservation)| reservation.clone());
    let paper = agent
        .delegate(&text, &handover, reservation, now)
        .map_err(of_agent)?;
    if let Some((client, reservation)) = &reserved {
        client
            .record_delegation(&reservation.id, &paper)
            .await
            .map_err(refused)?;
    }
    show(command, &paper, console)
}

fn show(command: &Delegate, paper: &str, console: &mut Console) -> Result<Exit, Failure> {
    if let Some(path) = &command.out {
        input::write_new(path, paper)?;
        console.say(format_args!("written to {}", path.display()));
    }
    let id = read_paper(paper.as_bytes(), &Limits::default())
        .map(|secured| secured.unverified().id.clone())
        .unwrap_or_default();
    if console.is_json() {
        console.json(&json!({"apiVersion": "chancery.v1", "kind": "Paper", "id": id, "subject": command.to, "credential": paper}));
    } else if command.out.is_some() {
        console.line(format_args!("{id}  {}", command.to));
    } else {
        console.line(paper);
    }
    Ok(Exit::Yes)
}

/// The child's one entry: the parent's, with what the command replaces or adds.
fn narrowed(command: &Delegate, parent: &Paper) -> Result<Capability, Failure> {
    let capability = match &parent.body {
        Body::Capability(capability) => capability,
        Body::Delegation(delegation) => &delegation.capability,
        Body::Passport(_) | Body::Attestation(_) | Body::Approval(_) => {
            return Err(Failure::usage(
                "type.credential",
                "only a capability or a delegation can be handed on",
            ));
        }
    };
    let entry = capability.entry(command.entry).ok_or_else(|| {
        Failure::usage(
            "delegation.entry",
            format!("the parent has no entry {}", command.entry),
        )
    })?;
    let mut child = Map::new();
    if let Value::Object(whole) = entry.to_value() {
        for member in ["action", "resource"] {
            if let Some(value) = whole.get(member) {
                child.insert(member.to_owned(), value.clone());
            }
        }
    }
    child.insert("from".to_owned(), command.entry.into());
    if !command.allow.is_empty() {
        child.insert("action".to_owned(), command.allow.clone().into());
    }
    if !command.resource.is_empty() {
        child.insert("resource".to_owned(), command.resource.clone().into());
    }
    let mut constraints = Vec::new();
    for max in &command.max {
        constraints.push(amount(max)?);
    }
    for text in &command.constraint {
        let value = chancery_proof::json::parse(text.as_bytes(), &Limits::default())
            .map_err(|error| Failure::usage(error.code(), format!("constraint: {error}")))?;
        constraints.push(value);
    }
    if !constraints.is_empty() {
        child.insert("constraint".to_owned(), constraints.into());
    }
    if let Some(depth) = command.depth {
        child.insert("delegation".to_owned(), json!({"maxDepth": depth}));
    }
    Capability::parse_strict(&Value::Array(vec![Value::Object(child)]))
        .map_err(|error| Failure::usage(error.code(), error.to_string()))
}

/// `amount=40.00 EUR` as a constraint.
fn amount(text: &str) -> Result<Value, Failure> {
    let parts = text
        .split_once('=')
        .and_then(|(fact, amount)| Some((fact, amount.split_once(' ')?)));
    let (fact, (max, currency)) =
        parts.ok_or_else(|| Failure::usage("usage.argument", format!("`{text}` is not `fact=40.00 EUR`")))?;
    Ok(json!({"type": "Amount", "fact": fact, "max": max, "currency": currency}))
}

/// Who the request is for: the home's own organization, or the issuer of a root paper.
fn registry_did(global: &Global, parent: &Paper) -> Result<String, Failure> {
    if parent.issuer.method() == "web" {
        return Ok(parent.issuer.as_str().to_owned());
    }
    Ok(Home::open(global)?.did()?.as_str().to_owned())
}

/// Reads the place that a registry reserved for a delegation.
fn reservation(answer: &Value) -> Result<Reservation, Failure> {
    Reservation::parse(answer).ok_or_else(|| {
        Failure::new(
            Exit::Network,
            "fetch.failed",
            "the registry's answer names no status entries",
        )
    })
}

fn of_agent(error: chancery::agent::AgentError) -> Failure {
    Failure::usage(error.code(), error.to_string())
}
