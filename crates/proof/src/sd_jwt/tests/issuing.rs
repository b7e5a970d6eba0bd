//! Sections 4.2 and 5: what an issuer signs.

use super::super::{conceal, prepare};
use super::*;

fn concealed(withheld: &[&str], decoys: usize) -> Result<Value, &'static str> {
    let concealment = Concealment {
        withheld: withheld.iter().map(|&pointer| pointer.to_owned()).collect(),
        decoys,
    };
    conceal(&claims(), &concealment, &mut Drawn(1))
        .map(|concealed| concealed.payload().clone())
        .map_err(|error| error.code())
}

#[test]
fn what_is_withheld_leaves_a_digest_where_it_stood() {
    let payload = concealed(&["/sub", "/address/city", "/tools/1"], 0).unwrap();
    assert_eq!(payload["_sd_alg"], "sha-256");
    assert_eq!(payload["_sd"].as_array().unwrap().len(), 1);
    assert_eq!(payload["address"]["_sd"].as_array().unwrap().len(), 1);
    assert_eq!(payload["address"]["street"], "1 Main St");
    assert_eq!(payload["tools"][0], "refund");
    assert_eq!(payload["tools"][1]["..."].as_str().unwrap().len(), 43);
    let text = payload.to_string();
    for gone in ["ada", "Anytown", "lookup", "\"sub\"", "\"city\""] {
        assert!(!text.contains(gone), "{gone}");
    }
    assert_eq!(concealed(&[], 3).unwrap(), claims());
}

#[test]
fn what_stands_within_another_is_withheld_twice_over() {
    let all = issued(
        &claims(),
        &["/address", "/address/city", "/tools", "/tools/2", "/tools/2/0"],
    );
    assert_eq!(all.disclosures().len(), 5);
    let limits = Limits::default();
    assert_eq!(judge(&all.to_compact()).unwrap(), claims());
    let outer = all.disclose(&["/address"], &limits).unwrap();
    assert_eq!(
        judge(&outer.to_compact()).unwrap()["address"],
        json!({ "street": "1 Main St" })
    );
    let inner = all.disclose(&["/tools/2/0"], &limits).unwrap();
    assert_eq!(inner.disclosures().len(), 3, "with all that it stands in");
    assert_eq!(judge(&inner.to_compact()).unwrap()["tools"], claims()["tools"]);
}

#[test]
fn the_order_of_the_claims_is_hidden() {
    let payload = concealed(&["/sub", "/level", "/address", "/tools"], 0).unwrap();
    let digests: Vec<&str> = payload["_sd"]
        .as_array()
        .unwrap()
        .iter()
        .map(|digest| digest.as_str().unwrap())
        .collect();
    assert!(digests.is_sorted());
    let all = issued(&claims(), &["/sub", "/level", "/address", "/tools"]);
    assert!(all.disclosures().iter().map(|one| one.digest()).is_sorted());
}

#[test]
fn decoys_stand_among_the_digests_and_mean_nothing() {
    let payload = concealed(&["/sub", "/tools/0", "/address/city"], 5).unwrap();
    assert_eq!(payload["_sd"].as_array().unwrap().len(), 6);
    assert_eq!(payload["address"]["_sd"].as_array().unwrap().len(), 6);
    assert_eq!(payload["tools"].as_array().unwrap().len(), 8);
    let concealment = Concealment {
        decoys: 5,
        ..Concealment::of(["/sub", "/tools/0"])
    };
    let all = sign(
        TYP,
        &method(&issuer()),
        &claims(),
        &concealment,
        &issuer(),
        &mut Drawn(1),
    )
    .unwrap();
    assert_eq!(judge(&all.to_compact()).unwrap(), claims());
    assert_eq!(concealed(&["/sub"], 65), Err("limit.disclosures"));
}

#[test]
fn a_pointer_names_something_that_is_there_once() {
    for pointers in [
        &["/nothing"][..],
        &[""],
        &["sub"],
        &["/sub/deeper"],
        &["/tools/3"],
        &["/tools/-"],
        &["/tools/01"],
        &["/tools/+1"],
        &["/address/city~2"],
        &["/address~1city"],
        &["/sub", "/sub"],
        &["/tools/0", "/tools/0"],
        &["/sub", "/_sd"],
        &["/sub", "/_sd/0"],
        &["/tools/0", "/tools/0/..."],
    ] {
        assert_eq!(concealed(pointers, 0), Err("sd_jwt.pointer"), "{pointers:?}");
    }
}

