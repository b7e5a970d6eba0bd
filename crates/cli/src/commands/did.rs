//! `chancery did`: make, resolve and show identifiers.

use chancery::Resolver;
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
    /// Show the DID of a key in the key store.
    Create {
        /// The key's name.
        key: String,
        /// The method.
        #[arg(long, value_enum, default_value = "key")]
        method: MethodArgument,
    },
    /// Show this organization's own DID.
    Show,
    /// Resolve a DID to its document.
    Resolve {
        /// The DID.
        did: String,
    },
}

/// The methods whose DID is the key itself.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MethodArgument {
    /// did:key.
    Key,
    /// did:jwk.
    Jwk,
}

pub(super) async fn run(command: &Did, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    match command {
        Did::Create { key, method } => {
            let key = Home::open(global)?.key(global, key)?;
            let did = match method {
                MethodArgument::Key => chancery_did_key::did_for(key.public_key()),
                MethodArgument::Jwk => chancery_did_jwk::did_for(key.public_key())
                    .map_err(|error| Failure::usage(error.code(), error.to_string()))?,
            };
            show(console, did.as_str());
        }
        Did::Show => show(console, Home::open(global)?.did()?.as_str()),
        Did::Resolve { did } => {
            let did = chancery_did::Did::parse(did)
                .map_err(|error| Failure::usage(error.code(), error.to_string()))?;
            let client = edge::guarded(global, &[did.as_str().to_owned()])?;
            let document = Resolver::new(client, global.clock.0.clone())
                .resolve(&did)
                .await
                .map_err(|error| {
                    let exit = if error.code().starts_with("fetch.") {
                        Exit::Network
                    } else {
                        Exit::No
                    };
                    Failure::new(exit, error.code(), error.to_string())
                })?;
            let document: Value = document.to_value();
            if console.is_json() {
                console.json(&document)
            } else {
                console.line(format_args!("{document:#}"))
            }
        }
    }
    Ok(Exit::Yes)
}

fn show(console: &mut Console, did: &str) {
    if console.is_json() {
        console.json(&json!({"apiVersion": "chancery.v1", "kind": "Did", "did": did}));
    } else {
        console.line(did);
    }
}
