//! The authority that this registry speaks for: four DIDs, four keys, four documents (`docs/profile.md`, Who is who).
//!
//! INVARIANT: papers are signed by the authority's own DID only, status lists by the status DID only, trust
//! answers by the trqp DID only, trust bundles by the bundle DID only, and no two of them share a key: a hot
//! status key can never issue a paper.

use std::sync::Arc;

use chancery_did::{Did, DidUrl, Document, KeyType, Method as _, Relationship, Signer, Timestamp, When};
use chancery_did_web::did_for;
use chancery_did_webvh::DidWebvh;
use chancery_rdfc::Cryptosuite;
use chancery_trust::description::{BUNDLE, Description, STATUS, TRQP};
use serde_json::json;

use crate::{
    app::{Keys, OpenError},
    config::Config,
    problem::Problem,
    store::DidLogRecord,
    vcalm::{Issuer, Suite},
    webvh,
};

/// Life of a signed description in milliseconds.
const DESCRIPTION_LIFE: i64 = 86_400_000;

/// One DID with its document and its key.
pub(crate) struct Role {
    /// The DID.
    pub(crate) did: Did,
    /// The verification method that signs.
    pub(crate) method: DidUrl,
    /// The key.
    pub(crate) signer: Arc<dyn Signer>,
    /// The document's text as it is served.
    pub(crate) document: String,
}

/// The authority and its three services.
pub(crate) struct Organization {
    /// Name for people.
    pub(crate) name: String,
    /// `https://host[:port]`.
    pub(crate) base: String,
    /// Signs papers.
    pub(crate) issue: Role,
    /// Signs status lists.
    pub(crate) status: Role,
    /// Signs trust answers.
    pub(crate) trqp: Role,
    /// Signs trust bundles.
    pub(crate) bundle: Role,
}

impl Organization {
    /// Makes the four documents of a host.
    pub(crate) fn new(config: &Config, keys: Keys) -> Result<Self, OpenError> {
        let (host, port) = config.host_and_port()?;
        let base = port.map_or_else(
            || format!("https://{host}"),
            |port| format!("https://{host}:{port}"),
        );
        let thumbprints =
            [&keys.issue, &keys.status, &keys.trqp, &keys.bundle].map(|key| key.public_key().thumbprint());
        if thumbprints.iter().enumerate().any(|(index, one)| {
            thumbprints
                .iter()
                .skip(index.saturating_add(1))
                .any(|other| one == other)
        }) {
            return Err(OpenError::SharedKey);
        }
        let did =
            |path: &[&str]| did_for(host, port, path).map_err(|error| OpenError::Identity(error.to_string()));
        let (authority, status, trqp) = (did(&[])?, did(&["status"])?, did(&["trqp"])?);
        let bundle = did(&["bundle"])?;
        let queries = format!("{base}/trqp");
        let services = [
            ("status-lists", "StatusListIssuer", status.as_str()),
            ("trust-registry", "TrustRegistry", trqp.as_str()),
            ("trqp", "TRQP", queries.as_str()),
            ("bundle", "TrustBundleIssuer", bundle.as_str()),
        ];
        Ok(Self {
            name: config.organization.clone(),
            base,
            issue: role(authority.clone(), keys.issue, &services)?,
            status: role(status.clone(), keys.status, &[])?,
            trqp: role(trqp.clone(), keys.trqp, &[])?,
            bundle: role(bundle.clone(), keys.bundle, &[])?,
        })
    }

    /// Takes the DID of the log that is hosted here in place of the did:web of the host.
    ///
    /// Its newest document must let the issuing key assert, and must name the same status DID as the host's own
    /// document, or papers would be issued that nobody can verify.
    pub(crate) fn keep_log(
        &mut self,
        config: &Config,
        log: &DidLogRecord,
        now: Timestamp,
    ) -> Result<(), OpenError> {
        let wrong = |error: &dyn std::fmt::Display| OpenError::Identity(error.to_string());
        let did = Did::parse(&log.did).map_err(|error| wrong(&error))?;
        if webvh::place_of(config, &did).as_deref() != Some(webvh::ORGANIZATION) {
            return Err(wrong(&format!("`{did}` has its place elsewhere")));
        }
        let judged = DidWebvh
            .judge_log(&did, &webvh::files(log), Some(&log.head), When::Now(now))
            .map_err(|error| wrong(&error))?;
        let key = self.issue.signer.public_key();
        let asserts = |method: &DidUrl| {
            let held = judged.document.key_for(method, Relationship::AssertionMethod);
            held.is_ok_and(|held| held == *key)
        };
        let methods = judged
            .document
            .verification_methods()
            .iter()
            .map(|method| method.id());
        let method = methods.into_iter().find(|method| asserts(method)).cloned();
        let method = method.ok_or_else(|| {
            wrong(&format!(
                "the document of `{did}` does not let the issuing key {} assert",
                key.to_multikey()
            ))
        })?;
        let names_status = judged.document.services().iter().any(|service| {
            let status = self.status.did.as_str();
            service.types().iter().any(|name| name == "StatusListIssuer")
                && service.endpoint().as_str() == Some(status)
        });
        if !names_status {
            let status = &self.status.did;
            return Err(wrong(&format!(
                "the document of `{did}` has no service of type `StatusListIssuer` whose endpoint is `{status}`"
            )));
        }
        (self.issue.did, self.issue.method) = (did, method);
        self.issue.document = judged.document.to_value().to_string();
        Ok(())
    }

