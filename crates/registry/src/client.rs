//! A typed client of the registry's HTTP interface, over the guarded client.
//!
//! INVARIANT: every failure has a code and an exit class, so that a command line never has to read a text; the
//! admin token goes to the one registry that the client was made for, and is never printed.

use chancery::{
    FetchError, Guarded,
    http::{Fetched, Outgoing},
};
use chancery_did::Timestamp;
use chancery_proof::{Limits, json};
use chancery_trust::bundle::MEDIA_TYPE;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// Largest answer that is read as JSON, in bytes.
const ANSWER: usize = 1024 * 1024;

/// Why a call did not give what was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The registry could not be reached, or what came back could not be taken in.
    #[error("the registry cannot be reached: {0}")]
    Fetch(#[from] FetchError),
    /// The registry refused.
    #[error("{detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// `class.reason`.
        code: String,
        /// The registry's words.
        detail: String,
    },
    /// The answer is not what this version of the interface gives.
    #[error("the registry's answer cannot be understood: {0}")]
    Answer(String),
}

impl ClientError {
    /// Names the failure as `class.reason`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Fetch(error) => error.code(),
            Self::Refused { code, .. } => code,
            Self::Answer(_) => "fetch.failed",
        }
    }

    /// The exit code of a command that ends with this: 1 a definite no, 2 a request that is not one, 4 not
    /// allowed, 5 a fault of the registry or of the network.
    #[must_use]
    pub fn exit_class(&self) -> u8 {
        match self {
            Self::Fetch(_) | Self::Answer(_) => 5,
            Self::Refused { status, .. } => match status {
                401 | 403 => 4,
                400 | 405 | 413 | 415 => 2,
                404 | 409 | 422 => 1,
                _ => 5,
            },
        }
    }
}

/// A paper that the registry issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedPaper {
    /// Its id.
    pub id: String,
    /// Its digest.
    pub digest: String,
    /// Its exact text.
    pub credential: String,
    /// Registered delegations below the paper that it renews, as the registry reports them.
    pub delegations_below: Vec<Value>,
}

/// A nonce to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The nonce.
    pub challenge: String,
    /// Whom the answer must be for.
    pub audience: String,
    /// The agent, in a challenge to prove possession.
    pub instance_of: Option<String>,
    /// Until when, RFC 3339.
    pub expires_at: String,
}

/// A trust bundle, or a change of one, as it was served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedBundle {
    /// The compact JWS.
    pub token: String,
    /// The entity tag of the state that it is of.
    pub etag: Option<String>,
}

