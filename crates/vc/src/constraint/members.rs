//! Reading the members of a constraint, strictly.
//!
//! INVARIANT: a member that the constraint's type does not name is `constraint.unknown`, a null or an empty set
//! is `constraint.empty`, every other defect is `constraint.malformed`.

use serde_json::{Map, Value};

use super::Decimal;
use super::unknown::ConstraintError;

/// The most bytes that one text of a constraint may hold.
const MAX_TEXT: usize = 1024;
/// The most values that one set of a constraint may hold.
pub(super) const MAX_VALUES: usize = 256;
/// The largest whole number that every JSON reader reads alike (RFC 7493 section 2.2).
const MAX_SAFE: u64 = 9_007_199_254_740_991;

/// One object of which every member is known.
#[derive(Debug)]
pub(super) struct Members<'a> {
    object: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    /// Takes an object that has no members besides `known`.
    pub(super) fn of(object: &'a Map<String, Value>, known: &[&str]) -> Result<Self, ConstraintError> {
        Self::among(object, |name| known.contains(&name))
    }

    /// Takes a constraint, which has no members besides `type` and `known`.
    pub(super) fn typed(object: &'a Map<String, Value>, known: &[&str]) -> Result<Self, ConstraintError> {
        Self::among(object, |name| name == "type" || known.contains(&name))
    }

    fn among(object: &'a Map<String, Value>, known: impl Fn(&str) -> bool) -> Result<Self, ConstraintError> {
        match object.keys().find(|name| !known(name)) {
            Some(name) => Err(ConstraintError::unknown(format!(
                "the member `{name}` is not known here"
            ))),
            None => Ok(Self { object }),
        }
    }

    pub(super) fn optional(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name)
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a Value, ConstraintError> {
        match self.object.get(name) {
            None => Err(ConstraintError::malformed(format!(
                "the member `{name}` is missing"
            ))),
            Some(Value::Null) => Err(ConstraintError::empty(format!("`{name}` is null"))),
            Some(value) => Ok(value),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, ConstraintError> {
        text(name, self.required(name)?)
    }

    /// A set of at least one text, each once.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, ConstraintError> {
        let mut texts: Vec<String> = Vec::new();
        for value in self.values(name)? {
            let text = text(name, value)?;
            if texts.iter().any(|known| known == text) {
                return Err(ConstraintError::malformed(format!(
                    "`{name}` holds `{text}` twice"
                )));
            }
            texts.push(text.to_owned());
        }
        Ok(texts)
    }

    /// A set of at least one value.
    pub(super) fn values(&self, name: &str) -> Result<&'a [Value], ConstraintError> {
        let values = self.required(name)?.as_array();
        let values = values.ok_or_else(|| ConstraintError::malformed(format!("`{name}` is not a list")))?;
        if values.is_empty() {
            return Err(ConstraintError::empty(format!("`{name}` is empty")));
        }
        if values.len() > MAX_VALUES {
            return Err(ConstraintError::malformed(format!(
                "`{name}` holds more than {MAX_VALUES} values"
            )));
        }
        Ok(values)
    }

    /// A whole number from 0 to 2^53 - 1.
    pub(super) fn whole(&self, name: &str) -> Result<u64, ConstraintError> {
        let number = self.required(name)?.as_u64().filter(|number| *number <= MAX_SAFE);
        number.ok_or_else(|| {
            ConstraintError::malformed(format!("`{name}` is not a whole number from 0 to 2^53 - 1"))
        })
    }

    pub(super) fn decimal(&self, name: &str) -> Result<Decimal, ConstraintError> {
        let text = self.required(name)?.as_str().and_then(Decimal::parse);
        text.ok_or_else(|| ConstraintError::malformed(format!("`{name}` is not a decimal in a string")))
    }

    /// Three upper-case letters (ISO 4217).
    pub(super) fn currency(&self, name: &str) -> Result<String, ConstraintError> {
        let text = self.text(name)?;
        if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Ok(text.to_owned());
        }
        Err(ConstraintError::malformed(format!(
            "`{text}` is not an ISO 4217 currency"
        )))
    }
}

fn text<'a>(name: &str, value: &'a Value) -> Result<&'a str, ConstraintError> {
    let text = value
        .as_str()
        .filter(|text| text.len() <= MAX_TEXT && !text.chars().any(char::is_control));
    let text =
        text.ok_or_else(|| ConstraintError::malformed(format!("`{name}` is not a short plain text")))?;
    if text.is_empty() {
        return Err(ConstraintError::empty(format!("`{name}` holds an empty text")));
    }
    Ok(text)
}
