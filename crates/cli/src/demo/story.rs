//! The story: an agent of one organization is believed by another, does the one thing it may do, is
//! refused the next, and is cut off within a second of its owner's word.

use std::sync::Arc;
use std::time::Duration;

use chancery::agent::{Handover, Occasion, PossessionChallenge, Reservation};
use chancery::{Agent, Gatherer, MemoryLedger, OsRandom};
use chancery_did::{KeyType, Relationship, SecretKey, Timestamp};
use chancery_proof::data_integrity::{self, ProofOptions};
use chancery_trust::Policy;
use chancery_vc::capability::Capability;
use chancery_verifier::{Decision, Moment, Request};
use serde_json::{Value, json};

use super::Ending;
use super::stage::Stage;
use super::telling::Teller;
use crate::exit::{Exit, Failure};
use crate::joining::introduce;
use crate::office::refused;

/// What Globex is called by those who present to it.
const AUDIENCE: &str = "https://orders.globex.example";
/// How long the delegation lives, in milliseconds: a little less than the day of its parent.
const DELEGATION_LIFE: i64 = 86_100_000;
/// From ten in the morning to eight in the evening, in milliseconds.
const TO_THE_EVENING: i64 = 36_000_000;
/// From then to half past nine on the next morning, while all papers still hold.
const TO_THE_MORNING: i64 = 48_600_000;
/// The pause between two questions after a revocation.
const PAUSE: Duration = Duration::from_millis(200);

/// One running agent with its key and its passport.
struct Instance {
    agent: Agent,
    signer: Arc<SecretKey>,
    passport: String,
}

/// The papers that the first instance and the second one hold.
struct Papers {
    one: Instance,
    two: Instance,
    capability: String,
    capability_id: String,
    delegation: String,
}

/// Globex as a verifier: its policy, what it gathered, the nonces it has seen.
struct Globex {
    policy: Policy,
    gatherer: Gatherer,
}

pub(super) async fn play(stage: &Stage, ending: Ending, teller: &mut Teller<'_>) -> Result<(), Failure> {
    teller.chapter(1, "Two organizations, each with its own registry");
    let globex = join(stage, teller).await?;
    teller.chapter(
        2,
        "Acme registers an agent; two instances prove their keys and get passports",
    );
    let (one, two) = hire(stage, teller).await?;
    let (capability, capability_id) = empower(stage, &one, teller).await?;
    teller.chapter(3, "The first instance hands a narrower part to the second");
    let delegation = hand_over(stage, &one, &two, &capability, teller).await?;
    let papers = Papers {
        one,
        two,
        capability,
        capability_id,
        delegation,
    };
    keep(stage, &papers)?;
    teller.chapter(4, "Globex decides, each time for a fresh nonce");
    decide(stage, &globex, &papers, teller).await?;
    teller.chapter(5, "The next morning, half past nine: Acme takes it back");
    cut_off(stage, &globex, &papers, ending, teller).await
}

/// Globex meets Acme, compares the fingerprint, and writes its policy.
async fn join(stage: &Stage, teller: &mut Teller<'_>) -> Result<Globex, Failure> {
    for organization in [&stage.acme, &stage.globex] {
        teller.act(
            organization.name,
            &format!("{} answers at https://{}", organization.did, organization.host),
        );
    }
    let clock = Arc::new(stage.clock.clone());
    let acme = introduce(&stage.acme.did, &stage.client, clock.clone()).await?;
    teller.act(
        "Globex",
        &format!(
            "fetches Acme's signed description: {}",
            acme.description.fingerprint()
        ),
    );
    let own = introduce(&stage.globex.did, &stage.client, clock.clone()).await?;
    for action in ["refund:*", "customer:*"] {
        let all = format!("{AUDIENCE}/*");
        stage
            .globex
            .office
            .recognize(stage.acme.did.as_str(), action, &all)
            .await
            .map_err(refused)?;
    }
    teller.act(
        "Globex",
        "recognizes Acme in its own registry, pins that key, and grants: refunds up to 80 EUR",
    );
    let policy = policy(stage, &acme, &own)?;
    stage.globex.file("policy.toml", &policy.to_toml())?;
    let gatherer = Gatherer::new(stage.client.clone(), clock, Arc::new(MemoryLedger::new(1024)));
    Ok(Globex { policy, gatherer })
}

