//! The papers of one corpus file, and the guard of a service that judges them: what stories 8 and 9 begin with.
//!
//! INVARIANT: the clock stands at the file's moment and the guard gives out the file's nonce, so that a story
//! prints the same every time.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::SettableClock;
use chancery_did::Timestamp;
use chancery_trust::Policy;
use chancery_verifier::Evidence;
use serde_json::{Value, json};

use crate::guard::Guard;

/// The nonce of the corpus; a service draws its own at random ([`chancery::OsRandom::nonce`]).
pub const NONCE: &str = "nonce-0001";

/// A guarded service, and the presentation that an agent brings.
#[derive(Debug)]
pub struct Scene {
    /// The guard, with one tool: `refund`.
    pub guard: Arc<Guard>,
    /// The presentation's text.
    pub presentation: String,
}

impl Scene {
    /// Reads a file of the corpus.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(file: &Path) -> Result<Self, Box<dyn Error>> {
        let mut vector: Value = serde_json::from_slice(&std::fs::read(file)?)?;
        if let Some(policy) = vector.get_mut("policy").and_then(Value::as_object_mut) {
            policy.insert("tools".to_owned(), tools());
        }
        let part = |name: &str| vector.get(name).ok_or_else(|| format!("no `{name}`"));
        let text = |name: &str| part(name).map(|part| part.as_str().unwrap_or_default());
        let clock = SettableClock::new(Timestamp::parse(text("at")?)?);
        let guard = Guard::new(
            Policy::parse_value(part("policy")?)?,
            Evidence::parse_value(part("evidence")?)?,
            Arc::new(clock),
            || NONCE.to_owned(),
        );
        // Somebody asked before, and was told the nonce.
        guard.challenge();
        Ok(Self {
            guard: Arc::new(guard),
            presentation: text("presentation")?.to_owned(),
        })
    }

    /// Where `allow_delegated.json` of the corpus lies: Ada handed 40 EUR on to Bob, who asks.
    #[must_use]
    pub fn delegated() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/allow_delegated.json")
    }
}

/// How a call of this service becomes an action, a resource and facts.
fn tools() -> Value {
    json!([{
        "name": "refund",
        "action": "refund:create",
        "resource": "https://api.globex.example/orders/{order}",
        "facts": { "amount": { "type": "Amount", "value": "/amount", "currency": "EUR" } },
    }])
}
