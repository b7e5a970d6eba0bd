//! Issuers, subjects and roots.

use serde_json::json;

use crate::corpus::Corpus;
use crate::paper;
use crate::party::{ACME, ADA, BOB, HOSTED, INITECH, MALLORY, Party, TRUDY};
use crate::scene::Scene;
use crate::seal::Slip;
use crate::time::after;
use crate::trust;

pub(in crate::corpus) fn issuers(corpus: &mut Corpus) {
    let code = "trust.unknown_issuer";
    corpus.direct(
        "trust_root_of_a_stranger",
        code,
        "Mallory issues a flawless capability that nobody asked for.",
        |scene| issued_by(scene, MALLORY, ADA),
    );
    corpus.direct(
        "trust_root_of_a_stranger_jose",
        code,
        "The same as JWS.",
        |scene| {
            issued_by(scene, MALLORY, ADA);
            scene.jose();
        },
    );
    corpus.direct(
        "trust_everything_of_a_stranger",
        code,
        "A chain that agrees with itself, without an anchor.",
        |scene| {
            issued_by(scene, MALLORY, ADA);
            *scene.paper(1) = paper::passport(crate::time::NOW, 120, MALLORY, ADA);
            scene.papers[1].sign_by(MALLORY);
        },
    );
    corpus.direct(
        "trust_passport_of_a_stranger",
        code,
        "The passport is Mallory's, the capability Acme's.",
        |scene| {
            *scene.paper(1) = paper::passport(crate::time::NOW, 120, MALLORY, ADA);
            scene.papers[1].sign_by(MALLORY);
        },
    );
    corpus.three_hops(
        "trust_middle_passport_of_a_stranger",
        code,
        "The middle hop's passport is of an organization without an anchor.",
        |scene| {
            *scene.paper(4) = paper::passport(crate::time::NOW, 121, INITECH, BOB);
            scene.papers[4].sign_by(INITECH);
        },
    );
    for (name, did) in [
        ("of_a_sub_name", "did:web:acme.example:evil"),
        ("of_a_longer_name", "did:web:acme.example.evil.example"),
        ("of_a_shorter_name", "did:web:acme"),
        ("of_a_sub_domain", "did:web:www.acme.example"),
        ("of_another_method", "did:webs:acme.example"),
        ("of_a_port", "did:web:acme.example%3A8443"),
    ] {
        corpus.direct(
            &format!("trust_root_{name}"),
            code,
            "An anchor is an exact DID.",
            |scene| {
                scene.paper(0)["issuer"] = json!(did);
                scene.papers[0].method(&format!("{did}#key-1"));
            },
        );
    }
    corpus.direct(
        "trust_no_anchors",
        code,
        "A policy without anchors takes nothing.",
        |scene| scene.policy["anchors"] = json!([]),
    );
    corpus.direct(
        "trust_status_did_as_root",
        code,
        "The key that signs lists can never issue a paper.",
        |scene| {
            scene.paper(0)["issuer"] = json!("did:web:acme.example:status");
            scene.papers[0].sign_by(crate::party::ACME_STATUS);
        },
    );
    corpus.direct(
        "trust_attester_without_an_anchor",
        code,
        "An attester that the policy does not name.",
        |scene| {
            crate::corpus::allow::attested(scene, crate::party::ATTESTER);
            scene.policy["anchors"].as_array_mut().unwrap().pop();
        },
    );
    for (name, papers, paper) in [
        ("capability", json!(["AgentPassportCredential"]), "capability"),
        ("passport", json!(["AgentCapabilityCredential"]), "passport"),
    ] {
        corpus.direct(
            &format!("trust_{name}_not_allowed"),
            "trust.paper_not_allowed",
            &format!("The anchor may not issue a {paper}."),
            |scene| {
                scene.policy["anchors"][0]["papers"] = papers;
            },
        );
    }
    corpus.direct(
        "trust_attestation_not_allowed",
        "trust.paper_not_allowed",
        "Acme may issue passports and capabilities, and attests.",
        |scene| {
            crate::corpus::allow::attested(scene, ACME);
        },
    );
    corpus.direct(
        "trust_root_of_an_anchor_for_passports_only",
        "trust.paper_not_allowed",
        "Initech may say who its agents are, not what they may do here.",
        |scene| {
            scene.of_initech(0, ADA);
            issued_by(scene, INITECH, ADA);
        },
    );
}

/// Another root issuer, with everything of its own that a verifier could want.
pub(in crate::corpus) fn issued_by(scene: &mut Scene, issuer: Party, holder: Party) {
    let made = after(&scene.at, -1_800);
    scene.papers[0] = Slip::new(
        paper::capability(&scene.at, issuer, holder, 0),
        issuer,
        "assertionMethod",
        &made,
    );
    scene.knows(issuer, issuer);
}