fn policy(
    stage: &Stage,
    acme: &crate::joining::Introduction,
    own: &crate::joining::Introduction,
) -> Result<Policy, Failure> {
    let anchor = acme.description.to_anchor(vec!["did:key".to_owned()], Vec::new());
    let mut anchor = anchor.to_value();
    if let Some(members) = anchor.as_object_mut() {
        members.insert("recognizedBy".to_owned(), "globex".into());
        members.insert(
            "grant".to_owned(),
            json!([{
                "action": ["refund:create"],
                "resource": [format!("{AUDIENCE}/orders/*")],
                "constraint": [{"type": "Amount", "fact": "amount", "max": "80.00", "currency": "EUR"}],
            }]),
        );
    }
    let value = json!({
        "version": 1,
        "audience": AUDIENCE,
        "maxStatusAge": "1s",
        "anchors": [anchor],
        "registries": [own.registry("globex")?.to_value()],
        "tools": [
            {
                "name": "refund", "action": "refund:create", "resource": format!("{AUDIENCE}/orders/{{order}}"),
                "facts": {"amount": {"type": "Amount", "value": "/amount", "currency": "EUR"}},
            },
            {"name": "read_customer", "action": "customer:read", "resource": format!("{AUDIENCE}/customers/{{customer}}")},
        ],
    });
    Policy::parse_value(&value).map_err(|error| {
        Failure::new(
            Exit::Configuration,
            error.code(),
            format!("{} cannot be trusted: {error}", stage.acme.did),
        )
    })
}

/// Acme registers the agent; both instances make their keys and get their passports.
async fn hire(stage: &Stage, teller: &mut Teller<'_>) -> Result<(Instance, Instance), Failure> {
    let agent = json!({
        "name": "refund desk", "version": "1.0.0", "owner": "mailto:ada@acme.example",
        "team": "payments", "purpose": "refunds for returned orders", "risk_level": "medium",
    });
    let agent = stage.acme.office.register_agent(&agent).await.map_err(refused)?;
    let id = agent
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    teller.act(
        "Acme",
        &format!("registers `refund desk` 1.0.0, owner mailto:ada@acme.example, as {id}"),
    );
    let one = instance(stage, &id, "first", teller).await?;
    let two = instance(stage, &id, "second", teller).await?;
    Ok((one, two))
}

async fn instance(
    stage: &Stage,
    agent_id: &str,
    which: &str,
    teller: &mut Teller<'_>,
) -> Result<Instance, Failure> {
    let key = SecretKey::generate(KeyType::Ed25519, &mut OsRandom)
        .map_err(|error| Failure::new(Exit::Configuration, error.code(), error.to_string()))?;
    let signer = Arc::new(key);
    let did = chancery_did_key::did_for(signer.public_key());
    let method = did
        .with_fragment(did.method_specific_id())
        .map_err(|error| odd(error.to_string()))?;
    let agent = Agent::with_signer(did.clone(), method, signer.clone()).map_err(of_agent)?;
    let office = &stage.acme.office;
    let given = office.possession_challenge(agent_id).await.map_err(refused)?;
    let challenge = PossessionChallenge {
        audience: given.audience,
        nonce: given.challenge,
        instance_of: given.instance_of.unwrap_or_else(|| agent_id.to_owned()),
    };
    let proof = agent
        .prove_possession(&challenge, stage.now())
        .map_err(of_agent)?;
    office
        .register_instance(agent_id, did.as_str(), &proof)
        .await
        .map_err(refused)?;
    let order =
        json!({"type": "AgentPassportCredential", "instance": did.as_str(), "valid_for_seconds": 86_400});
    let passport = office.issue(&order).await.map_err(refused)?.credential;
    teller.act(
        "Acme",
        &format!("the {which} instance proved possession of {did}: passport issued"),
    );
    Ok(Instance {
        agent,
        signer,
        passport,
    })
}

