//! Lists as CWT, sealed by hand (RFC 9052 section 4.4); evidence has them in base64url.

use chancery_proof::base64url;
use chancery_proof::cbor::{self, Value};
use serde_json::json;

use super::{INDEX, direct, lst, url};
use crate::corpus::Corpus;
use crate::party::{ACME_STATUS, MALLORY, Party};
use crate::scene::Scene;
use crate::time::{after, instant};

/// A message in the making: every part can be bent before or after it is signed.
struct Message {
    protected: Vec<(Value, Value)>,
    unprotected: Vec<(Value, Value)>,
    claims: Vec<(Value, Value)>,
    signer: Party,
    tag: Option<u64>,
    trailing: Vec<u8>,
    flip: bool,
}

fn number(number: i64) -> Value {
    Value::from(number)
}

impl Message {
    fn new(at: &str, set: &[(u64, u8)]) -> Self {
        let iat = instant(&after(at, -30)).seconds();
        Self {
            protected: vec![
                (number(1), number(-8)),
                (number(4), Value::Bytes(ACME_STATUS.method().into_bytes())),
                (number(16), Value::from("application/statuslist+cwt")),
            ],
            unprotected: Vec::new(),
            claims: vec![
                (number(2), Value::from(url())),
                (number(6), number(iat)),
                (number(4), number(iat + 3_600)),
                (number(65_534), number(300)),
                (number(65_533), list(2, lst(131_072, 2, set))),
            ],
            signer: ACME_STATUS,
            tag: Some(18),
            trailing: Vec::new(),
            flip: false,
        }
    }

    fn text(&self) -> String {
        let protected = cbor::encode(&Value::Map(self.protected.clone())).unwrap();
        let payload = cbor::encode(&Value::Map(self.claims.clone())).unwrap();
        let signed = Value::Array(vec![
            Value::from("Signature1"),
            Value::Bytes(protected.clone()),
            Value::Bytes(Vec::new()),
            Value::Bytes(payload.clone()),
        ]);
        let mut signature = self.signer.sign(&cbor::encode(&signed).unwrap());
        if self.flip {
            signature[0] ^= 1;
        }
        let message = Value::Array(vec![
            Value::Bytes(protected),
            Value::Map(self.unprotected.clone()),
            Value::Bytes(payload),
            Value::Bytes(signature),
        ]);
        let message = match self.tag {
            Some(tag) => Value::Tag(tag, Box::new(message)),
            None => message,
        };
        base64url::encode(&[cbor::encode(&message).unwrap(), self.trailing.clone()].concat())
    }

    /// Another value for a claim.
    fn claim(&mut self, label: i64, value: Value) {
        self.claims
            .iter_mut()
            .find(|(name, _)| *name == number(label))
            .unwrap()
            .1 = value;
    }

    /// Another value for a protected parameter.
    fn parameter(&mut self, label: i64, value: Value) {
        self.protected
            .iter_mut()
            .find(|(name, _)| *name == number(label))
            .unwrap()
            .1 = value;
    }

    fn without(&mut self, label: i64) {
        self.claims.retain(|(name, _)| *name != number(label));
    }
}

fn list(bits: i64, lst: Vec<u8>) -> Value {
    Value::Map(vec![
        (Value::from("bits"), number(bits)),
        (Value::from("lst"), Value::Bytes(lst)),
    ])
}

fn vector(
    corpus: &mut Corpus,
    name: &str,
    code: &str,
    comment: &str,
    set: &[(u64, u8)],
    bend: impl FnOnce(&mut Message),
) {
    direct(corpus, name, code, comment, |scene: &mut Scene| {
        let mut message = Message::new(&scene.at, set);
        bend(&mut message);
        let text = message.text();
        scene.evidence(move |evidence| evidence["tokenStatusLists"][url()] = json!(text));
    });
}

