//! What is issued, what is not, and what a digest covers.

use chancery_did::KeyType;
use chancery_proof::{Expectation, Securing};
use serde_json::{Value, json};

use super::*;
use crate::capability::Capability;
use crate::cast::*;
use crate::paper::{Paper, read_paper};
use crate::status::{MAX_TTL, StatusBits, StatusEntry, StatusPurpose, read_status_list};

fn delegation(terms: &Terms, entries: &Value) -> Result<Draft, IssueError> {
    let parent = read(&root_paper(Securing::DataIntegrity));
    Draft::delegation(terms, &parent, &Capability::parse(entries).unwrap())
}

fn code<T>(result: Result<T, IssueError>) -> &'static str {
    result.map(|_| ()).unwrap_err().code()
}

#[test]
fn every_paper_goes_round_in_both_securings() {
    for securing in BOTH {
        for (draft, signer) in drafts() {
            let text = sealed(&draft, &signer, securing);
            let paper = read(&text);
            assert_eq!(paper.securing(), securing);
            assert_eq!(paper.unverified(), &Paper::parse(draft.document()).unwrap());
            assert_eq!(paper.unverified().to_value(), *draft.document());
            let expect = Expectation {
                purpose: draft.purpose(),
                issuer: signer.did.clone(),
            };
            assert_eq!(paper.prove(&expect, &DidKeys).unwrap().signatures(), 1);
        }
    }
}

#[test]
fn every_key_type_that_signs_can_issue() {
    for key_type in [KeyType::Ed25519, KeyType::P256, KeyType::P384] {
        for securing in BOTH {
            let issuer = actor(key_type, 9);
            let draft = Draft::capability(&terms(&issuer, &first(), 1), &root()).unwrap();
            let expect = Expectation {
                purpose: draft.purpose(),
                issuer: issuer.did.clone(),
            };
            assert!(
                read(&sealed(&draft, &issuer, securing))
                    .prove(&expect, &DidKeys)
                    .is_ok()
            );
        }
    }
}

#[test]
fn a_remote_signature_seals_the_same_text() {
    for securing in BOTH {
        let (draft, signer) = drafts().swap_remove(0);
        let prepared = draft
            .prepare(securing, &signer.method, KeyType::Ed25519, at(TEN))
            .unwrap();
        let signature = signer.key.sign(prepared.signing_input()).unwrap();
        assert_eq!(
            prepared.seal(&signature).unwrap(),
            sealed(&draft, &signer, securing)
        );
    }
}

#[test]
fn another_verification_method_than_the_issuers_is_refused() {
    let (draft, _) = drafts().swap_remove(0);
    let result = draft.prepare(Securing::Jose, &second().method, KeyType::P256, at(TEN));
    assert_eq!(code(result), "key.issuer_mismatch");
}

#[test]
fn a_key_that_cannot_sign_prepares_nothing() {
    let (draft, signer) = drafts().swap_remove(0);
    for securing in BOTH {
        assert!(
            draft
                .prepare(securing, &signer.method, KeyType::X25519, at(TEN))
                .is_err()
        );
    }
}

#[test]
fn a_changed_member_changes_the_digest_and_breaks_the_proof() {
    let (draft, signer) = drafts().swap_remove(0);
    let text = sealed(&draft, &signer, Securing::DataIntegrity);
    let (signed, document): (_, Value) = (read(&text), serde_json::from_str(&text).unwrap());
    let expect = Expectation {
        purpose: draft.purpose(),
        issuer: signer.did,
    };
    let edits: [(&str, Value); 6] = [
        ("/id", json!("urn:uuid:0193a1b2-0000-7000-8000-0000000000ff")),
        ("/validUntil", json!("2026-03-04T10:00:01Z")),
        ("/credentialSubject/owner", json!("Eve Example")),
        ("/credentialSubject/riskLevel", json!("low")),
        ("/credentialSubject/tools/0", json!("wire")),
        ("/credentialStatus/0/statusListIndex", json!("9")),
    ];
    for (pointer, value) in edits {
        let mut edited = document.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        let edited = read(&edited.to_string());
        assert_ne!(edited.digest(), signed.digest(), "{pointer}");
        assert_eq!(
            edited.prove(&expect, &DidKeys).unwrap_err().code(),
            "signature.invalid",
            "{pointer}"
        );
    }
}

