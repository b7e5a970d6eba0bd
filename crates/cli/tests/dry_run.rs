//! `--dry-run`: every command that changes something says what it would change, and changes nothing.
//!
//! INVARIANT: every command of the binary stands in one of the two lists below, so that a new one cannot be
//! forgotten.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use clap::CommandFactory as _;

/// What changes nothing, save a file that the user names for the data itself.
const READS: &[&str] = &[
    "agent list",
    "agent show",
    "completions",
    "conformance jose-cose",
    "conformance serve",
    "credential check",
    "credential list",
    "credential show",
    "demo",
    "did log",
    "did resolve",
    "did show",
    "did witness",
    "doctor",
    "explain",
    "inspect",
    "key list",
    "key show",
    "replay",
    "status show",
    "trust query",
    "trust show",
    "trust why",
    "verify",
];

/// What changes something; each is rehearsed below.
const CHANGES: &[&str] = &[
    "agent instance",
    "agent register",
    "agent resume",
    "agent retire",
    "agent suspend",
    "challenge",
    "credential issue",
    "credential renew",
    "credential resume",
    "credential revoke",
    "credential suspend",
    "delegate",
    "did append",
    "did create",
    "did deactivate",
    "did publish",
    "did rotate",
    "did update",
    "init",
    "key generate",
    "man",
    "present",
    "serve",
    "trust bundle",
    "trust join",
    "trust recognize",
];

fn leaves(command: &clap::Command, above: &str, found: &mut BTreeSet<String>) {
    for below in command
        .get_subcommands()
        .filter(|below| below.get_name() != "help")
    {
        let name = format!("{above} {}", below.get_name()).trim().to_owned();
        if below.get_subcommands().next().is_some() {
            leaves(below, &name, found);
        } else {
            found.insert(name);
        }
    }
}

#[test]
fn every_command_is_known_to_change_something_or_nothing() {
    let mut found = BTreeSet::new();
    leaves(&chancery_cli::Cli::command(), "", &mut found);
    let listed: BTreeSet<String> = READS.iter().chain(CHANGES).map(|&name| name.to_owned()).collect();
    assert_eq!(found, listed);
}

/// One organization with a running registry, an agent, an instance and its papers.
struct Stage {
    folder: tempfile::TempDir,
    port: u16,
    service: Option<Child>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(service) = &mut self.service {
            let _stopped = service.kill();
            let _reaped = service.wait();
        }
    }
}

impl Stage {
    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command
            .args(line.split_whitespace())
            .args(["--home", "acme", "--passphrase-file", "passphrase", "--dev"])
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    fn says(&self, line: &str) -> String {
        let output = self.run(line);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {}\n{talk}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, line: &str) -> serde_json::Value {
        serde_json::from_str(&self.says(&format!("{line} --output json"))).unwrap()
    }

