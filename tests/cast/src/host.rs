//! The host corpus: what host languages do with a verifier, step by step, and what has to come back.
//!
//! One file is one case: `options` and `at` open a verifier, `steps` are calls on it. A step has the `call`, its
//! `args` (what follows the handle and precedes the time and the evidence's place; an object goes as its JSON text, a
//! string as it is), perhaps another `at`, an `outcome` for what has to be committed (default `applied`), the number
//! of the `admission` that a call belongs to (from 0), a raw `handle`, and `raw` where only doors that take JSON texts
//! can do it. `expect` names members that the final answer must have.
//!
//! INVARIANT: what a case expects is written down beside it, and is never computed by the verifier.

mod cards;
mod fixture;
mod opening;
mod requests;
mod sessions;
mod settling;
mod verdicts;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use fixture::{Bundle, Fixture};

/// Cases by name.
#[derive(Debug, Default)]
pub struct HostCorpus {
    cases: BTreeMap<String, Value>,
}

/// The whole host corpus.
pub fn host_corpus() -> HostCorpus {
    let mut corpus = HostCorpus::default();
    opening::cases(&mut corpus);
    verdicts::cases(&mut corpus);
    requests::cases(&mut corpus);
    settling::cases(&mut corpus);
    sessions::cases(&mut corpus);
    cards::cases(&mut corpus);
    corpus
}

impl HostCorpus {
    /// Every case as the text of its file, by the file's name.
    pub fn files(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| format!("{}\n", serde_json::to_string_pretty(value).unwrap());
        let file = |(name, value)| (format!("{name}.json"), text(value));
        self.cases
            .iter()
            .map(|(name, value)| file((name, value)))
            .collect()
    }

    /// Takes one case in.
    pub fn add(&mut self, name: &str, comment: &str, case: Case) {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(name.bytes().all(plain), "`{name}` is no name of a case");
        let mut value = json!({
            "comment": comment, "at": case.at, "options": case.options, "expect": case.expect,
            "steps": case.steps.into_iter().map(|step| step.0).collect::<Vec<_>>(),
        });
        if case.raw {
            value["raw"] = json!(true);
        }
        assert!(
            self.cases.insert(name.to_owned(), value).is_none(),
            "two cases are named `{name}`"
        );
    }
}

/// One case: how a verifier is opened, and what is done with it.
#[derive(Debug, Clone)]
pub struct Case {
    at: String,
    options: Value,
    expect: Value,
    raw: bool,
    steps: Vec<Step>,
}

/// One call on a verifier or a session.
#[derive(Debug, Clone)]
pub struct Step(Value);

impl Case {
    /// A verifier that opens.
    pub fn opens(fixture: &Fixture) -> Self {
        Self {
            at: fixture.scene.at.clone(),
            options: fixture.options(),
            expect: json!({"kind": "Verifier"}),
            raw: false,
            steps: Vec::new(),
        }
    }

    /// A verifier that does not open, with this code.
    pub fn refused(at: &str, options: Value, code: &str) -> Self {
        Self {
            at: at.to_owned(),
            raw: !options.is_object(),
            options,
            expect: json!({"kind": "Error", "allow": false, "code": code}),
            steps: Vec::new(),
        }
    }

    /// Only for doors that take JSON texts.
    pub fn raw(mut self) -> Self {
        self.raw = true;
        self
    }

    /// Another member of the options.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.options[name] = value;
        self
    }

    /// One more step.
    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

impl Step {
    /// A call with these arguments.
    pub fn new(call: &str, args: Value) -> Self {
        Self(json!({"call": call, "args": args, "expect": {}}))
    }

    /// A decision about one presentation and request.
    pub fn verify(fixture: &Fixture, request: Value) -> Self {
        Self::new("verify", json!([fixture.scene.text(), request]))
            .evidence(fixture.offsets(&fixture.scene.at))
    }

    /// Admission of a presentation.
    pub fn admit(fixture: &Fixture) -> Self {
        Self::new("admit", json!([fixture.scene.text(), {"nonce": fixture.nonce()}]))
            .evidence(fixture.offsets(&fixture.scene.at))
    }

    /// A call of the session of the n-th admission.
    pub fn authorize(fixture: &Fixture, admission: usize, at: &str, call: Value) -> Self {
        let mut step = Self::new("authorize", json!([call]))
            .evidence(fixture.offsets(at))
            .at(at);
        step.0["admission"] = json!(admission);
        step
    }

    /// More evidence.
    pub fn evidence(mut self, evidence: Value) -> Self {
        self.0["evidence"] = evidence;
        self
    }

    /// Another moment.
    pub fn at(mut self, at: &str) -> Self {
        self.0["at"] = json!(at);
        self
    }

    /// What becomes of the commit.
    pub fn outcome(mut self, outcome: &str) -> Self {
        self.0["outcome"] = json!(outcome);
        self
    }

    /// A handle as it is.
    pub fn handle(mut self, handle: u32) -> Self {
        self.0["handle"] = json!(handle);
        self.raw()
    }

    /// A time as a number, whatever that is.
    pub fn clock(mut self, millis: Value) -> Self {
        self.0["clock"] = millis;
        self.raw()
    }

    /// Only for doors that take JSON texts.
    pub fn raw(mut self) -> Self {
        self.0["raw"] = json!(true);
        self
    }

    /// Members that the answer has.
    pub fn expect(mut self, expect: Value) -> Self {
        self.0["expect"] = expect;
        self
    }

    /// The call is allowed.
    pub fn allowed(self) -> Self {
        self.expect(json!({"kind": "Decision", "allow": true, "verdict": "valid", "code": "ok"}))
    }

    /// The call is denied with this verdict and code, and nothing is to be committed.
    pub fn denied(self, verdict: &str, code: &str) -> Self {
        self.expect(json!({
            "kind": "Decision", "allow": false, "verdict": verdict, "code": code, "commit": [],
        }))
    }

    /// The answer is an Error with this code.
    pub fn error(self, code: &str) -> Self {
        self.expect(json!({"kind": "Error", "allow": false, "code": code}))
    }

    /// The presentation is admitted.
    pub fn admitted(self) -> Self {
        self.expect(json!({"kind": "Admission", "allow": true, "code": "ok"}))
    }
}
