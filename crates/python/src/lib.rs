//! The compiled half of the Python package `chancery`: one verifier's host, called with texts.
//!
//! The Python half (`python/chancery`) makes objects of the answers. Profile, "Judging" and "Bundles". INVARIANT: a
//! text that is no Unicode (half a character, which a Python string may hold) gets an answer with a code, like every
//! other text; work is done without the interpreter's lock, and the host's own lock is never held while that one is
//! taken, so that threads wait for each other but never forever.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chancery_host::Host;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// The answer to a text that is no Unicode.
const HALF_A_CHARACTER: &str = r#"{"apiVersion":"chancery.v1","kind":"Error","allow":false,"verdict":"invalid","code":"parse.utf8","detail":"a text holds half a character"}"#;

/// A host of its own for each Python verifier: its end frees all that it held.
#[pyclass(frozen, module = "chancery._native")]
#[derive(Debug)]
struct Engine {
    host: Mutex<Host>,
}

/// A text as Python holds it.
type Text<'a, 'py> = &'a Bound<'py, PyString>;

#[pymethods]
impl Engine {
    #[new]
    fn new() -> Self {
        Self {
            host: Mutex::new(Host::new()),
        }
    }

    fn open(&self, py: Python<'_>, options: Text<'_, '_>, at: i64) -> String {
        answer(py, [options], |[options]| self.host().open(options, at))
    }

    fn refresh(&self, py: Python<'_>, verifier: u32, token: Text<'_, '_>, at: i64) -> String {
        answer(py, [token], |[token]| self.host().refresh(verifier, token, at))
    }

    fn verify(
        &self,
        py: Python<'_>,
        verifier: u32,
        presentation: Text<'_, '_>,
        request: Text<'_, '_>,
        evidence: Text<'_, '_>,
        at: i64,
    ) -> String {
        let given = [presentation, request, evidence];
        answer(py, given, |[presentation, request, evidence]| {
            self.host().verify(verifier, presentation, request, evidence, at)
        })
    }

    fn admit(
        &self,
        py: Python<'_>,
        verifier: u32,
        presentation: Text<'_, '_>,
        options: Text<'_, '_>,
        evidence: Text<'_, '_>,
        at: i64,
    ) -> String {
        let given = [presentation, options, evidence];
        answer(py, given, |[presentation, options, evidence]| {
            self.host().admit(verifier, presentation, options, evidence, at)
        })
    }

    fn authorize(
        &self,
        py: Python<'_>,
        session: u32,
        call: Text<'_, '_>,
        evidence: Text<'_, '_>,
        at: i64,
    ) -> String {
        answer(py, [call, evidence], |[call, evidence]| {
            self.host().authorize(session, call, evidence, at)
        })
    }

    fn settle(&self, py: Python<'_>, given: Text<'_, '_>, outcome: Text<'_, '_>) -> String {
        answer(py, [given, outcome], |[given, outcome]| {
            self.host().settle(given, outcome)
        })
    }

    fn end(&self, py: Python<'_>, session: u32) {
        py.detach(|| self.host().end(session));
    }

    fn close(&self, py: Python<'_>, verifier: u32) {
        py.detach(|| self.host().close(verifier));
    }

    fn resolve(&self, py: Python<'_>, verifier: u32, did: Text<'_, '_>, at: i64) -> String {
        answer(py, [did], |[did]| self.host().resolve(verifier, did, at))
    }

    fn verify_request(
        &self,
        py: Python<'_>,
        verifier: u32,
        request: Text<'_, '_>,
        evidence: Text<'_, '_>,
        at: i64,
    ) -> String {
        answer(py, [request, evidence], |[request, evidence]| {
            self.host().verify_request(verifier, request, evidence, at)
        })
    }

    fn verify_card(&self, py: Python<'_>, verifier: u32, card: Text<'_, '_>, at: i64) -> String {
        answer(py, [card], |[card]| self.host().verify_card(verifier, card, at))
    }
}

impl Engine {
    /// The host, of which nothing is half done after a panic, for it does not panic.
    fn host(&self) -> MutexGuard<'_, Host> {
        self.host.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Judges one document `{presentation, evidence, policy, request, at, historical?}`.
#[pyfunction]
fn decide(py: Python<'_>, case: Text<'_, '_>) -> String {
    answer(py, [case], |[case]| chancery_host::decide(case))
}

/// Decodes a text for the eye; nothing in it is verified.
#[pyfunction]
fn inspect(py: Python<'_>, text: Text<'_, '_>) -> String {
    answer(py, [text], |[text]| chancery_host::inspect(text))
}

/// Draws the chain of a decision as `text`, `mermaid` or `json`.
#[pyfunction]
fn render_chain(py: Python<'_>, decision: Text<'_, '_>, form: Text<'_, '_>) -> String {
    answer(py, [decision, form], |[decision, form]| {
        chancery_host::render_chain(decision, form)
    })
}

/// Reads every text, then works without the interpreter's lock.
fn answer<'a, const N: usize>(
    py: Python<'_>,
    given: [Text<'a, '_>; N],
    work: impl FnOnce([&'a str; N]) -> String + Send,
) -> String {
    let mut texts = [""; N];
    for (text, given) in texts.iter_mut().zip(given) {
        match given.to_str() {
            Ok(read) => *text = read,
            Err(_) => return HALF_A_CHARACTER.to_owned(),
        }
    }
    py.detach(|| work(texts))
}

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::{Engine, decide, inspect, render_chain};

    #[pymodule_export]
    const VERSION: &str = chancery_host::VERSION;
}
