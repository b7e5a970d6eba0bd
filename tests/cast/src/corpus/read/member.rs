//! Unknown members.

use serde_json::json;

use crate::corpus::{Corpus, slug};
use crate::paper::{digest, schema};
use crate::party::{ACME, ADA};

pub(in crate::corpus) fn unknown_members(corpus: &mut Corpus) {
    let code = "parse.unknown_member";
    corpus.direct(
        "read_unknown_member_of_the_presentation",
        code,
        "The profile names no such member.",
        |scene| {
            scene.presentation.document["note"] = json!("hello");
        },
    );
    corpus.direct(
        "read_unknown_claim_of_the_presentation",
        code,
        "The profile names no such claim.",
        |scene| {
            scene.jose();
            scene.presentation.claims["sub"] = json!(ADA.did());
        },
    );
    for member in [
        "name",
        "description",
        "termsOfUse",
        "refreshService",
        "evidence",
        "relatedResource",
        "issuanceDate",
        "expirationDate",
        "sub",
        "__proto__",
        "constructor",
    ] {
        corpus.direct(
            &format!("read_unknown_member_{}_of_a_paper", slug(member)),
            code,
            "The profile names no such member of a capability credential.",
            |scene| {
                scene.paper(0)[member] = json!({"type": "X", "id": "https://acme.example/x"});
            },
        );
    }
    for (name, place) in [("capability", 0_usize), ("passport", 1)] {
        corpus.direct(
            &format!("read_unknown_claim_of_a_{name}"),
            code,
            "The profile names no such claim.",
            |scene| {
                scene.paper(place)["credentialSubject"]["admin"] = json!(true);
            },
        );
    }
    corpus.delegated(
        "read_unknown_claim_of_a_delegation",
        code,
        "The profile names no such claim.",
        |scene| {
            scene.paper(1)["credentialSubject"]["admin"] = json!(true);
        },
    );
    corpus.direct(
        "read_unknown_member_of_an_entry",
        code,
        "The profile names no such member of an entry.",
        |scene| {
            scene.entry(0)["except"] = json!(["refund:cancel"]);
        },
    );
    corpus.delegated(
        "read_unknown_member_of_the_right_to_delegate",
        code,
        "The profile names no such member.",
        |scene| {
            scene.entry(0)["delegation"]["to"] = json!("anyone");
        },
    );
    corpus.direct(
        "read_unknown_member_of_the_schema",
        code,
        "The profile names no such member.",
        |scene| {
            scene.paper(0)["credentialSchema"]["digestSRI"] = json!("sha256-x");
        },
    );
    corpus.direct(
        "read_unknown_member_of_the_composite",
        code,
        "The profile names no such part.",
        |scene| {
            scene.paper(1)["credentialSubject"]["composite"] =
                json!({"model": digest("m"), "weights": digest("w")});
        },
    );
    corpus.direct(
        "read_unknown_member_of_an_envelope",
        code,
        "An envelope has context, type and id.",
        |scene| {
            scene.jose();
            scene.papers[0].afterwards(|item| item["issuer"] = json!(ACME.did()));
        },
    );
    corpus.direct(
        "read_decoded_paper_beside_its_envelope",
        code,
        "A decoded copy stands beside the token.",
        |scene| {
            scene.jose();
            let copy = scene.paper(0).clone();
            scene.papers[0]
                .afterwards(move |item| item["credentialSubject"] = copy["credentialSubject"].clone());
        },
    );
    for claim in ["iss", "iat", "exp", "nbf", "jti", "vc", "cnf", "_sd", "_sd_alg"] {
        corpus.direct(
            &format!("read_claim_{}_in_an_enveloped_paper", slug(claim)),
            code,
            "The payload of a paper is the paper alone.",
            |scene| {
                scene.jose();
                scene.papers[0].claims[claim] = match claim {
                    "iat" | "nbf" => json!(1_781_600_000),
                    "exp" => json!(1_791_600_000),
                    "iss" => json!(ACME.did()),
                    _ => json!("x"),
                };
            },
        );
    }
}

pub(in crate::corpus) fn schemas(corpus: &mut Corpus) {
    let name = "AgentCapabilityCredential";
    for version in [0, 2, 9, 11] {
        corpus.direct(
            &format!("read_schema_version_{version}"),
            "parse.schema_version",
            "A major version that is not known.",
            |scene| {
                scene.paper(0)["credentialSchema"]["id"] = json!(schema(version, name));
            },
        );
    }
    for (case, id, type_) in [
        (
            "of_another_paper",
            schema(1, "AgentPassportCredential"),
            "JsonSchema",
        ),
        ("of_no_paper", schema(1, "Everything"), "JsonSchema"),
        ("with_a_query", schema(1, name) + "?x=1", "JsonSchema"),
        ("of_another_type", schema(1, name), "JsonSchemaCredential"),
        ("of_another_type_in_lower_case", schema(1, name), "jsonschema"),
    ] {
        corpus.direct(
            &format!("read_schema_{case}"),
            "parse.structure",
            "The schema is not that of the paper's own type.",
            |scene| {
                scene.paper(0)["credentialSchema"] = json!({"id": id, "type": type_});
            },
        );
    }
    corpus.direct(
        "read_schema_in_an_array",
        "parse.structure",
        "One schema, as an object.",
        |scene| {
            scene.paper(0)["credentialSchema"] = json!([{"id": schema(1, name), "type": "JsonSchema"}]);
        },
    );
}
