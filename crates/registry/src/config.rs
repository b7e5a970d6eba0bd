//! The service's configuration: one struct, parsed once, refused as a whole when one key is wrong.
//!
//! Three sources, the later wins: a TOML file, the environment, the flags. INVARIANT: an unknown key in the
//! file or among the flags refuses to start, and so does an address other than loopback without TLS.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// What the service is told at its start. Every field names its flag, its environment name and its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Public host, with its port when it is not 443; the did:web identifiers are made from it.
    /// `--host`, `CHANCERY_HOST`, default `localhost:8480`.
    pub host: String,
    /// The organization's name for people. `--organization`, `CHANCERY_ORGANIZATION`, default `Organization`.
    pub organization: String,
    /// Address of the public listener. `--listen`, `CHANCERY_LISTEN`, default `127.0.0.1:8480`.
    pub listen: SocketAddr,
    /// Address of the management listener (health, version), loopback only. `--management`,
    /// `CHANCERY_MANAGEMENT`, default `127.0.0.1:9480`.
    pub management: SocketAddr,
    /// Database URL. `--database`, `CHANCERY_DATABASE`, default `sqlite://chancery.db`.
    pub database: String,
    /// PEM file with the certificate chain. `--tls-certificate`, `CHANCERY_TLS_CERTIFICATE`, default none.
    pub tls_certificate: Option<PathBuf>,
    /// PEM file with the certificate's private key. `--tls-key`, `CHANCERY_TLS_KEY`, default none.
    pub tls_key: Option<PathBuf>,
    /// Seconds for which a status list may be kept; lists are signed anew at half of it. 1 to 300.
    /// `--status-ttl-seconds`, `CHANCERY_STATUS_TTL_SECONDS`, default 300.
    pub status_ttl_seconds: u64,
    /// Seconds from a status list's signing to its end of validity, at least the ttl and at most a day.
    /// `--status-validity-seconds`, `CHANCERY_STATUS_VALIDITY_SECONDS`, default 3600.
    pub status_validity_seconds: u64,
    /// Longest validity of a paper in seconds, 60 up to 30 days. `--max-validity-seconds`,
    /// `CHANCERY_MAX_VALIDITY_SECONDS`, default 86400.
    pub max_validity_seconds: u64,
    /// Seconds for which a challenge can be answered, 1 to 300. `--challenge-seconds`,
    /// `CHANCERY_CHALLENGE_SECONDS`, default 300.
    pub challenge_seconds: u64,
    /// Whether `POST /verify` accepts only nonces that this service issued. `--own-challenges`,
    /// `CHANCERY_OWN_CHALLENGES`, default true.
    pub own_challenges: bool,
    /// TOML file with the trust policy that `POST /verify` decides by. `--policy`, `CHANCERY_POLICY`, default
    /// none: then there is no `/verify`.
    pub policy: Option<PathBuf>,
    /// Whose DIDs `GET /1.0/identifiers/` resolves for strangers. `--resolve`, `CHANCERY_RESOLVE`, default `own`.
    pub resolve: Resolve,
    /// By which method the organization is named, `web` or `webvh`; the log of a did:webvh must be published here
    /// before. `--identity`, `CHANCERY_IDENTITY`, default `web`.
    pub identity: Identity,
    /// Filter of the log, as in `info,chancery_registry=debug`. `--log`, `CHANCERY_LOG`, default `info`.
    pub log: String,
}

/// Whose DIDs this service resolves for whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Resolve {
    /// `own`: its own, and those that hold their whole document; no other host is ever asked.
    #[default]
    Own,
    /// `any`: those of any host too, through the guarded client.
    Any,
}

impl std::str::FromStr for Resolve {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "own" => Ok(Self::Own),
            "any" => Ok(Self::Any),
            _ => Err(()),
        }
    }
}

/// The DID method of the organization's own identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Identity {
    /// `web`: the host's name is the anchor.
    #[default]
    Web,
    /// `webvh`: the log that is hosted here is the anchor.
    Webvh,
}

impl std::str::FromStr for Identity {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "web" => Ok(Self::Web),
            "webvh" => Ok(Self::Webvh),
            _ => Err(()),
        }
    }
}

