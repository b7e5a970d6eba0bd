//! The strict rules for Ed25519 (RFC 8032 with `S < L`, canonical encodings, no point of small order), on
//! every backend, after the cases that <https://eprint.iacr.org/2020/1244> found implementations to differ in.
//!
//! Each signature below fulfils `[S]B = R + [k]A`, with or without the cofactor; only the rules decide.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use chancery_did::{Backend, KeyError, KeyType, PublicKey};

struct Case {
    name: &'static str,
    key: &'static str,
    message: &'static str,
    signature: &'static str,
    holds: bool,
}

const CASES: [Case; 19] = [
    Case {
        name: "an ordinary signature",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "673e3324f0e55b189ac385a668e4d73458ad37351a03192793724ae3fcc3b0cc\
                    c566a7431b259139d252735b93b18d14e4574a89d98337646a42f56bc58ead03",
        holds: true,
    },
    Case {
        name: "S + L",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "673e3324f0e55b189ac385a668e4d73458ad37351a03192793724ae3fcc3b0cc\
                    b23a9da03588a391a8ef6afe71ab6c29e4574a89d98337646a42f56bc58ead13",
        holds: false,
    },
    Case {
        name: "R is 0 times a point of order eight",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "0100000000000000000000000000000000000000000000000000000000000000\
                    6ed54d3f1b89e4022f78facdb6bf21f4122839136928d2fbedb9b825f406a008",
        holds: false,
    },
    Case {
        name: "R is 1 times a point of order eight",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05\
                    072a9e46b2be2017f40af8a91a1b49b863b99b32e24d62860fd72aaa715ea100",
        holds: false,
    },
    Case {
        name: "R is 2 times a point of order eight",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "0000000000000000000000000000000000000000000000000000000000000000\
                    b8f1d72ad846ae45706a9e0aa340a1e6316beabde6f476578119db92ad7bb804",
        holds: false,
    },
    Case {
        name: "R is 3 times a point of order eight",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a\
                    82988a131dffa6f137a7b354e4809136ec9cb4e1cb3f82ce88039e567463310c",
        holds: false,
    },
    Case {
        name: "R is 4 times a point of order eight",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f\
                    52e4d5f50bd390b4c84bd20e39370a726d5c80b624eb6b5610f55f05d7b76900",
        holds: false,
    },
    Case {
        name: "R is 5 times a point of order eight",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa\
                    c4720c1e8d37c10101792301d909519c80161f7496b0065387fb4b98222e060d",
        holds: false,
    },
    Case {
        name: "R is 6 times a point of order eight",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "0000000000000000000000000000000000000000000000000000000000000080\
                    d7cf10876734a7b5a4f577c02e635bfae75ce142f9536d4f0196077a3d824d0e",
        holds: false,
    },
    Case {
        name: "R is 7 times a point of order eight",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85\
                    ba1719a648328e213ccb40b76ed70a188aba4cf1edf1c61718dc8b23b3dd360b",
        holds: false,
    },
    Case {
        name: "R is the identity as y = p + 1",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f\
                    a3796cd8033725dc9aad03fe94c4aa31ee234f006d5fad481fa9526ec87cf102",
        holds: false,
    },
    Case {
        name: "R is the identity with a sign on its zero x",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "0100000000000000000000000000000000000000000000000000000000000080\
                    bd708aedc5805881affde14361b21b5fe22a55af83a691e8c633feca7c47770f",
        holds: false,
    },
    Case {
        name: "R is the identity as y = p + 1 with a sign",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                    276add2cfd44ba0769583e905a187f99288a38888dd22679839ecf4157b5a80d",
        holds: false,
    },
    Case {
        name: "R is spelled as y = p + 1 and hashed as y = 1",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f\
                    6ed54d3f1b89e4022f78facdb6bf21f4122839136928d2fbedb9b825f406a008",
        holds: false,
    },
    Case {
        name: "A has a torsion part that the equation sees",
        key: "a586b4bb01f120f805536b824df44866497cf68c9c1bcf161ec3df7bc6c11244",
        message: "message 0",
        signature: "673e3324f0e55b189ac385a668e4d73458ad37351a03192793724ae3fcc3b0cc\
                    ca76ebc4e4cccb847c4102e4cc51e97b27a4d237508be5824ca7932e36b9090f",
        holds: false,
    },
    Case {
        name: "A has a torsion part that the hash cancels",
        key: "a586b4bb01f120f805536b824df44866497cf68c9c1bcf161ec3df7bc6c11244",
        message: "message 6",
        signature: "673e3324f0e55b189ac385a668e4d73458ad37351a03192793724ae3fcc3b0cc\
                    9254ac5538e8764855dc48d37acc6571568a9d3ce5315fc43e74da84d8461f08",
        holds: true,
    },
    Case {
        name: "R has a torsion part",
        key: "fdd07d0bb562760cdb1ce08a937535c048a62e41bf2d1f5eb2b7701a78e1347c",
        message: "refund 35 EUR",
        signature: "a622d6bc59f42f3e112f17e6209303c03abe46ab0c3ac8b10bc0d1e54fab4c1c\
                    2f767f2aa09c59a95e3623183df8a0be840042e462a25fba3c4d73ec5ce8e70c",
        holds: false,
    },
    Case {
        name: "A and R have torsion parts that do not cancel",
        key: "a586b4bb01f120f805536b824df44866497cf68c9c1bcf161ec3df7bc6c11244",
        message: "note 0",
        signature: "a622d6bc59f42f3e112f17e6209303c03abe46ab0c3ac8b10bc0d1e54fab4c1c\
                    8170131cdf6e471c64fe43751088be3892de69149f896b27153729a63f531804",
        holds: false,
    },
    Case {
        name: "A and R have torsion parts that cancel",
        key: "a586b4bb01f120f805536b824df44866497cf68c9c1bcf161ec3df7bc6c11244",
        message: "note 7",
        signature: "a622d6bc59f42f3e112f17e6209303c03abe46ab0c3ac8b10bc0d1e54fab4c1c\
                    afc0aa15d43cefa5f7788a45b500a704b880213f50f13effa66be6e5a5d6df01",
        holds: true,
    },
];

