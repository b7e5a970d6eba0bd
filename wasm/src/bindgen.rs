//! The face of the npm package: the host's verbs as functions over strings.
//!
//! INVARIANT: every function gives a JSON text and throws nothing, whatever it is given. If an earlier call was cut
//! short by the engine (no memory, no stack), the host may be half changed: then every later call is an Error.

use std::cell::RefCell;

use chancery_host::Host;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::new());
}

/// What is said after a call was cut short.
const UNUSABLE: &str = concat!(
    r#"{"allow":false,"apiVersion":"chancery.v1","code":""#,
    "host.unusable",
    r#"","detail":"an earlier call was cut short","kind":"Error"}"#,
);

fn with(verb: impl FnOnce(&mut Host) -> String) -> String {
    HOST.with(|host| match host.try_borrow_mut() {
        Ok(mut host) => verb(&mut host),
        Err(_) => UNUSABLE.to_owned(),
    })
}

/// Milliseconds since 1970; what is no such number is a time that the host refuses.
fn millis(at: f64) -> i64 {
    const END: f64 = 253_402_300_800_000.0;
    if (0.0..END).contains(&at) { at as i64 } else { -1 }
}

/// Opens a verifier: see [`Host::open`].
#[wasm_bindgen]
pub fn open(options: &str, at: f64) -> String {
    with(|host| host.open(options, millis(at)))
}

/// Takes a later bundle: see [`Host::refresh`].
#[wasm_bindgen]
pub fn refresh(verifier: u32, token: &str, at: f64) -> String {
    with(|host| host.refresh(verifier, token, millis(at)))
}

/// Decides about one call: see [`Host::verify`].
#[wasm_bindgen]
pub fn verify(verifier: u32, presentation: &str, request: &str, evidence: &str, at: f64) -> String {
    with(|host| host.verify(verifier, presentation, request, evidence, millis(at)))
}

/// Admits a presentation to a session: see [`Host::admit`].
#[wasm_bindgen]
pub fn admit(verifier: u32, presentation: &str, options: &str, evidence: &str, at: f64) -> String {
    with(|host| host.admit(verifier, presentation, options, evidence, millis(at)))
}

/// Decides about one call of a session: see [`Host::authorize`].
#[wasm_bindgen]
pub fn authorize(session: u32, call: &str, evidence: &str, at: f64) -> String {
    with(|host| host.authorize(session, call, evidence, millis(at)))
}

/// Says what became of a commit: see [`Host::settle`].
#[wasm_bindgen]
pub fn settle(answer: &str, outcome: &str) -> String {
    with(|host| host.settle(answer, outcome))
}

/// Ends a session: see [`Host::end`].
#[wasm_bindgen]
pub fn end(session: u32) {
    with(|host| {
        host.end(session);
        String::new()
    });
}

/// Closes a verifier: see [`Host::close`].
#[wasm_bindgen]
pub fn close(verifier: u32) {
    with(|host| {
        host.close(verifier);
        String::new()
    });
}

/// Gives the document of a DID: see [`Host::resolve`].
#[wasm_bindgen]
pub fn resolve(verifier: u32, did: &str, at: f64) -> String {
    with(|host| host.resolve(verifier, did, millis(at)))
}

/// Decides about an HTTP request: see [`Host::verify_request`].
#[wasm_bindgen(js_name = verifyRequest)]
pub fn verify_request(verifier: u32, request: &str, evidence: &str, at: f64) -> String {
    with(|host| host.verify_request(verifier, request, evidence, millis(at)))
}

/// Judges an agent card: see [`Host::verify_card`].
#[wasm_bindgen(js_name = verifyCard)]
pub fn verify_card(verifier: u32, card: &str, at: f64) -> String {
    with(|host| host.verify_card(verifier, card, millis(at)))
}

/// Looks into a text: see [`chancery_host::inspect`].
#[wasm_bindgen]
pub fn inspect(text: &str) -> String {
    chancery_host::inspect(text)
}

/// Draws the chain of a decision: see [`chancery_host::render_chain`].
#[wasm_bindgen(js_name = renderChain)]
pub fn render_chain(decision: &str, form: &str) -> String {
    chancery_host::render_chain(decision, form)
}

/// Judges one whole case: see [`chancery_host::decide`].
#[wasm_bindgen]
pub fn decide(case: &str) -> String {
    chancery_host::decide(case)
}

/// The version of the verifier.
#[wasm_bindgen]
pub fn version() -> String {
    chancery_host::VERSION.to_owned()
}