/// A configuration that refuses to start; the process exits with 78.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file is not TOML.
    #[error("configuration is not valid TOML: {0}")]
    Syntax(String),
    /// A key that no setting has.
    #[error("unknown configuration key `{0}`")]
    UnknownKey(String),
    /// A setting whose value cannot be used.
    #[error("`{key}` {problem}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What is wrong with its value.
        problem: String,
    },
    /// A listener that strangers can reach, without TLS.
    #[error("`{key}` is `{address}`, which is not loopback, and there is no TLS certificate")]
    Exposed {
        /// The setting.
        key: &'static str,
        /// Its address.
        address: SocketAddr,
    },
    /// A file with a secret that others can read.
    #[error("`{key}` names `{path}`, which others than its owner can read or write; set its mode to 0600")]
    Permissions {
        /// The setting.
        key: &'static str,
        /// The file.
        path: String,
    },
}

impl ConfigError {
    /// Names the refusal as `config.reason`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "config.syntax",
            Self::UnknownKey(_) => "config.unknown_key",
            Self::Value { .. } => "config.value",
            Self::Exposed { .. } => "config.exposed",
            Self::Permissions { .. } => "config.permissions",
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self {
            host: "localhost:8480".to_owned(),
            organization: "Organization".to_owned(),
            listen: SocketAddr::new(loopback, 8480),
            management: SocketAddr::new(loopback, 9480),
            database: "sqlite://chancery.db".to_owned(),
            tls_certificate: None,
            tls_key: None,
            status_ttl_seconds: 300,
            status_validity_seconds: 3600,
            max_validity_seconds: 86_400,
            challenge_seconds: 300,
            own_challenges: true,
            policy: None,
            resolve: Resolve::Own,
            identity: Identity::Web,
            log: "info".to_owned(),
        }
    }
}

/// Every setting's key in the file; its flag is the key with dashes, its environment name `CHANCERY_` and the
/// key in capitals.
pub const KEYS: &[&str] = &[
    "host",
    "organization",
    "listen",
    "management",
    "database",
    "tls_certificate",
    "tls_key",
    "status_ttl_seconds",
    "status_validity_seconds",
    "max_validity_seconds",
    "challenge_seconds",
    "own_challenges",
    "policy",
    "resolve",
    "identity",
    "log",
];

impl Config {
    /// Reads the file's text, then the environment, then the flags (keys with dashes or underscores).
    ///
    /// # Errors
    /// `config.*` for the first key that is unknown or whose value cannot be used.
    pub fn load(
        file: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
        flags: &BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        if let Some(text) = file {
            let table: toml::Table = text
                .parse()
                .map_err(|error: toml::de::Error| ConfigError::Syntax(error.message().to_owned()))?;
            for (key, value) in &table {
                let text = match value {
                    toml::Value::String(text) => text.clone(),
                    toml::Value::Integer(number) => number.to_string(),
                    toml::Value::Boolean(flag) => flag.to_string(),
                    toml::Value::Float(_)
                    | toml::Value::Datetime(_)
                    | toml::Value::Array(_)
                    | toml::Value::Table(_) => {
                        let key = known(key)?;
                        return Err(ConfigError::Value {
                            key,
                            problem: "has a value of the wrong kind".into(),
                        });
                    }
                };
                config.set(known(key)?, &text)?;
            }
        }
        for key in KEYS {
            if let Some(value) = environment(&format!("CHANCERY_{}", key.to_uppercase())) {
                config.set(key, &value)?;
            }
        }
        for (flag, value) in flags {
            config.set(known(&flag.replace('-', "_"))?, value)?;
        }
        config.bounds()?;
        Ok(config)
    }

