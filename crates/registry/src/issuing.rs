//! Issuing and renewing papers: check the draft, store it with its status indices, sign it, store the signature.
//!
//! INVARIANT: what is signed was stored before, with its indices: if the service dies in between, the index is
//! lost and nothing else. Nothing is stored of a request that would not be signed.

use chancery::OsRandom;
use chancery_did::{Did, Timestamp};
use chancery_proof::sd_jwt::{Disclosure, SdJwt};
use chancery_proof::{Limits, Securing};
use chancery_vc::{
    PaperType, StatusEntry, StatusPurpose,
    capability::Capability,
    issue::{Draft, IssueError, Terms, sign},
    passport::Member,
    read_paper,
    status::TokenStatusEntry,
};
use serde_json::{Map, Value, json};

use crate::{
    agents,
    app::App,
    body::Members,
    problem::Problem,
    store::{
        CredentialFilter, CredentialRecord, CredentialState, InstanceState, NewCredential, StatusListPurpose,
        StatusSlot, StoreError,
    },
};

/// Hops below a renewed paper that are reported.
const REPORTED_DEPTH: usize = 8;
/// Delegations below a renewed paper that are reported.
const REPORTED: u32 = 100;

/// A paper that was just issued.
#[derive(Debug)]
pub(crate) struct Issued {
    /// Its id.
    pub(crate) id: String,
    /// Its digest.
    pub(crate) digest: String,
    /// Its exact text.
    pub(crate) credential: String,
    /// Its last instant.
    pub(crate) valid_until: Timestamp,
}

/// What is to be issued.
#[derive(Debug)]
struct Order {
    kind: PaperType,
    instance: String,
    capability: Option<Capability>,
    life_millis: i64,
    securing: Securing,
    /// What its holder may withhold of it, if it is an SD-JWT.
    withholdable: Vec<Member>,
    /// Whether the paper names its entry on a Token Status List beside its Bitstring entries.
    token_status: bool,
    renews: Option<String>,
}

/// Issues a passport or a capability credential to a registered instance.
pub(crate) async fn issue(app: &App, body: Map<String, Value>) -> Result<Issued, Problem> {
    let mut members = Members::new(body);
    let kind = match PaperType::parse(&members.text("type")?) {
        Some(kind @ (PaperType::Passport | PaperType::Capability)) => kind,
        Some(PaperType::Delegation | PaperType::Attestation | PaperType::Approval) | None => {
            return Err(Problem::unacceptable(
                "type.credential",
                "this registry issues AgentPassportCredential and AgentCapabilityCredential",
            ));
        }
    };
    let instance = members.text("instance")?;
    let capability = match (kind, members.take("capability")) {
        (PaperType::Capability, Some(value)) => Some(
            Capability::parse_strict(&value)
                .map_err(|error| Problem::unacceptable(error.code(), error.to_string()))?,
        ),
        (PaperType::Capability, None) => {
            return Err(Problem::unacceptable(
                "request.missing_member",
                "`capability` is required",
            ));
        }
        (_, None) => None,
        (_, Some(_)) => {
            return Err(Problem::unacceptable(
                "request.member",
                "a passport has no `capability`",
            ));
        }
    };
    let most = app.config().max_validity_seconds;
    let seconds = members
        .optional_number("valid_for_seconds", 1, most)?
        .unwrap_or(most.min(86_400));
    let securing = match members.optional_text("securing")?.as_deref() {
        None | Some("data-integrity") => Securing::DataIntegrity,
        Some("jose") => Securing::Jose,
        Some("sd-jwt") if kind == PaperType::Passport => Securing::SdJwt,
        Some(_) => {
            return Err(Problem::unacceptable(
                "request.member",
                "`securing` is data-integrity, jose, or for a passport sd-jwt",
            ));
        }
    };
    let withholdable = withholdable(members.take("withholdable"), securing)?;
    let token_status = match members.take("token_status") {
        None | Some(Value::Bool(false)) => false,
        Some(Value::Bool(true)) if securing != Securing::DataIntegrity => true,
        Some(_) => {
            return Err(Problem::unacceptable(
                "request.member",
                "`token_status` is true or false, and true for tokens only",
            ));
        }
    };
    members.finish()?;
    let life_millis = i64::try_from(seconds).unwrap_or(0).saturating_mul(1000);
    make(
        app,
        Order {
            kind,
            instance,
            capability,
            life_millis,
            securing,
            withholdable,
            token_status,
            renews: None,
        },
    )
    .await
}

