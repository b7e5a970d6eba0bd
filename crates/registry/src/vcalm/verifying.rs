//! `POST /credentials/verify` and `POST /presentations/verify`: any credential, any presentation, under the
//! verifier's published policy.
//!
//! INVARIANT: `verified` is true only where document rules, proofs, validity and status all hold as the policy
//! asks; revoked, suspended, expired and unknown status are errors, never warnings. Nothing here says that an
//! issuer is to be trusted.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use chancery::gather::Strangers;
use chancery_verifier::{
    CredentialPolicy, CredentialReport, Evidence, Need, PresentationPolicy, PresentationReport,
    check_credential_under, check_presentation,
};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::problems;
use crate::{
    app::App,
    body::Members,
    problem::{Problem, Shaped},
    status_lists::{Form, Rendered, publish},
};

/// How often the service looks into its own records for what a judgement still needs.
const ROUNDS: usize = 3;
/// Checks that a caller may name; every one of them is always done.
const CHECKS: [&str; 3] = ["proof", "credentialStatus", "credentialSchema"];

/// What a caller wants back.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    input: bool,
    problems: bool,
}

/// Verifies one credential under the policy of the verifier `name`.
pub(crate) async fn credential(app: &App, name: &str, body: Map<String, Value>) -> Result<Response, Problem> {
    let policy = app.office().verifiers.get(name).ok_or_else(Problem::not_found)?;
    Ok(match read(body, &["verifiableCredential"], "returnCredential") {
        Ok((input, options, wanted)) => match options.finish() {
            Ok(()) => {
                let report = judge_credential(app, &text(&input), policy).await;
                let verdict = Verdict::of(report.checked, report.code, report.problems());
                answered("credential", input, wanted, verdict, Vec::new())
            }
            Err(problem) => malformed(problem),
        },
        Err(problem) => malformed(problem),
    })
}

/// Verifies one presentation, and every credential in it under the policy of the verifier `name`.
pub(crate) async fn presentation(
    app: &App,
    name: &str,
    body: Map<String, Value>,
) -> Result<Response, Problem> {
    let credential = app.office().verifiers.get(name).ok_or_else(Problem::not_found)?;
    let without_proof = body.contains_key("presentation");
    let names = ["verifiablePresentation", "presentation"];
    let (input, policy, wanted) = match read(body, &names, "returnPresentation")
        .and_then(|(input, options, wanted)| Ok((policy(credential.clone(), options)?, input, wanted)))
    {
        Ok((policy, input, wanted)) => (input, policy, wanted),
        Err(problem) => return Ok(malformed(problem)),
    };
    let policy = match (is_unsigned(&input), app.office().unsigned) {
        // It answers no challenge, and is taken for what it is: credentials, handed on by somebody.
        (true, true) => PresentationPolicy {
            unsigned: true,
            challenge: None,
            domain: None,
            ..policy
        },
        // Who calls it unsigned may still not expect an answer to a challenge from it.
        (true, false) => PresentationPolicy {
            unsigned: without_proof,
            ..policy
        },
        (false, _) => policy,
    };
    let report = judge_presentation(app, &text(&input), &policy).await;
    let credentials = report.credentials.iter().map(each).collect();
    let verdict = Verdict::of(report.checked, report.code, report.problems());
    Ok(answered(
        "verifiablePresentation",
        input,
        wanted,
        verdict,
        credentials,
    ))
}

/// Takes what is to be verified, the options, and what the caller wants back.
fn read(
    body: Map<String, Value>,
    names: &[&'static str],
    give_back: &'static str,
) -> Result<(Value, Members, Wanted), Problem> {
    let mut members = Members::new(body);
    let mut inputs = names.iter().filter_map(|name| members.take(name));
    let (input, second) = (inputs.next(), inputs.next());
    let input = match (input, second) {
        (Some(input @ Value::Object(_)), None) => input,
        // The text of a document in a string would be read by us and by nobody else.
        (Some(Value::String(token)), None) if is_token(&token) => Value::String(token),
        (Some(_), None) => {
            return Err(Problem::malformed(
                "request.member",
                "what is verified is an object or a compact token",
            ));
        }
        (Some(_), Some(_)) => {
            return Err(Problem::malformed(
                "request.member",
                "one presentation is verified at a time",
            ));
        }
        (None, _) => {
            return Err(Problem::malformed(
                "request.missing_member",
                format!("`{}` is required", names.join("` or `")),
            ));
        }
    };
    let mut options = match members.take("options") {
        None => Members::new(Map::new()),
        Some(Value::Object(options)) => Members::new(options),
        Some(_) => return Err(Problem::malformed("request.member", "`options` is an object")),
    };
    members.finish()?;
    let known = |item: &Value| item.as_str().is_some_and(|name| CHECKS.contains(&name));
    match options.take("checks") {
        None => {}
        Some(Value::Array(checks)) if checks.iter().all(known) => {}
        Some(_) => return Err(Problem::malformed("request.member", "there is no such check")),
    }
    let mut flag = |name: &'static str, otherwise: bool| match options.take(name) {
        None => Ok(otherwise),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(_) => Err(Problem::malformed(
            "request.member",
            format!("`{name}` is true or false"),
        )),
    };
    let wanted = Wanted {
        input: flag(give_back, false)?,
        problems: flag("returnProblemDetails", true)?,
    };
    flag("returnResults", false)?;
    Ok((input, options, wanted))
}

