//! ssi 0.16 and Chancery resolve the same did:key and did:jwk to the same keys.

use chancery_did::{Did, Document, KeyType, Method, Plan, PublicKey};
use chancery_did_jwk::DidJwk;
use chancery_did_key::DidKey;
use chancery_oracles::fixture::{Actor, SIGNING};
use chancery_oracles::peer;
use chancery_proof::base64url;
use serde_json::Value;
use ssi::dids::{AnyDidMethod, DID, DIDJWK, DIDKey, DIDResolver as _};

const SEEDS: std::ops::Range<u8> = 1..9;

fn actors() -> impl Iterator<Item = Actor> {
    SIGNING
        .into_iter()
        .flat_map(|kind| SEEDS.map(move |seed| Actor::new(kind, seed)))
}

/// ssi's document.
fn theirs(did: &str) -> Option<Value> {
    let did = DID::new(did).ok()?;
    let output = peer::runtime()
        .block_on(AnyDidMethod::default().resolve(did))
        .ok()?;
    serde_json::to_value(output.document.document()).ok()
}

/// The one key of ssi's document.
fn their_key(did: &str) -> Option<PublicKey> {
    let document = theirs(did)?;
    let methods = document["verificationMethod"].as_array()?;
    assert_eq!(methods.len(), 1);
    PublicKey::from_multikey(methods[0]["publicKeyMultibase"].as_str()?).ok()
}

fn ours(method: &dyn Method, did: &str) -> Option<Document> {
    match method.plan(&Did::parse(did).ok()?).ok()? {
        Plan::Local(document) => Some(*document),
        Plan::Fetch(url) | Plan::FetchLog { log: url, .. } => panic!("{did} is fetched from {url}"),
    }
}

fn our_key(method: &dyn Method, did: &str) -> Option<PublicKey> {
    let document = ours(method, did)?;
    assert_eq!(document.verification_methods().len(), 1);
    document.verification_methods()[0].key().cloned()
}

#[test]
fn did_key_is_the_same_text_and_resolves_to_the_same_key() {
    let (mut agreed, mut refused) = (0, 0);
    for actor in actors() {
        let did = DIDKey::generate(&peer::jwk(&actor.public().to_jwk())).unwrap();
        assert_eq!(did.as_str(), actor.did.as_str());
        assert_eq!(their_key(&did).as_ref(), Some(actor.public()));
        assert_eq!(our_key(&DidKey, &did).as_ref(), Some(actor.public()));
        let document = theirs(&did).unwrap();
        assert_eq!(document["verificationMethod"][0]["id"], actor.method.as_str());
        agreed += 1;
        let last = if did.ends_with('2') { '3' } else { '2' };
        let bent = format!("{}{last}", &did[..did.len() - 1]);
        assert_ne!(their_key(&bent).as_ref(), Some(actor.public()));
        assert_ne!(our_key(&DidKey, &bent).as_ref(), Some(actor.public()));
        refused += 1;
    }
    println!("interop ssi did:key: {agreed} agreed, {refused} tampered refused");
}

#[test]
fn did_jwk_is_the_same_text_and_resolves_to_the_same_key() {
    let (mut agreed, mut refused) = (0, 0);
    for actor in actors() {
        let did = DIDJWK::generate(&peer::jwk(&actor.public().to_jwk()));
        assert_eq!(
            did.as_str(),
            chancery_did_jwk::did_for(actor.public()).unwrap().as_str()
        );
        assert_eq!(their_key(&did).as_ref(), Some(actor.public()));
        assert_eq!(our_key(&DidJwk, &did).as_ref(), Some(actor.public()));
        agreed += 1;
        // A private JWK is a did:jwk for nobody.
        let private = base64url::encode(actor.private_jwk().to_string().as_bytes());
        let private = format!("did:jwk:{private}");
        assert_eq!((theirs(&private), ours(&DidJwk, &private)), (None, None));
        // Text cut short is no key for either.
        let cut = &did[..did.len() - 6];
        assert_eq!((theirs(cut), ours(&DidJwk, cut)), (None, None));
        refused += 2;
    }
    println!("interop ssi did:jwk: {agreed} agreed, {refused} tampered refused");
}

#[test]
fn the_relationships_that_ssi_gives_are_among_ours() {
    let mut agreed = 0;
    for kind in SIGNING {
        let actor = Actor::new(kind, 1);
        let document = theirs(actor.did.as_str()).unwrap();
        let ours = ours(&DidKey, actor.did.as_str()).unwrap();
        for relationship in chancery_did::Relationship::ALL {
            for method in document[relationship.as_str()].as_array().into_iter().flatten() {
                assert_eq!(method, actor.method.as_str());
                assert!(
                    ours.relates(&actor.method, relationship),
                    "{} of {kind:?}",
                    relationship.as_str()
                );
                agreed += 1;
            }
        }
    }
    assert!(agreed >= 2 * SIGNING.len());
    println!("interop ssi did:key relationships: {agreed} agreed");
}

#[test]
fn a_did_key_with_another_codec_than_its_bytes_is_refused() {
    // A P-256 point under Ed25519's codec: the length alone gives it away.
    let point = Actor::new(KeyType::P256, 1);
    let text = chancery_proof::multibase::encode_z(&[&[0xed, 0x01], point.public().raw()].concat());
    let did = format!("did:key:{text}");
    assert_eq!(our_key(&DidKey, &did), None);
    assert_eq!(their_key(&did), None);
    println!("interop ssi did:key codec: 1 agreed to refuse");
}