#[test]
fn order_blanks_and_the_proof_do_not_change_a_documents_digest() {
    let (draft, signer) = drafts().swap_remove(0);
    let text = sealed(&draft, &signer, Securing::DataIntegrity);
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let pretty = serde_json::to_string_pretty(&document).unwrap();
    assert_eq!(read(&pretty).digest(), read(&text).digest());
    let later = sign(
        &draft,
        Securing::DataIntegrity,
        &signer.method,
        &signer.key,
        at("2026-03-04T09:00:01Z"),
    );
    let later: Value = serde_json::from_str(&later.unwrap()).unwrap();
    assert_ne!(later["proof"], document["proof"]);
    document["proof"] = later["proof"].clone();
    assert_eq!(read(&document.to_string()).digest(), read(&text).digest());
}

#[test]
fn a_token_has_one_digest_that_its_header_is_part_of() {
    let (draft, signer) = drafts().swap_remove(0);
    let token = sealed(&draft, &signer, Securing::Jose);
    let covered = token.rsplit_once('.').unwrap().0;
    assert_eq!(*read(&token).digest(), digest(covered));
    assert_ne!(
        read(&token).digest(),
        read(&sealed(&draft, &signer, Securing::DataIntegrity)).digest()
    );
}

#[test]
fn a_passport_needs_its_owner() {
    for owner in [Some(""), Some(" "), Some("\t\n"), None] {
        let passport = crate::Passport {
            owner: owner.map(str::to_owned),
            ..passport()
        };
        assert_eq!(
            code(Draft::passport(&terms(&acme(), &first(), 3), &passport)),
            "issue.owner_missing"
        );
    }
}

#[test]
fn a_passport_is_for_the_issuers_own_organization() {
    let passport = crate::Passport {
        organization: second().did,
        ..passport()
    };
    assert_eq!(
        code(Draft::passport(&terms(&acme(), &first(), 3), &passport)),
        "issue.organization"
    );
}

#[test]
fn malformed_claims_are_not_issued() {
    let over = |change: fn(&mut crate::Passport)| {
        let mut passport = passport();
        change(&mut passport);
        code(Draft::passport(&terms(&acme(), &first(), 3), &passport))
    };
    assert_eq!(
        over(|passport| passport.autonomy_level = Some(5)),
        "parse.structure"
    );
    assert_eq!(
        over(|passport| passport.name = Some(String::new())),
        "parse.structure"
    );
    assert_eq!(
        over(|passport| passport.name = Some("x".repeat(4097))),
        "parse.structure"
    );
    assert_eq!(
        over(|passport| passport.tools = vec!["a".into(), "a".into()]),
        "parse.structure"
    );
    assert_eq!(
        over(|passport| passport.composite = Some(crate::passport::Composite::default())),
        "parse.structure"
    );
    let terms = Terms {
        id: "paper-1".into(),
        ..terms(&acme(), &first(), 3)
    };
    assert_eq!(code(Draft::passport(&terms, &passport())), "parse.structure");
}

#[test]
fn a_paper_that_must_have_a_status_is_not_issued_without_both() {
    for keep in [0..0, 0..1, 1..2] {
        let status = statuses().drain(keep).collect();
        let terms = Terms {
            status,
            ..terms(&acme(), &first(), 3)
        };
        assert_eq!(code(Draft::passport(&terms, &passport())), "status.missing");
        assert_eq!(code(Draft::capability(&terms, &root())), "status.missing");
    }
}

#[test]
fn a_paper_holds_for_a_day_unless_told() {
    let base = terms(&acme(), &first(), 1);
    let until = |millis| Terms {
        valid_until: base.valid_from.saturating_add_millis(millis),
        ..base.clone()
    };
    assert!(Draft::capability(&until(DEFAULT_MAX_VALIDITY), &root()).is_ok());
    assert_eq!(
        code(Draft::capability(&until(DEFAULT_MAX_VALIDITY + 1), &root())),
        "time.too_long"
    );
    let told = Terms {
        max_validity_ms: 7 * DEFAULT_MAX_VALIDITY,
        ..until(7 * DEFAULT_MAX_VALIDITY)
    };
    assert!(Draft::capability(&told, &root()).is_ok());
    for backwards in [0, -1] {
        assert_eq!(
            code(Draft::capability(&until(backwards), &root())),
            "parse.structure"
        );
    }
}

#[test]
fn an_approval_lives_a_quarter_of_an_hour() {
    let base = terms(&acme(), &second(), 5);
    let long = Terms {
        valid_until: base.valid_from.saturating_add_millis(HOUR / 4 + 1),
        ..base
    };
    assert_eq!(code(Draft::approval(&long, &approval())), "time.too_long");
}

