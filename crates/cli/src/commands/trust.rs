//! `chancery trust`: whom this organization believes, and asking a registry.

mod bundle;

use std::path::{Path, PathBuf};

use chancery_did::Did;
use chancery_registry::client::Client;
use chancery_trust::Policy;
use chancery_trust::trqp::Query;
use chancery_vc::capability::Entry;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::verify::read_policy;
use crate::Global;
use crate::console::{Console, Format};
use crate::exit::{Exit, Failure};
use crate::joining::introduce;
use crate::office::refused;
use crate::rehearsal::{ask, rehearsed};
use crate::{edge, hints, input, table};

/// Whom this organization believes.
#[derive(Debug, Subcommand)]
pub enum Trust {
    /// Show another organization's fingerprint, and pin it in a policy file.
    Join {
        /// The other organization's DID.
        did: String,
        /// The policy file to write, or to add to when it is there.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// Your own audience, for a policy that is made new.
        #[arg(long, requires = "policy")]
        audience: Option<String>,
        /// What its agents may do here: a JSON file with a list of `{action, resource, constraint}`.
        #[arg(long, value_name = "FILE", requires = "policy")]
        grant: Option<PathBuf>,
        /// Whose word it is on which subjects; may be given more than once.
        #[arg(long = "subjects", default_value = "did:key", value_name = "NAMESPACE")]
        subjects: Vec<String>,
        /// The fingerprint that you were told by another way; without it you are asked.
        #[arg(long)]
        fingerprint: Option<String>,
        /// Believe the fingerprint that was fetched, without comparing.
        #[arg(long)]
        yes: bool,
    },
    /// Show what a policy says, as it was understood.
    Show {
        /// The policy file.
        policy: PathBuf,
    },
    /// Say why an issuer is trusted under a policy, or that it is not.
    Why {
        /// The issuer's DID.
        did: String,
        /// The policy file.
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
    },
    /// Ask a registry by TRQP.
    Query {
        /// authorization or recognition.
        #[arg(value_enum)]
        query: QueryArgument,
        /// The registry's TRQP address, for example `https://registry.example/trqp`.
        #[arg(long, value_name = "URL")]
        endpoint: String,
        /// Whom it is about.
        #[arg(long)]
        entity: String,
        /// On whose authority.
        #[arg(long)]
        authority: String,
        /// For which action.
        #[arg(long)]
        action: String,
        /// On which resource.
        #[arg(long)]
        resource: String,
    },
    /// Fetch an organization's signed trust bundle, check it, and keep it for deciding offline.
    Bundle(bundle::BundleCommand),
    /// Let this organization's registry recognize another authority.
    Recognize {
        /// The authority's DID.
        did: String,
        /// For which action, for example `refund:*`.
        #[arg(long)]
        action: String,
        /// On which resource.
        #[arg(long)]
        resource: String,
    },
}

/// The two questions of TRQP.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum QueryArgument {
    /// May this entity do that, says this authority?
    Authorization,
    /// Is this authority recognized by that one?
    Recognition,
}

impl From<QueryArgument> for Query {
    fn from(query: QueryArgument) -> Self {
        match query {
            QueryArgument::Authorization => Self::Authorization,
            QueryArgument::Recognition => Self::Recognition,
        }
    }
}

pub(super) async fn run(command: &Trust, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    match command {
        Trust::Join {
            did,
            policy,
            audience,
            grant,
            subjects,
            fingerprint,
            yes,
        } => {
            let plan = Plan {
                policy: policy.as_deref(),
                audience: audience.as_deref(),
                grant: grant.as_deref(),
                subjects,
            };
            let told = Told {
                fingerprint: fingerprint.as_deref(),
                yes: *yes,
            };
            join(did, &plan, &told, global, console).await
        }
        Trust::Show { policy } => {
            let policy = read_policy(policy)?;
            if console.is_json() {
                console.json(&policy.to_value())
            } else {
                console.line(policy.to_toml().trim_end())
            }
            Ok(Exit::Yes)
        }
        Trust::Why { did, policy } => why(did, &read_policy(policy)?, console),
        Trust::Query {
            query,
            endpoint,
            entity,
            authority,
            action,
            resource,
        } => {
            let question = json!({"entity_id": entity, "authority_id": authority, "action": action, "resource": resource});
            let base = endpoint.strip_suffix("/trqp").unwrap_or(endpoint);
            let client = Client::new(base, edge::guarded(global, std::slice::from_ref(endpoint))?, None);
            let (answer, member) = match Query::from(*query) {
                Query::Authorization => (client.trqp_authorization(&question).await, "authorized"),
                Query::Recognition => (client.trqp_recognition(&question).await, "recognized"),
            };
            let answer = answer.map_err(refused)?;
            table::whole(console, "TrustAnswer", &answer);
            Ok(if answer.get(member) == Some(&Value::Bool(true)) {
                Exit::Yes
            } else {
                Exit::No
            })
        }
        Trust::Bundle(command) => bundle::run(command, global, console).await,
        Trust::Recognize {
            did,
            action,
            resource,
        } => {
            let what = format!("recognize {did} for {action} on {resource}");
            parse(did)?;
            if let Some(exit) = rehearsed(global, &[ask(&what)], console) {
                return Ok(exit);
            }
            let made = crate::office::registry(global)?
                .recognize(did, action, resource)
                .await
                .map_err(refused)?;
            table::one(
                console,
                "Recognition",
                &made,
                &["id", "entity_id", "action", "resource"],
            );
            Ok(Exit::Yes)
        }
    }
}

