//! `chancery init --org DID`: an organization's home, with its four keys and its configuration.

use chancery::OsRandom;
use chancery_did::{Did, KeyType};
use chancery_registry::config::Config;
use clap::Args;
use serde_json::json;

use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::{self, Home};
use crate::rehearsal::rehearsed;
use crate::{hints, input};

/// Make an organization's home: keys, configuration, an empty database.
#[derive(Debug, Args)]
pub struct Init {
    /// The organization's DID, for example `did:web:acme.example` or `did:web:localhost%3A8480`.
    #[arg(long, value_name = "DID")]
    org: String,
    /// The organization's name for people.
    #[arg(long, default_value = "Organization")]
    name: String,
}

pub(super) fn run(command: &Init, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    let did = Did::parse(&command.org).map_err(|error| Failure::usage(error.code(), error.to_string()))?;
    let host = host_of(&did)?;
    let configuration = configuration(&host, &command.name)?;
    if global.passphrase_file.is_none() {
        return Err(
            Failure::usage("usage.passphrase", "the keys need a passphrase").with_help(
                "write one into a file that only you can read and name it with --passphrase-file FILE",
            ),
        );
    }
    if let Some(file) = &global.passphrase_file {
        home::refuse_wider(file)?;
        input::read(file)?;
    }
    let changes = [
        format!("make the folder {}", global.home.display()),
        "make four keys in its key store: papers, status lists, trust answers, trust bundles".to_owned(),
        "write its config.toml".to_owned(),
    ];
    home::vacant(&global.home)?;
    if let Some(exit) = rehearsed(global, &changes, console) {
        return Ok(exit);
    }
    let home = Home::create(&global.home, |home, place| {
        let keys = home.keys(global)?;
        for name in home::REGISTRY_KEYS {
            keys.create(name, KeyType::Ed25519, &mut OsRandom)
                .map_err(|error| home::refused(&error))?;
        }
        let database = format!("sqlite://{}", place.join("registry.db").display());
        let text = format!("{configuration}database = {}\n", toml_string(&database));
        input::write_new(&home.file("config.toml"), &text)
    })?;
    if console.is_json() {
        console.json(&json!({
            "apiVersion": "chancery.v1", "kind": "Home", "did": did.as_str(), "home": home.file("").display().to_string(),
        }));
    } else {
        console.line(format_args!("{did}"));
    }
    console.say(format_args!(
        "made {} with four keys: papers, status lists, trust answers, trust bundles",
        global.home.display()
    ));
    let serve = if global.dev { "serve" } else { "serve --dev" };
    console.say(hints::next(global, serve));
    Ok(Exit::Yes)
}

/// `host[:port]` of a did:web without a path: what the registry serves.
fn host_of(did: &Did) -> Result<String, Failure> {
    if did.method() != "web" {
        return Err(Failure::usage(
            "usage.did",
            format!("`{did}` is no did:web: an organization is a host"),
        ));
    }
    let url =
        chancery_did_web::url_for(did).map_err(|error| Failure::usage(error.code(), error.to_string()))?;
    let url = url::Url::parse(&url).map_err(|error| Failure::usage("parse.did", error.to_string()))?;
    if url.path() != "/.well-known/did.json" {
        return Err(Failure::usage(
            "usage.did",
            format!("`{did}` has a path; an organization is a whole host"),
        ));
    }
    let host = url.host_str().unwrap_or_default();
    Ok(url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn configuration(host: &str, name: &str) -> Result<String, Failure> {
    let port = host
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse::<u16>().ok())
        .unwrap_or(8480);
    let management = port.checked_add(1000).unwrap_or(9480);
    let text = format!(
        "# The registry of this organization. Every setting is named by `chancery serve --help`.\n\
         host = {}\norganization = {}\nlisten = \"127.0.0.1:{port}\"\nmanagement = \"127.0.0.1:{management}\"\n",
        toml_string(host),
        toml_string(name),
    );
    Config::load(Some(&text), &|_| None, &std::collections::BTreeMap::new())
        .map_err(|error| Failure::usage(error.code(), error.to_string()))?;
    Ok(text)
}

fn toml_string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
