//! What has to be allowed: every securing, every key, every bound just kept.

use chancery_did::KeyType;
use serde_json::{Value, json};

use super::{Corpus, remove};
use crate::paper::{self, AUDIENCE, BERLIN, amount, attestation, delegation, digest, hours, list, refunds, status_entry};
use crate::party::{ACME, ACME_STATUS, ADA, ATTESTER, BOB, CY, DEE, EVE, HOSTED, Party};
use crate::scene::{Scene, encoded, status_list};
use crate::seal::{Securing, sealed};
use crate::time::after;
use crate::trust;

pub(super) fn vectors(corpus: &mut Corpus) {
    securings(corpus);
    keys(corpus);
    chains(corpus);
    proofs(corpus);
    windows(corpus);
    status(corpus);
    recognized(corpus);
    constraints(corpus);
    requests(corpus);
}

fn securings(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.direct("allow_direct", ok, "Ada presents Acme's capability under Data Integrity.", |_| {});
    corpus.direct("allow_direct_jose", ok, "Ada presents Acme's capability as JWS throughout.", Scene::jose);
    corpus.delegated("allow_delegated", ok, "Ada handed 40 EUR on to Bob, who asks for 35.", |_| {});
    corpus.delegated("allow_delegated_jose", ok, "The same as JWS throughout.", Scene::jose);
    corpus.three_hops("allow_three_hops", ok, "Acme to Ada to Bob to Cy.", |_| {});
    corpus.three_hops("allow_three_hops_jose", ok, "Acme to Ada to Bob to Cy, as JWS throughout.", Scene::jose);
    corpus.delegated("allow_jose_papers_in_a_data_integrity_presentation", ok, "Papers are enveloped.", |scene| {
        scene.jose();
        scene.presentation.securing = Securing::DataIntegrity;
    });
    corpus.delegated("allow_data_integrity_papers_in_a_jose_presentation", ok, "Papers are embedded.", |scene| {
        scene.presentation.securing = Securing::Jose;
    });
    corpus.delegated("allow_jose_parent_of_a_data_integrity_delegation", ok, "The parent's digest is of its JWS.", |scene| {
        scene.papers[0].securing = Securing::Jose;
    });
    corpus.direct("allow_presentation_pretty_printed", ok, "White space and the order of members are no part of the content.", |scene| {
        scene.rewrite(|text| format!("\n  {}\n", serde_json::to_string_pretty(&value(&text)).unwrap()));
    });
    corpus.direct("allow_presentation_escaped", ok, "An escaped character is the same character.", |scene| {
        scene.rewrite(|text| text.replace("\"holder\"", "\"\\u0068older\""));
    });
    corpus.direct("allow_presentation_with_an_id", ok, "A presentation may have a name.", |scene| {
        scene.presentation.document["id"] = json!(paper::urn(900));
    });
    corpus.direct("allow_entry_left_out", ok, "Without `capabilityEntry` the first entry is cited.", |scene| {
        remove(&mut scene.presentation.document, "capabilityEntry");
    });
    corpus.direct("allow_envelope_context_in_an_array", ok, "One context, as an array.", |scene| {
        scene.jose();
        scene.papers[0].afterwards(|item| item["@context"] = json!([paper::CONTEXT]));
    });
    corpus.direct("allow_text_beyond_ascii", ok, "A name in composed letters, beyond the basic plane too.", |scene| {
        let passport = scene.passport(0);
        scene.paper(passport)["credentialSubject"]["name"] = json!("R\u{fc}ckerstattung \u{1f4b6}");
    });
    corpus.direct("allow_every_passport_member", ok, "A passport with all that it may say.", |scene| {
        let passport = scene.passport(0);
        let claims = &mut scene.paper(passport)["credentialSubject"];
        for (name, value) in [
            ("team", json!("Payments")), ("platform", json!("eu-central")), ("purpose", json!("Refunds")),
            ("humanOversight", json!("Daily review")), ("dataAccess", json!(["orders"])), ("tools", json!(["refund"])),
            ("composite", json!({"model": digest("m"), "configuration": digest("c"), "toolManifest": digest("t"), "runtime": digest("r")})),
        ] {
            claims[name] = value;
        }
    });
}

