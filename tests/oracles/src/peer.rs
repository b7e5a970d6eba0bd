//! ssi 0.16 as a peer: its JSON-LD suites over the same passport, its JWS, SD-JWT and COSE.
//!
//! ssi has no `eddsa-jcs-2022`; its nearest equal is `eddsa-rdfc-2022` (Data Integrity EdDSA Cryptosuites 1.0,
//! section 3.2) over the same credential. It gets what our verifier gets: both contexts in memory, the key
//! resolved before, a fixed time.

use std::collections::HashMap;

use chancery_proof::base64url;
use chancery_vc::CONTEXT_CHANCERY;
use chancery_vc_schemas::CONTEXT_CHANCERY_DOCUMENT;
use iref::{IriBuf, UriBuf};
use serde_json::Value;
use ssi::JWK;
use ssi::claims::JWTClaims;
use ssi::claims::cose::coset::{CoseKeyBuilder, iana::EllipticCurve};
use ssi::claims::cose::{CoseKey, CoseSign1Bytes};
use ssi::claims::data_integrity::{AnySuite, CryptographicSuite as _, DataIntegrity, ProofOptions};
use ssi::claims::jwt::AnyClaims;
use ssi::claims::vc::v2::JsonCredential;
use ssi::claims::vc_jose_cose::CoseVc;
use ssi::claims::{SignatureEnvironment, VerificationParameters};
use ssi::json_ld::ContextLoader;
use ssi::verification_methods::{AnyMethod, Multikey, SingleSecretSigner};
use tokio::runtime::Runtime;

use crate::fixture::{Actor, NOW};

type Resolver = HashMap<IriBuf, AnyMethod>;

/// ssi's verifier for one issuer whose key is known.
pub struct Rdfc {
    parameters: VerificationParameters<Resolver>,
    runtime: Runtime,
}

impl Rdfc {
    /// A verifier that knows this issuer's key.
    pub fn new(issuer: &Actor) -> Self {
        let parameters = VerificationParameters::from_resolver(resolver(issuer))
            .with_json_ld_loader(loader())
            .with_date_time(NOW.parse().expect("a fixed time"));
        Self {
            parameters,
            runtime: runtime(),
        }
    }

    /// Reads a credential and verifies its proofs.
    ///
    /// # Errors
    /// What ssi says of text that it does not read or a proof that does not hold.
    pub fn verify(&self, text: &str) -> Result<(), String> {
        let credential: DataIntegrity<JsonCredential, AnySuite> =
            ssi::claims::data_integrity::from_json_str(text).map_err(|error| error.to_string())?;
        let outcome = self.runtime.block_on(credential.verify(&self.parameters));
        outcome
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }
}

/// ssi's verifier of SD-JWTs for one issuer whose key is known.
pub struct SdJwt {
    parameters: VerificationParameters<JWK>,
    runtime: Runtime,
}

impl SdJwt {
    /// A verifier that knows this issuer's key.
    pub fn new(issuer: &Actor) -> Self {
        let key = jwk(&issuer.public().to_jwk());
        Self {
            parameters: VerificationParameters::from_resolver(key)
                .with_date_time(NOW.parse().expect("a fixed time")),
            runtime: runtime(),
        }
    }

    /// Reads an SD-JWT, puts every disclosure in its place and verifies the signature; gives the claims.
    ///
    /// # Errors
    /// What ssi says of text that it does not read or a signature that does not hold.
    pub fn open(&self, text: &str) -> Result<JWTClaims<AnyClaims>, String> {
        let token = ssi::claims::sd_jwt::SdJwt::new(text).map_err(|error| error.to_string())?;
        let opened = self
            .runtime
            .block_on(token.decode_reveal_verify_any(&self.parameters));
        let (revealed, held) = opened.map_err(|error| error.to_string())?;
        held.map_err(|error| error.to_string())?;
        Ok(revealed.into_claims())
    }
}

/// ssi's verifier of `vc+cose` for one issuer whose P-256 key is known.
pub struct Cose {
    parameters: VerificationParameters<CoseKey>,
    runtime: Runtime,
}

impl Cose {
    /// A verifier that knows this issuer's key.
    pub fn new(issuer: &Actor) -> Self {
        let jwk = issuer.public().to_jwk();
        let [x, y] = ["x", "y"].map(|name| {
            let text = jwk[name].as_str().expect("a coordinate");
            base64url::decode(text).expect("base64url")
        });
        let key = CoseKeyBuilder::new_ec2_pub_key(EllipticCurve::P_256, x, y).build();
        Self {
            parameters: VerificationParameters::from_resolver(key)
                .with_date_time(NOW.parse().expect("a fixed time")),
            runtime: runtime(),
        }
    }

    /// Reads a credential and verifies its signature.
    ///
    /// # Errors
    /// What ssi says of bytes that it does not read or a signature that does not hold.
    pub fn verify(&self, bytes: &[u8]) -> Result<(), String> {
        let read = CoseVc::decode_any(CoseSign1Bytes::new(bytes), true).map_err(|error| error.to_string())?;
        let outcome = self.runtime.block_on(read.verify(&self.parameters));
        outcome
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }
}

/// Signs a document as `eddsa-rdfc-2022` with ssi.
pub fn sign_rdfc(document: &Value, issuer: &Actor) -> String {
    let credential: JsonCredential = serde_json::from_value(document.clone()).expect("a VC 2.0 credential");
    let method = IriBuf::new(issuer.method.to_string()).expect("a DID URL is an IRI");
    let mut options = ProofOptions::from_method(method.into());
    options.created = Some(
        NOW.parse::<ssi::xsd::DateTimeStamp>()
            .expect("a fixed time")
            .into(),
    );
    let environment = SignatureEnvironment {
        json_ld_loader: loader(),
        eip712_loader: (),
    };
    let signer = SingleSecretSigner::new(jwk(&issuer.private_jwk())).into_local();
    let signing = AnySuite::EdDsaRdfc2022.sign_with(
        environment,
        credential,
        resolver(issuer),
        signer,
        options,
        Default::default(),
    );
    let signed = runtime().block_on(signing).expect("ssi signs what it reads");
    serde_json::to_string(&signed).expect("a credential is JSON")
}

/// A JWK as ssi reads it.
pub fn jwk(value: &Value) -> JWK {
    serde_json::from_value(value.clone()).expect("ssi reads our JWK")
}

/// A runtime that runs on the calling thread: ssi is asynchronous even where nothing is fetched.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without drivers")
}

fn resolver(issuer: &Actor) -> Resolver {
    let method = IriBuf::new(issuer.method.to_string()).expect("a DID URL is an IRI");
    let controller = UriBuf::new(issuer.did.to_string().into_bytes()).expect("a DID is a URI");
    let public_key = issuer
        .public()
        .to_multikey()
        .parse()
        .expect("ssi reads our Multikey");
    let key = Multikey {
        id: method.clone(),
        controller,
        public_key,
    };
    Resolver::from([(method, AnyMethod::Multikey(key))])
}

fn loader() -> ContextLoader {
    let own = HashMap::from([(CONTEXT_CHANCERY.to_owned(), CONTEXT_CHANCERY_DOCUMENT.to_owned())]);
    ContextLoader::empty()
        .with_static_loader()
        .with_context_map_from(own)
        .expect("our context is JSON")
}
