//! Signing a Token Status List (sections 5.1 and 5.2).
//!
//! INVARIANT: what is signed reads back as the same list; times are whole seconds, and the time of making is never
//! rounded up.

use chancery_did::{DidUrl, Signer, Timestamp};
use chancery_proof::{Limits, ProofError, base64url, cbor, cose};
use serde_json::{Map, Value, json};

use super::{MEDIA_TYPE_CWT, TYP_STATUS_LIST, claims, cwt};
use crate::issue::{IssueError, Prepared};
use crate::status::StatusBits;

/// What a Token Status List says beside its statuses.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenListTerms {
    /// The list's address, which entries name (`sub`).
    pub uri: String,
    /// When it is made (`iat`), cut to the second.
    pub issued_at: Timestamp,
    /// The first instant at which it holds no longer (`exp`), cut to the second.
    pub expires_at: Option<Timestamp>,
    /// For how many seconds it may be kept (`ttl`).
    pub ttl_seconds: Option<u64>,
    /// Where the addresses of the issuer's lists are (`aggregation_uri`).
    pub aggregation: Option<String>,
}

impl TokenListTerms {
    fn claims(&self, statuses: &StatusBits) -> Result<Value, IssueError> {
        let mut list = Map::new();
        list.insert("bits".into(), json!(statuses.size()));
        list.insert("lst".into(), json!(base64url::encode(&statuses.lst()?)));
        if let Some(aggregation) = &self.aggregation {
            list.insert("aggregation_uri".into(), json!(aggregation));
        }
        let mut claims = Map::new();
        claims.insert("sub".into(), json!(self.uri));
        claims.insert("iat".into(), json!(self.issued_at.seconds()));
        if let Some(end) = self.expires_at {
            claims.insert("exp".into(), json!(end.seconds()));
        }
        if let Some(ttl) = self.ttl_seconds {
            claims.insert("ttl".into(), json!(ttl));
        }
        claims.insert("status_list".into(), Value::Object(list));
        Ok(Value::Object(claims))
    }
}

/// Signs a list as `statuslist+jwt`; gives the compact JWS.
///
/// # Errors
/// [`IssueError::Status`] when the list would not be read, [`IssueError::Proof`] and [`IssueError::Sign`] when it
/// cannot be signed.
pub fn sign_token_status_list(
    terms: &TokenListTerms,
    statuses: &StatusBits,
    method: &DidUrl,
    signer: &dyn Signer,
) -> Result<String, IssueError> {
    let payload = terms.claims(statuses)?;
    claims::list(&payload, method.did().clone(), &Limits::default())?;
    let key = signer.public_key().key_type();
    let prepared = Prepared::jose(TYP_STATUS_LIST, method, key, &payload)?;
    let signature = signer.sign(prepared.signing_input())?;
    prepared.seal(&signature)
}

/// Signs a list as `statuslist+cwt`; gives the tagged `COSE_Sign1`.
///
/// # Errors
/// As [`sign_token_status_list`].
pub fn sign_token_status_list_cwt(
    terms: &TokenListTerms,
    statuses: &StatusBits,
    method: &DidUrl,
    signer: &dyn Signer,
) -> Result<Vec<u8>, IssueError> {
    let limits = Limits::default();
    let payload = cwt::claims(terms, statuses)?;
    let claims = cbor::parse(&payload, &limits).map_err(ProofError::from)?;
    cwt::list(&claims, method.did().clone(), &limits)?;
    Ok(cose::sign(
        MEDIA_TYPE_CWT,
        None,
        method.as_str(),
        payload,
        signer,
    )?)
}
