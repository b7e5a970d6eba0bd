//! `chancery agent`: agents, their human owners, and their running instances.

use std::path::PathBuf;

use chancery::agent::PossessionChallenge;
use chancery::{Agent as Instance, OsRandom};
use chancery_did::{KeyType, SecretKey};
use chancery_registry::client::Client;
use chancery_vc::passport::Member;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::{self, Home};
use crate::office::{refused, registry};
use crate::rehearsal::{ask, new_key, rehearsed, write};
use crate::{hints, input, table};

/// Agents, their owners and their running instances.
#[derive(Debug, Subcommand)]
pub enum Agent {
    /// Register an agent with its responsible human.
    Register(Registration),
    /// List the agents.
    List,
    /// Show one agent and its instances.
    Show {
        /// The agent's id.
        agent: String,
    },
    /// Make a key for a running instance, prove possession of it, and fetch its passport.
    Instance {
        /// The agent's id.
        agent: String,
        /// The key's name in the key store; it is made when there is none of that name.
        #[arg(long)]
        key: String,
        /// Where the passport goes; standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// How long the passport is valid.
        #[arg(long, value_parser = input::duration, default_value = "24h")]
        ttl: u64,
        /// What the instance may withhold when it shows the passport, for example owner,tools; the passport is then
        /// an SD-JWT.
        #[arg(long, value_name = "MEMBERS", value_delimiter = ',', value_parser = input::member)]
        withholdable: Vec<Member>,
    },
    /// Suspend an instance: its passport and every paper issued to it.
    Suspend {
        /// The instance's DID.
        instance: String,
    },
    /// End an instance's suspension.
    Resume {
        /// The instance's DID.
        instance: String,
    },
    /// Retire an instance for good.
    Retire {
        /// The instance's DID.
        instance: String,
        /// Do it without being asked again.
        #[arg(long)]
        yes: bool,
    },
}

/// What the registry keeps of an agent.
#[derive(Debug, clap::Args)]
pub struct Registration {
    /// The agent's name.
    #[arg(long)]
    name: String,
    /// The agent's version.
    #[arg(long, default_value = "1.0.0")]
    agent_version: String,
    /// The responsible human or team, for example `mailto:ada@acme.example`.
    #[arg(long)]
    owner: String,
    /// The team that runs it.
    #[arg(long)]
    team: Option<String>,
    /// What it runs on.
    #[arg(long)]
    platform: Option<String>,
    /// What it is for.
    #[arg(long)]
    purpose: Option<String>,
    /// low, medium, high or critical.
    #[arg(long, default_value = "medium", value_parser = ["low", "medium", "high", "critical"], hide_possible_values = true)]
    risk: String,
    /// How far it acts by itself, 0 to 4.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=4))]
    autonomy: u8,
}

