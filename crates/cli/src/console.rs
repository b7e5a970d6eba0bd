//! Where a command writes: data on standard output, talk on standard error.
//!
//! INVARIANT: with `--output json` or `jsonl`, standard output holds JSON and nothing else.

use std::fmt;
use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::Value;

use crate::exit::Failure;

/// How data is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: tables, check lists and sentences.
    #[default]
    Table,
    /// One JSON document, indented.
    Json,
    /// One JSON document a line.
    Jsonl,
    /// The chain as a tree.
    Tree,
    /// The chain as a mermaid diagram, to paste into an issue.
    Mermaid,
    /// Just the paper or the value, as it is.
    Raw,
}

/// The two streams of a command and how to print on them.
pub struct Console {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    /// How data is printed.
    pub format: Format,
    /// Whether talk on standard error is wanted (`--quiet` turns it off).
    pub talk: bool,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Console {
    /// The process's own streams; colour only where a terminal reads it and `NO_COLOR` is absent.
    #[must_use]
    pub fn standard() -> Self {
        Self::new(Box::new(anstream::stdout()), Box::new(anstream::stderr()))
    }

    /// Any two streams, for tests and for programs that embed the command.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            err,
            format: Format::Table,
            talk: true,
        }
    }

    /// Whether data must be JSON.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        matches!(self.format, Format::Json | Format::Jsonl)
    }

    /// Prints a line of data.
    pub fn line(&mut self, text: impl fmt::Display) {
        Self::put(&mut self.out, &text);
    }

    /// Prints a JSON document as the format wants it.
    pub fn json(&mut self, value: &Value) {
        let text = if self.format == Format::Jsonl {
            value.to_string()
        } else {
            format!("{value:#}")
        };
        self.line(text);
    }

    /// Says something to the person: hints, progress, where a file went.
    pub fn say(&mut self, text: impl fmt::Display) {
        if self.talk {
            Self::put(&mut self.err, &text);
        }
    }

    /// Reports a failure: a line for people on standard error, or a JSON object with the code.
    pub fn failure(&mut self, failure: &Failure) {
        if self.is_json() {
            let value = serde_json::json!({
                "apiVersion": "chancery.v1",
                "kind": "Error",
                "code": failure.code(),
                "exit": failure.exit().number(),
                "detail": failure.to_string(),
                "help": failure.help(),
            });
            self.json(&value);
        }
        Self::put(
            &mut self.err,
            &format_args!("error[{}]: {failure}", failure.code()),
        );
        if let Some(help) = failure.help() {
            Self::put(&mut self.err, &format_args!("  help: {help}"));
        }
    }

    fn put(stream: &mut Box<dyn Write + Send>, text: &dyn fmt::Display) {
        let text = harmless(&text.to_string());
        // A closed pipe is the reader's choice, not an error of the command.
        let written: io::Result<()> = writeln!(stream, "{text}").and_then(|()| stream.flush());
        drop(written);
    }
}

/// The text without what would steer a terminal or turn its reading order: papers are strangers' words.
fn harmless(text: &str) -> String {
    let steers = |letter: char| {
        (letter.is_control() && !matches!(letter, '\n' | '\t'))
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars() {
        if steers(letter) {
            clean.extend(letter.escape_unicode())
        } else {
            clean.push(letter)
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_strangers_words_cannot_steer_the_terminal() {
        assert_eq!(
            harmless("a\tb\n\u{1b}[2Jc\u{202e}d\rä"),
            "a\tb\n\\u{1b}[2Jc\\u{202e}d\\u{d}ä"
        );
    }
}
