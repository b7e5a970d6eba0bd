//! The host corpus through the library: every case as it is written down, by the same texts that a host hands in.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use chancery_cast::time::instant;
use chancery_host::Host;
use serde_json::{Value, json};

/// A text as it is, anything else as its JSON text, nothing as the empty text.
fn text(value: &Value) -> String {
    if value.is_null() {
        return String::new();
    }
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn parsed(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap_or_else(|error| panic!("no JSON ({error}): {answer}"))
}

/// What an answer lacks of what is expected of it.
fn differences(answer: &Value, expect: &Value) -> Vec<String> {
    let members = expect.as_object().unwrap().iter();
    members
        .filter(|(name, value)| answer.get(name.as_str()) != Some(*value))
        .map(|(name, value)| {
            format!(
                "{name}: expected {value}, got {}",
                answer.get(name.as_str()).unwrap_or(&Value::Null)
            )
        })
        .collect()
}

/// One verifier of one case, and the sessions that were admitted.
struct Run {
    host: Host,
    verifier: u32,
    admitted: Vec<u32>,
}

impl Run {
    fn step(&mut self, step: &Value, case_at: &str) -> Value {
        let at = match step.get("clock") {
            Some(clock) => clock.as_i64().unwrap_or(-1),
            None => instant(step["at"].as_str().unwrap_or(case_at)).millis(),
        };
        let argument = |index: usize| text(&step["args"][index]);
        let evidence = text(&step["evidence"]);
        let raw = step
            .get("handle")
            .map(|handle| u32::try_from(handle.as_u64().unwrap()).unwrap());
        let verifier = raw.unwrap_or(self.verifier);
        let of_session = step.get("admission").map(|at| {
            let index = usize::try_from(at.as_u64().unwrap()).unwrap();
            self.admitted.get(index).copied().unwrap_or_default()
        });
        let session = raw.or(of_session).unwrap_or_default();
        let host = &mut self.host;
        let answer = match step["call"].as_str().unwrap() {
            "verify" => host.verify(verifier, &argument(0), &argument(1), &evidence, at),
            "verifyRequest" => host.verify_request(verifier, &argument(0), &evidence, at),
            "admit" => host.admit(verifier, &argument(0), &argument(1), &evidence, at),
            "authorize" => host.authorize(session, &argument(0), &evidence, at),
            "refresh" => host.refresh(verifier, &argument(0), at),
            "resolve" => host.resolve(verifier, &argument(0), at),
            "verifyCard" => host.verify_card(verifier, &argument(0), at),
            "settle" => return parsed(&host.settle(&argument(0), &argument(1))),
            "end" => {
                host.end(session);
                return json!({});
            }
            "close" => {
                host.close(verifier);
                return json!({});
            }
            other => panic!("no call `{other}`"),
        };
        let answer = self.settled(step, &answer);
        if step["call"] == "admit" && raw.is_none() {
            let session = answer["session"].as_u64().unwrap_or_default();
            self.admitted.push(u32::try_from(session).unwrap());
        }
        answer
    }

    /// Settles an answer that has something to commit, as the step says.
    fn settled(&mut self, step: &Value, answer: &str) -> Value {
        let first = parsed(answer);
        let commits = first["commit"]
            .as_array()
            .is_some_and(|commit| !commit.is_empty());
        let outcome = step.get("outcome").unwrap_or(&Value::Null);
        let untouched = step.get("outcome") == Some(&Value::Null);
        if !commits || untouched {
            return first;
        }
        parsed(&self.host.settle(answer, outcome.as_str().unwrap_or("applied")))
    }
}

fn run(name: &str, case: &Value, wrong: &mut Vec<String>) -> usize {
    let mut host = Host::new();
    let case_at = case["at"].as_str().unwrap();
    let opened = parsed(&host.open(&text(&case["options"]), instant(case_at).millis()));
    for difference in differences(&opened, &case["expect"]) {
        wrong.push(format!("{name}, open: {difference} ({})", opened["detail"]));
    }
    let verifier = u32::try_from(opened["verifier"].as_u64().unwrap_or_default()).unwrap();
    let mut run = Run {
        host,
        verifier,
        admitted: Vec::new(),
    };
    let steps = case["steps"].as_array().unwrap();
    for (number, step) in steps.iter().enumerate() {
        let answer = run.step(step, case_at);
        for difference in differences(&answer, &step["expect"]) {
            let reason = answer.get("reason").or(answer.get("detail"));
            wrong.push(format!(
                "{name}, step {number} ({}): {difference} ({})",
                step["call"],
                reason.unwrap_or(&Value::Null)
            ));
        }
    }
    steps.len().saturating_add(1)
}

#[test]
fn each_case_of_the_host_corpus_gets_its_answers() {
    let (mut wrong, mut cases, mut answers) = (Vec::new(), 0_usize, 0_usize);
    for (name, text) in chancery_cast::host_corpus().files() {
        answers += run(&name, &parsed(&text), &mut wrong);
        cases += 1;
    }
    println!("host cases library: {cases} cases, {answers} answers");
    assert!(cases > 100 && answers > 400, "{cases} cases, {answers} answers");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn cases_that_refuse_outnumber_those_that_allow() {
    let (mut allowing, mut refusing) = (0_usize, 0_usize);
    for text in chancery_cast::host_corpus().files().values() {
        let case = parsed(text);
        let steps = case["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| &step["expect"]);
        for expect in steps.chain([&case["expect"]]) {
            if expect["allow"] == true || expect["verified"] == true {
                allowing += 1;
            } else {
                refusing += 1;
            }
        }
    }
    assert!(refusing > 4 * allowing, "{refusing} refuse, {allowing} allow");
}

#[test]
fn agent_that_is_admitted_again_and_again_takes_nobody_elses_room() {
    let fixture = chancery_cast::host::Fixture::delegated();
    let other = chancery_cast::host::Fixture::direct();
    let at = instant(&fixture.scene.at).millis();
    let mut host = Host::new();
    let verifier = parsed(&host.open(&fixture.options().to_string(), at))["verifier"].as_u64();
    let verifier = u32::try_from(verifier.unwrap()).unwrap();
    let evidence = fixture.offsets(&fixture.scene.at).to_string();
    let call = json!({"tool": "refund", "args": {"order": "1001", "amount": "35.00"}}).to_string();
    let nonce = json!({"nonce": fixture.nonce()}).to_string();
    let admit = |host: &mut Host, presentation: &str| {
        let answer = host.admit(verifier, presentation, &nonce, &evidence, at);
        host.settle(&answer, "applied");
        u32::try_from(parsed(&answer)["session"].as_u64().unwrap()).unwrap()
    };
    let first_of_other = admit(&mut host, &other.scene.text());
    let presentation = fixture.scene.text();
    let own: Vec<u32> = (0..70).map(|_| admit(&mut host, &presentation)).collect();
    let allows =
        |host: &mut Host, session| parsed(&host.authorize(session, &call, &evidence, at))["allow"] == true;
    assert!(allows(&mut host, first_of_other));
    let open = own.iter().filter(|session| allows(&mut host, **session)).count();
    assert_eq!(open, 64);
    assert!(!allows(&mut host, own[0]) && allows(&mut host, own[69]));
}
