//! A resource template: an `https` address in which `{name}` stands for one argument of the call.
//!
//! INVARIANT: an argument fills exactly one whole path segment with characters that need no encoding, so that no
//! argument can move the resource to another path, host or query.

use crate::members::LARGEST_SAFE_INTEGER;
use chancery_vc::capability::Resource;
use serde_json::Value;

/// The longest argument that is taken as a segment, in bytes.
const LONGEST_SEGMENT: usize = 256;

/// Why a template or one of its arguments is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("`{0}` is no resource template: {1}")]
    Malformed(String, String),
    #[error("argument `{0}` is missing")]
    Missing(String),
    #[error("argument `{0}` is no text and no whole number")]
    NotText(String),
    #[error("argument `{0}` is not one plain path segment")]
    NotSegment(String),
}

/// Checks a template and lists the arguments that it takes.
pub(crate) fn check(template: &str) -> Result<Vec<&str>, TemplateError> {
    let malformed = |why: &str| TemplateError::Malformed(template.to_owned(), why.to_owned());
    if template.contains('*') {
        return Err(malformed("it names one resource, so it holds no `*`"));
    }
    let (head, path) = split(template).ok_or_else(|| malformed("it has no scheme and host"))?;
    if head.contains(['{', '}']) {
        return Err(malformed("only path segments may be arguments"));
    }
    let mut names = Vec::new();
    for segment in path.split('/') {
        match argument(segment) {
            Some(name) if names.contains(&name) => return Err(malformed("an argument stands in it twice")),
            Some(name) => names.push(name),
            None if segment.contains(['{', '}']) => {
                return Err(malformed(
                    "`{name}` is a whole segment, its name of letters, digits, `_` and `-`",
                ));
            }
            None => {}
        }
    }
    let sample = fill_with(template, |_| Ok("x".to_owned()))?;
    match Resource::parse(&sample) {
        Ok(resource) if resource.is_concrete() => Ok(names),
        Ok(_) => Err(malformed("it names more than one resource")),
        Err(error) => Err(malformed(&error.to_string())),
    }
}

/// Fills a checked template with the call's arguments.
pub(crate) fn fill(template: &str, arguments: &Value) -> Result<String, TemplateError> {
    fill_with(template, |name| segment(name, arguments.get(name)))
}

fn fill_with(
    template: &str,
    value: impl Fn(&str) -> Result<String, TemplateError>,
) -> Result<String, TemplateError> {
    let mut filled = String::new();
    for (at, segment) in template.split('/').enumerate() {
        if at > 0 {
            filled.push('/');
        }
        match argument(segment) {
            Some(name) => filled.push_str(&value(name)?),
            None => filled.push_str(segment),
        }
    }
    Ok(filled)
}

/// Splits `scheme://host/path` before the path.
fn split(template: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = template.split_once(':')?;
    let (host, path) = rest.strip_prefix("//")?.split_once('/')?;
    (!scheme.is_empty() && !host.is_empty()).then(|| {
        let head = template.len().checked_sub(path.len());
        (head.and_then(|end| template.get(..end)).unwrap_or(template), path)
    })
}

fn argument(segment: &str) -> Option<&str> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (!name.is_empty() && name.bytes().all(is_plain)).then_some(name)
}

fn segment(name: &str, value: Option<&Value>) -> Result<String, TemplateError> {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) if number.as_u64().is_some_and(|n| n <= LARGEST_SAFE_INTEGER) => {
            number.to_string()
        }
        Some(_) => return Err(TemplateError::NotText(name.to_owned())),
        None => return Err(TemplateError::Missing(name.to_owned())),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@+=,".contains(&byte);
    let dots_only = text.bytes().all(|byte| byte == b'.');
    if dots_only || text.len() > LONGEST_SEGMENT || !text.bytes().all(plain) {
        return Err(TemplateError::NotSegment(name.to_owned()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ORDERS: &str = "https://api.globex.example/orders/{order}";

    #[test]
    fn argument_fills_exactly_its_segment() {
        for (value, end) in [
            (json!("1001"), "1001"),
            (json!(1001), "1001"),
            (json!("a.b-c_d~e"), "a.b-c_d~e"),
        ] {
            let resource = fill(ORDERS, &json!({ "order": value })).unwrap();
            assert_eq!(resource, format!("https://api.globex.example/orders/{end}"));
        }
    }

    #[test]
    fn argument_that_is_not_one_plain_segment_is_refused() {
        let long = "x".repeat(LONGEST_SEGMENT + 1);
        for value in [
            "",
            ".",
            "..",
            "...",
            "a/b",
            "/",
            "../customers",
            "..%2Fcustomers",
            "%2e%2e",
            "a%20b",
            "a b",
            "a?b",
            "a#b",
            "a;b",
            "a\\b",
            "*",
            "a*",
            "{order}",
            "é",
            "a\u{0}b",
            "a\nb",
            "\u{2024}\u{2024}",
            &long,
        ] {
            let refused = fill(ORDERS, &json!({ "order": value }));
            assert_eq!(
                refused,
                Err(TemplateError::NotSegment("order".to_owned())),
                "{value:?}"
            );
        }
    }

    #[test]
    fn argument_of_another_type_is_refused() {
        for value in [
            json!(1.5),
            json!(-1),
            json!(1e3),
            json!(null),
            json!(true),
            json!(["1"]),
            json!({"a": "1"}),
        ] {
            let refused = fill(ORDERS, &json!({ "order": value }));
            assert_eq!(
                refused,
                Err(TemplateError::NotText("order".to_owned())),
                "{value}"
            );
        }
    }

    #[test]
    fn argument_that_is_absent_is_refused() {
        for arguments in [
            json!({}),
            json!({"Order": "1"}),
            json!([]),
            json!("1"),
            json!(null),
        ] {
            assert_eq!(
                fill(ORDERS, &arguments),
                Err(TemplateError::Missing("order".to_owned())),
                "{arguments}"
            );
        }
    }

    #[test]
    fn argument_is_never_expanded_twice() {
        let template = "https://a.example/{x}/{y}";
        assert!(fill(template, &json!({"x": "{y}", "y": "secret"})).is_err());
    }

    #[test]
    fn template_names_its_arguments_in_order() {
        assert_eq!(
            check("https://a.example/o/{order}/lines/{line-no}").unwrap(),
            ["order", "line-no"]
        );
        assert_eq!(check("https://a.example/status").unwrap(), [""; 0]);
    }

    #[test]
    fn template_that_could_leave_its_path_is_refused() {
        for template in [
            "",
            "orders/{order}",
            "https://{host}/orders",
            "https://a.example:{port}/orders",
            "{scheme}://a.example/orders",
            "https://a.example/orders/x{order}",
            "https://a.example/orders/{order}.json",
            "https://a.example/orders/{}",
            "https://a.example/orders/{a b}",
            "https://a.example/orders/{order",
            "https://a.example/orders/order}",
            "https://a.example/{order}/{order}",
            "https://a.example/orders/*",
            "https://a.example/orders/{order}?x=1",
            "https://a.example/orders/{order}#x",
            "https://a.example//{order}",
            "https://a.example/../{order}",
        ] {
            assert!(check(template).is_err(), "{template}");
        }
    }
}
