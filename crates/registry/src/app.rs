//! The service as one value: built from its configuration, its keys, a clock and a store; routed and served.
//!
//! INVARIANT: private keys come in as signers and never leave them; the time comes from the clock that was
//! handed in; outbound requests go through the guarded client that was handed in.

use std::{collections::BTreeMap, future::Future, io, sync::Arc};

use axum::Router;
use chancery::{Clock, Gatherer, Guarded, MemoryLedger, Resolver};
use chancery_did::{Did, Signer, Timestamp};
use chancery_trust::Policy;
use tokio::net::TcpListener;

use crate::{
    auth::{self, MintedToken, Scope},
    bundles::Bundles,
    config::{Config, ConfigError, Identity, Resolve},
    limits::ServerLimits,
    listener,
    organization::Organization,
    peers::Peers,
    problem::Problem,
    rate_limit::RateLimit,
    resolution::Directory,
    routes,
    status_lists::Published,
    store::{DidLogRecord, Store, StoreError, sqlite::SqliteStore},
    vcalm::{OWN, Office},
    verification::Verification,
    webvh,
};

/// The authority's signing keys, one per DID.
#[derive(Clone)]
pub struct Keys {
    /// Signs papers and the registry's description.
    pub issue: Arc<dyn Signer>,
    /// Signs status lists.
    pub status: Arc<dyn Signer>,
    /// Signs trust answers.
    pub trqp: Arc<dyn Signer>,
    /// Signs trust bundles.
    pub bundle: Arc<dyn Signer>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The configuration refuses.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store cannot be used.
    #[error("the database cannot be used: {0}")]
    Store(#[source] StoreError),
    /// The host cannot stand in a DID, or a document cannot be made of it.
    #[error("the organization's identity cannot be made: {0}")]
    Identity(String),
    /// Two of the four keys are one.
    #[error("papers, status lists, trust answers and trust bundles need four different keys")]
    SharedKey,
}

impl OpenError {
    /// Names the refusal as `config.reason`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Config(error) => error.code(),
            Self::Store(StoreError::Conflict { code, .. }) => code,
            Self::Store(_) => "config.database",
            Self::Identity(_) => "config.identity",
            Self::SharedKey => "config.shared_key",
        }
    }
}

/// Says that the organization is to be a did:webvh whose log is not here.
fn unpublished(error: StoreError) -> OpenError {
    if error == StoreError::NotFound {
        let message = "its did:webvh has no log here; publish one while `identity` is `web`, then change it";
        return OpenError::Identity(message.to_owned());
    }
    OpenError::Store(error)
}

