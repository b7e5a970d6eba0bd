//! `chancery verify`: one presentation, one policy, one action, one verdict.
//!
//! Exit 0 yes, 1 a definite no, 3 cannot tell; a network that fails is 3 here, never 5. The command
//! commits nothing: whoever acts on an allow consumes its nonce first, as the decision's `commit` says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::zone::offset_at;
use chancery::{Gatherer, MemoryLedger};
use chancery_did::Timestamp;
use chancery_rdfc::Rdfc;
use chancery_trust::Policy;
use chancery_trust::bundle::ExpectedSigner;
use chancery_verifier::{Decision, Evidence, EvidenceBundle, Moment, Need, Request, verify_with};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::Global;
use crate::bundle_file::{self, BundleFile, FILE_LIMIT, Seen};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::{decision_view, edge, input};

/// Most nonces that one run remembers.
const NONCES: usize = 16;

/// Decide about one action: one presentation, one policy, one verdict.
#[derive(Debug, Args)]
pub struct Verify {
    /// The presentation: a file, or `-` for standard input.
    presentation: PathBuf,
    /// Your trust policy (TOML or JSON): whom you believe, and what you let them do here.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The action asked for, for example `refund:create`.
    #[arg(long, requires = "resource", conflicts_with_all = ["tool", "request"])]
    action: Option<String>,
    /// The resource asked for, an https URI.
    #[arg(long, requires = "action")]
    resource: Option<String>,
    /// One of your policy's tools, instead of an action and a resource.
    #[arg(long, conflicts_with = "request")]
    tool: Option<String>,
    /// An argument of the call; may be given more than once.
    #[arg(long = "argument", visible_alias = "arg", value_name = "NAME=VALUE")]
    arguments: Vec<String>,
    /// A fact about the call, as `amount=35.00 EUR` or as JSON, where no tool draws it from the arguments.
    #[arg(long = "fact", value_name = "NAME=FACT", conflicts_with_all = ["tool", "request"])]
    facts: Vec<String>,
    /// The whole request as a JSON file.
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// The audience that the presentation must name; the policy's own when it is left out.
    #[arg(long)]
    audience: Option<String>,
    /// The nonce that you gave the presenter.
    #[arg(long)]
    nonce: Option<String>,
    /// Evidence that you bring: a file, or a folder of such files.
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// A trust bundle as `chancery trust bundle` keeps it, or evidence as `--save-evidence` wrote it: told apart by
    /// what is in the file.
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Who must have signed the trust bundle, as DID#THUMBPRINT; else the description in the file says so, under a
    /// key that the policy pins.
    #[arg(long, value_name = "SIGNER", value_parser = bundle_file::signer, requires = "bundle")]
    bundle_signer: Option<ExpectedSigner>,
    /// A DID document that you bring; may be given more than once.
    #[arg(long, value_name = "FILE")]
    did_document: Vec<PathBuf>,
    /// Write everything that the verdict relied on into this new file, for `chancery replay` and `--bundle`.
    #[arg(long, value_name = "FILE")]
    save_evidence: Option<PathBuf>,
    /// Fetch nothing: decide by what was brought.
    #[arg(long)]
    offline: bool,
    /// Judge another moment than now; such a decision never allows.
    #[arg(long, value_parser = input::time, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The oldest status list to rely on, instead of the policy's `maxStatusAge`.
    #[arg(long, value_parser = input::duration, value_name = "DURATION")]
    max_status_age: Option<u64>,
}

