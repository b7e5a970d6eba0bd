//! Stapling: an agent fetches the status lists that its own papers name, so that its audience need not.
//!
//! Profile, "Bundles". INVARIANT: the lists go into the presentation as they were fetched; whoever is shown them
//! judges them like lists that it fetched itself, so nothing is verified here.

use chancery_vc::stapled::MAX_STAPLED_LISTS;
use chancery_vc::{Paper, Stapled};

use crate::gather::{STATUS_TYPES, TOKEN_TYPES, token_text};
use crate::http::{FetchError, Guarded};

/// Why nothing is stapled.
#[derive(Debug, thiserror::Error)]
pub enum StapleError {
    /// A list could not be had.
    #[error("`{url}`: {error}")]
    Fetch {
        /// Its address.
        url: String,
        /// Why.
        error: FetchError,
    },
    /// A list is no text.
    #[error("`{0}` is no status list")]
    Text(String),
    /// The papers name more lists than one presentation may carry.
    #[error("the papers name more than {MAX_STAPLED_LISTS} status lists")]
    TooMany,
}

impl StapleError {
    /// The stable code of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fetch { error, .. } => error.code(),
            Self::Text(_) => "status.unknown",
            Self::TooMany => "limit.stapled",
        }
    }
}

/// Fetches every status list that the papers name.
///
/// # Errors
/// See [`StapleError`]; what is stapled is whole or nothing.
pub async fn staple(guarded: &Guarded, papers: &[&Paper]) -> Result<Stapled, StapleError> {
    let mut stapled = Stapled::default();
    for paper in papers {
        for entry in &paper.status {
            if stapled.status_lists.contains_key(&entry.list) {
                continue;
            }
            let bytes = fetched(guarded, &entry.list, STATUS_TYPES).await?.bytes;
            let text = String::from_utf8(bytes).map_err(|_| StapleError::Text(entry.list.clone()))?;
            stapled.status_lists.insert(entry.list.clone(), text);
        }
        if let Some(entry) = &paper.token_status
            && !stapled.token_status_lists.contains_key(&entry.uri)
        {
            let list = fetched(guarded, &entry.uri, TOKEN_TYPES).await?;
            let text = token_text(list).map_err(|_| StapleError::Text(entry.uri.clone()))?;
            stapled.token_status_lists.insert(entry.uri.clone(), text);
        }
        let lists = stapled.status_lists.len();
        if lists.saturating_add(stapled.token_status_lists.len()) > MAX_STAPLED_LISTS {
            return Err(StapleError::TooMany);
        }
    }
    Ok(stapled)
}

async fn fetched(guarded: &Guarded, url: &str, types: &[&str]) -> Result<crate::http::Fetched, StapleError> {
    let fetched = guarded.get(url, types).await;
    fetched.map_err(|error| StapleError::Fetch {
        url: url.to_owned(),
        error,
    })
}