/// The registry service. Cloning shares everything.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    limits: ServerLimits,
    organization: Organization,
    clock: Arc<dyn Clock>,
    store: Arc<dyn Store>,
    published: Published,
    bundles: Bundles,
    peers: Peers,
    requests: RateLimit,
    challenge_requests: RateLimit,
    verification: Option<Verification>,
    directory: Directory,
    office: Office,
    gatherer: Gatherer,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("did", &self.0.organization.issue.did)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Opens the configured database and builds the service over it.
    ///
    /// # Errors
    /// `config.*`: the process should exit with 78.
    pub async fn open(
        config: Config,
        keys: Keys,
        clock: Arc<dyn Clock>,
        client: Guarded,
        policy: Option<Policy>,
    ) -> Result<Self, OpenError> {
        config.check(true)?;
        let store = SqliteStore::open(&config.database)
            .await
            .map_err(OpenError::Store)?;
        let log = match config.identity {
            Identity::Web => None,
            Identity::Webvh => Some(store.did_log(webvh::ORGANIZATION).await.map_err(unpublished)?),
        };
        let limits = ServerLimits::default();
        Self::assemble(
            config,
            keys,
            clock,
            client,
            policy,
            Arc::new(store),
            limits,
            None,
            log,
        )
    }

    /// Opens the configured database and builds a service with an office of its own; see
    /// [`office_router`](Self::office_router).
    ///
    /// # Errors
    /// `config.*`: the process should exit with 78.
    pub async fn open_office(
        config: Config,
        keys: Keys,
        clock: Arc<dyn Clock>,
        client: Guarded,
        office: Office,
    ) -> Result<Self, OpenError> {
        config.check(true)?;
        let store = Arc::new(
            SqliteStore::open(&config.database)
                .await
                .map_err(OpenError::Store)?,
        );
        let limits = ServerLimits::default();
        Self::assemble(
            config,
            keys,
            clock,
            client,
            None,
            store,
            limits,
            Some(office),
            None,
        )
    }

    /// Builds the service over a store that is open already.
    ///
    /// # Errors
    /// `config.*`: the process should exit with 78.
    pub fn with_store(
        config: Config,
        keys: Keys,
        clock: Arc<dyn Clock>,
        client: Guarded,
        policy: Option<Policy>,
        store: Arc<dyn Store>,
        limits: ServerLimits,
    ) -> Result<Self, OpenError> {
        Self::assemble(config, keys, clock, client, policy, store, limits, None, None)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "everything that a service is made of, once"
    )]
    fn assemble(
        config: Config,
        keys: Keys,
        clock: Arc<dyn Clock>,
        client: Guarded,
        policy: Option<Policy>,
        store: Arc<dyn Store>,
        limits: ServerLimits,
        office: Option<Office>,
        log: Option<DidLogRecord>,
    ) -> Result<Self, OpenError> {
        let mut organization = Organization::new(&config, keys)?;
        match (config.identity, log) {
            (Identity::Web, _) => {}
            (Identity::Webvh, Some(log)) => organization.keep_log(&config, &log, clock.now())?,
            (Identity::Webvh, None) => return Err(unpublished(StoreError::NotFound)),
        }
        let office = office.unwrap_or_else(|| Office::new().with_issuer(OWN, organization.issuer()));
        if let Some(issuer) = office.lists_by() {
            organization.lists_by(issuer)?;
        }
        let gatherer = Gatherer::new(
            client.clone(),
            Arc::clone(&clock),
            Arc::new(MemoryLedger::default()),
        );
        let peers = Peers::new(Resolver::new(client.clone(), Arc::clone(&clock)));
        let resolver = Resolver::new(client.clone(), Arc::clone(&clock));
        let directory = Directory::new(resolver, config.resolve == Resolve::Any);
        let verification = policy
            .map(|policy| Verification::new(policy, client, Arc::clone(&clock), Arc::clone(&store), &config));
        Ok(Self(Arc::new(Inner {
            config,
            limits,
            organization,
            clock,
            store,
            published: Published::default(),
            bundles: Bundles::default(),
            peers,
            requests: RateLimit::new(limits.requests, limits.peers),
            challenge_requests: RateLimit::new(limits.challenge_requests, limits.peers),
            verification,
            directory,
            office,
            gatherer,
        })))
    }

    /// The authority's DID.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.0.organization.issue.did
    }

    /// `https://host[:port]` of the public listener.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.organization.base
    }

    /// The public routes, so that they can be called without a socket.
    ///
    /// Each request is counted for the peer that its `ConnectInfo<SocketAddr>` extension names; one without it
    /// is not limited in its rate, so whoever serves these routes over a socket must set it.
    pub fn router(&self) -> Router {
        routes::public(self.clone())
    }

    /// The routes of the whole office: every issuer and verifier by its name, the resolver, the status lists and
    /// trust queries. **Nothing in it asks who calls**: it is for a door that lets nobody in but its own.
    pub fn office_router(&self) -> Router {
        routes::office(self.clone())
    }

    /// The management routes: health and version.
    pub fn management_router(&self) -> Router {
        routes::management(self.clone())
    }

    /// Serves the public routes over TLS until `stop` is ready.
    ///
    /// # Errors
    /// The listener's own.
    pub async fn serve(
        &self,
        listener: TcpListener,
        tls: Arc<rustls::ServerConfig>,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        listener::serve(listener, Some(tls), self.router(), self.0.limits, stop).await
    }

    /// Serves the management routes in plain HTTP until `stop` is ready; only on loopback.
    ///
    /// # Errors
    /// The listener's own, and an address that is not loopback.
    pub async fn serve_management(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        if !listener.local_addr()?.ip().is_loopback() {
            return Err(io::Error::other("the management listener is for loopback only"));
        }
        listener::serve(listener, None, self.management_router(), self.0.limits, stop).await
    }

    /// Serves the office's routes until `stop` is ready; only on loopback.
    ///
    /// # Errors
    /// The listener's own, and an address that is not loopback.
    pub async fn serve_office(
        &self,
        listener: TcpListener,
        tls: Option<Arc<rustls::ServerConfig>>,
        routes: Router,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        if !listener.local_addr()?.ip().is_loopback() {
            return Err(io::Error::other("an office without a door is for loopback only"));
        }
        listener::serve(listener, tls, routes, self.0.limits, stop).await
    }

    /// Mints an admin token that lives at most 24 hours. The secret is shown here once.
    ///
    /// # Errors
    /// No scope, a life out of bounds, or a store that does not answer.
    pub async fn mint_token(
        &self,
        scopes: &[Scope],
        life_seconds: u64,
        name: &str,
    ) -> Result<MintedToken, Problem> {
        auth::mint(self.store(), scopes, life_seconds, name, self.now()).await
    }

    /// What the four DIDs are called, by role.
    #[must_use]
    pub fn identities(&self) -> BTreeMap<&'static str, Did> {
        let organization = self.organization();
        BTreeMap::from([
            ("issue", organization.issue.did.clone()),
            ("status", organization.status.did.clone()),
            ("trqp", organization.trqp.did.clone()),
            ("bundle", organization.bundle.did.clone()),
        ])
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn limits(&self) -> &ServerLimits {
        &self.0.limits
    }

    pub(crate) fn organization(&self) -> &Organization {
        &self.0.organization
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.0.store.as_ref()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn published(&self) -> &Published {
        &self.0.published
    }

    pub(crate) fn bundles(&self) -> &Bundles {
        &self.0.bundles
    }

    /// The documents of the authorities that this one recognizes.
    pub(crate) fn peers(&self) -> &Peers {
        &self.0.peers
    }

    /// The rate of all requests.
    pub(crate) fn requests(&self) -> &RateLimit {
        &self.0.requests
    }

    /// The rate of requests for a challenge.
    pub(crate) fn challenge_requests(&self) -> &RateLimit {
        &self.0.challenge_requests
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    /// Who issues and verifies by VCALM.
    pub(crate) fn office(&self) -> &Office {
        &self.0.office
    }

    /// Gathers evidence about single credentials.
    pub(crate) fn gatherer(&self) -> &Gatherer {
        &self.0.gatherer
    }

    pub(crate) fn verification(&self) -> Option<&Verification> {
        self.0.verification.as_ref()
    }
}
