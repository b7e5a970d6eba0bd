//! What instances ask by their own signature: an index for a delegation, and the record of its signed form.
//!
//! INVARIANT: an index is reserved only for a delegation that follows from a paper of this authority, asked for
//! by that paper's subject, once per `jti`; nothing is stored of any other request.

use chancery_did::Relationship;
use chancery_proof::{Expectation, Limits};
use chancery_vc::{
    PaperType, StatusEntry,
    issue::{Draft, Terms},
    read_paper,
    request::{DelegationRequest, RevocationRequest},
};
use serde_json::{Value, json};

use crate::{
    agents::in_time,
    app::App,
    instance_keys::InstanceKeys,
    issuing::{entries, placeholders, refused},
    problem::Problem,
    store::{CredentialState, NewCredential, Once, StatusChange, StoreError},
};

/// Hops from a paper up to its root that are looked at.
const HOPS: usize = 8;

/// Reserves status indices for a delegation that its delegator is about to sign.
pub(crate) async fn reserve(app: &App, token: &str) -> Result<Value, Problem> {
    let now = app.now();
    let secured = DelegationRequest::read(token, &Limits::default())
        .map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?;
    let issuer = secured.unverified().delegator.clone();
    let expectation = Expectation {
        purpose: Relationship::CapabilityDelegation,
        issuer,
    };
    let request = secured
        .prove(&expectation, &InstanceKeys)
        .map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?
        .into_value();
    addressed(app, &request.audience)?;
    in_time(request.issued_at, request.expires_at, now)?;
    let parent = match app.store().credential_by_digest(request.parent.as_str()).await {
        Ok(record) => record,
        Err(StoreError::NotFound) => {
            return Err(Problem::unacceptable(
                "delegation.parent_digest",
                "the parent is not a paper that is recorded here",
            ));
        }
        Err(other) => return Err(other.into()),
    };
    let paper = read_paper(parent.document.as_bytes(), &Limits::default())
        .map_err(|error| Problem::internal(&error))?;
    let terms = Terms {
        id: format!("urn:uuid:{}", uuid::Uuid::now_v7()),
        issuer: request.delegator.clone(),
        subject: request.subject.clone(),
        valid_from: now.max(parent.draft.valid_from),
        valid_until: request.valid_until,
        max_validity_ms: i64::try_from(app.config().max_validity_seconds)
            .unwrap_or(0)
            .saturating_mul(1000),
        status: placeholders(app),
    };
    Draft::delegation(&terms, &paper, &request.capability).map_err(|error| refused(&error))?;
    let new = NewCredential {
        id: terms.id.clone(),
        kind: PaperType::Delegation.as_str().to_owned(),
        issuer: request.delegator.as_str().to_owned(),
        subject: request.subject.as_str().to_owned(),
        parent: Some(request.parent.as_str().to_owned()),
        state: CredentialState::Reserved,
        capability: request.capability.to_value().to_string(),
        securing: "delegator".to_owned(),
        valid_from: terms.valid_from,
        valid_until: terms.valid_until,
        created_at: now,
        renews: None,
    };
    let once = Once {
        kind: "request",
        scope: request.delegator.as_str().to_owned(),
        key: request.jti.clone(),
        until: request.expires_at.saturating_add_millis(crate::agents::SKEW),
        code: "replay.action",
        challenge: None,
    };
    let slots = app.store().prepare_credential(new, Some(once), now).await?;
    tracing::info!(credential = terms.id, "delegation reserved");
    Ok(json!({
        "id": terms.id,
        "credentialStatus": entries(app, &slots).iter().map(StatusEntry::to_value).collect::<Vec<_>>(),
    }))
}

/// Records the signed form of a reserved delegation, so that a further delegation can be reserved below it.
pub(crate) async fn record(app: &App, id: &str, text: &str) -> Result<Value, Problem> {
    let reserved = app.store().credential(id).await?;
    let unacceptable = |code: &'static str, detail: &str| Problem::unacceptable(code, detail);
    let secured = read_paper(text.as_bytes(), &Limits::default())
        .map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?;
    let issuer = secured.unverified().issuer.clone();
    let expectation = Expectation {
        purpose: Relationship::CapabilityDelegation,
        issuer,
    };
    let proven = secured
        .prove(&expectation, &InstanceKeys)
        .map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?;
    let (paper, digest) = (proven.value(), proven.digest().as_str().to_owned());
    let parent = paper.parent().map(|digest| digest.as_str().to_owned());
    let same = paper.kind == PaperType::Delegation
        && paper.id == reserved.draft.id
        && paper.issuer.as_str() == reserved.draft.issuer
        && paper.subject.as_str() == reserved.draft.subject
        && parent == reserved.draft.parent
        && paper.valid_until <= reserved.draft.valid_until
        && paper.status == entries(app, &reserved.slots)
        && paper.capability().map(|it| it.to_value().to_string()).as_deref()
            == Some(reserved.draft.capability.as_str());
    if !same {
        return Err(unacceptable(
            "delegation.not_linked",
            "the paper is not the delegation that was reserved",
        ));
    }
    app.store().record_delegation(id, &digest, text).await?;
    Ok(json!({ "id": id, "digest": digest }))
}

/// Revokes a delegation at the word of its delegator or of anybody above it in its chain.
pub(crate) async fn revoke(app: &App, token: &str) -> Result<Value, Problem> {
    let now = app.now();
    let secured = RevocationRequest::read(token, &Limits::default())
        .map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?;
    let issuer = secured.unverified().requester.clone();
    let expectation = Expectation {
        purpose: Relationship::CapabilityDelegation,
        issuer,
    };
    let request = secured
        .prove(&expectation, &InstanceKeys)
        .map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?
        .into_value();
    addressed(app, &request.audience)?;
    in_time(request.issued_at, request.expires_at, now)?;
    let target = app.store().credential(&request.credential).await?;
    let id = target.draft.id.clone();
    let mut hop = target;
    for _ in 0..HOPS {
        if hop.draft.issuer == request.requester.as_str() {
            let changed = app.store().change_status(&id, StatusChange::Revoke, now).await?;
            tracing::info!(credential = id, changed, "credential revoked by an instance");
            return Ok(json!({ "id": id, "status": "revoked", "changed": changed }));
        }
        let Some(parent) = hop.draft.parent else { break };
        match app.store().credential_by_digest(&parent).await {
            Ok(record) => hop = record,
            Err(StoreError::NotFound) => break,
            Err(other) => return Err(other.into()),
        }
    }
    // The same answer as for an id that is not there: a stranger learns nothing.
    Err(Problem::not_found())
}

fn addressed(app: &App, audience: &str) -> Result<(), Problem> {
    if audience == app.did().as_str() {
        return Ok(());
    }
    Err(Problem::unacceptable(
        "binding.audience",
        "the request is for another registry",
    ))
}
