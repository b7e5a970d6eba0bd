//! A chain over three organizations: the hop in the middle belongs to another one than the root, and what that
//! one says of it counts.

use std::time::Duration;

use serde_json::{Value, json};

use super::papers::{handover, policy, trusted};
use super::stage::{Door, Registry, agent, code, guarded, wednesday};

/// Acme's Ada hands on to Initech's Bob, and Bob to Acme's Cy, who presents to Globex.
struct Three {
    acme: Registry,
    initech: Registry,
    globex: Registry,
    papers: Vec<String>,
}

impl Three {
    async fn set() -> Self {
        let (acme, globex, initech) = (Door::open(10).await, Door::open(30).await, Door::open(20).await);
        let guarded = guarded(&[&acme, &globex, &initech]);
        let passports = initech.anchor(&["AgentPassportCredential"], json!([]));
        let policy = policy(&globex, &[trusted(&acme), passports], "1s");
        let clock = wednesday();
        let acme = Registry::serve(acme, &clock, &guarded, None).await;
        let initech = Registry::serve(initech, &clock, &guarded, None).await;
        let globex = Registry::serve(globex, &clock, &guarded, Some(policy)).await;
        let (ada, bob, cy) = (agent(80), agent(81), agent(82));
        let mut papers = acme.equipped(&ada).await;
        initech.registered(&bob).await;
        acme.registered(&cy).await;
        let now = acme.now();
        let first = ada
            .delegate(&papers[0], &handover(&bob, Some(1), now), None, now)
            .unwrap();
        let second = bob
            .delegate(&first, &handover(&cy, None, now), None, now)
            .unwrap();
        papers.splice(1..1, [first, second]);
        papers.extend([initech.passport(&bob).await, acme.passport(&cy).await]);
        Self {
            acme,
            initech,
            globex,
            papers,
        }
    }

    async fn decided(&self) -> Value {
        let submission = self.globex.submission(&agent(82), &self.papers).await;
        self.globex.decision(&submission).await
    }
}

/// The hop that the decision's failed check names.
fn hop(decision: &Value) -> &Value {
    let checks = decision["checks"].as_array().unwrap();
    &checks.iter().find(|check| check["status"] == "fail").unwrap()["hop"]
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_middle_hop_of_another_organization_refuses_the_leaf() {
    let three = Three::set().await;
    let clock = three.acme.clock.clone();
    let allowed = three.decided().await;
    assert_eq!(code(&allowed), "ok", "{allowed:#}");
    assert_eq!(allowed["chain"].as_array().unwrap().len(), 3);

    three
        .initech
        .client
        .suspend_instance(agent(81).did().as_str())
        .await
        .unwrap();
    clock.advance(Duration::from_millis(1_100));
    let refused = three.decided().await;
    assert_eq!(code(&refused), "status.suspended", "{refused:#}");
    assert_eq!(refused["verdict"], "invalid");
    assert!(!hop(&refused).is_null(), "the hop is named: {refused:#}");

    three
        .initech
        .client
        .resume_instance(agent(81).did().as_str())
        .await
        .unwrap();
    clock.advance(Duration::from_millis(1_100));
    assert_eq!(code(&three.decided().await), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn root_s_organization_cannot_suspend_the_other_one_s_instance() {
    let three = Three::set().await;
    let error = three
        .acme
        .client
        .suspend_instance(agent(81).did().as_str())
        .await
        .unwrap_err();
    assert_eq!(error.exit_class(), 1, "{error}");
    assert_eq!(code(&three.decided().await), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_of_the_other_organization_is_not_consent() {
    let mut three = Three::set().await;
    assert_eq!(code(&three.decided().await), "ok");
    three.initech.stop().await.unwrap().unwrap();
    three.acme.clock.advance(Duration::from_millis(1_500));
    let decision = three.decided().await;
    assert_eq!(decision["verdict"], "indeterminate", "{decision:#}");
    assert_eq!(decision["allow"], false);
    three
        .acme
        .client
        .suspend_instance(agent(80).did().as_str())
        .await
        .unwrap();
    three.acme.clock.advance(Duration::from_millis(1_500));
    assert_eq!(three.decided().await["allow"], false);
}