    fn set(&mut self, key: &'static str, value: &str) -> Result<(), ConfigError> {
        if value.is_empty() || value.len() > 4096 {
            return Err(ConfigError::Value {
                key,
                problem: "is empty or longer than 4096 bytes".into(),
            });
        }
        match key {
            "host" => value.clone_into(&mut self.host),
            "organization" => value.clone_into(&mut self.organization),
            "listen" => self.listen = parsed(key, value)?,
            "management" => self.management = parsed(key, value)?,
            "database" => value.clone_into(&mut self.database),
            "tls_certificate" => self.tls_certificate = Some(PathBuf::from(value)),
            "tls_key" => self.tls_key = Some(PathBuf::from(value)),
            "status_ttl_seconds" => self.status_ttl_seconds = parsed(key, value)?,
            "status_validity_seconds" => self.status_validity_seconds = parsed(key, value)?,
            "max_validity_seconds" => self.max_validity_seconds = parsed(key, value)?,
            "challenge_seconds" => self.challenge_seconds = parsed(key, value)?,
            "own_challenges" => self.own_challenges = parsed(key, value)?,
            "policy" => self.policy = Some(PathBuf::from(value)),
            "resolve" => self.resolve = parsed(key, value)?,
            "identity" => self.identity = parsed(key, value)?,
            "log" => value.clone_into(&mut self.log),
            unknown => return Err(ConfigError::UnknownKey(unknown.to_owned())),
        }
        Ok(())
    }

    fn bounds(&self) -> Result<(), ConfigError> {
        within("status_ttl_seconds", self.status_ttl_seconds, 1, 300)?;
        within(
            "status_validity_seconds",
            self.status_validity_seconds,
            self.status_ttl_seconds,
            86_400,
        )?;
        within("max_validity_seconds", self.max_validity_seconds, 60, 2_592_000)?;
        within("challenge_seconds", self.challenge_seconds, 1, 300)?;
        if self.organization.len() > 200 || self.organization.chars().any(char::is_control) {
            return Err(ConfigError::Value {
                key: "organization",
                problem: "is longer than 200 bytes or has control characters".into(),
            });
        }
        if !self.database.starts_with("sqlite://") {
            return Err(ConfigError::Value {
                key: "database",
                problem: "must be a `sqlite://` URL; other databases are not supported".into(),
            });
        }
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            return Err(ConfigError::Value {
                key: "tls_certificate",
                problem: "and `tls_key` must be given together".into(),
            });
        }
        Ok(())
    }

    /// Refuses what must not be served: values out of bounds, a reachable address without TLS, a management
    /// listener off loopback, a private key that others can read. `has_tls` says that the caller brings a
    /// certificate of its own (`--dev`, the demo).
    ///
    /// # Errors
    /// `config.exposed`, `config.permissions` or `config.value`.
    pub fn check(&self, has_tls: bool) -> Result<(), ConfigError> {
        self.bounds()?;
        if !self.listen.ip().is_loopback() && !has_tls && self.tls_certificate.is_none() {
            return Err(ConfigError::Exposed {
                key: "listen",
                address: self.listen,
            });
        }
        if !self.management.ip().is_loopback() {
            return Err(ConfigError::Exposed {
                key: "management",
                address: self.management,
            });
        }
        if let Some(path) = &self.tls_key {
            private("tls_key", path)?;
        }
        Ok(())
    }

    /// Splits the public host into its name and its port.
    ///
    /// # Errors
    /// `config.value` when the host is not a lower-case name with an optional port.
    pub fn host_and_port(&self) -> Result<(&str, Option<u16>), ConfigError> {
        let wrong = |problem: &str| ConfigError::Value {
            key: "host",
            problem: problem.to_owned(),
        };
        let (name, port) = match self.host.split_once(':') {
            None => (self.host.as_str(), None),
            Some((name, port)) => match port.parse::<u16>() {
                Ok(number) if number > 0 && number.to_string() == port => (name, Some(number)),
                Ok(_) | Err(_) => return Err(wrong("has a port that is not a number from 1 to 65535")),
            },
        };
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if name.is_empty() || name.len() > 253 || !name.chars().all(letters) {
            return Err(wrong("is not a lower-case host name"));
        }
        Ok((name, port.filter(|port| *port != 443)))
    }
}

/// Refuses a secret's file whose mode lets others than its owner in.
fn private(key: &'static str, path: &std::path::Path) -> Result<(), ConfigError> {
    let metadata = std::fs::metadata(path).map_err(|error| ConfigError::Value {
        key,
        problem: format!(
            "names `{}`, which cannot be read: {}",
            path.display(),
            error.kind()
        ),
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(ConfigError::Permissions {
                key,
                path: path.display().to_string(),
            });
        }
    }
    if !metadata.is_file() {
        return Err(ConfigError::Value {
            key,
            problem: "does not name a file".into(),
        });
    }
    Ok(())
}

