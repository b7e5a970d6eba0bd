//! Who may speak for what: an issuer, its keys and its papers, judged under an anchor.
//!
//! Follows `docs/profile.md` ("Trust policy of a verifier", step 4 of "Judging").
//! INVARIANT: every judgement is made under an anchor that the policy holds; nothing that an issuer publishes widens
//! what the anchor says.

use crate::policy::Policy;
use crate::policy::anchor::Anchor;
use crate::trqp::StatementError;
use chancery_did::{Did, PublicKey};
use chancery_vc::PaperType;

/// The DID methods by which a DID says itself which keys are its own; whoever serves any other's document can
/// change them.
const BINDS_ITS_KEYS: [&str; 3] = ["key", "jwk", "webvh"];

/// Why the policy does not take an issuer's word.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// No anchor covers the issuer.
    #[error("`{0}` is no issuer that this verifier's policy names")]
    UnknownIssuer(Did),
    /// The anchor does not let the issuer issue papers of this type.
    #[error("the policy does not let `{issuer}` issue `{}`", paper.as_str())]
    PaperNotAllowed {
        /// The issuer.
        issuer: Did,
        /// The type of its paper.
        paper: PaperType,
    },
    /// The subject is outside the namespaces that the issuer may speak about.
    #[error("the policy does not let `{issuer}` speak about `{subject}`")]
    SubjectOutsideNamespace {
        /// The issuer.
        issuer: Did,
        /// The subject of its paper.
        subject: Did,
    },
    /// The key is neither pinned nor announced by a pinned key.
    #[error("the key `{thumbprint}` of `{issuer}` is not pinned; join again after comparing its fingerprint")]
    KeyChanged {
        /// The issuer.
        issuer: Did,
        /// Thumbprint of the key that was met.
        thumbprint: String,
    },
    /// A DID that is a passport's subject stands as root issuer.
    #[error("`{0}` is an agent: no agent is the root of a chain")]
    AgentAsRoot(Did),
    /// The registry does not recognize the issuer for this action and resource.
    #[error("the registry `{registry}` does not recognize `{issuer}` for `{action}` on `{resource}`")]
    NotRecognized {
        /// Name of the registry.
        registry: String,
        /// The issuer.
        issuer: Did,
        /// The action asked about.
        action: String,
        /// The resource asked about.
        resource: String,
    },
    /// The registry says that the entity is not authorized for this action and resource.
    #[error("the registry `{registry}` does not authorize `{entity}` for `{action}` on `{resource}`")]
    NotAuthorized {
        /// Name of the registry.
        registry: String,
        /// The entity.
        entity: Did,
        /// The action asked about.
        action: String,
        /// The resource asked about.
        resource: String,
    },
    /// The registry's statement cannot be relied on.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

impl TrustError {
    /// Gives the code under which the refusal is reported.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownIssuer(_) => "trust.unknown_issuer",
            Self::PaperNotAllowed { .. } => "trust.paper_not_allowed",
            Self::SubjectOutsideNamespace { .. } => "trust.subject_outside_namespace",
            Self::KeyChanged { .. } => "trust.key_changed",
            Self::AgentAsRoot(_) => "trust.agent_as_root",
            Self::NotRecognized { .. } => "trust.not_recognized",
            Self::NotAuthorized { .. } => "trust.not_authorized",
            Self::Statement(error) => error.code(),
        }
    }
}

impl Policy {
    /// Judges one paper of an anchored issuer: its type and its subject. Gives the anchor that takes it.
    ///
    /// Where the anchor asks for recognition, that is judged besides, by [`crate::recognition::recognize`]; the key
    /// is judged by [`Anchor::accepts_key`] once it is resolved.
    ///
    /// # Errors
    /// `trust.unknown_issuer`, `trust.paper_not_allowed`, `trust.subject_outside_namespace`.
    pub fn may_issue(&self, issuer: &Did, paper: PaperType, subject: &Did) -> Result<&Anchor, TrustError> {
        let mut refusal = TrustError::UnknownIssuer(issuer.clone());
        for anchor in self.anchors_for(issuer) {
            match anchor.may_issue(issuer, paper, subject) {
                Ok(()) => return Ok(anchor),
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    /// Judges the root issuer of a chain against the passports presented with it: no agent is a root.
    ///
    /// # Errors
    /// `trust.agent_as_root` where `issuer` is the subject of a passport.
    pub fn may_be_root<'a>(
        &self,
        issuer: &Did,
        passport_subjects: impl IntoIterator<Item = &'a Did>,
    ) -> Result<(), TrustError> {
        if passport_subjects.into_iter().any(|subject| subject == issuer) {
            return Err(TrustError::AgentAsRoot(issuer.clone()));
        }
        Ok(())
    }
}

impl Anchor {
    /// Judges whether the anchor lets `issuer` issue a paper of this type about `subject`.
    ///
    /// # Errors
    /// `trust.unknown_issuer`, `trust.paper_not_allowed`, `trust.subject_outside_namespace`.
    pub fn may_issue(&self, issuer: &Did, paper: PaperType, subject: &Did) -> Result<(), TrustError> {
        if self.issuer.as_ref().is_some_and(|own| own != issuer) {
            return Err(TrustError::UnknownIssuer(issuer.clone()));
        }
        if !self.papers.contains(&paper) {
            return Err(TrustError::PaperNotAllowed {
                issuer: issuer.clone(),
                paper,
            });
        }
        if !self.subjects.iter().any(|namespace| subject.is_within(namespace)) {
            return Err(TrustError::SubjectOutsideNamespace {
                issuer: issuer.clone(),
                subject: subject.clone(),
            });
        }
        Ok(())
    }

    /// Judges a key of `issuer` that was resolved: it is pinned, or announced by somebody whose key is pinned.
    ///
    /// `announced` are thumbprints out of a verified [`crate::trqp::Statement`] about this issuer, or out of its own
    /// [`crate::description::Description`] signed by a pinned key. An anchor that pins keys takes only these and the
    /// announced ones. Where nothing is pinned or announced, a DID whose method binds its keys (`did:key`, `did:jwk`,
    /// `did:webvh`) vouches for itself. No other does: a `did:web` key of an issuer that a registry recognizes has to
    /// be announced by that registry.
    ///
    /// # Errors
    /// `trust.key_changed`.
    pub fn accepts_key(&self, issuer: &Did, key: &PublicKey, announced: &[String]) -> Result<(), TrustError> {
        let thumbprint = key.thumbprint();
        let listed = self
            .keys
            .iter()
            .chain(announced)
            .any(|known| *known == thumbprint);
        let nothing_to_compare = self.keys.is_empty() && announced.is_empty();
        if listed || (nothing_to_compare && BINDS_ITS_KEYS.contains(&issuer.method())) {
            return Ok(());
        }
        Err(TrustError::KeyChanged {
            issuer: issuer.clone(),
            thumbprint,
        })
    }
}

#[cfg(test)]
mod tests;
