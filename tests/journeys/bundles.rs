//! Acme's registry serves its trust bundle; Globex's command fetches it, decides offline, and after a revocation and
//! another fetch it refuses. And an agent that brings the status lists itself is believed without anybody asking.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chancery::agent::{Occasion, PossessionChallenge};
use chancery::{Agent, Clock as _, GuardLimits, Guarded, Roots, SystemClock};
use chancery_cli::{Console, run};
use chancery_did::{KeyType, SecretKey};
use chancery_proof::Limits;
use chancery_registry::{App, Client, Config, DevAuthority, Keys, Scope};
use chancery_vc::{Paper, Stapled, read_paper};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const AUDIENCE: &str = "https://orders.globex.example";

fn key(seed: u8) -> Arc<SecretKey> {
    Arc::new(SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap())
}

/// Acme with its registry running, and an agent with papers.
struct Acme {
    runtime: Runtime,
    client: Client,
    guarded: Guarded,
    did: String,
    port: u16,
    agent: Agent,
    papers: Vec<String>,
    capability: String,
    folder: tempfile::TempDir,
}

impl Acme {
    fn open() -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let authority = DevAuthority::generate(&["localhost"]).unwrap();
        std::fs::write(folder.path().join("ca.pem"), authority.ca_pem()).unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let host = format!("localhost:{port}");
        let roots = Roots::Pem(authority.ca_pem().as_bytes().to_vec());
        let loopback = vec![("localhost".to_owned(), port)];
        let guarded = Guarded::new(GuardLimits::default(), roots, loopback).unwrap();
        let config = Config {
            host: host.clone(),
            organization: "Acme".to_owned(),
            database: format!("sqlite://{}", folder.path().join("registry.db").display()),
            ..Config::default()
        };
        let keys = Keys {
            issue: key(1),
            status: key(2),
            trqp: key(3),
            bundle: key(4),
        };
        let opened = App::open(config, keys, Arc::new(SystemClock), guarded.clone(), None);
        let app = runtime.block_on(opened).unwrap();
        let token = runtime
            .block_on(app.mint_token(&Scope::ALL, 3_600, "journey"))
            .unwrap();
        let served = app.clone();
        let tls = authority.server_config();
        runtime.spawn(async move { served.serve(listener, tls, std::future::pending()).await });
        let client = Client::new(&format!("https://{host}"), guarded.clone(), Some(token.secret));
        let agent = Agent::of(SecretKey::from_bytes(KeyType::Ed25519, &[9; 32]).unwrap()).unwrap();
        let (papers, capability) = runtime.block_on(equipped(&client, &agent));
        Self {
            runtime,
            client,
            guarded,
            did: app.did().to_string(),
            port,
            agent,
            papers,
            capability,
            folder,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
    }

    /// Runs Globex's command; gives its exit code, what it printed and what it said.
    fn globex(&self, line: &str) -> (u8, String, String) {
        let (out, err) = (Shared::default(), Shared::default());
        let mut console = Console::new(Box::new(out.clone()), Box::new(err.clone()));
        let line = line
            .replace("ACME", &self.did)
            .replace("@", &format!("{}/", self.folder.path().display()));
        let words = line.split_whitespace().map(OsString::from);
        let always = ["--dev", "--ca-file"].map(OsString::from);
        let words = [OsString::from("chancery")]
            .into_iter()
            .chain(words)
            .chain(always)
            .chain([self.file("ca.pem").into_os_string()]);
        let exit = run(words, &mut console);
        let text = |shared: Shared| String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        (exit, text(out), text(err))
    }

    /// As [`Acme::globex`], for JSON.
    fn json(&self, line: &str) -> (u8, Value) {
        let (exit, out, err) = self.globex(&format!("{line} --output json"));
        let value = serde_json::from_str(&out).unwrap_or_else(|_| json!({"stderr": err}));
        (exit, value)
    }

    /// Presents the agent's papers into a file.
    fn present(&self, nonce: &str, stapled: Stapled) {
        let mut occasion = Occasion::new(AUDIENCE, nonce);
        occasion.stapled = stapled;
        let text = self
            .agent
            .present(self.papers.clone(), &occasion, SystemClock.now())
            .unwrap();
        self.write("presentation", &text);
    }

    /// What Globex decides offline about a refund of 35 EUR, with this more on the line.
    fn decide(&self, more: &str) -> (u8, String) {
        self.present("n-1", Stapled::default());
        self.decide_as_it_is(more)
    }

    fn decide_as_it_is(&self, more: &str) -> (u8, String) {
        let line = format!(
            "verify @presentation --policy @policy.toml --nonce n-1 --offline --request @request.json {more}"
        );
        let (exit, value) = self.json(&line);
        let failed = value["stderr"]
            .as_str()
            .and_then(|text| text.split_once(']'))
            .map(|(code, _)| code);
        let code = value["code"].as_str().or(failed).unwrap_or_default();
        (exit, code.trim_start_matches("error[").to_owned())
    }