    /// Everything that a command could have changed: each file, and what the registry lists.
    fn state(&self) -> BTreeMap<String, Vec<u8>> {
        let mut state = BTreeMap::new();
        files(self.folder.path(), &mut state);
        for list in ["agent list", "credential list"] {
            state.insert(list.to_owned(), self.json(list).to_string().into_bytes());
        }
        state
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Every file by its path; the database's own files apart, which the running service writes.
fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.display().to_string();
        if path.is_dir() {
            found.insert(format!("{name}/"), Vec::new());
            files(&path, found);
        } else if !name.contains("registry.db") && !name.ends_with("service.log") {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
}

fn free_port() -> u16 {
    (0..100)
        .find_map(|_| {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            let management = port.checked_add(1000)?;
            TcpListener::bind(("127.0.0.1", management)).ok().map(|_| port)
        })
        .unwrap()
}

fn stage() -> Stage {
    let port = free_port();
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage {
        folder,
        port,
        service: None,
    };
    stage.write("passphrase", "correct horse battery staple");
    stage.write(
        "capability.json",
        r#"[{"action": ["refund:create"], "resource": ["https://api.acme.example/orders/*"], "delegation": {"maxDepth": 1}}]"#,
    );
    let org = format!("did:web:localhost%3A{port}");
    stage.says(&format!("init --org {org} --name Acme"));
    let mut serve = stage.command("serve");
    let log = fs::File::create(stage.folder.path().join("service.log")).unwrap();
    stage.service = Some(serve.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    let up = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        stage.run("agent list").status.success()
    });
    assert!(up, "the registry did not start");
    stage
}

#[test]
fn what_is_rehearsed_is_told_and_not_done() {
    let stage = stage();
    let agent = stage.json("agent register --name refunds --owner mailto:ada@acme.example")["id"].clone();
    let agent = agent.as_str().unwrap();
    stage.says(&format!("agent instance {agent} --key first --out passport.json"));
    let did = stage.json("key show first")["did"].clone();
    let did = did.as_str().unwrap();
    stage.says(&format!(
        "credential issue --instance {did} --capability capability.json --out capability.paper"
    ));
    let begin = "did create first --method webvh --at acme.example --assert first";
    stage.says(&format!("{begin} --log own.jsonl"));
    stage.run(&format!("{begin} --log shared.jsonl --witness {did}"));
    stage.write("proof.json", &stage.says("did witness first --log shared.jsonl"));
    let org = format!("did:web:localhost%3A{}", stage.port);
    let registry = format!("--registry https://localhost:{}", stage.port);
    stage.says(&format!(
        "trust join {org} --policy joined.toml --audience https://g.example --yes"
    ));
    let other = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let lines = [
        format!("agent instance {agent} --key second --out second.json"),
        "agent register --name more --owner mailto:ada@acme.example".to_owned(),
        format!("agent resume {did}"),
        format!("agent retire {did}"),
        format!("agent suspend {did}"),
        format!("challenge {registry}"),
        format!("credential issue --instance {did} --capability capability.json --out more.paper"),
        "credential renew capability.paper --out renewed.paper".to_owned(),
        "credential resume capability.paper".to_owned(),
        "credential revoke capability.paper".to_owned(),
        "credential suspend capability.paper".to_owned(),
        format!("delegate capability.paper --as first --to {other} --register --out handed.paper"),
        "did append --log shared.jsonl --proof proof.json".to_owned(),
        begin.to_owned(),
        "did deactivate first --log own.jsonl".to_owned(),
        "did publish --log own.jsonl".to_owned(),
        "did rotate first --to first --log own.jsonl".to_owned(),
        "did update first --ttl 5 --log own.jsonl".to_owned(),
        "key generate third".to_owned(),
        "man --out .".to_owned(),
        "present capability.paper passport.json --as first --audience https://g.example --nonce n1 --out p.json"
            .to_owned(),
        "serve --set listen=127.0.0.1:0".to_owned(),
        format!("trust bundle {org} --policy joined.toml --file acme.bundle"),
        format!("trust join {org} --policy policy.toml --audience https://g.example"),
        format!("trust recognize {other} --action refund:* --resource https://api.acme.example/orders/*"),
    ];
    let rehearsed: BTreeSet<&str> = CHANGES
        .iter()
        .copied()
        .filter(|name| lines.iter().any(|line| line.starts_with(&format!("{name} "))))
        .collect();
    // `init` wants a folder that is not there, so it is rehearsed by itself.
    let missing: Vec<_> = CHANGES.iter().filter(|name| !rehearsed.contains(*name)).collect();
    assert_eq!(missing, [&"init"]);

    let before = stage.state();
    for line in &lines {
        let told = stage.says(&format!("{line} --dry-run --output jsonl"));
        let told = told.lines().last().unwrap();
        let told: serde_json::Value = serde_json::from_str(told).unwrap();
        assert_eq!(told["kind"], "Rehearsal", "{line}: {told}");
        assert!(told["changes"][0].is_string(), "{line}: {told}");
        assert!(before == stage.state(), "`{line} --dry-run` changed something");
    }
}

#[test]
fn a_home_that_was_made_without_a_bundle_key_gets_one_and_loses_nothing() {
    let mut stage = stage();
    let agent = stage.json("agent register --name refunds --owner mailto:ada@acme.example")["id"].clone();
    let key = stage.folder.path().join("acme/keys/bundle.jwe");
    assert!(key.is_file(), "a new home has all four");
    let service = stage.service.as_mut().unwrap();
    service.kill().unwrap();
    service.wait().unwrap();
    // As a home was before trust bundles were signed.
    fs::remove_file(&key).unwrap();
    let told = stage.says("serve --dry-run --output json");
    assert!(told.contains("make the key `bundle` in the key store"), "{told}");
    assert!(!key.exists(), "a rehearsal makes no key");
    let before = {
        let mut found = BTreeMap::new();
        files(stage.folder.path(), &mut found);
        found
    };
    let log = fs::File::create(stage.folder.path().join("service.log")).unwrap();
    let serving = stage
        .command("serve")
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    stage.service = Some(serving);
    let up = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        stage.run("agent list").status.success()
    });
    assert!(up, "the registry did not start");
    assert!(key.is_file());
    let said = fs::read_to_string(stage.folder.path().join("service.log")).unwrap();
    assert!(said.contains("made the key `bundle`"), "{said}");
    let mut after = BTreeMap::new();
    files(stage.folder.path(), &mut after);
    for (name, bytes) in before {
        // The service makes its throw-away certificate authority and its token anew.
        if !name.ends_with("dev-ca.pem") && !name.ends_with("admin-token") {
            assert_eq!(after.get(&name), Some(&bytes), "{name}");
        }
    }
    assert_eq!(
        stage.json("agent list")["items"][0]["id"],
        agent,
        "the database is as it was"
    );
    let org = format!("did:web:localhost%3A{}", stage.port);
    stage.says(&format!(
        "trust join {org} --policy joined.toml --audience https://g.example --yes"
    ));
    stage.says(&format!(
        "trust bundle {org} --policy joined.toml --file acme.bundle"
    ));
}

#[test]
fn a_rehearsal_refuses_what_the_command_would_refuse() {
    let stage = stage();
    stage.write("there.json", "{}");
    let before = stage.state();
    for line in [
        "agent suspend did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "credential revoke urn:uuid:00000000-0000-4000-8000-000000000000 --yes",
        "agent instance urn:uuid:00000000-0000-4000-8000-000000000000 --key k",
        "key generate issue",
        "key generate ../outside",
        "credential renew urn:x --out there.json",
        "init --org did:web:acme.example",
    ] {
        let real = stage.run(line);
        let rehearsed = stage.run(&format!("{line} --dry-run"));
        assert!(!real.status.success(), "{line}");
        assert_eq!(
            (real.status.code(), String::from_utf8_lossy(&real.stderr)),
            (
                rehearsed.status.code(),
                String::from_utf8_lossy(&rehearsed.stderr)
            ),
            "{line}"
        );
    }
    assert!(before == stage.state(), "a refused rehearsal changed something");
    let fresh = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args([
            "init",
            "--org",
            "did:web:acme.example",
            "--home",
            "fresh",
            "--dry-run",
        ])
        .args(["--passphrase-file", "passphrase"])
        .current_dir(stage.folder.path())
        .output()
        .unwrap();
    assert!(
        fresh.status.success(),
        "{}",
        String::from_utf8_lossy(&fresh.stderr)
    );
    assert!(!stage.folder.path().join("fresh").exists());
}
