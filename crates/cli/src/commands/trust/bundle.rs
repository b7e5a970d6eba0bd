//! `chancery trust bundle`: fetch an organization's signed trust bundle, check it, and keep it for deciding offline.
//!
//! INVARIANT: what is written was signed by the DID and the key that the policy's pinned key names, or that the
//! command names; it is not older than any that was kept under this name before; and the file is whole at any moment.

use std::path::{Path, PathBuf};

use chancery_did::{Did, Timestamp};
use chancery_registry::client::{Client, ServedBundle};
use chancery_trust::Policy;
use chancery_trust::bundle::{Bundle, ExpectedSigner};
use chancery_verifier::{Evidence, TrustBundle};
use clap::Args;
use serde_json::{Value, json};

use crate::Global;
use crate::bundle_file::{self, BundleFile, Seen, refused};
use crate::commands::verify::read_policy;
use crate::console::{Console, Format};
use crate::exit::{Exit, Failure};
use crate::joining::base;
use crate::rehearsal::rehearsed;
use crate::{edge, hints, input, office};

/// The most changes that are kept behind a whole bundle.
const MOST_CHANGES: usize = 8;

/// Fetch an organization's trust bundle, for deciding about its agents offline.
#[derive(Debug, Args)]
pub struct BundleCommand {
    /// The organization's DID.
    did: String,
    /// Where the bundle is kept; what is there already is brought up to date.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// The policy that pins a key of the organization: that key's description names who signs the bundles.
    #[arg(long, value_name = "FILE", required_unless_present = "bundle_signer")]
    policy: Option<PathBuf>,
    /// Who must have signed the bundle, as DID#THUMBPRINT, instead of asking the organization's description.
    #[arg(long, value_name = "SIGNER", value_parser = bundle_file::signer, conflicts_with = "policy")]
    bundle_signer: Option<ExpectedSigner>,
}

/// What was kept before, and where the newest is to be had.
struct Errand<'a> {
    client: &'a Client,
    signer: Option<&'a ExpectedSigner>,
    policy: Option<&'a Policy>,
    seen: &'a Seen,
    at: Timestamp,
}

pub(super) async fn run(
    command: &BundleCommand,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let did = Did::parse(&command.did).map_err(|error| Failure::usage(error.code(), error.to_string()))?;
    let policy = command.policy.as_deref().map(read_policy).transpose()?;
    let (held, seen) = (BundleFile::load(&command.file)?, Seen::load(&command.file)?);
    if held.is_none() {
        input::vacant(Some(&command.file))?;
    }
    let address = match &global.registry {
        Some(registry) => registry.clone(),
        None => base(command.bundle_signer.as_ref().map_or(&did, ExpectedSigner::did))?,
    };
    let client = Client::new(
        &address,
        edge::guarded(global, std::slice::from_ref(&address))?,
        None,
    );
    let errand = Errand {
        client: &client,
        signer: command.bundle_signer.as_ref(),
        policy: policy.as_ref(),
        seen: &seen,
        at: global.clock.0.now(),
    };
    let description = match &policy {
        Some(_) => Some(
            client
                .description()
                .await
                .map_err(office::refused)?
                .trim()
                .to_owned(),
        ),
        None => None,
    };
    if let Some(found) = description.as_deref().and_then(described)
        && found != did
    {
        let message = format!("the description there is of `{found}`, not of `{did}`");
        return Err(Failure::new(Exit::No, "trust.statement_invalid", message));
    }
    let (file, bundle, now_seen) = errand.fetch(held.clone(), description).await?;
    let changed = held.as_ref() != Some(&file) || now_seen != seen;
    let verb = if held.is_some() {
        "bring up to date"
    } else {
        "write"
    };
    let change = format!("{verb} {}", command.file.display());
    if changed && let Some(exit) = rehearsed(global, &[change], console) {
        return Ok(exit);
    }
    if changed {
        keep(&command.file, &file, held.is_some())?;
        now_seen.store(&command.file)?;
    }
    show(&bundle, &file, changed, errand.at, console);
    console.say(format_args!(
        "decide by it: chancery verify --bundle {} --offline",
        hints::quoted(&command.file)
    ));
    Ok(Exit::Yes)
}

