//! Signed A2A agent cards: whose word the policy takes, and what of a card is signed (A2A 1.0, section 8.4).

use chancery_did::KeyType;
use chancery_proof::{base64url, jcs};
use serde_json::{Value, json};

use super::{Case, Fixture, HostCorpus, Step};
use crate::party::{ACME, ACME_STATUS, ADA, HOSTED, INITECH, MALLORY, Party};

/// Acme's card of its refund desk; nothing in it has a default value that its schema drops.
fn card() -> Value {
    json!({
        "name": "Refund desk", "description": "", "version": "1.4.0",
        "supportedInterfaces": [{
            "url": "https://agents.acme.example/refunds", "protocolBinding": "JSONRPC", "protocolVersion": "1.0",
        }],
        "provider": {"url": "https://acme.example", "organization": "Acme"},
        "capabilities": {"streaming": false, "extensions": [{"uri": "https://w3id.org/chancery/a2a/v1", "required": true}]},
        "defaultInputModes": ["application/json"], "defaultOutputModes": ["application/json"],
        "skills": [{"id": "refund", "name": "Refund", "description": "Refunds an order", "tags": []}],
    })
}

/// A signature over a card, by this party under this header.
fn signature(card: &Value, signer: Party, header: &Value) -> Value {
    let part = |value: &Value| base64url::encode(&jcs::canonicalize(value).unwrap());
    let (protected, payload) = (part(header), part(card));
    let signature = signer.sign(format!("{protected}.{payload}").as_bytes());
    json!({"protected": protected, "signature": base64url::encode(&signature)})
}

fn header(signer: Party) -> Value {
    json!({"alg": signer.algorithm(), "kid": signer.method(), "typ": "JOSE"})
}

fn signed(card: Value, signer: Party) -> Value {
    let signature = signature(&card, signer, &header(signer));
    with(card, json!([signature]))
}

fn with(mut card: Value, signatures: Value) -> Value {
    card["signatures"] = signatures;
    card
}

fn step(card: &Value) -> Step {
    Step::new("verifyCard", json!([card.to_string()]))
}

fn verified(card: &Value, signer: Party) -> Step {
    step(card).expect(json!({
        "kind": "CardReport", "verified": true, "verdict": "valid", "code": "ok", "did": signer.did(),
        "key": signer.method(), "interfaces": ["https://agents.acme.example/refunds"],
    }))
}

fn refused(card: &Value, verdict: &str, code: &str) -> Step {
    step(card).expect(json!({
        "kind": "CardReport", "verified": false, "verdict": verdict, "code": code, "did": null, "key": null,
        "interfaces": [],
    }))
}

pub(super) fn cases(corpus: &mut HostCorpus) {
    trusted(corpus);
    strangers(corpus);
    changed(corpus);
    headers(corpus);
    texts(corpus);
}

/// Acme's fixture, whose bundle has the document of the agent that is hosted below Acme.
fn fixture() -> Fixture {
    let mut fixture = Fixture::direct();
    let documents = &mut fixture.bundle.claims["evidence"]["documents"];
    documents[HOSTED.did()] = json!(HOSTED.document().to_string());
    documents[MALLORY.did()] = json!(MALLORY.document().to_string());
    fixture
}

fn trusted(corpus: &mut HostCorpus) {
    let fixture = fixture();
    let mut jku = header(ACME);
    jku["jku"] = json!("https://evil.example/keys.json");
    let by_jku = with(card(), json!([signature(&card(), ACME, &jku)]));
    let second = with(
        card(),
        json!([
            signature(&card(), MALLORY, &header(MALLORY)),
            signature(&card(), ACME, &header(ACME)),
        ]),
    );
    let case = Case::opens(&fixture)
        .then(verified(&signed(card(), ACME), ACME))
        .then(verified(&signed(card(), HOSTED), HOSTED))
        .then(verified(&by_jku, ACME))
        .then(verified(&second, ACME));
    corpus.add(
        "card_trusted",
        "an anchored issuer, an agent below its name; where keys are said to be is passed over",
        case,
    );
}

