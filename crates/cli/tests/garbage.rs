//! Garbage to every command: the documented exit code, a stable code on standard error, and not one
//! file more, less or changed afterwards.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up has failed"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

const DID: &str = "did:key:z6MkhFrjvhMps3kGuzEzTJ8zv2wVhwzFyioN4oGZ78J6kysK";
const GARBAGE: [&str; 7] = [
    "missing",
    "junk",
    "empty",
    "deep",
    "duplicate",
    "wrong-shape",
    "folder",
];

/// A folder with garbage of every kind, and good files to stand beside it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let junk: Vec<u8> = (0..4096u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80)
            .collect();
        desk.write("junk", &junk, 0o600);
        desk.write("empty", b"", 0o600);
        desk.write(
            "deep",
            format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000)).as_bytes(),
            0o600,
        );
        desk.write("duplicate", br#"{"a": 1, "\u0061": 2}"#, 0o600);
        desk.write("wrong-shape", br#"{"version": 99, "surprise": [1.5e400]}"#, 0o600);
        fs::create_dir(desk.path("folder")).unwrap();
        desk.write(
            "policy.toml",
            b"version = 1\naudience = \"https://globex.example\"\n",
            0o600,
        );
        desk.write("passphrase", b"correct horse battery staple\n", 0o600);
        desk.write("wrong", b"incorrect horse battery staple\n", 0o600);
        desk.write("wide", b"correct horse battery staple\n", 0o644);
        desk
    }

    fn with_home(port: u16) -> Self {
        let desk = Self::new();
        let org = format!("did:web:localhost%3A{port}");
        let made = desk.run(&format!(
            "--passphrase-file passphrase --home acme init --org {org}"
        ));
        assert_eq!(
            made.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8], mode: u32) {
        fs::write(self.path(name), bytes).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// The command with the words of a line, in this folder, with nothing in its environment.
    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command
            .args(line.split_whitespace())
            .current_dir(self.0.path())
            .env_clear()
            .stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Every file below the desk with its content, and every folder.
    fn contents(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut all = BTreeMap::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path.clone());
                    all.insert(path, None);
                } else {
                    let content = fs::read(&path).unwrap();
                    all.insert(path, Some(content));
                }
            }
        }
        all
    }

    /// The command ends so, says the code as its own, and leaves everything as it was.
    fn refuses(&self, line: &str, exit: i32, code: &str) {
        let before = self.contents();
        self.ends(line, exit, code);
        let after = self.contents();
        assert!(after.keys().eq(before.keys()), "{line}: files came or went");
        assert!(after == before, "{line}: a file changed");
    }

    /// The command ends so and says the code as its own.
    fn ends(&self, line: &str, exit: i32, code: &str) {
        let output = self.run(line);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exit), "{line}\n{said}");
        let named = [format!("error[{code}]: "), format!("chancery explain {code}")];
        assert!(
            named.iter().any(|code| said.contains(code)),
            "{line}: no `{code}` on standard error:\n{said}"
        );
        assert!(
            said.lines().all(|line| line.chars().count() < 600),
            "{line}: a line without end"
        );
    }

    /// The command does what it says; its standard output.
    fn does(&self, line: &str) -> String {
        let output = self.run(line);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{line}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// A port where nobody listens, nor a thousand higher.
fn free_port() -> u16 {
    (0..100)
        .find_map(|_| {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            TcpListener::bind(("127.0.0.1", port.checked_add(1000)?))
                .ok()
                .map(|_| port)
        })
        .unwrap()
}

const ASKED: &str = "--action a:b --resource https://a.example/b --nonce n";
const SIGNER: &str = "did:web:a.example:bundle#NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
const HOME: &str = "--home acme --dev --passphrase-file passphrase";

#[test]
fn a_file_that_is_no_paper_is_named_and_refused() {
    let desk = Desk::new();
    for kind in GARBAGE {
        let (exit, code) = match kind {
            "missing" | "folder" => (2, "usage.read"),
            "junk" | "empty" => (1, "parse.jose"),
            "deep" => (1, "limit.depth"),
            "duplicate" => (1, "parse.duplicate_member"),
            _ => (1, "parse.number"),
        };
        desk.refuses(&format!("inspect {kind}"), 2, code);
        desk.refuses(&format!("credential check {kind}"), exit, code);
        let verify = format!("verify {kind} --policy policy.toml {ASKED}");
        desk.refuses(&verify, exit, code);
        desk.refuses(&format!("{verify} --save-evidence policy.toml"), 2, "usage.write");
    }
}

#[test]
fn a_policy_that_cannot_be_used_is_a_refused_configuration() {
    let desk = Desk::new();
    for kind in GARBAGE {
        let (exit, code) = match kind {
            "missing" | "folder" => (2, "usage.read"),
            _ => (78, "policy.invalid"),
        };
        desk.refuses(&format!("trust show {kind}"), exit, code);
        desk.refuses(
            &format!("trust why did:web:a.example --policy {kind}"),
            exit,
            code,
        );
        desk.refuses(&format!("verify junk --policy {kind} {ASKED}"), exit, code);
    }
}

#[test]
fn evidence_requests_keys_and_grants_that_are_garbage_are_refused() {
    let desk = Desk::with_home(free_port());
    for kind in GARBAGE {
        for line in [
            format!("verify junk --policy policy.toml {ASKED} --bundle {kind}"),
            format!("verify junk --policy policy.toml {ASKED} --did-document {kind}"),
            format!("verify junk --policy policy.toml --request {kind}"),
            format!("replay {kind}"),
            format!("verify junk --policy policy.toml {ASKED} --bundle {kind} --bundle-signer {SIGNER}"),
            format!("credential check junk --key {kind}"),
            format!("credential check junk --evidence {kind}"),
            format!("trust join did:web:a.example --policy new --audience a --grant {kind}"),
            format!("{HOME} delegate {kind} --as issue --to {DID} --out new"),
            format!("{HOME} present {kind} --as issue --audience a --nonce n --out new"),
        ] {
            refused_somehow(&desk, &line);
        }
        if kind != "folder" {
            refused_somehow(
                &desk,
                &format!("verify junk --policy policy.toml {ASKED} --evidence {kind}"),
            );
        }
        refused_somehow(
            &desk,
            &format!("{HOME} credential issue --instance {DID} --capability {kind} --out new"),
        );
    }
}

/// Exit 2, a code about the input, nothing left behind.
fn refused_somehow(desk: &Desk, line: &str) {
    let said = desk.run(line).stderr;
    let said = String::from_utf8_lossy(&said).into_owned();
    let code = said
        .split_once("error[")
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(code, _)| code);
    let code = code.unwrap_or_else(|| panic!("{line}: no code:\n{said}"));
    let about_input = ["usage.", "parse.", "limit.", "type.", "key."];
    assert!(
        about_input.iter().any(|class| code.starts_with(class)),
        "{line}: {code}"
    );
    desk.refuses(line, 2, code);
}