/// Speaks to one registry.
#[derive(Clone)]
pub struct Client {
    base: String,
    guarded: Guarded,
    token: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client of the registry at `https://host[:port]`, with an admin token if there is one.
    #[must_use]
    pub fn new(base: &str, guarded: Guarded, token: Option<Zeroizing<String>>) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            guarded,
            token,
        }
    }

    /// Registers an agent from the members of `POST /api/v1/agents`; gives it back with its `id`.
    ///
    /// # Errors
    /// See [`ClientError`]; so for all that follow.
    pub async fn register_agent(&self, agent: &Value) -> Result<Value, ClientError> {
        self.post("/api/v1/agents", agent).await
    }

    /// Finds an agent.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn agent(&self, id: &str) -> Result<Value, ClientError> {
        self.read(&format!("/api/v1/agents/{}", segment(id))).await
    }

    /// Lists all agents, page by page.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn agents(&self) -> Result<Vec<Value>, ClientError> {
        self.pages("/api/v1/agents", "").await
    }

    /// Lists an agent's instances, page by page.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn instances(&self, agent: &str) -> Result<Vec<Value>, ClientError> {
        self.pages(&format!("/api/v1/agents/{}/instances", segment(agent)), "")
            .await
    }

    /// Asks for a nonce by which an instance of the agent proves possession of its key.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn possession_challenge(&self, agent: &str) -> Result<Challenge, ClientError> {
        let answer = self
            .act(&format!("/api/v1/agents/{}/challenges", segment(agent)))
            .await?;
        challenge(&answer)
    }

    /// Registers an instance by its proof of possession.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn register_instance(
        &self,
        agent: &str,
        did: &str,
        possession: &str,
    ) -> Result<Value, ClientError> {
        let body = serde_json::json!({ "did": did, "possession": possession });
        self.post(&format!("/api/v1/agents/{}/instances", segment(agent)), &body)
            .await
    }

    /// Finds an instance.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn instance(&self, did: &str) -> Result<Value, ClientError> {
        self.read(&format!("/api/v1/instances/{}", segment(did))).await
    }

    /// Suspends an instance with its papers.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn suspend_instance(&self, did: &str) -> Result<Value, ClientError> {
        self.act(&format!("/api/v1/instances/{}/suspend", segment(did)))
            .await
    }

    /// Takes an instance's suspension back.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn resume_instance(&self, did: &str) -> Result<Value, ClientError> {
        self.act(&format!("/api/v1/instances/{}/resume", segment(did)))
            .await
    }

    /// Retires an instance for good.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn retire_instance(&self, did: &str) -> Result<Value, ClientError> {
        self.act(&format!("/api/v1/instances/{}/retire", segment(did)))
            .await
    }

    /// Issues a paper from the members of `POST /api/v1/credentials`.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn issue(&self, order: &Value) -> Result<IssuedPaper, ClientError> {
        paper(&self.post("/api/v1/credentials", order).await?)
    }

    /// Finds a credential with its status.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn credential(&self, id: &str) -> Result<Value, ClientError> {
        self.read(&format!("/api/v1/credentials/{}", segment(id))).await
    }

    /// Lists credentials, those about one subject or all, page by page.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn credentials(&self, subject: Option<&str>) -> Result<Vec<Value>, ClientError> {
        let filter = subject
            .map(|subject| format!("&subject={}", segment(subject)))
            .unwrap_or_default();
        self.pages("/api/v1/credentials", &filter).await
    }

    /// Revokes a credential for good.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn revoke(&self, id: &str) -> Result<Value, ClientError> {
        self.act(&format!("/api/v1/credentials/{}/revoke", segment(id)))
            .await
    }

    /// Suspends a credential.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn suspend(&self, id: &str) -> Result<Value, ClientError> {
        self.act(&format!("/api/v1/credentials/{}/suspend", segment(id)))
            .await
    }

    /// Takes a credential's suspension back.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn resume(&self, id: &str) -> Result<Value, ClientError> {
        self.act(&format!("/api/v1/credentials/{}/resume", segment(id)))
            .await
    }

    /// Issues a credential anew; the answer names the delegations below the old one.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn renew(&self, id: &str, valid_for_seconds: Option<u64>) -> Result<IssuedPaper, ClientError> {
        let mut body = Map::new();
        if let Some(seconds) = valid_for_seconds {
            body.insert("valid_for_seconds".to_owned(), seconds.into());
        }
        paper(
            &self
                .post(
                    &format!("/api/v1/credentials/{}/renew", segment(id)),
                    &Value::Object(body),
                )
                .await?,
        )
    }

    /// Reserves a status index for a delegation, by the delegator's signed request.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn register_delegation(&self, request: &str) -> Result<Value, ClientError> {
        self.send(
            "POST",
            "/api/v1/delegations",
            Some(("application/jwt", request.as_bytes().to_vec())),
        )
        .await
    }

    /// Records a reserved delegation's signed text, so that further ones can be reserved below it.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn record_delegation(&self, id: &str, paper: &str) -> Result<Value, ClientError> {
        let media = if paper.starts_with('{') {
            "application/vc"
        } else {
            "application/vc+jwt"
        };
        let path = format!("/api/v1/delegations/{}", segment(id));
        self.send("PUT", &path, Some((media, paper.as_bytes().to_vec())))
            .await
    }

    /// Revokes a delegation by the signed request of its delegator or of an ancestor.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn submit_revocation(&self, request: &str) -> Result<Value, ClientError> {
        self.send(
            "POST",
            "/api/v1/revocations",
            Some(("application/jwt", request.as_bytes().to_vec())),
        )
        .await
    }

    /// Publishes versions of a did:webvh's log: the organization's, or that of an agent by its name. `body` has
    /// `log`, and `witness` and `after` where they are meant.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn publish_did_log(&self, agent: Option<&str>, body: &Value) -> Result<Value, ClientError> {
        let path = match agent {
            None => "/api/v1/did-logs/organization".to_owned(),
            Some(name) => format!("/api/v1/did-logs/agents/{}", segment(name)),
        };
        let body = ("application/json", body.to_string().into_bytes());
        self.send("PUT", &path, Some(body)).await
    }

    /// Records that the registry recognizes an authority for an action on a resource.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn recognize(&self, entity: &str, action: &str, resource: &str) -> Result<Value, ClientError> {
        let body = serde_json::json!({ "entity_id": entity, "action": action, "resource": resource });
        self.post("/api/v1/recognitions", &body).await
    }

    /// Asks the relying party for a fresh nonce.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn challenge(&self) -> Result<Challenge, ClientError> {
        challenge(&self.act("/challenges").await?)
    }

    /// Submits the members of `POST /verify`; gives the decision's JSON, whatever it is.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn verify(&self, body: &Value) -> Result<Value, ClientError> {
        self.post("/verify", body).await
    }

    /// Asks the trust registry whether an entity is authorized.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn trqp_authorization(&self, question: &Value) -> Result<Value, ClientError> {
        self.post("/trqp/authorization", question).await
    }

    /// Asks the trust registry whether an authority is recognized.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn trqp_recognition(&self, question: &Value) -> Result<Value, ClientError> {
        self.post("/trqp/recognition", question).await
    }

    /// Fetches the registry's signed description, unverified.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn description(&self) -> Result<String, ClientError> {
        self.text("/.well-known/chancery").await
    }

    /// Fetches the signed trust bundle, unverified: the whole, or the change from the state of the date `since`;
    /// nothing when the state with the entity tag `known` is the newest still.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn bundle(
        &self,
        since: Option<Timestamp>,
        known: Option<&str>,
    ) -> Result<Option<ServedBundle>, ClientError> {
        let query = since.map(|since| format!("?since={}", segment(&since.to_string())));
        let url = format!("{}/api/v1/bundle{}", self.base, query.unwrap_or_default());
        let fetched = self.guarded.get_bundle(&url, &[MEDIA_TYPE], known).await?;
        match fetched.status {
            200 => {}
            304 if known.is_some() => return Ok(None),
            _ => return Err(refused(&fetched)),
        }
        let token = String::from_utf8(fetched.bytes)
            .map_err(|_| ClientError::Answer("it is not UTF-8".to_owned()))?;
        Ok(Some(ServedBundle {
            token: token.trim().to_owned(),
            etag: fetched.etag,
        }))
    }

    /// Fetches the authority's DID document, unverified.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn did_document(&self) -> Result<String, ClientError> {
        self.text("/.well-known/did.json").await
    }

    /// Fetches a status list, unverified.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn status_list(&self, id: &str) -> Result<String, ClientError> {
        self.text(&format!("/status-lists/{}", segment(id))).await
    }

    async fn read(&self, path: &str) -> Result<Value, ClientError> {
        self.send("GET", path, None).await
    }

    async fn act(&self, path: &str) -> Result<Value, ClientError> {
        self.send("POST", path, None).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        self.send(
            "POST",
            path,
            Some(("application/json", body.to_string().into_bytes())),
        )
        .await
    }

    async fn pages(&self, path: &str, filter: &str) -> Result<Vec<Value>, ClientError> {
        let mut items = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let cursor = after
                .as_deref()
                .map(|after| format!("&after={}", segment(after)))
                .unwrap_or_default();
            let page = self.read(&format!("{path}?limit=100{filter}{cursor}")).await?;
            let found = page
                .get("items")
                .and_then(Value::as_array)
                .ok_or_else(|| missing("items"))?;
            items.extend(found.iter().cloned());
            let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
            // A cursor that does not move on would never end.
            if next.is_none() || next == after {
                return Ok(items);
            }
            after = next;
        }
    }

    async fn text(&self, path: &str) -> Result<String, ClientError> {
        let bytes = self.bytes("GET", path, None).await?;
        String::from_utf8(bytes).map_err(|_| ClientError::Answer("it is not UTF-8".to_owned()))
    }

    async fn send(
        &self,
        method: &'static str,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
    ) -> Result<Value, ClientError> {
        let bytes = self.bytes(method, path, body).await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        parse(&bytes).ok_or_else(|| ClientError::Answer("it is not JSON".to_owned()))
    }

    async fn bytes(
        &self,
        method: &'static str,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
    ) -> Result<Vec<u8>, ClientError> {
        let (content_type, body) = body.map_or((None, None), |(media, bytes)| (Some(media), Some(bytes)));
        let url = format!("{}{path}", self.base);
        let fetched = self
            .guarded
            .send(Outgoing {
                method,
                url: &url,
                bearer: self.token.as_ref().map(|token| token.as_str()),
                content_type,
                accept: "*/*",
                if_none_match: None,
                body,
            })
            .await?;
        if (200..300).contains(&fetched.status) {
            return Ok(fetched.bytes);
        }
        Err(refused(&fetched))
    }
}