/// Acme says what the first instance may do.
async fn empower(
    stage: &Stage,
    one: &Instance,
    teller: &mut Teller<'_>,
) -> Result<(String, String), Failure> {
    let order = json!({
        "type": "AgentCapabilityCredential",
        "instance": one.agent.did().as_str(),
        "valid_for_seconds": 86_400,
        "capability": [{
            "action": ["refund:create"],
            "resource": [format!("{AUDIENCE}/orders/*")],
            "constraint": [
                {"type": "Amount", "fact": "amount", "max": "100.00", "currency": "EUR"},
                {
                    "type": "Hours", "days": ["Mo", "Tu", "We", "Th", "Fr"],
                    "from": "09:00", "until": "17:00", "timeZone": "Europe/Berlin",
                },
            ],
            "delegation": {"maxDepth": 1},
        }],
    });
    let paper = stage.acme.office.issue(&order).await.map_err(refused)?;
    teller.act(
        "Acme",
        "the first instance may refund up to 100 EUR, weekdays 09:00 to 17:00 Berlin, and delegate once",
    );
    Ok((paper.credential, paper.id))
}

/// The first instance delegates; Acme's registry keeps a place for the delegation's status.
async fn hand_over(
    stage: &Stage,
    one: &Instance,
    two: &Instance,
    capability: &str,
    teller: &mut Teller<'_>,
) -> Result<String, Failure> {
    let entry = json!([{
        "from": 0,
        "action": ["refund:create"],
        "resource": [format!("{AUDIENCE}/orders/*")],
        "constraint": [{"type": "Amount", "fact": "amount", "max": "40.00", "currency": "EUR"}],
    }]);
    let handover = Handover {
        subject: two.agent.did().clone(),
        capability: Capability::parse_strict(&entry).map_err(|error| odd(error.to_string()))?,
        valid_until: stage.now().saturating_add_millis(DELEGATION_LIFE),
    };
    let office = &stage.acme.office;
    let request = one
        .agent
        .request_delegation(&stage.acme.did, capability, &handover, stage.now())
        .map_err(of_agent)?;
    let answer = office.register_delegation(&request).await.map_err(refused)?;
    let reservation = reservation(&answer)?;
    let id = reservation.id.clone();
    let paper = one
        .agent
        .delegate(capability, &handover, Some(reservation), stage.now())
        .map_err(of_agent)?;
    office.record_delegation(&id, &paper).await.map_err(refused)?;
    teller.act(
        "first",
        "delegates to the second: refunds up to 40 EUR; Acme's registry keeps its status",
    );
    Ok(paper)
}

/// Reads the place that a registry reserved for a delegation.
fn reservation(answer: &Value) -> Result<Reservation, Failure> {
    Reservation::parse(answer).ok_or_else(|| {
        Failure::new(
            Exit::Network,
            "fetch.failed",
            "the registry's answer names no status entries",
        )
    })
}

fn keep(stage: &Stage, papers: &Papers) -> Result<(), Failure> {
    let files = [
        ("first.passport.json", &papers.one.passport),
        ("second.passport.json", &papers.two.passport),
        ("capability.json", &papers.capability),
        ("delegation.json", &papers.delegation),
    ];
    files
        .iter()
        .try_for_each(|(name, text)| stage.acme.file(name, text))
}

/// What the second instance shows: the whole chain, and a passport for everybody in it.
fn second(papers: &Papers) -> Vec<String> {
    let chain = [
        &papers.capability,
        &papers.delegation,
        &papers.one.passport,
        &papers.two.passport,
    ];
    chain.into_iter().cloned().collect()
}

