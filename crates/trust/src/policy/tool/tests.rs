//! Tools: how a call's arguments become an action, a resource and facts.

use super::*;

fn refund() -> Tool {
    let value = json!({
        "name": "refund",
        "action": "refund:create",
        "resource": "https://api.globex.example/orders/{order}",
        "facts": {
            "amount": { "type": "Amount", "value": "/refund/amount", "currency": "EUR" },
            "reason": { "type": "Text", "value": "/reason" },
            "size": { "type": "Size", "value": "/size" }
        }
    });
    parse(&value, "tools[0]").unwrap()
}

fn arguments() -> Value {
    json!({ "order": "1001", "refund": { "amount": "35.00" }, "reason": "damaged", "size": 12 })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut arguments = arguments();
    *arguments.pointer_mut(pointer).unwrap() = value;
    arguments
}

#[test]
fn call_becomes_action_resource_and_facts() {
    let (action, resource, facts) = refund().request(&arguments()).unwrap();
    assert_eq!(action.to_string(), "refund:create");
    assert_eq!(resource.to_string(), "https://api.globex.example/orders/1001");
    assert_eq!(facts.len(), 3);
    assert_eq!(
        *facts.get("amount").unwrap(),
        Fact::Amount {
            value: "35.00".to_owned(),
            currency: "EUR".to_owned()
        }
    );
    assert_eq!(*facts.get("reason").unwrap(), Fact::Text("damaged".to_owned()));
    assert_eq!(*facts.get("size").unwrap(), Fact::Size(12));
}

#[test]
fn absent_argument_is_a_missing_fact() {
    for name in ["order", "refund", "reason", "size"] {
        let mut arguments = arguments();
        arguments.as_object_mut().unwrap().remove(name);
        let error = refund().request(&arguments).unwrap_err();
        assert_eq!(error.code(), "constraint.fact_missing", "{name}");
    }
}

#[test]
fn amount_is_never_a_json_number_nor_another_spelling() {
    let refused = [
        json!(35),
        json!(35.0),
        json!(null),
        json!(["35.00"]),
        json!(""),
        json!("35,00"),
        json!("+35"),
        json!("-35"),
        json!("035"),
        json!("35."),
        json!(".5"),
        json!("3e1"),
        json!("35.0000001"),
        json!("1234567890123456789"),
        json!(" 35"),
        json!("35 EUR"),
        json!("٣٥"),
        json!("NaN"),
        json!("0x23"),
        json!("35.00.00"),
    ];
    for value in refused {
        let error = refund()
            .request(&with("/refund/amount", value.clone()))
            .unwrap_err();
        assert_eq!(error.code(), "parse.tool", "{value}");
    }
}

#[test]
fn text_and_size_are_taken_in_their_own_type_only() {
    let long = "x".repeat(LONGEST_TEXT + 1);
    for value in [json!(1), json!(true), json!(null), json!({}), json!(long)] {
        assert_eq!(
            refund()
                .request(&with("/reason", value.clone()))
                .unwrap_err()
                .code(),
            "parse.tool",
            "{value}"
        );
    }
    for value in [
        json!("12"),
        json!(-1),
        json!(1.5),
        json!(9_007_199_254_740_992_u64),
        json!(null),
    ] {
        assert_eq!(
            refund()
                .request(&with("/size", value.clone()))
                .unwrap_err()
                .code(),
            "parse.tool",
            "{value}"
        );
    }
}

#[test]
fn argument_never_moves_the_resource() {
    for order in [
        "1001/../../customers",
        "1001/lines",
        "..",
        ".",
        "",
        "1001?all=1",
        "1001#x",
        "%2e%2e",
        "*",
        "a b",
    ] {
        let error = refund().request(&with("/order", json!(order))).unwrap_err();
        assert_eq!(error.code(), "parse.tool", "{order}");
    }
}

#[test]
fn arguments_are_one_object() {
    for arguments in [json!(null), json!([]), json!("order"), json!([["order", "1001"]])] {
        assert_eq!(
            refund().request(&arguments).unwrap_err().code(),
            "parse.tool",
            "{arguments}"
        );
    }
}

#[test]
fn currency_from_the_arguments_is_a_code() {
    let mut tool = refund();
    tool.facts.get_mut("amount").unwrap().currency = Some(Currency::Pointer("/refund/currency".to_owned()));
    let call = |currency: Value| with("/refund", json!({ "amount": "35.00", "currency": currency }));
    let (_, _, facts) = tool.request(&call(json!("USD"))).unwrap();
    assert_eq!(
        *facts.get("amount").unwrap(),
        Fact::Amount {
            value: "35.00".to_owned(),
            currency: "USD".to_owned()
        }
    );
    for currency in [json!("usd"), json!("US"), json!(840), json!(null), json!("USD ")] {
        assert_eq!(
            tool.request(&call(currency.clone())).unwrap_err().code(),
            "parse.tool",
            "{currency}"
        );
    }
    assert_eq!(
        tool.request(&arguments()).unwrap_err().code(),
        "constraint.fact_missing"
    );
}

#[test]
fn tool_reads_back_as_written() {
    assert_eq!(parse(&refund().to_value(), "").unwrap(), refund());
}
