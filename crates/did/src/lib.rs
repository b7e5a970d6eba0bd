//! Decentralized identifiers, DID documents, public keys and signers.