fn strangers(corpus: &mut HostCorpus) {
    let fixture = fixture();
    let mut case = Case::opens(&fixture);
    // Whoever makes a did:key is in the namespace `did:key`, which says nothing about whom to believe.
    for party in [
        MALLORY,
        INITECH,
        ADA,
        ADA.jwk(),
        MALLORY.with(KeyType::P256).jwk(),
        ACME_STATUS,
    ] {
        if party == ACME_STATUS {
            continue;
        }
        case = case.then(refused(&signed(card(), party), "invalid", "trust.unknown_issuer"));
    }
    corpus.add(
        "card_stranger",
        "a card of somebody whom the policy does not name, in any method",
        case,
    );
    let bare = Fixture::direct();
    let case = Case::opens(&bare)
        .then(refused(
            &signed(card(), HOSTED),
            "indeterminate",
            "evidence.needed",
        ))
        .then(
            step(&signed(card(), ACME))
                .at(&crate::time::later(600))
                .expect(json!({"verified": false, "code": "bundle.expired"})),
        )
        .then(step(&signed(card(), ACME)).handle(9).error("host.unknown_handle"));
    corpus.add(
        "card_without_document",
        "what the bundle does not have is named, not fetched",
        case,
    );
    let mut other = Fixture::direct();
    let mut document = ACME.document();
    document["verificationMethod"][0]["publicKeyMultibase"] = json!(MALLORY.public().to_multikey());
    other.bundle.claims["evidence"]["documents"][ACME.did()] = json!(document.to_string());
    let by_mallory = with(card(), json!([signature(&card(), MALLORY, &header(ACME))]));
    let case = Case::opens(&other).then(refused(&by_mallory, "invalid", "trust.key_changed"));
    corpus.add(
        "card_other_key",
        "a key that the anchor does not pin signs nothing",
        case,
    );
    let mut unrelated = Fixture::direct();
    let mut document = ACME.document();
    document["assertionMethod"] = json!([]);
    unrelated.bundle.claims["evidence"]["documents"][ACME.did()] = json!(document.to_string());
    let case = Case::opens(&unrelated).then(refused(&signed(card(), ACME), "invalid", "key.relationship"));
    corpus.add(
        "card_other_relationship",
        "only a key that asserts signs a card",
        case,
    );
}

fn changed(corpus: &mut HostCorpus) {
    let fixture = fixture();
    let good = signed(card(), ACME);
    let bent = |bend: &dyn Fn(&mut Value)| {
        let mut card = good.clone();
        bend(&mut card);
        card
    };
    let mut case = Case::opens(&fixture);
    for card in [
        bent(&|card| card["name"] = json!("Refund desk 2")),
        bent(&|card| card["supportedInterfaces"][0]["url"] = json!("https://evil.example")),
        bent(&|card| card["capabilities"]["streaming"] = json!(true)),
        bent(&|card| card["capabilities"]["pushNotifications"] = json!(false)),
        bent(&|card| card["skills"] = json!([])),
        bent(&|card| drop(card.as_object_mut().unwrap().remove("skills"))),
        bent(&|card| card["securityRequirements"] = json!([{}])),
        bent(&|card| card["iconUrl"] = json!("")),
        bent(&|card| card["__proto__"] = json!({"name": "Evil"})),
        bent(&|card| card["constructor"] = json!("")),
        bent(&|card| card["then"] = json!(null)),
        bent(&|card| card["url"] = json!("https://evil.example")),
        bent(&|card| card["signatures"][0]["signature"] = json!("AAAA")),
    ] {
        case = case.then(refused(&card, "invalid", "signature.invalid"));
    }
    corpus.add(
        "card_changed",
        "whatever a card says is under its signature, members of any name among it",
        case,
    );
    let mut case = Case::opens(&fixture);
    for card in [
        bent(&|card| card["securityRequirements"] = json!([])),
        bent(&|card| card["securitySchemes"] = json!({})),
        bent(&|card| card["iconUrl"] = json!(null)),
        bent(&|card| card["supportedInterfaces"][0]["tenant"] = json!("")),
        bent(&|card| card["skills"][0]["examples"] = json!([])),
        bent(&|card| card["capabilities"]["extensions"][0]["description"] = json!("")),
        bent(&|card| card["signatures"][0]["header"] = json!({"jku": "https://evil.example", "alg": "none"})),
    ] {
        case = case.then(verified(&card, ACME));
    }
    corpus.add(
        "card_defaults",
        "a default that the schema drops says nothing, written or not",
        case,
    );
    let mut odd = card();
    odd["__proto__"] = json!({"verified": true});
    odd["then"] = json!("x");
    let case = Case::opens(&fixture).then(verified(&signed(odd, ACME), ACME));
    corpus.add(
        "card_named",
        "a member named `__proto__` that was signed is a member",
        case,
    );
}

