//! Issuing with claims that the holder may withhold (RFC 9901, sections 4.2 and 5).
//!
//! INVARIANT: what is concealed leaves nothing but its digest in the payload, the digests do not stand in the order
//! of the claims, every salt comes from the given random source, and no salt comes twice.

use std::collections::{BTreeMap, BTreeSet};

use chancery_did::{Algorithm, DidUrl, Signer};
use rand_core::CryptoRng;
use serde_json::{Value, json};

use super::disclosure::{RESERVED, decoy};
use super::{Disclosure, Path, SdJwt, SdJwtError, processing};
use crate::{Limits, ProofError, ReadError, jose};

/// The most decoys of one object or array.
const MOST_DECOYS: usize = 64;

/// What the holder may withhold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Concealment {
    /// JSON Pointers to members and elements. One within another gives a recursive disclosure.
    pub withheld: Vec<String>,
    /// How many digests that mean nothing are added to every object and array that has digests, at most 64.
    pub decoys: usize,
}

impl Concealment {
    /// What these JSON Pointers name, without decoys.
    pub fn of<T: Into<String>>(pointers: impl IntoIterator<Item = T>) -> Self {
        Self {
            withheld: pointers.into_iter().map(Into::into).collect(),
            decoys: 0,
        }
    }
}

/// A payload with digests in the place of what can be withheld.
#[derive(Debug, Clone, PartialEq)]
pub struct Concealed {
    payload: Value,
    disclosures: Vec<Disclosure>,
}

/// Puts digests in the place of what the holder may withhold.
///
/// # Errors
///
/// `sd_jwt.pointer` for a pointer that names nothing or names something twice, `sd_jwt.protected_claim` for a claim
/// that decides about validity, `sd_jwt.digests` for a payload that uses a reserved name, `sd_jwt.salt` for a random
/// source that repeats itself, `limit.*`.
pub fn conceal(
    payload: &Value,
    concealment: &Concealment,
    random: &mut dyn CryptoRng,
) -> Result<Concealed, ProofError> {
    if !payload.is_object() {
        return Err(ReadError::Structure("the payload is not a JSON object".to_owned()).into());
    }
    check_names(payload, Limits::DEPTH_CEILING)?;
    if concealment.decoys > MOST_DECOYS {
        return Err(ReadError::Disclosures { limit: MOST_DECOYS }.into());
    }
    let mut payload = payload.clone();
    let mut disclosures = Vec::with_capacity(concealment.withheld.len());
    for (place, names) in places(&concealment.withheld)? {
        for name in &names {
            disclosures.push(take(&mut payload, &place, name, random)?);
        }
        if let Some(place) = payload.pointer_mut(&place.to_string()) {
            disguise(place, concealment.decoys, random);
        }
    }
    let mut salts = BTreeSet::new();
    if !disclosures
        .iter()
        .all(|disclosure| salts.insert(disclosure.salt()))
    {
        return Err(SdJwtError::Salt.into());
    }
    if let Value::Object(members) = &mut payload
        && !disclosures.is_empty()
    {
        members.insert("_sd_alg".to_owned(), json!("sha-256"));
    }
    // Whatever the order of the pointers, what is sent does not show it.
    disclosures.sort_by(|one, other| one.digest().cmp(other.digest()));
    processing::process(&payload, &disclosures, &Limits::default())?;
    Ok(Concealed { payload, disclosures })
}

impl Concealed {
    /// What is signed.
    #[must_use]
    pub fn payload(&self) -> &Value {
        &self.payload
    }

    /// What the holder is given with it.
    #[must_use]
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// Puts the disclosures behind the JWT that was made of [`Concealed::payload`].
    #[must_use]
    pub fn assemble(self, signed: String) -> SdJwt {
        SdJwt {
            signed: vec![signed],
            disclosures: self.disclosures,
            key_binding: None,
        }
    }
}

/// An SD-JWT that awaits its signature.
#[derive(Debug, Clone)]
pub struct Unsigned {
    jwt: jose::Unsigned,
    concealed: Concealed,
}

impl Unsigned {
    /// The ASCII of `header.payload`, which is what is signed.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.jwt.signing_input()
    }

    /// Puts the signature in its place and gives the SD-JWT with all disclosures.
    #[must_use]
    pub fn seal(self, signature: &[u8]) -> SdJwt {
        self.concealed.assemble(self.jwt.seal(signature))
    }
}

