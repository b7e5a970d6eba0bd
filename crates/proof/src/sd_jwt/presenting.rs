//! What the holder does: choose what to show, and bind it to one occasion (RFC 9901, sections 4.3 and 7.2).
//!
//! INVARIANT: what is chosen is a subset of the issuer's disclosures in which every one is referred to.

use std::collections::BTreeSet;

use chancery_did::{Algorithm, Signer};
use serde_json::{Value, json};

use super::disclosure::digest;
use super::processing::{Shown, process};
use super::{KB_TYP, Occasion, Path, SdJwt, SdJwtError};
use crate::{Limits, ProofError, jose};

impl SdJwt {
    /// Where the disclosures stand in the claims, each as a JSON Pointer, outer ones before what is in them.
    ///
    /// Items of arrays are counted as they stand when everything here is shown.
    ///
    /// # Errors
    ///
    /// What makes the whole unfit to be presented: any rule of section 7.1.
    pub fn pointers(&self, limits: &Limits) -> Result<Vec<String>, ProofError> {
        let places = self.places(limits)?;
        Ok(places.iter().map(|shown| shown.path.to_string()).collect())
    }

    /// Shows what these JSON Pointers name and what that stands in, and nothing else.
    ///
    /// # Errors
    ///
    /// `sd_jwt.pointer` for a pointer at which no disclosure stands, and any rule of section 7.1.
    pub fn disclose<T: AsRef<str>>(&self, pointers: &[T], limits: &Limits) -> Result<Self, ProofError> {
        let places = self.places(limits)?;
        let mut chosen = BTreeSet::new();
        for pointer in pointers {
            let mut next = Some(find(&places, pointer.as_ref())?.at);
            while let Some(at) = next.filter(|at| chosen.insert(*at)) {
                next = places
                    .iter()
                    .find(|shown| shown.at == at)
                    .and_then(|shown| shown.within);
            }
        }
        Ok(self.only(&chosen))
    }

    /// Shows everything but what these JSON Pointers name and what stands in it.
    ///
    /// # Errors
    ///
    /// As [`SdJwt::disclose`].
    pub fn withhold<T: AsRef<str>>(&self, pointers: &[T], limits: &Limits) -> Result<Self, ProofError> {
        let places = self.places(limits)?;
        let withheld = pointers
            .iter()
            .map(|pointer| find(&places, pointer.as_ref()).map(|shown| &shown.path))
            .collect::<Result<Vec<_>, _>>()?;
        let kept = places
            .iter()
            .filter(|shown| !withheld.iter().any(|path| shown.path.is_within(path)));
        let kept = kept.map(|shown| shown.at).collect();
        Ok(self.only(&kept))
    }

    /// Signs, with the key that `cnf` names, that these disclosures are shown on this occasion.
    ///
    /// # Errors
    ///
    /// `binding.key_binding_unexpected` where there is one already, `alg.mismatch` for a key that cannot sign,
    /// `signature.missing` if the signer fails.
    pub fn bind(&self, occasion: &Occasion, signer: &dyn Signer) -> Result<Self, ProofError> {
        if self.key_binding.is_some() {
            return Err(SdJwtError::KeyBindingUnexpected.into());
        }
        let claims = json!({
            "iat": occasion.at().seconds(),
            "aud": occasion.audience(),
            "nonce": occasion.nonce(),
            "sd_hash": digest(&self.without_key_binding()),
        });
        let key_type = signer.public_key().key_type();
        let algorithm = key_type
            .algorithm()
            .ok_or_else(|| ProofError::AlgorithmMismatch {
                algorithm: "JWS".to_owned(),
                key: key_type.as_str().to_owned(),
            })?;
        let unsigned = unnamed(algorithm, &claims)?;
        let signature = signer
            .sign(unsigned.signing_input())
            .map_err(|error| ProofError::Signer(error.to_string()))?;
        Ok(Self {
            key_binding: Some(unsigned.seal(&signature)),
            ..self.clone()
        })
    }

    fn places(&self, limits: &Limits) -> Result<Vec<Shown>, ProofError> {
        if self.key_binding.is_some() {
            // A holder takes no SD-JWT that is bound already (section 7.2).
            return Err(SdJwtError::KeyBindingUnexpected.into());
        }
        let payload = jose::unproven_payload(self.first(), limits)?;
        let (_, disclosed) = process(&payload, &self.disclosures, limits)?;
        Ok(disclosed.in_place().to_vec())
    }

    fn only(&self, chosen: &BTreeSet<usize>) -> Self {
        let disclosures = self.disclosures.iter().enumerate();
        let disclosures = disclosures.filter(|(at, _)| chosen.contains(at));
        Self {
            disclosures: disclosures.map(|(_, disclosure)| disclosure.clone()).collect(),
            ..self.clone()
        }
    }
}

fn unnamed(algorithm: Algorithm, claims: &Value) -> Result<jose::Unsigned, ProofError> {
    jose::prepare_with(&json!({ "alg": algorithm.as_str(), "typ": KB_TYP }), claims)
}

fn find<'a>(places: &'a [Shown], pointer: &str) -> Result<&'a Shown, ProofError> {
    let path = Path::parse(pointer)?;
    let found = places.iter().find(|shown| shown.path == path);
    found.ok_or_else(|| SdJwtError::Pointer(pointer.to_owned()).into())
}
