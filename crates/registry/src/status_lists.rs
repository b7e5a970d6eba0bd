//! Status lists as they are published: Bitstring Status List v1.0 credentials and Token Status Lists
//! (draft-ietf-oauth-status-list-20), signed by the status DID on demand, all from the same stored bits.
//!
//! INVARIANT: a served list holds every change that was acknowledged before it was asked for, and its signature
//! is younger than half its time to live. Of two lists ever served in one form the one dated later holds every
//! change of the other, over restarts and over every process that shares the store. The forms of one list are of
//! one moment, which a Token Status List says to the second.

mod forms;

use std::{collections::HashMap, sync::Arc};

use chancery_did::Timestamp;
use tokio::sync::Mutex;

pub(crate) use forms::{Form, Rendered};

use crate::{
    app::App,
    problem::Problem,
    store::{CLOCK_SKEW, CLOCK_UNSOUND, StatusListRecord, StoreError},
};

/// The newest signature of each list.
#[derive(Debug, Default)]
pub(crate) struct Published(Mutex<HashMap<String, Arc<Signed>>>);

/// One list of one moment, signed in each form when it is first asked for.
#[derive(Debug)]
pub(crate) struct Signed {
    list: StatusListRecord,
    at: Timestamp,
    forms: forms::Rendering,
}

impl Signed {
    fn new(list: StatusListRecord, at: Timestamp) -> Self {
        Self {
            list,
            at,
            forms: forms::Rendering::default(),
        }
    }

    /// The list in one form.
    pub(crate) fn form(&self, app: &App, form: Form) -> Result<&Rendered, Problem> {
        self.forms.get(app, &self.list, self.at, form)
    }

    /// Whether this is the list as it stood at a moment: it was made by then, and has not changed since.
    pub(crate) fn stood(&self, moment: Timestamp, now: Timestamp) -> bool {
        self.at <= moment && moment <= now
    }

    /// Seconds for which a cache may keep it: what is left of the time to live.
    pub(crate) fn max_age(&self, ttl_millis: i64, now: Timestamp) -> i64 {
        let left = ttl_millis.saturating_sub(now.millis_since(self.at).max(0));
        left.max(0).checked_div(1000).unwrap_or(0)
    }

    /// Whether it may still be served when the store cannot remember the date of a newer one.
    fn usable(&self, version: i64, ttl_millis: i64, now: Timestamp) -> bool {
        let age = now.millis_since(self.at);
        self.list.version == version && age >= -CLOCK_SKEW && age < ttl_millis
    }

    fn fresh(&self, version: i64, ttl_millis: i64, now: Timestamp) -> bool {
        let age = now.millis_since(self.at);
        self.list.version == version && age >= -CLOCK_SKEW && age.saturating_mul(2) < ttl_millis
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
    let signed = Arc::new(Signed::new(list, at));
    published.insert(id.to_owned(), Arc::clone(&signed));
    Ok(signed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StatusListPurpose;

    fn signed(at: i64) -> Signed {
        let list = StatusListRecord {
            id: "revocation-1".to_owned(),
            purpose: StatusListPurpose::Revocation,
            size: 131_072,
            version: 3,
            set: Vec::new(),
            set_elsewhere: Vec::new(),
        };
        Signed::new(list, Timestamp::from_millis(at))
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

    #[test]
    fn list_stands_for_the_moments_since_it_was_made() {
        let list = signed(1_000);
        let stood = |moment| list.stood(Timestamp::from_millis(moment), Timestamp::from_millis(5_000));
        assert!(stood(1_000) && stood(5_000));
        assert!(!stood(999), "what was before it is not kept");
        assert!(!stood(5_001), "nobody knows what is to come");
    }
}
