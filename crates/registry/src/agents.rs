//! Agents and their instances: registration with a human owner, proof of possession, suspension, retirement.
//!
//! INVARIANT: an agent without an owner is not registered, and a DID becomes an instance only after its own
//! key signed a nonce that this registry gave out for that agent, once, for this registry, within five minutes.

use chancery_did::{Did, Relationship, Timestamp};
use chancery_proof::{Expectation, Limits};
use chancery_vc::{
    Passport,
    passport::{Composite, MAX_AUTONOMY_LEVEL, RiskLevel},
    possession::PossessionProof,
};
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    body::Members,
    instance_keys::InstanceKeys,
    peer::Peer,
    problem::Problem,
    random,
    store::{AgentRecord, ChallengePurpose, ChallengeRecord, InstanceRecord, InstanceState, Waiting},
};

/// Clock difference that is allowed between an instance and this registry, in milliseconds.
pub(crate) const SKEW: i64 = 60_000;

/// The members of a registration that are kept as they came, to be written into passports.
const PROFILE: &[&str] = &["team", "platform", "purpose", "human_oversight"];

/// Registers an agent.
pub(crate) async fn register(app: &App, body: Map<String, Value>) -> Result<AgentRecord, Problem> {
    let mut members = Members::new(body);
    let owner = members.text("owner").map_err(|problem| {
        Problem::new(
            problem.status,
            "agent.owner_missing",
            "an agent needs a responsible human or team as its `owner`",
        )
    })?;
    let (name, version) = (members.text("name")?, members.text("version")?);
    let mut profile = Map::new();
    for name in PROFILE {
        if let Some(text) = members.optional_text(name)? {
            profile.insert((*name).to_owned(), text.into());
        }
    }
    let risk = members
        .optional_text("risk_level")?
        .unwrap_or_else(|| "medium".to_owned());
    if RiskLevel::parse(&risk).is_none() {
        return Err(Problem::unacceptable(
            "request.member",
            "`risk_level` is low, medium, high or critical",
        ));
    }
    profile.insert("risk_level".to_owned(), risk.into());
    let autonomy = members
        .optional_number("autonomy_level", 0, u64::from(MAX_AUTONOMY_LEVEL))?
        .unwrap_or(0);
    profile.insert("autonomy_level".to_owned(), autonomy.into());
    for name in ["data_access", "tools"] {
        if let Some(list) = members.take(name) {
            profile.insert(name.to_owned(), texts(name, list)?);
        }
    }
    if let Some(composite) = members.take("composite") {
        Composite::parse(&composite, "/composite")
            .map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?;
        profile.insert("composite".to_owned(), composite);
    }
    members.finish()?;
    let agent = AgentRecord {
        id: format!("urn:uuid:{}", uuid::Uuid::now_v7()),
        name,
        version,
        owner,
        profile: Value::Object(profile).to_string(),
        created_at: app.now(),
    };
    app.store().insert_agent(agent.clone()).await?;
    tracing::info!(agent = agent.id, "agent registered");
    Ok(agent)
}

fn texts(name: &str, list: Value) -> Result<Value, Problem> {
    let good = list.as_array().is_some_and(|items| {
        items.len() <= 100
            && items.iter().all(|item| {
                item.as_str()
                    .is_some_and(|text| !text.is_empty() && text.len() <= 200)
            })
    });
    if good {
        return Ok(list);
    }
    Err(Problem::unacceptable(
        "request.member",
        format!("`{name}` is a list of at most 100 short strings"),
    ))
}

/// Hands out a nonce by which an instance of the agent can prove possession of its key.
pub(crate) async fn challenge(
    app: &App,
    agent_id: &str,
    peer: Option<Peer>,
) -> Result<ChallengeRecord, Problem> {
    app.store().agent(agent_id).await?;
    give_challenge(app, ChallengePurpose::Possession, agent_id, peer).await
}

/// Makes and keeps a challenge.
pub(crate) async fn give_challenge(
    app: &App,
    purpose: ChallengePurpose,
    scope: &str,
    peer: Option<Peer>,
) -> Result<ChallengeRecord, Problem> {
    let nonce = random::secret().map_err(|error| Problem::internal(&error))?;
    let life = i64::try_from(app.config().challenge_seconds)
        .unwrap_or(0)
        .saturating_mul(1000);
    let now = app.now();
    let challenge = ChallengeRecord {
        nonce: nonce.to_string(),
        purpose,
        scope: scope.to_owned(),
        peer: peer.map(|peer| peer.to_string()).unwrap_or_default(),
        expires_at: now.saturating_add_millis(life),
    };
    let room = Waiting {
        most: app.limits().challenges,
        most_of_a_peer: app.limits().peer_challenges,
    };
    app.store().insert_challenge(challenge.clone(), now, room).await?;
    Ok(challenge)
}

