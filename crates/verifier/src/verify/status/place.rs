//! Whether a status list lies where its authority itself publishes.
//!
//! Follows the addresses of [did:web](https://w3c-ccg.github.io/did-method-web/#read-resolve) and
//! [did:webvh 1.0](https://identity.foundation/didwebvh/v1.0/#the-did-to-https-transformation). INVARIANT: an address
//! below the folder of one authority is below that of no other, but of one whose folder holds the other's; so nobody
//! who only names an address is taken for its owner.

use chancery_did::{Did, HttpsAddress};

/// Whether `url` lies below the folder that the DID names on its host; never for a DID without a host.
pub(super) fn is_own(authority: &Did, url: &str) -> bool {
    let id = authority.method_specific_id();
    let place = match authority.method() {
        "web" => Some(id),
        "webvh" => id.split_once(':').map(|(_, place)| place),
        _ => None,
    };
    place
        .and_then(|place| HttpsAddress::parse(place).ok())
        .and_then(|address| url.strip_prefix(address.folder().as_str()))
        .is_some_and(|rest| rest.starts_with('/') && !climbs(rest))
}

/// Whether a path leaves its folder again when it is resolved.
fn climbs(path: &str) -> bool {
    let path_end = path.find(['?', '#']).unwrap_or(path.len());
    let path = path.get(..path_end).unwrap_or(path);
    path.contains('\\')
        || path.split('/').any(|segment| {
            let plain = segment.to_ascii_lowercase().replace("%2e", ".");
            plain == ".." || plain.contains("%2f") || plain.contains("%5c")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owns(did: &str, url: &str) -> bool {
        is_own(&Did::parse(did).unwrap(), url)
    }

    #[test]
    fn address_that_is_only_named_is_not_ones_own() {
        for (did, url) in [
            ("did:web:mallory.example", "https://acme.example/status/1"),
            ("did:web:acme.example:mallory", "https://acme.example/status/1"),
            ("did:web:acme.example:mallory", "https://acme.example/mallory"),
            (
                "did:web:acme.example:mallory",
                "https://acme.example/mallory2/status/1",
            ),
            (
                "did:web:acme.example:mallory",
                "https://acme.example/mallory/../status/1",
            ),
            (
                "did:web:acme.example:mallory",
                "https://acme.example/mallory/%2E./status/1",
            ),
            (
                "did:web:acme.example:mallory",
                "https://acme.example/mallory/..%2Fstatus/1",
            ),
            (
                "did:web:acme.example:mallory",
                "https://acme.example/mallory/x\\..\\..\\status/1",
            ),
            ("did:web:acme.example", "https://acme.example.mallory.example/1"),
            ("did:web:acme.example", "https://acme.example@mallory.example/1"),
            ("did:web:acme.example", "https://acme.example:8443/1"),
            ("did:web:acme.example%3A8443", "https://acme.example/1"),
            ("did:web:acme.example", "http://acme.example/1"),
            ("did:web:acme.example", "https://acme.example"),
            ("did:web:acme.example", ""),
            (
                "did:webvh:QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ:mallory.example",
                "https://acme.example/1",
            ),
            (
                "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
                "https://acme.example/1",
            ),
        ] {
            assert!(!owns(did, url), "{did} {url}");
        }
    }

    #[test]
    fn address_below_the_folder_of_a_did_is_its_own() {
        for (did, url) in [
            ("did:web:acme.example", "https://acme.example/status/1"),
            ("did:web:acme.example", "https://acme.example/status/1?at=../x"),
            (
                "did:web:acme.example%3A8443",
                "https://acme.example:8443/status/1",
            ),
            (
                "did:web:acme.example:berlin",
                "https://acme.example/berlin/status/1",
            ),
            (
                "did:webvh:QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ:acme.example",
                "https://acme.example/status/1",
            ),
        ] {
            assert!(owns(did, url), "{did} {url}");
        }
    }
}
