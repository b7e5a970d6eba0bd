//! What a command needs from the outside: the guarded client, the clock, the resolver.
//!
//! INVARIANT: a service on this machine is reached only with `--dev`, and only on the ports that the
//! command itself names (in a URL, a DID or the policy), never on one that a paper names.

use std::path::PathBuf;
use std::sync::Arc;

use chancery::{Clock, GuardLimits, Guarded, Roots, SystemClock};
use chancery_did::Did;
use chancery_trust::Policy;

use crate::Global;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::input;

/// The clock of a run: the machine's, unless the caller of [`crate::run_at`] brought another.
#[derive(Clone)]
pub(crate) struct RunClock(pub(crate) Arc<dyn Clock>);

impl Default for RunClock {
    fn default() -> Self {
        Self(Arc::new(SystemClock))
    }
}

impl std::fmt::Debug for RunClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RunClock")
    }
}

/// The guarded client for this command; `named` are the URLs and DIDs that the command itself names.
pub(crate) fn guarded(global: &Global, named: &[String]) -> Result<Guarded, Failure> {
    let roots = roots(&authorities(global))?;
    let loopback = if global.dev { loopback(named) } else { Vec::new() };
    Guarded::new(GuardLimits::default(), roots, loopback)
        .map_err(|error| Failure::new(Exit::Configuration, error.code(), error.to_string()))
}

/// The certificate authorities that are named, and with `--dev` the home's own.
fn authorities(global: &Global) -> Vec<PathBuf> {
    let mut files = global.ca_file.clone();
    let own = global.home.join("dev-ca.pem");
    if global.dev && own.is_file() {
        files.push(own);
    }
    files
}

/// The registry that the command or its home names, as far as there is one.
pub(crate) fn own(global: &Global) -> Vec<String> {
    let home = || Home::open(global).and_then(|home| home.registry()).ok();
    global.registry.clone().or_else(home).into_iter().collect()
}

/// Whether a service on this machine is among what is named.
pub(crate) fn names_this_machine(named: &[String]) -> bool {
    !loopback(named).is_empty()
}

/// Everything that a policy names and that may have to be asked.
pub(crate) fn named_by(policy: &Policy) -> Vec<String> {
    let issuers = policy.anchors.iter().filter_map(|anchor| anchor.issuer.as_ref());
    let registries = policy.registries.iter();
    issuers
        .map(|issuer| issuer.as_str().to_owned())
        .chain(registries.flat_map(|registry| [registry.endpoint.clone(), registry.did.as_str().to_owned()]))
        .collect()
}

fn roots(files: &[PathBuf]) -> Result<Roots, Failure> {
    if files.is_empty() {
        return Ok(Roots::System);
    }
    let mut pem = Vec::new();
    for file in files {
        pem.extend(input::read(file)?);
        pem.push(b'\n');
    }
    Ok(Roots::Pem(pem))
}

/// The `localhost` ports among what is named.
fn loopback(named: &[String]) -> Vec<(String, u16)> {
    let mut ports: Vec<(String, u16)> = named
        .iter()
        .filter_map(|name| match Did::parse(name) {
            Ok(did) => chancery_did_web::url_for(&did).ok(),
            Err(_) => Some(name.clone()),
        })
        .filter_map(|url| url::Url::parse(&url).ok())
        .filter(|url| url.host_str() == Some("localhost"))
        .filter_map(|url| url.port_or_known_default())
        .map(|port| ("localhost".to_owned(), port))
        .collect();
    ports.sort();
    ports.dedup();
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ports_of_this_machine_that_are_named_are_opened() {
        let named = [
            "https://localhost:8480/trqp",
            "did:web:localhost%3A8481:status",
            "https://registry.example",
            "https://127.0.0.1:9",
            "nonsense",
        ]
        .map(str::to_owned);
        assert_eq!(
            loopback(&named),
            [("localhost".to_owned(), 8480), ("localhost".to_owned(), 8481)]
        );
    }
}
