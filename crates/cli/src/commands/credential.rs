//! `chancery credential`: issue, show, list, renew, suspend, resume, revoke, and check one of any kind.

use std::path::{Path, PathBuf};

use chancery_proof::Limits;
use chancery_registry::client::Client;
use chancery_vc::read_paper;
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::check;
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::office::{refused, registry};
use crate::rehearsal::{ask, rehearsed, write};
use crate::{input, table};

/// Papers: issue, list, renew, suspend, resume, revoke, check.
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Issue a capability credential to an instance.
    Issue {
        /// The instance's DID.
        #[arg(long, value_name = "DID")]
        instance: String,
        /// A JSON file with the capability: a list of entries.
        #[arg(long, value_name = "FILE")]
        capability: PathBuf,
        /// How long it is valid.
        #[arg(long, value_parser = input::duration, default_value = "24h")]
        ttl: u64,
        /// How it is secured.
        #[arg(long, value_enum, default_value = "data-integrity")]
        securing: SecuringArgument,
        /// Where it goes; standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// List the papers that the registry issued or has reserved.
    List {
        /// Only those of this subject.
        #[arg(long, value_name = "DID")]
        subject: Option<String>,
    },
    /// Show what the registry knows of one paper.
    Show {
        /// The paper's id, or a file with the paper.
        #[arg(value_name = "ID|FILE")]
        id: String,
    },
    /// Issue a paper anew, with a new window, and say which delegations hang below the old one.
    Renew {
        /// The paper's id, or a file with the paper.
        #[arg(value_name = "ID|FILE")]
        id: String,
        /// How long the new one is valid.
        #[arg(long, value_parser = input::duration)]
        ttl: Option<u64>,
        /// Where it goes; standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Suspend a paper.
    Suspend {
        /// The paper's id, or a file with the paper.
        #[arg(value_name = "ID|FILE")]
        id: String,
    },
    /// End a paper's suspension.
    Resume {
        /// The paper's id, or a file with the paper.
        #[arg(value_name = "ID|FILE")]
        id: String,
    },
    /// Revoke a paper for good, and with it everything below it.
    Revoke {
        /// The paper's id, or a file with the paper.
        #[arg(value_name = "ID|FILE")]
        id: String,
        /// Do it without being asked again.
        #[arg(long)]
        yes: bool,
    },
    /// Judge single credentials of any kind: document rules, proof, time, status. Trust is not asked.
    Check(check::Check),
}

/// How a paper is secured.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SecuringArgument {
    /// An embedded Data Integrity proof.
    DataIntegrity,
    /// An enveloping JWS, `vc+jwt`.
    Jose,
}

impl SecuringArgument {
    fn as_str(self) -> &'static str {
        match self {
            Self::DataIntegrity => "data-integrity",
            Self::Jose => "jose",
        }
    }
}

pub(super) async fn run(
    command: &Credential,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    if let Credential::Check(check) = command {
        return check::run(check, global, console).await;
    }
    let client = registry(global)?;
    match command {
        Credential::Issue {
            instance,
            capability,
            ttl,
            securing,
            out,
        } => {
            input::vacant(out.as_deref())?;
            let order = json!({
                "type": "AgentCapabilityCredential", "instance": instance,
                "capability": input::read_json(capability)?,
                "valid_for_seconds": ttl, "securing": securing.as_str(),
            });
            if global.dry_run {
                client.instance(instance).await.map_err(refused)?;
                let mut changes = vec![ask(&format!("issue a capability credential to {instance}"))];
                changes.extend(write(out.as_deref()));
                return Ok(rehearsed(global, &changes, console).unwrap_or(Exit::Yes));
            }
            let paper = client.issue(&order).await.map_err(refused)?;
            table::paper(console, &paper, instance, out.as_deref())?;
        }
        Credential::List { subject } => {
            let papers = client.credentials(subject.as_deref()).await.map_err(refused)?;
            table::many(
                console,
                "CredentialList",
                &papers,
                &["id", "type", "subject", "status", "valid_until"],
            );
        }
        Credential::Show { id } => {
            let paper = client.credential(&named(id)?).await.map_err(refused)?;
            table::whole(console, "Credential", &paper);
        }
        Credential::Renew { id, ttl, out } => {
            input::vacant(out.as_deref())?;
            let id = &named(id)?;
            if let Some(exit) = told(&client, "renew", id, out.as_deref(), global, console).await? {
                return Ok(exit);
            }
            let paper = client.renew(id, *ttl).await.map_err(refused)?;
            table::paper(console, &paper, &format!("renews {id}"), out.as_deref())?;
            for below in &paper.delegations_below {
                console.say(format_args!(
                    "a delegation below the old paper needs to be made anew: {below}"
                ));
            }
        }
        Credential::Suspend { id } => {
            let id = &named(id)?;
            if let Some(exit) = told(&client, "suspend", id, None, global, console).await? {
                return Ok(exit);
            }
            let changed = client.suspend(id).await.map_err(refused)?;
            table::one(console, "StatusChange", &changed, &["id", "status"]);
        }
        Credential::Resume { id } => {
            let id = &named(id)?;
            if let Some(exit) = told(&client, "resume", id, None, global, console).await? {
                return Ok(exit);
            }
            let changed = client.resume(id).await.map_err(refused)?;
            table::one(console, "StatusChange", &changed, &["id", "status"]);
        }
        Credential::Revoke { id, yes } => {
            let id = &named(id)?;
            if let Some(exit) = told(&client, "revoke for good", id, None, global, console).await? {
                return Ok(exit);
            }
            input::confirm(*yes, &format!("revoke {id} for good, with everything below it?"))?;
            let changed = client.revoke(id).await.map_err(refused)?;
            table::one(console, "StatusChange", &changed, &["id", "status"]);
        }
        Credential::Check(_) => {}
    }
    Ok(Exit::Yes)
}

/// Under `--dry-run`, what is to be done with a paper that the registry knows.
async fn told(
    client: &Client,
    verb: &str,
    id: &str,
    out: Option<&Path>,
    global: &Global,
    console: &mut Console,
) -> Result<Option<Exit>, Failure> {
    if global.dry_run {
        client.credential(id).await.map_err(refused)?;
    }
    let changes: Vec<_> = [ask(&format!("{verb} {id}"))]
        .into_iter()
        .chain(write(out))
        .collect();
    Ok(rehearsed(global, &changes, console))
}

/// The id of a paper: as it was typed, or as the named file with the paper says.
fn named(text: &str) -> Result<String, Failure> {
    let path = Path::new(text);
    if text.starts_with("urn:") || !path.is_file() {
        return Ok(text.to_owned());
    }
    let paper = read_paper(input::read_text(path)?.as_bytes(), &Limits::default())
        .map_err(|error| Failure::usage(error.code(), format!("`{text}`: {error}")))?;
    Ok(paper.unverified().id.clone())
}