fn keys(corpus: &mut Corpus) {
    let ok = "ok";
    for (name, kind) in [("p256", KeyType::P256), ("p384", KeyType::P384)] {
        let agents = [ADA.with(kind), BOB.with(kind)];
        corpus.bent(&format!("allow_{name}_agents"), ok, "Agents sign with ecdsa-jcs-2019.", Scene::of(&agents), |_| {});
        corpus.bent(&format!("allow_{name}_agents_jose"), ok, "Agents sign JWS.", Scene::of(&agents), Scene::jose);
        for jose in [false, true] {
            let securing = if jose { "_jose" } else { "" };
            corpus.direct(&format!("allow_{name}_authority{securing}"), ok, "Acme signs with an ECDSA key.", |scene| {
                let acme = ACME.with(kind);
                scene.documents.insert(ACME.did(), acme.document_with_status(ACME_STATUS));
                scene.policy["anchors"][0]["keys"] = json!([acme.public().thumbprint()]);
                scene.papers.iter_mut().for_each(|slip| slip.sign_by(acme));
                if jose {
                    scene.jose();
                }
            });
        }
        let agents = [ADA.with(kind).jwk()];
        corpus.bent(&format!("allow_did_jwk_{name}"), ok, "The agent is a did:jwk.", Scene::of(&agents), |_| {});
    }
    corpus.bent("allow_did_jwk", ok, "Both agents are did:jwk.", Scene::of(&[ADA.jwk(), BOB.jwk()]), |_| {});
    corpus.bent("allow_did_jwk_jose", ok, "Both agents are did:jwk.", Scene::of(&[ADA.jwk(), BOB.jwk()]), Scene::jose);
    let mixed = [ADA.with(KeyType::P256), BOB, CY.with(KeyType::P384).jwk()];
    corpus.bent("allow_mixed_keys", ok, "Three agents with three kinds of key.", Scene::of(&mixed), |_| {});
    corpus.bent("allow_did_web_agent", ok, "The agent's name is under Acme's and its document was fetched.", Scene::of(&[HOSTED]), |scene| {
        scene.documents.insert(HOSTED.did(), HOSTED.document());
    });
    corpus.direct("allow_key_as_jwk", ok, "Acme publishes its key as JsonWebKey.", |scene| {
        scene.documents.get_mut(&ACME.did()).unwrap()["verificationMethod"][0] = json!({
            "id": ACME.key(1), "type": "JsonWebKey", "controller": ACME.did(), "publicKeyJwk": ACME.public().to_jwk(),
        });
    });
    corpus.direct("allow_key_embedded_in_the_relationship", ok, "The method stands in the relationship itself.", |scene| {
        let document = scene.documents.get_mut(&ACME.did()).unwrap();
        document["verificationMethod"] = json!([]);
        document["authentication"] = json!([]);
        document["capabilityDelegation"] = json!([]);
        document["assertionMethod"] = json!([ACME.entry(1, ACME)]);
    });
    corpus.direct("allow_second_pinned_key", ok, "Acme signs with the second of two pinned keys.", |scene| {
        let next = Party { seed: 41, ..ACME };
        let document = scene.documents.get_mut(&ACME.did()).unwrap();
        document["verificationMethod"].as_array_mut().unwrap().push(ACME.entry(2, next));
        document["assertionMethod"].as_array_mut().unwrap().push(json!(ACME.key(2)));
        scene.policy["anchors"][0]["keys"].as_array_mut().unwrap().push(json!(next.public().thumbprint()));
        for slip in &mut scene.papers {
            slip.signer = next;
            slip.method(&ACME.key(2));
        }
    });
    corpus.direct("allow_stray_methods_in_the_document", ok, "Methods of unknown kind are no reason to refuse another.", |scene| {
        let document = scene.documents.get_mut(&ACME.did()).unwrap();
        document["verificationMethod"].as_array_mut().unwrap().push(json!({
            "id": ACME.key(9), "type": "Bls12381G2Key2020", "controller": ACME.did(), "publicKeyBase58": "abc",
        }));
    });
}

