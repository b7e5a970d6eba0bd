//! How a verification that ends in no is answered: the HTTP status, and what was wrong with a request that could
//! not even be read.
//!
//! The problems themselves are the verifier's, by the types that the standards publish
//! ([VC Data Model 2.0 section 7.2](https://www.w3.org/TR/vc-data-model-2.0/#problem-details)). INVARIANT: every
//! problem has our stable code beside the standard's type.

use http::StatusCode;
use serde_json::{Value, json};

/// The standard's type for what cannot be read.
const PARSING_ERROR: &str = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR";

/// The status of an answer that is no: what could not be read is malformed, the rest is unacceptable.
pub(super) fn status(code: &str) -> StatusCode {
    let class = code.split('.').next().unwrap_or_default();
    if matches!(
        class,
        "parse" | "limit" | "type" | "context" | "data_loss" | "request"
    ) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// The problem of a request that could not be read.
pub(super) fn unreadable(code: &str, detail: &str) -> Value {
    json!({ "type": PARSING_ERROR, "title": "PARSING_ERROR", "detail": detail, "code": code })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_malformed_and_the_rest_unacceptable() {
        assert_eq!(status("parse.json"), StatusCode::BAD_REQUEST);
        assert_eq!(status("data_loss.undefined_term"), StatusCode::BAD_REQUEST);
        assert_eq!(status("signature.invalid"), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(status("status.revoked"), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