/// A refusal in the registry's own words, as far as it has any.
fn refused(fetched: &Fetched) -> ClientError {
    let problem = parse(&fetched.bytes);
    let member = |name: &str| problem.as_ref()?.get(name)?.as_str().map(str::to_owned);
    ClientError::Refused {
        status: fetched.status,
        code: member("code").unwrap_or_else(|| "fetch.status".to_owned()),
        detail: member("detail").unwrap_or_else(|| format!("the registry answered {}", fetched.status)),
    }
}

fn parse(bytes: &[u8]) -> Option<Value> {
    json::parse(
        bytes,
        &Limits {
            bytes: ANSWER,
            string: ANSWER,
            ..Limits::default()
        },
    )
    .ok()
}

fn missing(name: &str) -> ClientError {
    ClientError::Answer(format!("it has no `{name}`"))
}

fn text(answer: &Value, name: &str) -> Result<String, ClientError> {
    answer
        .get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| missing(name))
}

fn challenge(answer: &Value) -> Result<Challenge, ClientError> {
    Ok(Challenge {
        challenge: text(answer, "challenge")?,
        audience: text(answer, "audience")?,
        instance_of: answer
            .get("instance_of")
            .and_then(Value::as_str)
            .map(str::to_owned),
        expires_at: text(answer, "expires_at")?,
    })
}