fn chains(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.bent("allow_four_delegations", ok, "The longest chain there may be.", Scene::of(&[ADA, BOB, CY, DEE, EVE]), |_| {});
    corpus.three_hops("allow_middle_hop_of_another_organization", ok, "Bob's passport is of Initech, which Globex has anchored.", |scene| {
        scene.of_initech(1, BOB);
    });
    corpus.three_hops("allow_passports_in_another_order", ok, "Passports stand in any order after the chain.", |scene| {
        scene.papers.swap(3, 5);
    });
    corpus.delegated("allow_second_entry_cited", ok, "The cited path is the second entry's; the first is not used.", |scene| {
        let reads = json!({"action": ["order:read"], "resource": ["https://api.globex.example/orders/*"], "delegation": {"maxDepth": 1}});
        scene.paper(0)["credentialSubject"]["capability"].as_array_mut().unwrap().insert(0, reads.clone());
        let mut child = reads;
        remove(&mut child, "delegation");
        child["from"] = json!(0);
        scene.entry(1)["from"] = json!(1);
        scene.paper(1)["credentialSubject"]["capability"].as_array_mut().unwrap().insert(0, child);
        scene.presentation.document["capabilityEntry"] = json!(1);
    });
    corpus.delegated("allow_two_entries_of_one_parent", ok, "Two entries are within the same entry of the parent.", |scene| {
        let mut second = scene.entry(1).clone();
        second["constraint"] = json!([amount("36.00")]);
        scene.paper(1)["credentialSubject"]["capability"].as_array_mut().unwrap().push(second);
        scene.presentation.document["capabilityEntry"] = json!(1);
    });
    corpus.delegated("allow_child_without_constraints", ok, "The parent's constraints hold without being repeated.", |scene| {
        remove(scene.entry(1), "constraint");
    });
    corpus.delegated("allow_child_with_a_larger_amount_that_the_parent_bounds", ok, "The conjunction decides: 35 is within 500 and within 100.", |scene| {
        scene.constraints(1, json!([amount("500.00")]));
    });
    corpus.delegated("allow_exact_action_under_a_wildcard", ok, "`refund:*` covers `refund:create`.", |scene| {
        scene.entry(0)["action"] = json!(["refund:*"]);
    });
    corpus.delegated("allow_longer_wildcard_under_a_wildcard", ok, "`/orders/*` is within `/*`.", |scene| {
        scene.entry(0)["resource"] = json!(["https://api.globex.example/*"]);
    });
    corpus.delegated("allow_exact_resource_under_a_wildcard", ok, "One order is within all orders.", |scene| {
        scene.entry(1)["resource"] = json!(["https://api.globex.example/orders/1001"]);
    });
    corpus.delegated("allow_child_window_equal_to_the_parents", ok, "The child lives exactly as long as its parent, with a status entry.", |scene| {
        for name in ["validFrom", "validUntil"] {
            let time = scene.paper(0)[name].clone();
            scene.paper(1)[name] = time;
        }
        scene.paper(1)["credentialStatus"] = json!([status_entry("revocation", &list(ACME, "r"), 200)]);
    });
    corpus.delegated("allow_child_audience_within_the_parents", ok, "One of the parent's two services.", |scene| {
        scene.constraints(0, json!([{"type": "Audience", "services": [AUDIENCE, "https://api.initech.example"]}]));
        scene.constraints(1, json!([{"type": "Audience", "services": [AUDIENCE]}]));
    });
    corpus.direct("allow_depth_that_is_not_used", ok, "A right to delegate need not be used.", |scene| {
        scene.entry(0)["delegation"] = json!({"maxDepth": 255});
    });
    corpus.direct("allow_capability_in_two_entries_of_one_hop", ok, "The cited entry is the second.", |scene| {
        let entry = scene.entry(0).clone();
        scene.entry(0)["action"] = json!(["order:read"]);
        scene.paper(0)["credentialSubject"]["capability"].as_array_mut().unwrap().push(entry);
        scene.presentation.document["capabilityEntry"] = json!(1);
    });
}

