//! `chancery inspect FILE`: look inside a paper without believing it.

use std::path::PathBuf;

use chancery_proof::{Limits, base64url, json};
use clap::Args;
use serde_json::{Value, json};

use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::input;

/// Look inside a paper without believing it.
#[derive(Debug, Args)]
pub struct Inspect {
    /// A paper, presentation, status list, JWS or SD-JWT: a file, or `-` for standard input.
    file: PathBuf,
}

pub(super) fn run(command: &Inspect, console: &mut Console) -> Result<Exit, Failure> {
    let bytes = input::read(&command.file)?;
    let bytes = bytes.trim_ascii();
    let inside = if bytes.starts_with(b"{") {
        parse(bytes)?
    } else {
        text(bytes)?
    };
    if console.is_json() {
        console.json(
            &json!({"apiVersion": "chancery.v1", "kind": "Inspection", "verified": false, "content": inside}),
        );
    } else {
        console.line(format_args!("{inside:#}"));
    }
    console.say("unverified: nothing here was checked, neither signature nor status nor trust");
    Ok(Exit::Yes)
}

fn parse(bytes: &[u8]) -> Result<Value, Failure> {
    json::parse(bytes, &Limits::default()).map_err(|error| Failure::usage(error.code(), error.to_string()))
}

/// A compact JWS, or an SD-JWT with what is disclosed and its key binding.
fn text(bytes: &[u8]) -> Result<Value, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| refused())?;
    let Some((signed, rest)) = text.split_once('~') else {
        return token(text);
    };
    let mut inside = token(signed)?;
    let (disclosures, binding) = rest.rsplit_once('~').unwrap_or(("", rest));
    let disclosures = disclosures.split('~').filter(|part| !part.is_empty());
    let disclosures = disclosures.map(decoded).collect::<Result<Vec<_>, _>>()?;
    if let Some(members) = inside.as_object_mut() {
        members.insert("disclosures".to_owned(), disclosures.into());
        if !binding.is_empty() {
            members.insert("keyBinding".to_owned(), token(binding)?);
        }
    }
    Ok(inside)
}

fn refused() -> Failure {
    Failure::usage(
        "parse.jose",
        "this is neither a JSON object nor a compact JWS or SD-JWT",
    )
}

fn decoded(text: &str) -> Result<Value, Failure> {
    parse(&base64url::decode(text).map_err(|error| Failure::usage(error.code(), error.to_string()))?)
}

fn token(text: &str) -> Result<Value, Failure> {
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(refused());
    };
    Ok(json!({"header": decoded(header)?, "payload": decoded(payload)?}))
}
