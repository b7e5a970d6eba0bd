//! Sizes.

use serde_json::json;

use super::{rewritten, rewritten_token};
use crate::corpus::Corpus;

pub(in crate::corpus) fn limits(corpus: &mut Corpus) {
    rewritten(
        corpus,
        "longer_than_the_limit",
        "limit.size",
        "256 KiB and one byte.",
        |text| {
            let length = 256 * 1024 + 1 - text.len();
            text + &" ".repeat(length)
        },
    );
    rewritten_token(
        corpus,
        "jws_longer_than_the_limit",
        "limit.size",
        "A token of 256 KiB and one byte.",
        |_| "A".repeat(256 * 1024 + 1),
    );
    let nested = |depth: usize| {
        move |text: String| {
            let deep = format!(
                "\"x\":{}{},\"capabilityEntry\"",
                "[".repeat(depth),
                "]".repeat(depth)
            );
            text.replacen("\"capabilityEntry\"", &deep, 1)
        }
    };
    rewritten(
        corpus,
        "deeper_than_the_limit",
        "limit.depth",
        "65 levels, the object itself counted.",
        nested(64),
    );
    rewritten(
        corpus,
        "as_deep_as_the_limit",
        "parse.unknown_member",
        "64 levels are read; the member is unknown.",
        nested(63),
    );
    rewritten(
        corpus,
        "ten_thousand_levels",
        "limit.depth",
        "Ten thousand levels.",
        nested(10_000),
    );
    rewritten(
        corpus,
        "ten_thousand_open_levels",
        "limit.depth",
        "Ten thousand objects that never end.",
        |_| "{\"a\":".repeat(10_000),
    );
    let many = |count: usize| {
        move |text: String| {
            let items = vec!["0"; count].join(",");
            text.replacen(
                "\"capabilityEntry\"",
                &format!("\"x\":[{items}],\"capabilityEntry\""),
                1,
            )
        }
    };
    rewritten(
        corpus,
        "more_items_than_the_limit",
        "limit.items",
        "An array of 10,001 items.",
        many(10_001),
    );
    rewritten(
        corpus,
        "as_many_items_as_the_limit",
        "parse.unknown_member",
        "10,000 items are read; the member is unknown.",
        many(10_000),
    );
    rewritten(
        corpus,
        "more_members_than_the_limit",
        "limit.items",
        "An object of 10,001 members.",
        |text| {
            let members: Vec<String> = (0..10_001).map(|number| format!("\"m{number}\":0")).collect();
            text.replacen(
                "\"capabilityEntry\"",
                &format!("\"x\":{{{}}},\"capabilityEntry\"", members.join(",")),
                1,
            )
        },
    );
    for (name, count) in [("nine_proofs", 9_usize), ("a_thousand_proofs", 1_000)] {
        corpus.direct(
            &format!("read_{name}"),
            "limit.proofs",
            "More proofs than the limit of eight.",
            |scene| {
                scene.papers[0].afterwards(move |item| {
                    let proof = item["proof"].clone();
                    item["proof"] = (0..count)
                        .map(|at| {
                            let mut one = if count > 100 {
                                json!({"type": "DataIntegrityProof"})
                            } else {
                                proof.clone()
                            };
                            one["id"] = json!(crate::paper::urn(u64::try_from(at).unwrap()));
                            one
                        })
                        .collect();
                });
            },
        );
    }
    corpus.direct(
        "read_chain_longer_than_the_limit",
        "limit.chain",
        "A capability of more than 64 KiB.",
        |scene| {
            let entry = scene.entry(0).clone();
            let mut long = entry.clone();
            long["constraint"] = json!(
                (0..32)
                    .map(|number| json!({
                        "type": "OneOf", "fact": format!("fact-{number}"), "values": ["x".repeat(1_000)],
                    }))
                    .collect::<Vec<_>>()
            );
            scene.paper(0)["credentialSubject"]["capability"] = json!([entry, long, long]);
        },
    );
    corpus.direct(
        "read_twenty_one_papers",
        "limit.papers",
        "One paper more than the limit of twenty.",
        |scene| {
            let passport = scene.papers[1].clone();
            scene.papers.extend(std::iter::repeat_n(passport, 19));
        },
    );
    corpus.direct(
        "read_no_papers",
        "parse.structure",
        "An empty presentation.",
        |scene| {
            scene.presentation.document["verifiableCredential"] = json!([]);
        },
    );
}