fn headers(corpus: &mut HostCorpus) {
    let fixture = fixture();
    let mut case = Case::opens(&fixture);
    for (name, value, code) in [
        ("alg", json!("none"), "alg.unknown"),
        ("alg", json!("HS256"), "alg.unknown"),
        ("alg", json!("ES256"), "alg.mismatch"),
        ("typ", json!("vc+jwt"), "type.typ"),
        ("typ", json!("JWT"), "type.typ"),
        ("kid", json!("key-1"), "parse.did_url"),
        ("kid", json!(null), "key.not_found"),
        ("kid", json!(ACME.key(9)), "key.not_found"),
        ("kid", json!(MALLORY.method()), "trust.unknown_issuer"),
        ("jwk", MALLORY.public().to_jwk(), "key.header"),
        ("x5c", json!([]), "key.header"),
        ("x5u", json!("https://evil.example"), "key.header"),
        ("crit", json!(["exp"]), "crit.unknown"),
        ("b64", json!(false), "crit.unknown"),
        ("zip", json!("DEF"), "parse.jose"),
    ] {
        let mut header = header(ACME);
        header[name] = value;
        let card = with(card(), json!([signature(&card(), ACME, &header)]));
        case = case.then(refused(&card, "invalid", code));
    }
    corpus.add(
        "card_headers",
        "the algorithm belongs to the key, and the key to the policy",
        case,
    );
}

fn texts(corpus: &mut HostCorpus) {
    let fixture = fixture();
    let good = signature(&card(), ACME, &header(ACME));
    let mut case = Case::opens(&fixture);
    for (card, code) in [
        (card(), "signature.missing"),
        (with(card(), json!([])), "signature.missing"),
        (with(card(), json!({})), "parse.structure"),
        (with(card(), json!([7])), "parse.structure"),
        (with(card(), json!([{"protected": "e30"}])), "parse.structure"),
        (
            with(card(), json!([{"protected": "", "signature": ""}])),
            "parse.json",
        ),
        (
            with(card(), json!([{"protected": "e30=", "signature": "AA"}])),
            "parse.base64url",
        ),
        (
            with(card(), json!([{"protected": "e30", "signature": "AA"}])),
            "alg.unknown",
        ),
        (with(card(), json!(vec![good.clone(); 9])), "limit.proofs"),
        (json!({"signatures": [good]}), "parse.structure"),
        (json!([]), "parse.structure"),
        (json!(null), "parse.structure"),
    ] {
        case = case.then(refused(&card, "invalid", code));
    }
    for (text, code) in [
        ("", "parse.json"),
        ("{", "parse.json"),
        ("{\"name\":\"a\",\"name\":\"b\"}", "parse.duplicate_member"),
    ] {
        let step = Step::new("verifyCard", json!([text]));
        case = case.then(
            step.expect(json!({"kind": "CardReport", "verified": false, "verdict": "invalid", "code": code})),
        );
    }
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(262_144));
    let step = Step::new("verifyCard", json!([large]));
    case = case
        .then(step.expect(json!({"verified": false, "code": "limit.size"})))
        .then(verified(&signed(card(), ACME), ACME));
    corpus.add(
        "card_texts",
        "what is no signed card is refused, and the next one is judged rightly",
        case,
    );
}
