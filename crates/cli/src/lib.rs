//! The chancery command: client, issuer and registry in one binary.