#[test]
fn unknown_constraints_and_empty_sets_are_not_issued() {
    let with = |constraint: Value| {
        let mut entry = refunds("100.00");
        entry["constraint"] = json!([constraint]);
        code(Draft::capability(
            &terms(&acme(), &first(), 1),
            &Capability::parse(&json!([entry])).unwrap(),
        ))
    };
    assert_eq!(with(json!({"type": "Karma", "max": 1})), "constraint.unknown");
    assert_eq!(
        with(json!({"type": "Amount", "fact": "amount", "max": "1", "currency": "EUR", "tip": true})),
        "constraint.unknown"
    );
    assert_eq!(
        with(json!({"type": "OneOf", "fact": "region", "values": []})),
        "constraint.empty"
    );
    let unsafe_number =
        json!({"type": "AtMost", "fact": "s", "scale": "Size", "max": 9_007_199_254_740_992_u64});
    assert_eq!(with(unsafe_number), "constraint.malformed");
    let none = Capability::parse(&json!([])).unwrap();
    assert_eq!(
        code(Draft::capability(&terms(&acme(), &first(), 1), &none)),
        "constraint.empty"
    );
}

#[test]
fn a_root_entry_names_no_parent() {
    let capability = Capability::parse(&json!([handed("1.00")])).unwrap();
    assert_eq!(
        code(Draft::capability(&terms(&acme(), &first(), 1), &capability)),
        "issue.rooted"
    );
}

#[test]
fn a_narrower_delegation_is_drafted_under_its_exact_parent() {
    let draft = delegation(&handing(), &json!([handed("40.00")])).unwrap();
    let parent = read(&root_paper(Securing::DataIntegrity));
    assert_eq!(
        draft.document()["credentialSubject"]["parent"],
        json!(parent.digest().as_str())
    );
}

#[test]
fn a_delegation_may_not_widen() {
    let changed = |name: &str, value: Value| {
        let mut entry = handed("40.00");
        entry[name] = value;
        code(delegation(&handing(), &json!([entry])))
    };
    assert_eq!(
        code(delegation(&handing(), &json!([handed("100.01")]))),
        "delegation.widens_constraint"
    );
    assert_eq!(changed("action", json!(["refund:*"])), "delegation.widens_action");
    assert_eq!(
        changed("action", json!(["refund:create", "customer:read"])),
        "delegation.widens_action"
    );
    assert_eq!(
        changed("resource", json!(["https://api.acme.example/*"])),
        "delegation.widens_resource"
    );
    assert_eq!(
        changed("resource", json!(["https://api.globex.example/orders/*"])),
        "delegation.widens_resource"
    );
    assert_eq!(
        changed(
            "constraint",
            json!([{"type": "Amount", "fact": "amount", "max": "4.00", "currency": "USD"}])
        ),
        "delegation.not_comparable"
    );
}

#[test]
fn each_entry_of_a_delegation_names_one_of_the_parents() {
    for from in [json!(1), json!(63)] {
        let mut entry = handed("40.00");
        entry["from"] = from;
        assert_eq!(
            code(delegation(&handing(), &json!([handed("40.00"), entry]))),
            "delegation.entry"
        );
    }
    assert_eq!(
        code(delegation(&handing(), &json!([refunds("40.00")]))),
        "delegation.entry"
    );
}

#[test]
fn depth_runs_out() {
    let mut entry = handed("40.00");
    entry["delegation"] = json!({"maxDepth": 1});
    assert_eq!(code(delegation(&handing(), &json!([entry]))), "delegation.depth");
    let child = delegation(&handing(), &json!([handed("40.00")])).unwrap();
    let child = read(&sealed(&child, &first(), Securing::Jose));
    let further = Terms {
        issuer: second().did,
        subject: actor(KeyType::P384, 4).did,
        ..handing()
    };
    let narrower = Capability::parse(&json!([handed("1.00")])).unwrap();
    assert_eq!(
        code(Draft::delegation(&further, &child, &narrower)),
        "delegation.not_delegable"
    );
}

#[test]
fn a_delegation_follows_from_its_parent() {
    let entries = json!([handed("40.00")]);
    let by = Terms {
        issuer: second().did,
        subject: actor(KeyType::P384, 4).did,
        ..handing()
    };
    assert_eq!(code(delegation(&by, &entries)), "delegation.not_linked");
    for subject in [first().did, acme().did] {
        assert_eq!(
            code(delegation(&Terms { subject, ..handing() }, &entries)),
            "delegation.repeated_subject"
        );
    }
    let passport = read(&sealed(&drafts().swap_remove(0).0, &acme(), Securing::Jose));
    let narrower = Capability::parse(&entries).unwrap();
    assert_eq!(
        code(Draft::delegation(&handing(), &passport, &narrower)),
        "delegation.not_linked"
    );
}

