//! What a verifier of presentations asks for.
//!
//! W3C VC Data Model 2.0, section 4.13; Data Integrity 1.0, section 2.1 (`challenge`, `domain`). INVARIANT: an
//! unsigned presentation counts only where the policy says so, and never where a challenge or a domain is
//! expected of it.

use crate::credential_check::CredentialPolicy;

/// Says what one presentation, and each credential in it, has to be to pass.
#[derive(Debug, Clone)]
pub struct PresentationPolicy {
    /// What each credential has to be.
    pub credential: CredentialPolicy,
    /// The challenge that the proof has to answer (`challenge`, or `nonce` of a JWT), if one was given out.
    pub challenge: Option<String>,
    /// The domain that the proof has to be for (`domain`, or `aud` of a JWT), if one is expected.
    pub domain: Option<String>,
    /// Whether a presentation without a proof of its own is accepted.
    pub unsigned: bool,
}

impl PresentationPolicy {
    /// Asks for a proof by the holder, and of each credential what `credential` asks for.
    #[must_use]
    pub fn new(credential: CredentialPolicy) -> Self {
        Self {
            credential,
            challenge: None,
            domain: None,
            unsigned: false,
        }
    }

    /// Whether a presentation without a proof passes: it can answer no challenge and be for no domain.
    pub(super) fn takes_unsigned(&self) -> bool {
        self.unsigned && self.challenge.is_none() && self.domain.is_none()
    }
}
