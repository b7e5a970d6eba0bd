//! `chancery conformance serve`: every profile of issuing and two verifiers behind plain paths, for the
//! official suites, which send no token.
//!
//! INVARIANT: the listener is on loopback or there is none; keys and database are made anew and removed at the
//! end; the handlers are those of the ordinary service.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::{GuardLimits, Guarded, OsRandom, Roots};
use chancery_did::{KeyType, SecretKey, Signer};
use chancery_rdfc::{Cryptosuite, Rdfc};
use chancery_registry::certificate::DevAuthority;
use chancery_registry::config::{Config, Resolve};
use chancery_registry::vcalm::{Issuer, OWN, Office, Suite};
use chancery_registry::{App, Keys, logs, stop_signal};
use chancery_verifier::CredentialPolicy;
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::input;

/// The ways of issuing, each under the name in its path.
const PROFILES: [(&str, KeyType, Suite); 9] = [
    (
        "eddsa-rdfc-2022",
        KeyType::Ed25519,
        Suite::Rdfc(Cryptosuite::EddsaRdfc2022),
    ),
    ("eddsa-jcs-2022", KeyType::Ed25519, Suite::Jcs),
    (
        "ecdsa-rdfc-2019-p256",
        KeyType::P256,
        Suite::Rdfc(Cryptosuite::EcdsaRdfc2019),
    ),
    (
        "ecdsa-rdfc-2019-p384",
        KeyType::P384,
        Suite::Rdfc(Cryptosuite::EcdsaRdfc2019),
    ),
    ("ecdsa-jcs-2019-p256", KeyType::P256, Suite::Jcs),
    ("ecdsa-jcs-2019-p384", KeyType::P384, Suite::Jcs),
    (
        "ecdsa-sd-2023-p256",
        KeyType::P256,
        Suite::Rdfc(Cryptosuite::EcdsaSd2023),
    ),
    ("jwt", KeyType::Ed25519, Suite::Jose),
    (STATUS, KeyType::Ed25519, Suite::Rdfc(Cryptosuite::EddsaRdfc2022)),
];
/// The profile whose credentials have places in status lists, which it signs itself.
const STATUS: &str = "bitstring";

/// Serve issuers, verifiers, a resolver and status lists without asking who calls.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; loopback only.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The https address under which the suites reach this server, such as a proxy's in front of it; it stands
    /// in credentials.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Speak HTTPS with a certificate made for this run; its authority's file is named in the first line.
    #[arg(long)]
    tls: bool,
}

pub(super) async fn run(command: &Serve, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    if !command.listen.ip().is_loopback() {
        return Err(refused(
            "config.exposed",
            format!("`{}` is not an address of this machine alone", command.listen),
        ));
    }
    let listener = TcpListener::bind(command.listen).await.map_err(|error| {
        let text = format!("`{}` cannot be used: {error}", command.listen);
        Failure::new(Exit::Network, "service.listen", text)
    })?;
    let folder = Temporary::make()?;
    let served = serve(command, global, console, listener, &folder.0).await;
    drop(folder);
    served
}

async fn serve(
    command: &Serve,
    global: &Global,
    console: &mut Console,
    listener: TcpListener,
    folder: &Path,
) -> Result<Exit, Failure> {
    let failed = |error: std::io::Error| Failure::new(Exit::Network, "service.failed", error.to_string());
    let port = listener.local_addr().map_err(failed)?.port();
    let host = host(command.public_url.as_deref(), port)?;
    let authority = if command.tls {
        let made = DevAuthority::generate(&["localhost"]);
        Some(made.map_err(|error| refused(error.code(), error.to_string()))?)
    } else {
        None
    };
    let client = client(global, authority.as_ref(), &host)?;
    let config = Config {
        host: host.clone(),
        organization: "Throw-away".to_owned(),
        listen: command.listen,
        database: format!("sqlite://{}", folder.join("registry.db").display()),
        status_ttl_seconds: 1,
        resolve: Resolve::Any,
        ..Config::default()
    };
    logs::init("warn").map_err(|error| refused("config.log", error))?;
    let app = App::open_office(config, keys()?, global.clock.0.clone(), client, office()?)
        .await
        .map_err(|error| refused(error.code(), error.to_string()))?;
    let ca_file = authority
        .as_ref()
        .map(|authority| (folder.join("ca.pem"), authority.ca_pem()));
    if let Some((file, pem)) = &ca_file {
        input::write_new(file, pem)?;
    }
    console.line(json!({
        "apiVersion": "chancery.v1",
        "kind": "ConformanceServer",
        "url": format!("{}://localhost:{port}", if command.tls { "https" } else { "http" }),
        "public_url": app.base_url(),
        "ca_file": ca_file.map(|(file, _)| file),
    }));
    let tls = authority.map(|authority| authority.server_config());
    app.serve_office(listener, tls, app.office_router(), stop_signal())
        .await
        .map_err(failed)?;
    Ok(Exit::Yes)
}