#[test]
fn child_may_not_extend_expiry_nor_begin_earlier() {
    let entries = json!([handed("40.00")]);
    let base = handing();
    let later = Terms {
        valid_until: base.valid_until.saturating_add_millis(1),
        ..base.clone()
    };
    let earlier = Terms {
        valid_from: base.valid_from.saturating_add_millis(-1),
        ..base
    };
    for terms in [later, earlier] {
        assert_eq!(code(delegation(&terms, &entries)), "delegation.widens_window");
    }
}

#[test]
fn an_unregistered_delegation_lives_an_hour_and_a_registered_one_longer() {
    let base = terms(&acme(), &first(), 1);
    let parent = Terms {
        valid_until: base.valid_from.saturating_add_millis(12 * HOUR),
        ..base
    };
    let parent = Draft::capability(&parent, &root()).unwrap();
    let parent = read(&sealed(&parent, &acme(), Securing::DataIntegrity));
    let narrower = Capability::parse(&json!([handed("40.00")])).unwrap();
    let until = |millis| Terms {
        valid_until: at(TEN).saturating_add_millis(millis),
        ..handing()
    };
    assert!(Draft::delegation(&until(HOUR), &parent, &narrower).is_ok());
    assert_eq!(
        code(Draft::delegation(&until(HOUR + 1), &parent, &narrower)),
        "time.too_long"
    );
    let entry = StatusEntry::new(
        StatusPurpose::Revocation,
        "https://acme.example/status-lists/d",
        3,
    );
    let registered = Terms {
        status: vec![entry],
        ..until(12 * HOUR)
    };
    assert!(Draft::delegation(&registered, &parent, &narrower).is_ok());
}

#[test]
fn a_status_list_goes_round_in_both_securings() {
    let terms = StatusListTerms {
        url: "https://acme.example/status-lists/1".into(),
        issuer: acme().did,
        purposes: vec![StatusPurpose::Revocation],
        valid_from: at(TEN),
        valid_until: at(TEN).saturating_add_millis(HOUR),
        ttl_ms: 60_000,
    };
    let mut bits = StatusBits::new(0);
    bits.set(7, true).unwrap();
    let draft = Draft::status_list(&terms, &bits).unwrap();
    for securing in BOTH {
        let text = sealed(&draft, &acme(), securing);
        let list = read_status_list(text.as_bytes(), &limits()).unwrap();
        let list = list
            .prove(
                &Expectation {
                    purpose: draft.purpose(),
                    issuer: acme().did,
                },
                &DidKeys,
            )
            .unwrap();
        let entry = |index| StatusEntry::new(StatusPurpose::Revocation, &terms.url, index);
        assert_eq!(
            (list.value().status(&entry(7)), list.value().status(&entry(8))),
            (Ok(1), Ok(0))
        );
        assert_eq!(
            (list.value().ttl_ms, list.value().age(at("2026-03-04T09:00:05Z"))),
            (60_000, 5_000)
        );
    }
    for ttl_ms in [0, MAX_TTL + 1] {
        assert_eq!(
            code(Draft::status_list(
                &StatusListTerms {
                    ttl_ms,
                    ..terms.clone()
                },
                &bits
            )),
            "parse.structure"
        );
    }
    let nothing = StatusListTerms {
        purposes: Vec::new(),
        ..terms.clone()
    };
    assert_eq!(code(Draft::status_list(&nothing, &bits)), "status.unknown");
    let backwards = StatusListTerms {
        valid_until: at("2026-03-04T08:00:00Z"),
        ..terms
    };
    assert_eq!(code(Draft::status_list(&backwards, &bits)), "status.unknown");
}

#[test]
fn a_wrong_typ_is_no_paper() {
    let (draft, signer) = drafts().swap_remove(0);
    for typ in [
        "JWT",
        "vp+jwt",
        "VC+JWT",
        "chancery-possession+jwt",
        "application/vc+jwt",
    ] {
        let token = jose::sign(typ, &signer.method, draft.document(), &signer.key).unwrap();
        assert_eq!(
            read_paper(token.as_bytes(), &limits()).unwrap_err().code(),
            "type.typ",
            "{typ}"
        );
    }
}
