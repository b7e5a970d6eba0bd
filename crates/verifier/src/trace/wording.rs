//! A constraint as a person would say it: `amount at most 100.00 EUR`.
//!
//! INVARIANT: the words are read off the constraint's own JSON form, and a type without words of its own is shown
//! as that form, so that nothing is left unsaid.

use chancery_proof::jcs;
use chancery_vc::constraint::Constraint;
use serde_json::Value;

/// The days of a week, in order.
const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// Says what a constraint demands.
pub(super) fn of(constraint: &Constraint) -> String {
    if matches!(constraint, Constraint::Unknown(_)) {
        return format!("nothing at all: `{}` is not understood", constraint.type_name());
    }
    let value = constraint.to_value();
    said(constraint.type_name(), &value).unwrap_or_else(|| jcs::text(&value))
}

/// Says it by the constraint's type; nothing where a member is not as expected.
fn said(name: &str, value: &Value) -> Option<String> {
    let text = |member: &str| value.get(member).and_then(Value::as_str);
    let number = |member: &str| value.get(member).and_then(Value::as_u64);
    Some(match name {
        "Amount" => format!("{} at most {} {}", text("fact")?, text("max")?, text("currency")?),
        "AtMost" => match number("max") {
            Some(bytes) => format!("{} at most {bytes} bytes", text("fact")?),
            None => format!("{} at most {}", text("fact")?, text("max")?),
        },
        "OneOf" => format!("{} {}", text("fact")?, among(value.get("values")?)?),
        "Hours" => hours(value)?,
        "Argument" => argument(value)?,
        "Audience" => format!("only at {}", list(value.get("services")?)?),
        "Budget" => {
            let measure = text("currency").or_else(|| text("unit"))?;
            let (fact, cap, window) = (text("fact")?, text("cap")?, window(text("window")?)?);
            format!(
                "{fact} at most {cap} {measure} in all {window} (budget `{}`)",
                text("id")?
            )
        }
        "Rate" => {
            let (count, window) = (number("count")?, window(text("window")?)?);
            format!("at most {} {window} (rate `{}`)", times(count), text("id")?)
        }
        "Uses" => format!(
            "at most {} in all (uses `{}`)",
            times(number("count")?),
            text("id")?
        ),
        "Session" => format!("only within the session `{}`", text("id")?),
        "Composite" => {
            let parts: Vec<&str> = value
                .get("digests")?
                .as_object()?
                .keys()
                .map(String::as_str)
                .collect();
            format!("only with the attested {}", parts.join(", "))
        }
        "Approval" => approval(value)?,
        _ => return None,
    })
}

/// `Mo-Fr 09:00-17:00 Europe/Berlin`.
fn hours(value: &Value) -> Option<String> {
    let text = |member: &str| value.get(member).and_then(Value::as_str);
    let named = value.get("days")?.as_array()?;
    let open = |day: &str| named.iter().any(|named| named.as_str() == Some(day));
    let mut runs: Vec<(&str, &str)> = Vec::new();
    let mut before = false;
    for day in DAYS {
        let now = open(day);
        match runs.last_mut() {
            Some(run) if now && before => run.1 = day,
            _ if now => runs.push((day, day)),
            _ => {}
        }
        before = now;
    }
    let place = |day: &str| DAYS.iter().position(|known| *known == day);
    let days = runs
        .into_iter()
        .map(|(first, last)| match (place(first), place(last)) {
            (Some(from), Some(to)) if from == to => first.to_owned(),
            (Some(from), Some(to)) if from.checked_add(1) == Some(to) => format!("{first}, {last}"),
            _ => format!("{first}-{last}"),
        });
    let days: Vec<String> = days.collect();
    let (from, until, zone) = (text("from")?, text("until")?, text("timeZone")?);
    Some(format!("{} {from}-{until} {zone}", days.join(", ")))
}

/// `argument /order begins with o-`.
fn argument(value: &Value) -> Option<String> {
    let pointer = value.get("pointer")?.as_str()?;
    let (operator, operand) = value.get("match")?.as_object()?.iter().next()?;
    let says = match operator.as_str() {
        "equals" => format!("is {}", plain(operand)),
        "oneOf" => among(operand)?,
        "prefix" => format!("begins with {}", plain(operand)),
        "maxLength" => format!("is at most {} bytes long", plain(operand)),
        "range" => match (operand.get("min"), operand.get("max")) {
            (Some(min), Some(max)) => format!("from {} to {}", plain(min), plain(max)),
            (Some(min), None) => format!("at least {}", plain(min)),
            (None, max) => format!("at most {}", plain(max?)),
        },
        _ => return None,
    };
    let closed = value.get("closed").and_then(Value::as_bool) == Some(true);
    let rest = if closed {
        ", and no argument that is not named"
    } else {
        ""
    };
    Some(format!("argument {pointer} {says}{rest}"))
}

