//! `cargo xtask bench`: one table of ratios against the raw signature work, in one run.
//!
//! The first rows are aws-lc-rs by itself; everything else is given in multiples of it, with the signatures
//! that one run verifies as Chancery itself counts them (`Proven::signatures`, `Decision::signatures`).
//! Microseconds come last: they are this machine's, and nothing asserts on them.
//!
//! INVARIANT: each work is run once and its outcome checked before it is timed.

use std::process::ExitCode;
use std::time::Duration;

use aws_lc_rs::signature::{self, Ed25519KeyPair, ParsedPublicKey};
use chancery_did::{KeyType, Signer as _};
use chancery_oracles::beside;
use chancery_oracles::fixture::{self, Actor, Scene, limits, now, passport, sealed, sealed_passport};
use chancery_oracles::peer::{self, Rdfc};
use chancery_oracles::rounds::{Reference, Row, Work, measure};
use chancery_proof::{Proven, Secured, Securing, jcs, jose, json, multihash};
use chancery_vc::credential::TYP_CREDENTIAL;
use chancery_vc::{Paper, read_paper};
use chancery_verifier::{Call, admit, verify};

const USAGE: &str = "\
bench [--quick] [--parts] [--only TEXT] | --beside

  --quick  about 3 seconds in all instead of about 20
  --parts  also the parts of which one passport's verification is made
  --only   only the rows whose name contains the text
  --beside time on demand, for the bench that runs in Node (tests/interop/bench.mjs)
";

/// What a digest-signing suite signs: two SHA-256 hashes.
const MESSAGE: [u8; 64] = [0x5a; 64];

fn main() -> ExitCode {
    let (mut total, mut parts) = (Duration::from_secs(19), false);
    let mut only = String::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => total = Duration::from_secs(2),
            "--parts" => parts = true,
            "--beside" => {
                beside::serve().expect("Node on the other end");
                return ExitCode::SUCCESS;
            }
            "--only" => match arguments.next() {
                Some(text) => only = text,
                None => return misused("`--only` wants a text"),
            },
            "--help" | "-h" => {
                print!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other => return misused(&format!("unknown argument `{other}`")),
        }
    }
    let issuer = Actor::new(KeyType::Ed25519, 1);
    let mut raw = raw();
    let mut works = raw_rows();
    works.extend(passports(&issuer));
    works.extend(presentations());
    works.extend(issuing(&issuer));
    works.extend(peers(&issuer));
    if parts {
        works.extend(parts_of_a_passport(&issuer));
    }
    works.retain(|work| work.name.contains(&only));
    if works.is_empty() {
        return misused(&format!("no row has `{only}` in its name"));
    }
    let (rows, rounds) = measure(&mut raw, &mut works, total);
    print_table(&rows, rounds);
    ExitCode::SUCCESS
}

fn misused(message: &str) -> ExitCode {
    eprintln!("error: {message}\n\n{USAGE}");
    ExitCode::from(2)
}

/// The references, in the order of [`Reference`].
fn raw() -> [Work<'static>; 3] {
    [
        raw_verify("", Reference::Verify),
        raw_sign(""),
        raw_verify("", Reference::VerifyP256),
    ]
}

fn raw_rows() -> Vec<Work<'static>> {
    vec![
        raw_verify("raw Ed25519 verify (aws-lc-rs)", Reference::Verify),
        raw_verify("raw P-256 verify (aws-lc-rs)", Reference::VerifyP256),
        raw_sign("raw Ed25519 sign (aws-lc-rs)"),
    ]
}

/// aws-lc-rs with a parsed key, as a verifier keeps it.
fn raw_verify(name: &str, reference: Reference) -> Work<'static> {
    let p256 = reference == Reference::VerifyP256;
    let actor = Actor::new(if p256 { KeyType::P256 } else { KeyType::Ed25519 }, 1);
    let key = if p256 {
        ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, actor.public().raw())
    } else {
        ParsedPublicKey::new(&signature::ED25519, actor.public().raw())
    };
    let key = key.expect("aws-lc-rs reads the key");
    let made = actor.key.sign(&MESSAGE).expect("a signature");
    Work::new(name, reference, 1, move || {
        key.verify_sig(&MESSAGE, &made).expect("the signature holds")
    })
}