struct Plan<'a> {
    policy: Option<&'a Path>,
    audience: Option<&'a str>,
    grant: Option<&'a Path>,
    subjects: &'a [String],
}

struct Told<'a> {
    fingerprint: Option<&'a str>,
    yes: bool,
}

async fn join(
    did: &str,
    plan: &Plan<'_>,
    told: &Told<'_>,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let did = parse(did)?;
    // Read first: nothing is fetched for a grant or a policy that cannot be used.
    let grant = plan.grant.map(read_grant).transpose()?.unwrap_or_default();
    let before = plan
        .policy
        .map(|path| policy_before(path, plan.audience))
        .transpose()?;
    let client = edge::guarded(global, &[did.as_str().to_owned()])?;
    let introduction = introduce(&did, &client, global.clock.0.clone()).await?;
    let description = &introduction.description;
    let shown = description.fingerprint();
    if console.is_json() {
        console.json(&json!({
            "apiVersion": "chancery.v1", "kind": "Introduction", "did": did.as_str(),
            "organization": description.organization, "fingerprint": shown.to_string(),
        }));
    } else if console.format == Format::Raw {
        console.line(format_args!("{shown}"));
    } else {
        console.line(format_args!("{}  {did}", description.organization));
        console.line(format_args!("{shown}"));
    }
    let (Some(path), Some((mut policy, exists))) = (plan.policy, before) else {
        console.say("compare this fingerprint with what they told you by another way, then pin it");
        let rest = format!(
            "trust join {did} --policy policy.toml --audience URL --grant FILE --fingerprint '{shown}'"
        );
        console.say(hints::next(global, &rest));
        return Ok(Exit::Yes);
    };
    match told.fingerprint {
        Some(expected) if !shown.matches(expected) => {
            return Err(Failure::new(
                Exit::No,
                "trust.key_changed",
                "the fingerprint is not the one you were told",
            ));
        }
        Some(_) => {}
        None if global.dry_run => {}
        None => input::confirm(
            told.yes,
            "is this the fingerprint that they told you by another way?",
        )?,
    }
    let granted = !grant.is_empty();
    let anchor = description.to_anchor(plan.subjects.to_vec(), grant);
    policy.join(anchor);
    let text = policy.to_toml();
    Policy::parse_toml(&text).map_err(|error| Failure::usage(error.code(), error.to_string()))?;
    let verb = if exists { "add" } else { "write" };
    let change = format!("{verb} an anchor for {did} to the policy {}", path.display());
    if let Some(exit) = rehearsed(global, &[change], console) {
        return Ok(exit);
    }
    if exists {
        input::replace(path, &text)?
    } else {
        input::write_new(path, &text)?
    }
    console.say(format_args!("{} now trusts {did}", path.display()));
    if !granted {
        console.say("nothing is granted to its agents yet: write [[anchors.grant]] into the policy");
    }
    Ok(Exit::Yes)
}

/// The policy to add to, and whether it is there already.
fn policy_before(path: &Path, audience: Option<&str>) -> Result<(Policy, bool), Failure> {
    if path.symlink_metadata().is_ok() {
        if input::read(path)?.trim_ascii_start().starts_with(b"{") {
            let message = format!("`{}` is JSON; a policy that is added to is TOML", path.display());
            return Err(Failure::usage("usage.write", message));
        }
        return Ok((read_policy(path)?, true));
    }
    input::vacant(Some(path))?;
    let audience = audience.ok_or_else(|| {
        Failure::usage(
            "usage.argument",
            "a new policy needs --audience: what presenters call you",
        )
    })?;
    Ok((Policy::new(audience), false))
}

fn read_grant(path: &Path) -> Result<Vec<Entry>, Failure> {
    let value = input::read_json(path)?;
    let refused = |error: chancery_vc::capability::CapabilityError| {
        Failure::usage(error.code(), format!("`{}`: {error}", path.display()))
    };
    let entries = value.as_array().ok_or_else(|| {
        Failure::usage(
            "parse.structure",
            format!("`{}` is not a list of entries", path.display()),
        )
    })?;
    entries
        .iter()
        .map(|entry| Entry::parse_strict(entry).map_err(refused))
        .collect()
}

fn why(did: &str, policy: &Policy, console: &mut Console) -> Result<Exit, Failure> {
    let did = parse(did)?;
    let anchors = policy.anchors_for(&did);
    if console.is_json() {
        let anchors: Vec<Value> = anchors.iter().map(|anchor| anchor.to_value()).collect();
        console.json(&json!({"apiVersion": "chancery.v1", "kind": "TrustPath", "did": did.as_str(), "anchors": anchors}));
    } else if anchors.is_empty() {
        console.line(format_args!("{did} is not trusted: no anchor names it"));
    }
    for anchor in &anchors {
        if console.is_json() {
            break;
        }
        let papers: Vec<&str> = anchor.papers.iter().map(|paper| paper.as_str()).collect();
        console.line(format_args!(
            "{did} may issue {} about {}",
            papers.join(", "),
            anchor.subjects.join(", ")
        ));
        if let Some(registry) = &anchor.recognized_by {
            console.line(format_args!("  while the registry `{registry}` recognizes it"));
        }
        for key in &anchor.keys {
            console.line(format_args!("  under the pinned key {key}"));
        }
    }
    Ok(if anchors.is_empty() { Exit::No } else { Exit::Yes })
}

fn parse(did: &str) -> Result<Did, Failure> {
    Did::parse(did).map_err(|error| Failure::usage(error.code(), error.to_string()))
}
