//! Related resources: each with a distinct URL and a digest that is right (VCDM 2.0 section 5.3).
//!
//! `digestSRI` follows Subresource Integrity (several digests, of which the strongest kind counts, any of them);
//! `digestMultibase` is a multibase Multihash, or the bare hash, which is met in the field. Nothing is fetched:
//! the digest of a resource that is known here has to be its own, and of the others only the form is judged.
//!
//! INVARIANT: no two of the resources are one, each has a digest, and no digest of a known resource is wrong.

use chancery_proof::multibase;
use serde_json::{Map, Value};

use super::digests::KNOWN;
use super::{Model, items, url};
use crate::paper::PaperError;

/// The hash functions, weakest first: SRI name, Multihash code, bytes.
const HASHES: [(&str, u8, usize); 3] = [("sha256", 0x12, 32), ("sha384", 0x20, 48), ("sha512", 0x13, 64)];

/// A digest: which of [`HASHES`], and its value in hexadecimal.
type Digest = (usize, String);

/// Checks `relatedResource`, which version 1.1 does not know.
pub(super) fn check(object: &Map<String, Value>, model: Model) -> Result<(), PaperError> {
    let Some(value) = object.get("relatedResource").filter(|_| model == Model::V2_0) else {
        return Ok(());
    };
    let pointer = "/relatedResource";
    if items(Some(value)).is_empty() {
        return Err(PaperError::structure(pointer, "at least one object"));
    }
    let mut seen: Vec<String> = Vec::new();
    for (at, item) in items(Some(value)).iter().enumerate() {
        let place = format!("{pointer}/{at}");
        let id = item.get("id").ok_or_else(|| PaperError::Missing {
            pointer: format!("{place}/id"),
        })?;
        let id = url(id, &format!("{place}/id"))?;
        if seen.contains(&id) {
            return Err(PaperError::structure(
                &format!("{place}/id"),
                "distinct from the others",
            ));
        }
        let sri = digests(item, "digestSRI", &place, of_sri)?;
        let multibase = digests(item, "digestMultibase", &place, of_multibase)?;
        if sri.is_none() && multibase.is_none() {
            return Err(PaperError::structure(&place, "a resource with a digest"));
        }
        for (name, found) in [("digestSRI", sri), ("digestMultibase", multibase)] {
            if found.is_some_and(|found| !right(&id, &found)) {
                return Err(PaperError::Digest {
                    pointer: format!("{place}/{name}"),
                });
            }
        }
        seen.push(id);
    }
    Ok(())
}

/// The digests in one member, if it is there: each well formed, all of one kind.
fn digests(
    item: &Value,
    name: &str,
    place: &str,
    read: fn(&str) -> Option<Vec<Digest>>,
) -> Result<Option<Vec<Digest>>, PaperError> {
    let Some(value) = item.get(name) else {
        return Ok(None);
    };
    let found = value.as_str().and_then(read);
    found
        .map(Some)
        .ok_or_else(|| PaperError::structure(&format!("{place}/{name}"), "a digest of a known form"))
}

/// Whether one of these digests is that of the resource, as far as it is known.
fn right(id: &str, found: &[Digest]) -> bool {
    KNOWN.iter().find(|known| known.id == id).is_none_or(|known| {
        found
            .iter()
            .any(|(kind, digest)| known.digests.get(*kind).is_some_and(|own| own == digest))
    })
}

/// Integrity metadata: digests between blanks, of which only those of the strongest kind count.
fn of_sri(text: &str) -> Option<Vec<Digest>> {
    let mut found = Vec::new();
    for part in text.split_ascii_whitespace() {
        let (name, rest) = part.split_once('-')?;
        let digest = rest.split_once('?').map_or(rest, |(digest, _)| digest);
        let kind = HASHES.iter().position(|(known, ..)| *known == name)?;
        let bytes = super::envelope::base64(digest).ok()?;
        let (.., length) = HASHES.get(kind)?;
        found.push((kind, hexadecimal(&bytes, *length)?));
    }
    let strongest = found.iter().map(|(kind, _)| *kind).max()?;
    found.retain(|(kind, _)| *kind == strongest);
    Some(found)
}

/// A Multihash, or a bare hash told by its length.
fn of_multibase(text: &str) -> Option<Vec<Digest>> {
    let bytes = multibase::decode(text).ok()?;
    let read = |(kind, (_, code, length)): (usize, &(&str, u8, usize))| {
        let bare = match bytes.as_slice() {
            [head, size, hash @ ..] if head == code && usize::from(*size) == *length => hash,
            hash => hash,
        };
        hexadecimal(bare, *length).map(|digest| (kind, digest))
    };
    HASHES
        .iter()
        .enumerate()
        .find_map(read)
        .map(|digest| vec![digest])
}

