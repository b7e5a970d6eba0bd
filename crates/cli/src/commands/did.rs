//! `chancery did`: make, resolve and show identifiers.

mod begin;
mod change;
mod log;
mod log_file;
mod webvh;
mod witness;

use chancery::Resolver;
use chancery::resolution::{DidError, Form, Inquiry, answer};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::Global;
use crate::console::Console;
use crate::edge;
use crate::exit::{Exit, Failure};
use crate::home::Home;

/// Decentralized identifiers and their documents.
#[derive(Debug, Subcommand)]
pub enum Did {
    /// Show the DID of a key in the key store, or begin the log of a did:webvh that this key controls.
    Create {
        /// The key's name.
        key: String,
        /// The method.
        #[arg(long, value_enum, default_value = "key")]
        method: MethodArgument,
        #[command(flatten)]
        begin: Box<begin::Begin>,
    },
    Update(Box<change::Change>),
    Rotate(change::Rotate),
    Deactivate(change::Deactivate),
    Witness(witness::Witness),
    Append(witness::Append),
    Log(log::Log),
    Publish(log::Publish),
    /// Show this organization's own DID.
    Show,
    /// Resolve a DID to its document, or a DID URL to what it names.
    Resolve {
        /// The DID or DID URL.
        did: String,
        /// What of the result is wanted, as a media type: `application/did-resolution` is the whole of it.
        #[arg(long, value_name = "MEDIA_TYPE", default_value = "application/did")]
        accept: String,
    },
}

/// The methods of DIDs that a key makes.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MethodArgument {
    /// did:key.
    Key,
    /// did:jwk.
    Jwk,
    /// did:webvh: a log, which begins with this key.
    Webvh,
}

pub(super) async fn run(command: &Did, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    match command {
        Did::Create { key, method, begin } => {
            let did = match method {
                MethodArgument::Webvh => return begin::create(key, begin, global, console),
                MethodArgument::Key => {
                    begin.refuse_other_method()?;
                    chancery_did_key::did_for(Home::open(global)?.key(global, key)?.public_key())
                }
                MethodArgument::Jwk => {
                    begin.refuse_other_method()?;
                    chancery_did_jwk::did_for(Home::open(global)?.key(global, key)?.public_key())
                        .map_err(|error| Failure::usage(error.code(), error.to_string()))?
                }
            };
            show(console, did.as_str());
        }
        Did::Update(command) => return command.run(global, console),
        Did::Rotate(command) => return command.run(global, console),
        Did::Deactivate(command) => return command.run(global, console),
        Did::Witness(command) => return command.run(global, console),
        Did::Append(command) => return command.run(global, console),
        Did::Log(command) => return command.run(global, console),
        Did::Publish(command) => return command.run(global, console).await,
        Did::Show => show(console, Home::open(global)?.did()?.as_str()),
        Did::Resolve { did, accept } => return resolve(did, accept, global, console).await,
    }
    Ok(Exit::Yes)
}

/// Prints what `GET /1.0/identifiers/` answers; an error without a result around it is a failure.
async fn resolve(
    identifier: &str,
    accept: &str,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let refused = |error: &DidError| Failure::usage(error.code, error.to_string());
    let form = Form::preferred(accept).map_err(|error| refused(&error))?;
    let did = identifier.split(['/', '?', '#']).next().unwrap_or_default();
    let client = edge::guarded(global, &[did.to_owned()])?;
    let resolver = Resolver::new(client, global.clock.0.clone());
    let answer = answer(&resolver, &Inquiry::of(identifier), form).await;
    let exit = match answer.code {
        None if answer.status < 400 => Exit::Yes,
        Some(code) if code.starts_with("parse.") || code.starts_with("resolve.option") => Exit::Usage,
        Some(code) if code.starts_with("fetch.") => Exit::Network,
        None | Some(_) => Exit::No,
    };
    if let Some(location) = answer.location {
        console.line(location);
        return Ok(exit);
    }
    let body = answer.body.unwrap_or_default();
    if let (Some(code), "application/problem+json") = (answer.code, answer.media_type) {
        let detail = body.get("detail").and_then(Value::as_str).unwrap_or_default();
        return Err(Failure::new(exit, code, detail));
    }
    if console.is_json() {
        console.json(&body)
    } else {
        console.line(format_args!("{body:#}"))
    }
    Ok(exit)
}

fn show(console: &mut Console, did: &str) {
    if console.is_json() {
        console.json(&json!({"apiVersion": "chancery.v1", "kind": "Did", "did": did}));
    } else {
        console.line(did);
    }
}
