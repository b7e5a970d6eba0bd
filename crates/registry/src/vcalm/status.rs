//! `POST /credentials/status`: revoking, suspending and taking a suspension back, by the credential's id.
//!
//! [VCALM](https://w3c.github.io/vcalm/#update-status). INVARIANT: a revocation is never taken back.

use serde_json::{Map, Value};

use crate::{app::App, body::Members, problem::Problem, store::StatusChange};

/// Changes the status of one recorded credential.
pub(crate) async fn change(app: &App, body: Map<String, Value>) -> Result<(), Problem> {
    let as_malformed = |problem: Problem| Problem {
        status: http::StatusCode::BAD_REQUEST,
        ..problem
    };
    let mut members = Members::new(body);
    let id = members.text("credentialId").map_err(as_malformed)?;
    let Some(Value::Object(entry)) = members.take("credentialStatus") else {
        return Err(Problem::malformed(
            "request.missing_member",
            "`credentialStatus` is required, an object",
        ));
    };
    let set = match members.take("status") {
        None => true,
        Some(Value::Bool(set)) => set,
        Some(_) => return Err(Problem::malformed("request.member", "`status` is true or false")),
    };
    members.finish()?;
    let mut entry = Members::new(entry);
    if entry.text("type").map_err(as_malformed)? != "BitstringStatusListEntry" {
        return Err(Problem::malformed(
            "request.member",
            "the status is a BitstringStatusListEntry",
        ));
    }
    let change = match (entry.text("statusPurpose").map_err(as_malformed)?.as_str(), set) {
        ("revocation", true) => StatusChange::Revoke,
        ("suspension", true) => StatusChange::Suspend,
        ("suspension", false) => StatusChange::Resume,
        ("revocation", false) => {
            return Err(Problem::conflict("status.revoked", "a revocation is for good"));
        }
        _ => {
            return Err(Problem::malformed(
                "request.member",
                "`statusPurpose` is revocation or suspension",
            ));
        }
    };
    app.store().change_status(&id, change, app.now()).await?;
    tracing::info!(credential = id, change = ?change, "status changed");
    Ok(())
}