/// Prepares an SD-JWT for signing elsewhere.
///
/// # Errors
///
/// As [`jose::prepare`].
pub fn prepare(
    typ: &str,
    kid: &DidUrl,
    algorithm: Algorithm,
    concealed: Concealed,
) -> Result<Unsigned, ProofError> {
    Ok(Unsigned {
        jwt: jose::prepare(typ, None, kid, algorithm, &concealed.payload)?,
        concealed,
    })
}

/// Conceals and signs; the algorithm follows from the signer's key.
///
/// # Errors
///
/// As [`conceal`] and [`jose::sign`].
pub fn sign(
    typ: &str,
    kid: &DidUrl,
    payload: &Value,
    concealment: &Concealment,
    signer: &dyn Signer,
    random: &mut dyn CryptoRng,
) -> Result<SdJwt, ProofError> {
    let concealed = conceal(payload, concealment, random)?;
    let jwt = jose::sign(typ, kid, &concealed.payload, signer)?;
    Ok(concealed.assemble(jwt))
}

/// The objects and arrays that lose something, the innermost first, so that what is within another is concealed
/// when the other is taken out.
fn places(pointers: &[String]) -> Result<Vec<(Path, Vec<String>)>, ProofError> {
    let mut places: BTreeMap<Path, Vec<String>> = BTreeMap::new();
    for pointer in pointers {
        let path = Path::parse(pointer)?;
        let (place, name) = path
            .parent()
            .ok_or_else(|| SdJwtError::Pointer(pointer.clone()))?;
        places.entry(place).or_default().push(name.to_owned());
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by_key(|(place, _)| std::cmp::Reverse(place.steps().len()));
    Ok(places)
}

/// Takes one member or element out and leaves its digest.
fn take(
    payload: &mut Value,
    place: &Path,
    name: &str,
    random: &mut dyn CryptoRng,
) -> Result<Disclosure, ProofError> {
    let unknown = || ProofError::from(SdJwtError::Pointer(format!("{place}/{name}")));
    match payload.pointer_mut(&place.to_string()) {
        Some(Value::Object(members)) if !RESERVED.contains(&name) => {
            let value = members.remove(name).ok_or_else(unknown)?;
            let disclosure = Disclosure::make(Some(name), value, random)?;
            let digests = members.entry("_sd").or_insert_with(|| json!([]));
            let digests = digests.as_array_mut().ok_or_else(unknown)?;
            digests.push(disclosure.digest().into());
            Ok(disclosure)
        }
        Some(Value::Array(items)) => {
            let item = index(name)
                .and_then(|at| items.get_mut(at))
                .filter(|item| item.get("...").is_none())
                .ok_or_else(unknown)?;
            let disclosure = Disclosure::make(None, item.take(), random)?;
            *item = json!({ "...": disclosure.digest() });
            Ok(disclosure)
        }
        _ => Err(unknown()),
    }
}

/// An index as RFC 6901 spells it.
fn index(step: &str) -> Option<usize> {
    step.parse().ok().filter(|at: &usize| at.to_string() == step)
}

/// Adds decoys, and hides in which order the members stood. Elements stay in their order, which is content.
fn disguise(place: &mut Value, decoys: usize, random: &mut dyn CryptoRng) {
    match place {
        Value::Object(members) => {
            if let Some(Value::Array(digests)) = members.get_mut("_sd") {
                digests.extend((0..decoys).map(|_| Value::from(decoy(random))));
                digests.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
            }
        }
        Value::Array(items) => {
            for _ in 0..decoys {
                let mut draw = [0_u8; 8];
                random.fill_bytes(&mut draw);
                let places = u64::try_from(items.len()).unwrap_or(u64::MAX).saturating_add(1);
                let at = u64::from_le_bytes(draw).checked_rem(places).unwrap_or_default();
                let at = usize::try_from(at).unwrap_or_default();
                items.insert(at, json!({ "...": decoy(random) }));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Refuses a payload that uses a name that carries digests.
fn check_names(value: &Value, depth: usize) -> Result<(), ProofError> {
    let deeper = || {
        depth.checked_sub(1).ok_or(ReadError::Depth {
            limit: Limits::DEPTH_CEILING,
        })
    };
    match value {
        Value::Object(members) => {
            let depth = deeper()?;
            if let Some(name) = RESERVED.into_iter().find(|name| members.contains_key(*name)) {
                return Err(SdJwtError::ReservedName(name.to_owned()).into());
            }
            members.values().try_for_each(|value| check_names(value, depth))
        }
        Value::Array(items) => {
            let depth = deeper()?;
            items.iter().try_for_each(|item| check_names(item, depth))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
