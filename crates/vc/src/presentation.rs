//! Agent presentations: VC Data Model 2.0 presentations for one audience and one nonce (`docs/profile.md`, Chain and
//! presentation).
//!
//! A presentation is a Data Integrity document or a `vp+jwt` (VC-JOSE-COSE section 3.1.2). Its papers are
//! embedded with their proofs, or enveloped as `data:application/vc+jwt,` or `data:application/vc+sd-jwt,` (VCDM 2.0
//! section 4.13). The presentation's own signature is what binds a passport in it to its holder, so an SD-JWT in it
//! has no key binding JWT.
//!
//! INVARIANT: every paper in a presentation that was read has passed the same door as a paper by itself, and
//! audience and nonce are there only if the presentation states exactly one.

use chancery_did::{Did, Timestamp};
use chancery_proof::{Limits, NoSuites, ProofInfo, Secured, Securing, Suites, jcs};
use chancery_vc_schemas::CONTEXT_V2;
use serde_json::Value;

use crate::credential::{TYP_CREDENTIAL, items, secure_as};
use crate::members::{Members, is_list_of};
use crate::paper::{Paper, PaperError, PaperType, check_context, read_selective};
use crate::stapled::Stapled;
use crate::uri::is_urn_uuid;

/// The `typ` of an enveloped presentation (VC-JOSE-COSE section 3.1.2).
pub const TYP_PRESENTATION: &str = "vp+jwt";

/// The most papers in one presentation: a chain of five, the passports of its five subjects, and as many again
/// of attestations and approvals.
pub const MAX_PAPERS: usize = 20;

/// The most bytes of compact JSON or JWS that the capability and its delegations may take together.
pub const MAX_CHAIN_BYTES: usize = 64 * 1024;

/// The longest life of a presentation, in milliseconds.
pub const MAX_PRESENTATION_LIFE: i64 = 300_000;

/// What stands before the token in an enveloped credential's `id`.
pub(crate) const ENVELOPE: &str = "data:application/vc+jwt,";

/// The same for an SD-JWT.
pub(crate) const ENVELOPE_SELECTIVE: &str = "data:application/vc+sd-jwt,";

/// A presentation, as its text says.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// Who presents.
    pub holder: Did,
    /// The one audience that it is for (`aud`, or the proof's `domain`).
    pub audience: Option<String>,
    /// The one nonce that it answers (`nonce`, or the proof's `challenge`).
    pub nonce: Option<String>,
    /// When it was made (`iat`, or the proof's `created`).
    pub created: Option<Timestamp>,
    /// When it ends (`exp`, or the proof's `expires`).
    pub expires: Option<Timestamp>,
    /// The papers in their order: the chain from its root, then passports, attestations and approvals.
    pub papers: Vec<Secured<Paper>>,
    /// Which entry of the last paper of the chain is cited.
    pub entry: usize,
    /// Evidence that came with it, within its signature.
    pub stapled: Stapled,
}

/// Reads a presentation, as Data Integrity document (JSON) or as `vp+jwt` (compact JWS).
///
/// # Errors
/// [`PaperError`] of the presentation or of the first of its papers that does not parse; nothing about any
/// signature is judged yet.
pub fn read_presentation(bytes: &[u8], limits: &Limits) -> Result<Secured<Presentation>, PaperError> {
    read_presentation_with(bytes, limits, &NoSuites)
}

/// As [`read_presentation`], with the cryptosuites that the host hands in.
///
/// # Errors
/// As [`read_presentation`].
pub fn read_presentation_with(
    bytes: &[u8],
    limits: &Limits,
    suites: &dyn Suites,
) -> Result<Secured<Presentation>, PaperError> {
    let secured = secure_as(bytes, TYP_PRESENTATION, limits, suites)?;
    let (securing, proofs) = (secured.securing(), secured.proofs().to_vec());
    secured.map(|value| match securing {
        Securing::Jose => parse(value, limits, suites, Binding::of_claims),
        Securing::DataIntegrity => parse(value, limits, suites, |_, _| Ok(Binding::of_proofs(&proofs))),
        Securing::SdJwt | Securing::Cose => Err(PaperError::structure("", "a presentation")),
    })
}

/// What ties a presentation to one occasion.
struct Binding {
    audience: Option<String>,
    nonce: Option<String>,
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
}

impl Binding {
    fn of_claims(members: &mut Members<'_>, holder: &Did) -> Result<Self, PaperError> {
        if members.did("iss")? != *holder {
            return Err(PaperError::structure("/iss", "the holder"));
        }
        Ok(Self {
            audience: audience(members.optional("aud"))?,
            nonce: members.optional_text("nonce")?.map(str::to_owned),
            created: members.optional_seconds("iat")?,
            expires: members.optional_seconds("exp")?,
        })
    }

    fn of_proofs(proofs: &[ProofInfo]) -> Self {
        let domain = agreed(proofs, |proof| match proof.domain.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        });
        Self {
            audience: domain,
            nonce: agreed(proofs, |proof| proof.challenge.clone()),
            created: agreed(proofs, |proof| proof.created),
            expires: agreed(proofs, |proof| proof.expires),
        }
    }
}

