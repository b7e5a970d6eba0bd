//! The front door: strict JSON, JCS, base64url, JOSE and Data Integrity.
