//! Every other format over the same passport, beside ssi 0.16 where it has the format, on the nearest equal work.
//!
//! Both sides begin with the same text and have the key at hand. INVARIANT: both took the text before either is
//! timed.

use chancery_did::Relationship;
use chancery_oracles::fixture::{Actor, limits, now, passport, sealed_passport};
use chancery_oracles::peer::{self, Cose, Rdfc, SdJwt};
use chancery_oracles::rounds::{Reference, Work};
use chancery_proof::data_integrity::ProofOptions;
use chancery_proof::{Proven, Secured, Securing, cbor, cose, jcs, jose, json, multibase, sd_jwt};
use chancery_rdfc::{Cryptosuite, Rdfc as Suites};
use chancery_vc::Credential;
use chancery_vc::credential::TYP_CREDENTIAL;
use serde_json::Value;

use crate::drawn::Drawn;
use crate::papers::selective_passport;

const TYP_SELECTIVE: &str = "vc+sd-jwt";
const TYP_COSE: &str = "application/vc+cose";

/// What the holder of an `ecdsa-sd-2023` passport shows beside what is mandatory.
const SHOWN: [&str; 2] = ["/credentialSubject/name", "/credentialSubject/riskLevel"];

/// All rows.
pub fn rows<'a>(issuer: &'a Actor, p256: &'a Actor) -> Vec<Work<'a>> {
    let subject = chancery_did_key::did_for(issuer.public());
    let [document, of_p256] = [issuer, p256].map(|issuer| passport(issuer, &subject, 1).document().clone());
    let eddsa = peer::sign_rdfc(&document, issuer);
    let ecdsa = sign(of_p256.clone(), Cryptosuite::EcdsaRdfc2019, p256, &[]).to_string();
    let derived = derived(of_p256.clone(), p256);
    let statements = statements(&derived);
    let mut works = Vec::new();
    works.extend(rdfc("eddsa-rdfc", Reference::Verify, 1, eddsa, issuer));
    works.extend(rdfc("ecdsa-rdfc (P-256)", Reference::VerifyP256, 1, ecdsa, p256));
    works.extend(rdfc(
        "ecdsa-sd, two members shown",
        Reference::VerifyP256,
        1 + statements,
        derived.to_string(),
        p256,
    ));
    works.extend(tokens(issuer));
    works.extend(selective(issuer));
    works.extend(in_cose(&of_p256, p256));
    works
}

/// A document under a suite that canonicalizes RDF, through both JSON-LD processors.
fn rdfc<'a>(
    suite: &str,
    reference: Reference,
    signatures: usize,
    text: String,
    issuer: &'a Actor,
) -> [Work<'a>; 2] {
    let (theirs, ours) = (Rdfc::new(issuer), Suites::new());
    theirs
        .verify(&text)
        .unwrap_or_else(|error| panic!("ssi, {suite}: {error}"));
    prove(&text, &ours, issuer);
    let copy = text.clone();
    [
        Work::new(
            &format!("ssi 0.16: the same passport, {suite}"),
            reference,
            signatures,
            move || theirs.verify(&copy).expect("it held before"),
        ),
        Work::new(
            &format!("ours: the same passport, {suite}"),
            reference,
            signatures,
            move || prove(&text, &ours, issuer),
        ),
    ]
}

fn prove(text: &str, suites: &Suites, issuer: &Actor) -> Proven<Value> {
    let value = json::parse(text.as_bytes(), &limits()).expect("JSON");
    let secured = Secured::data_integrity_with(value, &limits(), suites).expect("secured");
    secured.prove(&issuer.expectation(), issuer).expect("it holds")
}

fn sign(document: Value, suite: Cryptosuite, issuer: &Actor, mandatory: &[String]) -> Value {
    let options = ProofOptions {
        created: Some(now()),
        ..ProofOptions::new(issuer.method.clone(), Relationship::AssertionMethod)
    };
    Suites::new()
        .sign(
            document,
            suite,
            &options,
            mandatory,
            &issuer.key,
            &mut Drawn::default(),
        )
        .expect("a document of which nothing is lost")
}

