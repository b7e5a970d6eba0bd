//! Recognition: the word of the verifier's own registry about an authority.
//!
//! Follows `docs/profile.md` ("Anchors") and TRQP v2.0 recognition. INVARIANT: depth 1. Only a statement of the registry
//! that the policy pins counts, and never about the registry or its authority itself; a recognized authority's own
//! recognitions are nobody's evidence here.

use crate::authority::TrustError;
use crate::policy::Policy;
use crate::policy::anchor::Anchor;
use crate::policy::registry::RegistryAnchor;
use crate::trqp::{Query, Question, STATEMENT_TYP, Statement, StatementError};
use chancery_did::{Did, Timestamp};
use chancery_proof::{Limits, Secured};
use serde_json::Value;

/// How an issuer stands with the registry that the anchor names.
#[derive(Debug)]
pub enum Standing<'p> {
    /// The anchor asks no registry.
    NotAsked,
    /// The registry recognizes the issuer.
    Recognized {
        /// The registry.
        registry: &'p RegistryAnchor,
        /// Its statement, which may announce the issuer's keys.
        statement: Box<Statement>,
    },
    /// No statement that can be relied on is there: this question must be asked.
    Ask {
        /// The registry to ask.
        registry: &'p RegistryAnchor,
        /// What to ask.
        question: Box<Question>,
        /// Why the statement that is there does not do, if one is.
        because: Option<StatementError>,
    },
}

/// Judges whether the anchor's registry recognizes `issuer` for the action and resource of the request.
///
/// `statements` are the tokens at hand, in any order, and untrusted. Those of other registries and to other questions
/// are passed over. Of several that verify, the newest decides, and of equally new ones the refusal.
///
/// # Errors
/// `trust.not_recognized` when the registry says so, or would speak about itself; `trust.unknown_issuer` when the
/// anchor names a registry that the policy does not have, or another issuer.
pub fn recognize<'p>(
    policy: &'p Policy,
    anchor: &Anchor,
    issuer: &Did,
    (action, resource): (&str, &str),
    statements: &[String],
    at: Timestamp,
    limits: &Limits,
) -> Result<Standing<'p>, TrustError> {
    if anchor.issuer.as_ref().is_some_and(|own| own != issuer) {
        return Err(TrustError::UnknownIssuer(issuer.clone()));
    }
    let Some(name) = &anchor.recognized_by else {
        return match &anchor.issuer {
            Some(_) => Ok(Standing::NotAsked),
            None => Err(TrustError::UnknownIssuer(issuer.clone())),
        };
    };
    let registry = policy
        .registry(name)
        .ok_or_else(|| TrustError::UnknownIssuer(issuer.clone()))?;
    let refused = || TrustError::NotRecognized {
        registry: registry.name.clone(),
        issuer: issuer.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
    };
    if registry.speaks_as(issuer) {
        return Err(refused());
    }
    let question = Question::new(
        Query::Recognition,
        issuer.as_str(),
        registry.authority.as_str(),
        action,
        resource,
    )
    .map_err(|_| refused())?;
    judge(registry, question, statements, (at, policy.skew), limits).ok_or_else(refused)
}

/// Judges whether a registry authorizes `entity` for an action and a resource, by the same rules as [`recognize`].
///
/// # Errors
/// `trust.not_authorized` when the registry says so.
pub fn authorize<'p>(
    registry: &'p RegistryAnchor,
    entity: &Did,
    (action, resource): (&str, &str),
    statements: &[String],
    (at, skew): (Timestamp, i64),
    limits: &Limits,
) -> Result<Standing<'p>, TrustError> {
    let refused = || TrustError::NotAuthorized {
        registry: registry.name.clone(),
        entity: entity.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
    };
    let question = Question::new(
        Query::Authorization,
        entity.as_str(),
        registry.authority.as_str(),
        action,
        resource,
    )
    .map_err(|_| refused())?;
    judge(registry, question, statements, (at, skew), limits).ok_or_else(refused)
}

/// Says whether a token names another registry or authority as its own: it is no word of this one, whatever its
/// signature is worth, and passing over it trusts nobody.
fn is_anothers(token: &str, registry: &RegistryAnchor, limits: &Limits) -> bool {
    let Ok(read) = Secured::<Value>::jose(token, &[STATEMENT_TYP], limits) else {
        return false;
    };
    let names = |member: &str, own: &Did| {
        let named = read.unverified().get(member).and_then(Value::as_str);
        named.is_none_or(|named| named == own.as_str())
    };
    !(names("iss", &registry.did) && names("authority_id", &registry.authority))
}

/// Judges the newest statement that verifies and answers the question; of equally new ones the refusal, then the one
/// that ends last. A newer statement that has ended puts older ones aside: its question is asked again.
fn judge<'p>(
    registry: &'p RegistryAnchor,
    question: Question,
    statements: &[String],
    (at, skew): (Timestamp, i64),
    limits: &Limits,
) -> Option<Standing<'p>> {
    let mut best: Option<Statement> = None;
    let mut because: Option<StatementError> = None;
    for token in statements {
        let statement = match Statement::verify(token, registry, limits) {
            Ok(statement) if statement.answers(&question) => statement,
            Ok(_) | Err(StatementError::NotTheRegistry { .. }) => continue,
            Err(StatementError::Proof(_)) if is_anothers(token, registry, limits) => continue,
            Err(error) => {
                because = because.or(Some(error));
                continue;
            }
        };
        if let Err(error @ StatementError::NotYet(_)) = statement.judge(registry, at, skew) {
            because = because.or(Some(error));
            continue;
        }
        let rank =
            |statement: &Statement| (statement.time_evaluated, !statement.outcome, statement.expires_at);
        if best.as_ref().is_none_or(|best| rank(&statement) > rank(best)) {
            best = Some(statement);
        }
    }
    match best.map(|best| best.judge(registry, at, skew).map(|()| best)) {
        Some(Ok(statement)) if statement.outcome => Some(Standing::Recognized {
            registry,
            statement: Box::new(statement),
        }),
        Some(Ok(_)) => None,
        Some(Err(ended)) => Some(Standing::Ask {
            registry,
            question: Box::new(question),
            because: Some(ended),
        }),
        None => Some(Standing::Ask {
            registry,
            question: Box::new(question),
            because,
        }),
    }
}

#[cfg(test)]
mod tests;