    fn revoke(&self) {
        self.runtime
            .block_on(self.client.revoke(&self.capability))
            .unwrap();
    }
}

async fn equipped(client: &Client, agent: &Agent) -> (Vec<String>, String) {
    let registered = json!({
        "name": "refund desk", "version": "1.0.0", "owner": "mailto:ada@acme.example",
        "purpose": "refunds", "risk_level": "medium",
    });
    let registered = client.register_agent(&registered).await.unwrap();
    let id = registered["id"].as_str().unwrap().to_owned();
    let asked = client.possession_challenge(&id).await.unwrap();
    let challenge = PossessionChallenge {
        audience: asked.audience,
        nonce: asked.challenge,
        instance_of: id.clone(),
    };
    let proof = agent.prove_possession(&challenge, SystemClock.now()).unwrap();
    client
        .register_instance(&id, agent.did().as_str(), &proof)
        .await
        .unwrap();
    let order = json!({
        "type": "AgentCapabilityCredential", "instance": agent.did().as_str(),
        "capability": [{
            "action": ["refund:create"], "resource": [format!("{AUDIENCE}/orders/*")],
            "constraint": [{"type": "Amount", "fact": "amount", "max": "40.00", "currency": "EUR"}],
        }],
    });
    let capability = client.issue(&order).await.unwrap();
    let order = json!({"type": "AgentPassportCredential", "instance": agent.did().as_str()});
    let passport = client.issue(&order).await.unwrap();
    (vec![capability.credential, passport.credential], capability.id)
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Acme, and Globex that joined it: a policy with a pinned key and a grant, and a request.
fn joined() -> Acme {
    let acme = Acme::open();
    acme.write(
        "grant.json",
        &json!([{"action": ["refund:create"], "resource": [format!("{AUDIENCE}/orders/*")]}]).to_string(),
    );
    let request = json!({
        "action": "refund:create", "resource": format!("{AUDIENCE}/orders/17"), "audience": AUDIENCE,
        "nonce": "n-1", "facts": {"amount": {"value": "35.00", "currency": "EUR"}},
    });
    acme.write("request.json", &request.to_string());
    let join =
        format!("trust join ACME --policy @policy.toml --audience {AUDIENCE} --grant @grant.json --yes");
    let (exit, _, err) = acme.globex(&join);
    assert_eq!(exit, 0, "{err}");
    acme
}

const FETCH: &str = "trust bundle ACME --policy @policy.toml --file @acme.bundle";
const BUNDLE: &str = "--bundle @acme.bundle";

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn verifier_with_a_bundle_decides_offline_and_feels_a_revocation_with_the_next_one() {
    let acme = joined();
    let (exit, told) = acme.json(&format!("{FETCH} --dry-run"));
    assert_eq!((exit, &told["kind"]), (0, &json!("Rehearsal")), "{told}");
    assert!(!acme.file("acme.bundle").exists(), "a rehearsal writes nothing");
    let (exit, told) = acme.json(FETCH);
    assert_eq!((exit, &told["changed"]), (0, &json!(true)), "{told}");
    assert_eq!(told["signer"], format!("{}:bundle", acme.did));
    assert_eq!(told["documents"].as_array().unwrap().len(), 4);
    assert_eq!(told["statusLists"].as_array().unwrap().len(), 2);
    assert_eq!(acme.decide(BUNDLE), (0, "ok".to_owned()));

    let (exit, told) = acme.json(FETCH);
    assert_eq!(
        (exit, &told["changed"]),
        (0, &json!(false)),
        "nothing changed since: {told}"
    );

    acme.revoke();
    assert_eq!(
        acme.decide(BUNDLE),
        (0, "ok".to_owned()),
        "what is held is as it was"
    );
    let before = std::fs::read_to_string(acme.file("acme.bundle")).unwrap();
    let (exit, told) = acme.json(FETCH);
    assert_eq!(
        (exit, &told["changed"], &told["changes"]),
        (0, &json!(true), &json!(1)),
        "{told}"
    );
    assert_eq!(
        lines(&acme.file("acme.bundle")).len(),
        3,
        "a description, a bundle and a change"
    );
    assert_eq!(acme.decide(BUNDLE), (1, "status.revoked".to_owned()));

    // What was kept before is put back: it is older than what was seen.
    let after = std::fs::read_to_string(acme.file("acme.bundle")).unwrap();
    acme.write("acme.bundle", &before);
    assert_eq!(acme.decide(BUNDLE), (3, "bundle.rollback".to_owned()));
    assert_eq!(acme.json(FETCH).0, 0, "and is brought up to date");
    assert_eq!(acme.decide(BUNDLE), (1, "status.revoked".to_owned()));
    acme.write("acme.bundle", &after);
    assert_eq!(acme.decide(BUNDLE), (1, "status.revoked".to_owned()));
}

#[test]
fn bundle_is_believed_under_its_signer_only() {
    let acme = joined();
    let (exit, told) = acme.json(FETCH);
    assert_eq!(exit, 0, "{told}");
    let signer = format!(
        "{}#{}",
        told["signer"].as_str().unwrap(),
        told["thumbprint"].as_str().unwrap()
    );
    let named = format!("{BUNDLE} --bundle-signer {signer}");
    assert_eq!(acme.decide(&named), (0, "ok".to_owned()));
    let other = key(5).public_key().thumbprint();
    let another = format!(
        "{BUNDLE} --bundle-signer {}#{other}",
        told["signer"].as_str().unwrap()
    );
    assert_eq!(acme.decide(&another), (1, "bundle.signer".to_owned()));
    let anothers = format!("{BUNDLE} --bundle-signer {}:status#{other}", acme.did);
    assert_eq!(acme.decide(&anothers), (1, "bundle.signer".to_owned()));

    let kept = lines(&acme.file("acme.bundle"));
    assert_eq!(kept.len(), 2);
    acme.write("acme.bundle", &kept[1]);
    assert_eq!(acme.decide(BUNDLE), (2, "bundle.signer_missing".to_owned()));
    assert_eq!(acme.decide(&named), (0, "ok".to_owned()), "the command names it");

    // A policy that pins another key of Acme's takes nobody's word for it.
    acme.write("acme.bundle", &kept.join("\n"));
    let policy = std::fs::read_to_string(acme.file("policy.toml")).unwrap();
    let pinned = key(1).public_key().thumbprint();
    acme.write("policy.toml", &policy.replace(&pinned, &other));
    assert_eq!(acme.decide(BUNDLE).1, "trust.key_changed");
    acme.write("policy.toml", &policy);

    for (bent, code) in [
        (kept[1].replacen('.', "..", 1), "parse.jose"),
        (format!("{}A", kept[1]), "parse.base64url"),
        (String::new(), "bundle.base"),
        (kept[0].clone(), "bundle.signer_missing"),
    ] {
        acme.write("acme.bundle", &bent);
        let (exit, said) = acme.decide(&named);
        assert_ne!(exit, 0, "{said}");
        let (exit, said) = acme.decide(BUNDLE);
        assert!(exit != 0 && !said.is_empty(), "{code}: {said}");
    }
}

#[test]
fn decision_by_a_bundle_is_saved_and_reached_again() {
    let acme = joined();
    assert_eq!(acme.json(FETCH).0, 0);
    let (exit, code) = acme.decide(&format!("{BUNDLE} --save-evidence @saved.json"));
    assert_eq!((exit, code.as_str()), (0, "ok"));
    let (exit, replayed) = acme.json("replay @saved.json");
    assert_eq!(
        (exit, &replayed["code"], &replayed["allow"]),
        (0, &json!("ok"), &json!(true))
    );
    assert_eq!(
        acme.decide("--bundle @saved.json"),
        (0, "ok".to_owned()),
        "told apart by content"
    );
    let (exit, _, err) = acme.globex("replay @policy.toml");
    assert_eq!(exit, 2, "{err}");
}

#[test]
fn agent_that_brings_its_status_lists_is_decided_about_without_them() {
    let acme = joined();
    let read: Vec<_> = acme
        .papers
        .iter()
        .map(|text| read_paper(text.as_bytes(), &Limits::default()).unwrap())
        .collect();
    let papers: Vec<&Paper> = read.iter().map(|paper| paper.unverified()).collect();
    let staple = || {
        acme.runtime
            .block_on(chancery::staple(&acme.guarded, &papers))
            .unwrap()
    };
    let stapled = staple();
    assert_eq!(stapled.status_lists.len(), 2);
    for (name, path) in [
        ("acme.json", "/.well-known/did.json"),
        ("status.json", "/status/did.json"),
    ] {
        let url = format!("https://localhost:{}{path}", acme.port);
        let fetched = acme.runtime.block_on(acme.guarded.get(&url, &[])).unwrap();
        acme.write(name, &String::from_utf8(fetched.bytes).unwrap());
    }
    let documents = "--did-document @acme.json --did-document @status.json";
    assert_eq!(acme.decide(documents), (3, "evidence.needed".to_owned()));
    acme.present("n-1", stapled);
    assert_eq!(acme.decide_as_it_is(documents), (0, "ok".to_owned()));
    acme.revoke();
    acme.present("n-1", staple());
    assert_eq!(acme.decide_as_it_is(documents), (1, "status.revoked".to_owned()));
}