/// Issues the same paper anew and reports which registered delegations hang below the old one.
pub(crate) async fn renew(
    app: &App,
    id: &str,
    body: Map<String, Value>,
) -> Result<(Issued, Vec<Value>), Problem> {
    let mut members = Members::new(body);
    let most = app.config().max_validity_seconds;
    let seconds = members.optional_number("valid_for_seconds", 1, most)?;
    members.finish()?;
    let old = app.store().credential(id).await?;
    if old.draft.state != CredentialState::Issued {
        return Err(Problem::conflict(
            "credential.not_issued",
            "only a paper that was issued here can be renewed",
        ));
    }
    if old.revoked_at.is_some() {
        return Err(Problem::conflict(
            "status.revoked",
            "a revoked paper is not renewed",
        ));
    }
    if old.suspended {
        return Err(Problem::conflict(
            "status.suspended",
            "a suspended paper is not renewed",
        ));
    }
    let kind = PaperType::parse(&old.draft.kind).ok_or_else(|| Problem::internal(&"unknown paper kind"))?;
    let capability = match kind {
        PaperType::Capability => Some(stored_capability(&old)?),
        PaperType::Passport | PaperType::Delegation | PaperType::Attestation | PaperType::Approval => None,
    };
    let life_millis = seconds.map_or_else(
        || old.draft.valid_until.millis_since(old.draft.valid_from),
        |seconds| i64::try_from(seconds).unwrap_or(0).saturating_mul(1000),
    );
    let securing = match old.draft.securing.as_str() {
        "jose" => Securing::Jose,
        "sd-jwt" => Securing::SdJwt,
        _ => Securing::DataIntegrity,
    };
    let order = Order {
        kind,
        instance: old.draft.subject.clone(),
        capability,
        life_millis,
        securing,
        withholdable: withholdable_of(&old.document),
        token_status: names_token_list(&old),
        renews: Some(old.draft.id.clone()),
    };
    let issued = make(app, order).await?;
    let below = delegations_below(app, &old).await?;
    Ok((issued, below))
}

/// What the holder of a new passport may withhold: what the order lists, or all that may be.
fn withholdable(listed: Option<Value>, securing: Securing) -> Result<Vec<Member>, Problem> {
    let refused = || {
        Problem::unacceptable(
            "request.member",
            "`withholdable` lists members of a passport as sd-jwt that may be withheld",
        )
    };
    match listed {
        None => Ok(Member::ALL.to_vec()),
        Some(Value::Array(items)) if securing == Securing::SdJwt => {
            let mut members = Vec::new();
            for item in &items {
                let member = item.as_str().and_then(Member::parse).ok_or_else(refused)?;
                if !members.contains(&member) {
                    members.push(member);
                }
            }
            Ok(members)
        }
        Some(_) => Err(refused()),
    }
}

/// What the holder of a passport that was issued may withhold.
fn withholdable_of(text: &str) -> Vec<Member> {
    let parsed = SdJwt::parse(text, &Limits::default());
    let disclosures = parsed.as_ref().map(SdJwt::disclosures).unwrap_or_default();
    let named = disclosures.iter().filter_map(Disclosure::name);
    named.filter_map(Member::parse).collect()
}

/// Whether a paper that was issued names an entry on a Token Status List.
fn names_token_list(record: &CredentialRecord) -> bool {
    let paper = read_paper(record.document.as_bytes(), &Limits::default());
    paper.is_ok_and(|paper| paper.unverified().token_status.is_some())
}

fn stored_capability(record: &CredentialRecord) -> Result<Capability, Problem> {
    let value: Value =
        serde_json::from_str(&record.draft.capability).map_err(|error| Problem::internal(&error))?;
    Capability::parse(&value).map_err(|error| Problem::internal(&error))
}