    /// Signs the registry's description of itself.
    pub(crate) fn description(&self, now: Timestamp) -> Result<String, Problem> {
        let key = self.issue.signer.public_key();
        Description::new(
            self.issue.did.clone(),
            self.name.clone(),
            key,
            now,
            DESCRIPTION_LIFE,
        )
        .with_service(STATUS, self.status.did.clone(), self.status.signer.public_key())
        .with_service(TRQP, self.trqp.did.clone(), self.trqp.signer.public_key())
        .with_service(BUNDLE, self.bundle.did.clone(), self.bundle.signer.public_key())
        .with_endpoint("trqp", format!("{}/trqp", self.base))
        .with_endpoint("bundle", format!("{}/api/v1/bundle", self.base))
        .with_endpoint("status-lists", format!("{}/status-lists", self.base))
        .with_endpoint("verify", format!("{}/verify", self.base))
        .sign(&self.issue.method, self.issue.signer.as_ref())
        .map_err(|error| Problem::internal(&error))
    }

    /// The authority as an issuer of any credential, in every way in which its key can sign.
    pub(crate) fn issuer(&self) -> Issuer {
        let rdfc = match self.issue.signer.public_key().key_type() {
            KeyType::Ed25519 => Cryptosuite::EddsaRdfc2022,
            KeyType::P256 | KeyType::P384 | KeyType::P521 | KeyType::X25519 => Cryptosuite::EcdsaRdfc2019,
        };
        let mut suites = vec![Suite::Jcs, Suite::Rdfc(rdfc), Suite::Jose];
        if self.issue.signer.public_key().key_type() == KeyType::P256 {
            suites.push(Suite::Rdfc(Cryptosuite::EcdsaSd2023));
        }
        Issuer {
            did: self.issue.did.clone(),
            method: self.issue.method.clone(),
            signer: Arc::clone(&self.issue.signer),
            suites,
            status: true,
        }
    }

    /// Lets an issuer that is a did:key sign the status lists itself.
    pub(crate) fn lists_by(&mut self, issuer: &Issuer) -> Result<(), OpenError> {
        let wrong = |error: &dyn std::fmt::Display| OpenError::Identity(error.to_string());
        let key = issuer.signer.public_key();
        let document = Document::builder(issuer.did.clone())
            .add_key(&key.to_multikey(), key, &[Relationship::AssertionMethod])
            .build()
            .map_err(|error| wrong(&error))?;
        self.status = Role {
            did: issuer.did.clone(),
            method: issuer.method.clone(),
            signer: Arc::clone(&issuer.signer),
            document: document.to_value().to_string(),
        };
        Ok(())
    }

    /// The address of a status list.
    pub(crate) fn status_lists_url(&self) -> String {
        format!("{}/status-lists", self.base)
    }

    /// The address of a status list.
    pub(crate) fn status_list_url(&self, id: &str) -> String {
        format!("{}/status-lists/{id}", self.base)
    }
}

fn role(did: Did, signer: Arc<dyn Signer>, services: &[(&str, &str, &str)]) -> Result<Role, OpenError> {
    const FRAGMENT: &str = "key-1";
    let wrong = |error: &dyn std::fmt::Display| OpenError::Identity(error.to_string());
    let method = did.with_fragment(FRAGMENT).map_err(|error| wrong(&error))?;
    let mut builder = Document::builder(did.clone()).add_key(
        FRAGMENT,
        signer.public_key(),
        &[Relationship::AssertionMethod],
    );
    for (fragment, type_, endpoint) in services {
        builder = builder.add_service(fragment, type_, json!(endpoint));
    }
    let document = builder
        .build()
        .map_err(|error| wrong(&error))?
        .to_value()
        .to_string();
    Ok(Role {
        did,
        method,
        signer,
        document,
    })
}