fn proofs(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.direct("allow_proof_in_an_array", ok, "An array of one proof.", |scene| {
        scene.papers[0].afterwards(|item| item["proof"] = json!([item["proof"].clone()]));
    });
    for (name, chained) in [("allow_proof_set", false), ("allow_proof_chain", true)] {
        corpus.direct(name, ok, "Two proofs of Acme's two keys, both hold.", |scene| {
            two_keys(scene, chained);
        });
    }
    corpus.direct("allow_proof_with_an_unknown_signed_option", ok, "An option that is signed and not known here.", |scene| {
        scene.papers[0].proof["nonce"] = json!("salt");
        scene.papers[0].proof["x-note"] = json!("signed");
    });
    corpus.direct("allow_proof_without_its_context", ok, "The proof need not repeat the document's context.", |scene| {
        scene.papers[0].context_in_proof = false;
    });
    corpus.direct("allow_proof_without_created", ok, "A paper's proof need not say when it was made.", |scene| {
        remove(&mut scene.papers[0].proof, "created");
    });
}

/// The capability with a proof of each of Acme's two keys.
pub(super) fn two_keys(scene: &mut Scene, chained: bool) {
    let next = Party { seed: 41, ..ACME };
    let document = scene.documents.get_mut(&ACME.did()).unwrap();
    document["verificationMethod"].as_array_mut().unwrap().push(ACME.entry(2, next));
    document["assertionMethod"].as_array_mut().unwrap().push(json!(ACME.key(2)));
    scene.policy["anchors"][0]["keys"].as_array_mut().unwrap().push(json!(next.public().thumbprint()));
    let mut first = scene.papers[0].proof.clone();
    first["id"] = json!(paper::urn(1));
    let mut second = first.clone();
    second["id"] = json!(paper::urn(2));
    second["verificationMethod"] = json!(ACME.key(2));
    if chained {
        second["previousProof"] = json!(paper::urn(1));
    }
    scene.papers[0].by = Some(std::rc::Rc::new(move |document: &Value| {
        let mut secured = sealed(document, &first, true, ACME);
        let one = secured["proof"].clone();
        let mut under = document.clone();
        if chained {
            under["proof"] = json!([one]);
        }
        let two = sealed(&under, &second, true, next)["proof"].clone();
        secured["proof"] = json!([one, two]);
        secured
    }));
}

fn windows(corpus: &mut Corpus) {
    let ok = "ok";
    let within = [
        ("allow_valid_from_at_the_skew", "validFrom", 60, "Begins in 60 s, which clocks may differ by."),
        ("allow_valid_until_at_the_skew", "validUntil", -60, "Ended 60 s ago, which clocks may differ by."),
        ("allow_valid_from_now", "validFrom", 0, "Begins now."),
        ("allow_valid_until_now", "validUntil", 0, "Ends now."),
    ];
    for (name, member, seconds, comment) in within {
        corpus.direct(name, ok, comment, |scene| {
            let time = after(&scene.at, seconds);
            scene.paper(0)[member] = json!(time);
            let passport = scene.passport(0);
            scene.paper(passport)[member] = json!(time);
        });
    }
    corpus.direct("allow_validity_of_a_day", ok, "Exactly 24 hours.", |scene| {
        scene.paper(0)["validFrom"] = json!(after(&scene.at, -43_200));
        let end = after(&scene.at, 43_200);
        scene.paper(0)["validUntil"] = json!(end);
    });
    corpus.direct("allow_times_with_offset_and_fraction", ok, "The same instants, spelled with an offset and a fraction.", |scene| {
        scene.paper(0)["validFrom"] = json!("2026-06-17T08:30:00.250+02:00");
        scene.paper(0)["validUntil"] = json!("2026-06-17T04:00:00-06:00");
    });
    corpus.delegated("allow_delegation_of_an_hour", ok, "Exactly an hour without a status entry.", |scene| {
        scene.paper(1)["validUntil"] = json!(after(&scene.at, 1_800));
    });
    for jose in [false, true] {
        let securing = if jose { "_jose" } else { "" };
        let times = [
            ("presentation_created_at_the_skew", 60, 180, "Made 60 s ahead of the verifier's clock."),
            ("presentation_expired_within_the_skew", -200, -59, "Ended 59 s ago."),
            ("presentation_of_five_minutes", -5, 295, "Lives exactly 300 s."),
        ];
        for (name, created, expires, comment) in times {
            corpus.direct(&format!("allow_{name}{securing}"), ok, comment, |scene| {
                if jose {
                    scene.jose();
                }
                super::time::presented(scene, created, expires);
            });
        }
    }
    corpus.direct("allow_audience_in_an_array", ok, "`aud` is an array of exactly this service.", |scene| {
        scene.jose();
        scene.presentation.claims["aud"] = json!([AUDIENCE]);
    });
    corpus.direct("allow_domain_in_an_array", ok, "`domain` is an array of exactly this service.", |scene| {
        scene.presentation.proof["domain"] = json!([AUDIENCE]);
    });
    corpus.direct("allow_not_before_passed", ok, "`nbf` has passed.", |scene| {
        scene.jose();
        scene.presentation.payload_text = None;
        scene.presentation.claims["iat"] = json!(crate::time::instant(&scene.at).seconds());
    });
    corpus.direct("allow_longer_validity_by_policy", ok, "The policy takes papers of two days.", |scene| {
        scene.policy["maxValidity"] = json!("2d");
        scene.paper(0)["validUntil"] = json!(after(&scene.at, 160_000));
    });
    corpus.direct("historical_everything_holds", "historical", "All holds at another moment than now, which never allows.", |scene| {
        scene.historical = true;
    });
    corpus.delegated("historical_delegated", "historical", "The delegated story at another moment than now.", |scene| {
        scene.historical = true;
    });
}

