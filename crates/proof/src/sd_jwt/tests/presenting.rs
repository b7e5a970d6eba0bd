//! Section 7.2: what a holder shows.

use super::*;

const ALL: [&str; 5] = ["/sub", "/address", "/address/city", "/tools/0", "/tools/2"];

fn held() -> SdJwt {
    issued(&claims(), &ALL)
}

fn shown(one: &SdJwt) -> Vec<String> {
    let mut pointers = one.pointers(&Limits::default()).unwrap();
    pointers.sort();
    pointers
}

#[test]
fn what_is_disclosed_is_shown_with_what_it_stands_in() {
    let limits = Limits::default();
    for (pointers, expected) in [
        (&[][..], &[][..]),
        (&["/sub"], &["/sub"]),
        (&["/address/city"], &["/address", "/address/city"]),
        (&["/address"], &["/address"]),
        (&["/tools/2", "/sub"], &["/sub", "/tools/1"]),
    ] {
        let one = held().disclose(pointers, &limits).unwrap();
        assert_eq!(shown(&one), expected, "{pointers:?}");
        judge(&one.to_compact()).unwrap();
    }
}

#[test]
fn what_is_withheld_goes_with_what_stands_in_it() {
    let limits = Limits::default();
    let one = held().withhold(&["/address", "/tools/0"], &limits).unwrap();
    let claims = judge(&one.to_compact()).unwrap();
    assert!(claims.get("address").is_none());
    assert_eq!(claims["tools"], json!(["lookup", ["nested"]]));
    assert_eq!(claims["sub"], "ada");
    assert_eq!(held().withhold::<&str>(&[], &limits).unwrap(), held());
    // Of what is left, more can be withheld, by its new place.
    let less = one.withhold(&["/tools/1"], &limits).unwrap();
    assert_eq!(judge(&less.to_compact()).unwrap()["tools"], json!(["lookup"]));
}

#[test]
fn a_pointer_names_a_disclosure() {
    let limits = Limits::default();
    for pointer in [
        "/level",
        "/exp",
        "/tools",
        "/tools/1",
        "/nothing",
        "",
        "sub",
        "/address/street",
    ] {
        for refused in [
            held().disclose(&[pointer], &limits),
            held().withhold(&[pointer], &limits),
        ] {
            assert_eq!(refused.unwrap_err().code(), "sd_jwt.pointer", "{pointer}");
        }
    }
    let without = held().withhold(&["/sub"], &limits).unwrap();
    assert_eq!(
        without.disclose(&["/sub"], &limits).unwrap_err().code(),
        "sd_jwt.pointer",
        "what was withheld is gone"
    );
}

#[test]
fn a_holder_takes_no_sd_jwt_that_is_bound_or_broken() {
    let limits = Limits::default();
    let occasion = super::super::Occasion::new("a", "n", chancery_did::Timestamp::from_seconds(0)).unwrap();
    let bound = held().bind(&occasion, &issuer()).unwrap();
    assert_eq!(
        bound.disclose(&["/sub"], &limits).unwrap_err().code(),
        "binding.key_binding_unexpected"
    );
    assert_eq!(
        bound.bind(&occasion, &issuer()).unwrap_err().code(),
        "binding.key_binding_unexpected"
    );
    let stray = encoded(&json!(["salt", "x", 1]));
    let broken = SdJwt::parse(&with(&json!({}), &[&stray]), &limits).unwrap();
    assert_eq!(
        broken.pointers(&limits).unwrap_err().code(),
        "sd_jwt.unreferenced_disclosure"
    );
}
