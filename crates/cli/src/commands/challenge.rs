//! `chancery challenge`: a fresh nonce for one presenter.
//!
//! A verifier gives each presenter a nonce that nobody could foresee and takes it back once. Without
//! `--registry` the nonce is made here and remembered by nobody; with it, that registry issues the
//! nonce and its `POST /verify` accepts it once.

use clap::Args;
use serde_json::json;

use chancery::OsRandom;
use chancery_registry::client::Client;

use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::office::refused;
use crate::rehearsal::rehearsed;
use crate::{Global, edge};

/// Make a fresh nonce for one presenter.
#[derive(Debug, Args)]
pub struct Challenge {}

pub(super) async fn run(
    _command: &Challenge,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    if let Some(base) = &global.registry
        && let Some(exit) = rehearsed(
            global,
            &[format!("ask {base} for a nonce, which it then waits for")],
            console,
        )
    {
        return Ok(exit);
    }
    let (nonce, audience, expires) = match &global.registry {
        None => (OsRandom::nonce(), None, None),
        Some(base) => {
            let client = Client::new(base, edge::guarded(global, std::slice::from_ref(base))?, None);
            let given = client.challenge().await.map_err(refused)?;
            (given.challenge, Some(given.audience), Some(given.expires_at))
        }
    };
    if console.is_json() {
        console.json(&json!({
            "apiVersion": "chancery.v1", "kind": "Challenge",
            "nonce": nonce, "audience": audience, "expiresAt": expires,
        }));
    } else {
        console.line(nonce);
    }
    Ok(Exit::Yes)
}