pub(in crate::corpus) fn subjects(corpus: &mut Corpus) {
    let code = "trust.subject_outside_namespace";
    for (name, namespace) in [
        ("another_method", "did:jwk"),
        ("a_name", "did:web:acme.example"),
        (
            "another_key",
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        ),
        ("a_longer_method", "did:keys"),
    ] {
        corpus.direct(
            &format!("trust_subject_outside_of_{name}"),
            code,
            "The anchor speaks about other subjects.",
            |scene| {
                scene.policy["anchors"][0]["subjects"] = json!([namespace]);
            },
        );
    }
    for (name, did) in [
        ("another_organization", "did:web:initech.example:agents:7"),
        ("a_longer_host", "did:web:acme.example.evil.example"),
        ("a_host_that_begins_alike", "did:web:acme.examples:7"),
        ("a_sub_domain", "did:web:agents.acme.example"),
        ("a_port", "did:web:acme.example%3A8443:agents:7"),
    ] {
        corpus.direct(
            &format!("trust_subject_of_{name}"),
            code,
            "Acme's anchor vouches for another's name.",
            |scene| {
                scene.paper(0)["credentialSubject"]["id"] = json!(did);
                scene.paper(1)["credentialSubject"]["id"] = json!(did);
            },
        );
    }
    corpus.direct(
        "trust_subject_of_a_longer_path_segment",
        code,
        "`agents` is not `agents2`.",
        |scene| {
            scene.policy["anchors"][0]["subjects"] = json!(["did:web:acme.example:agents"]);
            for at in 0..2 {
                scene.paper(at)["credentialSubject"]["id"] = json!("did:web:acme.example:agents2:7");
            }
        },
    );
    corpus.direct(
        "trust_organization_of_another",
        code,
        "Acme's passport speaks for Initech.",
        |scene| {
            scene.paper(1)["credentialSubject"]["organization"] = json!(INITECH.did());
        },
    );
    corpus.direct(
        "trust_organization_of_the_agent",
        code,
        "The passport names the agent as its own organization.",
        |scene| {
            scene.paper(1)["credentialSubject"]["organization"] = json!(ADA.did());
        },
    );
    corpus.three_hops(
        "trust_middle_hop_outside_of_its_organizations_namespace",
        code,
        "Initech vouches for an agent under Acme's name.",
        |scene| {
            scene.of_initech(1, BOB);
            scene.policy["anchors"][1]["subjects"] = json!(["did:web:initech.example"]);
        },
    );
    corpus.bent(
        "trust_hosted_agent_of_another_organization",
        code,
        "Initech's passport for an agent under Acme's name.",
        Scene::of(&[HOSTED]),
        |scene| {
            scene.documents.insert(HOSTED.did(), HOSTED.document());
            scene.of_initech(0, HOSTED);
        },
    );
}

pub(in crate::corpus) fn roots(corpus: &mut Corpus) {
    let code = "trust.agent_as_root";
    let anchored = |scene: &mut Scene, agent: Party| {
        let mut anchor = trust::anchor(agent);
        anchor["subjects"] = json!(["did:key"]);
        scene.policy["anchors"].as_array_mut().unwrap().push(anchor);
    };
    corpus.direct(
        "trust_agent_issues_its_own_passport",
        code,
        "Ada is anchored by mistake and vouches for herself.",
        |scene| {
            anchored(scene, ADA);
            let document = paper::passport(&scene.at, 120, ADA, ADA);
            *scene.paper(1) = document;
            scene.papers[1].document["credentialStatus"] = paper::status_entries(ACME, 120);
            scene.papers[1].sign_by(ADA);
        },
    );
    corpus.delegated(
        "trust_first_agent_issues_the_second_passport",
        code,
        "Ada is anchored by mistake and vouches for Bob.",
        |scene| {
            anchored(scene, ADA);
            let mut document = paper::passport(&scene.at, 121, ADA, BOB);
            document["credentialStatus"] = paper::status_entries(ACME, 121);
            *scene.paper(3) = document;
            scene.papers[3].sign_by(ADA);
        },
    );
    corpus.direct(
        "trust_unanchored_agent_issues_a_capability",
        "trust.unknown_issuer",
        "Trudy gives Ada a capability.",
        |scene| {
            let mut document = paper::capability(&scene.at, TRUDY, ADA, 0);
            document["credentialStatus"] = paper::status_entries(ACME, 100);
            scene.papers[0].document = document;
            scene.papers[0].sign_by(TRUDY);
        },
    );
}
