//! What instances ask of a registry by their own signature: an index for a delegation, and a revocation
//! (`docs/profile.md`, Status). Each is a JWS of its own `typ`.
//!
//! INVARIANT: what parses names one registry and one `jti`, and lives at most five minutes.

use chancery_did::{Did, DidUrl, Signer, Timestamp};
use chancery_proof::{Digest, Limits, Secured, jose};
use serde_json::{Value, json};

use crate::capability::Capability;
use crate::issue::IssueError;
use crate::members::Members;
use crate::paper::{PaperError, capability};
use crate::uri::is_urn_uuid;

/// The `typ` of a request for a delegation's status index.
pub const TYP_DELEGATION_REQUEST: &str = "chancery-delegation-request+jwt";

/// The `typ` of a request to revoke a delegation.
pub const TYP_REVOCATION_REQUEST: &str = "chancery-revocation+jwt";

/// The longest life of a signed request, in milliseconds.
pub const MAX_REQUEST_LIFE: i64 = 300_000;

/// Asks the root authority to reserve a status index for a delegation that is about to be signed.
#[derive(Debug, Clone, PartialEq)]
pub struct DelegationRequest {
    /// The delegating instance (`iss`), whose key signs.
    pub delegator: Did,
    /// The registry (`aud`).
    pub audience: String,
    /// The single-use name of this request.
    pub jti: String,
    /// When it was made (`iat`).
    pub issued_at: Timestamp,
    /// When it ends (`exp`).
    pub expires_at: Timestamp,
    /// The digest of the parent paper.
    pub parent: Digest,
    /// To whom the delegation will be made.
    pub subject: Did,
    /// What will be handed on.
    pub capability: Capability,
    /// Until when the delegation will hold.
    pub valid_until: Timestamp,
}

impl DelegationRequest {
    /// Signs the request with the delegator's key.
    ///
    /// # Errors
    /// [`IssueError`] when the claims are no such request or the signer fails.
    pub fn sign(&self, method: &DidUrl, signer: &dyn Signer) -> Result<String, IssueError> {
        let claims = json!({
            "iss": self.delegator.as_str(),
            "aud": self.audience,
            "jti": self.jti,
            "iat": self.issued_at.seconds(),
            "exp": self.expires_at.seconds(),
            "parent": self.parent.as_str(),
            "subject": self.subject.as_str(),
            "capability": self.capability.to_value(),
            "validUntil": self.valid_until.to_string(),
        });
        Self::parse(&claims)?;
        Ok(jose::sign(TYP_DELEGATION_REQUEST, method, &claims, signer)?)
    }

    /// Reads a request; its signature has still to be proved under `capabilityDelegation` of the delegator.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn read(token: &str, limits: &Limits) -> Result<Secured<Self>, PaperError> {
        Secured::jose(token, &[TYP_DELEGATION_REQUEST], limits)?.map(Self::parse)
    }

    fn parse(value: &Value) -> Result<Self, PaperError> {
        let mut members = Members::of(value, "")?;
        let (issued_at, expires_at) = window(&mut members)?;
        let request = Self {
            delegator: members.did("iss")?,
            audience: members.text("aud")?.to_owned(),
            jti: members.text("jti")?.to_owned(),
            issued_at,
            expires_at,
            parent: members.digest("parent")?,
            subject: members.did("subject")?,
            capability: capability(&mut members)?,
            valid_until: members.time("validUntil")?,
        };
        members.finish()?;
        Ok(request)
    }
}

/// Asks a registry to revoke a delegation, by its delegator or any ancestor.
#[derive(Debug, Clone, PartialEq)]
pub struct RevocationRequest {
    /// Who asks (`iss`), whose key signs.
    pub requester: Did,
    /// The registry (`aud`).
    pub audience: String,
    /// The single-use name of this request.
    pub jti: String,
    /// When it was made (`iat`).
    pub issued_at: Timestamp,
    /// When it ends (`exp`).
    pub expires_at: Timestamp,
    /// The `id` of the paper, or of its registration.
    pub credential: String,
    /// Why, for the record.
    pub reason: Option<String>,
}

impl RevocationRequest {
    /// Signs the request with the requester's key.
    ///
    /// # Errors
    /// [`IssueError`] when the claims are no such request or the signer fails.
    pub fn sign(&self, method: &DidUrl, signer: &dyn Signer) -> Result<String, IssueError> {
        let mut claims = json!({
            "iss": self.requester.as_str(),
            "aud": self.audience,
            "jti": self.jti,
            "iat": self.issued_at.seconds(),
            "exp": self.expires_at.seconds(),
            "credential": self.credential,
        });
        if let (Some(reason), Some(object)) = (&self.reason, claims.as_object_mut()) {
            object.insert("reason".into(), json!(reason));
        }
        Self::parse(&claims)?;
        Ok(jose::sign(TYP_REVOCATION_REQUEST, method, &claims, signer)?)
    }