#[test]
fn wrong_use_leaves_nothing_behind() {
    let desk = Desk::new();
    for line in [
        "--nonsense",
        "nonsense",
        "init --org",
        "verify --policy",
        "key generate",
        "explain a b",
        "completions cobol",
        "trust query gossip",
        "--output xml explain",
    ] {
        desk.refuses(line, 2, "usage.arguments");
    }
    desk.refuses("explain no.such", 2, "usage.unknown_code");
    desk.refuses("man --out missing", 2, "usage.no_folder");
    desk.refuses(
        "--ca-file junk did resolve did:web:a.example",
        78,
        "config.invalid",
    );
    for did in [
        "acme.example",
        "did:web:",
        "did:web:a%00b",
        "did:web:..",
        "did:key:z",
        DID,
    ] {
        let output = desk.run(&format!(
            "--passphrase-file passphrase --home new init --org {did}"
        ));
        assert_eq!(output.status.code(), Some(2), "{did}");
        assert!(!desk.path("new").exists(), "{did}");
    }
}

#[test]
fn a_home_is_made_whole_or_not_at_all() {
    let desk = Desk::new();
    let init = "init --org did:web:localhost%3A8480";
    desk.refuses(&format!("--home new {init}"), 2, "usage.passphrase");
    desk.refuses(
        &format!("--home new --passphrase-file missing {init}"),
        2,
        "usage.read",
    );
    desk.refuses(
        &format!("--home new --passphrase-file wide {init}"),
        78,
        "config.permissions",
    );
    desk.refuses(
        &format!("--home new --passphrase-file empty {init}"),
        78,
        "config.passphrase",
    );
    desk.refuses(
        &format!("--home new --passphrase-file junk {init}"),
        2,
        "parse.utf8",
    );
    for place in ["folder", "policy.toml", "no/such"] {
        desk.refuses(
            &format!("--home {place} --passphrase-file passphrase {init}"),
            2,
            "usage.write",
        );
    }
    desk.refuses("serve", 78, "config.no_home");
    desk.refuses("--home folder key list", 78, "config.no_home");
}

