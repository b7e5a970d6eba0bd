//! Opening a verifier, refreshing its bundle, and what its evidence resolves.

use serde_json::{Value, json};

use super::fixture::{asked, signer};
use super::{Bundle, Case, Fixture, HostCorpus, Step};
use crate::party::{ACME, ADA, GLOBEX, GLOBEX_BUNDLE, MALLORY};
use crate::time::{after, later};

pub(super) fn cases(corpus: &mut HostCorpus) {
    opens(corpus);
    bundles(corpus);
    options(corpus);
    texts(corpus);
    refreshing(corpus);
    resolving(corpus);
}

fn opens(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let case = Case::opens(&fixture).then(Step::verify(&fixture, asked("35.00")).allowed());
    corpus.add(
        "open_bundle",
        "bundle, signer, policy and audience fit: the call is allowed",
        case,
    );
    let text = Value::String(fixture.scene.policy.to_string());
    let case = Case::opens(&fixture)
        .with("policy", text)
        .then(Step::verify(&fixture, asked("35.00")).allowed());
    corpus.add("open_policy_as_text", "the policy may be its own JSON text", case);
    let seen = fixture.bundle.claims["issuedAt"].clone();
    let case = Case::opens(&fixture)
        .with("seen", seen)
        .then(Step::verify(&fixture, asked("35.00")).allowed());
    corpus.add(
        "open_seen_same",
        "the newest bundle that was ever seen may be this one",
        case,
    );
}

fn bundles(corpus: &mut HostCorpus) {
    let mut refused = |name: &str, code: &str, comment: &str, bend: &dyn Fn(&mut Bundle)| {
        let mut fixture = Fixture::direct();
        bend(&mut fixture.bundle);
        corpus.add(
            name,
            comment,
            Case::refused(&fixture.scene.at, fixture.options(), code),
        );
    };
    refused(
        "open_bundle_other_signer",
        "bundle.signer",
        "a bundle of somebody else's registry",
        &|bundle| {
            bundle.signer = MALLORY;
            bundle.header["kid"] = json!(MALLORY.method());
            bundle.claims["iss"] = json!(MALLORY.did());
        },
    );
    refused(
        "open_bundle_other_key",
        "bundle.signer",
        "a bundle that brings another key of its signer along",
        &|bundle| {
            bundle.signer = MALLORY;
            let mut document = GLOBEX_BUNDLE.document();
            document["verificationMethod"][0]["publicKeyMultibase"] = json!(MALLORY.public().to_multikey());
            bundle.claims["evidence"]["documents"][GLOBEX_BUNDLE.did()] = json!(document.to_string());
        },
    );
    refused(
        "open_bundle_forged",
        "signature.invalid",
        "a bundle that its key did not sign",
        &|bundle| {
            bundle.signer = MALLORY;
        },
    );
    refused(
        "open_bundle_own_agent",
        "bundle.signer",
        "an agent of an anchored authority signs a bundle",
        &|bundle| {
            bundle.signer = ADA;
            bundle.header["kid"] = json!(ADA.method());
            bundle.claims["iss"] = json!(ADA.did());
        },
    );
    refused(
        "open_bundle_without_signer",
        "key.not_found",
        "a bundle without its signer's document",
        &|bundle| {
            let documents = bundle.claims["evidence"]["documents"].as_object_mut().unwrap();
            documents.remove(&GLOBEX_BUNDLE.did());
        },
    );
    refused(
        "open_bundle_expired",
        "bundle.expired",
        "a bundle that ended a second ago",
        &|bundle| {
            bundle.claims["issuedAt"] = json!(later(-601));
            bundle.claims["expiresAt"] = json!(later(-1));
        },
    );
    refused(
        "open_bundle_of_the_future",
        "bundle.not_yet_valid",
        "a bundle of in two minutes",
        &|bundle| {
            bundle.claims["issuedAt"] = json!(later(120));
            bundle.claims["expiresAt"] = json!(later(720));
        },
    );
    refused(
        "open_bundle_too_long",
        "bundle.malformed",
        "a bundle that would hold for two days",
        &|bundle| {
            bundle.claims["expiresAt"] = json!(later(172_800));
        },
    );
    refused(
        "open_bundle_endless",
        "bundle.malformed",
        "a bundle without an end",
        &|bundle| {
            bundle.claims.as_object_mut().unwrap().remove("expiresAt");
        },
    );
    refused(
        "open_bundle_change",
        "bundle.base",
        "a change of a bundle that nobody has",
        &|bundle| {
            bundle.claims["base"] = json!(later(-60));
            bundle.claims["gone"] = json!({});
        },
    );
    refused(
        "open_bundle_other_type",
        "type.typ",
        "a token of another type",
        &|bundle| {
            bundle.header["typ"] = json!("vc+jwt");
        },
    );
    refused(
        "open_bundle_none",
        "alg.unknown",
        "a bundle without an algorithm",
        &|bundle| {
            bundle.header["alg"] = json!("none");
        },
    );
    refused(
        "open_bundle_key_in_header",
        "key.header",
        "a bundle that offers its own key",
        &|bundle| {
            bundle.header["jwk"] = MALLORY.public().to_jwk();
        },
    );
    refused(
        "open_bundle_critical",
        "crit.unknown",
        "a bundle that asks for an extension",
        &|bundle| {
            bundle.header["crit"] = json!(["exp"]);
        },
    );
    for name in ["anchors", "policy", "__proto__", "constructor", "then"] {
        let slug = name.trim_matches('_');
        refused(
            &format!("open_bundle_evidence_{slug}"),
            "bundle.malformed",
            "a bundle brings evidence and nothing else",
            &|bundle| {
                bundle.claims["evidence"][name] = json!({"issuer": MALLORY.did()});
            },
        );
        refused(
            &format!("open_bundle_claim_{slug}"),
            "bundle.malformed",
            "a claim that no bundle has",
            &|bundle| {
                bundle.claims[name] = json!({"allow": true});
            },
        );
    }
    refused(
        "open_bundle_failures",
        "bundle.malformed",
        "a bundle records no failures",
        &|bundle| {
            bundle.claims["evidence"]["failures"] =
                json!([{"need": {"kind": "document", "did": ACME.did()}, "code": "fetch.timeout"}]);
        },
    );
}

