//! The contexts that are known, and there are no others.
//!
//! They come from the crate `ssi-contexts`, which carries the published documents, and from this project's own
//! profile. What they lead to is worked out once and remembered.
//!
//! INVARIANT: nothing is ever fetched; an address that is not listed here is refused.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::Value;

use crate::context::Context;
use crate::error::{LdError, Result};

/// How many worked-out contexts are remembered.
const REMEMBERED: usize = 512;

/// The address and the text of each bundled context.
const BUNDLED: &[(&str, &str)] = &[
    (
        "https://www.w3.org/2018/credentials/v1",
        ssi_contexts::CREDENTIALS_V1,
    ),
    (
        "https://www.w3.org/ns/credentials/v2",
        ssi_contexts::CREDENTIALS_V2,
    ),
    (
        "https://www.w3.org/2018/credentials/examples/v1",
        ssi_contexts::CREDENTIALS_EXAMPLES_V1,
    ),
    (
        "https://www.w3.org/ns/credentials/examples/v2",
        ssi_contexts::CREDENTIALS_EXAMPLES_V2,
    ),
    (
        "https://www.w3.org/ns/credentials/undefined-terms/v2",
        UNDEFINED_TERMS,
    ),
    ("https://www.w3.org/ns/odrl.jsonld", ssi_contexts::ODRL),
    (
        "https://w3id.org/security/data-integrity/v1",
        ssi_contexts::W3ID_DATA_INTEGRITY_V1,
    ),
    (
        "https://w3id.org/security/data-integrity/v2",
        ssi_contexts::W3ID_DATA_INTEGRITY_V2,
    ),
    (
        "https://w3id.org/security/multikey/v1",
        ssi_contexts::W3ID_MULTIKEY_V1,
    ),
    (
        "https://w3id.org/security/suites/ed25519-2020/v1",
        ssi_contexts::W3ID_ED2020_V1,
    ),
    (
        "https://w3id.org/security/suites/jws-2020/v1",
        ssi_contexts::W3ID_JWS2020_V1,
    ),
    ("https://w3id.org/security/v1", ssi_contexts::SECURITY_V1),
    ("https://w3id.org/security/v2", ssi_contexts::SECURITY_V2),
    ("https://www.w3.org/ns/did/v1", ssi_contexts::DID_V1),
    (
        "https://w3id.org/did-resolution/v1",
        ssi_contexts::DID_RESOLUTION_V1,
    ),
    (
        "https://w3id.org/vc-status-list-2021/v1",
        ssi_contexts::STATUS_LIST_2021_V1,
    ),
    (
        "https://w3id.org/vc-revocation-list-2020/v1",
        ssi_contexts::REVOCATION_LIST_2020_V1,
    ),
    ("https://w3id.org/citizenship/v1", ssi_contexts::CITIZENSHIP_V1),
    ("https://w3id.org/vaccination/v1", ssi_contexts::VACCINATION_V1),
    ("https://w3id.org/vdl/v1", ssi_contexts::VDL_V1),
    (
        chancery_vc_schemas::CONTEXT_CHANCERY,
        chancery_vc_schemas::CONTEXT_CHANCERY_DOCUMENT,
    ),
];

/// What credentials in development name so that every word of theirs means something (VC Data Model 2.0,
/// appendix B.4).
const UNDEFINED_TERMS: &str =
    r#"{"@context": {"@vocab": "https://www.w3.org/ns/credentials/undefined-term#"}}"#;

/// A set of known contexts.
#[derive(Debug, Default)]
pub(crate) struct Library {
    entries: BTreeMap<String, Entry>,
    /// Whether each was checked beforehand to be a sound context.
    pub(crate) sound: bool,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Entry {
    text: &'static str,
    value: OnceLock<Option<Arc<Value>>>,
}

/// Which context comes of which: the one that is active, the local one, and how it is applied.
///
/// A local context is known by its place in memory: the active one keeps it alive, or the library does.
pub(crate) type Step = (u64, usize, bool, bool);

#[derive(Debug, Default)]
struct Memory {
    last: u64,
    known: HashMap<Step, (Arc<Context>, usize)>,
}

impl Library {
    /// The bundled contexts.
    pub(crate) fn bundled() -> Arc<Self> {
        static LIBRARY: OnceLock<Arc<Library>> = OnceLock::new();
        Arc::clone(LIBRARY.get_or_init(|| Arc::new(Self::of(BUNDLED.iter().copied(), true))))
    }

    pub(crate) fn of(texts: impl IntoIterator<Item = (&'static str, &'static str)>, sound: bool) -> Self {
        let entries = texts.into_iter().map(|(url, text)| {
            let value = OnceLock::new();
            (url.to_owned(), Entry { text, value })
        });
        Self {
            entries: entries.collect(),
            sound,
            memory: Mutex::default(),
        }
    }

    /// Every address that is known.
    #[cfg(test)]
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The text behind an address.
    pub(crate) fn text(&self, url: &str) -> Option<&'static str> {
        self.entries.get(url).map(|entry| entry.text)
    }

    /// The `@context` of the document behind an address.
    pub(crate) fn context(&self, url: &str) -> Result<Arc<Value>> {
        let entry = self
            .entries
            .get(url)
            .ok_or_else(|| LdError::UnknownContext(url.to_owned()))?;
        let value = entry.value.get_or_init(|| {
            let mut document: Value = serde_json::from_str(entry.text).ok()?;
            document.get_mut("@context").map(Value::take).map(Arc::new)
        });
        value.clone().ok_or(LdError::Context("invalid remote context"))
    }

    /// What was worked out before, and what it cost then: it costs as much again, so that a verdict never hangs on
    /// what was asked before it.
    pub(crate) fn recall(&self, step: Step) -> Option<(Arc<Context>, usize)> {
        self.memory.lock().ok()?.known.get(&step).cloned()
    }

    /// Remembers what was worked out, under a number of its own.
    pub(crate) fn remember(&self, step: Step, mut context: Context, cost: usize) -> Arc<Context> {
        let Ok(mut memory) = self.memory.lock() else {
            return Arc::new(context);
        };
        if memory.known.len() >= REMEMBERED {
            memory.known.clear();
        }
        memory.last = memory.last.saturating_add(1);
        context.id = memory.last.saturating_add(1);
        let context = Arc::new(context);
        memory.known.insert(step, (Arc::clone(&context), cost));
        context
    }
}
