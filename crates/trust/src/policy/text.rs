//! The policy as a TOML file: read into the one JSON value, written with a comment at each part.
//!
//! INVARIANT: what is written reads back as the same policy; TOML's dates and floats have no meaning here and are
//! refused, not converted.

use super::{Policy, PolicyError, VERSION, duration};
use crate::members::MemberError;
use serde_json::{Map, Value};
use std::fmt::Write;

/// Reads TOML into the JSON value that the policy reader takes.
pub(super) fn read(text: &str) -> Result<Value, PolicyError> {
    let table: toml::Table =
        toml::from_str(text).map_err(|error| PolicyError::Toml(error.to_string().trim_end().to_owned()))?;
    Ok(to_json(&toml::Value::Table(table), "")?)
}

fn to_json(value: &toml::Value, path: &str) -> Result<Value, MemberError> {
    match value {
        toml::Value::String(text) => Ok(Value::from(text.as_str())),
        toml::Value::Integer(number) => Ok(Value::from(*number)),
        toml::Value::Boolean(truth) => Ok(Value::from(*truth)),
        toml::Value::Float(_) => Err(MemberError::invalid(
            path,
            "a number with a fraction is written as a string",
        )),
        toml::Value::Datetime(_) => Err(MemberError::invalid(path, "a date is written as a string")),
        toml::Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| to_json(item, &format!("{path}[{index}]")))
            .collect(),
        toml::Value::Table(table) => {
            let mut map = Map::new();
            for (name, item) in table {
                let at = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                map.insert(name.clone(), to_json(item, &at)?);
            }
            Ok(Value::Object(map))
        }
    }
}

/// Writes the policy as TOML with comments.
pub(super) fn write(policy: &Policy) -> String {
    let mut text = Text(String::new());
    text.comment(
        "Trust policy. What is not written here is not trusted; an unknown key refuses the whole file.",
    );
    text.member("version", &Value::from(VERSION));
    text.comment("The one audience for which presentations are accepted: this service's own name.");
    text.member("audience", &Value::from(policy.audience.as_str()));
    text.comment("How old a status list may be: a revocation is felt here at the latest after this time.");
    text.member("maxStatusAge", &duration::format(policy.max_status_age).into());
    text.comment("How far clocks may differ.");
    text.member("skew", &duration::format(policy.skew).into());
    text.comment("The longest validity of a paper.");
    text.member("maxValidity", &duration::format(policy.max_validity).into());
    text.comment(
        "How many times a capability may be handed on, and how long without an entry in a status list.",
    );
    text.member("maxDelegationDepth", &policy.max_delegation_depth.into());
    text.member(
        "unregisteredDelegationLife",
        &duration::format(policy.unregistered_delegation_life).into(),
    );
    text.part(
        "[require]",
        "What a presentation must bring beyond its chain and passports.",
    );
    text.member("attestation", &policy.require.attestation.into());
    text.comment("The members that every passport has to show, though its holder may withhold them.");
    text.member("passportShows", &policy.require.shown().into());

    for registry in &policy.registries {
        text.part(
            "[[registries]]",
            "A trust registry whose word about other authorities is taken, by its pinned key.",
        );
        text.members(&registry.to_value());
    }
    for anchor in &policy.anchors {
        let about = match (&anchor.issuer, &anchor.recognized_by) {
            (Some(_), None) => "An issuer whose papers are accepted, with its pinned keys.",
            (Some(_), Some(_)) => "An issuer whose papers are accepted while the registry recognizes it.",
            (None, _) => "Any issuer that the registry recognizes.",
        };
        text.part("[[anchors]]", about);
        let mut value = anchor.to_value();
        let grant = value.as_object_mut().and_then(|map| map.remove("grant"));
        text.members(&value);
        let entries = grant
            .as_ref()
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        if entries.is_empty() {
            text.comment("No grant: the papers of this issuer's agents hold here and allow nothing.");
        }
        for entry in entries {
            text.part(
                "[[anchors.grant]]",
                "What its agents may do here, at most; no entry means nothing.",
            );
            text.members(entry);
        }
    }
    for tool in &policy.tools {
        text.part(
            "[[tools]]",
            "A call that this service takes: its action, its resource, the facts in its arguments.",
        );
        text.members(&tool.to_value());
    }
    text.0
}

/// TOML as it grows.
struct Text(String);

impl Text {
    fn part(&mut self, header: &str, comment: &str) {
        self.0.push('\n');
        self.comment(comment);
        self.line(format_args!("{header}"));
    }

    fn comment(&mut self, comment: &str) {
        self.line(format_args!("# {comment}"));
    }

    fn members(&mut self, value: &Value) {
        for (name, value) in value.as_object().into_iter().flatten() {
            self.member(name, value);
        }
    }

    fn member(&mut self, name: &str, value: &Value) {
        if value
            .as_array()
            .is_some_and(|items| items.len() > 1 && items.iter().any(Value::is_object))
        {
            self.line(format_args!("{} = [", key(name)));
            for item in value.as_array().into_iter().flatten() {
                self.line(format_args!("    {},", inline(item)));
            }
            self.line(format_args!("]"));
        } else {
            self.line(format_args!("{} = {}", key(name), inline(value)));
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // INVARIANT: writing to a String cannot fail.
        let _ = writeln!(self.0, "{line}");
    }
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let members: Vec<String> = map
                .iter()
                .map(|(name, value)| format!("{} = {}", key(name), inline(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::String(text) => quoted(text),
        // TOML has no null; a policy never holds one, and an empty text is refused where it is read.
        Value::Null => quoted(""),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn key(name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.bytes().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A TOML basic string: the escapes of the specification, everything else as it is.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dates_and_fractions_are_refused_with_their_path() {
        for (text, path) in [
            ("a = 1979-05-27", "`a`"),
            ("[a]\nb = [1, 1.5]", "`a.b[1]`"),
            ("a = nan", "`a`"),
            ("a = [{ b = inf }]", "`a[0].b`"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(path), "{error}");
        }
    }

    #[test]
    fn key_given_twice_is_refused() {
        for text in [
            "a = 1\na = 2",
            "a = 1\n\"a\" = 2",
            "[a]\nb = 1\n[a]\nc = 1",
            "a.b = 1\n[a]\nb = 2",
        ] {
            assert!(matches!(read(text), Err(PolicyError::Toml(_))), "{text}");
        }
    }

    #[test]
    fn any_text_survives_writing_and_reading() {
        let value = json!({
            "quote \" here": "back\\slash \"quoted\" \u{7f} \u{1} \n é \u{10ffff}",
            "list": [{"a": [1, true]}, {"b": {}}],
        });
        let mut text = Text(String::new());
        text.members(&value);
        assert_eq!(read(&text.0).unwrap(), value, "{}", text.0);
    }
}