fn options(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let mut refused = |name: &str, code: &str, comment: &str, bend: &dyn Fn(&mut Value)| {
        let mut options = fixture.options();
        bend(&mut options);
        corpus.add(name, comment, Case::refused(&fixture.scene.at, options, code));
    };
    for name in ["bundle", "signer", "policy", "audience"] {
        refused(
            &format!("open_without_{name}"),
            "host.options",
            "all four are required",
            &|options| {
                options.as_object_mut().unwrap().remove(name);
            },
        );
        refused(
            &format!("open_{name}_null"),
            "host.options",
            "all four are required",
            &|options| {
                options[name] = json!(null);
            },
        );
    }
    refused(
        "open_other_thumbprint",
        "bundle.signer",
        "the key of the expected signer is another",
        &|options| {
            options["signer"] =
                json!({"did": GLOBEX_BUNDLE.did(), "thumbprint": GLOBEX.public().thumbprint()});
        },
    );
    refused(
        "open_other_expected_did",
        "bundle.signer",
        "the bundle of another registry is expected",
        &|options| {
            options["signer"] = signer(MALLORY);
        },
    );
    for (name, member, value) in [
        ("no_thumbprint", "thumbprint", json!("key-1")),
        ("long_thumbprint", "thumbprint", json!("A".repeat(44))),
        ("no_did", "did", json!("globex.example")),
        ("did_number", "did", json!(7)),
    ] {
        refused(
            &format!("open_signer_{name}"),
            "host.options",
            "the signer is a DID and a thumbprint",
            &|options| {
                options["signer"][member] = value.clone();
            },
        );
    }
    refused(
        "open_other_audience",
        "host.options",
        "the audience is not the policy's",
        &|options| {
            options["audience"] = json!("https://evil.example");
        },
    );
    refused(
        "open_audience_with_slash",
        "host.options",
        "one audience has one spelling",
        &|options| {
            options["audience"] = json!("https://api.globex.example/");
        },
    );
    refused(
        "open_seen_newer",
        "bundle.rollback",
        "a newer bundle was seen before",
        &|options| {
            options["seen"] = json!(later(-9));
        },
    );
    refused(
        "open_seen_no_time",
        "host.options",
        "what was seen is a time",
        &|options| {
            options["seen"] = json!("yesterday");
        },
    );
    for (name, value) in [
        ("zero", json!(0)),
        ("negative", json!(-300_000)),
        ("broken", json!(1.5)),
        ("text", json!("5m")),
        ("null", json!(null)),
    ] {
        refused(
            &format!("open_status_age_{name}"),
            "host.options",
            "an age is positive whole milliseconds",
            &|options| {
                options["maxStatusAge"] = value.clone();
            },
        );
    }
    for (name, value) in [
        ("empty", json!("")),
        ("open", json!("{")),
        (
            "toml",
            json!("version = 1\naudience = \"https://api.globex.example\"\n"),
        ),
        (
            "twice",
            json!("{\"version\":1,\"version\":1,\"audience\":\"https://api.globex.example\"}"),
        ),
        ("bare", json!({})),
        (
            "future",
            json!({"version": 2, "audience": "https://api.globex.example"}),
        ),
        (
            "proto",
            json!({"version": 1, "audience": "https://api.globex.example", "__proto__": {"anchors": []}}),
        ),
        (
            "unpinned",
            json!({
                "version": 1, "audience": "https://api.globex.example",
                "anchors": [{"issuer": "did:web:acme.example", "papers": ["AgentPassportCredential"], "subjects": ["did:key"]}],
            }),
        ),
    ] {
        refused(
            &format!("open_policy_{name}"),
            "policy.invalid",
            "a policy that is not understood grants nothing",
            &|options| {
                options["policy"] = value.clone();
            },
        );
    }
}

