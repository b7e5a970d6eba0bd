//! The cryptosuites by name (Data Integrity EdDSA and ECDSA Cryptosuites 1.0, section 3 of each).
//!
//! INVARIANT: a name that is not listed here is not known, and never taken for another.

/// A cryptosuite that canonicalizes RDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cryptosuite {
    /// `eddsa-rdfc-2022`, Ed25519.
    EddsaRdfc2022,
    /// `ecdsa-rdfc-2019`, P-256 or P-384 by the type of the key.
    EcdsaRdfc2019,
    /// `ecdsa-sd-2023`, P-256, with selective disclosure.
    EcdsaSd2023,
}

impl Cryptosuite {
    /// The name that a proof's `cryptosuite` gives.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
            Self::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Self::EcdsaSd2023 => "ecdsa-sd-2023",
        }
    }

    /// Finds a suite by its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::EddsaRdfc2022, Self::EcdsaRdfc2019, Self::EcdsaSd2023]
            .into_iter()
            .find(|suite| suite.name() == name)
    }
}
