//! Who may: every admin route against every token that is none, or not enough.

use std::time::Duration;

use chancery_registry::Scope;
use serde_json::{Value, json};

use super::papers::{order, refunds};
use super::routes::{ROUTES, Route};
use super::stage::{Registry, agent};
use super::wire::{Answer, Ask};

/// Acme with one of everything, so that every admin route has something to act on.
async fn furnished() -> (Registry, Named) {
    let acme = Registry::alone().await;
    let ada = agent(100);
    let agent_id = acme.registered(&ada).await;
    let credential = acme.client.issue(&order(&ada)).await.unwrap().id;
    let partner = "did:web:globex.example";
    let recognition = acme
        .client
        .recognize(partner, "refund:create", "https://a.example/x")
        .await
        .unwrap();
    let token = acme
        .app
        .mint_token(&[Scope::AgentsRead], 600, "named")
        .await
        .unwrap();
    let named = Named {
        agent: agent_id,
        instance: ada.did().as_str().to_owned(),
        credential,
        recognition: recognition["id"].as_str().unwrap().to_owned(),
        token: token.id,
    };
    (acme, named)
}

struct Named {
    agent: String,
    instance: String,
    credential: String,
    recognition: String,
    token: String,
}

impl Named {
    /// A request to a route that would succeed with the right token.
    fn ask(&self, route: &Route) -> Ask {
        let path = route.path("{id}");
        let (id, body) = if path.contains("/agents") {
            (&self.agent, refunds())
        } else if path.contains("/instances") {
            (&self.instance, Value::Null)
        } else if path.contains("/credentials") {
            (
                &self.credential,
                json!({ "type": "AgentPassportCredential", "instance": self.instance }),
            )
        } else if path.contains("/recognitions") {
            let body = json!({ "entity_id": "did:web:other.example", "action": "a:b", "resource": "https://a.example/x" });
            (&self.recognition, body)
        } else {
            (&self.token, json!({ "name": "more", "scopes": ["tokens:write"] }))
        };
        let ask = Ask::new(route.method, &route.path(id));
        if route.takes == super::routes::Takes::Json {
            ask.json(&body)
        } else {
            ask
        }
    }
}

/// The same refusal is the same but for the id of its occasion.
fn shape(answer: &Answer) -> (u16, Value) {
    let mut value = answer.json();
    value["instance"] = json!("");
    (answer.status, value)
}

