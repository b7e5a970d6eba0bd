//! `chancery did log|publish`: a log checked and listed, or handed to the registry that hosts it.

use clap::Args;
use serde_json::{Value, json};

use super::log_file::LogFile;
use super::webvh::{LogMethod, describe};
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::office;
use crate::rehearsal::{ask, rehearsed};

/// Check a log and list its versions.
#[derive(Debug, Args)]
pub struct Log {
    /// The method.
    #[arg(long, value_enum, default_value = "webvh")]
    method: LogMethod,
    #[command(flatten)]
    file: LogFile,
}

/// Hand a log to the registry that hosts it.
#[derive(Debug, Args)]
pub struct Publish {
    /// The agent's name in the path, as in `agents/payments`; without it, the organization's own log.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// The method.
    #[arg(long, value_enum, default_value = "webvh")]
    method: LogMethod,
    #[command(flatten)]
    file: LogFile,
}

impl Log {
    pub(super) fn run(&self, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
        let LogMethod::Webvh = self.method;
        let writer = self.file.open(global.clock.0.now())?;
        let versions: Vec<Value> = writer.versions().iter().map(describe).collect();
        if console.is_json() {
            console.json(&json!({"apiVersion": "chancery.v1", "kind": "DidLog", "versions": versions}));
            return Ok(Exit::Yes);
        }
        for version in writer.versions() {
            let parameters = version.parameters();
            console.line(format_args!(
                "{}  {}  {}",
                version.id(),
                version.time(),
                version.did()
            ));
            for key in &parameters.update_keys {
                console.line(format_args!("  key      {key}"));
            }
            for hash in &parameters.next_key_hashes {
                console.line(format_args!("  promise  {hash}"));
            }
            if let Some(rule) = &parameters.witness {
                console.line(format_args!(
                    "  witness  {} of {}",
                    rule.threshold(),
                    rule.keys().len()
                ));
            }
            if parameters.deactivated {
                console.line("  deactivated");
            }
        }
        Ok(Exit::Yes)
    }
}

impl Publish {
    pub(super) async fn run(&self, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
        let LogMethod::Webvh = self.method;
        let writer = self.file.open(global.clock.0.now())?;
        let client = office::registry(global)?;
        let place = self.agent.as_deref().map_or("the organization", |name| name);
        let change = ask(&format!("host the log of {place}"));
        if let Some(exit) = rehearsed(global, &[change], console) {
            return Ok(exit);
        }
        let files = writer.files();
        let mut body = json!({ "log": files.log });
        if let (Some(members), Some(witness)) = (body.as_object_mut(), &files.witness) {
            members.insert("witness".to_owned(), json!(witness));
        }
        let answer = client.publish_did_log(self.agent.as_deref(), &body).await;
        let answer = answer.map_err(office::refused)?;
        if console.is_json() {
            console.json(&answer);
        } else {
            let text = |name| {
                answer
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            console.line(format_args!("{}  {}", text("did"), text("version_id")));
        }
        Ok(Exit::Yes)
    }
}
