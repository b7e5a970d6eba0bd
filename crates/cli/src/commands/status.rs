//! `chancery status`: what a published status list says of one index. The list's signature is not
//! checked here; `verify` and `credential check` do that.

use chancery_proof::Limits;
use chancery_vc::status::read_status_list;
use clap::Subcommand;
use serde_json::json;

use crate::Global;
use crate::console::Console;
use crate::edge;
use crate::exit::{Exit, Failure};

/// Status lists.
#[derive(Debug, Subcommand)]
pub enum Status {
    /// Fetch a status list and show its age, its purposes and, when asked, one entry.
    Show {
        /// The list's address.
        url: String,
        /// The index of one entry.
        #[arg(long)]
        index: Option<u64>,
    },
}

pub(super) async fn run(command: &Status, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    let Status::Show { url, index } = command;
    let client = edge::guarded(global, std::slice::from_ref(url))?;
    let fetched = client
        .get(url, &[])
        .await
        .map_err(|error| Failure::new(Exit::Network, error.code(), error.to_string()))?;
    let list = read_status_list(&fetched.bytes, &Limits::default())
        .map_err(|error| Failure::new(Exit::No, error.code(), error.to_string()))?;
    let list = list.unverified();
    let value = index
        .map(|index| {
            list.value(index)
                .map_err(|error| Failure::new(Exit::No, error.code(), error.to_string()))
        })
        .transpose()?;
    let purposes: Vec<&str> = list.purposes.iter().map(|purpose| purpose.as_str()).collect();
    let age = list.age(global.clock.0.now());
    if console.is_json() {
        console.json(&json!({
            "apiVersion": "chancery.v1", "kind": "StatusList", "verified": false, "url": list.url,
            "issuer": list.issuer.as_str(), "purposes": purposes, "entries": list.entries(),
            "signedAt": list.valid_from.to_string(), "ageMilliseconds": age, "index": index, "set": value,
        }));
    } else {
        console.line(format_args!(
            "{}  {}  {} entries",
            list.url,
            purposes.join(", "),
            list.entries()
        ));
        console.line(format_args!(
            "signed at {} by {} ({age} ms ago)",
            list.valid_from, list.issuer
        ));
        if let (Some(index), Some(set)) = (index, value) {
            console.line(format_args!(
                "index {index} is {}",
                if set { "set" } else { "not set" }
            ));
        }
    }
    console.say("unverified: the list's signature was not checked");
    Ok(Exit::Yes)
}