fn call(policy: &Policy, tool: &str, arguments: Value, nonce: &str) -> Result<Request, Failure> {
    Request::for_tool(policy, tool, arguments, AUDIENCE, nonce)
        .map_err(|error| Failure::new(Exit::No, error.code(), error.to_string()))
}

fn refund(policy: &Policy, amount: &str, nonce: &str) -> Result<Request, Failure> {
    call(
        policy,
        "refund",
        json!({"order": "1017", "amount": amount}),
        nonce,
    )
}

fn show(agent: &Agent, papers: Vec<String>, nonce: &str, at: Timestamp) -> Result<String, Failure> {
    agent
        .present(papers, &Occasion::new(AUDIENCE, nonce), at)
        .map_err(of_agent)
}

impl Globex {
    async fn judge(&self, stage: &Stage, presentation: &str, request: &Request) -> Decision {
        self.gatherer
            .decide(
                presentation.as_bytes(),
                &self.policy,
                request,
                Moment::Now(stage.now()),
            )
            .await
    }

    /// Challenges an agent, takes what it shows, and decides about a refund.
    async fn refund(
        &self,
        stage: &Stage,
        agent: &Agent,
        papers: Vec<String>,
        amount: &str,
    ) -> Result<Decision, Failure> {
        let nonce = OsRandom::nonce();
        let shown = show(agent, papers, &nonce, stage.now())?;
        Ok(self
            .judge(stage, &shown, &refund(&self.policy, amount, &nonce)?)
            .await)
    }
}

async fn decide(
    stage: &Stage,
    globex: &Globex,
    papers: &Papers,
    teller: &mut Teller<'_>,
) -> Result<(), Failure> {
    let two = &papers.two.agent;
    let nonce = OsRandom::nonce();
    let shown = show(two, second(papers), &nonce, stage.now())?;
    let request = refund(&globex.policy, "35.00", &nonce)?;
    let decision = globex.judge(stage, &shown, &request).await;
    teller.decision("the second instance asks for a refund of 35 EUR", &decision, "ok")?;

    let decision = globex.refund(stage, two, second(papers), "60.00").await?;
    teller.decision(
        "the second instance asks for 60 EUR",
        &decision,
        "constraint.amount",
    )?;

    let nonce = OsRandom::nonce();
    let reading = call(&globex.policy, "read_customer", json!({"customer": "7"}), &nonce)?;
    let decision = globex
        .judge(stage, &show(two, second(papers), &nonce, stage.now())?, &reading)
        .await;
    teller.decision(
        "the second instance asks to read a customer's record",
        &decision,
        "constraint.action",
    )?;

    let alone = vec![papers.capability.clone(), papers.one.passport.clone()];
    let decision = globex.refund(stage, &papers.one.agent, alone, "90.00").await?;
    teller.decision(
        "the first instance asks for 90 EUR, which Globex itself does not grant",
        &decision,
        "constraint.amount",
    )?;

    let decision = globex.judge(stage, &shown, &request).await;
    teller.decision(
        "the presentation for 35 EUR is sent a second time",
        &decision,
        "replay.presentation",
    )?;

    let nonce = OsRandom::nonce();
    let tampered = show(two, second(papers), &nonce, stage.now())?.replacen("40.00", "49.00", 1);
    let decision = globex
        .judge(stage, &tampered, &refund(&globex.policy, "35.00", &nonce)?)
        .await;
    teller.decision(
        "one byte of the delegation is changed on the way: 40.00 becomes 49.00",
        &decision,
        "signature.invalid",
    )?;

    let nonce = OsRandom::nonce();
    let mut wide = second(papers);
    if let Some(delegation) = wide.get_mut(1) {
        *delegation = widened(&papers.one, &papers.delegation, stage.now())?;
    }
    let reading = call(&globex.policy, "read_customer", json!({"customer": "7"}), &nonce)?;
    let decision = globex
        .judge(stage, &show(two, wide, &nonce, stage.now())?, &reading)
        .await;
    teller.decision(
        "the first instance signs a delegation that widens what it has",
        &decision,
        "delegation.widens_action",
    )?;

    // The story's clock only ever moves forward: a verifier that saw a list of the evening would rightly
    // call a list of the morning a rollback.
    stage.clock.set(stage.now().saturating_add_millis(TO_THE_EVENING));
    let decision = globex.refund(stage, two, second(papers), "35.00").await?;
    teller.decision(
        "the same 35 EUR at 20:00 in Berlin",
        &decision,
        "constraint.hours",
    )?;
    stage.clock.set(stage.now().saturating_add_millis(TO_THE_MORNING));
    Ok(())
}

