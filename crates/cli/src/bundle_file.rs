//! A trust bundle as the command keeps it: one compact JWS a line.
//!
//! The first line may be the description that names the bundle's signer; then comes a whole bundle, and then the
//! changes that followed it. Beside the file stands `FILE.seen`: when the newest bundle that was ever accepted under
//! this name was signed, and its entity tag. INVARIANT: nothing in either file is believed before it was verified
//! under the expected signer, and no older bundle than one that was seen is.

use std::path::{Path, PathBuf};

use chancery_did::{Did, Timestamp};
use chancery_proof::Limits;
use chancery_trust::Policy;
use chancery_trust::bundle::{Bundle, ExpectedSigner};
use chancery_trust::description::Description;
use chancery_verifier::{Rejection, TrustBundle, Verdict};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::input;

/// The largest file: a bundle, and some changes.
pub(crate) const FILE_LIMIT: u64 = 24 * 1024 * 1024;

/// The lines of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BundleFile {
    /// The description that names the signer.
    pub(crate) description: Option<String>,
    /// The whole bundle, then its changes.
    pub(crate) tokens: Vec<String>,
}

/// What is remembered of the newest bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// When it was signed.
    pub(crate) issued_at: Option<Timestamp>,
    /// Its entity tag.
    pub(crate) etag: Option<String>,
}

impl BundleFile {
    /// Takes a text apart.
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .peekable();
        let is_description = |line: &&str| Description::read(line, &Limits::default()).is_ok();
        let description = lines.next_if(is_description).map(str::to_owned);
        Self {
            description,
            tokens: lines.map(str::to_owned).collect(),
        }
    }

    /// Reads a file, if there is one.
    pub(crate) fn load(path: &Path) -> Result<Option<Self>, Failure> {
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        let bytes = input::read_within(path, FILE_LIMIT)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::usage("parse.utf8", format!("`{}` is not UTF-8 text", path.display())))?;
        Self::parse(&text).check(path).map(Some)
    }

    /// Refuses what holds no bundle at all, or something else than bundles.
    pub(crate) fn check(self, path: &Path) -> Result<Self, Failure> {
        let refused = |code: &str, why: &dyn std::fmt::Display| {
            Failure::usage(
                code,
                format!(
                    "`{}` is neither evidence nor a trust bundle: {why}",
                    path.display()
                ),
            )
        };
        if self.tokens.is_empty() {
            return Err(refused("parse.jose", &"there is no token in it"));
        }
        for token in &self.tokens {
            Bundle::read(token).map_err(|error| refused(error.code(), &error))?;
        }
        Ok(self)
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        let lines = self.description.iter().chain(&self.tokens);
        lines.map(|line| format!("{line}\n")).collect()
    }

    /// Verifies what is kept, under whom the command or the policy expects; its times are judged by the caller.
    pub(crate) fn open(
        &self,
        signer: Option<&ExpectedSigner>,
        policy: Option<&Policy>,
        at: Timestamp,
    ) -> Result<TrustBundle, Failure> {
        let expected = match signer {
            Some(signer) => signer.clone(),
            None => self.signer(policy, at)?,
        };
        let tokens: Vec<&str> = self.tokens.iter().map(String::as_str).collect();
        TrustBundle::kept(&tokens, &expected).map_err(|rejection| refused(&rejection))
    }

    /// Who must have signed it, by the description and a key that the policy pins.
    fn signer(&self, policy: Option<&Policy>, at: Timestamp) -> Result<ExpectedSigner, Failure> {
        let (Some(policy), Some(description), Some(whole)) = (policy, &self.description, self.tokens.first())
        else {
            return Err(Failure::usage(
                "bundle.signer_missing",
                "nothing says who must have signed the trust bundle",
            )
            .with_help(
                "name the signer as --bundle-signer DID#THUMBPRINT, or fetch the bundle with `chancery trust bundle --policy FILE`",
            ));
        };
        TrustBundle::signer_by(policy, description, whole, at).map_err(|rejection| refused(&rejection))
    }
}

impl Seen {
    /// What is remembered beside a file.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let path = beside(path);
        if path.symlink_metadata().is_err() {
            return Ok(Self::default());
        }
        let value = input::read_json(&path)?;
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let issued_at = text("issuedAt").map(Timestamp::parse).transpose();
        Ok(Self {
            issued_at: issued_at
                .map_err(|error| Failure::usage(error.code(), format!("`{}`: {error}", path.display())))?,
            etag: text("etag").map(str::to_owned),
        })
    }

    /// Writes it beside a file.
    pub(crate) fn store(&self, path: &Path) -> Result<(), Failure> {
        let value = json!({ "issuedAt": self.issued_at.map(|at| at.to_string()), "etag": self.etag });
        input::replace(&beside(path), &value.to_string())
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".seen");
    PathBuf::from(name)
}

/// Reads `DID#THUMBPRINT`.
pub(crate) fn signer(text: &str) -> Result<ExpectedSigner, String> {
    let (did, thumbprint) = text
        .split_once('#')
        .ok_or_else(|| format!("`{text}` is not DID#THUMBPRINT"))?;
    let did = Did::parse(did).map_err(|error| error.to_string())?;
    ExpectedSigner::new(did, thumbprint).map_err(|error| error.to_string())
}

/// What a refusal of a bundle means for the command's exit code.
pub(crate) fn refused(rejection: &Rejection) -> Failure {
    let exit = match rejection.verdict() {
        Verdict::Indeterminate => Exit::CannotTell,
        Verdict::Valid | Verdict::Invalid => Exit::No,
    };
    Failure::new(exit, rejection.code, rejection.detail.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_without_a_description_is_all_bundles() {
        let file = BundleFile::parse("a.b.c\n\n d.e.f \n");
        assert_eq!((file.description.as_deref(), file.tokens.len()), (None, 2));
        assert_eq!(BundleFile::parse(&file.text()), file);
        assert_eq!(BundleFile::parse(""), BundleFile::default());
    }

    #[test]
    fn signer_is_a_did_and_a_thumbprint() {
        let thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        let read = signer(&format!("did:web:a.example:bundle#{thumbprint}")).unwrap();
        assert_eq!(
            (read.did().as_str(), read.thumbprint()),
            ("did:web:a.example:bundle", thumbprint)
        );
        for text in [
            "",
            "did:web:a.example",
            "#x",
            "did:web:a.example#x",
            "did:web:a.example#",
        ] {
            assert!(signer(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bundle_of_nobody_in_particular_is_refused() {
        let file = BundleFile::parse("a.b.c");
        let at = Timestamp::from_seconds(0);
        assert_eq!(
            file.open(None, None, at).unwrap_err().code(),
            "bundle.signer_missing"
        );
        let policy = Policy::new("https://globex.example");
        let refused = file.open(None, Some(&policy), at).unwrap_err();
        assert_eq!(
            (refused.code(), refused.exit()),
            ("bundle.signer_missing", Exit::Usage)
        );
    }
}
