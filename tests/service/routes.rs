//! Every route of the public listener, as a stranger would list them: what is sent there, and what it takes.

use chancery_registry::Scope;

/// What a route reads of a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Nothing.
    Nothing,
    /// A JSON object.
    Json,
    /// A compact JWS.
    Token,
    /// A paper.
    Paper,
}

/// One method of one path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// With `{id}` where something is named.
    path: &'static str,
    pub(crate) scope: Option<Scope>,
    pub(crate) takes: Takes,
}

const fn public(method: &'static str, path: &'static str, takes: Takes) -> Route {
    Route {
        method,
        path,
        scope: None,
        takes,
    }
}

const fn admin(method: &'static str, path: &'static str, scope: Scope, takes: Takes) -> Route {
    Route {
        method,
        path,
        scope: Some(scope),
        takes,
    }
}

/// All of them.
pub(crate) const ROUTES: &[Route] = &[
    public("GET", "/.well-known/did.json", Takes::Nothing),
    public("GET", "/.well-known/did.jsonl", Takes::Nothing),
    public("GET", "/.well-known/did-witness.json", Takes::Nothing),
    public("GET", "/agents/{id}/did.jsonl", Takes::Nothing),
    public("GET", "/agents/{id}/did-witness.json", Takes::Nothing),
    public("GET", "/agents/{id}/did.json", Takes::Nothing),
    public("GET", "/status/did.json", Takes::Nothing),
    public("GET", "/trqp/did.json", Takes::Nothing),
    public("GET", "/.well-known/chancery", Takes::Nothing),
    public("GET", "/bundle/did.json", Takes::Nothing),
    public("GET", "/api/v1/bundle", Takes::Nothing),
    public("GET", "/status-lists/{id}", Takes::Nothing),
    public("POST", "/trqp/authorization", Takes::Json),
    public("POST", "/trqp/recognition", Takes::Json),
    public("POST", "/challenges", Takes::Nothing),
    public("POST", "/verify", Takes::Json),
    public("POST", "/api/v1/delegations", Takes::Token),
    public("PUT", "/api/v1/delegations/{id}", Takes::Paper),
    public("POST", "/api/v1/revocations", Takes::Token),
    admin("POST", "/credentials/issue", Scope::CredentialsIssue, Takes::Json),
    admin(
        "POST",
        "/credentials/status",
        Scope::CredentialsRevoke,
        Takes::Json,
    ),
    admin(
        "POST",
        "/credentials/verify",
        Scope::CredentialsVerify,
        Takes::Json,
    ),
    admin(
        "POST",
        "/credentials/derive",
        Scope::CredentialsVerify,
        Takes::Json,
    ),
    admin(
        "POST",
        "/presentations/verify",
        Scope::CredentialsVerify,
        Takes::Json,
    ),
    admin(
        "PUT",
        "/api/v1/did-logs/organization",
        Scope::AgentsWrite,
        Takes::Json,
    ),
    admin(
        "PUT",
        "/api/v1/did-logs/agents/{id}",
        Scope::AgentsWrite,
        Takes::Json,
    ),
    admin("GET", "/api/v1/agents", Scope::AgentsRead, Takes::Nothing),
    admin("POST", "/api/v1/agents", Scope::AgentsWrite, Takes::Json),
    admin("GET", "/api/v1/agents/{id}", Scope::AgentsRead, Takes::Nothing),
    admin(
        "POST",
        "/api/v1/agents/{id}/challenges",
        Scope::AgentsWrite,
        Takes::Nothing,
    ),
    admin(
        "GET",
        "/api/v1/agents/{id}/instances",
        Scope::AgentsRead,
        Takes::Nothing,
    ),
    admin(
        "POST",
        "/api/v1/agents/{id}/instances",
        Scope::AgentsWrite,
        Takes::Json,
    ),
    admin("GET", "/api/v1/instances/{id}", Scope::AgentsRead, Takes::Nothing),
    admin(
        "POST",
        "/api/v1/instances/{id}/suspend",
        Scope::AgentsWrite,
        Takes::Nothing,
    ),
    admin(
        "POST",
        "/api/v1/instances/{id}/resume",
        Scope::AgentsWrite,
        Takes::Nothing,
    ),
    admin(
        "POST",
        "/api/v1/instances/{id}/retire",
        Scope::AgentsWrite,
        Takes::Nothing,
    ),
    admin(
        "GET",
        "/api/v1/credentials",
        Scope::CredentialsRead,
        Takes::Nothing,
    ),
    admin(
        "POST",
        "/api/v1/credentials",
        Scope::CredentialsIssue,
        Takes::Json,
    ),
    admin(
        "GET",
        "/api/v1/credentials/{id}",
        Scope::CredentialsRead,
        Takes::Nothing,
    ),
    admin(
        "POST",
        "/api/v1/credentials/{id}/renew",
        Scope::CredentialsIssue,
        Takes::Json,
    ),
    admin(
        "POST",
        "/api/v1/credentials/{id}/revoke",
        Scope::CredentialsRevoke,
        Takes::Nothing,
    ),
    admin(
        "POST",
        "/api/v1/credentials/{id}/suspend",
        Scope::CredentialsRevoke,
        Takes::Nothing,
    ),
    admin(
        "POST",
        "/api/v1/credentials/{id}/resume",
        Scope::CredentialsRevoke,
        Takes::Nothing,
    ),
    admin(
        "GET",
        "/api/v1/recognitions",
        Scope::RecognitionsRead,
        Takes::Nothing,
    ),
    admin(
        "POST",
        "/api/v1/recognitions",
        Scope::RecognitionsWrite,
        Takes::Json,
    ),
    admin(
        "DELETE",
        "/api/v1/recognitions/{id}",
        Scope::RecognitionsWrite,
        Takes::Nothing,
    ),
    admin("POST", "/api/v1/tokens", Scope::TokensWrite, Takes::Json),
    admin(
        "DELETE",
        "/api/v1/tokens/{id}",
        Scope::TokensWrite,
        Takes::Nothing,
    ),
];

impl Route {
    /// The path with something in the place of its name.
    pub(crate) fn path(&self, id: &str) -> String {
        self.path.replace("{id}", id)
    }

    /// Whether the path names something.
    pub(crate) fn names(&self) -> bool {
        self.path.contains("{id}")
    }

    /// The media type of what it takes.
    pub(crate) fn media(&self) -> &'static str {
        match self.takes {
            Takes::Nothing | Takes::Json => "application/json",
            Takes::Token => "application/jwt",
            Takes::Paper => "application/vc",
        }
    }
}