/// What a dishonest instance can sign with its own key, though no honest tool would: more than it has.
fn widened(one: &Instance, delegation: &str, at: Timestamp) -> Result<String, Failure> {
    let limits = chancery_proof::Limits::default();
    let mut value = chancery_proof::json::parse(delegation.as_bytes(), &limits)
        .map_err(|error| odd(error.to_string()))?;
    if let Some(members) = value.as_object_mut() {
        members.remove("proof");
    }
    if let Some(action) = value.pointer_mut("/credentialSubject/capability/0/action") {
        *action = json!(["refund:create", "customer:read"]);
    }
    let mut options = ProofOptions::new(one.agent.method().clone(), Relationship::CapabilityDelegation);
    options.created = Some(at);
    let signed =
        data_integrity::sign(value, &options, one.signer.as_ref()).map_err(|error| odd(error.to_string()))?;
    Ok(signed.to_string())
}

async fn cut_off(
    stage: &Stage,
    globex: &Globex,
    papers: &Papers,
    ending: Ending,
    teller: &mut Teller<'_>,
) -> Result<(), Failure> {
    // A second verifier at Globex that left `maxStatusAge` at its default, and has just looked.
    let patient = Globex {
        policy: Policy {
            max_status_age: Policy::new(AUDIENCE).max_status_age,
            ..globex.policy.clone()
        },
        gatherer: Gatherer::new(
            stage.client.clone(),
            Arc::new(stage.clock.clone()),
            Arc::new(MemoryLedger::new(1024)),
        ),
    };
    let two = &papers.two.agent;
    let decision = patient.refund(stage, two, second(papers), "35.00").await?;
    teller.decision(
        "just before, a second verifier with the default age of 5 minutes asks too",
        &decision,
        "ok",
    )?;
    let office = &stage.acme.office;
    let due = match ending {
        Ending::Revoke => {
            office.revoke(&papers.capability_id).await.map_err(refused)?;
            teller.act("Acme", "revokes the first instance's capability");
            "status.revoked"
        }
        Ending::Suspend => {
            office
                .suspend_instance(papers.one.agent.did().as_str())
                .await
                .map_err(refused)?;
            teller.act(
                "Acme",
                "suspends the first instance: its passport and every paper issued to it",
            );
            "status.suspended"
        }
    };
    let cut = stage.now();
    let age = globex.policy.max_status_age;
    teller.act("Globex", &format!("looks again; its maxStatusAge is {age} ms"));
    loop {
        let asked = stage.now().millis_since(cut);
        let decision = globex.refund(stage, two, second(papers), "35.00").await?;
        // A question asked later than maxStatusAge after the word was given must be refused.
        if decision.code == "ok" && asked <= age {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let felt = format!("the second instance asks for 35 EUR again, {asked} ms after Acme's word");
        teller.decision(&felt, &decision, due)?;
        break;
    }
    let decision = patient.refund(stage, two, second(papers), "35.00").await?;
    teller.decision(
        "meanwhile the verifier with the default age still relies on its list",
        &decision,
        "ok",
    )
}

fn of_agent(error: chancery::agent::AgentError) -> Failure {
    Failure::new(Exit::No, error.code(), error.to_string())
}

fn odd(text: String) -> Failure {
    Failure::new(Exit::Configuration, "config.demo", text)
}