#[test]
fn keys_stay_shut_without_their_passphrase_or_when_they_lie_open() {
    let desk = Desk::with_home(free_port());
    let good = "--home acme --passphrase-file passphrase";
    desk.refuses("--home acme key show issue", 2, "usage.passphrase");
    desk.refuses(
        "--home acme --passphrase-file wide key list",
        78,
        "config.permissions",
    );
    for rest in [
        "key show issue",
        "key generate new",
        "did create issue",
        "serve --dev",
    ] {
        desk.refuses(
            &format!("--home acme --passphrase-file wrong {rest}"),
            78,
            "config.passphrase",
        );
    }
    for (rest, exit, code) in [
        ("key generate issue", 2, "config.key_exists"),
        ("key generate ../issue", 2, "config.key_name"),
        ("key show nobody", 2, "key.not_found"),
        ("serve", 78, "config.tls"),
        ("serve --dev --set listne=1", 78, "config.unknown_key"),
        ("serve --dev --set policy=junk", 78, "policy.invalid"),
        ("serve --dev --set management=0.0.0.0:1", 78, "config.exposed"),
        ("--token-file wide agent list", 78, "config.permissions"),
    ] {
        desk.refuses(&format!("{good} {rest}"), exit, code);
    }
    let allow = |name: &str, mode| {
        fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    allow("acme/keys/issue.jwe", 0o640);
    desk.refuses(&format!("{good} key show issue"), 78, "config.permissions");
    allow("acme/keys/issue.jwe", 0o600);
    fs::write(desk.path("acme/keys/issue.jwe"), "junk").unwrap();
    desk.refuses(&format!("{good} key show issue"), 78, "config.key_damaged");
    allow("acme/keys", 0o755);
    desk.refuses(&format!("{good} key list"), 78, "config.permissions");
}

#[test]
fn a_registry_that_does_not_answer_is_a_fault_of_the_network() {
    let desk = Desk::with_home(free_port());
    desk.write("capability.json", CAPABILITY, 0o600);
    for rest in [
        "agent register --name a --owner mailto:a@a.example",
        "agent list",
        "agent show a",
        "agent instance a --key first --out new",
        &format!("agent suspend {DID}"),
        &format!("agent resume {DID}"),
        &format!("agent retire {DID} --yes"),
        &format!("credential issue --instance {DID} --capability capability.json --out new"),
        "credential list",
        "credential show a",
        "credential renew a --out new",
        "credential suspend a",
        "credential resume a",
        "credential revoke a --yes",
        "trust recognize did:web:a.example --action a:b --resource https://a.example/b",
        "--registry https://localhost:1 challenge",
    ] {
        desk.refuses(&format!("{HOME} {rest}"), 5, "fetch.failed");
    }
    desk.refuses("--registry https://localhost:1 challenge", 5, "fetch.blocked");
    desk.refuses("--registry http://a.example challenge", 5, "fetch.blocked");
    desk.refuses("--dev did resolve did:web:localhost%3A1", 5, "fetch.failed");
    desk.refuses("--dev trust join did:web:localhost%3A1", 5, "fetch.failed");
    desk.refuses("--dev status show https://localhost:1/a", 5, "fetch.failed");
    desk.refuses(&format!("{HOME} credential revoke a"), 2, "usage.unconfirmed");
}

const CAPABILITY: &[u8] = br#"[{"action": ["a:b"], "resource": ["https://a.example/*"]}]"#;

/// A running `serve --dev`, stopped when it goes.
struct Service(Child);

impl Service {
    fn start(desk: &Desk) -> Self {
        let mut command = desk.command(&format!("{HOME} serve"));
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("answers at https://localhost:"), "{line}");
        Self(child)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn a_registry_refuses_without_a_token_and_what_is_not_there() {
    let desk = Desk::with_home(free_port());
    let _service = Service::start(&desk);
    desk.write(
        "token",
        format!("chancery_{}\n", "A".repeat(43)).as_bytes(),
        0o600,
    );
    desk.write("lines", b"one\ntwo\r\nX-Other: three\n", 0o600);
    for (rest, exit, code) in [
        ("--token-file token agent list", 4, "auth.required"),
        ("--token-file empty agent list", 2, "usage.token"),
        ("--token-file lines agent list", 2, "usage.token"),
        (
            "--token-file token agent instance a --key new --out new",
            4,
            "auth.required",
        ),
        (
            "agent show urn:uuid:00000000-0000-4000-8000-000000000000",
            1,
            "request.not_found",
        ),
        ("credential revoke nothing --yes", 1, "request.not_found"),
    ] {
        desk.ends(&format!("{HOME} {rest}"), exit, code);
    }
    assert!(!desk.path("acme/keys/new.jwe").exists() && !desk.path("new").exists());
}

#[test]
fn a_second_service_takes_nothing_from_the_first() {
    let desk = Desk::with_home(free_port());
    let _service = Service::start(&desk);
    let files = || ["dev-ca.pem", "admin-token"].map(|name| fs::read(desk.path("acme").join(name)).unwrap());
    let before = files();
    desk.ends(&format!("{HOME} serve"), 5, "service.listen");
    assert_eq!(files(), before);
}

#[test]
fn a_silent_registry_leaves_verify_undecided() {
    let port = free_port();
    let desk = Desk::with_home(port);
    let service = Service::start(&desk);
    desk.write("capability.json", CAPABILITY, 0o600);
    let agent = desk.does(&format!(
        "{HOME} agent register --name a --owner mailto:a@a.example"
    ));
    desk.does(&format!(
        "{HOME} agent instance {agent} --key first --out passport.json"
    ));
    let did = desk.does(&format!("{HOME} did create first"));
    let issue =
        format!("{HOME} credential issue --instance {did} --capability capability.json --out paper.json");
    desk.does(&issue);
    desk.ends(&issue, 2, "usage.write");
    let listed = desk.does(&format!("{HOME} --output jsonl credential list --subject {did}"));
    assert_eq!(
        listed.lines().count(),
        2,
        "a paper was issued that could not be written:\n{listed}"
    );

    let shown =
        format!("{HOME} present paper.json passport.json --audience a --nonce n --ttl 300s --out shown.json");
    desk.refuses(&format!("{shown} --as issue"), 2, "binding.holder");
    desk.does(&format!("{shown} --as first"));

    let join = format!("{HOME} trust join did:web:localhost%3A{port} --policy trust.toml --audience a");
    desk.refuses(&join, 2, "usage.unconfirmed");
    desk.refuses(&format!("{join} --fingerprint SHA256:x"), 1, "trust.key_changed");
    desk.does(&format!("{join} --yes --grant capability.json"));

    let verify = format!("verify shown.json --policy trust.toml {ASKED}");
    desk.does(&format!("{HOME} {verify}"));
    drop(service);
    desk.refuses(&format!("{HOME} {verify}"), 3, "fetch.failed");
    desk.refuses(&verify, 3, "fetch.blocked");
    desk.refuses(&format!("{verify} --offline"), 3, "evidence.needed");
    desk.refuses(&format!("{HOME} credential check paper.json"), 3, "fetch.failed");
}

#[test]
fn a_stream_has_a_result_for_every_line_of_garbage() {
    let desk = Desk::new();
    let mut command = desk.command("credential check --jsonl - --offline");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = b"{}\nnull\n\n\"a.b.c\"\n\xff\xfe\n{\"a\":1,\"a\":2}\n[[[[\n";
    child.stdin.take().unwrap().write_all(lines).unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().count(), 6, "{printed}");
    for line in printed.lines() {
        assert!(
            line.contains("\"checked\":false") && line.contains("\"verdict\":\"invalid\""),
            "{line}"
        );
    }
    assert_eq!(output.status.code(), Some(1));
}