/// Registers an instance whose key signed the nonce.
pub(crate) async fn register_instance(
    app: &App,
    agent_id: &str,
    body: Map<String, Value>,
) -> Result<InstanceRecord, Problem> {
    let mut members = Members::new(body);
    let (did, possession) = (members.text("did"), members.take("possession"));
    members.finish()?;
    let did = did?;
    let Some(Value::String(possession)) = possession else {
        return Err(Problem::unacceptable(
            "request.missing_member",
            "`possession` is required, a compact JWS",
        ));
    };
    app.store().agent(agent_id).await?;
    let now = app.now();
    let did = Did::parse(&did).map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?;
    let refuse = |code: &'static str, detail: String| Problem::unacceptable(code, detail);
    let secured = PossessionProof::read(&possession, &Limits::default())
        .map_err(|error| refuse(error.code(), error.to_string()))?;
    let expectation = Expectation {
        purpose: Relationship::Authentication,
        issuer: did.clone(),
    };
    let proof = secured
        .prove(&expectation, &InstanceKeys)
        .map_err(|error| refuse(error.code(), error.to_string()))?
        .into_value();
    if proof.instance != did {
        return Err(refuse(
            "binding.holder",
            "the proof is of another instance".to_owned(),
        ));
    }
    if proof.audience != app.did().as_str() {
        return Err(refuse(
            "binding.audience",
            "the proof was made for another registry".to_owned(),
        ));
    }
    if proof.instance_of != agent_id {
        return Err(refuse(
            "binding.holder",
            "the proof is for an instance of another agent".to_owned(),
        ));
    }
    in_time(proof.issued_at, proof.expires_at, now)?;
    let key = InstanceKeys::thumbprint(&did)
        .ok_or_else(|| refuse("key.not_found", "the DID holds no key".to_owned()))?;
    let instance = InstanceRecord {
        did: did.as_str().to_owned(),
        agent_id: agent_id.to_owned(),
        key,
        state: InstanceState::Active,
        registered_at: now,
        changed_at: now,
    };
    app.store()
        .register_instance(instance.clone(), &proof.nonce, now)
        .await?;
    tracing::info!(agent = agent_id, instance = instance.did, "instance registered");
    Ok(instance)
}

/// Checks the times of a signed request.
pub(crate) fn in_time(from: Timestamp, until: Timestamp, now: Timestamp) -> Result<(), Problem> {
    if from.millis_since(now) > SKEW {
        return Err(Problem::unacceptable(
            "time.not_yet_valid",
            "the signed request is from the future",
        ));
    }
    if now.millis_since(until) >= SKEW {
        return Err(Problem::unacceptable(
            "time.expired",
            "the signed request has expired",
        ));
    }
    Ok(())
}

/// What a passport says of an agent.
pub(crate) fn passport(app: &App, agent: &AgentRecord) -> Result<Passport, Problem> {
    let profile: Value = serde_json::from_str(&agent.profile).map_err(|error| Problem::internal(&error))?;
    let text = |name: &str| profile.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = |name: &str| -> Vec<String> {
        let items = profile.get(name).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let composite = profile
        .get("composite")
        .map(|value| Composite::parse(value, "/composite"))
        .transpose()
        .map_err(|error| Problem::internal(&error))?;
    let autonomy = profile.get("autonomy_level").and_then(Value::as_u64).unwrap_or(0);
    Ok(Passport {
        name: Some(agent.name.clone()),
        version: Some(agent.version.clone()),
        instance_of: agent.id.clone(),
        organization: app.did().clone(),
        owner: Some(agent.owner.clone()),
        team: text("team"),
        platform: text("platform"),
        purpose: text("purpose"),
        risk_level: text("risk_level")
            .and_then(|word| RiskLevel::parse(&word))
            .unwrap_or(RiskLevel::Critical),
        autonomy_level: Some(u8::try_from(autonomy).unwrap_or(MAX_AUTONOMY_LEVEL)),
        composite,
        data_access: list("data_access"),
        tools: list("tools"),
        human_oversight: text("human_oversight"),
        withheld: 0,
    })
}

/// An agent on the wire.
pub(crate) fn agent_json(agent: &AgentRecord) -> Value {
    let mut value = serde_json::from_str::<Value>(&agent.profile).unwrap_or_else(|_| json!({}));
    if let Value::Object(members) = &mut value {
        members.insert("id".to_owned(), agent.id.clone().into());
        members.insert("name".to_owned(), agent.name.clone().into());
        members.insert("version".to_owned(), agent.version.clone().into());
        members.insert("owner".to_owned(), agent.owner.clone().into());
        members.insert("created_at".to_owned(), agent.created_at.to_string().into());
    }
    value
}

/// An instance on the wire.
pub(crate) fn instance_json(instance: &InstanceRecord) -> Value {
    json!({
        "did": instance.did,
        "agent": instance.agent_id,
        "state": instance.state.as_str(),
        "registered_at": instance.registered_at.to_string(),
        "changed_at": instance.changed_at.to_string(),
    })
}