fn policy(credential: CredentialPolicy, mut options: Members) -> Result<PresentationPolicy, Problem> {
    let as_malformed = |problem: Problem| Problem {
        status: StatusCode::BAD_REQUEST,
        ..problem
    };
    let policy = PresentationPolicy {
        challenge: options.optional_text("challenge").map_err(as_malformed)?,
        domain: options.optional_text("domain").map_err(as_malformed)?,
        ..PresentationPolicy::new(credential)
    };
    options.finish()?;
    Ok(policy)
}

/// Whether a string has the shape of a compact JWS or an SD-JWT.
fn is_token(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.starts_with("ey") && text.contains('.') && text.bytes().all(letters)
}

/// A text as it is, an object as its text.
fn text(input: &Value) -> Vec<u8> {
    let text = input.as_str().map_or_else(|| input.to_string(), str::to_owned);
    text.into_bytes()
}

fn is_unsigned(presentation: &Value) -> bool {
    presentation.as_object().is_some_and(|members| {
        let envelope = members.get("type").is_some_and(|types| match types {
            Value::String(name) => name == "EnvelopedVerifiablePresentation",
            Value::Array(names) => names.iter().any(|name| name == "EnvelopedVerifiablePresentation"),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        });
        !members.contains_key("proof") && !envelope
    })
}

async fn judge_credential(app: &App, text: &[u8], policy: &CredentialPolicy) -> CredentialReport {
    let at = app.now();
    let mut evidence = own_documents(app);
    for _ in 0..ROUNDS {
        let report = check_credential_under(text, &evidence, policy, at);
        if report.needs.is_empty() {
            return report;
        }
        if !add_own(app, &report.needs, &mut evidence).await {
            break;
        }
    }
    let gatherer = app.gatherer();
    gatherer
        .check_credential(text, evidence, policy, Strangers::Resolve, at)
        .await
}

async fn judge_presentation(app: &App, text: &[u8], policy: &PresentationPolicy) -> PresentationReport {
    let at = app.now();
    let mut evidence = own_documents(app);
    for _ in 0..ROUNDS {
        let report = check_presentation(text, &evidence, policy, at);
        if report.needs.is_empty() {
            return report;
        }
        if !add_own(app, &report.needs, &mut evidence).await {
            break;
        }
    }
    let gatherer = app.gatherer();
    gatherer
        .check_presentation(text, evidence, policy, Strangers::Resolve, at)
        .await
}

/// The documents of this service's own identities: they are at hand.
fn own_documents(app: &App) -> Evidence {
    let organization = app.organization();
    let mut evidence = Evidence::default();
    for role in [&organization.issue, &organization.status, &organization.trqp] {
        evidence.documents.insert(role.did.clone(), role.document.clone());
    }
    evidence
}

/// Adds those of the needs that are status lists of this service itself; whether there was one.
async fn add_own(app: &App, needs: &[Need], evidence: &mut Evidence) -> bool {
    let prefix = app.organization().status_list_url("");
    let mut added = false;
    for need in needs {
        let (url, form) = if let Need::StatusList(url) = need {
            (url, Form::Credential)
        } else if let Need::TokenStatusList(url) = need {
            (url, Form::TokenList)
        } else {
            continue;
        };
        let Some(id) = url.strip_prefix(&prefix) else {
            continue;
        };
        let Ok(list) = publish(app, id).await else {
            continue;
        };
        let Ok(text) = list.form(app, form).and_then(Rendered::text) else {
            continue;
        };
        let lists = if form == Form::TokenList {
            &mut evidence.token_status_lists
        } else {
            &mut evidence.status_lists
        };
        added |= lists.insert(url.clone(), text).is_none();
    }
    added
}

/// What was found about one credential of a presentation.
fn each(report: &CredentialReport) -> Value {
    json!({ "verified": report.checked, "problemDetails": values(report.problems()) })
}

fn values(problems: Vec<chancery_verifier::Problem>) -> Vec<Value> {
    problems
        .iter()
        .map(chancery_verifier::Problem::to_value)
        .collect()
}

/// How a judgement ended.
struct Verdict {
    checked: bool,
    code: &'static str,
    problems: Vec<Value>,
}

impl Verdict {
    fn of(checked: bool, code: &'static str, problems: Vec<chancery_verifier::Problem>) -> Self {
        Self {
            checked,
            code,
            problems: values(problems),
        }
    }
}

fn answered(name: &str, input: Value, wanted: Wanted, verdict: Verdict, credentials: Vec<Value>) -> Response {
    let mut body = Map::new();
    body.insert("verified".to_owned(), verdict.checked.into());
    if wanted.problems {
        body.insert("problemDetails".to_owned(), Value::Array(verdict.problems));
    }
    if wanted.input {
        body.insert(name.to_owned(), input);
    }
    if !credentials.is_empty() {
        body.insert("results".to_owned(), json!({ "credentials": credentials }));
    }
    let status = if verdict.checked {
        StatusCode::OK
    } else {
        problems::status(verdict.code)
    };
    shaped(status, Value::Object(body))
}

/// A request that could not be read: that, too, verifies nothing.
fn malformed(problem: Problem) -> Response {
    let told = problems::unreadable(&problem.code, &problem.detail);
    let mut body = Map::new();
    body.insert("verified".to_owned(), false.into());
    body.insert("problemDetails".to_owned(), json!([told]));
    problem.respond_with(body)
}

fn shaped(status: StatusCode, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.extensions_mut().insert(Shaped);
    response.headers_mut().insert(
        http::header::CACHE_CONTROL,
        http::HeaderValue::from_static("no-store"),
    );
    response
}