/// Options that are no object, or that no object of the host's could be.
fn texts(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let whole = fixture.options().to_string();
    let with = |text: &str| Value::String(format!("{{{text},{}", whole.trim_start_matches('{')));
    for (name, options, code) in [
        ("empty", json!(""), "parse.json"),
        ("no_json", json!("bundle"), "parse.json"),
        ("array", json!("[]"), "parse.structure"),
        ("null", json!("null"), "parse.structure"),
        ("twice", with("\"bundle\":\"\""), "parse.duplicate_member"),
        ("deep", json!("[".repeat(200)), "limit.depth"),
        ("proto", with("\"__proto__\":{}"), "host.options"),
        ("constructor", with("\"constructor\":{}"), "host.options"),
        ("then", with("\"then\":\"\""), "host.options"),
        ("anchors", with("\"anchors\":[]"), "host.options"),
    ] {
        let case = Case::refused(&fixture.scene.at, options, code).raw();
        corpus.add(&format!("open_text_{name}"), "the options as a text", case);
    }
    for (name, token, code) in [
        ("empty", "", "parse.jose"),
        ("word", "bundle", "parse.jose"),
        ("dots", "..", "parse.json"),
        ("json", "{}", "parse.jose"),
        ("five_parts", "a.b.c.d.e", "parse.jose"),
    ] {
        let mut options = fixture.options();
        options["bundle"] = json!(token);
        corpus.add(
            &format!("open_bundle_text_{name}"),
            "a bundle is a compact JWS",
            Case::refused(&fixture.scene.at, options, code),
        );
    }
}

