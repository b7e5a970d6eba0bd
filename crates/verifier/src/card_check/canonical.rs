//! What of an agent card is signed: the card without its signatures and without the defaults that its schema drops.
//!
//! A2A 1.0, section 8.4.1 and `a2a.proto`: a member that is REQUIRED or `optional` stays as it stands, any other one
//! is left out where it has its default value. INVARIANT: a member that the schema does not know stays as it is, so
//! that nothing in a card is outside of its signature but what says nothing.

use serde_json::{Map, Value};

/// One message of the schema.
struct Message {
    /// Members that are left out where they have their default value.
    defaults: &'static [&'static str],
    /// Members that are left out only where they are `null`, which is how JSON says that they are not set.
    unset: &'static [&'static str],
    /// Members that are messages, or arrays or maps of messages.
    inner: &'static [(&'static str, Shape, &'static Message)],
}

/// How messages stand in a member.
#[derive(Clone, Copy)]
enum Shape {
    One,
    Array,
    Map,
}

use Shape::{Array, Map as MapOf, One};

const fn plain(defaults: &'static [&'static str]) -> Message {
    Message {
        defaults,
        unset: &[],
        inner: &[],
    }
}

static CARD: Message = Message {
    defaults: &["securitySchemes", "securityRequirements"],
    unset: &["provider", "documentationUrl", "iconUrl"],
    inner: &[
        ("supportedInterfaces", Array, &INTERFACE),
        ("capabilities", One, &CAPABILITIES),
        ("securitySchemes", MapOf, &SCHEME),
        ("securityRequirements", Array, &REQUIREMENT),
        ("skills", Array, &SKILL),
    ],
};
static INTERFACE: Message = plain(&["tenant"]);
static CAPABILITIES: Message = Message {
    defaults: &["extensions"],
    unset: &["streaming", "pushNotifications", "extendedAgentCard"],
    inner: &[("extensions", Array, &EXTENSION)],
};
static EXTENSION: Message = Message {
    defaults: &["uri", "description", "required"],
    unset: &["params"],
    inner: &[],
};
static SKILL: Message = Message {
    defaults: &["examples", "inputModes", "outputModes", "securityRequirements"],
    unset: &[],
    inner: &[("securityRequirements", Array, &REQUIREMENT)],
};
static REQUIREMENT: Message = Message {
    defaults: &["schemes"],
    unset: &[],
    inner: &[("schemes", MapOf, &LIST)],
};
static LIST: Message = plain(&["list"]);
static SCHEME: Message = Message {
    defaults: &[],
    unset: &[],
    inner: &[
        ("apiKeySecurityScheme", One, &DESCRIBED),
        ("httpAuthSecurityScheme", One, &HTTP),
        ("oauth2SecurityScheme", One, &OAUTH2),
        ("openIdConnectSecurityScheme", One, &DESCRIBED),
        ("mtlsSecurityScheme", One, &DESCRIBED),
    ],
};
static DESCRIBED: Message = plain(&["description"]);
static HTTP: Message = plain(&["description", "bearerFormat"]);
static OAUTH2: Message = Message {
    defaults: &["description", "oauth2MetadataUrl"],
    unset: &[],
    inner: &[("flows", One, &FLOWS)],
};
static FLOWS: Message = Message {
    defaults: &[],
    unset: &[],
    inner: &[
        ("authorizationCode", One, &CODE_FLOW),
        ("clientCredentials", One, &REFRESHED),
        ("implicit", One, &IMPLICIT),
        ("password", One, &PASSWORD),
        ("deviceCode", One, &REFRESHED),
    ],
};
static CODE_FLOW: Message = plain(&["refreshUrl", "pkceRequired"]);
static REFRESHED: Message = plain(&["refreshUrl"]);
static IMPLICIT: Message = plain(&["authorizationUrl", "refreshUrl", "scopes"]);
static PASSWORD: Message = plain(&["tokenUrl", "refreshUrl", "scopes"]);

/// Gives the value whose canonical form is signed, of a card without its signatures.
pub(super) fn payload(mut card: Value) -> Value {
    CARD.prune(&mut card);
    card
}

impl Message {
    fn prune(&self, value: &mut Value) {
        let Some(members) = value.as_object_mut() else {
            return;
        };
        for (name, shape, message) in self.inner {
            if let Some(inner) = members.get_mut(*name) {
                match (shape, inner) {
                    (One, inner) => message.prune(inner),
                    (Array, Value::Array(items)) => items.iter_mut().for_each(|item| message.prune(item)),
                    (MapOf, Value::Object(map)) => map.values_mut().for_each(|item| message.prune(item)),
                    // Not of the schema's shape, so it stays as it is.
                    (Array | MapOf, _) => {}
                }
            }
        }
        members.retain(|name, value| !self.says_nothing(name, value));
    }

    fn says_nothing(&self, name: &str, value: &Value) -> bool {
        if self.unset.contains(&name) {
            return value.is_null();
        }
        self.defaults.contains(&name)
            && match value {
                Value::Null | Value::Bool(false) => true,
                Value::String(text) => text.is_empty(),
                Value::Array(items) => items.is_empty(),
                Value::Object(members) => Map::is_empty(members),
                Value::Bool(true) | Value::Number(_) => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn canonical(card: Value) -> String {
        String::from_utf8(chancery_proof::jcs::canonicalize(&payload(card)).unwrap()).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_comes_out_as_printed() {
        let card = json!({
            "name": "Example Agent", "description": "",
            "capabilities": {"streaming": false, "pushNotifications": false, "extensions": []},
            "skills": [],
        });
        let printed = r#"{"capabilities":{"pushNotifications":false,"streaming":false},"description":"","name":"Example Agent","skills":[]}"#;
        assert_eq!(canonical(card), printed);
    }

    #[test]
    fn what_the_schema_does_not_drop_stays() {
        let card = json!({
            "name": "a", "x": "", "y": null, "provider": {"url": "", "organization": ""},
            "iconUrl": "", "supportedInterfaces": [{"url": "", "tenant": ""}],
            "capabilities": {"extensions": [{"uri": "u", "required": false, "params": {}}]},
            "securityRequirements": [{"schemes": {"k": {"list": []}}}, {}],
            "skills": [{"id": "", "tags": [], "examples": []}],
        });
        let kept = json!({
            "name": "a", "x": "", "y": null, "provider": {"url": "", "organization": ""},
            "iconUrl": "", "supportedInterfaces": [{"url": ""}],
            "capabilities": {"extensions": [{"uri": "u", "params": {}}]},
            "securityRequirements": [{"schemes": {"k": {}}}, {}],
            "skills": [{"id": "", "tags": []}],
        });
        assert_eq!(payload(card), kept);
    }

    #[test]
    fn members_of_another_shape_stay_as_they_are() {
        let card =
            json!({"name": 1, "skills": "all", "securitySchemes": 7, "capabilities": [], "iconUrl": null});
        let kept = json!({"name": 1, "skills": "all", "securitySchemes": 7, "capabilities": []});
        assert_eq!(payload(card), kept);
        assert_eq!(payload(json!([])), json!([]));
    }
}
