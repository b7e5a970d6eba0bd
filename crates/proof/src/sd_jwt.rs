//! Selective Disclosure for JWTs ([RFC 9901](https://www.rfc-editor.org/rfc/rfc9901)): an issuer signs digests, and
//! the holder shows what it chooses of what they are digests of.
//!
//! Issuing: [`sign`], or [`conceal`], [`prepare`] and [`Unsigned::seal`] for a key that stands elsewhere. The holder:
//! [`SdJwt::disclose`], [`SdJwt::withhold`] and [`SdJwt::bind`]. Verifying: [`Secured::sd_jwt`], then
//! [`Secured::prove`] or [`Secured::prove_with_key_binding`] as the verifier's policy says.
//!
//! INVARIANT: claims come out of [`Secured::sd_jwt`] only if every rule of section 7.1 about digests and disclosures
//! held, and they are trusted only once the issuer's signature held too. `sha-256` is the only hash function.

mod concealing;
mod disclosure;
mod error;
mod key_binding;
mod path;
mod presenting;
mod processing;
mod serialization;

#[cfg(test)]
mod tests;

pub use concealing::{Concealed, Concealment, Unsigned, conceal, prepare, sign};
pub use disclosure::Disclosure;
pub use error::SdJwtError;
pub use key_binding::Occasion;
pub use path::Path;
pub use processing::Disclosed;
pub use serialization::SdJwt;

use chancery_did::PublicKey;
use serde_json::Value;

use crate::{Limits, ProofError, Secured, jose};
use key_binding::KeyBinding;

/// The `typ` of a key binding JWT (section 4.3).
const KB_TYP: &str = "kb+jwt";

/// What an SD-JWT brings beside its claims.
#[derive(Debug)]
pub(crate) struct Selective {
    disclosed: Disclosed,
    key_binding: KeyBinding,
}

impl Secured<Value> {
    /// Reads an SD-JWT, with or without key binding, and works out the claims that are shown.
    ///
    /// `typ` lists the exact values that are accepted in the issuer's header. Header, `kid` and the claims `iss`,
    /// `iat`, `nbf` and `exp` are read as [`Secured::jose`] does. Of several signatures every one has to hold.
    ///
    /// # Errors
    ///
    /// As [`Secured::jose`], and the code of the first rule of section 7.1 that is broken: `sd_jwt.*`, `limit.*`.
    pub fn sd_jwt(text: &str, typ: &[&str], limits: &Limits) -> Result<Self, ProofError> {
        let parsed = SdJwt::parse(text, limits)?;
        let mut first = None;
        for token in &parsed.signed {
            let secured = Self::jose(token, typ, limits)?;
            first = Some(match first {
                None => secured,
                Some(first) => secured.behind(first),
            });
        }
        let mut disclosed = Disclosed::default();
        let secured = first.ok_or(ProofError::SignatureMissing)?.map(|payload| {
            let (claims, found) = processing::process(payload, &parsed.disclosures, limits)?;
            disclosed = found;
            Ok::<_, ProofError>(claims)
        })?;
        let key_binding = KeyBinding::of(&parsed, secured.unverified());
        Ok(secured.selectively(Selective {
            disclosed,
            key_binding,
        }))
    }
}

impl<T> Secured<T> {
    /// What was shown of what can be withheld; nothing for what is no SD-JWT.
    #[must_use]
    pub fn disclosed(&self) -> Option<&Disclosed> {
        self.selective().map(|selective| &selective.disclosed)
    }
}

/// Verifies an SD-JWT under one pinned key and gives its claims; under key binding, if an occasion is given.
///
/// The `kid` is not looked at: the caller has decided on the key. The times of the SD-JWT itself are the caller's to
/// judge.
///
/// # Errors
///
/// As [`Secured::sd_jwt`] and [`Secured::prove_with_key_binding`].
pub fn verify_with_key(
    text: &str,
    typ: &[&str],
    key: &PublicKey,
    occasion: Option<&Occasion>,
    limits: &Limits,
) -> Result<Value, ProofError> {
    let parsed = SdJwt::parse(text, limits)?;
    let mut payload = None;
    for token in &parsed.signed {
        payload = Some(jose::verify_with_key(token, typ, key, limits)?);
    }
    let payload = payload.ok_or(ProofError::SignatureMissing)?;
    let (claims, _) = processing::process(&payload, &parsed.disclosures, limits)?;
    if let Some(occasion) = occasion {
        KeyBinding::of(&parsed, &claims).check(occasion, limits)?;
    }
    Ok(claims)
}
