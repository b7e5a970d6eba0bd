//! `chancery serve`: this organization's registry. `--dev` makes a certificate authority for this
//! machine; without it the configuration must name a certificate.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chancery_registry::app::App;
use chancery_registry::auth::Scope;
use chancery_registry::certificate::{self, DevAuthority};
use chancery_registry::config::Config;
use chancery_registry::{logs, stop_signal};
use chancery_trust::Policy;
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use super::verify::read_policy;
use crate::Global;
use crate::console::Console;
use crate::edge;
use crate::exit::{Exit, Failure};
use crate::home::{self, Home};
use crate::rehearsal::rehearsed;
use crate::{hints, input};

/// The settings of the configuration file, as [`Config`] documents them.
const SETTINGS: &str = "\
Settings, in config.toml, as CHANCERY_<SETTING> in the environment, or with --set; the last wins:
  host                     public host, with its port when it is not 443 (localhost:8480)
  organization             the organization's name for people
  listen                   address of the public listener (127.0.0.1:8480)
  management               address of the health listener, loopback only (127.0.0.1:9480)
  database                 database URL (sqlite://chancery.db)
  tls_certificate          PEM file with the certificate chain
  tls_key                  PEM file with its private key, mode 0600
  status_ttl_seconds       how long a status list may be kept, 1 to 300 (300; 1 with --dev)
  status_validity_seconds  from signing a status list to its end, up to a day (3600)
  max_validity_seconds     longest validity of a paper, 60 to 30 days (86400)
  challenge_seconds        how long a challenge can be answered, 1 to 300 (300)
  own_challenges           POST /verify takes only nonces of this service (true)
  policy                   TOML file with the trust policy of POST /verify; none: no /verify
  resolve                  whose DIDs strangers may resolve here: own, or any (own)
  identity                 how the organization is named: web, or webvh once its log is published (web)
  log                      filter of the log (info)";

/// Run this organization's registry.
#[derive(Debug, Args)]
#[command(after_long_help = SETTINGS)]
pub struct Serve {
    /// A setting of the configuration, as `key=value`; it wins over the file and the environment.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Mint an admin token with every scope, good for a day, into this new file.
    #[arg(long, value_name = "FILE")]
    admin_token_out: Option<PathBuf>,
}

pub(super) async fn run(command: &Serve, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    input::vacant(command.admin_token_out.as_deref())?;
    let home = Home::open(global)?;
    let config = configuration(&home, &command.set, global.dev)?;
    let policy = policy(&config)?;
    let named = policy.as_ref().map(edge::named_by).unwrap_or_default();
    let client = edge::guarded(global, &named)?;
    let (tls, authority) = tls(&config, global.dev)?;
    config
        .check(true)
        .map_err(|error| refused(error.code(), &error))?;
    logs::init(&config.log).map_err(|error| Failure::new(Exit::Configuration, "config.log", error))?;
    let lacks_bundle_key = home.lacks_bundle_key(global)?;
    let mut changes = vec![
        format!("open the database {}", config.database),
        format!("answer at https://{} until stopped", config.host),
    ];
    if lacks_bundle_key {
        changes.insert(0, format!("make the key `{}` in the key store", home::BUNDLE));
    }
    if let Some(exit) = rehearsed(global, &changes, console) {
        return Ok(exit);
    }
    // Before anything is written: a second service must not take the first one's files away.
    let public = bind(&config.listen.to_string()).await?;
    let management = bind(&config.management.to_string()).await?;
    if lacks_bundle_key {
        home.add_bundle_key(global)?;
        console.say(format_args!(
            "made the key `{}`, which signs trust bundles: this home was made without one",
            home::BUNDLE
        ));
    }
    let keys = home.registry_keys(global)?;
    let app = App::open(config.clone(), keys, global.clock.0.clone(), client, policy)
        .await
        .map_err(|error| refused(error.code(), &error))?;
    if let Some(authority) = &authority {
        input::replace(&home.file("dev-ca.pem"), authority.ca_pem())?;
    }
    let token = mint(&app, command, global.dev, &home).await?;
    announce(&app, &config, console);
    if authority.is_some() {
        console.say(format_args!(
            "--ca-file {}",
            hints::quoted(&home.file("dev-ca.pem"))
        ));
    }
    if let Some(token) = token {
        console.say(format_args!("--token-file {}", hints::quoted(&token)));
    }
    let serving = app.serve(public, tls, stop_signal());
    let managing = app.serve_management(management, stop_signal());
    let (served, managed) = tokio::join!(serving, managing);
    served
        .and(managed)
        .map_err(|error| Failure::new(Exit::Network, "service.failed", error.to_string()))?;
    console.say("stopped");
    Ok(Exit::Yes)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is read once, here, when the service starts"
)]
fn configuration(home: &Home, set: &[String], dev: bool) -> Result<Config, Failure> {
    let mut flags = BTreeMap::new();
    if dev {
        // A person who tries it out wants to feel a revocation at once.
        flags.insert("status_ttl_seconds".to_owned(), "1".to_owned());
    }
    for pair in set {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| Failure::usage("usage.argument", format!("`{pair}` is not key=value")))?;
        flags.insert(key.to_owned(), value.to_owned());
    }
    let text = home.configuration()?;
    let environment = |name: &str| match name {
        // These two belong to the command, not to the service.
        "CHANCERY_HOME" | "CHANCERY_REGISTRY" => None,
        _ => std::env::var(name).ok(),
    };
    Config::load(Some(&text), &environment, &flags).map_err(|error| refused(error.code(), &error))
}