pub(super) async fn run(command: &Agent, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    let client = registry(global)?;
    match command {
        Agent::Register(registration) => {
            let what = format!(
                "register the agent `{}` of {}",
                registration.name, registration.owner
            );
            if let Some(exit) = rehearsed(global, &[ask(&what)], console) {
                return Ok(exit);
            }
            let agent = client
                .register_agent(&registration.to_value())
                .await
                .map_err(refused)?;
            table::one(console, "Agent", &agent, &["id"]);
            let rest = format!(
                "agent instance {} --key NAME --out passport.json",
                text(&agent, "id")
            );
            console.say(hints::next(global, &rest));
        }
        Agent::List => {
            let agents = client.agents().await.map_err(refused)?;
            table::many(console, "AgentList", &agents, &["id", "name", "version", "owner"]);
        }
        Agent::Show { agent } => {
            let mut found = client.agent(agent).await.map_err(refused)?;
            let instances = client.instances(agent).await.map_err(refused)?;
            if let Some(members) = found.as_object_mut() {
                members.insert("instances".to_owned(), Value::Array(instances));
            }
            table::whole(console, "Agent", &found);
        }
        Agent::Instance {
            agent,
            key,
            out,
            ttl,
            withholdable,
        } => {
            input::vacant(out.as_deref())?;
            if global.dry_run {
                client.agent(agent).await.map_err(refused)?;
                let mut changes = Vec::new();
                if !Home::open(global)?.holds(global, key)? {
                    changes.push(new_key(&Home::open(global)?.keys_to_add(global)?, key)?);
                }
                changes.push(ask(&format!(
                    "register the key `{key}` as an instance of {agent}"
                )));
                changes.push(ask("issue a passport to it"));
                changes.extend(write(out.as_deref()));
                return Ok(rehearsed(global, &changes, console).unwrap_or(Exit::Yes));
            }
            // Asked first: nothing is made for an agent that is unknown, or without a token.
            let given = client.possession_challenge(agent).await.map_err(refused)?;
            let instance = Instance::of(key_of(global, key)?)
                .map_err(|error| Failure::usage(error.code(), error.to_string()))?;
            let challenge = PossessionChallenge {
                audience: given.audience,
                nonce: given.challenge,
                instance_of: given.instance_of.unwrap_or_else(|| agent.clone()),
            };
            let proof = instance
                .prove_possession(&challenge, global.clock.0.now())
                .map_err(|error| Failure::usage(error.code(), error.to_string()))?;
            client
                .register_instance(agent, instance.did().as_str(), &proof)
                .await
                .map_err(refused)?;
            let mut order = json!({
                "type": "AgentPassportCredential", "instance": instance.did().as_str(), "valid_for_seconds": ttl,
            });
            if let Some(members) = order.as_object_mut().filter(|_| !withholdable.is_empty()) {
                members.insert("securing".to_owned(), "sd-jwt".into());
                let named = withholdable.iter().map(|member| member.as_str()).collect();
                members.insert("withholdable".to_owned(), named);
            }
            let passport = client.issue(&order).await.map_err(refused)?;
            table::paper(console, &passport, instance.did().as_str(), out.as_deref())?;
            let did = instance.did();
            let rest = format!("credential issue --instance {did} --capability FILE --out capability.json");
            console.say(hints::next(global, &rest));
        }
        Agent::Suspend { instance } => {
            if let Some(exit) = told(&client, "suspend", instance, global, console).await? {
                return Ok(exit);
            }
            let moved = client.suspend_instance(instance).await.map_err(refused)?;
            table::one(console, "Instance", &moved, &["did", "state"]);
        }
        Agent::Resume { instance } => {
            if let Some(exit) = told(&client, "resume", instance, global, console).await? {
                return Ok(exit);
            }
            let moved = client.resume_instance(instance).await.map_err(refused)?;
            table::one(console, "Instance", &moved, &["did", "state"]);
        }
        Agent::Retire { instance, yes } => {
            if let Some(exit) = told(&client, "retire", instance, global, console).await? {
                return Ok(exit);
            }
            input::confirm(*yes, &format!("retire {instance} for good?"))?;
            let moved = client.retire_instance(instance).await.map_err(refused)?;
            table::one(console, "Instance", &moved, &["did", "state"]);
        }
    }
    Ok(Exit::Yes)
}

/// Under `--dry-run`, what is to be done with an instance that the registry knows.
async fn told(
    client: &Client,
    verb: &str,
    instance: &str,
    global: &Global,
    console: &mut Console,
) -> Result<Option<Exit>, Failure> {
    if global.dry_run {
        client.instance(instance).await.map_err(refused)?;
    }
    let change = ask(&format!("{verb} {instance}, its passport and its papers"));
    Ok(rehearsed(global, &[change], console))
}

impl Registration {
    fn to_value(&self) -> Value {
        let mut value = json!({
            "name": self.name, "version": self.agent_version, "owner": self.owner,
            "risk_level": self.risk, "autonomy_level": self.autonomy,
        });
        let optional = [
            ("team", &self.team),
            ("platform", &self.platform),
            ("purpose", &self.purpose),
        ];
        if let Some(members) = value.as_object_mut() {
            for (name, text) in optional {
                if let Some(text) = text {
                    members.insert(name.to_owned(), text.clone().into());
                }
            }
        }
        value
    }
}

fn key_of(global: &Global, name: &str) -> Result<SecretKey, Failure> {
    let home = Home::open(global)?;
    let key = if home.holds(global, name)? {
        home.keys(global)?.load(name)
    } else {
        home.keys_to_add(global)?
            .create(name, KeyType::Ed25519, &mut OsRandom)
    };
    key.map_err(|error| home::refused(&error))
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}
