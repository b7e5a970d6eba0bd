//! Proof of possession: an instance signs the registry's nonce before any paper is issued to it (`docs/profile.md`,
//! Who is who). A JWS of `typ` [`TYP_POSSESSION`].
//!
//! INVARIANT: what parses names one registry, one nonce and one agent, and lives at most five minutes.

use chancery_did::{Did, DidUrl, Signer, Timestamp};
use chancery_proof::{Limits, Secured, jose};
use serde_json::{Value, json};

use crate::issue::IssueError;
use crate::members::Members;
use crate::paper::PaperError;
use crate::request::window;

/// The `typ` of a proof of possession.
pub const TYP_POSSESSION: &str = "chancery-possession+jwt";

/// The claims of a proof of possession.
#[derive(Debug, Clone, PartialEq)]
pub struct PossessionProof {
    /// The instance's DID (`iss`), whose key signs.
    pub instance: Did,
    /// The registry that asked (`aud`).
    pub audience: String,
    /// The nonce that it gave.
    pub nonce: String,
    /// The registered agent of which this is one copy.
    pub instance_of: String,
    /// When it was made (`iat`).
    pub issued_at: Timestamp,
    /// When it ends (`exp`).
    pub expires_at: Timestamp,
}

impl PossessionProof {
    /// Signs the proof with the instance's key.
    ///
    /// # Errors
    /// [`IssueError`] when the claims are not such a proof or the signer fails.
    pub fn sign(&self, method: &DidUrl, signer: &dyn Signer) -> Result<String, IssueError> {
        let claims = json!({
            "iss": self.instance.as_str(),
            "aud": self.audience,
            "nonce": self.nonce,
            "instanceOf": self.instance_of,
            "iat": self.issued_at.seconds(),
            "exp": self.expires_at.seconds(),
        });
        Self::parse(&claims)?;
        Ok(jose::sign(TYP_POSSESSION, method, &claims, signer)?)
    }

    /// Reads a proof; its signature has still to be proved under `authentication` of the instance's DID.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn read(token: &str, limits: &Limits) -> Result<Secured<Self>, PaperError> {
        Secured::jose(token, &[TYP_POSSESSION], limits)?.map(Self::parse)
    }

    fn parse(value: &Value) -> Result<Self, PaperError> {
        let mut members = Members::of(value, "")?;
        let (issued_at, expires_at) = window(&mut members)?;
        let proof = Self {
            instance: members.did("iss")?,
            audience: members.text("aud")?.to_owned(),
            nonce: members.text("nonce")?.to_owned(),
            instance_of: members.text("instanceOf")?.to_owned(),
            issued_at,
            expires_at,
        };
        members.finish()?;
        Ok(proof)
    }
}

#[cfg(test)]
mod tests {
    use chancery_did::Relationship;
    use chancery_proof::Expectation;

    use super::*;
    use crate::cast::{DidKeys, TEN, at, first, limits, second};

    fn proof() -> PossessionProof {
        PossessionProof {
            instance: first().did,
            audience: "did:web:acme.example".into(),
            nonce: "n-0123456789abcdef".into(),
            instance_of: "urn:uuid:0193a1b2-0000-7000-8000-00000000a9e7".into(),
            issued_at: at(TEN),
            expires_at: at(TEN).saturating_add_millis(60_000),
        }
    }

    #[test]
    fn a_possession_proof_goes_round() {
        let token = proof().sign(&first().method, &first().key).unwrap();
        let read = PossessionProof::read(&token, &limits()).unwrap();
        let expect = Expectation {
            purpose: Relationship::Authentication,
            issuer: first().did,
        };
        assert_eq!(*read.prove(&expect, &DidKeys).unwrap().value(), proof());
        let expect = Expectation {
            issuer: second().did,
            ..expect
        };
        assert_eq!(
            read.prove(&expect, &DidKeys).unwrap_err().code(),
            "key.issuer_mismatch"
        );
    }

    #[test]
    fn a_possession_proof_lives_five_minutes_at_most() {
        for life in [0, -1_000, 301_000] {
            let proof = PossessionProof {
                expires_at: at(TEN).saturating_add_millis(life),
                ..proof()
            };
            assert_eq!(
                proof.sign(&first().method, &first().key).unwrap_err().code(),
                "parse.structure"
            );
        }
    }

    #[test]
    fn nothing_else_is_a_possession_proof() {
        let claims = json!({
            "iss": first().did.as_str(), "aud": "a", "nonce": "n", "instanceOf": "i", "iat": 0, "exp": 60,
        });
        let read = |typ: &str, claims: &Value| {
            let token = jose::sign(typ, &first().method, claims, &first().key).unwrap();
            PossessionProof::read(&token, &limits())
                .map(|_| ())
                .map_err(|error| error.code())
        };
        assert_eq!(read(TYP_POSSESSION, &claims), Ok(()));
        for typ in ["JWT", "vp+jwt", "chancery-action+jwt"] {
            assert_eq!(read(typ, &claims), Err("type.typ"));
        }
        for (name, value, code) in [
            ("aud", json!(["a"]), "parse.structure"),
            ("nonce", json!(""), "parse.structure"),
            ("instanceOf", json!(null), "parse.structure"),
            ("iss", json!("first"), "parse.did"),
            ("jti", json!("x"), "parse.unknown_member"),
            ("exp", json!("60"), "time.malformed"),
        ] {
            let mut claims = claims.clone();
            claims[name] = value;
            assert_eq!(read(TYP_POSSESSION, &claims), Err(code), "{name}");
        }
    }
}