#[tokio::test(flavor = "multi_thread")]
async fn token_that_is_none_gets_the_same_401_everywhere_and_does_nothing() {
    let (acme, named) = furnished().await;
    let expired = acme
        .app
        .mint_token(&Scope::ALL, 60, "expired")
        .await
        .unwrap()
        .secret
        .to_string();
    let revoked = acme.app.mint_token(&Scope::ALL, 600, "revoked").await.unwrap();
    assert_eq!(
        acme.admin("DELETE", &format!("/api/v1/tokens/{}", revoked.id))
            .await
            .status,
        204
    );
    acme.clock.advance(Duration::from_secs(61));
    let other = Registry::alone().await.token;
    let signed = agent(100)
        .request_revocation(
            acme.app.did(),
            "urn:uuid:00000000-0000-4000-8000-000000000001",
            None,
            acme.now(),
        )
        .unwrap();
    let header = |value: String| vec![("authorization", value)];
    let bad: Vec<(&str, Vec<(&str, String)>)> = vec![
        ("none", vec![]),
        ("empty", header(String::new())),
        ("no token", header("Bearer".to_owned())),
        ("a space", header("Bearer ".to_owned())),
        ("garbage", header("Bearer garbage".to_owned())),
        (
            "of its shape",
            header(format!("Bearer chancery_{}", "A".repeat(43))),
        ),
        (
            "another case",
            header(format!("Bearer {}", acme.token.to_uppercase())),
        ),
        (
            "cut",
            header(format!("Bearer {}", &acme.token[..acme.token.len() - 1])),
        ),
        ("longer", header(format!("Bearer {}A", acme.token))),
        ("another scheme", header(format!("Basic {}", acme.token))),
        ("in another header", vec![("x-api-key", acme.token.clone())]),
        (
            "twice",
            vec![
                ("authorization", format!("Bearer {}", acme.token)),
                ("authorization", "Bearer x".to_owned()),
            ],
        ),
        ("expired", header(format!("Bearer {expired}"))),
        ("revoked", header(format!("Bearer {}", revoked.secret.as_str()))),
        ("of another registry", header(format!("Bearer {other}"))),
        ("an agent's signature", header(format!("Bearer {signed}"))),
        ("alg none", header("Bearer eyJhbGciOiJub25lIn0.e30.".to_owned())),
        ("SQL", header("Bearer ' or 1=1 --".to_owned())),
    ];
    let before = acme.counted().await;
    let mut shapes = Vec::new();
    for route in ROUTES.iter().filter(|route| route.scope.is_some()) {
        for (name, headers) in &bad {
            let ask = headers
                .iter()
                .fold(named.ask(route), |ask, (name, value)| ask.header(name, value));
            let answer = acme.wire.send(&ask).await;
            let told = format!("{name} to {} {}", route.method, route.path("{id}"));
            assert_eq!(answer.status, 401, "{told}: {}", answer.text());
            assert_eq!(answer.problem(&told), "auth.required");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{told}");
            shapes.push(shape(&answer));
        }
    }
    shapes.dedup();
    assert_eq!(shapes.len(), 1, "all alike: {shapes:?}");
    assert_eq!(acme.counted().await, before);
    let instance = acme.client.instance(&named.instance).await.unwrap();
    assert_eq!(instance["state"], "active");
    assert_eq!(
        acme.client.credential(&named.credential).await.unwrap()["status"],
        "issued"
    );
    let query = format!("/api/v1/agents?access_token={}", acme.token);
    assert_eq!(
        acme.wire.send(&Ask::new("GET", &query)).await.status,
        401,
        "a token in the query is none"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn token_of_every_other_scope_gets_403_and_does_nothing() {
    let (acme, named) = furnished().await;
    let before = acme.counted().await;
    for route in ROUTES {
        let Some(scope) = route.scope else { continue };
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        let narrow = acme.app.mint_token(&others, 600, "narrow").await.unwrap();
        let answer = acme.wire.send(&named.ask(route).bearer(&narrow.secret)).await;
        let told = format!("{} {}", route.method, route.path("{id}"));
        assert_eq!(answer.status, 403, "{told}: {}", answer.text());
        assert_eq!(answer.problem(&told), "auth.forbidden");
    }
    assert_eq!(acme.counted().await, before);
    assert_eq!(
        acme.client.instance(&named.instance).await.unwrap()["state"],
        "active"
    );
    assert_eq!(
        acme.client.credential(&named.credential).await.unwrap()["status"],
        "issued"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn token_of_exactly_the_scope_is_enough() {
    let (acme, named) = furnished().await;
    for route in ROUTES {
        let Some(scope) = route.scope else { continue };
        let exact = acme.app.mint_token(&[scope], 600, "exact").await.unwrap();
        let answer = acme.wire.send(&named.ask(route).bearer(&exact.secret)).await;
        let told = format!(
            "{} {}: {} {}",
            route.method,
            route.path("{id}"),
            answer.status,
            answer.text()
        );
        assert!(
            !matches!(answer.status, 401 | 403) && answer.status < 500,
            "{told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn token_is_asked_for_before_anything_else_is_read() {
    let acme = Registry::alone().await;
    let large = vec![b' '; 1024 * 1024];
    for route in ROUTES.iter().filter(|route| route.scope.is_some()) {
        let path = route.path("'%20or%201=1");
        for ask in [
            Ask::new(route.method, &path).body("text/plain", "garbage"),
            Ask::new(route.method, &path).body("application/json", large.clone()),
            Ask::new(route.method, &format!("{path}?limit=-1")),
        ] {
            let answer = acme.wire.send(&ask).await;
            assert_eq!(answer.status, 401, "{} {path}: {}", route.method, answer.text());
        }
    }
}
