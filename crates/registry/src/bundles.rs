//! The trust bundle as it is served: what a verifier would otherwise gather of this registry, signed by the bundle DID.
//!
//! Profile, "Bundles". INVARIANT: a served bundle holds every change that was acknowledged before it was asked for,
//! and no two bundles of this service have one date; it is evidence only, nothing in it is an anchor. It is made at
//! most once after a change, once in half of the time to live of a status list, and once in half a minute for those who
//! say that they hold a later one, however often it is asked for.

mod contents;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, OnceLock},
};

use chancery_did::Timestamp;
use chancery_proof::base64url;
use chancery_trust::bundle::{Bundle, BundleError, MOST_BYTES};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use crate::{app::App, problem::Problem, status_lists::ttl_millis, store::CLOCK_SKEW};

/// How many states are remembered, so that whoever holds one of them is given a change.
const STATES: usize = 16;
/// How many bytes of signed text those states may have had together.
const STATE_BYTES: usize = 16 * 1024 * 1024;
/// How long a bundle stands at least before another is made only because somebody says to hold a later one, in
/// milliseconds. Nobody proves what he holds; until then he is given this one, and keeps his own if it is later.
const PATIENCE: i64 = 30_000;

/// The newest bundle and the states before it.
#[derive(Debug, Default)]
pub(crate) struct Bundles(Mutex<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    newest: Option<Arc<Signed>>,
    /// Newest first, with the bytes that each had.
    older: VecDeque<(Arc<Bundle>, usize)>,
}

/// One bundle, with the changes that lead to it from those before.
#[derive(Debug)]
pub(crate) struct Signed {
    bundle: Arc<Bundle>,
    token: Arc<str>,
    tag: String,
    mark: String,
    /// By the date of the state that they change; made when they are first asked for.
    changes: BTreeMap<Timestamp, Change>,
}

#[derive(Debug)]
struct Change {
    from: Arc<Bundle>,
    token: OnceLock<Arc<str>>,
}

/// What somebody who asks is given.
#[derive(Debug)]
pub(crate) struct Given {
    /// The compact JWS.
    pub(crate) token: Arc<str>,
    /// Its entity tag, quoted.
    pub(crate) tag: String,
}

impl Signed {
    /// Seconds for which a cache may keep it: what is left of the time to live of the lists in it.
    pub(crate) fn max_age(&self, ttl_millis: i64, now: Timestamp) -> i64 {
        let age = now.millis_since(self.bundle.issued_at()).max(0);
        ttl_millis
            .saturating_sub(age)
            .max(0)
            .checked_div(1000)
            .unwrap_or(0)
    }

    /// Whether an entity tag is of this state, given whole or as a change.
    pub(crate) fn is_tagged(&self, tag: &str) -> bool {
        let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
        tag == "*" || tag.split('.').next() == Some(self.tag.as_str())
    }

    /// The change from the state of that date, if it is known and shorter than the whole, else the whole.
    pub(crate) fn since(&self, app: &App, since: Option<Timestamp>) -> Result<Given, Problem> {
        let whole = || Given {
            token: Arc::clone(&self.token),
            tag: format!("\"{}\"", self.tag),
        };
        let Some((date, change)) = since.and_then(|since| self.changes.get_key_value(&since)) else {
            return Ok(whole());
        };
        let token = match change.token.get() {
            Some(token) => token,
            None => {
                let token = sign(app, &self.bundle.change_from(&change.from))?;
                change.token.get_or_init(|| token)
            }
        };
        if token.len() >= self.token.len() {
            return Ok(whole());
        }
        Ok(Given {
            token: Arc::clone(token),
            tag: format!("\"{}.{}\"", self.tag, date.millis()),
        })
    }

    fn fresh(&self, mark: &str, ttl_millis: i64, now: Timestamp) -> bool {
        let age = now.millis_since(self.bundle.issued_at());
        self.mark == mark && age >= -CLOCK_SKEW && age.saturating_mul(2) < ttl_millis
    }
}

/// Gives the bundle as it stands, made anew when what it tells changed or half of the lists' time to live is over.
///
/// `held` is the date of the state that the caller holds: one that another process over the same store made may be
/// later than the newest of this one, which is then made anew unless it is young. A change is never waited for.
pub(crate) async fn current(app: &App, held: Option<Timestamp>) -> Result<Arc<Signed>, Problem> {
    let mut shelf = app.bundles().0.lock().await;
    let mark = app.store().public_mark().await?;
    let (ttl, now) = (ttl_millis(app), app.now());
    let outdated = |last: &Signed| {
        let date = last.bundle.issued_at();
        held.is_some_and(|held| held > date && held <= now && now.millis_since(date) >= PATIENCE)
    };
    if let Some(last) = &shelf.newest
        && last.fresh(&mark, ttl, now)
        && !outdated(last)
    {
        return Ok(Arc::clone(last));
    }
    let evidence = contents::gather(app, now).await?;
    let after = |date: Timestamp| date.saturating_add_millis(1);
    let last = shelf.newest.as_ref().map(|last| after(last.bundle.issued_at()));
    let held = held.filter(|held| *held <= now).map(after);
    let date = last.into_iter().chain(held).fold(now, Timestamp::max);
    if date.millis_since(now) > CLOCK_SKEW {
        return Err(crate::store::StoreError::Conflict {
            code: crate::store::CLOCK_UNSOUND,
            detail: "the service's clock went back; nothing is signed until it is right again",
        }
        .into());
    }
    let role = &app.organization().bundle;
    let bundle = Arc::new(Bundle::new(role.did.clone(), evidence, date, life(app)));
    let token = sign(app, &bundle)?;
    if token.len() > MOST_BYTES {
        return Err(Problem::internal(
            &"the trust bundle is longer than any reader takes",
        ));
    }
    if let Some(last) = shelf.newest.take() {
        shelf
            .older
            .push_front((Arc::clone(&last.bundle), last.token.len()));
    }
    shelf.trim();
    let signed = Arc::new(Signed {
        tag: base64url::encode(&Sha256::digest(token.as_bytes())),
        changes: shelf
            .older
            .iter()
            .map(|(from, _)| (from.issued_at(), Change::new(from)))
            .collect(),
        bundle,
        token,
        mark,
    });
    shelf.newest = Some(Arc::clone(&signed));
    Ok(signed)
}

impl Shelf {
    fn trim(&mut self) {
        let mut bytes = 0_usize;
        let kept = self.older.iter().take(STATES).take_while(|(_, length)| {
            bytes = bytes.saturating_add(*length);
            bytes <= STATE_BYTES
        });
        let kept = kept.count();
        self.older.truncate(kept);
    }
}

impl Change {
    fn new(from: &Arc<Bundle>) -> Self {
        Self {
            from: Arc::clone(from),
            token: OnceLock::new(),
        }
    }
}

/// A bundle lives as long as the lists in it.
fn life(app: &App) -> i64 {
    let seconds = i64::try_from(app.config().status_validity_seconds).unwrap_or(0);
    seconds.saturating_mul(1000)
}

fn sign(app: &App, bundle: &Bundle) -> Result<Arc<str>, Problem> {
    let role = &app.organization().bundle;
    let signed = bundle.sign(&role.method, role.signer.as_ref());
    signed
        .map(Arc::from)
        .map_err(|error: BundleError| Problem::internal(&error))
}