fn hex(text: &str) -> Vec<u8> {
    multibase::Base::Base16Lower.decode(text).expect("hexadecimal")
}

#[test]
fn backends_give_the_same_strict_verdict() {
    let mut checked = 0;
    for case in &CASES {
        let key = PublicKey::from_raw(KeyType::Ed25519, &hex(case.key)).expect(case.name);
        for backend in [Backend::Pure, Backend::AwsLc] {
            let verdict = key.verify_with(backend, case.message.as_bytes(), &hex(case.signature));
            assert_eq!(verdict.is_ok(), case.holds, "{} on {backend:?}", case.name);
            checked += 1;
        }
    }
    assert_eq!(checked, 38);
}

#[test]
fn signatures_of_another_length_do_not_hold() {
    let honest = &CASES[0];
    let key = PublicKey::from_raw(KeyType::Ed25519, &hex(honest.key)).expect("a key");
    let signature = hex(honest.signature);
    let longer = [signature.as_slice(), &[0]].concat();
    for backend in [Backend::Pure, Backend::AwsLc] {
        for other in [&[][..], &signature[..32], &signature[..63], &longer] {
            assert!(
                key.verify_with(backend, honest.message.as_bytes(), other)
                    .is_err()
            );
        }
    }
}

#[test]
fn points_of_small_order_are_no_keys() {
    let canonical = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ];
    for raw in canonical {
        assert_eq!(
            PublicKey::from_raw(KeyType::Ed25519, &hex(raw)),
            Err(KeyError::Weak),
            "{raw}"
        );
    }
    let other_spellings = [
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];
    for raw in other_spellings {
        assert!(PublicKey::from_raw(KeyType::Ed25519, &hex(raw)).is_err(), "{raw}");
    }
}

#[test]
fn spellings_above_the_prime_are_no_keys() {
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut raw = [0xff; 32];
            (raw[0], raw[31]) = (low, high);
            assert!(matches!(
                PublicKey::from_raw(KeyType::Ed25519, &raw),
                Err(KeyError::Invalid(_))
            ));
        }
    }
}

#[test]
fn points_of_small_order_are_no_keys_for_agreement() {
    for raw in [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] {
        assert_eq!(
            PublicKey::from_raw(KeyType::X25519, &hex(raw)),
            Err(KeyError::Weak),
            "{raw}"
        );
    }
    for raw in [
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0900000000000000000000000000000000000000000000000000000000000080",
        "09",
    ] {
        assert!(
            matches!(
                PublicKey::from_raw(KeyType::X25519, &hex(raw)),
                Err(KeyError::Invalid(_))
            ),
            "{raw}"
        );
    }
}
