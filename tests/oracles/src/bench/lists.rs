//! Status lists: read from their bytes, proven, and one entry looked up.
//!
//! Each has the fewest entries that the Bitstring Status List allows, of which one in a hundred is set, so that
//! there is something to inflate. ssi 0.16 reads no list that the present drafts allow: it wants an `iss` and a
//! padded `lst`. INVARIANT: the entry that is looked up is set, and its neighbour is not.

use chancery_oracles::fixture::{Actor, limits, now, sealed};
use chancery_oracles::rounds::{Reference, Work};
use chancery_proof::Securing;
use chancery_vc::issue::{Draft, StatusListTerms};
use chancery_vc::status::{
    StatusBits, TokenStatus, TokenStatusEntry, read_status_list, read_token_status_list,
    token::{TokenListTerms, sign_token_status_list, sign_token_status_list_cwt},
};
use chancery_vc::{StatusEntry, StatusPurpose};

const ENTRIES: usize = 131_072;
const EVERY: usize = 97;
/// The entry that is looked up, far into the list.
const INDEX: u64 = 97_000;
const ADDRESS: &str = "https://acme.example/status-lists/r";
const MINUTE: i64 = 60_000;

/// All rows.
pub fn rows(issuer: &Actor) -> Vec<Work<'_>> {
    let mut bits = StatusBits::new(ENTRIES);
    for index in (0..ENTRIES as u64).step_by(EVERY) {
        bits.set(index, true).expect("an index within");
    }
    let terms = token_terms();
    let jwt = sign_token_status_list(&terms, &bits, &issuer.method, &issuer.key).expect("a list");
    let cwt = sign_token_status_list_cwt(&terms, &bits, &issuer.method, &issuer.key).expect("a list");
    let draft = Draft::status_list(&bitstring_terms(issuer), &bits).expect("a list");
    let bitstring = |securing| sealed(&draft, issuer, securing).into_bytes();
    vec![
        token_row(
            "Token Status List, JWT: read, prove, look up",
            jwt.into_bytes(),
            issuer,
        ),
        token_row("Token Status List, CWT: read, prove, look up", cwt, issuer),
        bitstring_row(
            "Bitstring list, vc+jwt: read, prove, look up",
            bitstring(Securing::Jose),
            issuer,
        ),
        bitstring_row(
            "Bitstring list, eddsa-jcs: read, prove, look up",
            bitstring(Securing::DataIntegrity),
            issuer,
        ),
    ]
}

fn token_terms() -> TokenListTerms {
    TokenListTerms {
        uri: ADDRESS.to_owned(),
        issued_at: now().saturating_add_millis(-MINUTE),
        expires_at: Some(now().saturating_add_millis(10 * MINUTE)),
        ttl_seconds: Some(300),
        aggregation: None,
    }
}

fn bitstring_terms(issuer: &Actor) -> StatusListTerms {
    StatusListTerms {
        url: ADDRESS.to_owned(),
        issuer: issuer.did.clone(),
        purposes: vec![StatusPurpose::Revocation],
        valid_from: now().saturating_add_millis(-MINUTE),
        valid_until: now().saturating_add_millis(10 * MINUTE),
        ttl_ms: 300_000,
    }
}

fn token_row<'a>(name: &str, bytes: Vec<u8>, issuer: &'a Actor) -> Work<'a> {
    let status = |bytes: &[u8], index| {
        let read = read_token_status_list(bytes, &limits()).expect("a list");
        let proven = read
            .prove(&issuer.expectation(), issuer)
            .expect("its proof holds");
        let status = proven.value().status(&TokenStatusEntry::new(ADDRESS, index));
        (status.expect("an index within"), proven.signatures())
    };
    let (set, signatures) = status(&bytes, INDEX);
    assert_eq!(set, TokenStatus::Invalid);
    assert_eq!(status(&bytes, INDEX + 1).0, TokenStatus::Valid);
    Work::new(name, Reference::Verify, signatures, move || status(&bytes, INDEX))
}

fn bitstring_row<'a>(name: &str, bytes: Vec<u8>, issuer: &'a Actor) -> Work<'a> {
    let status = |bytes: &[u8], index| {
        let read = read_status_list(bytes, &limits()).expect("a list");
        let proven = read
            .prove(&issuer.expectation(), issuer)
            .expect("its proof holds");
        let entry = StatusEntry::new(StatusPurpose::Revocation, ADDRESS, index);
        let status = proven.value().status(&entry);
        (status.expect("an index within"), proven.signatures())
    };
    let (set, signatures) = status(&bytes, INDEX);
    assert_eq!((set, status(&bytes, INDEX + 1).0), (1, 0));
    Work::new(name, Reference::Verify, signatures, move || status(&bytes, INDEX))
}
