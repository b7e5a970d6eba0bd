//! The forms of one list: a credential with a proof or as a JWT, a Token Status List as JWT or as CWT.
//!
//! A Bitstring list has one bit for its purpose. A Token Status List has two for the whole status of the
//! credential at an index: revoked, or else suspended, whichever list tells of it.
//!
//! INVARIANT: every form is made from the same record and says the same moment.

use std::sync::OnceLock;

use chancery_did::Timestamp;
use chancery_proof::{Securing, base64url};
use chancery_vc::{
    StatusPurpose,
    issue::{Draft, IssueError, StatusListTerms, sign},
    status::{
        StatusBits, TokenStatus,
        token::{
            MEDIA_TYPE_CWT, MEDIA_TYPE_JWT, TokenListTerms, sign_token_status_list,
            sign_token_status_list_cwt,
        },
    },
};
use sha2::{Digest as _, Sha256};

use super::ttl_millis;
use crate::{
    app::App,
    problem::Problem,
    store::{StatusListPurpose, StatusListRecord},
};

/// How a list is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A credential with a proof.
    Credential,
    /// A credential as JWT.
    CredentialToken,
    /// A Token Status List as JWT.
    TokenList,
    /// A Token Status List as CWT.
    TokenListCwt,
}

impl Form {
    /// Every form.
    pub(crate) const ALL: [Self; 4] = [
        Self::Credential,
        Self::CredentialToken,
        Self::TokenList,
        Self::TokenListCwt,
    ];

    /// The media type of this form.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Credential => "application/vc",
            Self::CredentialToken => "application/vc+jwt",
            Self::TokenList => MEDIA_TYPE_JWT,
            Self::TokenListCwt => MEDIA_TYPE_CWT,
        }
    }
}

/// A list in one form.
#[derive(Debug)]
pub(crate) struct Rendered {
    /// Its bytes.
    pub(crate) body: Vec<u8>,
    /// Its entity tag, quoted.
    pub(crate) etag: String,
}

impl Rendered {
    fn new(body: Vec<u8>) -> Self {
        let etag = format!("\"{}\"", base64url::encode(&Sha256::digest(&body)));
        Self { body, etag }
    }

    /// The text, of a form that is text.
    pub(crate) fn text(&self) -> Result<String, Problem> {
        String::from_utf8(self.body.clone()).map_err(|error| Problem::internal(&error))
    }
}

/// The forms that were asked for.
#[derive(Debug, Default)]
pub(super) struct Rendering {
    credential: OnceLock<Rendered>,
    credential_token: OnceLock<Rendered>,
    token_list: OnceLock<Rendered>,
    token_list_cwt: OnceLock<Rendered>,
}

impl Rendering {
    /// Gives one form, made when it is first asked for.
    pub(super) fn get(
        &self,
        app: &App,
        list: &StatusListRecord,
        at: Timestamp,
        form: Form,
    ) -> Result<&Rendered, Problem> {
        let cell = match form {
            Form::Credential => &self.credential,
            Form::CredentialToken => &self.credential_token,
            Form::TokenList => &self.token_list,
            Form::TokenListCwt => &self.token_list_cwt,
        };
        if let Some(rendered) = cell.get() {
            return Ok(rendered);
        }
        let body = match form {
            Form::Credential => credential(app, list, at, Securing::DataIntegrity).map(String::into_bytes),
            Form::CredentialToken => credential(app, list, at, Securing::Jose).map(String::into_bytes),
            Form::TokenList | Form::TokenListCwt => token_list(app, list, at, form),
        };
        let body = body.map_err(|error| Problem::internal(&error))?;
        Ok(cell.get_or_init(|| Rendered::new(body)))
    }
}

fn validity_millis(app: &App) -> i64 {
    i64::try_from(app.config().status_validity_seconds)
        .unwrap_or(0)
        .saturating_mul(1000)
}

fn credential(
    app: &App,
    list: &StatusListRecord,
    at: Timestamp,
    securing: Securing,
) -> Result<String, IssueError> {
    let mut bits = StatusBits::new(usize::try_from(list.size).unwrap_or(0));
    for index in &list.set {
        bits.set(u64::from(*index), true)?;
    }
    let role = &app.organization().status;
    let terms = StatusListTerms {
        url: app.organization().status_list_url(&list.id),
        issuer: role.did.clone(),
        purposes: vec![match list.purpose {
            StatusListPurpose::Revocation => StatusPurpose::Revocation,
            StatusListPurpose::Suspension => StatusPurpose::Suspension,
        }],
        valid_from: at,
        valid_until: at.saturating_add_millis(validity_millis(app)),
        ttl_ms: u64::try_from(ttl_millis(app)).unwrap_or(1),
    };
    let draft = Draft::status_list(&terms, &bits)?;
    sign(&draft, securing, &role.method, role.signer.as_ref(), at)
}

fn token_list(app: &App, list: &StatusListRecord, at: Timestamp, form: Form) -> Result<Vec<u8>, IssueError> {
    let mut statuses = StatusBits::of_size(usize::try_from(list.size).unwrap_or(0), 2)?;
    let (revoked, suspended) = match list.purpose {
        StatusListPurpose::Revocation => (&list.set, &list.set_elsewhere),
        StatusListPurpose::Suspension => (&list.set_elsewhere, &list.set),
    };
    // Revocations last: what is both is revoked.
    for (indices, status) in [
        (suspended, TokenStatus::Suspended),
        (revoked, TokenStatus::Invalid),
    ] {
        for index in indices {
            statuses.put(u64::from(*index), status.value())?;
        }
    }
    let role = &app.organization().status;
    let terms = TokenListTerms {
        uri: app.organization().status_list_url(&list.id),
        issued_at: at,
        expires_at: Some(at.saturating_add_millis(validity_millis(app))),
        ttl_seconds: Some(app.config().status_ttl_seconds.max(1)),
        aggregation: Some(app.organization().status_lists_url()),
    };
    let (method, signer) = (&role.method, role.signer.as_ref());
    match form {
        Form::TokenListCwt => sign_token_status_list_cwt(&terms, &statuses, method, signer),
        Form::Credential | Form::CredentialToken | Form::TokenList => {
            sign_token_status_list(&terms, &statuses, method, signer).map(String::into_bytes)
        }
    }
}
