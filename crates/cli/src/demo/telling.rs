//! How the story is told: one line for each act, and each decision with its checks and its chain.

use std::path::Path;

use chancery_verifier::Decision;
use serde_json::json;

use crate::console::Console;
use crate::decision_view;
use crate::exit::{Exit, Failure};

/// Tells the story to one console.
pub(super) struct Teller<'a> {
    console: &'a mut Console,
    decisions: usize,
}

impl<'a> Teller<'a> {
    pub(super) fn new(console: &'a mut Console) -> Self {
        Self {
            console,
            decisions: 0,
        }
    }

    /// A heading.
    pub(super) fn chapter(&mut self, number: u8, title: &str) {
        if self.console.is_json() {
            self.console
                .line(json!({"kind": "Chapter", "number": number, "title": title}));
        } else {
            self.console.line(format_args!("\n{number}  {title}"));
        }
    }

    /// One line: who did what.
    pub(super) fn act(&mut self, who: &str, what: &str) {
        if self.console.is_json() {
            self.console
                .line(json!({"kind": "Act", "who": who, "what": what}));
        } else {
            self.console.line(format_args!("   {who:<7} {what}"));
        }
    }

    /// A decision, which must have exactly this code.
    pub(super) fn decision(&mut self, asked: &str, decision: &Decision, due: &str) -> Result<(), Failure> {
        self.decisions = self.decisions.saturating_add(1);
        if self.console.is_json() {
            self.console
                .line(json!({"kind": "Asked", "asked": asked, "due": due, "decision": decision.to_value()}));
        } else {
            self.console.line(format_args!("\n   {asked}"));
            self.console
                .line(format_args!("   {}", decision_view::headline(decision)));
            self.console
                .line(decision_view::checks(decision, "      ").trim_end());
            let tree = decision_view::tree(decision);
            if !tree.is_empty() {
                self.console
                    .line(decision_view::indent(&tree, "      ").trim_end());
            }
        }
        if decision.code == due {
            return Ok(());
        }
        let text = format!(
            "expected `{due}` for: {asked}, but the decision is `{}`",
            decision.code
        );
        Err(Failure::new(Exit::No, "demo.unexpected", text))
    }

    pub(super) fn end(&mut self, keep: Option<&Path>) {
        if self.console.is_json() {
            self.console
                .line(json!({"kind": "End", "decisions": self.decisions}));
        } else {
            self.console.line(format_args!(
                "\n{} decisions, each with the code that it had to have.",
                self.decisions
            ));
        }
        if let Some(folder) = keep {
            self.console.say(format_args!(
                "keys, databases and papers are in {}",
                folder.display()
            ));
        }
    }
}