/// What all proofs say alike; nothing when they differ.
fn agreed<T: PartialEq>(proofs: &[ProofInfo], of: impl Fn(&ProofInfo) -> Option<T>) -> Option<T> {
    let (first, rest) = proofs.split_first()?;
    let said = of(first)?;
    rest.iter()
        .all(|proof| of(proof).as_ref() == Some(&said))
        .then_some(said)
}

fn audience(value: Option<&Value>) -> Result<Option<String>, PaperError> {
    let wrong = || PaperError::structure("/aud", "a string");
    match value {
        None => Ok(None),
        Some(Value::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            match texts.ok_or_else(wrong)?.as_slice() {
                [one] => Ok(Some((*one).to_owned())),
                _ => Ok(None),
            }
        }
        Some(value) => value.as_str().map(|text| Some(text.to_owned())).ok_or_else(wrong),
    }
}

fn parse(
    value: &Value,
    limits: &Limits,
    suites: &dyn Suites,
    binding: impl FnOnce(&mut Members<'_>, &Did) -> Result<Binding, PaperError>,
) -> Result<Presentation, PaperError> {
    let mut members = Members::of(value, "")?;
    check_context(members.required("@context")?)?;
    if !is_list_of(
        members.required("type")?,
        &["VerifiablePresentation", "AgentPresentation"],
    ) {
        return Err(PaperError::PresentationType {
            pointer: "/type".into(),
        });
    }
    if members.optional_text("id")?.is_some_and(|id| !is_urn_uuid(id)) {
        return Err(PaperError::structure("/id", "a `urn:uuid:` in lower case"));
    }
    let holder = members.did("holder")?;
    let entry = entry(members.optional("capabilityEntry"))?;
    let stapled = match members.optional("stapled") {
        Some(value) => Stapled::parse(value, "/stapled")?,
        None => Stapled::default(),
    };
    let Binding {
        audience,
        nonce,
        created,
        expires,
    } = binding(&mut members, &holder)?;
    let items = members
        .required("verifiableCredential")?
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    members.finish()?;
    if items.is_empty() {
        return Err(PaperError::structure(
            "/verifiableCredential",
            "an array of papers",
        ));
    }
    if items.len() > MAX_PAPERS {
        return Err(PaperError::TooManyPapers { limit: MAX_PAPERS });
    }
    let mut papers = Vec::with_capacity(items.len());
    let mut chain_bytes = 0_usize;
    for item in items {
        let paper = paper(item, limits, suites)?;
        if matches!(
            paper.unverified().kind,
            PaperType::Capability | PaperType::Delegation
        ) {
            chain_bytes = chain_bytes.saturating_add(size(item));
        }
        papers.push(paper);
    }
    if chain_bytes > MAX_CHAIN_BYTES {
        return Err(PaperError::ChainTooLong {
            limit: MAX_CHAIN_BYTES,
        });
    }
    Ok(Presentation {
        holder,
        audience,
        nonce,
        created,
        expires,
        papers,
        entry,
        stapled,
    })
}

fn entry(value: Option<&Value>) -> Result<usize, PaperError> {
    let Some(value) = value else { return Ok(0) };
    // An index beyond what this machine can count names no entry either; 32 and 64 bits must agree on that.
    let entry = value
        .as_u64()
        .map(|entry| usize::try_from(entry).unwrap_or(usize::MAX));
    entry.ok_or_else(|| PaperError::structure("/capabilityEntry", "the index of an entry"))
}

/// One paper of a presentation: embedded with its proof, or enveloped as a JWS or SD-JWT.
fn paper(item: &Value, limits: &Limits, suites: &dyn Suites) -> Result<Secured<Paper>, PaperError> {
    let enveloped = |kind: &Value| kind.as_str() == Some("EnvelopedVerifiableCredential");
    let is_envelope = items(item.get("type")).iter().any(enveloped);
    if !is_envelope {
        return Secured::data_integrity_with(item.clone(), limits, suites)?.map(Paper::parse);
    }
    let pointer = "/verifiableCredential";
    let mut members = Members::of(item, pointer)?;
    let context = members.required("@context")?;
    if context.as_str() != Some(CONTEXT_V2) && !is_list_of(context, &[CONTEXT_V2]) {
        return Err(PaperError::Context {
            pointer: members.pointer("@context"),
        });
    }
    let kind = members.required("type")?;
    if !enveloped(kind) && !is_list_of(kind, &["EnvelopedVerifiableCredential"]) {
        return Err(PaperError::MediaType {
            pointer: members.pointer("type"),
        });
    }
    let id = members.required("id")?.as_str();
    if let Some(text) = id.and_then(|id| id.strip_prefix(ENVELOPE_SELECTIVE)) {
        members.finish()?;
        return read_selective(text, limits);
    }
    let token = id
        .and_then(|id| id.strip_prefix(ENVELOPE))
        .ok_or_else(|| PaperError::MediaType {
            pointer: members.pointer("id"),
        })?;
    members.finish()?;
    Secured::jose(token, &[TYP_CREDENTIAL], limits)?.map(Paper::parse_claims)
}

/// The bytes that a value takes as compact JSON.
fn size(value: &Value) -> usize {
    jcs::canonicalize(value).map_or(usize::MAX, |bytes| bytes.len())
}

#[cfg(test)]
mod tests;