/// The host with its port that stands in credentials.
fn host(public_url: Option<&str>, port: u16) -> Result<String, Failure> {
    let Some(text) = public_url else {
        return Ok(format!("localhost:{port}"));
    };
    let wrong = || {
        Failure::usage(
            "usage.argument",
            "the public URL is https with a host name and no path",
        )
    };
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    let host = url
        .host_str()
        .filter(|_| url.scheme() == "https" && url.path() == "/")
        .ok_or_else(wrong)?;
    Ok(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// The client that dereferences status lists and documents: this machine's own public address included.
fn client(global: &Global, authority: Option<&DevAuthority>, host: &str) -> Result<Guarded, Failure> {
    let mut pem = Vec::new();
    for file in &global.ca_file {
        pem.extend(input::read(file)?);
        pem.push(b'\n');
    }
    if let Some(authority) = authority {
        pem.extend_from_slice(authority.ca_pem().as_bytes());
    }
    let roots = if pem.is_empty() {
        Roots::System
    } else {
        Roots::Pem(pem)
    };
    let loopback = match host.split_once(':') {
        Some(("localhost", port)) => port.parse().ok().map(|port| ("localhost".to_owned(), port)),
        _ => None,
    };
    Guarded::new(GuardLimits::default(), roots, loopback.into_iter().collect())
        .map_err(|error| refused(error.code(), error.to_string()))
}

/// Every profile, the strict verifier, and the one that asks for proofs only.
fn office() -> Result<Office, Failure> {
    let mut office = Office::new();
    for (name, key_type, suite) in PROFILES {
        let issuer = Issuer::of_key(key(key_type)?, suite)
            .map_err(|error| refused(error.code(), error.to_string()))?;
        let issuer = if name == STATUS {
            issuer.with_status()
        } else {
            issuer
        };
        office = office.with_issuer(name, issuer);
    }
    let suites = Arc::new(Rdfc::new());
    let older = Arc::new(Rdfc::new().with_legacy());
    // The suites and other libraries still send JWTs of version 1.1.
    let strict = CredentialPolicy::strict().with_legacy_jwt().with_suites(suites);
    Ok(office
        .with_lists_by(STATUS)
        .with_verifier(OWN, strict.clone())
        .with_verifier("strict", strict)
        .with_verifier(
            "proof-only",
            CredentialPolicy::proof_only()
                .with_legacy_jwt()
                .with_suites(older),
        )
        .with_unsigned_presentations())
}

fn key(key_type: KeyType) -> Result<Arc<dyn Signer>, Failure> {
    let key = SecretKey::generate(key_type, &mut OsRandom);
    Ok(Arc::new(
        key.map_err(|error| refused(error.code(), error.to_string()))?,
    ))
}

fn keys() -> Result<Keys, Failure> {
    Ok(Keys {
        issue: key(KeyType::Ed25519)?,
        status: key(KeyType::Ed25519)?,
        trqp: key(KeyType::Ed25519)?,
        bundle: key(KeyType::Ed25519)?,
    })
}

fn refused(code: &str, text: impl Into<String>) -> Failure {
    Failure::new(Exit::Configuration, code, text)
}

/// A folder that is removed when the run ends.
struct Temporary(PathBuf);

impl Temporary {
    fn make() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("chancery-conformance-{}", OsRandom::nonce()));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(&folder).map_err(|error| {
            Failure::usage(
                "usage.write",
                format!("`{}` cannot be made: {error}", folder.display()),
            )
        })?;
        Ok(Self(folder))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "the folder stays behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_address_is_a_host_with_its_port() {
        assert_eq!(host(None, 7).unwrap(), "localhost:7");
        assert_eq!(host(Some("https://localhost:9443"), 7).unwrap(), "localhost:9443");
        assert_eq!(host(Some("https://a.example/"), 7).unwrap(), "a.example");
        for text in [
            "http://localhost:1",
            "https://a.example/b",
            "localhost:1",
            "",
            "data:x",
        ] {
            assert_eq!(
                host(Some(text), 7).unwrap_err().code(),
                "usage.argument",
                "{text}"
            );
        }
    }

    #[test]
    fn every_profile_signs_with_a_key_of_its_own() {
        let office = office().unwrap();
        let dids: std::collections::BTreeSet<_> = office
            .issuers()
            .map(|(_, issuer)| issuer.did.as_str().to_owned())
            .collect();
        assert_eq!(dids.len(), PROFILES.len());
    }
}