/// `after approval by 1 of did:key:..., unless amount at most 50.00 EUR`.
fn approval(value: &Value) -> Option<String> {
    let quorum = value.get("quorum")?.as_u64()?;
    let mut line = format!("after approval by {quorum} of {}", list(value.get("approvers")?)?);
    if let Some(unless) = value.get("unless") {
        line.push_str(", unless ");
        line.push_str(&of(&Constraint::parse(unless)));
    }
    Some(line)
}

/// `is a`, or `one of a, b`.
fn among(values: &Value) -> Option<String> {
    match values.as_array()?.as_slice() {
        [one] => Some(format!("is {}", plain(one))),
        _ => Some(format!("one of {}", list(values)?)),
    }
}

fn list(values: &Value) -> Option<String> {
    let items: Vec<String> = values.as_array()?.iter().map(plain).collect();
    Some(items.join(", "))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| jcs::text(value), str::to_owned)
}

fn times(count: u64) -> String {
    if count == 1 {
        "once".to_owned()
    } else {
        format!("{count} times")
    }
}

/// `P1D` is `a day`, `PT5M` is `in 5 minutes`.
fn window(text: &str) -> Option<String> {
    let (rest, clock) = match text.strip_prefix("PT") {
        Some(rest) => (rest, true),
        None => (text.strip_prefix('P')?, false),
    };
    let cut = rest.len().checked_sub(1)?;
    let (count, unit) = rest.split_at_checked(cut)?;
    let (one, several) = match (unit, clock) {
        ("D", false) => ("a day", "days"),
        ("H", true) => ("an hour", "hours"),
        ("M", true) => ("a minute", "minutes"),
        ("S", true) => ("a second", "seconds"),
        _ => return None,
    };
    Some(if count == "1" {
        one.to_owned()
    } else {
        format!("in {count} {several}")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_constraint_reads_like_a_sentence() {
        let approver = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
        let hours = |days: Value| json!({"type": "Hours", "days": days, "from": "09:00", "until": "17:00", "timeZone": "Europe/Berlin"});
        let amount = json!({"type": "Amount", "fact": "amount", "max": "100.00", "currency": "EUR"});
        let cases = [
            (amount.clone(), "amount at most 100.00 EUR"),
            (
                hours(json!(["Mo", "Tu", "We", "Th", "Fr"])),
                "Mo-Fr 09:00-17:00 Europe/Berlin",
            ),
            (
                hours(json!(["Mo", "We", "Th", "Sa"])),
                "Mo, We, Th, Sa 09:00-17:00 Europe/Berlin",
            ),
            (hours(json!(["Sa", "Su"])), "Sa, Su 09:00-17:00 Europe/Berlin"),
            (
                json!({"type": "AtMost", "fact": "data", "scale": "Sensitivity", "max": "internal"}),
                "data at most internal",
            ),
            (
                json!({"type": "AtMost", "fact": "upload", "scale": "Size", "max": 1024}),
                "upload at most 1024 bytes",
            ),
            (
                json!({"type": "OneOf", "fact": "region", "values": ["eu"]}),
                "region is eu",
            ),
            (
                json!({"type": "OneOf", "fact": "region", "values": ["eu", "ch"]}),
                "region one of eu, ch",
            ),
            (
                json!({"type": "Argument", "pointer": "/order", "match": {"prefix": "o/1"}, "closed": true}),
                "argument /order begins with o/1, and no argument that is not named",
            ),
            (
                json!({"type": "Argument", "pointer": "/n", "match": {"range": {"min": 1, "max": 5}}}),
                "argument /n from 1 to 5",
            ),
            (
                json!({"type": "Argument", "pointer": "/n", "match": {"maxLength": 20}}),
                "argument /n is at most 20 bytes long",
            ),
            (
                json!({"type": "Audience", "services": ["https://api.globex.example"]}),
                "only at https://api.globex.example",
            ),
            (
                json!({"type": "Budget", "id": "b", "fact": "amount", "cap": "500.00", "currency": "EUR", "window": "P1D"}),
                "amount at most 500.00 EUR in all a day (budget `b`)",
            ),
            (
                json!({"type": "Rate", "id": "r", "count": 5, "window": "PT5M"}),
                "at most 5 times in 5 minutes (rate `r`)",
            ),
            (
                json!({"type": "Uses", "id": "u", "count": 1}),
                "at most once in all (uses `u`)",
            ),
            (
                json!({"type": "Session", "id": "s"}),
                "only within the session `s`",
            ),
            (
                json!({"type": "Approval", "approvers": [approver], "quorum": 1, "unless": amount}),
                &format!("after approval by 1 of {approver}, unless amount at most 100.00 EUR"),
            ),
            (
                json!({"type": "Weather", "is": "fine"}),
                "nothing at all: `Weather` is not understood",
            ),
        ];
        for (value, line) in cases {
            assert_eq!(of(&Constraint::parse(&value)), line, "{value}");
        }
    }
}
