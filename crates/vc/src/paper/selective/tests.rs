//! What of a passport may be withheld, and what nobody lets anybody withhold.

use chancery_did::Timestamp;
use chancery_proof::sd_jwt::{Concealment, Occasion, conceal, sign};
use chancery_proof::{Expectation, Securing};
use serde_json::{Value, json};

use super::*;
use crate::cast::*;
use crate::issue::Draft;
use crate::passport::Passport;
use crate::read_paper;

fn shown(text: &str) -> Passport {
    read(text).unverified().passport().unwrap().clone()
}

fn code(text: &str) -> &'static str {
    read_paper(text.as_bytes(), &limits()).unwrap_err().code()
}

/// The document of the story's passport, bent, signed with what may be withheld of it.
fn issued(bend: impl FnOnce(&mut Value), pointers: &[&str]) -> String {
    let draft = Draft::passport(&terms(&acme(), &first(), 3), &passport()).unwrap();
    let mut document = draft.document().clone();
    bend(&mut document);
    let concealment = Concealment::of(pointers.iter().copied());
    sign(
        TYP_SELECTIVE,
        &acme().method,
        &document,
        &concealment,
        &acme().key,
        &mut Drawn(1),
    )
    .unwrap()
    .to_compact()
}

#[test]
fn shown_whole_it_is_the_passport_that_was_drafted() {
    assert_eq!(shown(&selective_passport()), passport());
    let paper = read(&selective_passport());
    assert_eq!(paper.securing(), Securing::SdJwt);
    let expect = Expectation {
        purpose: PaperType::Passport.purpose(),
        issuer: acme().did,
    };
    assert!(paper.prove(&expect, &DidKeys).is_ok());
    let expect = Expectation {
        issuer: first().did,
        ..expect
    };
    assert_eq!(
        paper.prove(&expect, &DidKeys).unwrap_err().code(),
        "key.issuer_mismatch"
    );
}

#[test]
fn each_member_may_be_withheld_and_is_then_absent() {
    let whole = selective_passport();
    for member in Member::ALL {
        let Ok(text) = withhold(&whole, &[member], &limits()) else {
            assert!(!passport().shows(member), "{member:?}");
            continue;
        };
        let left = shown(&text);
        assert!(passport().shows(member) && !left.shows(member), "{member:?}");
        assert_eq!(left.withheld, 1);
        assert!(
            Member::ALL
                .iter()
                .all(|other| *other == member || left.shows(*other) == passport().shows(*other))
        );
        assert!(!text.contains(&chancery_proof::base64url::encode(member.as_str().as_bytes())));
        assert_eq!(read(&text).digest(), read(&whole).digest());
    }
    let there: Vec<Member> = Member::ALL
        .into_iter()
        .filter(|member| passport().shows(*member))
        .collect();
    let least = shown(&withhold(&whole, &there, &limits()).unwrap());
    assert_eq!((least.owner, least.name, least.tools), (None, None, Vec::new()));
    assert_eq!(least.instance_of, passport().instance_of);
    assert_eq!(least.risk_level, passport().risk_level);
}

#[test]
fn what_is_not_there_or_withheld_already_cannot_be_withheld() {
    let once = withhold(&selective_passport(), &[Member::Owner], &limits()).unwrap();
    let code = |text: &str, member| withhold(text, &[member], &limits()).unwrap_err().code();
    assert_eq!(code(&once, Member::Owner), "sd_jwt.pointer");
    assert_eq!(code(&selective_passport(), Member::Platform), "sd_jwt.pointer");
    let open = issued(|_| {}, &["/credentialSubject/tools"]);
    assert_eq!(
        code(&open, Member::Owner),
        "sd_jwt.pointer",
        "the issuer did not let it"
    );
}

#[test]
fn nothing_but_the_members_that_the_profile_lists_is_withheld() {
    for pointer in [
        "/id",
        "/type",
        "/issuer",
        "/@context",
        "/credentialSchema",
        "/credentialSubject",
        "/credentialSubject/id",
        "/credentialSubject/organization",
        "/credentialSubject/instanceOf",
        "/credentialSubject/riskLevel",
        "/validFrom",
        "/validUntil",
        "/credentialStatus",
        "/credentialStatus/0",
        "/credentialStatus/0/statusListIndex",
        "/credentialSubject/tools/0",
        "/credentialSubject/dataAccess/0",
        "/credentialSubject/composite/model",
        "/type/1",
    ] {
        let text = issued(|_| {}, &[pointer]);
        assert_eq!(code(&text), "sd_jwt.not_withholdable", "{pointer}, shown");
        // Not shown it is refused as well: by the digest's place, or because what has to be there is not.
        let parsed = SdJwt::parse(&text, &limits()).unwrap();
        let none = parsed.disclose::<&str>(&[], &limits()).unwrap().to_compact();
        assert!(
            ["sd_jwt.not_withholdable", "parse.structure"].contains(&code(&none)),
            "{pointer}, withheld"
        );
    }
}

#[test]
fn a_withheld_required_member_needs_a_digest_that_stands_for_it() {
    for member in ["name", "version", "owner", "autonomyLevel"] {
        let without = |document: &mut Value| {
            document["credentialSubject"]
                .as_object_mut()
                .unwrap()
                .remove(member);
        };
        assert_eq!(code(&issued(without, &[])), "parse.structure", "{member}");
        // One digest stands for one member, shown or not.
        let text = issued(without, &["/credentialSubject/tools"]);
        assert_eq!(
            code(&text),
            "parse.structure",
            "{member}: what may be withheld is shown"
        );
        let two = |document: &mut Value| {
            without(document);
            let other = if member == "owner" { "name" } else { "owner" };
            document["credentialSubject"]
                .as_object_mut()
                .unwrap()
                .remove(other);
        };
        let text = issued(two, &["/credentialSubject/tools"]);
        let hidden = withhold_tools(&text);
        assert_eq!(code(&hidden), "parse.structure", "{member}");
    }
}