fn raw_sign(name: &str) -> Work<'static> {
    let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("aws-lc-rs reads the key");
    Work::new(name, Reference::Sign, 1, move || key.sign(&MESSAGE))
}

/// One passport, from text to proven paper, under a key that is at hand.
fn passports(issuer: &Actor) -> Vec<Work<'_>> {
    let row = |name: &str, securing| {
        let text = sealed_passport(issuer, securing);
        let signatures = prove(&text, issuer).signatures();
        Work::new(name, Reference::Verify, signatures, move || prove(&text, issuer))
    };
    let bare = sealed_passport(issuer, Securing::DataIntegrity);
    vec![
        Work::new(
            "passport, eddsa-jcs: read JSON, prove",
            Reference::Verify,
            1,
            move || bare_prove(&bare, issuer),
        ),
        row("passport, eddsa-jcs: read paper, prove", Securing::DataIntegrity),
        row("passport, vc+jwt: read paper, prove", Securing::Jose),
    ]
}

fn prove(text: &str, issuer: &Actor) -> Proven<Paper> {
    let read = read_paper(text.as_bytes(), &limits()).expect("a passport");
    read.prove(&issuer.expectation(), issuer)
        .expect("its proof holds")
}

/// The signature alone: no rule of the passport's own is looked at.
fn bare_prove(text: &str, issuer: &Actor) -> usize {
    let document = json::parse(text.as_bytes(), &limits()).expect("JSON");
    let read = Secured::data_integrity(document, &limits()).expect("a secured document");
    read.prove(&issuer.expectation(), issuer)
        .expect("its proof holds")
        .signatures()
}

/// The chain of three hops: judged cold, admitted, and one call of a session.
fn presentations() -> Vec<Work<'static>> {
    let scene: &'static Scene = Box::leak(Box::new(Scene::three_hops()));
    let text = scene.presentation.as_bytes();
    let cold = || {
        verify(
            text,
            &scene.evidence,
            &scene.policy,
            &scene.request,
            Scene::moment(),
        )
    };
    let decision = cold();
    assert!(decision.allow, "{} {}", decision.code, decision.reason);
    let enter = || {
        let admitted = admit(
            text,
            &scene.evidence,
            &scene.policy,
            fixture::AUDIENCE,
            fixture::NONCE,
            now(),
        );
        admitted.unwrap_or_else(|decision| panic!("{} {}", decision.code, decision.reason))
    };
    let session = enter();
    let call = Call::from(&scene.request);
    let admission = session.signatures();
    let authorized = session.authorize(&call, &scene.evidence, now());
    assert!(authorized.allow, "{} {}", authorized.code, authorized.reason);
    vec![
        Work::new(
            "three-hop presentation: verify, cold",
            Reference::Verify,
            decision.signatures,
            cold,
        ),
        Work::new(
            "three-hop presentation: admit to a session",
            Reference::Verify,
            admission,
            enter,
        ),
        Work::new(
            "one call inside the session: authorize",
            Reference::Verify,
            authorized.signatures,
            move || session.authorize(&call, &scene.evidence, now()),
        ),
    ]
}

/// Issuing a passport: draft, prepare, sign, seal.
fn issuing(issuer: &Actor) -> Vec<Work<'_>> {
    let subject = Actor::new(KeyType::Ed25519, 4).did;
    let row = |name: &str, securing| {
        let subject = subject.clone();
        Work::new(name, Reference::Sign, 1, move || {
            sealed(&passport(issuer, &subject, 1), issuer, securing)
        })
    };
    vec![
        row("issue a passport, eddsa-jcs", Securing::DataIntegrity),
        row("issue a passport, vc+jwt", Securing::Jose),
    ]
}

