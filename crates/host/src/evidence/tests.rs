//! What an addition leaves behind: nothing but the newest proven lists.

use super::*;

const URL: &str = "https://acme.example/status-lists/r";

fn did(text: &str) -> Did {
    Did::parse(text).unwrap()
}

fn known() -> Known {
    let mut evidence = Evidence::default();
    evidence
        .documents
        .insert(did("did:web:acme.example"), "{}".to_owned());
    evidence
        .status_lists
        .insert(URL.to_owned(), "bundle's".to_owned());
    evidence.trust_statements.push("a.b.c".to_owned());
    evidence
        .status_floors
        .insert(URL.to_owned(), Timestamp::from_seconds(10));
    Known::new(evidence)
}

fn proven<'d>(
    status_floors: &'d SortedMap<String, Timestamp>,
    did_floors: &'d SortedMap<Did, String>,
    stapled: &'d SortedMap<String, String>,
) -> Proven<'d> {
    Proven {
        status_floors,
        did_floors,
        stapled,
    }
}

#[test]
fn what_was_added_and_not_proven_is_gone() {
    let mut known = known();
    let before = known.evidence().clone();
    let mut more = Evidence::default();
    more.documents
        .insert(did("did:web:acme.example"), "other".to_owned());
    more.documents
        .insert(did("did:web:new.example"), "new".to_owned());
    more.did_floors
        .insert(did("did:web:new.example"), "3-x".to_owned());
    more.status_lists.insert(URL.to_owned(), "other".to_owned());
    more.token_status_lists.insert(URL.to_owned(), "token".to_owned());
    more.status_floors
        .insert(URL.to_owned(), Timestamp::from_seconds(99));
    more.trust_statements.push("d.e.f".to_owned());
    let added = known.add(more);
    assert_ne!(*known.evidence(), before);
    let (floors, logs, stapled) = (SortedMap::new(), SortedMap::new(), SortedMap::new());
    known.take_back(added, &proven(&floors, &logs, &stapled));
    assert_eq!(*known.evidence(), before);
}

#[test]
fn floor_in_what_is_added_never_lowers_one() {
    let mut known = known();
    let mut more = Evidence::default();
    more.status_floors
        .insert(URL.to_owned(), Timestamp::from_seconds(5));
    known.add(more);
    assert_eq!(
        known.evidence().status_floors.get(URL),
        Some(&Timestamp::from_seconds(10))
    );
}

#[test]
fn proven_time_raises_a_floor_and_a_refresh_keeps_it() {
    let mut known = known();
    let added = known.add(Evidence::default());
    let floors = SortedMap::from([(URL.to_owned(), Timestamp::from_seconds(20))]);
    let logs = SortedMap::from([(did("did:webvh:x:acme.example"), "4-Q".to_owned())]);
    known.take_back(added, &proven(&floors, &logs, &SortedMap::new()));
    known.refresh(Evidence::default());
    assert_eq!(
        known.evidence().status_floors.get(URL),
        Some(&Timestamp::from_seconds(20))
    );
    let head = known.evidence().did_floors.get(&did("did:webvh:x:acme.example"));
    assert_eq!(head.map(String::as_str), Some("4-Q"));
    assert!(known.evidence().documents.is_empty());
}

#[test]
fn no_more_lists_are_kept_than_there_is_room_for() {
    let mut known = known();
    let text = "x".repeat(MOST_KEPT / 2);
    let (mut floors, mut more) = (SortedMap::new(), Evidence::default());
    for number in 0..3 {
        let url = format!("{URL}{number}");
        floors.insert(url.clone(), Timestamp::from_seconds(30));
        more.status_lists.insert(url, text.clone());
    }
    let added = known.add(more);
    known.take_back(added, &proven(&floors, &SortedMap::new(), &SortedMap::new()));
    let evidence = known.evidence();
    assert!(evidence.status_lists.contains_key(&format!("{URL}1")));
    // The third has no room: then its time raises no floor either, which the bundle's own would not hold under.
    assert!(!evidence.status_lists.contains_key(&format!("{URL}2")));
    assert!(!evidence.status_floors.contains_key(&format!("{URL}2")));
}

#[test]
fn stapled_list_of_nobody_known_at_its_address_is_neither_kept_nor_remembered() {
    for url in [URL.to_owned(), format!("{URL}-of-nobody"), format!("token {URL}")] {
        let mut known = known();
        let before = known.evidence().clone();
        let floors = SortedMap::from([(url.clone(), Timestamp::from_seconds(60))]);
        let stapled = SortedMap::from([(url, "a stranger's".to_owned())]);
        let added = known.add(Evidence::default());
        known.take_back(added, &proven(&floors, &SortedMap::new(), &stapled));
        assert_eq!(*known.evidence(), before);
    }
}