fn refreshing(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let first = fixture.bundle.clone();
    let moment = later(60);
    let later_bundle = |bend: &dyn Fn(&mut Bundle)| {
        let mut bundle = Bundle::of(&moment, first.claims["evidence"].clone());
        bend(&mut bundle);
        json!([bundle.token()])
    };
    let asks = |at: &str| {
        Step::verify(&fixture, asked("35.00"))
            .evidence(fixture.offsets(at))
            .at(at)
    };
    let refresh = |args: Value| Step::new("refresh", args).at(&moment);
    let case = Case::opens(&fixture)
        .then(refresh(later_bundle(&|_| {})).expect(json!({"kind": "Verifier"})))
        .then(asks(&later(100)).allowed());
    corpus.add(
        "refresh_later",
        "a later bundle takes the place of the first",
        case,
    );
    let change = Bundle::change(&moment, &first, json!({"statusLists": {}}));
    let case = Case::opens(&fixture)
        .then(refresh(json!([change.token()])).expect(json!({"kind": "Verifier"})))
        .then(refresh(json!([change.token()])).error("bundle.base"))
        .then(asks(&later(100)).allowed());
    corpus.add(
        "refresh_change",
        "a change applies once, to the bundle that it names",
        case,
    );
    for (name, code, args) in [
        (
            "older",
            "bundle.rollback",
            later_bundle(&|bundle| bundle.claims["issuedAt"] = json!(later(-20))),
        ),
        (
            "forged",
            "signature.invalid",
            later_bundle(&|bundle| bundle.signer = MALLORY),
        ),
        (
            "expired",
            "bundle.expired",
            later_bundle(&|bundle| bundle.claims["expiresAt"] = json!(later(59))),
        ),
        (
            "anchors",
            "bundle.malformed",
            later_bundle(&|bundle| bundle.claims["evidence"]["anchors"] = json!([])),
        ),
        ("text", "parse.jose", json!(["x"])),
        ("empty", "parse.jose", json!([""])),
        (
            "other_base",
            "bundle.base",
            later_bundle(&|bundle| {
                bundle.claims["base"] = json!(later(-11));
                bundle.claims["gone"] = json!({});
            }),
        ),
        (
            "other_signer",
            "bundle.signer",
            later_bundle(&|bundle| {
                bundle.signer = MALLORY;
                bundle.header["kid"] = json!(MALLORY.method());
                bundle.claims["iss"] = json!(MALLORY.did());
            }),
        ),
    ] {
        let case = Case::opens(&fixture)
            .then(refresh(args).error(code))
            .then(asks(&moment).allowed());
        corpus.add(
            &format!("refresh_{name}"),
            "a refresh that is refused changes nothing",
            case,
        );
    }
    let case = Case::opens(&fixture).then(
        Step::new("refresh", later_bundle(&|_| {}))
            .at(&moment)
            .handle(77)
            .error("host.unknown_handle"),
    );
    corpus.add("refresh_unknown_handle", "a number that nobody gave out", case);
    let case = Case::opens(&fixture)
        .then(asks(&later(100)).allowed())
        .then(asks(&later(589)).denied("invalid", "time.expired"))
        .then(asks(&later(590)).denied("indeterminate", "bundle.expired"))
        .then(asks(&later(100_000)).denied("indeterminate", "bundle.expired"));
    corpus.add(
        "bundle_ends",
        "the end of the bundle is looked at before every judgement",
        case,
    );
}

fn resolving(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let resolve = |did: &str| Step::new("resolve", json!([did]));
    let case = Case::opens(&fixture)
        .then(resolve(&ACME.did()).expect(json!({"id": ACME.did()})))
        .then(resolve(&ADA.did()).expect(json!({"id": ADA.did()})))
        .then(resolve(&MALLORY.did()).error("evidence.needed"))
        .then(resolve("did:example:x").error("resolve.unsupported_method"))
        .then(resolve("acme.example").error("parse.did"))
        .then(resolve("").error("parse.did"))
        .then(resolve("__proto__").error("parse.did"))
        .then(
            resolve(&ACME.did())
                .at(&after(&fixture.scene.at, 600))
                .error("bundle.expired"),
        )
        .then(resolve(&ACME.did()).handle(0).error("host.unknown_handle"));
    corpus.add(
        "resolve_documents",
        "documents of the bundle, and of DIDs that are keys; nothing is fetched",
        case,
    );
}