fn hexadecimal(bytes: &[u8], length: usize) -> Option<String> {
    let digits = || bytes.iter().map(|byte| format!("{byte:02x}"));
    (bytes.len() == length).then(|| digits().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sha2::{Digest as _, Sha256, Sha384, Sha512};

    use super::*;

    const BASE: &str = "https://www.w3.org/ns/credentials/v2";
    /// SHA-256 of the base context, as the recommendation publishes it.
    const HASH: &str = "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734";

    fn of(resource: Value) -> Result<(), &'static str> {
        let document = json!({ "relatedResource": resource });
        check(document.as_object().unwrap(), Model::V2_0).map_err(|error| error.code())
    }

    fn hash() -> Vec<u8> {
        let digits = HASH
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).unwrap());
        digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    /// Standard base64 by way of base64url.
    fn base64(bytes: &[u8]) -> String {
        let url = chancery_proof::base64url::encode(bytes);
        let padding = ["", "===", "==", "="][url.len() % 4];
        format!("{}{padding}", url.replace('-', "+").replace('_', "/"))
    }

    #[test]
    fn the_right_digest_of_a_known_resource_passes_in_every_form() {
        let multihash = [&[0x12, 32][..], &hash()].concat();
        for (name, digest) in [
            ("digestMultibase", multibase::encode_u(&hash())),
            ("digestMultibase", multibase::encode_z(&hash())),
            ("digestMultibase", multibase::encode_u(&multihash)),
            ("digestMultibase", multibase::encode_z(&multihash)),
            ("digestSRI", format!("sha256-{}", base64(&hash()))),
            ("digestSRI", format!("sha256-{}?x", base64(&hash()))),
            (
                "digestSRI",
                format!("sha256-{} sha256-{}", base64(&[7; 32]), base64(&hash())),
            ),
        ] {
            assert_eq!(of(json!({ "id": BASE, name: digest })), Ok(()), "{digest}");
            assert_eq!(
                of(json!([{ "id": BASE, name: digest, "mediaType": "application/ld+json" }])),
                Ok(())
            );
        }
    }

    #[test]
    fn a_wrong_digest_of_a_known_resource_is_refused() {
        let other = [&[0x12, 32][..], &[7; 32]].concat();
        let right = format!("sha256-{}", base64(&hash()));
        for (name, digest) in [
            ("digestMultibase", multibase::encode_u(&[7; 32])),
            ("digestMultibase", multibase::encode_u(&other)),
            ("digestMultibase", multibase::encode_u(&[7; 48])),
            ("digestSRI", format!("sha256-{}", base64(&[7; 32]))),
            ("digestSRI", format!("sha384-{}", base64(&[7; 48]))),
            // Only the strongest kind counts, as in Subresource Integrity.
            ("digestSRI", format!("{right} sha512-{}", base64(&[7; 64]))),
        ] {
            assert_eq!(
                of(json!({ "id": BASE, name: digest })),
                Err("parse.digest"),
                "{digest}"
            );
        }
        let both = json!({
            "id": BASE, "digestSRI": right, "digestMultibase": multibase::encode_u(&[7; 32]),
        });
        assert_eq!(of(both), Err("parse.digest"));
    }

    #[test]
    fn what_is_no_digest_is_refused_for_any_resource() {
        let own = multibase::encode_u(&[7; 32]);
        assert_eq!(
            of(json!({ "id": "https://a.example/1", "digestMultibase": own })),
            Ok(())
        );
        for (name, digest) in [
            ("digestMultibase", json!("")),
            ("digestMultibase", json!(7)),
            ("digestMultibase", json!(null)),
            ("digestMultibase", json!("u")),
            ("digestMultibase", json!(multibase::encode_u(&[7; 31]))),
            (
                "digestMultibase",
                json!(multibase::encode_u(&[&[0x13, 32][..], &[7; 32]].concat())),
            ),
            ("digestMultibase", json!(HASH)),
            ("digestSRI", json!("")),
            ("digestSRI", json!([])),
            ("digestSRI", json!("sha256")),
            ("digestSRI", json!("md5-AAAAAAAAAAAAAAAAAAAAAA==")),
            ("digestSRI", json!(format!("sha256-{}", base64(&[7; 48])))),
            (
                "digestSRI",
                json!(format!("sha256-{}", multibase::encode_u(&[255; 32]))),
            ),
            (
                "digestSRI",
                json!(format!("sha256-{}", base64(&[7; 32]).trim_end_matches('='))),
            ),
            ("digestSRI", json!(format!("sha256-{} rot13-x", base64(&[7; 32])))),
        ] {
            let resource = json!({ "id": "https://a.example/1", name: digest });
            assert_eq!(of(resource), Err("parse.structure"), "{name} {digest}");
        }
    }

    #[test]
    fn each_resource_is_an_object_with_an_id_and_a_digest_and_stands_once() {
        let digest = multibase::encode_u(&[7; 32]);
        let one = json!({ "id": "https://a.example/1", "digestMultibase": digest });
        for resource in [
            json!([]),
            json!(null),
            json!("https://a.example/1"),
            json!(["https://a.example/1"]),
            json!({ "digestMultibase": digest }),
            json!({ "id": null, "digestMultibase": digest }),
            json!({ "id": "no url", "digestMultibase": digest }),
            json!({ "id": "https://a.example/1" }),
            json!([one, one]),
            json!([one, { "id": "https://a.example/2" }]),
        ] {
            assert_eq!(of(resource.clone()), Err("parse.structure"), "{resource}");
        }
    }

    #[test]
    fn the_known_digests_are_those_of_the_official_bytes() {
        let Some(folder) = chancery_official::folder("contexts") else {
            return;
        };
        let files = [
            "credentials-v2.jsonld",
            "credentials-v1.jsonld",
            "credentials-examples-v2.jsonld",
            "credentials-undefined-terms-v2.jsonld",
        ];
        assert_eq!(files.len(), KNOWN.len());
        for (file, known) in files.iter().zip(KNOWN) {
            let bytes = std::fs::read(folder.join(file)).unwrap();
            let hex = |bytes: &[u8]| hexadecimal(bytes, bytes.len()).unwrap();
            let own = [
                hex(&Sha256::digest(&bytes)),
                hex(&Sha384::digest(&bytes)),
                hex(&Sha512::digest(&bytes)),
            ];
            assert_eq!(known.digests.map(str::to_owned), own, "{file}");
        }
        chancery_official::report("contexts", "4 passed, 0 failed");
    }
}