impl Errand<'_> {
    /// Gets the newest bundle, as a change where that will do, and verifies it.
    async fn fetch(
        &self,
        held: Option<BundleFile>,
        description: Option<String>,
    ) -> Result<(BundleFile, TrustBundle, Seen), Failure> {
        let held = held.filter(|held| held.tokens.len() <= MOST_CHANGES);
        let renewed = held.clone().map(|held| BundleFile {
            description: description.clone().or(held.description),
            ..held
        });
        // The description that is kept may have ended. What does not open under the fresh one either, for keys have
        // changed since, is fetched whole.
        for file in [held, renewed].into_iter().flatten() {
            let Ok(state) = file.open(self.signer, self.policy, self.at) else {
                continue;
            };
            match self.follow(file, state, description.as_deref()).await? {
                Some(brought) => return Ok(brought),
                None => break,
            }
        }
        let served = self.client.bundle(None, None).await.map_err(office::refused)?;
        let served = served
            .ok_or_else(|| Failure::new(Exit::Network, "fetch.failed", "the registry gave no bundle"))?;
        self.whole(served, description)
    }

    /// Brings what is held up to date; nothing when only the whole will do.
    async fn follow(
        &self,
        mut file: BundleFile,
        state: TrustBundle,
        description: Option<&str>,
    ) -> Result<Option<(BundleFile, TrustBundle, Seen)>, Failure> {
        let since = Some(state.issued_at());
        // The tag is that of the newest that was seen; what is held may have been put back.
        let newest = self.seen.issued_at == since;
        let tag = self.seen.etag.as_deref().filter(|_| newest);
        let served = self.client.bundle(since, tag).await.map_err(office::refused)?;
        let Some(served) = served else {
            state
                .judge(self.at, self.seen.issued_at)
                .map_err(|error| refused(&error))?;
            return Ok(Some((file, state, self.seen.clone())));
        };
        if !is_change(&served) {
            return self.whole(served, description.map(str::to_owned)).map(Some);
        }
        match state.updated(&served.token, self.at) {
            Ok(updated) => {
                file.tokens.push(served.token);
                self.accepted(file, updated, served.etag).map(Some)
            }
            // Whatever is wrong, the whole bundle says it, under the freshest description.
            Err(_) => Ok(None),
        }
    }

    fn whole(
        &self,
        served: ServedBundle,
        description: Option<String>,
    ) -> Result<(BundleFile, TrustBundle, Seen), Failure> {
        let file = BundleFile {
            description,
            tokens: vec![served.token],
        };
        let bundle = file.open(self.signer, self.policy, self.at)?;
        self.accepted(file, bundle, served.etag)
    }

    fn accepted(
        &self,
        file: BundleFile,
        bundle: TrustBundle,
        etag: Option<String>,
    ) -> Result<(BundleFile, TrustBundle, Seen), Failure> {
        bundle
            .judge(self.at, self.seen.issued_at)
            .map_err(|error| refused(&error))?;
        let seen = Seen {
            issued_at: Some(bundle.issued_at()),
            etag,
        };
        Ok((file, bundle, seen))
    }
}

fn is_change(served: &ServedBundle) -> bool {
    Bundle::read(&served.token).is_ok_and(|read| read.unverified().base().is_some())
}

/// Whose description a token says that it is, unverified.
fn described(token: &str) -> Option<Did> {
    let read = chancery_trust::description::Description::read(token, &chancery_proof::Limits::default());
    read.ok().map(|read| read.unverified().did.clone())
}

fn keep(path: &Path, file: &BundleFile, exists: bool) -> Result<(), Failure> {
    if exists {
        input::replace(path, &file.text())
    } else {
        input::write_new(path, &file.text())
    }
}

/// What is in a bundle.
fn contents(bundle: &TrustBundle, at: Timestamp) -> Value {
    let empty = Evidence::default();
    let evidence = bundle.evidence(at).unwrap_or(&empty);
    let dids = |keys: &mut dyn Iterator<Item = &Did>| keys.map(Did::to_string).collect::<Vec<_>>();
    json!({
        "apiVersion": "chancery.v1",
        "kind": "TrustBundle",
        "signer": bundle.signer().did().as_str(),
        "thumbprint": bundle.signer().thumbprint(),
        "issuedAt": bundle.issued_at().to_string(),
        "expiresAt": bundle.expires_at().to_string(),
        "documents": dids(&mut evidence.documents.keys()),
        "didLogs": dids(&mut evidence.did_logs.keys()),
        "statusLists": evidence.status_lists.keys().collect::<Vec<_>>(),
        "tokenStatusLists": evidence.token_status_lists.keys().collect::<Vec<_>>(),
        "trustStatements": evidence.trust_statements.len(),
    })
}

fn show(bundle: &TrustBundle, file: &BundleFile, changed: bool, at: Timestamp, console: &mut Console) {
    let mut value = contents(bundle, at);
    if console.is_json() {
        if let Some(members) = value.as_object_mut() {
            members.insert("changed".to_owned(), changed.into());
            members.insert("changes".to_owned(), file.tokens.len().saturating_sub(1).into());
        }
        console.json(&value);
        return;
    }
    let signer = format!("{}#{}", bundle.signer().did(), bundle.signer().thumbprint());
    if console.format == Format::Raw {
        console.line(signer);
        return;
    }
    console.line(format_args!("signed by  {signer}"));
    console.line(format_args!("issued     {}", bundle.issued_at()));
    console.line(format_args!("ends       {}", bundle.expires_at()));
    for (title, name) in [
        ("document ", "documents"),
        ("log      ", "didLogs"),
        ("list     ", "statusLists"),
    ] {
        for item in value.get(name).and_then(Value::as_array).into_iter().flatten() {
            console.line(format_args!("{title}  {}", item.as_str().unwrap_or_default()));
        }
    }
    let count = |name: &str| value.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    let statements = value.get("trustStatements").and_then(Value::as_u64).unwrap_or(0);
    console.line(format_args!(
        "also       {} token status lists, {statements} statements",
        count("tokenStatusLists")
    ));
    console.line(if changed {
        "new        since what was kept before"
    } else {
        "new        nothing"
    });
}
