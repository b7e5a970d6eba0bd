//! Seeded canaries: what is secret or private turns up in no log, no refusal and no database.

use chancery_proof::base64url;
use serde_json::{Value, json};

use super::logs;
use super::papers::refunds;
use super::stage::{Pair, Registry, agent};
use super::wire::Ask;

const PASSPHRASE: &str = "correct-horse-battery-staple-canary";
const PRIVATE: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

/// Everything that the service keeps on disk, write-ahead log included.
fn kept(registry: &Registry) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(registry.folder.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(bytes.len() > 4096);
    bytes
}

fn holds(bytes: &[u8], canary: &str) -> bool {
    bytes
        .windows(canary.len())
        .any(|window| window == canary.as_bytes())
}

/// Says to a service what should never be said to it, on every way there is; gives all its answers. (A member
/// that is checked, as a DID is, may be named back to its sender when it is wrong; what is no answer to a
/// question of the service never is.)
async fn indiscretions(acme: &Registry) -> String {
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": PRIVATE });
    let did = format!("did:jwk:{}", base64url::encode(jwk.to_string().as_bytes()));
    let agent_id = acme.registered(&agent(120)).await;
    let mut with_key = refunds();
    with_key["key"] = jwk.clone();
    let mut with_passphrase = refunds();
    with_passphrase["passphrase"] = json!(PASSPHRASE);
    let asks = [
        Ask::new("POST", "/api/v1/agents").json(&with_key),
        Ask::new("POST", "/api/v1/agents").json(&with_passphrase),
        Ask::new("POST", "/api/v1/agents")
            .body("application/json", format!("{{\"passphrase\": {PASSPHRASE}")),
        Ask::new("POST", "/api/v1/agents").body(PASSPHRASE, "{}"),
        Ask::new("POST", &format!("/api/v1/agents/{agent_id}/instances"))
            .json(&json!({ "did": did, "possession": format!("a.{PRIVATE}.b") })),
        Ask::new("POST", "/api/v1/credentials").json(&json!({ "type": PASSPHRASE, "instance": PASSPHRASE })),
        Ask::new("POST", "/api/v1/recognitions").json(&json!({ "entity_id": did, "action": "a:b" })),
        Ask::new("POST", "/api/v1/tokens").json(&json!({ "name": "a", "scopes": [PASSPHRASE] })),
        Ask::new("GET", &format!("/api/v1/agents?passphrase={PASSPHRASE}")),
        Ask::new("GET", &format!("/api/v1/agents?after={PASSPHRASE}")),
        Ask::new("GET", &format!("/api/v1/agents/{PASSPHRASE}")),
        Ask::new("GET", &format!("/api/v1/credentials/{}", acme.token)),
        Ask::new("GET", &format!("/{PASSPHRASE}")),
        Ask::new(PASSPHRASE, "/api/v1/agents"),
        Ask::new("POST", "/api/v1/delegations").body("application/jwt", format!("{PASSPHRASE}.{PRIVATE}.x")),
        Ask::new("POST", "/api/v1/revocations").body("application/jwt", PRIVATE),
        Ask::new("POST", "/trqp/recognition")
            .json(&json!({ "entity_id": "x", PASSPHRASE: PASSPHRASE, "d": PRIVATE })),
        Ask::new("POST", "/verify")
            .json(&json!({ "presentation": PASSPHRASE, "nonce": PRIVATE, "d": PRIVATE })),
        Ask::new("POST", "/verify").json(&json!({
            "presentation": format!("a.{PRIVATE}.{PASSPHRASE}"), "nonce": "n", "tool": "refund",
            "arguments": { "order": "7", "amount": PASSPHRASE },
        })),
    ];
    let mut answers = String::new();
    let mut echoes = Vec::new();
    for ask in &asks {
        for ask in [
            ask.clone().bearer(&acme.token),
            ask.clone()
                .header("authorization", &format!("Basic {PASSPHRASE}")),
        ] {
            let answer = acme.wire.send(&ask).await;
            assert!(answer.status < 500, "{ask:?}: {}", answer.text());
            if [PASSPHRASE, PRIVATE, &did]
                .iter()
                .any(|canary| answer.text().contains(canary))
            {
                echoes.push(answer.text());
            }
            answers.push_str(answer.head());
            answers.push_str(&answer.text());
        }
    }
    assert!(echoes.is_empty(), "said back: {echoes:#?}");
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_turn_up_in_no_log_no_answer_and_no_database() {
    logs::catch();
    let pair = Pair::set("5m").await;
    let ada = agent(121);
    let papers = pair.acme.equipped(&ada).await;
    let minted = pair
        .globex
        .post(
            "/api/v1/tokens",
            &json!({ "name": "more", "scopes": ["agents:read"] }),
        )
        .await;
    let minted = minted.json()["token"].as_str().unwrap().to_owned();
    let submission = pair.globex.submission(&ada, &papers).await;
    let allowed = pair.globex.decision(&submission).await;
    assert_eq!(allowed["code"], "ok");
    let presentation = submission["presentation"].as_str().unwrap().to_owned();
    let signature = |text: &str| -> String {
        let value: Value = serde_json::from_str(text).unwrap();
        value["proof"]["proofValue"].as_str().unwrap().to_owned()
    };
    let answers = indiscretions(&pair.globex).await + &pair.globex.decision(&submission).await.to_string();
    let (log, disk) = (logs::caught(), kept(&pair.globex));
    assert!(
        log.contains("\"refused\"") && log.contains("/verify"),
        "the log was caught"
    );
    let mut canaries = vec![
        ("passphrase", PASSPHRASE.to_owned()),
        ("private member", PRIVATE.to_owned()),
        ("admin token", pair.globex.token.clone()),
        ("other admin token", minted),
        ("presentation's signature", signature(&presentation)),
    ];
    canaries.extend(papers.iter().map(|paper| ("paper's signature", signature(paper))));
    let bearer = pair.globex.token.strip_prefix("chancery_").unwrap().to_owned();
    canaries.push(("admin token without its prefix", bearer));
    for (name, canary) in &canaries {
        if let Some(line) = log.lines().find(|line| line.contains(canary.as_str())) {
            panic!("{name} in the log: {line}");
        }
        assert!(!answers.contains(canary.as_str()), "{name} in an answer");
        assert!(!holds(&disk, canary), "{name} in the database");
    }
    // Acme signed the papers and keeps them; its keys and its token it does not.
    let disk = kept(&pair.acme);
    assert!(holds(&disk, &signature(&papers[0])));
    assert!(!holds(&disk, &pair.acme.token));
    assert!(
        !disk.windows(32).any(|window| window == [10; 32]),
        "a secret key in the database"
    );
    assert!(!log.contains(&pair.acme.token));
}

#[tokio::test(flavor = "multi_thread")]
async fn private_member_of_a_key_is_refused_and_its_value_never_said() {
    let acme = Registry::alone().await;
    let agent_id = acme.registered(&agent(122)).await;
    let before = acme.counted().await;
    let jwk = json!({ "crv": "Ed25519", "d": PRIVATE, "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let did = format!("did:jwk:{}", base64url::encode(jwk.to_string().as_bytes()));
    let holder = agent(122);
    let challenge = acme.client.possession_challenge(&agent_id).await.unwrap();
    let asked = chancery::agent::PossessionChallenge {
        audience: challenge.audience,
        nonce: challenge.challenge,
        instance_of: agent_id.clone(),
    };
    let possession = holder.prove_possession(&asked, acme.now()).unwrap();
    let body = json!({ "did": did, "possession": possession });
    let answer = acme
        .post(&format!("/api/v1/agents/{agent_id}/instances"), &body)
        .await;
    answer.problem("a private key");
    assert!(!answer.text().contains(PRIVATE) && !answer.text().contains(&did));
    assert_eq!(acme.counted().await, before);
}
