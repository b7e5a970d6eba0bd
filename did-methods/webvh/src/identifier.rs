//! The method-specific identifier and its https addresses,
//! [did:webvh 1.0, The DID to HTTPS Transformation](https://identity.foundation/didwebvh/v1.0/#the-did-to-https-transformation).
//!
//! INVARIANT: only the canonical spelling is read: an SCID of 46 base58btc characters, a DNS name of at least
//! two labels in lower case (an international one as punycode), `%3A` before a port, and path segments that no
//! server takes apart. The SCID is never part of an address.

use chancery_did::{Did, HttpsAddress, ParseError};

use crate::NAME;

/// How many characters base58btc of a sha2-256 multihash has.
pub(crate) const SCID_CHARACTERS: usize = 46;

const LOG: &str = "did.jsonl";
const WITNESS: &str = "did-witness.json";

/// The parts of a did:webvh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier<'a> {
    scid: &'a str,
    address: HttpsAddress<'a>,
}

impl<'a> Identifier<'a> {
    /// Reads the parts of a DID, refusing another method and every spelling but the canonical one.
    pub fn read(did: &'a Did) -> Result<Self, ParseError> {
        let refuse = |defect| ParseError::Did {
            text: did.as_str().chars().take(120).collect(),
            defect,
        };
        if did.method() != NAME {
            return Err(refuse("it is not a did:webvh"));
        }
        let (scid, place) = did
            .method_specific_id()
            .split_once(':')
            .ok_or_else(|| refuse("it has no host after its SCID"))?;
        if !is_scid(scid) {
            return Err(refuse("its SCID is not 46 characters of base58btc"));
        }
        let address = HttpsAddress::parse(place).map_err(refuse)?;
        if !address.host().contains('.') {
            return Err(refuse("its host is not a fully qualified domain name"));
        }
        Ok(Self { scid, address })
    }

    /// Returns the self-certifying identifier.
    #[must_use]
    pub fn scid(&self) -> &'a str {
        self.scid
    }

    /// Returns where the log is hosted.
    #[must_use]
    pub fn address(&self) -> &HttpsAddress<'a> {
        &self.address
    }

    /// Returns the address of the log.
    #[must_use]
    pub fn log_url(&self) -> String {
        self.address.file(LOG)
    }

    /// Returns the address of the witnesses' proofs.
    #[must_use]
    pub fn witness_url(&self) -> String {
        self.address.file(WITNESS)
    }

    /// Returns the did:web that is hosted at the same place.
    #[must_use]
    pub fn did_web(&self, did: &Did) -> String {
        did.as_str()
            .replacen(&format!("did:{NAME}:{}:", self.scid), "did:web:", 1)
    }
}

/// Says whether a text has the form of an SCID.
pub(crate) fn is_scid(text: &str) -> bool {
    let base58 = |byte: u8| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l');
    text.len() == SCID_CHARACTERS && text.bytes().all(base58)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCID: &str = "QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx";

    fn did(place: &str) -> Did {
        Did::parse(&format!("did:webvh:{SCID}:{place}")).unwrap()
    }

    #[test]
    fn the_scid_is_no_part_of_the_address() {
        for (place, log, witness) in [
            (
                "example.com",
                "https://example.com/.well-known/did.jsonl",
                "https://example.com/.well-known/did-witness.json",
            ),
            (
                "issuer.example.com",
                "https://issuer.example.com/.well-known/did.jsonl",
                "https://issuer.example.com/.well-known/did-witness.json",
            ),
            (
                "example.com:dids:issuer",
                "https://example.com/dids/issuer/did.jsonl",
                "https://example.com/dids/issuer/did-witness.json",
            ),
            (
                "example.com%3A3000:dids:issuer",
                "https://example.com:3000/dids/issuer/did.jsonl",
                "https://example.com:3000/dids/issuer/did-witness.json",
            ),
            (
                "xn--jp-cd2fp15c.xn--fsq.jp:%E7%94%A8%E6%88%B7",
                "https://xn--jp-cd2fp15c.xn--fsq.jp/%E7%94%A8%E6%88%B7/did.jsonl",
                "https://xn--jp-cd2fp15c.xn--fsq.jp/%E7%94%A8%E6%88%B7/did-witness.json",
            ),
        ] {
            let did = did(place);
            let identifier = Identifier::read(&did).unwrap();
            assert_eq!(identifier.log_url(), log);
            assert_eq!(identifier.witness_url(), witness);
            assert_eq!(identifier.scid(), SCID);
            assert_eq!(identifier.did_web(&did), format!("did:web:{place}"));
        }
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for place in [
            "127.0.0.1",
            "127.0.0.1%3A8080",
            "10.0.0.5:x",
            "2130706433",
            "0x7f.1",
            "localhost",
            "localhost%3A8443",
            "example",
            "example.com:..:..:admin",
            "example.com:.",
            "example.com:%2E%2E",
            "example.com:a%2Fb",
            "example.com:a%5Cb",
            "example.com::a",
            "example.com:.well-known",
            "example.com%3A",
            "example.com%3A0",
            "example.com%3A65536",
            "example.com%3A80%3A80",
            "Example.com",
            "example..com",
            "-a.example",
            "%65xample.com",
            "xn--.example",
        ] {
            let text = format!("did:webvh:{SCID}:{place}");
            let refused = Did::parse(&text).is_err_and(|error| error.code() == "parse.did")
                || Did::parse(&text).is_ok_and(|did| Identifier::read(&did).is_err());
            assert!(refused, "{text}");
        }
    }

    #[test]
    fn an_scid_has_46_characters_of_base58btc() {
        for scid in [
            "",
            "Qm",
            "{SCID}",
            "Qm0000000000000000000000000000000000000000000000",
            "QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGW",
            "QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWxx",
            "QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWl",
        ] {
            assert!(!is_scid(scid), "{scid}");
        }
        assert!(is_scid(SCID));
        let other = Did::parse("did:web:example.com").unwrap();
        assert_eq!(Identifier::read(&other).unwrap_err().code(), "parse.did");
        let bare = Did::parse(&format!("did:webvh:{SCID}")).unwrap();
        assert_eq!(Identifier::read(&bare).unwrap_err().code(), "parse.did");
    }
}