    /// Reads a request; its signature has still to be proved under `capabilityDelegation` of the requester.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn read(token: &str, limits: &Limits) -> Result<Secured<Self>, PaperError> {
        Secured::jose(token, &[TYP_REVOCATION_REQUEST], limits)?.map(Self::parse)
    }

    fn parse(value: &Value) -> Result<Self, PaperError> {
        let mut members = Members::of(value, "")?;
        let (issued_at, expires_at) = window(&mut members)?;
        let request = Self {
            requester: members.did("iss")?,
            audience: members.text("aud")?.to_owned(),
            jti: members.text("jti")?.to_owned(),
            issued_at,
            expires_at,
            credential: members.text("credential")?.to_owned(),
            reason: members.optional_text("reason")?.map(str::to_owned),
        };
        members.finish()?;
        if !is_urn_uuid(&request.credential) {
            return Err(PaperError::structure(
                "/credential",
                "a `urn:uuid:` in lower case",
            ));
        }
        Ok(request)
    }
}

/// The times of a signed request: `iat`, then `exp` within [`MAX_REQUEST_LIFE`].
pub(crate) fn window(members: &mut Members<'_>) -> Result<(Timestamp, Timestamp), PaperError> {
    let (issued_at, expires_at) = (members.seconds("iat")?, members.seconds("exp")?);
    let life = expires_at.millis_since(issued_at);
    if life <= 0 || life > MAX_REQUEST_LIFE {
        return Err(PaperError::structure("/exp", "at most five minutes after `iat`"));
    }
    Ok((issued_at, expires_at))
}

#[cfg(test)]
mod tests {
    use chancery_did::Relationship;
    use chancery_proof::Expectation;

    use super::*;
    use crate::cast::{DidKeys, HOUR, TEN, at, digest, first, handed, limits, second};

    fn delegation() -> DelegationRequest {
        DelegationRequest {
            delegator: first().did,
            audience: "did:web:acme.example".into(),
            jti: "d-1".into(),
            issued_at: at(TEN),
            expires_at: at(TEN).saturating_add_millis(60_000),
            parent: digest("parent"),
            subject: second().did,
            capability: Capability::parse(&json!([handed("40.00")])).unwrap(),
            valid_until: at(TEN).saturating_add_millis(HOUR),
        }
    }

    fn revocation() -> RevocationRequest {
        RevocationRequest {
            requester: first().did,
            audience: "did:web:acme.example".into(),
            jti: "r-1".into(),
            issued_at: at(TEN),
            expires_at: at(TEN).saturating_add_millis(60_000),
            credential: "urn:uuid:0193a1b2-0000-7000-8000-000000000002".into(),
            reason: Some("lost".into()),
        }
    }

    #[test]
    fn both_requests_go_round() {
        let expect = Expectation {
            purpose: Relationship::CapabilityDelegation,
            issuer: first().did,
        };
        let token = delegation().sign(&first().method, &first().key).unwrap();
        let read = DelegationRequest::read(&token, &limits()).unwrap();
        assert_eq!(*read.prove(&expect, &DidKeys).unwrap().value(), delegation());
        for reason in [None, Some("lost".to_owned())] {
            let request = RevocationRequest {
                reason,
                ..revocation()
            };
            let token = request.sign(&first().method, &first().key).unwrap();
            let read = RevocationRequest::read(&token, &limits()).unwrap();
            assert_eq!(*read.prove(&expect, &DidKeys).unwrap().value(), request);
        }
    }

    #[test]
    fn one_request_is_never_read_as_the_other() {
        let token = delegation().sign(&first().method, &first().key).unwrap();
        assert_eq!(
            RevocationRequest::read(&token, &limits()).unwrap_err().code(),
            "type.typ"
        );
        let token = revocation().sign(&first().method, &first().key).unwrap();
        assert_eq!(
            DelegationRequest::read(&token, &limits()).unwrap_err().code(),
            "type.typ"
        );
    }

    #[test]
    fn a_request_lives_five_minutes_at_most() {
        for life in [0, -1_000, 301_000] {
            let request = RevocationRequest {
                expires_at: at(TEN).saturating_add_millis(life),
                ..revocation()
            };
            assert_eq!(
                request.sign(&first().method, &first().key).unwrap_err().code(),
                "parse.structure"
            );
        }
    }

    #[test]
    fn a_revocation_names_one_paper() {
        for credential in ["", "1", "https://acme.example/1", "urn:uuid:*"] {
            let request = RevocationRequest {
                credential: credential.into(),
                ..revocation()
            };
            assert_eq!(
                request.sign(&first().method, &first().key).unwrap_err().code(),
                "parse.structure"
            );
        }
    }

    #[test]
    fn unknown_members_and_other_shapes_are_refused() {
        let claims = json!({
            "iss": first().did.as_str(), "aud": "a", "jti": "j", "iat": 0, "exp": 60,
            "credential": revocation().credential,
        });
        assert!(RevocationRequest::parse(&claims).is_ok());
        for (name, value, code) in [
            ("karma", json!(1), "parse.unknown_member"),
            ("jti", json!(7), "parse.structure"),
            ("aud", json!(["a"]), "parse.structure"),
            ("iat", json!(-1), "time.malformed"),
            ("exp", json!(253_402_300_800_u64), "time.malformed"),
            ("reason", json!(null), "parse.structure"),
        ] {
            let mut claims = claims.clone();
            claims[name] = value;
            assert_eq!(
                RevocationRequest::parse(&claims).unwrap_err().code(),
                code,
                "{name}"
            );
        }
    }
}
