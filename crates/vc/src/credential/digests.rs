//! What is known of the resources that credentials relate to: the digests of the W3C's own contexts.
//!
//! VCDM 2.0, appendix B.1, publishes the digest of its base context; the others are of the files in the same
//! repository. INVARIANT: these are facts about bytes that never change; a resource that is not listed is not
//! known, and nothing is said about it.

/// The digests of one resource, in hexadecimal.
#[derive(Debug)]
pub(super) struct Known {
    /// Its address.
    pub(super) id: &'static str,
    /// SHA-256, SHA-384 and SHA-512 of its bytes.
    pub(super) digests: [&'static str; 3],
}

/// Every resource that is known.
pub(super) const KNOWN: &[Known] = &[
    Known {
        id: "https://www.w3.org/ns/credentials/v2",
        digests: [
            "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
            "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18c\
             b360133c221aa31d6896a6bf3e65b614",
            "5d55452bd2dcf8a29f5a290473eb242b1c5fb77d4e68f1a0aa87baa4dba26948\
             52d65ec63d48ac04a99d956f9f7153b9406f84d2d04c74869b02c239a1d81305",
        ],
    },
    Known {
        id: "https://www.w3.org/2018/credentials/v1",
        digests: [
            "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc",
            "82c3b3eab863754bbfd2b9f17d8d6db9f61169f301cbf0b05e1fc4beb5f5c51d\
             d4d2e888c274f49c3fbb2408f61faed1",
            "536a40b390dda94a9e39196c00090f62668e8184fe3c8c02c4a22c85666e68bf\
             6e85d3dc7f2dba85b2b62ef95d97de24132568d8504db43f2c9c82d2e88418d2",
        ],
    },
    Known {
        id: "https://www.w3.org/ns/credentials/examples/v2",
        digests: [
            "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
            "ccd35b4135824944a2d1b6f3edd6ee6be45c10dbfb0ba16f966609d58f88ef6e\
             c7b0f387773c042cc60ef4ccfaf0cdba",
            "8d563097eab123966bd7fb88a2566d19fb369112dabfde9badfd553c04e101be\
             b230918f58f5b927881f7b32d16045f8ac0f601b4574eeb09521bfbf9e539669",
        ],
    },
    Known {
        id: "https://www.w3.org/ns/credentials/undefined-terms/v2",
        digests: [
            "82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581",
            "b2a66ccddba70ba67ad99c2ff52e60558df0063cea51c4ca886e25d9ea73cfab\
             b878baf92dc2ad2bda26c31391850d68",
            "7c525ff49bc479ec5da7fccf5d56497e4be408eb269d36609cc1f6ce1f9c4ee2\
             3e4aefb53d3728b4a1cac56da6518fcfde789af23a5dfb77f4ce693eb5ed581b",
        ],
    },
];