fn known(key: &str) -> Result<&'static str, ConfigError> {
    KEYS.iter()
        .find(|known| **known == key)
        .copied()
        .ok_or_else(|| ConfigError::UnknownKey(key.to_owned()))
}

fn parsed<T: std::str::FromStr>(key: &'static str, value: &str) -> Result<T, ConfigError> {
    value.parse().map_err(|_| ConfigError::Value {
        key,
        problem: format!("cannot be `{value}`"),
    })
}

fn within(key: &'static str, value: u64, least: u64, most: u64) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(ConfigError::Value {
        key,
        problem: format!("must be from {least} to {most}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str) -> Result<Config, ConfigError> {
        Config::load(Some(file), &|_| None, &BTreeMap::new())
    }

    #[test]
    fn nothing_given_listens_on_loopback_only() {
        let config = load("").unwrap();
        assert!(config.listen.ip().is_loopback() && config.management.ip().is_loopback());
        config.check(false).unwrap();
    }

    #[test]
    fn flags_win_over_environment_and_environment_over_file() {
        let environment = |name: &str| match name {
            "CHANCERY_ORGANIZATION" => Some("from environment".to_owned()),
            "CHANCERY_LOG" => Some("debug".to_owned()),
            _ => None,
        };
        let flags = BTreeMap::from([("organization".to_owned(), "from flag".to_owned())]);
        let config = Config::load(
            Some("organization = \"from file\"\nlog = \"warn\""),
            &environment,
            &flags,
        )
        .unwrap();
        assert_eq!(
            (config.organization.as_str(), config.log.as_str()),
            ("from flag", "debug")
        );
    }

    #[test]
    fn unknown_key_refuses_to_start() {
        assert_eq!(
            load("listne = \"127.0.0.1:1\"").unwrap_err().code(),
            "config.unknown_key"
        );
        let flags = BTreeMap::from([("listne".to_owned(), "x".to_owned())]);
        assert_eq!(
            Config::load(None, &|_| None, &flags).unwrap_err().code(),
            "config.unknown_key"
        );
    }

    #[test]
    fn value_of_the_wrong_kind_or_out_of_bounds_refuses_to_start() {
        for file in [
            "listen = [1]",
            "listen = \"localhost\"",
            "status_ttl_seconds = 0",
            "status_ttl_seconds = 301",
            "status_ttl_seconds = \"soon\"",
            "status_validity_seconds = 10",
            "own_challenges = \"perhaps\"",
            "resolve = \"everything\"",
            "database = \"mysql://x\"",
            "tls_key = \"only-the-key.pem\"",
            "organization = \"\"",
        ] {
            assert_eq!(load(file).unwrap_err().code(), "config.value", "{file}");
        }
        assert_eq!(load("listen = ").unwrap_err().code(), "config.syntax");
    }

    #[test]
    fn reachable_address_without_tls_refuses_to_start() {
        let config = load("listen = \"0.0.0.0:8480\"").unwrap();
        assert_eq!(config.check(false).unwrap_err().code(), "config.exposed");
        config.check(true).unwrap();
        let config = load("management = \"0.0.0.0:9480\"").unwrap();
        assert_eq!(config.check(true).unwrap_err().code(), "config.exposed");
    }

    #[test]
    fn host_is_a_lower_case_name_with_an_optional_port() {
        for host in [
            "",
            "Acme.example",
            "acme.example/x",
            "a:0",
            "a:99999",
            "a:080",
            "a:b",
            "a b",
            "[::1]",
        ] {
            let config = Config {
                host: host.to_owned(),
                ..Config::default()
            };
            assert_eq!(
                config.host_and_port().unwrap_err().code(),
                "config.value",
                "{host}"
            );
        }
        let config = Config {
            host: "acme.example:443".to_owned(),
            ..Config::default()
        };
        assert_eq!(config.host_and_port().unwrap(), ("acme.example", None));
    }

    #[cfg(unix)]
    #[test]
    fn private_key_that_others_can_read_refuses_to_start() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        std::fs::write(&path, "x").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let config = Config {
            tls_certificate: Some(path.clone()),
            tls_key: Some(path.clone()),
            ..Config::default()
        };
        assert_eq!(config.check(false).unwrap_err().code(), "config.permissions");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        config.check(false).unwrap();
    }
}