pub(super) fn vectors(corpus: &mut Corpus) {
    vector(
        corpus,
        "allow_token_status_list_cwt",
        "ok",
        "The list is a CWT.",
        &[(99, 1)],
        |_| {},
    );
    for (name, code, value) in [
        ("invalid", "status.revoked", 1_u8),
        ("suspended", "status.suspended", 2),
        ("of_three", "status.unknown", 3),
    ] {
        let comment = "The same statuses as in a JWT.";
        vector(
            corpus,
            &format!("token_status_cwt_{name}"),
            code,
            comment,
            &[(INDEX, value)],
            |_| {},
        );
    }
    type Case = (&'static str, fn(&mut Message));
    let cases: [Case; 27] = [
        ("untagged", |message| message.tag = None),
        ("mac", |message| message.tag = Some(17)),
        ("under_the_cwt_tag", |message| message.tag = Some(61)),
        ("trailing_byte", |message| message.trailing = vec![0]),
        ("signature_changed", |message| message.flip = true),
        ("of_a_stranger", |message| {
            message.signer = MALLORY;
            message.parameter(4, Value::Bytes(MALLORY.method().into_bytes()));
        }),
        ("under_the_name_of_another", |message| message.signer = MALLORY),
        ("without_a_kid", |message| {
            message.protected.retain(|(name, _)| *name != number(4))
        }),
        ("without_a_typ", |message| {
            message.protected.retain(|(name, _)| *name != number(16))
        }),
        ("typ_of_a_jwt", |message| {
            message.parameter(16, Value::from("application/statuslist+jwt"))
        }),
        ("typ_unprotected", |message| {
            message.protected.retain(|(name, _)| *name != number(16));
            message
                .unprotected
                .push((number(16), Value::from("application/statuslist+cwt")));
        }),
        ("alg_of_another_key", |message| message.parameter(1, number(-7))),
        ("alg_of_a_mac", |message| message.parameter(1, number(5))),
        ("crit", |message| {
            message
                .protected
                .push((number(2), Value::Array(vec![number(16)])));
        }),
        ("sub_of_another_list", |message| {
            message.claim(2, Value::from("https://acme.example/status-lists/r"));
        }),
        ("sub_bytes", |message| {
            message.claim(2, Value::Bytes(url().into_bytes()))
        }),
        ("without_sub", |message| message.without(2)),
        ("iat_text", |message| message.claim(6, Value::from("1781683170"))),
        ("without_iat", |message| message.without(6)),
        ("ttl_zero", |message| message.claim(65_534, number(0))),
        ("ttl_negative", |message| message.claim(65_534, number(-300))),
        ("without_status_list", |message| message.without(65_533)),
        ("bits_three", |message| {
            message.claim(65_533, list(3, lst(131_072, 2, &[])))
        }),
        ("lst_text", |message| {
            let text = base64url::encode(&lst(131_072, 2, &[]));
            let list = vec![
                (Value::from("bits"), number(2)),
                (Value::from("lst"), Value::from(text)),
            ];
            message.claim(65_533, Value::Map(list));
        }),
        ("claim_twice", |message| {
            message.claims.push((number(2), Value::from(url())))
        }),
        ("claims_by_name", |message| {
            message.claims = vec![(Value::from("sub"), Value::from(url()))];
        }),
        ("not_zlib", |message| message.claim(65_533, list(2, vec![0; 64]))),
    ];
    for (name, bend) in cases {
        let comment = "A CWT that is not as RFC 9052 and the draft have it.";
        vector(
            corpus,
            &format!("token_status_cwt_{name}"),
            "status.unknown",
            comment,
            &[],
            bend,
        );
    }
    vector(
        corpus,
        "token_status_cwt_bomb",
        "limit.decompression",
        "The bits do not inflate within their bounds.",
        &[],
        |message| message.claim(65_533, list(8, super::zlib(&vec![0; 4 * 1024 * 1024 + 1]))),
    );
    vector(
        corpus,
        "token_status_cwt_ended",
        "status.stale",
        "The list's own end has come.",
        &[],
        |message| {
            let at = instant(crate::time::NOW).seconds();
            message.claim(4, number(at - 1));
        },
    );
}
