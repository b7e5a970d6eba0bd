//! `chancery key`: keys in the encrypted key store. A secret key is never printed.

use chancery::OsRandom;
use chancery_did::{KeyType, PublicKey};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::{self, Home};
use crate::rehearsal::{new_key, rehearsed};

/// Keys in the encrypted key store.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key.
    Generate {
        /// The key's name in the store.
        name: String,
        /// Its type.
        #[arg(long = "type", value_enum, default_value = "ed25519")]
        key_type: Kind,
    },
    /// List the names of the keys.
    List,
    /// Show a key's public half: its `did:key`, multikey, thumbprint and JWK.
    Show {
        /// The key's name in the store.
        name: String,
    },
}

/// The types of key that can sign.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// Ed25519, the default.
    Ed25519,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
}

impl From<Kind> for KeyType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Ed25519 => Self::Ed25519,
            Kind::P256 => Self::P256,
            Kind::P384 => Self::P384,
        }
    }
}

pub(super) fn run(command: &Key, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    let home = Home::open(global)?;
    let store = home.keys(global)?;
    match command {
        Key::Generate { name, key_type } => {
            let store = home.keys_to_add(global)?;
            if let Some(exit) = rehearsed(global, &[new_key(&store, name)?], console) {
                return Ok(exit);
            }
            let key = store
                .create(name, (*key_type).into(), &mut OsRandom)
                .map_err(|error| home::refused(&error))?;
            show(name, key.public_key(), console);
        }
        Key::List => {
            let names = store.list().map_err(|error| home::refused(&error))?;
            if console.is_json() {
                console.json(&json!({"apiVersion": "chancery.v1", "kind": "KeyList", "keys": names}));
            } else {
                for name in names {
                    console.line(name);
                }
            }
        }
        Key::Show { name } => {
            let key = store.load(name).map_err(|error| home::refused(&error))?;
            show(name, key.public_key(), console);
        }
    }
    Ok(Exit::Yes)
}

fn show(name: &str, key: &PublicKey, console: &mut Console) {
    let value = describe(name, key);
    if console.is_json() {
        console.json(&value);
    } else {
        for member in ["did", "multikey", "thumbprint"] {
            console.line(format_args!(
                "{member:<12} {}",
                value.get(member).and_then(Value::as_str).unwrap_or_default()
            ));
        }
    }
}

fn describe(name: &str, key: &PublicKey) -> Value {
    json!({
        "apiVersion": "chancery.v1", "kind": "Key", "name": name,
        "did": chancery_did_key::did_for(key).as_str(),
        "multikey": key.to_multikey(), "thumbprint": key.thumbprint(), "publicKeyJwk": key.to_jwk(),
    })
}
