//! SD-JWT VC ([draft-ietf-oauth-sd-jwt-vc](https://datatracker.ietf.org/doc/draft-ietf-oauth-sd-jwt-vc/), section 2):
//! foreign credentials whose type is a `vct` and whose payload is no document of the VC Data Model.
//!
//! They enter through the wide door for foreign credentials only; no paper of the profile is one.
//!
//! INVARIANT: what parses has a `vct`, and every claim that the draft describes is of the shape that it describes. That
//! none of these claims was withheld is a rule of [`Secured::sd_jwt`] already.

mod integrity;
pub mod issuer_metadata;

use chancery_did::{PublicKey, Timestamp};
use chancery_proof::sd_jwt::SdJwtError;
use chancery_proof::{Limits, ProofError, Secured};
use serde_json::Value;

pub use integrity::Integrity;

use crate::credential::{Credential, Model};
use crate::members::Members;
use crate::paper::PaperError;
use crate::status::{StatusError, TokenStatusEntry};

/// The `typ` of an SD-JWT VC, and the one that it had in earlier versions of the draft.
pub const TYPS: [&str; 2] = ["dc+sd-jwt", "vc+sd-jwt"];

/// The most types that one credential may be of besides its `vct`.
const MOST_TYPES: usize = 64;

/// What an SD-JWT VC says that this version of the draft describes, and all its claims as they are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct SdJwtVc {
    /// Its type.
    pub vct: String,
    /// What the document that describes the type has to hash to.
    pub vct_integrity: Option<Integrity>,
    /// Types that it is of as well.
    pub aka_vcts: Vec<String>,
    /// Who issued it, where that is not said by other means.
    pub issuer: Option<String>,
    /// About whom.
    pub subject: Option<String>,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// The first instant at which it holds.
    pub valid_from: Option<Timestamp>,
    /// The instant at which it ends.
    pub valid_until: Option<Timestamp>,
    /// The key of its holder, where it is given by value.
    pub holder: Option<PublicKey>,
    /// Whether it names a key of its holder at all, so that key binding can be asked for.
    pub has_confirmation: bool,
    /// Its entry on a Token Status List; one that cannot be judged stands as its error and counts as unknown.
    pub token_status: Option<Result<TokenStatusEntry, StatusError>>,
    /// The claims as they are shown.
    pub claims: Value,
}

impl SdJwtVc {
    /// Checks the claims that an SD-JWT shows.
    ///
    /// # Errors
    /// [`PaperError`] with the code and the place of the first claim that is not as the draft has it.
    pub fn parse(claims: &Value) -> Result<Self, PaperError> {
        let mut members = Members::of(claims, "")?;
        let vct = members.text("vct")?.to_owned();
        let aka_vcts = other_types(&mut members, &vct)?;
        let vct_integrity = members
            .optional_text("vct#integrity")?
            .map(|text| {
                Integrity::parse(text)
                    .ok_or_else(|| PaperError::structure("/vct#integrity", "integrity metadata of W3C SRI"))
            })
            .transpose()?;
        let confirmation = members.optional("cnf");
        Ok(Self {
            vct,
            vct_integrity,
            aka_vcts,
            issuer: members.optional_text("iss")?.map(str::to_owned),
            subject: members.optional_text("sub")?.map(str::to_owned),
            issued_at: members.optional_seconds("iat")?,
            valid_from: members.optional_seconds("nbf")?,
            valid_until: members.optional_seconds("exp")?,
            holder: confirmation.map(holder).transpose()?.flatten(),
            has_confirmation: confirmation.is_some(),
            token_status: members.optional("status").map(TokenStatusEntry::parse),
            claims: claims.clone(),
        })
    }

    /// What the wide door judges of it: issuer, types, times and status. An SD-JWT VC follows no version of the data
    /// model, so `model` says nothing here.
    ///
    /// # Errors
    /// [`PaperError`] where it does not say who issued it, which only a certificate could then.
    pub fn to_credential(&self) -> Result<Credential, PaperError> {
        let issuer = self.issuer.clone().ok_or_else(|| PaperError::Missing {
            pointer: "/iss".to_owned(),
        })?;
        Ok(Credential {
            model: Model::V2_0,
            id: None,
            types: std::iter::once(&self.vct)
                .chain(&self.aka_vcts)
                .cloned()
                .collect(),
            issuer,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            status: Vec::new(),
            token_status: self.token_status.clone(),
            raw: self.claims.clone(),
        })
    }

    /// Whether it is of this type, by its `vct` or besides it.
    pub fn is_of(&self, vct: &str) -> bool {
        self.vct == vct || self.aka_vcts.iter().any(|other| other == vct)
    }
}

/// Reads an SD-JWT VC, in either serialization, with or without key binding.
///
/// Its issuer is found by the DID of its `kid`; for an issuer that is an `https` URL see [`issuer_metadata`].
///
/// # Errors
/// [`PaperError`]; nothing about any signature is judged yet.
pub fn read_sd_jwt_vc(text: &str, limits: &Limits) -> Result<Secured<SdJwtVc>, PaperError> {
    Secured::sd_jwt(text, &TYPS, limits)?.map(SdJwtVc::parse)
}

/// Members of a credential of the VC Data Model without which its holder would decide whether it still holds
/// (VC-JOSE-COSE section 3.2.1; who it is by and how long it holds follow from the same reason).
const NEVER_WITHHELD: [&str; 9] = [
    "@context",
    "type",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "relatedResource",
    "termsOfUse",
];

/// Reads a credential of the VC Data Model that is an SD-JWT (`vc+sd-jwt`), of which nothing that it is judged by was
/// left to its holder.
///
/// # Errors
/// [`PaperError`], with `sd_jwt.not_withholdable` for a disclosure of such a member or within it.
pub fn secure_credential(text: &str, limits: &Limits) -> Result<Secured<Value>, PaperError> {
    let secured = Secured::sd_jwt(text, &["vc+sd-jwt"], limits)?;
    let disclosed = secured.disclosed().cloned().unwrap_or_default();
    let places = disclosed.places().map(|(place, _)| place);
    for path in disclosed.shown().chain(places) {
        if path
            .steps()
            .first()
            .is_some_and(|first| NEVER_WITHHELD.contains(&&**first))
        {
            return Err(ProofError::from(SdJwtError::Undisclosable(path.to_string())).into());
        }
    }
    Ok(secured)
}

fn other_types(members: &mut Members<'_>, vct: &str) -> Result<Vec<String>, PaperError> {
    let types = members.texts("aka_vcts")?;
    if types.len() > MOST_TYPES || types.iter().any(|other| other == vct) {
        return Err(PaperError::structure(
            "/aka_vcts",
            "an array of at most 64 types besides `vct`",
        ));
    }
    Ok(types)
}

/// The key in a `cnf`; one that is only named, or confirmed in a way that is not known here, is none.
fn holder(value: &Value) -> Result<Option<PublicKey>, PaperError> {
    let members = value
        .as_object()
        .filter(|members| !members.is_empty())
        .ok_or_else(|| PaperError::structure("/cnf", "an object with a confirmation method"))?;
    let key = members.get("jwk").map(PublicKey::from_jwk).transpose();
    key.map_err(|_| PaperError::structure("/cnf/jwk", "a public key that can be used here"))
}

#[cfg(test)]
mod tests;