pub(super) async fn run(command: &Verify, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    input::vacant(command.save_evidence.as_deref())?;
    let mut policy = read_policy(&command.policy)?;
    if let Some(seconds) = command.max_status_age {
        policy.max_status_age = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000);
    }
    let request = request(command, &policy)?;
    let presentation = input::read(&command.presentation)?;
    let moment = match command.at {
        Some(at) => Moment::Historical(at),
        None => Moment::Now(global.clock.0.now()),
    };
    let evidence = evidence(command, &policy, moment, console)?;
    let (decision, evidence) = if command.offline {
        offline(&presentation, evidence, &policy, &request, moment)
    } else {
        let client = edge::guarded(global, &edge::named_by(&policy))?;
        let gatherer = Gatherer::new(
            client,
            global.clock.0.clone(),
            Arc::new(MemoryLedger::new(NONCES)),
        )
        .with_suites(Arc::new(Rdfc::new()));
        gatherer
            .decide_with(&presentation, evidence, &policy, &request, moment)
            .await
    };
    if let Some(path) = &command.save_evidence {
        let suites = Rdfc::new();
        let judged = (&decision, &suites as &dyn chancery_proof::Suites);
        let bundle = EvidenceBundle::of(&presentation, &evidence, &policy, &request, moment, judged);
        input::write_new(path, &bundle.to_value().to_string())?;
        console.say(format_args!("the evidence is in {}", path.display()));
    }
    decision_view::print(&decision, console);
    for need in &decision.needs {
        console.say(format_args!("needs {}", need.to_value()));
    }
    advise(&decision, &policy, command, global, console);
    Ok(decision_view::exit(&decision))
}

/// What to do about the decision: what to commit before acting, or what would help.
fn advise(decision: &Decision, policy: &Policy, command: &Verify, global: &Global, console: &mut Console) {
    if decision.allow {
        console.say("this command remembers nothing: whoever acts consumes the nonce first, and only once");
        return;
    }
    console.say(format_args!("help: chancery explain {}", decision.code));
    let unreached = decision.code.starts_with("fetch.") && !command.offline;
    if unreached && !global.dev && edge::names_this_machine(&edge::named_by(policy)) {
        console.say("help: the policy names a service on this machine: add --dev, and --ca-file FILE");
    }
}

/// Decides by what was brought; only the time zone rules are this machine's own.
fn offline(
    text: &[u8],
    mut evidence: Evidence,
    policy: &Policy,
    request: &Request,
    moment: Moment,
) -> (Decision, Evidence) {
    let suites = Rdfc::new();
    let decision = verify_with(text, &evidence, policy, request, moment, &suites);
    let offsets: Vec<_> = decision
        .needs
        .iter()
        .filter_map(|need| match need {
            Need::ZoneOffset { zone, at } => offset_at(zone, *at),
            Need::TrustStatement { .. } | Need::Document(_) | Need::StatusList(_) | _ => None,
        })
        .collect();
    if offsets.is_empty() {
        return (decision, evidence);
    }
    evidence.zone_offsets.extend(offsets);
    (
        verify_with(text, &evidence, policy, request, moment, &suites),
        evidence,
    )
}

/// Reads a policy, as JSON when it begins like JSON, else as TOML.
pub(crate) fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let invalid = |why: String| {
        Failure::new(
            Exit::Configuration,
            "policy.invalid",
            format!("`{}`: {why}", path.display()),
        )
    };
    let text = String::from_utf8(input::read(path)?).map_err(|_| invalid("not UTF-8 text".to_owned()))?;
    let text = text.trim();
    let parsed = if text.starts_with('{') {
        Policy::parse_json(text.as_bytes())
    } else {
        Policy::parse_toml(text)
    };
    parsed.map_err(|error| invalid(error.to_string()))
}

fn request(command: &Verify, policy: &Policy) -> Result<Request, Failure> {
    let refused = |error: chancery_verifier::RequestError| Failure::usage(error.code(), error.to_string());
    if let Some(path) = &command.request {
        return Request::parse(&input::read_json(path)?).map_err(refused);
    }
    let audience = command
        .audience
        .clone()
        .unwrap_or_else(|| policy.audience.clone());
    let nonce = command.nonce.clone().ok_or_else(|| {
        Failure::usage("binding.expectation_missing", "no nonce to expect").with_help(
            "--nonce is the one that you gave the presenter; without it a replay cannot be told apart",
        )
    })?;
    let arguments = input::arguments(&command.arguments)?;
    if let Some(tool) = &command.tool {
        let arguments = arguments.unwrap_or_else(|| Value::Object(Map::new()));
        return Request::for_tool(policy, tool, arguments, &audience, &nonce).map_err(refused);
    }
    let (Some(action), Some(resource)) = (&command.action, &command.resource) else {
        return Err(Failure::usage("usage.request", "nothing is asked for")
            .with_help("name --tool, or --action and --resource, or --request FILE"));
    };
    let mut value = json!({
        "action": action, "resource": resource, "audience": audience, "nonce": nonce,
        "facts": facts(&command.facts)?,
    });
    if let (Some(members), Some(arguments)) = (value.as_object_mut(), arguments) {
        members.insert("arguments".to_owned(), arguments);
    }
    Request::parse(&value).map_err(refused)
}