fn status(corpus: &mut Corpus) {
    let ok = "ok";
    let (revoked, suspended) = (list(ACME, "r"), list(ACME, "s"));
    let url = suspended.clone();
    corpus.direct("allow_suspension_resumed", ok, "Suspended in an older list, resumed in this one.", move |scene| {
        let floor = after(&scene.at, -90);
        scene.evidence(move |evidence| evidence["statusFloors"][url.as_str()] = json!(floor));
    });
    let url = revoked.clone();
    corpus.direct("allow_status_at_its_floor", ok, "The list is the newest ever seen.", move |scene| {
        let floor = after(&scene.at, -30);
        scene.evidence(move |evidence| evidence["statusFloors"][url.as_str()] = json!(floor));
    });
    corpus.direct("allow_status_at_its_greatest_age", ok, "The list is exactly 300 s old.", |scene| {
        scene.publish(&list(ACME, "r"), "revocation", -300, &[]);
    });
    corpus.direct("allow_status_list_of_others_set", ok, "Every neighbour of the indices is set.", |scene| {
        for name in ["r", "s"] {
            scene.set(&list(ACME, name), &[0, 99, 101, 119, 121, 131_071]);
        }
    });
    for (name, index) in [("first", 0_u64), ("last", 131_071)] {
        corpus.direct(&format!("allow_status_index_{name}"), ok, "The index at the end of the list.", |scene| {
            scene.paper(0)["credentialStatus"] = paper::status_entries(ACME, index);
        });
    }
    corpus.direct("allow_status_list_jose", ok, "The lists are vc+jwt.", |scene| {
        scene.lists.values_mut().for_each(|list| list.securing = Securing::Jose);
    });
    corpus.direct("allow_status_list_of_the_authority_itself", ok, "Acme signs its lists with its own DID.", |scene| {
        for (name, purpose) in [("r", "revocation"), ("s", "suspension")] {
            let (url, made) = (list(ACME, name), after(&scene.at, -30));
            scene.lists.insert(url.clone(), status_list(&url, purpose, ACME, &made, &[]));
        }
    });
    corpus.direct("allow_status_list_of_two_purposes", ok, "One list for both purposes.", |scene| {
        let url = list(ACME, "r");
        for at in 0..scene.papers.len() {
            scene.paper(at)["credentialStatus"][1]["statusListCredential"] = json!(url);
            scene.paper(at)["credentialStatus"][1]["statusListIndex"] = json!((500 + at).to_string());
        }
        scene.lists.get_mut(&url).unwrap().document["credentialSubject"]["statusPurpose"] = json!(["revocation", "suspension"]);
        scene.lists.remove(&list(ACME, "s"));
    });
    corpus.direct("allow_status_list_longer_than_the_least", ok, "A million entries.", |scene| {
        let url = list(ACME, "r");
        scene.lists.get_mut(&url).unwrap().document["credentialSubject"]["encodedList"] = json!(encoded(1_048_576, &[]));
        scene.paper(0)["credentialStatus"][0]["statusListIndex"] = json!("1048575");
    });
    corpus.direct("allow_status_list_without_ttl", ok, "`ttl` is 300,000 ms when it is not said.", |scene| {
        scene.lists.values_mut().for_each(|list| remove(&mut list.document["credentialSubject"], "ttl"));
    });
    corpus.delegated("allow_delegation_with_a_reserved_index", ok, "Six hours, with an index in the root authority's list.", |scene| {
        scene.paper(1)["validUntil"] = json!(after(&scene.at, 19_800));
        scene.paper(1)["credentialStatus"] = json!([status_entry("revocation", &list(ACME, "r"), 200)]);
    });
    corpus.direct("allow_status_entry_with_its_own_id", ok, "An entry may have a name.", |scene| {
        scene.paper(0)["credentialStatus"][0]["id"] = json!("https://acme.example/status-lists/r#100");
    });
}

