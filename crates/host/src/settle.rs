//! What became of a commit: the answer stands, or turns into the denial that a ledger of Chancery's own would give.
//!
//! Profile, "Judging" ("failure turns the allow into `replay.*` or `constraint.exhausted`"). INVARIANT: only the one
//! word `applied` lets an answer stand; every other word denies, and no word turns a denial into an allow.

use chancery_did::Timestamp;
use chancery_proof::{Limits, json as front_door};
use chancery_verifier::rejection::ruling;
use chancery_verifier::{Decision, Rejection, Step};
use serde_json::Value;

/// The largest answer that is settled, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// What to do with an answer.
#[derive(Debug)]
pub(crate) enum Settled {
    /// It stands as it was.
    AsItWas,
    /// It stands, and its session is open.
    Admitted(u32),
    /// It is denied, and its session is over.
    Denied {
        /// The Decision.
        decision: Value,
        /// The session of an Admission.
        session: Option<u32>,
    },
}

/// Settles an answer with an outcome.
pub(crate) fn settle(answer: &str, outcome: &str) -> Result<Settled, Rejection> {
    let limits = Limits {
        bytes: LONGEST,
        string: LONGEST,
        ..Limits::default()
    };
    let answer = front_door::parse(answer.as_bytes(), &limits)
        .map_err(|error| Rejection::new(error.code(), format!("the answer: {error}")))?;
    let admission = match answer.get("kind").and_then(Value::as_str) {
        Some("Decision") => false,
        Some("Admission") => true,
        Some("Error") => return Ok(Settled::AsItWas),
        _ => {
            return Err(Rejection::new(
                "parse.structure",
                "there is nothing to settle in this",
            ));
        }
    };
    if answer.get("allow") != Some(&Value::Bool(true)) {
        return Ok(Settled::AsItWas);
    }
    let session = session(&answer);
    if admission && session.is_none() {
        return Err(Rejection::new(
            "parse.structure",
            "an admission has the number of a session",
        ));
    }
    if outcome == "applied" {
        return Ok(match session {
            Some(session) => Settled::Admitted(session),
            None => Settled::AsItWas,
        });
    }
    let rejection = refusal(&answer, outcome);
    let decision = if admission {
        of_admission(&answer, rejection)
    } else {
        denied(answer, &rejection)
    };
    Ok(Settled::Denied { decision, session })
}

fn session(answer: &Value) -> Option<u32> {
    let named = answer.get("kind").and_then(Value::as_str) == Some("Admission");
    let number = answer.get("session").and_then(Value::as_u64).filter(|_| named)?;
    u32::try_from(number).ok()
}

fn refusal(answer: &Value, outcome: &str) -> Rejection {
    let entries = answer.get("commit").and_then(Value::as_array);
    let kind = |name: &str| {
        let mut entries = entries.into_iter().flatten();
        entries.any(|entry| entry.get("kind").and_then(Value::as_str) == Some(name))
    };
    match outcome {
        "seen" if kind("consumeNonce") => {
            Rejection::new("replay.presentation", "this presentation was used before")
        }
        "seen" if kind("consumeApproval") => {
            Rejection::new("replay.approval", "this approval was used before")
        }
        "seen" if kind("debit") => Rejection::new("constraint.exhausted", "the counter has no room left"),
        "none" => Rejection::new(
            "commit.unavailable",
            "nothing commits what this allow has to commit",
        ),
        _ => Rejection::new("commit.failed", "what this allow has to commit was not committed"),
    }
}

/// The step whose check a failed commit turns.
fn step(code: &str) -> Step {
    if code == "replay.presentation" {
        Step::Binding
    } else {
        Step::Constraints
    }
}

/// An allowing Decision, denied: everything that was found stays in it.
fn denied(mut answer: Value, rejection: &Rejection) -> Value {
    let row = ruling(rejection.code);
    let Some(members) = answer.as_object_mut() else {
        return answer;
    };
    members.insert("allow".to_owned(), false.into());
    members.insert("verdict".to_owned(), rejection.verdict().as_str().into());
    members.insert("code".to_owned(), rejection.code.into());
    members.insert("reason".to_owned(), rejection.detail.as_str().into());
    members.insert("commit".to_owned(), Value::Array(Vec::new()));
    let step = step(rejection.code);
    let checks = members.get_mut("checks").and_then(Value::as_array_mut);
    for check in checks.into_iter().flatten() {
        let own = check.get("id").and_then(Value::as_str) == Some(step.as_str());
        if let Some(check) = check.as_object_mut().filter(|_| own) {
            check.insert("status".to_owned(), "fail".into());
            check.insert("code".to_owned(), rejection.code.into());
            check.insert("detail".to_owned(), rejection.detail.as_str().into());
            check.insert("hint".to_owned(), row.map(|row| row.remedy).into());
        }
    }
    answer
}

/// The Decision that denies an Admission: as any other, with what the Admission had found.
fn of_admission(answer: &Value, rejection: Rejection) -> Value {
    let mut decision = answer.clone();
    let empty = Decision::unjudged(Rejection::new(rejection.code, ""), Timestamp::from_millis(0)).to_value();
    if let (Some(members), Value::Object(empty)) = (decision.as_object_mut(), empty) {
        members.remove("session");
        members.insert("kind".to_owned(), "Decision".into());
        for (name, value) in empty {
            members.entry(name).or_insert(value);
        }
    }
    denied(decision, &rejection)
}