fn facts(pairs: &[String]) -> Result<Value, Failure> {
    let mut facts = Map::new();
    for pair in pairs {
        let (name, text) = pair
            .split_once('=')
            .ok_or_else(|| Failure::usage("usage.argument", format!("`{pair}` is not name=fact")))?;
        if let Some((value, currency)) = text.split_once(' ').filter(|_| !text.starts_with(['{', '"'])) {
            facts.insert(name.to_owned(), json!({"value": value, "currency": currency}));
            continue;
        }
        let value = chancery_proof::json::parse(text.as_bytes(), &chancery_proof::Limits::default())
            .map_err(|error| Failure::usage(error.code(), format!("fact `{name}`: {error}")))?;
        facts.insert(name.to_owned(), value);
    }
    Ok(Value::Object(facts))
}

fn evidence(
    command: &Verify,
    policy: &Policy,
    moment: Moment,
    console: &mut Console,
) -> Result<Evidence, Failure> {
    let mut evidence = match &command.bundle {
        Some(file) => bundled(file, command, policy, moment, console)?,
        None => Evidence::default(),
    };
    let mut files: Vec<PathBuf> = Vec::new();
    match &command.evidence {
        Some(folder) if folder.is_dir() => files.extend(json_files(folder)?),
        Some(file) => files.push(file.clone()),
        None => {}
    }
    for file in files {
        evidence.extend(gathered(&input::read_within(&file, FILE_LIMIT)?, &file)?);
    }
    for file in &command.did_document {
        let value = input::read_json(file)?;
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
        let did = chancery_did::Did::parse(id)
            .map_err(|error| Failure::usage(error.code(), format!("`{}`: {error}", file.display())))?;
        evidence.documents.insert(did, input::read_text(file)?);
    }
    Ok(evidence)
}

/// Evidence as JSON: by itself, or within an evidence bundle.
fn gathered(bytes: &[u8], file: &Path) -> Result<Evidence, Failure> {
    let refused = |code: &str, error: &dyn std::fmt::Display| {
        Failure::usage(code, format!("`{}`: {error}", file.display()))
    };
    match EvidenceBundle::parse(bytes) {
        Ok(bundle) => Ok(bundle.evidence().clone()),
        Err(error) if EvidenceBundle::is_named(bytes) => Err(refused(error.code(), &error)),
        Err(_) => Evidence::parse(bytes).map_err(|error| refused(error.code(), &error)),
    }
}

/// The evidence in a bundle of either kind; says which.
fn bundled(
    file: &Path,
    command: &Verify,
    policy: &Policy,
    moment: Moment,
    console: &mut Console,
) -> Result<Evidence, Failure> {
    let bytes = input::read_within(file, FILE_LIMIT)?;
    if bytes.trim_ascii_start().starts_with(b"{") {
        if command.bundle_signer.is_some() {
            let message = format!("`{}` is evidence, which nobody signs as a whole", file.display());
            return Err(Failure::usage("usage.argument", message));
        }
        let evidence = gathered(&bytes, file)?;
        console.say(format_args!(
            "{} is evidence, as it was gathered for a decision",
            file.display()
        ));
        return Ok(evidence);
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage("parse.utf8", format!("`{}` is not UTF-8 text", file.display())))?;
    let at = moment.at();
    let bundle =
        BundleFile::parse(&text)
            .check(file)?
            .open(command.bundle_signer.as_ref(), Some(policy), at)?;
    let refused = |rejection: chancery_verifier::Rejection| bundle_file::refused(&rejection);
    bundle.judge(at, Seen::load(file)?.issued_at).map_err(refused)?;
    console.say(format_args!(
        "{} is a trust bundle of `{}`, issued {}",
        file.display(),
        bundle.signer().did(),
        bundle.issued_at()
    ));
    bundle.evidence(at).cloned().map_err(refused)
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::usage(
            "usage.read",
            format!("`{}` cannot be read: {error}", folder.display()),
        )
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