fn recognized(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.delegated("allow_recognized_authority", ok, "Globex's own registry recognizes Acme and announces its key.", |scene| {
        super::trust::recognizing(scene, |_| {});
    });
    corpus.delegated("allow_recognized_and_named_authority", ok, "The anchor names Acme and wants the registry's word too.", |scene| {
        super::trust::recognizing(scene, |_| {});
        scene.policy["anchors"][0]["issuer"] = json!(ACME.did());
        scene.policy["anchors"][0]["keys"] = json!([ACME.public().thumbprint()]);
    });
    corpus.delegated("allow_newest_statement_counts", ok, "An older statement said no.", |scene| {
        super::trust::recognizing(scene, |_| {});
        let mut old = trust::recognition(&scene.at);
        old["recognized"] = json!(false);
        old["time_evaluated"] = json!(after(&scene.at, -20));
        let old = trust::statement(&old, &trust::header(), crate::party::GLOBEX_TRQP);
        scene.evidence(move |evidence| evidence["trustStatements"].as_array_mut().unwrap().insert(0, json!(old)));
    });
    corpus.direct("allow_attested", ok, "The policy asks for an attestation, and there is one of what the passport names.", |scene| {
        attested(scene, ATTESTER);
    });
    corpus.direct("allow_attested_by_the_authority", ok, "Acme attests its own agent.", |scene| {
        attested(scene, ACME);
        scene.policy["anchors"][0]["papers"].as_array_mut().unwrap().push(json!("AgentAttestationCredential"));
    });
    corpus.direct("allow_attestation_that_nobody_asked_for", ok, "An attestation more than the policy wants.", |scene| {
        attested(scene, ATTESTER);
        scene.policy["require"] = json!({"attestation": false});
    });
}

/// The policy asks for an attestation, the passport names two digests, and `attester` measured them.
pub(super) fn attested(scene: &mut Scene, attester: Party) {
    let composite = json!({"model": digest("model"), "runtime": digest("runtime")});
    let passport = scene.passport(0);
    scene.paper(passport)["credentialSubject"]["composite"] = composite.clone();
    scene.policy["require"] = json!({"attestation": true});
    if attester != ACME {
        let mut anchor = trust::anchor(attester);
        anchor["papers"] = json!(["AgentAttestationCredential"]);
        anchor["grant"] = json!([]);
        scene.policy["anchors"].as_array_mut().unwrap().push(anchor);
        scene.documents.insert(attester.did(), attester.document());
    }
    let paper = attestation(&scene.at, 300, attester, ADA, composite);
    scene.append(paper, attester);
}

