//! Whose documents this service finds for strangers: its own, those that a DID's text holds, and others only if
//! the configuration says so.
//!
//! Follows [DID Resolution](https://www.w3.org/TR/did-resolution/). INVARIANT: by default no request of a
//! stranger makes this service ask another host; its own identities are answered from memory, never fetched
//! from itself; and nobody learns what happened between this service and another host.

use async_trait::async_trait;
use chancery::{
    Resolver,
    resolution::{DidError, Found, Kind, Source, Version},
    resolver::ResolutionError,
};
use chancery_did::{Did, ResolveError};
use chancery_did_webvh::{Query, resolve};
use serde_json::Value;

use crate::{app::App, store::StoreError, webvh};

/// Methods whose DIDs hold their whole document.
const LOCAL: [&str; 2] = ["key", "jwk"];

/// Finds documents for strangers.
#[derive(Debug)]
pub(crate) struct Directory {
    resolver: Resolver,
    /// Whether the DIDs of others are looked up too.
    others: bool,
}

impl Directory {
    /// Makes a directory over a resolver.
    pub(crate) fn new(resolver: Resolver, others: bool) -> Self {
        Self { resolver, others }
    }
}

/// What strangers may ask this service for.
#[derive(Debug)]
pub(crate) struct Public<'a>(pub(crate) &'a App);

#[async_trait]
impl Source for Public<'_> {
    async fn find(&self, did: &Did, version: &Version) -> Result<Found, DidError> {
        if let Some(found) = hosted(self.0, did, version).await? {
            return Ok(found);
        }
        if let Some(own) = own(self.0, did)? {
            return if version.is_newest() {
                Ok(own)
            } else {
                Err(DidError::unsupported("this DID keeps no versions"))
            };
        }
        let directory = self.0.directory();
        if directory.others || LOCAL.contains(&did.method()) || !directory.resolver.knows(did) {
            let found = directory.resolver.find(did, version).await;
            return found.map_err(DidError::concealed);
        }
        Err(DidError::unsupported(
            "this service resolves its own DIDs and those that hold their document themselves",
        ))
    }
}

/// A version of the document of a DID whose log is hosted here.
async fn hosted(app: &App, did: &Did, version: &Version) -> Result<Option<Found>, DidError> {
    let Some(place) = webvh::place_of(app.config(), did) else {
        return Ok(None);
    };
    let refused = |error: ResolveError| DidError::from(ResolutionError::from(error));
    let record = app.store().did_log(&place).await.map_err(|error| {
        if error == StoreError::NotFound {
            return refused(ResolveError::NotFound(did.clone()));
        }
        tracing::error!(%error, "a hosted log cannot be read");
        DidError::new(
            Kind::InternalError,
            "service.store_unavailable",
            "the service failed",
        )
    })?;
    let query = Query {
        version_id: version.id.clone(),
        version_time: version.time,
        version_number: version.number,
    };
    let found = resolve(did, &webvh::files(&record), &query, app.now(), Some(&record.head));
    let found = found.map_err(refused)?;
    Ok(Some(Found {
        document: found.document,
        metadata: found.metadata,
    }))
}

/// The document of one of the authority's four DIDs.
fn own(app: &App, did: &Did) -> Result<Option<Found>, DidError> {
    let organization = app.organization();
    let roles = [
        &organization.issue,
        &organization.status,
        &organization.trqp,
        &organization.bundle,
    ];
    let Some(role) = roles.into_iter().find(|role| &role.did == did) else {
        return Ok(None);
    };
    let document: Value = serde_json::from_str(&role.document).map_err(|error| {
        tracing::error!(%error, "an own document cannot be read");
        DidError::new(Kind::InternalError, "service.internal", "the service failed")
    })?;
    Ok(Some(Found::document(document)))
}