/// What a holder shows of an `ecdsa-sd-2023` passport.
fn derived(document: Value, issuer: &Actor) -> Value {
    let mandatory = Suites::default_mandatory(&document);
    let base = sign(document, Cryptosuite::EcdsaSd2023, issuer, &mandatory);
    let shown = Suites::new().derive(base, &SHOWN.map(str::to_owned));
    shown.expect("members that are there")
}

/// How many statements of a derived proof have a signature of their own (Data Integrity ECDSA Cryptosuites 1.0,
/// section 3.5.8): the third item behind the header of three bytes.
fn statements(derived: &Value) -> usize {
    let value = derived["proof"]["proofValue"].as_str().expect("a proof value");
    let bytes = multibase::decode_u(value).expect("multibase");
    let parts = cbor::parse(&bytes[3..], &limits()).expect("CBOR");
    let parts = parts.as_array().expect("the parts of a proof");
    parts[2].as_array().expect("a signature for each statement").len()
}

/// A JWS: ssi gives the payload as bytes, we as strict JSON.
fn tokens(issuer: &Actor) -> [Work<'_>; 2] {
    let token = sealed_passport(issuer, Securing::Jose);
    let key = peer::jwk(&issuer.public().to_jwk());
    let theirs = token.clone();
    [
        Work::new(
            "ssi 0.16: JWS, EdDSA, payload as bytes",
            Reference::Verify,
            1,
            move || ssi::claims::jws::decode_verify(&theirs, &key).expect("ssi verifies our JWS"),
        ),
        Work::new(
            "ours: the same JWS, payload as strict JSON",
            Reference::Verify,
            1,
            move || {
                jose::verify_with_key(&token, &[TYP_CREDENTIAL], issuer.public(), &limits())
                    .expect("it holds")
            },
        ),
    ]
}

/// An SD-JWT with every disclosure in its place, and no rule of the passport's own.
fn selective(issuer: &Actor) -> [Work<'_>; 2] {
    let text = selective_passport(issuer);
    let theirs = SdJwt::new(issuer);
    let open = move |text: &str| {
        sd_jwt::verify_with_key(text, &[TYP_SELECTIVE], issuer.public(), None, &limits()).expect("it holds")
    };
    let revealed = theirs
        .open(&text)
        .unwrap_or_else(|error| panic!("ssi, SD-JWT: {error}"));
    let revealed = serde_json::to_value(revealed).expect("claims are JSON");
    assert_eq!(revealed["credentialSubject"], open(&text)["credentialSubject"]);
    let copy = text.clone();
    [
        Work::new(
            "ssi 0.16: SD-JWT, EdDSA, all disclosed",
            Reference::Verify,
            1,
            move || theirs.open(&copy).expect("it held before"),
        ),
        Work::new(
            "ours: the same SD-JWT, all disclosed",
            Reference::Verify,
            1,
            move || open(&text),
        ),
    ]
}

/// `vc+cose`, to a credential whose rules hold.
fn in_cose<'a>(document: &Value, issuer: &'a Actor) -> [Work<'a>; 2] {
    let payload = jcs::canonicalize(document).expect("JSON");
    let message = cose::sign(
        TYP_COSE,
        Some("application/vc"),
        issuer.method.as_str(),
        payload,
        &issuer.key,
    );
    let message = message.expect("a message");
    let theirs = Cose::new(issuer);
    theirs
        .verify(&message)
        .unwrap_or_else(|error| panic!("ssi, COSE: {error}"));
    let copy = message.clone();
    let prove = move || {
        let read = Secured::cose(&message, &[TYP_COSE], &limits()).expect("a COSE_Sign1");
        let read = read.map(Credential::of_claims).expect("a credential");
        read.prove(&issuer.expectation(), issuer)
            .expect("its proof holds")
    };
    let signatures = prove().signatures();
    [
        Work::new(
            "ssi 0.16: the same passport, vc+cose (P-256)",
            Reference::VerifyP256,
            1,
            move || theirs.verify(&copy).expect("it held before"),
        ),
        Work::new(
            "ours: the same passport, vc+cose (P-256)",
            Reference::VerifyP256,
            signatures,
            prove,
        ),
    ]
}
