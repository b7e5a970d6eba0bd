//! The bytes of a signature.

use std::rc::Rc;

use chancery_did::KeyType;
use chancery_proof::{base64url, multibase};
use serde_json::json;

use crate::corpus::Corpus;
use crate::party::{ADA, Party};
use crate::scene::Scene;
use crate::seal::Securing;

/// The signature's bytes bent, under either securing.
pub(in crate::corpus) fn resigned(
    corpus: &mut Corpus,
    name: &str,
    comment: &str,
    party: Party,
    bend: impl Fn(Vec<u8>) -> Vec<u8> + Clone + 'static,
) {
    for jose in [false, true] {
        let bend = bend.clone();
        let securing = if jose { "_jose" } else { "" };
        corpus.bent(
            &format!("signature_{name}{securing}"),
            "signature.invalid",
            comment,
            Scene::of(&[party]),
            |scene| {
                if jose {
                    scene.presentation.securing = Securing::Jose;
                    scene.presentation.token = Some(Rc::new(move |token| {
                        let (input, signature) = token.rsplit_once('.').unwrap();
                        format!(
                            "{input}.{}",
                            base64url::encode(&bend(base64url::decode(signature).unwrap()))
                        )
                    }));
                } else {
                    scene.presentation.afterwards(move |item| {
                        let signature =
                            multibase::decode_z(item["proof"]["proofValue"].as_str().unwrap()).unwrap();
                        item["proof"]["proofValue"] = json!(multibase::encode_z(&bend(signature)));
                    });
                }
            },
        );
    }
}

pub(in crate::corpus) fn flipped(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] ^= 1;
    bytes
}

/// Adds a little-endian (Ed25519) or big-endian number to a part of a signature.
pub(in crate::corpus) fn added(bytes: &mut [u8], number: &[u8], little: bool) {
    let mut carry = 0_u16;
    for step in 0..bytes.len() {
        let at = if little { step } else { bytes.len() - 1 - step };
        let sum = u16::from(bytes[at]) + u16::from(number[at]) + carry;
        bytes[at] = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
}

/// The order of Ed25519's group, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The order of P-256's group, big-endian.
const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

pub(in crate::corpus) fn ed25519(corpus: &mut Corpus) {
    resigned(
        corpus,
        "byte_changed",
        "One bit of the signature is another.",
        ADA,
        |bytes| flipped(bytes, 0),
    );
    resigned(
        corpus,
        "last_byte_changed",
        "One bit of the last byte is another.",
        ADA,
        |bytes| flipped(bytes, 63),
    );
    resigned(
        corpus,
        "s_plus_l",
        "The same signature with the group's order added to S.",
        ADA,
        |mut bytes| {
            added(&mut bytes[32..], &L, true);
            bytes
        },
    );
    resigned(
        corpus,
        "too_short",
        "The last byte is missing.",
        ADA,
        |mut bytes| {
            bytes.truncate(63);
            bytes
        },
    );
    resigned(corpus, "too_long", "A zero byte follows.", ADA, |mut bytes| {
        bytes.push(0);
        bytes
    });
    resigned(corpus, "of_zeros", "Sixty-four zeros.", ADA, |_| vec![0; 64]);
    resigned(
        corpus,
        "r_of_small_order",
        "R is the identity, S is zero.",
        ADA,
        |_| [&[1_u8][..], &[0; 63]].concat(),
    );
    resigned(corpus, "halves_exchanged", "S stands before R.", ADA, |bytes| {
        [&bytes[32..], &bytes[..32]].concat()
    });
    resigned(corpus, "twice", "The signature follows itself.", ADA, |bytes| {
        [bytes.clone(), bytes].concat()
    });
}

pub(in crate::corpus) fn ecdsa(corpus: &mut Corpus) {
    let ada = ADA.with(KeyType::P256);
    let less = |by: u8| {
        let mut number = N;
        number[31] -= by;
        number
    };
    let one = {
        let mut one = [0_u8; 32];
        one[31] = 1;
        one
    };
    let numbers = [
        ("zero", [0_u8; 32]),
        ("one", one),
        ("n_less_one", less(1)),
        ("n", N),
        ("all_ones", [0xff; 32]),
    ];
    for (r_name, r) in numbers {
        for (s_name, s) in numbers {
            if r_name != s_name && r_name != "zero" && s_name != "zero" {
                continue;
            }
            resigned(
                corpus,
                &format!("p256_r_{r_name}_s_{s_name}"),
                "A signature of two chosen numbers.",
                ada,
                move |_| [r, s].concat(),
            );
        }
    }
    resigned(
        corpus,
        "p256_byte_changed",
        "One bit of the signature is another.",
        ada,
        |bytes| flipped(bytes, 5),
    );
    resigned(
        corpus,
        "p256_too_short",
        "The last byte is missing.",
        ada,
        |mut bytes| {
            bytes.truncate(63);
            bytes
        },
    );
    resigned(
        corpus,
        "p256_trailing_zero",
        "A zero byte follows.",
        ada,
        |mut bytes| {
            bytes.push(0);
            bytes
        },
    );
    resigned(corpus, "p256_der", "The same numbers in DER.", ada, |bytes| {
        let part = |number: &[u8]| {
            let mut number = number.to_vec();
            if number[0] & 0x80 != 0 {
                number.insert(0, 0);
            }
            [&[2_u8, u8::try_from(number.len()).unwrap()][..], &number].concat()
        };
        let body = [part(&bytes[..32]), part(&bytes[32..])].concat();
        [&[0x30_u8, u8::try_from(body.len()).unwrap()][..], &body].concat()
    });
    resigned(
        corpus,
        "p256_empty_numbers",
        "Two numbers of no bytes at all would be zero.",
        ada,
        |_| vec![0],
    );
    resigned(
        corpus,
        "p256_padded_to_p384",
        "Both numbers padded to 48 bytes.",
        ada,
        |bytes| [&[0_u8; 16][..], &bytes[..32], &[0; 16], &bytes[32..]].concat(),
    );
    let ada = ADA.with(KeyType::P384);
    resigned(
        corpus,
        "p384_byte_changed",
        "One bit of the signature is another.",
        ada,
        |bytes| flipped(bytes, 95),
    );
    resigned(corpus, "p384_of_zeros", "Both numbers are zero.", ada, |_| {
        vec![0; 96]
    });
    resigned(corpus, "p384_cut_to_p256", "Only 64 bytes.", ada, |mut bytes| {
        bytes.truncate(64);
        bytes
    });
}
