//! `chancery doctor`: what is wrong with this set-up, each finding with what to do about it.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::verify::read_policy;
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::joining::introduce;
use crate::{edge, hints, input};

/// How long to wait before asking a registry again.
const PAUSE: Duration = Duration::from_millis(200);

/// Look for what is wrong with this set-up.
#[derive(Debug, Args)]
pub struct Doctor {
    /// A policy to look at too.
    #[arg(long, value_name = "FILE")]
    policy: Option<std::path::PathBuf>,
    /// Ask the registry again for so long until it answers, for a service that is just starting.
    #[arg(long, value_parser = input::duration, value_name = "DURATION", default_value = "0s")]
    wait: u64,
}

pub(super) async fn run(command: &Doctor, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    let mut findings: Vec<(&str, Result<String, Failure>)> = Vec::new();
    let home = Home::open(global);
    match &home {
        Err(failure) => findings.push(("home", Err(copy(failure)))),
        Ok(home) => {
            findings.push((
                "configuration",
                home.config().map(|config| format!("host {}", config.host)),
            ));
            findings.push((
                "key store",
                home.keys(global).and_then(|store| {
                    let names = store.list().map_err(|error| crate::home::refused(&error))?;
                    Ok(counted(names.len(), "key"))
                }),
            ));
            findings.push(("registry", registry(home, global, command.wait).await));
        }
    }
    if let Some(path) = &command.policy {
        findings.push((
            "policy",
            read_policy(path).map(|policy| format!("{} anchors", policy.anchors.len())),
        ));
    }
    let mut exit = Exit::Yes;
    for (what, finding) in &findings {
        if finding.is_err() {
            exit = Exit::No;
        }
        report(console, what, finding, global);
    }
    Ok(exit)
}

/// Whether the registry that the home describes answers, and is who it should be.
async fn registry(home: &Home, global: &Global, wait: u64) -> Result<String, Failure> {
    let did = home.did()?;
    let ask = async || {
        // Made anew each time: the service may have written its certificate authority meanwhile.
        let client = edge::guarded(global, &[did.as_str().to_owned()])?;
        introduce(&did, &client, global.clock.0.clone()).await
    };
    let patience = Duration::from_secs(wait);
    let asked = async {
        loop {
            match ask().await {
                Err(failure) if failure.exit() == Exit::Network => tokio::time::sleep(PAUSE).await,
                other => return other,
            }
        }
    };
    let introduction = match tokio::time::timeout(patience, asked).await {
        Ok(answer) => answer?,
        Err(_) => ask().await?,
    };
    Ok(format!(
        "{did} answers, {}",
        introduction.description.fingerprint()
    ))
}

fn report(console: &mut Console, what: &str, finding: &Result<String, Failure>, global: &Global) {
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
            if let Some(help) = hints::for_failure(copy(failure), global).help() {
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

fn counted(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}
