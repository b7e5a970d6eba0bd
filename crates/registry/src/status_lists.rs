//! Status lists as they are published: Bitstring Status List v1.0 credentials, signed by the status DID on demand.
//!
//! INVARIANT: a served list holds every change that was acknowledged before it was asked for, and its signature
//! is younger than half its time to live. Of two lists ever served the one dated later holds every change of the
//! other, over restarts and over every process that shares the store.

use std::{collections::HashMap, sync::Arc};

use chancery_did::Timestamp;
use chancery_proof::{Securing, base64url};
use chancery_vc::{
    StatusPurpose,
    issue::{Draft, StatusListTerms, sign},
    status::StatusBits,
};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use crate::{
    app::App,
    problem::Problem,
    store::{CLOCK_SKEW, CLOCK_UNSOUND, StatusListPurpose, StatusListRecord, StoreError},
};

/// The newest signature of each list.
#[derive(Debug, Default)]
pub(crate) struct Published(Mutex<HashMap<String, Arc<Signed>>>);

/// One signed list.
#[derive(Debug)]
pub(crate) struct Signed {
    /// The credential's text.
    pub(crate) text: String,
    /// Its entity tag, quoted.
    pub(crate) etag: String,
    version: i64,
    at: Timestamp,
}

impl Signed {
    /// Seconds for which a cache may keep it: what is left of the time to live.
    pub(crate) fn max_age(&self, ttl_millis: i64, now: Timestamp) -> i64 {
        let left = ttl_millis.saturating_sub(now.millis_since(self.at).max(0));
        left.max(0).checked_div(1000).unwrap_or(0)
    }

    /// Whether it may still be served when the store cannot remember the date of a newer one.
    fn usable(&self, version: i64, ttl_millis: i64, now: Timestamp) -> bool {
        let age = now.millis_since(self.at);
        self.version == version && age >= -CLOCK_SKEW && age < ttl_millis
    }

    fn fresh(&self, version: i64, ttl_millis: i64, now: Timestamp) -> bool {
        let age = now.millis_since(self.at);
        self.version == version && age >= -CLOCK_SKEW && age.saturating_mul(2) < ttl_millis
    }
}

/// The time to live of this service's lists in milliseconds.
pub(crate) fn ttl_millis(app: &App) -> i64 {
    i64::try_from(app.config().status_ttl_seconds)
        .unwrap_or(1)
        .saturating_mul(1000)
}

/// Gives a list as it stands, signed anew when it changed or is older than half its time to live.
pub(crate) async fn publish(app: &App, id: &str) -> Result<Arc<Signed>, Problem> {
    let version = app.store().status_list_version(id).await?;
    let (ttl, now) = (ttl_millis(app), app.now());
    let mut published = app.published().0.lock().await;
    let last = published.get(id).cloned();
    if let Some(last) = last.as_ref().filter(|last| last.fresh(version, ttl, now)) {
        return Ok(Arc::clone(last));
    }
    let (list, at) = match app.store().date_status_list(id, now).await {
        Ok(dated) => dated,
        Err(error @ StoreError::Unavailable { .. }) => {
            // A store that is full for a while: nothing changed, and the last list still holds.
            return match last.filter(|last| last.usable(version, ttl, now)) {
                Some(last) => Ok(last),
                None => Err(error.into()),
            };
        }
        Err(error) => return Err(error.into()),
    };
    if at.millis_since(now) > CLOCK_SKEW {
        return Err(Problem::from(StoreError::Conflict {
            code: CLOCK_UNSOUND,
            detail: "the service's clock went back; nothing is signed until it is right again",
        }));
    }
    let signed = Arc::new(sign_list(app, &list, at, ttl)?);
    published.insert(id.to_owned(), Arc::clone(&signed));
    Ok(signed)
}

fn sign_list(app: &App, list: &StatusListRecord, at: Timestamp, ttl: i64) -> Result<Signed, Problem> {
    let mut bits = StatusBits::new(usize::try_from(list.size).unwrap_or(0));
    for index in &list.set {
        bits.set(u64::from(*index), true)
            .map_err(|error| Problem::internal(&error))?;
    }
    let validity = i64::try_from(app.config().status_validity_seconds)
        .unwrap_or(0)
        .saturating_mul(1000);
    let role = &app.organization().status;
    let terms = StatusListTerms {
        url: app.organization().status_list_url(&list.id),
        issuer: role.did.clone(),
        purposes: vec![match list.purpose {
            StatusListPurpose::Revocation => StatusPurpose::Revocation,
            StatusListPurpose::Suspension => StatusPurpose::Suspension,
        }],
        valid_from: at,
        valid_until: at.saturating_add_millis(validity),
        ttl_ms: u64::try_from(ttl).unwrap_or(1),
    };
    let text = Draft::status_list(&terms, &bits)
        .and_then(|draft| {
            sign(
                &draft,
                Securing::DataIntegrity,
                &role.method,
                role.signer.as_ref(),
                at,
            )
        })
        .map_err(|error| Problem::internal(&error))?;
    let etag = format!("\"{}\"", base64url::encode(&Sha256::digest(text.as_bytes())));
    Ok(Signed {
        text,
        etag,
        version: list.version,
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(at: i64) -> Signed {
        Signed {
            text: String::new(),
            etag: String::new(),
            version: 3,
            at: Timestamp::from_millis(at),
        }
    }

    #[test]
    fn list_is_signed_anew_after_a_change_or_at_half_its_life() {
        let list = signed(1_000);
        let at = Timestamp::from_millis;
        assert!(list.fresh(3, 1_000, at(1_499)));
        assert!(!list.fresh(4, 1_000, at(1_000)));
        assert!(!list.fresh(3, 1_000, at(1_500)));
        assert!(!list.fresh(3, 1_000, at(1_000 - 60_001)));
    }

    #[test]
    fn caches_may_keep_what_is_left_of_the_time_to_live() {
        let list = signed(1_000);
        assert_eq!(list.max_age(300_000, Timestamp::from_millis(1_000)), 300);
        assert_eq!(list.max_age(300_000, Timestamp::from_millis(101_000)), 200);
        assert_eq!(list.max_age(1_000, Timestamp::from_millis(1_400)), 0);
        assert_eq!(list.max_age(1_000, Timestamp::from_millis(9_000)), 0);
    }
}
