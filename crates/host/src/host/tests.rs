//! What no corpus shows: room, numbers, and any text at any place.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const AT: i64 = 1_781_683_200_000;

fn is_answer(text: &str) {
    let answer: Value = serde_json::from_str(text).unwrap();
    assert_eq!(answer["apiVersion"], "chancery.v1", "{text}");
    assert_ne!(answer["allow"], true, "{text}");
}

/// Every verb with these texts, by handles that may or may not be there.
fn every_verb(host: &mut Host, a: &str, b: &str, c: &str, handle: u32, at: i64) {
    is_answer(&host.open(a, at));
    is_answer(&host.refresh(handle, a, at));
    is_answer(&host.verify(handle, a, b, c, at));
    is_answer(&host.verify_request(handle, a, c, at));
    is_answer(&host.admit(handle, a, b, c, at));
    is_answer(&host.authorize(handle, a, c, at));
    is_answer(&host.resolve(handle, a, at));
    is_answer(&host.verify_card(handle, a, at));
    is_answer(&crate::inspect(a));
    let drawn = crate::render_chain(a, b);
    assert!(drawn.starts_with('{'), "{drawn}");
    is_answer(&crate::decide(a));
    host.end(handle);
    host.close(handle);
}

proptest! {
    #[test]
    fn any_text_at_any_place_is_answered_and_allows_nothing(
        a in "\\PC{0,40}", b in "[\\[\\]{}\",:a-z0-9.~_-]{0,40}", c in "\\PC{0,10}", handle in any::<u32>(), at in any::<i64>(),
    ) {
        let mut host = Host::new();
        every_verb(&mut host, &a, &b, &c, handle, at);
        every_verb(&mut host, &b, &a, &c, 0, AT);
        let settled: Value = serde_json::from_str(&host.settle(&a, &b)).unwrap();
        prop_assert_eq!(&settled["kind"], "Error");
    }
}

#[test]
fn time_outside_of_the_calendar_is_refused_before_anything_is_read() {
    for at in [i64::MIN, -1, END_OF_TIME, i64::MAX] {
        let answer: Value = serde_json::from_str(&Host::new().open("", at)).unwrap();
        assert_eq!(answer["code"], "host.clock");
    }
}

#[test]
fn ending_what_is_not_there_changes_nothing() {
    let mut host = Host::new();
    host.end(0);
    host.close(7);
    let answer: Value = serde_json::from_str(&host.authorize(1, "{}", "", AT)).unwrap();
    assert_eq!(answer["code"], "host.unknown_handle");
}

#[test]
fn options_beyond_the_room_are_refused_unread() {
    let mut host = Host::new();
    host.verifiers = Slab::new(1, 10);
    let answer: Value = serde_json::from_str(&host.open("{\"bundle\":\"\"}", AT)).unwrap();
    assert_eq!(answer["code"], "host.full");
}
