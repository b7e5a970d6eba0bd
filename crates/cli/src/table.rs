//! Rows for people, the same facts as JSON for programs.

use std::path::Path;

use chancery_registry::client::IssuedPaper;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Value, json};

use crate::console::{Console, Format};
use crate::exit::Failure;
use crate::input;

/// One thing: its named members on one line, or the whole of it as JSON.
pub(crate) fn one(console: &mut Console, kind: &str, value: &Value, members: &[&str]) {
    if console.is_json() {
        console.json(&enveloped(kind, value));
        return;
    }
    if let (Format::Raw, Some(first)) = (console.format, members.first()) {
        console.line(cell(value, first));
        return;
    }
    let words: Vec<String> = members.iter().map(|member| cell(value, member)).collect();
    console.line(words.join("  "));
}

/// One thing with everything that is known of it.
pub(crate) fn whole(console: &mut Console, kind: &str, value: &Value) {
    if console.is_json() {
        console.json(&enveloped(kind, value));
    } else if console.format == Format::Raw {
        console.line(value);
    } else {
        console.line(pairs(value, "").trim_end());
    }
}

/// A name and a value a line; what has members of its own stands below, moved in.
fn pairs(value: &Value, margin: &str) -> String {
    let mut text = String::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Array(items) if items.iter().any(Value::is_object) => {
                text.push_str(&format!("{margin}{name}\n"));
                for item in items {
                    text.push_str(&pairs(item, &format!("{margin}    ")));
                    text.push('\n');
                }
                text.truncate(text.trim_end().len());
                text.push('\n');
            }
            Value::Object(_) => {
                text.push_str(&format!(
                    "{margin}{name}\n{}",
                    pairs(value, &format!("{margin}    "))
                ));
            }
            Value::Null => {}
            Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Bool(_) => {
                text.push_str(&format!("{margin}{name:<20} {}\n", words(value)));
            }
        }
    }
    text
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// Many things: a row each.
pub(crate) fn many(console: &mut Console, kind: &str, values: &[Value], members: &[&str]) {
    if console.format == Format::Jsonl {
        for value in values {
            console.json(value);
        }
    } else if console.is_json() {
        console.json(&json!({"apiVersion": "chancery.v1", "kind": kind, "items": values}));
    } else {
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(members.to_vec());
        for value in values {
            table.add_row(members.iter().map(|member| cell(value, member)));
        }
        console.line(table.trim_fmt());
    }
}

/// A paper: into a new file when one is named, else on standard output as it is.
pub(crate) fn paper(
    console: &mut Console,
    paper: &IssuedPaper,
    subject: &str,
    out: Option<&Path>,
) -> Result<(), Failure> {
    if let Some(path) = out {
        input::write_new(path, &paper.credential)?;
    }
    if console.is_json() {
        console.json(&json!({
            "apiVersion": "chancery.v1", "kind": "Paper", "id": paper.id, "digest": paper.digest,
            "subject": subject, "credential": paper.credential,
        }));
    } else if out.is_some() && console.format == Format::Raw {
        console.line(&paper.id);
    } else if out.is_some() {
        console.line(format_args!("{}  {subject}", paper.id));
    } else {
        console.line(&paper.credential);
    }
    if let Some(path) = out {
        console.say(format_args!("written to {}", path.display()));
    }
    Ok(())
}

fn enveloped(kind: &str, value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(members) = value.as_object_mut() {
        members.insert("apiVersion".to_owned(), "chancery.v1".into());
        members.insert("kind".to_owned(), kind.into());
    }
    value
}

fn cell(value: &Value, member: &str) -> String {
    match value.get(member) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "-".to_owned(),
        Some(other) => other.to_string(),
    }
}
