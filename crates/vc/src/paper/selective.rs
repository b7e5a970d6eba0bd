//! A passport of which part is withheld: `vc+sd-jwt` (VC-JOSE-COSE section 3.2, RFC 9901; `docs/profile.md`, Papers).
//!
//! INVARIANT: nothing but whole members of a passport's `credentialSubject` that [`Member`] lists is ever withheld or
//! disclosed, so that what is left says nothing else than the whole does. No other paper is an SD-JWT.

use chancery_proof::sd_jwt::{Disclosed, Path, SdJwt, SdJwtError};
use chancery_proof::{Limits, ProofError, Secured};

use super::{Paper, PaperError, PaperType};
use crate::passport::Member;

/// The `typ` of an SD-JWT that is a credential (VC-JOSE-COSE section 3.2.1).
pub(crate) const TYP_SELECTIVE: &str = "vc+sd-jwt";

/// The text, if it is a compact SD-JWT: a JWS has no tilde, and JSON begins with a brace.
pub(super) fn text(bytes: &[u8]) -> Option<&str> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') || !bytes.contains(&b'~') {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

/// Reads a passport that is an SD-JWT.
pub(crate) fn read_selective(text: &str, limits: &Limits) -> Result<Secured<Paper>, PaperError> {
    let secured = Secured::sd_jwt(text, &[TYP_SELECTIVE], limits)?;
    if secured.has_key_binding() {
        return Err(ProofError::from(SdJwtError::KeyBindingUnexpected).into());
    }
    let disclosed = secured.disclosed().cloned().unwrap_or_default();
    secured.map(|claims| {
        if claims.get("type").and_then(|names| names.get(1)?.as_str()) != Some(PaperType::Passport.as_str()) {
            return Err(undisclosable("/type"));
        }
        check(&disclosed)?;
        Paper::parse_shown_claims(claims, disclosed.withheld())
    })
}

/// Refuses digests and disclosures anywhere but where the profile lets them be.
fn check(disclosed: &Disclosed) -> Result<(), PaperError> {
    for (place, _) in disclosed.places() {
        if !is_subject(place) {
            return Err(undisclosable(&place.to_string()));
        }
    }
    for path in disclosed.shown() {
        let allowed = path
            .parent()
            .is_some_and(|(place, name)| is_subject(&place) && Member::parse(name).is_some());
        if !allowed {
            return Err(undisclosable(&path.to_string()));
        }
    }
    Ok(())
}

fn is_subject(path: &Path) -> bool {
    matches!(path.steps(), [only] if **only == *"credentialSubject")
}

fn undisclosable(pointer: &str) -> PaperError {
    ProofError::from(SdJwtError::Undisclosable(pointer.to_owned())).into()
}

/// Leaves members out of a passport, as its holder may before showing it.
///
/// # Errors
/// [`PaperError`] for text that is no passport as SD-JWT, with `sd_jwt.pointer` for a member that it does not show or
/// that its issuer does not let it withhold.
pub fn withhold(text: &str, members: &[Member], limits: &Limits) -> Result<String, PaperError> {
    let text = text.trim();
    read_selective(text, limits)?;
    let pointers: Vec<String> = members.iter().map(|member| member.pointer()).collect();
    Ok(SdJwt::parse(text, limits)?
        .withhold(&pointers, limits)?
        .to_compact())
}

#[cfg(test)]
mod tests;