fn paper(answer: &Value) -> Result<IssuedPaper, ClientError> {
    let below = answer.get("delegations_below").and_then(Value::as_array).cloned();
    Ok(IssuedPaper {
        id: text(answer, "id")?,
        digest: text(answer, "digest")?,
        credential: text(answer, "credential")?,
        delegations_below: below.unwrap_or_default(),
    })
}

/// Writes one path segment or query value with everything encoded that could mean something else.
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> u8 {
        ClientError::Refused {
            status,
            code: String::new(),
            detail: String::new(),
        }
        .exit_class()
    }

    #[test]
    fn refusals_have_their_exit_classes() {
        assert_eq!([401, 403].map(refused), [4, 4]);
        assert_eq!([404, 409, 422].map(refused), [1, 1, 1]);
        assert_eq!([400, 413, 415].map(refused), [2, 2, 2]);
        assert_eq!([429, 500, 503].map(refused), [5, 5, 5]);
    }

    #[test]
    fn segments_cannot_leave_their_place() {
        assert_eq!(segment("did:web:a%3A1"), "did:web:a%253A1");
        assert_eq!(segment("../x?y#z&a"), "..%2Fx%3Fy%23z%26a");
    }

    #[tokio::test]
    async fn unreachable_registry_is_a_network_fault() {
        let client = Client::new("https://localhost:1", Guarded::offline(), None);
        assert_eq!(client.description().await.unwrap_err().exit_class(), 5);
    }
}
