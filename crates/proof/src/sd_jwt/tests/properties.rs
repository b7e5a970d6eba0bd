//! Whatever the claims and whatever is chosen of them: exactly the chosen comes out, in whatever order it is sent.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Map;

use super::super::Path;
use super::*;

/// Claims of some depth, without names that carry digests or decide about validity.
fn any_claims() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1_000_i64..1_000).prop_map(Value::from),
        "[a-z~/é]{0,6}".prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-d~/]{1,3}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("[a-d~/]{1,3}", tree, 1..5)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// Every place of a value but the whole.
fn places(value: &Value, at: &str) -> Vec<String> {
    let below = |step: String, value: &Value| {
        let here = format!("{at}/{}", step.replace('~', "~0").replace('/', "~1"));
        std::iter::once(here.clone())
            .chain(places(value, &here))
            .collect::<Vec<_>>()
    };
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| below(name.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, value)| below(index.to_string(), value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// The value without what stands at these places, worked out from the claims alone.
fn without(value: &Value, gone: &BTreeSet<String>, at: &str) -> Value {
    let kept = |step: &str, value: &Value| {
        let here = format!("{at}/{}", step.replace('~', "~0").replace('/', "~1"));
        (!gone.contains(&here)).then(|| without(value, gone, &here))
    };
    match value {
        Value::Object(members) => members
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), kept(name, value)?)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .filter_map(|(index, value)| kept(&index.to_string(), value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn exactly_what_is_chosen_comes_out(
        claims in any_claims(),
        picks in prop::collection::vec((any::<bool>(), any::<bool>()), 64),
        decoys in 0_usize..3,
        turn in any::<usize>(),
    ) {
        let limits = Limits::default();
        let places = places(&claims, "");
        let withheld: Vec<String> = places
            .iter()
            .zip(&picks)
            .filter(|(_, (pick, _))| *pick)
            .map(|(place, _)| place.clone())
            .collect();
        let concealment = Concealment { withheld: withheld.clone(), decoys };
        let all = sign(TYP, &method(&issuer()), &claims, &concealment, &issuer(), &mut Drawn(3)).unwrap();
        prop_assert_eq!(judge(&all.to_compact()).unwrap(), claims.clone());

        // Chosen: a part of what may be withheld, and what that stands in.
        let wanted: Vec<Path> = places
            .iter()
            .zip(&picks)
            .filter(|(place, (_, pick))| *pick && withheld.contains(place))
            .map(|(place, _)| Path::parse(place).unwrap())
            .collect();
        let pointers: Vec<String> = wanted.iter().map(Path::to_string).collect();
        let shown = all.disclose(&pointers, &limits).unwrap();
        let gone: BTreeSet<String> = withheld
            .iter()
            .filter(|place| {
                let place = Path::parse(place).unwrap();
                !wanted.iter().any(|path| path.is_within(&place))
            })
            .cloned()
            .collect();
        let expected = without(&claims, &gone, "");
        prop_assert_eq!(judge(&shown.to_compact()).unwrap(), expected.clone());
        prop_assert_eq!(shown.disclosures().len().saturating_add(gone.len()), withheld.len());

        // The order does not matter, nor the serialization.
        let (jwt, rest) = shown.to_compact().split_once('~').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let mut texts: Vec<&str> = rest.split('~').filter(|text| !text.is_empty()).collect();
        if let Some(middle) = turn.checked_rem(texts.len()) {
            texts.rotate_left(middle);
        }
        let turned = format!("{jwt}~{}", texts.iter().map(|text| format!("{text}~")).collect::<String>());
        prop_assert_eq!(judge(&turned).unwrap(), expected.clone());
        prop_assert_eq!(judge(&shown.to_json().to_string()).unwrap(), expected.clone());

        // Nothing that is withheld is in the text, and what was left out cannot be asked for again.
        let kept: BTreeSet<&str> = shown.disclosures().iter().map(|one| one.as_str()).collect();
        for disclosure in all.disclosures() {
            if !kept.contains(disclosure.as_str()) {
                prop_assert!(!shown.to_compact().contains(disclosure.as_str()));
            }
        }

        // To withhold the rest is to disclose these.
        let rest: Vec<&String> = gone.iter().collect();
        prop_assert_eq!(all.withhold(&rest, &limits).unwrap(), shown);
    }

    #[test]
    fn no_text_is_too_odd_to_be_refused_or_read(text in "[a-zA-Z0-9_~.{}\"-]{0,200}") {
        let _ = judge(&text);
        let _ = SdJwt::parse(&text, &Limits::default());
    }

    #[test]
    fn no_payload_is_too_odd_to_be_refused_or_read(claims in any_claims(), sd in any_claims(), item in any_claims()) {
        let mut claims = claims;
        claims["_sd"] = json!([sd.to_string()]);
        claims["list"] = json!([{ "...": item.to_string() }, sd]);
        let text = encoded(&json!(["salt", "within", claims]));
        claims["within"] = json!({ "_sd": [digest(&text)] });
        let _ = judge(&with(&claims, &[&text]));
    }
}
