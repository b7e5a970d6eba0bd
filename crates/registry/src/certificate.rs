//! The listener's TLS: a certificate from files, or a throw-away certificate authority for development.
//!
//! INVARIANT: TLS 1.2 or newer; the development authority's own key is dropped as soon as it signed its one
//! certificate, so nobody can ever sign another, and it is named for its hosts only.

use std::{path::Path, sync::Arc};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// A file that cannot be read as PEM.
    #[error("`{path}` is not a readable PEM file: {cause}")]
    Pem {
        /// The file.
        path: String,
        /// What is wrong.
        cause: String,
    },
    /// The key and the certificate do not belong together, or their kind is not supported.
    #[error("the certificate cannot be served: {0}")]
    Unusable(#[from] rustls::Error),
    /// A certificate could not be made.
    #[error("no certificate could be made: {0}")]
    Generate(#[from] rcgen::Error),
}

impl CertificateError {
    /// Names the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "config.tls"
    }
}

/// A certificate authority that signed one certificate and is gone.
#[derive(Debug, Clone)]
pub struct DevAuthority {
    ca_pem: String,
    server: Arc<ServerConfig>,
}

impl DevAuthority {
    /// Makes an authority, and under it a certificate for the host names.
    ///
    /// # Errors
    /// A name that cannot stand in a certificate.
    pub fn generate(hosts: &[&str]) -> Result<Self, CertificateError> {
        let mut authority = CertificateParams::new(Vec::<String>::new())?;
        authority.distinguished_name.push(
            DnType::CommonName,
            "Chancery development authority, not to be trusted",
        );
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        authority.name_constraints = Some(NameConstraints {
            permitted_subtrees: hosts
                .iter()
                .map(|host| GeneralSubtree::DnsName((*host).to_owned()))
                .collect(),
            excluded_subtrees: Vec::new(),
        });
        let authority_key = KeyPair::generate()?;
        let authority_certificate = authority.self_signed(&authority_key)?;
        let issuer = Issuer::new(authority, authority_key);

        let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut leaf = CertificateParams::new(names)?;
        leaf.distinguished_name
            .push(DnType::CommonName, "Chancery development service");
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let leaf_key = KeyPair::generate()?;
        let certificate = leaf.signed_by(&leaf_key, &issuer)?;

        let key = PrivateKeyDer::Pkcs8(leaf_key.serialize_der().into());
        let server = server_config(vec![certificate.der().clone()], key)?;
        Ok(Self {
            ca_pem: authority_certificate.pem(),
            server,
        })
    }

    /// The authority's certificate, for those who should trust it.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The TLS configuration of the service.
    #[must_use]
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }
}

/// Reads a certificate chain and its key from PEM files.
///
/// # Errors
/// A file that is not PEM, or a key that does not fit.
pub fn load(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, CertificateError> {
    let pem = |path: &Path, error: rustls_pki_types::pem::Error| CertificateError::Pem {
        path: path.display().to_string(),
        cause: error.to_string(),
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| pem(certificate, error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| pem(key, error))?;
    server_config(chain, private)
}

fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, CertificateError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_certificate_is_served_with_both_protocols() {
        let authority = DevAuthority::generate(&["localhost"]).unwrap();
        assert!(authority.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
        assert_eq!(authority.server_config().alpn_protocols.len(), 2);
    }

    #[test]
    fn two_development_authorities_are_never_the_same() {
        let (one, other) = (
            DevAuthority::generate(&["localhost"]),
            DevAuthority::generate(&["localhost"]),
        );
        assert_ne!(one.unwrap().ca_pem(), other.unwrap().ca_pem());
    }

    #[test]
    fn file_that_is_not_pem_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.pem");
        std::fs::write(&path, "not pem").unwrap();
        let error = load(&path, &path).unwrap_err();
        assert_eq!(error.code(), "config.tls");
        assert!(load(&folder.path().join("absent.pem"), &path).is_err());
    }
}