fn constraints(corpus: &mut Corpus) {
    let ok = "ok";
    for (name, asked) in [("at_the_max", "40.00"), ("at_the_max_in_another_spelling", "40"), ("smallest", "0.000001"), ("just_below_the_max", "39.999999")] {
        corpus.delegated(&format!("allow_amount_{name}"), ok, "An amount within every hop.", |scene| scene.asking(asked));
    }
    corpus.direct("allow_amount_at_the_grant", ok, "Exactly what Globex grants.", |scene| scene.asking("80.00"));
    for (name, at) in [("first_minute", "2026-06-17T07:00:00Z"), ("last_instant", "2026-06-17T14:59:59.999Z")] {
        corpus.bent(&format!("allow_hours_{name}"), ok, "09:00 to 17:00 in Berlin.", Scene::at(at, &[ADA]), |_| {});
    }
    let nights = [
        ("saturday_tail", "2026-06-19T23:00:00Z", 7_200, json!(["Fr"]), "Saturday 01:00 belongs to Friday's night."),
        ("friday_start", "2026-06-19T20:00:00Z", 7_200, json!(["Fr"]), "Friday 22:00 is where it starts."),
        ("monday_tail_of_sunday", "2026-06-22T02:00:00Z", 7_200, json!(["Su"]), "The week goes round."),
    ];
    for (name, at, offset, days, comment) in nights {
        corpus.bent(&format!("allow_hours_overnight_{name}"), ok, comment, Scene::at(at, &[ADA]), |scene| {
            scene.offset(BERLIN, offset);
            let mut night = hours();
            (night["days"], night["from"], night["until"]) = (days, json!("22:00"), json!("06:00"));
            scene.constraints(0, json!([night]));
        });
    }
    for (name, at, offset) in [("first", "2026-10-25T00:30:00Z", 7_200), ("second", "2026-10-25T01:30:00Z", 3_600)] {
        corpus.bent(&format!("allow_hours_overlap_{name}"), ok, "02:30 happens twice when summer ends.", Scene::at(at, &[ADA]), |scene| {
            scene.offset(BERLIN, offset);
            let mut overlap = hours();
            (overlap["days"], overlap["from"], overlap["until"]) = (json!(["Su"]), json!("02:30"), json!("03:00"));
            scene.constraints(0, json!([overlap]));
        });
    }
    corpus.direct("allow_hours_until_midnight", ok, "24:00 is the end of the day.", |scene| {
        let mut day = hours();
        (day["from"], day["until"]) = (json!("00:00"), json!("24:00"));
        scene.constraints(0, json!([day]));
    });
    let facts = [
        ("sensitivity_at_the_max", json!({"type": "AtMost", "fact": "data", "scale": "Sensitivity", "max": "confidential"}), json!("confidential")),
        ("sensitivity_below_the_max", json!({"type": "AtMost", "fact": "data", "scale": "Sensitivity", "max": "restricted"}), json!("public")),
        ("size_at_the_max", json!({"type": "AtMost", "fact": "data", "scale": "Size", "max": 1_000_000}), json!({"bytes": 1_000_000})),
        ("size_of_nothing", json!({"type": "AtMost", "fact": "data", "scale": "Size", "max": 0}), json!({"bytes": 0})),
        ("one_of_region", json!({"type": "OneOf", "fact": "data", "values": ["eu", "us"]}), json!("us")),
        ("one_of_access", json!({"type": "OneOf", "fact": "data", "values": ["read"]}), json!("read")),
    ];
    for (name, constraint, fact) in facts {
        corpus.direct(&format!("allow_{name}"), ok, "A fact at the edge of what is permitted.", |scene| {
            scene.constraints(0, json!([constraint]));
            scene.fact("data", fact);
        });
    }
    let arguments = [
        ("equals", json!({"equals": "1001"})), ("one_of", json!({"oneOf": ["7", "1001"]})),
        ("max_length_exact", json!({"maxLength": 4})),
    ];
    for (name, operator) in arguments {
        corpus.direct(&format!("allow_argument_{name}"), ok, "The argument `order` is as the constraint wants it.", |scene| {
            scene.constraints(0, json!([{"type": "Argument", "pointer": "/order", "match": operator}]));
        });
    }
    for (name, value, operator) in [
        ("range_at_the_max", json!(10), json!({"range": {"min": 1, "max": 10}})),
        ("range_at_the_min", json!(1), json!({"range": {"min": 1, "max": 10}})),
        ("range_open", json!(1_000_000), json!({"range": {"min": 1}})),
        ("prefix_itself", json!("/exports/acme"), json!({"prefix": "/exports/acme"})),
        ("prefix_below", json!("/exports/acme/2026"), json!({"prefix": "/exports/acme"})),
        ("equals_deep", json!({"a": [1, {"b": null}]}), json!({"equals": {"a": [1.0, {"b": null}]}})),
    ] {
        corpus.direct(&format!("allow_argument_{name}"), ok, "The argument `x` is as the constraint wants it.", |scene| {
            scene.request["arguments"]["x"] = value;
            scene.constraints(0, json!([{"type": "Argument", "pointer": "/x", "match": operator}]));
        });
    }
    corpus.direct("allow_argument_closed", ok, "Both arguments are named, so none is left over.", |scene| {
        scene.constraints(0, json!([
            {"type": "Argument", "pointer": "/order", "match": {"maxLength": 8}, "closed": true},
            {"type": "Argument", "pointer": "/amount", "match": {"maxLength": 8}},
        ]));
    });
    corpus.direct("allow_argument_escaped_pointer", ok, "`~1` is a slash and `~0` a tilde.", |scene| {
        scene.request["arguments"]["a/b~c"] = json!("x");
        scene.constraints(0, json!([{"type": "Argument", "pointer": "/a~1b~0c", "match": {"equals": "x"}}]));
    });
    corpus.direct("allow_audience_named", ok, "This service is one of those that may honour it.", |scene| {
        scene.constraints(0, json!([{"type": "Audience", "services": ["https://api.initech.example", AUDIENCE]}]));
    });
    corpus.direct("allow_approval_not_needed", ok, "Approval is wanted above 50 EUR only.", |scene| {
        scene.constraints(0, json!([{"type": "Approval", "approvers": [CY.did()], "quorum": 1, "unless": amount("50.00")}]));
    });
    corpus.direct("allow_one_constraint_twice", ok, "An exact duplicate adds nothing.", |scene| {
        scene.constraints(0, json!([amount("40.00"), amount("40.00")]));
    });
    corpus.direct("allow_most_constraints", ok, "Thirty-two constraints in one entry.", |scene| {
        scene.constraints(0, (40..72).map(|max| amount(&format!("{max}.00"))).collect());
    });
}

