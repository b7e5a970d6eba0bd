//! `chancery doctor`: what is wrong with this set-up, each finding with what to do about it.

use clap::Args;
use serde_json::json;

use super::verify::read_policy;
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::joining::introduce;
use crate::{edge, office};

/// Look for what is wrong with this set-up.
#[derive(Debug, Args)]
pub struct Doctor {
    /// A policy to look at too.
    #[arg(long, value_name = "FILE")]
    policy: Option<std::path::PathBuf>,
}

pub(super) async fn run(command: &Doctor, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    let mut findings: Vec<(&str, Result<String, Failure>)> = Vec::new();
    let home = Home::open(global);
    match &home {
        Err(failure) => findings.push(("home", Err(copy(failure)))),
        Ok(home) => {
            findings.push(("configuration", home.config().map(|config| format!("host {}", config.host))));
            findings.push(("key store", home.keys(global).and_then(|store| {
                let names = store.list().map_err(|error| crate::home::refused(&error))?;
                Ok(format!("{} keys", names.len()))
            })));
            findings.push(("registry", registry(home, global).await));
        }
    }
    if let Some(path) = &command.policy {
        findings.push(("policy", read_policy(path).map(|policy| format!("{} anchors", policy.anchors.len()))));
    }
    let mut exit = Exit::Yes;
    for (what, finding) in &findings {
        if finding.is_err() {
            exit = Exit::No;
        }
        report(console, what, finding);
    }
    Ok(exit)
}

/// Whether the registry that the home describes answers, and is who it should be.
async fn registry(home: &Home, global: &Global) -> Result<String, Failure> {
    let did = home.did()?;
    let client = edge::guarded(&office::trusting(global), &[did.as_str().to_owned()])?;
    let introduction = introduce(&did, &client, global.clock.0.clone()).await?;
    Ok(format!("{did} answers, {}", introduction.description.fingerprint()))
}

fn report(console: &mut Console, what: &str, finding: &Result<String, Failure>) {
    if console.is_json() {
        let value = match finding {
            Ok(text) => json!({"kind": "Finding", "part": what, "ok": true, "detail": text}),
            Err(failure) => json!({
                "kind": "Finding", "part": what, "ok": false, "code": failure.code(),
                "detail": failure.to_string(), "help": failure.help(),
            }),
        };
        console.line(value);
        return;
    }
    match finding {
        Ok(text) => console.line(format_args!("ok    {what:<14} {text}")),
        Err(failure) => {
            console.line(format_args!("BAD   {what:<14} [{}] {failure}", failure.code()));
            if let Some(help) = failure.help() {
                console.line(format_args!("      {:<14} {help}", ""));
            }
        }
    }
}

fn copy(failure: &Failure) -> Failure {
    let copy = Failure::new(failure.exit(), failure.code(), failure.to_string());
    match failure.help() {
        Some(help) => copy.with_help(help),
        None => copy,
    }
}