fn withhold_tools(text: &str) -> String {
    let parsed = SdJwt::parse(text, &limits()).unwrap();
    let left = parsed.withhold(&["/credentialSubject/tools"], &limits()).unwrap();
    left.to_compact()
}

#[test]
fn a_disclosed_member_obeys_the_rules_of_a_plain_one() {
    for (member, value, expected) in [
        ("owner", json!(""), "parse.structure"),
        ("owner", json!(1), "parse.structure"),
        ("owner", json!(null), "parse.structure"),
        ("tools", json!([]), "parse.structure"),
        ("tools", json!(["a", "a"]), "parse.structure"),
        ("autonomyLevel", json!(5), "parse.structure"),
        ("autonomyLevel", json!(9_007_199_254_740_993_i64), "parse.number"),
        ("composite", json!({}), "parse.structure"),
        ("karma", json!(1), "sd_jwt.not_withholdable"),
    ] {
        let pointer = format!("/credentialSubject/{member}");
        let text = issued(
            |document| document["credentialSubject"][member] = value.clone(),
            &[&pointer],
        );
        assert_eq!(code(&text), expected, "{member} {value}");
    }
}

#[test]
fn no_other_paper_is_an_sd_jwt() {
    for (draft, signer) in drafts() {
        let kind = draft.document()["type"][1].as_str().unwrap().to_owned();
        let of_document = |pointers: &[&str]| {
            let concealment = Concealment::of(pointers.iter().copied());
            sign(
                TYP_SELECTIVE,
                &signer.method,
                draft.document(),
                &concealment,
                &signer.key,
                &mut Drawn(1),
            )
            .unwrap()
            .to_compact()
        };
        let passport = kind == PaperType::Passport.as_str();
        for pointers in [&[][..], &["/credentialSubject/id"], &["/id"]] {
            if !passport {
                assert_eq!(code(&of_document(pointers)), "sd_jwt.not_withholdable", "{kind}");
            }
        }
        let drafted = draft.withholdable(&[Member::Owner], &mut Drawn(1));
        assert_eq!(drafted.is_ok(), passport, "{kind}");
    }
}

#[test]
fn an_sd_jwt_is_drafted_with_what_may_be_withheld() {
    let draft = Draft::passport(&terms(&acme(), &first(), 3), &passport()).unwrap();
    let refused = draft.prepare(
        Securing::SdJwt,
        &acme().method,
        chancery_did::KeyType::Ed25519,
        Timestamp::from_seconds(0),
    );
    assert_eq!(refused.unwrap_err().code(), "parse.structure");
    // Members that the passport has not are passed over.
    let draft = draft
        .withholdable(&[Member::Platform, Member::Owner], &mut Drawn(1))
        .unwrap();
    let text = sealed(&draft, &acme(), Securing::SdJwt);
    let parsed = SdJwt::parse(&text, &limits()).unwrap();
    assert_eq!(parsed.pointers(&limits()).unwrap(), ["/credentialSubject/owner"]);
}

#[test]
fn the_presentation_is_the_key_binding() {
    let occasion = Occasion::new("a", "n", Timestamp::from_seconds(0)).unwrap();
    let parsed = SdJwt::parse(&selective_passport(), &limits()).unwrap();
    let bound = parsed.bind(&occasion, &first().key).unwrap().to_compact();
    assert_eq!(code(&bound), "binding.key_binding_unexpected");
}

#[test]
fn a_claim_of_a_token_has_no_place_in_it() {
    for claim in ["iss", "exp", "nbf", "cnf", "vct", "iat"] {
        let text = issued(|document| document[claim] = json!(1), &[]);
        assert!(read_paper(text.as_bytes(), &limits()).is_err(), "{claim}");
    }
}

#[test]
fn the_text_is_that_of_an_sd_jwt() {
    let whole = selective_passport();
    let (jwt, rest) = whole.split_once('~').unwrap();
    let stray = conceal(&json!({ "x": 1 }), &Concealment::of(["/x"]), &mut Drawn(99)).unwrap();
    let stray = stray.disclosures()[0].as_str().to_owned();
    let first = rest.split('~').next().unwrap();
    for (text, expected) in [
        (jwt.to_owned(), "type.typ"),
        (format!("{whole}\n"), "sd_jwt.serialization"),
        (whole.trim_end_matches('~').to_owned(), "sd_jwt.serialization"),
        (format!("{whole}{stray}~"), "sd_jwt.unreferenced_disclosure"),
        (format!("{whole}{first}~"), "sd_jwt.repeated_disclosure"),
        (format!("~{whole}"), "sd_jwt.disclosure"),
        (format!("~{jwt}"), "sd_jwt.serialization"),
        (format!("{jwt}~~"), "sd_jwt.serialization"),
        (format!("{jwt}~WyJhIl0~"), "sd_jwt.disclosure"),
    ] {
        assert_eq!(code(&text), expected, "{text:.40}");
    }
    let other = issued(|_| {}, &[]).replacen(jwt.split('.').next().unwrap(), "e30", 1);
    assert_eq!(code(&other), "type.typ");
}
