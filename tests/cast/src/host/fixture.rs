//! What a host case starts from: a scene, the bundle that Globex's registry signed of its evidence, and the options.

use chancery_proof::{base64url, jcs};
use serde_json::{Value, json};

use crate::paper::{AUDIENCE, BERLIN};
use crate::party::{ADA, BOB, GLOBEX_BUNDLE, Party};
use crate::scene::Scene;
use crate::time::{after, instant};

/// A trust bundle before it is signed, to be bent.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The protected header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    /// Who signs.
    pub signer: Party,
}

impl Bundle {
    /// A bundle of this evidence by Globex's registry, made ten seconds ago, for ten minutes.
    pub fn of(at: &str, mut evidence: Value) -> Self {
        evidence["documents"][GLOBEX_BUNDLE.did()] = json!(GLOBEX_BUNDLE.document().to_string());
        let made = after(at, -10);
        Self {
            header: json!({"alg": "EdDSA", "kid": GLOBEX_BUNDLE.method(), "typ": "chancery-bundle+jwt"}),
            claims: json!({
                "iss": GLOBEX_BUNDLE.did(), "issuedAt": made, "expiresAt": after(&made, 600), "evidence": evidence,
            }),
            signer: GLOBEX_BUNDLE,
        }
    }

    /// The change from another bundle, which adds these members of the evidence and takes nothing.
    pub fn change(at: &str, base: &Bundle, evidence: Value) -> Self {
        let mut change = Self::of(at, json!({"documents": {}}));
        change.claims["evidence"] = evidence;
        change.claims["base"] = base.claims["issuedAt"].clone();
        change.claims["gone"] = json!({});
        change
    }

    /// The compact JWS.
    pub fn token(&self) -> String {
        let part = |value: &Value| base64url::encode(&jcs::canonicalize(value).unwrap());
        let input = format!("{}.{}", part(&self.header), part(&self.claims));
        format!(
            "{input}.{}",
            base64url::encode(&self.signer.sign(input.as_bytes()))
        )
    }
}

/// A scene whose evidence comes in a bundle.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// The scene: papers, presentation, policy, request.
    pub scene: Scene,
    /// The bundle.
    pub bundle: Bundle,
}

impl Fixture {
    /// Ada presents Acme's capability herself.
    pub fn direct() -> Self {
        Self::of(Scene::of(&[ADA]))
    }

    /// Bob presents what Ada handed on.
    pub fn delegated() -> Self {
        Self::of(Scene::of(&[ADA, BOB]))
    }

    /// A scene, with a tool in its policy: `refund` of an order's amount.
    pub fn of(mut scene: Scene) -> Self {
        scene.policy["tools"] = json!([{
            "name": "refund", "action": "refund:create", "resource": "https://api.globex.example/orders/{order}",
            "facts": {"amount": {"type": "Amount", "value": "/amount", "currency": "EUR"}},
        }]);
        let mut evidence = scene.gathered();
        // Offsets of zones hold for one moment, so a bundle has none.
        for name in ["zoneOffsets", "statusFloors", "failures"] {
            evidence.as_object_mut().unwrap().remove(name);
        }
        let bundle = Bundle::of(&scene.at, evidence);
        Self { scene, bundle }
    }

    /// What a verifier is opened with.
    pub fn options(&self) -> Value {
        json!({
            "bundle": self.bundle.token(), "signer": signer(GLOBEX_BUNDLE), "policy": self.scene.policy,
            "audience": AUDIENCE,
        })
    }

    /// The nonce that the presentation answers.
    pub fn nonce(&self) -> &'static str {
        "nonce-0001"
    }

    /// Evidence of Berlin's offset at this moment.
    pub fn offsets(&self, at: &str) -> Value {
        json!({"zoneOffsets": [
            {"zone": BERLIN, "at": instant(at).to_string(), "offset": 7_200, "tzdb": "2026a"},
        ]})
    }
}

/// The expected signer of a bundle.
pub(super) fn signer(party: Party) -> Value {
    json!({"did": party.did(), "thumbprint": party.public().thumbprint()})
}

/// A call of the tool: a refund of this order and amount.
pub(super) fn refund(amount: &str) -> Value {
    json!({"tool": "refund", "args": {"order": "1001", "amount": amount}})
}

/// The same call with the nonce that the presentation answers.
pub(super) fn asked(amount: &str) -> Value {
    let mut call = refund(amount);
    call["nonce"] = json!("nonce-0001");
    call
}