#[test]
fn what_no_verifier_would_take_is_not_issued() {
    let conceal = |claims: Value, pointers: &[&str]| {
        let concealment = Concealment::of(pointers.iter().copied());
        super::super::conceal(&claims, &concealment, &mut Drawn(1))
            .map(|_| ())
            .map_err(|error| error.code())
    };
    for name in [
        "iss",
        "exp",
        "nbf",
        "cnf",
        "vct",
        "vct#integrity",
        "aka_vcts",
        "status",
        "aud",
    ] {
        let pointer = format!("/{name}");
        assert_eq!(
            conceal(json!({ name: "x" }), &[&pointer]),
            Err("sd_jwt.protected_claim"),
            "{name}"
        );
    }
    assert_eq!(
        conceal(json!({ "cnf": { "jwk": {} } }), &["/cnf/jwk"]),
        Err("sd_jwt.protected_claim")
    );
    for claims in [
        json!({ "_sd": [] }),
        json!({ "a": { "...": 1 } }),
        json!({ "a": [{ "_sd_alg": "x" }] }),
    ] {
        assert_eq!(conceal(claims, &[]), Err("sd_jwt.reserved_name"));
    }
    assert_eq!(conceal(json!([1]), &["/0"]), Err("parse.structure"));
    let names: Vec<String> = (0..257).map(|at| format!("n{at}")).collect();
    let many: Value = names
        .iter()
        .map(|name| (name.clone(), json!(1)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let pointers: Vec<String> = names.iter().map(|name| format!("/{name}")).collect();
    let pointers: Vec<&str> = pointers.iter().map(String::as_str).collect();
    assert!(
        conceal(many, &pointers).is_ok(),
        "a verifier sees as many as it is shown"
    );
}

#[test]
fn names_with_slashes_and_tildes_are_pointed_to() {
    let claims = json!({ "a/b": 1, "c~d": { "": 2 } });
    let all = issued(&claims, &["/a~1b", "/c~0d/"]);
    assert_eq!(judge(&all.to_compact()).unwrap(), claims);
    let mut pointers = all.pointers(&Limits::default()).unwrap();
    pointers.sort();
    assert_eq!(pointers, ["/a~1b", "/c~0d/"]);
}

#[test]
fn salts_come_from_the_given_source_and_never_twice() {
    let salts = |seed| {
        let concealment = Concealment::of(["/sub", "/level"]);
        let one = conceal(&claims(), &concealment, &mut Drawn(seed)).unwrap();
        one.disclosures()
            .iter()
            .map(|one| one.salt().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(salts(1), salts(1));
    assert_ne!(salts(1), salts(50));
    assert!(
        salts(1)
            .iter()
            .all(|salt| base64url::decode(salt).unwrap().len() == 16)
    );
    struct Stuck;
    impl rand_core::TryRng for Stuck {
        type Error = std::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(7)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(7)
        }
        fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
            target.fill(7);
            Ok(())
        }
    }
    impl rand_core::TryCryptoRng for Stuck {}
    let concealment = Concealment::of(["/sub", "/level"]);
    let refused = conceal(&claims(), &concealment, &mut Stuck).unwrap_err();
    assert_eq!(refused.code(), "sd_jwt.salt");
}

#[test]
fn a_key_that_stands_elsewhere_signs_the_same() {
    use chancery_did::Signer as _;
    let concealed = conceal(&claims(), &Concealment::of(["/sub"]), &mut Drawn(1)).unwrap();
    let unsigned = prepare(TYP, &method(&issuer()), chancery_did::Algorithm::EdDsa, concealed).unwrap();
    let signature = issuer().sign(unsigned.signing_input()).unwrap();
    let sealed = unsigned.seal(&signature);
    assert_eq!(sealed, issued(&claims(), &["/sub"]));
}
