//! Who signed a credential or a presentation, and whether every proof holds.
//!
//! Data Integrity 1.0, sections 4.4 to 4.6. INVARIANT: every key is that of a resolved DID document under the
//! purpose asked for; all proofs of a set hold, or none counts.

use chancery_did::{Did, Relationship, When};
use chancery_proof::{Expectation, Keys, Proven, Secured};
use chancery_vc::Credential;

use super::{Held, IssuerRule, Judging};
use crate::decision::Step;
use crate::rejection::Rejection;
use crate::verify::{Book, Halt, KeyRing, PaperKeys, Resolved, resolve};

/// Whose verification methods may have signed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signers<'a> {
    /// Those of this DID alone.
    Of(&'a Did),
    /// Anybody's.
    Anyone,
}

impl Judging<'_> {
    /// Resolves whoever signed and proves the credential under their assertion keys.
    pub(super) fn resolved(
        &self,
        read: &Secured<Credential>,
        issuer: Option<Did>,
        book: &mut Book,
    ) -> Result<Held, Halt> {
        book.begin(Step::Key);
        let who = match (self.policy.issuer, &issuer) {
            (IssuerRule::Controls, Some(issuer)) => Signers::Of(issuer),
            (IssuerRule::Any, _) => Signers::Anyone,
            (IssuerRule::Controls, None) => {
                let name = &read.unverified().issuer;
                let detail = format!("the issuer `{name}` is not a DID and no key is given");
                return Err(Rejection::new("resolve.unsupported_method", detail).into());
            }
        };
        let ring = signers(self, read, who, book)?;
        let proven = prove(read, who, Relationship::AssertionMethod, &ring, book)?;
        let first = proven
            .proofs()
            .first()
            .map(|proof| proof.verification_method.did().clone());
        let authority = issuer
            .or(first)
            .ok_or_else(|| Rejection::new("signature.missing", "there is no proof"))?;
        Ok(Held {
            proofs: proven.proofs().to_vec(),
            credential: proven.into_value(),
            authority,
            ring,
        })
    }
}

/// Resolves everyone who may have signed; several documents that are wanted are wanted at once.
pub(crate) fn signers<T>(
    judging: &Judging<'_>,
    read: &Secured<T>,
    who: Signers<'_>,
    book: &mut Book,
) -> Result<KeyRing, Halt> {
    let mut ring = KeyRing::default();
    let named = read.proofs().iter().map(|proof| proof.verification_method.did());
    let dids: Vec<&Did> = match who {
        Signers::Of(did) => vec![did],
        Signers::Anyone => named.collect(),
    };
    let mut needs = Vec::new();
    for did in dids {
        if ring.document(did).is_some() {
            continue;
        }
        match resolve(did, judging.evidence, When::Now(judging.at), book)? {
            Resolved::Document(document) => ring.insert(*document),
            Resolved::Wanted(need) if !needs.contains(&need) => needs.push(need),
            Resolved::Wanted(_) => {}
        }
    }
    if needs.is_empty() {
        Ok(ring)
    } else {
        Err(Halt::wanting(needs))
    }
}

/// Finds every key, then proves every proof.
pub(crate) fn prove<T: Clone>(
    read: &Secured<T>,
    who: Signers<'_>,
    purpose: Relationship,
    ring: &KeyRing,
    book: &mut Book,
) -> Result<Proven<T>, Rejection> {
    let keys = PaperKeys { ring, anchored: None };
    prove_under(read, who, purpose, &keys, book)
}

/// As [`prove`], with the caller's keys.
pub(super) fn prove_under<T: Clone>(
    read: &Secured<T>,
    who: Signers<'_>,
    purpose: Relationship,
    keys: &dyn Keys,
    book: &mut Book,
) -> Result<Proven<T>, Rejection> {
    let own = |did: &Did| match who {
        Signers::Of(issuer) => did == issuer,
        Signers::Anyone => true,
    };
    for proof in read
        .proofs()
        .iter()
        .filter(|proof| own(proof.verification_method.did()))
    {
        keys.key(&proof.verification_method, purpose)
            .map_err(|(code, detail)| Rejection::new(code, detail))?;
    }
    book.begin(Step::Signature);
    let proven = match who {
        Signers::Of(issuer) => read.prove(
            &Expectation {
                purpose,
                issuer: issuer.clone(),
            },
            keys,
        ),
        Signers::Anyone => read.prove_by_anyone(purpose, keys),
    };
    match proven {
        Ok(proven) => {
            book.count(proven.signatures());
            Ok(proven)
        }
        Err(error) => {
            book.count(usize::from(error.code() == "signature.invalid"));
            Err(Rejection::new(error.code(), error.to_string()))
        }
    }
}
