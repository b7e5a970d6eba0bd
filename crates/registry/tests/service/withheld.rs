//! A passport of which its holder may withhold a part: what is ordered, issued, renewed and refused.

use chancery_proof::{Limits, Securing, sd_jwt::SdJwt};
use chancery_vc::{paper::withhold, passport::Member, read_paper};
use http::StatusCode;
use serde_json::{Value, json};

use super::cast::{Registry, agent, id, text};

fn order(instance: &str, more: Value) -> Value {
    let mut order = json!({ "type": "AgentPassportCredential", "instance": instance, "securing": "sd-jwt" });
    for (name, value) in more.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

/// What the holder of this passport may withhold.
fn withholdable(paper: &Value) -> Vec<String> {
    let parsed = SdJwt::parse(&text(paper), &Limits::default()).unwrap();
    let mut pointers = parsed.pointers(&Limits::default()).unwrap();
    pointers.sort();
    pointers
}

#[tokio::test]
async fn a_passport_is_issued_with_what_may_be_withheld_and_renewed_so() {
    let acme = Registry::acme().await;
    let ada = agent(1);
    acme.equipped(&ada).await;
    let named = order(
        ada.did().as_str(),
        json!({ "withholdable": ["owner", "tools", "owner"] }),
    );
    let (status, issued) = acme.post("/api/v1/credentials", named).await;
    assert_eq!(status, StatusCode::CREATED, "{issued}");
    assert_eq!(
        withholdable(&issued),
        ["/credentialSubject/owner", "/credentialSubject/tools"]
    );
    let read = read_paper(text(&issued).as_bytes(), &Limits::default()).unwrap();
    assert_eq!(read.securing(), Securing::SdJwt);
    assert!(read.unverified().passport().unwrap().shows(Member::Owner));
    let part = withhold(&text(&issued), &[Member::Owner], &Limits::default()).unwrap();
    let part = read_paper(part.as_bytes(), &Limits::default()).unwrap();
    assert!(!part.unverified().passport().unwrap().shows(Member::Owner));
    assert_eq!(part.digest().as_str(), issued["digest"].as_str().unwrap());

    let path = format!("/api/v1/credentials/{}/renew", id(&issued));
    let (status, renewed) = acme.post(&path, json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{renewed}");
    assert_eq!(withholdable(&renewed), withholdable(&issued));
    assert_ne!(text(&renewed), text(&issued), "every salt is fresh");

    let (_, whole) = acme
        .post("/api/v1/credentials", order(ada.did().as_str(), json!({})))
        .await;
    // All that the passport has of what may be withheld: nothing of `composite` and `humanOversight`.
    assert_eq!(withholdable(&whole).len(), Member::ALL.len() - 2, "{whole}");
}

#[tokio::test]
async fn an_order_for_more_than_may_be_withheld_leaves_nothing_behind() {
    let acme = Registry::acme().await;
    let ada = agent(1);
    acme.equipped(&ada).await;
    let before = acme.rows().await;
    for more in [
        json!({ "withholdable": ["riskLevel"] }),
        json!({ "withholdable": ["id"] }),
        json!({ "withholdable": ["/credentialSubject/owner"] }),
        json!({ "withholdable": ["Owner"] }),
        json!({ "withholdable": [""] }),
        json!({ "withholdable": [7] }),
        json!({ "withholdable": "owner" }),
        json!({ "withholdable": null }),
        json!({ "withholdable": ["owner"], "securing": "jose" }),
        json!({ "withholdable": ["owner"], "securing": "data-integrity" }),
        json!({ "securing": "SD-JWT" }),
        json!({ "securing": "vc+sd-jwt" }),
        json!({ "securing": "cose" }),
    ] {
        let (status, problem) = acme
            .post("/api/v1/credentials", order(ada.did().as_str(), more.clone()))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{more}: {problem}");
        assert_eq!(problem["code"], "request.member", "{more}");
    }
    let mut capability = super::cast::order(&ada);
    capability["securing"] = json!("sd-jwt");
    let (status, problem) = acme.post("/api/v1/credentials", capability).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    assert_eq!(acme.rows().await, before);
}