async fn make(app: &App, order: Order) -> Result<Issued, Problem> {
    let instance = match app.store().instance(&order.instance).await {
        Ok(instance) => instance,
        Err(StoreError::NotFound) => {
            return Err(Problem::unacceptable(
                "instance.unknown",
                "the instance is not registered here",
            ));
        }
        Err(other) => return Err(other.into()),
    };
    if instance.state != InstanceState::Active {
        return Err(Problem::conflict(
            "instance.not_active",
            "papers are issued to active instances only",
        ));
    }
    let agent = app.store().agent(&instance.agent_id).await?;
    let subject = Did::parse(&instance.did).map_err(|error| Problem::internal(&error))?;
    let now = app.now();
    let mut terms = Terms {
        id: format!("urn:uuid:{}", uuid::Uuid::now_v7()),
        issuer: app.did().clone(),
        subject,
        valid_from: now,
        valid_until: now.saturating_add_millis(order.life_millis),
        max_validity_ms: i64::try_from(app.config().max_validity_seconds)
            .unwrap_or(0)
            .saturating_mul(1000),
        status: placeholders(app),
    };
    let passport = agents::passport(app, &agent)?;
    let draft = |terms: &Terms| match &order.capability {
        Some(capability) => Draft::capability(terms, capability),
        None => Draft::passport(terms, &passport),
    };
    // First with indices that are nobody's: what cannot be issued takes none.
    draft(&terms).map_err(|error| refused(&error))?;
    let capability = order
        .capability
        .as_ref()
        .map_or_else(|| json!([]), Capability::to_value);
    let new = NewCredential {
        id: terms.id.clone(),
        kind: order.kind.as_str().to_owned(),
        issuer: terms.issuer.as_str().to_owned(),
        subject: terms.subject.as_str().to_owned(),
        parent: None,
        state: CredentialState::Prepared,
        capability: capability.to_string(),
        securing: match order.securing {
            Securing::Jose => "jose",
            Securing::SdJwt => "sd-jwt",
            Securing::DataIntegrity | Securing::Cose => "data-integrity",
        }
        .to_owned(),
        valid_from: terms.valid_from,
        valid_until: terms.valid_until,
        created_at: now,
        renews: order.renews.clone(),
    };
    let slots = app.store().prepare_credential(new, None, now).await?;
    terms.status = entries(app, &slots);
    let token = slots.first().filter(|_| order.token_status);
    let token = token.map(|slot| {
        TokenStatusEntry::new(
            &app.organization().status_list_url(&slot.list_id),
            u64::from(slot.index),
        )
    });
    let role = &app.organization().issue;
    let text = draft(&terms)
        .and_then(|draft| match token {
            Some(entry) => draft.with_token_status(entry),
            None => Ok(draft),
        })
        .and_then(|draft| match order.securing {
            Securing::SdJwt => draft.withholdable(&order.withholdable, &mut OsRandom),
            Securing::DataIntegrity | Securing::Jose | Securing::Cose => Ok(draft),
        })
        .and_then(|draft| sign(&draft, order.securing, &role.method, role.signer.as_ref(), now))
        .map_err(|error| Problem::internal(&error))?;
    let digest = read_paper(text.as_bytes(), &Limits::default())
        .map_err(|error| Problem::internal(&error))?
        .digest()
        .as_str()
        .to_owned();
    app.store().seal_credential(&terms.id, &digest, &text).await?;
    tracing::info!(
        credential = terms.id,
        kind = order.kind.as_str(),
        "credential issued"
    );
    Ok(Issued {
        id: terms.id,
        digest,
        credential: text,
        valid_until: terms.valid_until,
    })
}

/// Status entries of nobody, to try a draft with.
pub(crate) fn placeholders(app: &App) -> Vec<StatusEntry> {
    [StatusPurpose::Revocation, StatusPurpose::Suspension]
        .map(|purpose| StatusEntry::new(purpose, &app.organization().status_list_url("none"), 0))
        .to_vec()
}

/// The status entries that a paper with these slots carries.
pub(crate) fn entries(app: &App, slots: &[StatusSlot]) -> Vec<StatusEntry> {
    slots
        .iter()
        .map(|slot| {
            let purpose = match slot.purpose {
                StatusListPurpose::Revocation => StatusPurpose::Revocation,
                StatusListPurpose::Suspension => StatusPurpose::Suspension,
            };
            StatusEntry::new(
                purpose,
                &app.organization().status_list_url(&slot.list_id),
                u64::from(slot.index),
            )
        })
        .collect()
}

/// Says why a draft is not signed.
pub(crate) fn refused(error: &IssueError) -> Problem {
    Problem::unacceptable(error.code(), error.to_string())
}

/// Finds the registered delegations below a paper, nearest first.
async fn delegations_below(app: &App, root: &CredentialRecord) -> Result<Vec<Value>, Problem> {
    let mut found = Vec::new();
    let mut level: Vec<String> = root.digest.iter().cloned().collect();
    for _ in 0..REPORTED_DEPTH {
        let mut next = Vec::new();
        for parent in level {
            if found.len() >= REPORTED as usize {
                break;
            }
            let filter = CredentialFilter {
                subject: None,
                parent: Some(parent),
            };
            for child in app.store().credentials(&filter, None, REPORTED).await? {
                found.push(json!({
                    "id": child.draft.id,
                    "issuer": child.draft.issuer,
                    "subject": child.draft.subject,
                    "valid_until": child.draft.valid_until.to_string(),
                    "revoked": child.revoked_at.is_some(),
                }));
                next.extend(child.digest);
            }
        }
        if next.is_empty() || found.len() >= REPORTED as usize {
            break;
        }
        level = next;
    }
    Ok(found)
}

/// A credential on the wire.
pub(crate) fn credential_json(app: &App, record: &CredentialRecord, now: Timestamp) -> Value {
    let status = if record.revoked_at.is_some() {
        "revoked"
    } else if record.suspended {
        "suspended"
    } else if record.draft.valid_until < now {
        "expired"
    } else {
        record.draft.state.as_str()
    };
    json!({
        "id": record.draft.id,
        "type": record.draft.kind,
        "issuer": record.draft.issuer,
        "subject": record.draft.subject,
        "parent": record.draft.parent,
        "digest": record.digest,
        "status": status,
        "valid_from": record.draft.valid_from.to_string(),
        "valid_until": record.draft.valid_until.to_string(),
        "revoked_at": record.revoked_at.map(|at| at.to_string()),
        "renews": record.draft.renews,
        "credential_status": entries(app, &record.slots).iter().map(StatusEntry::to_value).collect::<Vec<_>>(),
        "credential": if record.document.is_empty() { Value::Null } else { record.document.clone().into() },
    })
}