fn policy(config: &Config) -> Result<Option<Policy>, Failure> {
    let Some(path) = &config.policy else {
        return Ok(None);
    };
    let policy = read_policy(path)?;
    Ok(Some(policy))
}

type Tls = Arc<rustls::ServerConfig>;

fn tls(config: &Config, dev: bool) -> Result<(Tls, Option<DevAuthority>), Failure> {
    match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => {
            let tls = certificate::load(certificate, key).map_err(|error| refused(error.code(), &error))?;
            Ok((tls, None))
        }
        _ if dev => {
            let authority =
                DevAuthority::generate(&["localhost"]).map_err(|error| refused(error.code(), &error))?;
            Ok((authority.server_config(), Some(authority)))
        }
        _ => Err(Failure::new(
            Exit::Configuration,
            "config.tls",
            "the service needs a certificate and its key",
        )
        .with_help("set tls_certificate and tls_key, or try it out with --dev")),
    }
}

/// Mints an admin token into the file that the command names, with `--dev` into the home; gives the file.
async fn mint(app: &App, command: &Serve, dev: bool, home: &Home) -> Result<Option<PathBuf>, Failure> {
    if !dev && command.admin_token_out.is_none() {
        return Ok(None);
    }
    let token = app
        .mint_token(
            &Scope::ALL,
            chancery_registry::auth::LONGEST_LIFE,
            "chancery serve",
        )
        .await
        .map_err(|error| Failure::new(Exit::Network, "config.token", error.to_string()))?;
    if let Some(path) = &command.admin_token_out {
        input::write_new(path, &token.secret)?;
        return Ok(Some(path.clone()));
    }
    let own = home.file("admin-token");
    input::replace(&own, &token.secret)?;
    Ok(Some(own))
}

async fn bind(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(
            Exit::Network,
            "service.listen",
            format!("`{address}` cannot be used: {error}"),
        )
    })
}

fn announce(app: &App, config: &Config, console: &mut Console) {
    if console.is_json() {
        console.json(&json!({
            "apiVersion": "chancery.v1", "kind": "Service", "did": app.did().as_str(),
            "url": format!("https://{}", config.host),
            "listen": config.listen.to_string(), "management": config.management.to_string(),
        }));
    } else {
        console.line(format_args!("{} answers at https://{}", app.did(), config.host));
    }
}

fn refused(code: &str, error: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::Configuration, code, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::SETTINGS;

    #[test]
    fn every_setting_is_named_in_the_help() {
        for key in chancery_registry::config::KEYS {
            assert!(
                SETTINGS.lines().any(|line| line.trim_start().starts_with(key)),
                "{key}"
            );
        }
    }
}