fn requests(corpus: &mut Corpus) {
    let ok = "ok";
    corpus.direct("allow_resource_below_a_wildcard", ok, "`*` is one or more whole segments.", |scene| {
        scene.request["resource"] = json!("https://api.globex.example/orders/1001/lines/3");
    });
    corpus.direct("allow_resource_with_encoded_letters", ok, "Percent-encoding in its one spelling.", |scene| {
        scene.request["resource"] = json!("https://api.globex.example/orders/Z%C3%BCrich%2042");
    });
    corpus.direct("allow_second_of_two_grants", ok, "One of the grant's alternatives covers it.", |scene| {
        scene.policy["anchors"][0]["grant"] = json!([refunds(vec![amount("10.00")]), refunds(vec![amount("80.00")])]);
    });
    corpus.direct("allow_request_without_arguments", ok, "No constraint asks for arguments.", |scene| {
        remove(&mut scene.request, "arguments");
    });
    corpus.direct("allow_facts_more_than_asked", ok, "A fact that no constraint wants.", |scene| {
        scene.fact("region", json!("eu"));
    });
    corpus.three_hops("allow_delegation_of_one_entry_to_two_hops", ok, "Each hop narrows: 100, 40, 36.", |scene| {
        scene.constraints(2, json!([amount("36.00")]));
    });
    corpus.delegated("allow_delegated_by_hand_after_renewal", ok, "The delegation names the renewed parent.", |scene| {
        scene.paper(0)["id"] = json!(paper::urn(101));
        scene.papers[1].document = delegation(&scene.at, 111, ADA, BOB, 0);
    });
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