/// ssi 0.16 on the nearest equal work, under a key that is at hand as well.
fn peers(issuer: &Actor) -> Vec<Work<'_>> {
    let subject = Actor::new(KeyType::Ed25519, 4).did;
    let document = passport(issuer, &subject, 1).document().clone();
    let signed = peer::sign_rdfc(&document, issuer);
    let rdfc = Rdfc::new(issuer);
    rdfc.verify(&signed).expect("ssi verifies what it signed");
    let suites = chancery_rdfc::Rdfc::new();
    let value: serde_json::Value = serde_json::from_str(&signed).expect("JSON");
    let ours = value.to_string();
    let token = sealed_passport(issuer, Securing::Jose);
    let key = peer::jwk(&issuer.public().to_jwk());
    let theirs = token.clone();
    vec![
        Work::new(
            "ssi 0.16: the same passport, eddsa-rdfc",
            Reference::Verify,
            1,
            move || rdfc.verify(&signed).expect("it held before"),
        ),
        Work::new(
            "ours: the same passport, eddsa-rdfc",
            Reference::Verify,
            1,
            move || {
                let value = json::parse(ours.as_bytes(), &limits()).expect("JSON");
                let secured = Secured::data_integrity_with(value, &limits(), &suites).expect("secured");
                secured.prove(&issuer.expectation(), issuer).expect("it holds")
            },
        ),
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

/// Where the time of one eddsa-jcs passport goes; these overlap and do not add up exactly.
fn parts_of_a_passport(issuer: &Actor) -> Vec<Work<'_>> {
    let text = sealed_passport(issuer, Securing::DataIntegrity);
    let value = json::parse(text.as_bytes(), &limits()).expect("JSON");
    let secured = Secured::data_integrity(value.clone(), &limits()).expect("secured");
    let read = read_paper(text.as_bytes(), &limits()).expect("a passport");
    let paper = read.unverified().to_value();
    let made = issuer.key.sign(&MESSAGE).expect("a signature");
    let canonical = jcs::canonicalize(&value).expect("JSON");
    let [parse, bytes] = [text.clone(), text];
    let [cloned, canonicalized, split] = [value.clone(), value.clone(), value];
    vec![
        part("PublicKey::verify", move || {
            issuer.public().verify(&MESSAGE, &made).expect("it holds")
        }),
        part("json::parse", move || {
            json::parse(parse.as_bytes(), &limits()).expect("JSON")
        }),
        part("serde_json::from_str, for comparison", move || {
            serde_json::from_str::<serde_json::Value>(&bytes).expect("JSON")
        }),
        part("Value::clone", move || cloned.clone()),
        part("jcs::canonicalize", move || {
            jcs::canonicalize(&canonicalized).expect("JSON")
        }),
        part("SHA-256 of the canonical form", move || {
            multihash::sha256(&canonical)
        }),
        part("Secured::data_integrity, with one clone", move || {
            Secured::data_integrity(split.clone(), &limits()).expect("secured")
        }),
        part("Secured::prove", move || {
            secured.prove(&issuer.expectation(), issuer).expect("it holds")
        }),
        part("Paper::parse", move || Paper::parse(&paper).expect("a passport")),
    ]
}

/// A part takes no signature of its own into account.
fn part<'a, T>(name: &str, run: impl FnMut() -> T + 'a) -> Work<'a> {
    Work::new(&format!("part: {name}"), Reference::Verify, 0, run)
}

fn print_table(rows: &[Row], rounds: usize) {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    println!("medians of {rounds} rounds; 1.00 is one raw Ed25519 verify beside the row\n");
    println!(
        "{:width$}  {:>10}  {:>13}  {:>14}  {:>9}",
        "work", "signatures", "of its raw", "of one verify", "median µs"
    );
    for row in rows {
        let own = row
            .of_own_work
            .map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        println!(
            "{:width$}  {:>10}  {:>13}  {:>14.2}  {:>9.1}",
            row.name, row.signatures, own, row.of_one_verify, row.micros
        );
    }
    println!("\nsignatures: verified in one run, as Chancery counts them (issuing: made).");
    println!("of its raw: time over as many raw operations of the kind as the row needs.");
}
