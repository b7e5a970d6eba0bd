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
    /// A paper, a presentation, a status list or any JWS: a file, or `-` for standard input.
    file: PathBuf,
}

pub(super) fn run(command: &Inspect, console: &mut Console) -> Result<Exit, Failure> {
    let bytes = input::read(&command.file)?;
    let bytes = bytes.trim_ascii();
    let inside = if bytes.starts_with(b"{") {
        parse(bytes)?
    } else {
        token(bytes)?
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

fn token(bytes: &[u8]) -> Result<Value, Failure> {
    let refused = || Failure::usage("parse.jose", "this is neither a JSON object nor a compact JWS");
    let text = std::str::from_utf8(bytes).map_err(|_| refused())?;
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(refused());
    };
    let part = |text: &str| {
        let bytes =
            base64url::decode(text).map_err(|error| Failure::usage(error.code(), error.to_string()))?;
        parse(&bytes)
    };
    Ok(json!({"header": part(header)?, "payload": part(payload)?}))
}
