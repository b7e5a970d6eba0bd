//! Step 9 for Token Status Lists (draft-ietf-oauth-status-list-20): the rules of the other kind of list, with the
//! same codes.

mod age;
mod allow;
mod cwt;
mod entry;
mod list;

use std::io::Write as _;

use chancery_proof::base64url;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};

use super::{Corpus, remove};
use crate::paper::list as address;
use crate::party::{ACME, ACME_STATUS, ADA, BOB, Party};
use crate::scene::Scene;
use crate::seal::{Securing, Slip};
use crate::time::{after, instant};

/// The index of Ada's capability on the list.
const INDEX: u64 = 100;

pub(super) fn vectors(corpus: &mut Corpus) {
    allow::vectors(corpus);
    entry::values(corpus);
    entry::entries(corpus);
    entry::instead(corpus);
    list::retrieval(corpus);
    list::signers(corpus);
    list::claims(corpus);
    list::compressed(corpus);
    age::ages(corpus);
    age::delegations(corpus);
    cwt::vectors(corpus);
}

/// The address of Acme's Token Status List.
pub(super) fn url() -> String {
    address(ACME, "t")
}

/// Ada presents a capability, a JWT, whose only status stands on Acme's list of two bits.
fn scene() -> Scene {
    let mut scene = Scene::of(&[ADA]);
    carrying(&mut scene, 0, INDEX);
    scene
}

/// As [`scene`], handed on to Bob.
fn delegated() -> Scene {
    let mut scene = Scene::of(&[ADA, BOB]);
    carrying(&mut scene, 0, INDEX);
    scene
}

/// Makes a paper a JWT with an entry of the list, in place of its Bitstring entries, and brings the list.
fn carrying(scene: &mut Scene, place: usize, index: u64) {
    remove(scene.paper(place), "credentialStatus");
    let slip = &mut scene.papers[place];
    slip.securing = Securing::Jose;
    slip.claims["status"] = json!({"status_list": {"idx": index, "uri": url()}});
    let list = token_list(&url(), ACME_STATUS, &after(&scene.at, -30), 2, &[]);
    scene.token_lists.insert(url(), list);
}

/// A signed list of this many bits with these statuses, for an hour.
fn token_list(url: &str, signer: Party, made: &str, bits: u8, set: &[(u64, u8)]) -> Slip {
    let iat = instant(made).seconds();
    let claims = json!({
        "sub": url, "iat": iat, "exp": iat + 3_600, "ttl": 300,
        "status_list": {"bits": bits, "lst": base64url::encode(&lst(131_072, bits, set))},
    });
    let mut slip = Slip::new(claims, signer, "assertionMethod", made);
    slip.securing = Securing::Jose;
    slip.header["typ"] = json!("statuslist+jwt");
    slip
}

/// So many statuses, with these set, compressed.
fn lst(entries: usize, bits: u8, set: &[(u64, u8)]) -> Vec<u8> {
    let mut bytes = vec![0_u8; (entries * usize::from(bits)).div_ceil(8)];
    for (index, value) in set {
        let first = usize::try_from(*index).unwrap() * usize::from(bits);
        bytes[first / 8] |= value << (first % 8);
    }
    zlib(&bytes)
}

/// One zlib stream, the same bytes always alike.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The claims of the list.
fn claims(scene: &mut Scene) -> &mut Value {
    &mut scene.token_lists.get_mut(&url()).unwrap().document
}

/// Other statuses on the list, which keeps its times.
fn set(scene: &mut Scene, bits: u8, values: &[(u64, u8)]) {
    let lst = base64url::encode(&lst(131_072, bits, values));
    claims(scene)["status_list"] = json!({"bits": bits, "lst": lst});
}

/// Replaces the list by one of another time.
pub(super) fn publish(scene: &mut Scene, seconds: i64, values: &[(u64, u8)]) {
    let made = after(&scene.at, seconds);
    let list = token_list(&url(), ACME_STATUS, &made, 2, values);
    scene.token_lists.insert(url(), list);
}

/// A vector about Ada's capability on the list.
pub(super) fn direct(
    corpus: &mut Corpus,
    name: &str,
    code: &str,
    comment: &str,
    bend: impl FnOnce(&mut Scene),
) {
    corpus.bent(name, code, comment, scene(), bend);
}
