//! `chancery present`: show papers to one audience, for one nonce.

use std::path::{Path, PathBuf};

use chancery::Agent;
use chancery::agent::Occasion;
use chancery_proof::{Limits, Secured, Securing};
use chancery_vc::passport::Member;
use chancery_vc::{Paper, PaperType, Stapled, read_paper};
use clap::Args;
use serde_json::{Value, json};

use super::credential::SecuringArgument;
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::rehearsal::{rehearsed, write};
use crate::{edge, input};

/// Show papers to one audience, for one nonce.
#[derive(Debug, Args)]
pub struct Present {
    /// The papers: the chain from its root in order, then a passport for every agent in it.
    #[arg(required = true)]
    papers: Vec<PathBuf>,
    /// The name of the presenting instance's key in the key store.
    #[arg(long = "as", value_name = "KEY")]
    key: String,
    /// Whom it is for.
    #[arg(long)]
    audience: String,
    /// The nonce that the audience gave.
    #[arg(long)]
    nonce: String,
    /// The entry of the last paper of the chain that is used, counted from 0.
    #[arg(long, default_value_t = 0)]
    entry: usize,
    /// How long it can be shown, at most 300 s.
    #[arg(long, value_parser = input::duration, default_value = "120s")]
    ttl: u64,
    /// How it is secured.
    #[arg(long, value_enum, default_value = "data-integrity")]
    securing: SecuringArgument,
    /// What the presenting instance leaves out of its own passport, for example owner,tools; the passport has to be
    /// an SD-JWT that lets it.
    #[arg(long, value_name = "MEMBERS", value_delimiter = ',', value_parser = input::member)]
    withhold: Vec<Member>,
    /// Fetch the status lists that the papers name, and let them go with the presentation: its audience need not ask
    /// for them then.
    #[arg(long)]
    staple: bool,
    /// A registry's signed statement that goes with the presentation: a file with the token, or with the answer that
    /// `chancery trust query` printed; may be given more than once.
    #[arg(long, value_name = "FILE")]
    statement: Vec<PathBuf>,
    /// Where it goes; standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(command: &Present, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    input::vacant(command.out.as_deref())?;
    let papers = command
        .papers
        .iter()
        .map(|path| paper(path))
        .collect::<Result<Vec<_>, _>>()?;
    let key = Home::open(global)?.key(global, &command.key)?;
    let of_agent = |error: chancery::agent::AgentError| Failure::usage(error.code(), error.to_string());
    let securing = match command.securing {
        SecuringArgument::DataIntegrity => Securing::DataIntegrity,
        SecuringArgument::Jose => Securing::Jose,
    };
    let agent = Agent::of(key).map_err(of_agent)?.secured_by(securing);
    held_by(&papers, &agent)?;
    let stapled = stapled(command, &papers, global).await?;
    let papers = shown(papers, &agent, &command.withhold)?;
    let mut occasion = Occasion::new(command.audience.clone(), command.nonce.clone());
    occasion.entry = command.entry;
    occasion.stapled = stapled;
    occasion.life_ms = i64::try_from(command.ttl)
        .unwrap_or(i64::MAX)
        .saturating_mul(1000);
    if global.dry_run {
        let changes: Vec<_> = write(command.out.as_deref()).into_iter().collect();
        return Ok(rehearsed(global, &changes, console).unwrap_or(Exit::Yes));
    }
    let text = agent
        .present(papers, &occasion, global.clock.0.now())
        .map_err(of_agent)?;
    if let Some(path) = &command.out {
        input::write_new(path, &text)?;
        console.say(format_args!("written to {}", path.display()));
    }
    if console.is_json() {
        console.json(&json!({
            "apiVersion": "chancery.v1", "kind": "Presentation", "holder": agent.did().as_str(),
            "audience": command.audience, "presentation": text,
        }));
    } else if command.out.is_none() {
        console.line(text);
    }
    Ok(Exit::Yes)
}

/// What goes with the presentation: fetched lists, and statements that are at hand.
async fn stapled(
    command: &Present,
    papers: &[(String, Secured<Paper>)],
    global: &Global,
) -> Result<Stapled, Failure> {
    let mut stapled = Stapled::default();
    if command.staple {
        let client = edge::guarded(global, &edge::own(global))?;
        let papers: Vec<&Paper> = papers.iter().map(|(_, paper)| paper.unverified()).collect();
        stapled = chancery::staple(&client, &papers)
            .await
            .map_err(|error| Failure::new(Exit::Network, error.code(), error.to_string()))?;
    }
    for path in &command.statement {
        let text = input::read_text(path)?;
        let token = if text.starts_with('{') {
            let value = input::read_json(path)?;
            value.get("statement").and_then(Value::as_str).map(str::to_owned)
        } else {
            Some(text)
        };
        stapled.trust_statements.push(token.ok_or_else(|| {
            Failure::usage(
                "parse.structure",
                format!("`{}` holds no statement", path.display()),
            )
        })?);
    }
    stapled
        .check()
        .map_err(|error| Failure::usage(error.code(), error.to_string()))?;
    Ok(stapled)
}

/// A paper's text, once it could be read as one.
fn paper(path: &Path) -> Result<(String, Secured<Paper>), Failure> {
    let text = input::read_text(path)?;
    let paper = read_paper(text.as_bytes(), &Limits::default())
        .map_err(|error| Failure::usage(error.code(), format!("`{}`: {error}", path.display())))?;
    Ok((text, paper))
}

/// The papers' texts, with these members left out of the agent's own passport.
fn shown(
    papers: Vec<(String, Secured<Paper>)>,
    agent: &Agent,
    withhold: &[Member],
) -> Result<Vec<String>, Failure> {
    let own = |paper: &Paper| paper.kind == PaperType::Passport && &paper.subject == agent.did();
    if !withhold.is_empty() && !papers.iter().any(|(_, paper)| own(paper.unverified())) {
        return Err(Failure::usage(
            "delegation.passport_missing",
            "there is no passport of the presenting instance to withhold anything of",
        ));
    }
    let text = |(text, paper): (String, Secured<Paper>)| {
        if withhold.is_empty() || !own(paper.unverified()) {
            return Ok(text);
        }
        if paper.securing() != Securing::SdJwt {
            let message = "the passport is no SD-JWT, so nothing of it can be withheld";
            return Err(Failure::usage("sd_jwt.serialization", message)
                .with_help("fetch it anew: `chancery agent instance --withholdable owner,tools`"));
        }
        chancery_vc::paper::withhold(&text, withhold, &Limits::default())
            .map_err(|error| Failure::usage(error.code(), error.to_string()))
    };
    papers.into_iter().map(text).collect()
}

/// Refuses to show a chain that ends at another agent: no verifier would take it.
fn held_by(papers: &[(String, Secured<Paper>)], agent: &Agent) -> Result<(), Failure> {
    let mut chain = papers.iter().map(|(_, paper)| paper.unverified());
    let last = chain.rfind(|paper| matches!(paper.kind, PaperType::Capability | PaperType::Delegation));
    match last {
        None => Err(Failure::usage(
            "type.credential",
            "there is no capability credential among the papers",
        )),
        Some(last) if &last.subject != agent.did() => {
            let message = format!(
                "the chain ends at `{}`, and the key is that of `{}`",
                last.subject,
                agent.did()
            );
            Err(Failure::usage("binding.holder", message)
                .with_help("name the key of the last agent with --as"))
        }
        Some(_) => Ok(()),
    }
}
