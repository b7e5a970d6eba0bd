//! A passport that the registry issues as SD-JWT, and what its holder leaves out of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use chancery_proof::Limits;
use chancery_vc::passport::Member;
use chancery_vc::read_presentation;

/// One organization with a running registry.
struct Office {
    folder: tempfile::TempDir,
    service: Option<Child>,
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(service) = &mut self.service {
            let _stopped = service.kill();
            let _reaped = service.wait();
        }
    }
}

impl Office {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut office = Self {
            folder,
            service: None,
        };
        office.write("passphrase", "correct horse battery staple");
        office.write(
            "capability.json",
            r#"[{"action": ["refund:create"], "resource": ["https://api.acme.example/orders/*"]}]"#,
        );
        let port = free_port();
        office.says(&format!("init --org did:web:localhost%3A{port} --name Acme"));
        let log = fs::File::create(office.folder.path().join("service.log")).unwrap();
        let mut serve = office.command("serve");
        office.service = Some(serve.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let up = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            office.run("agent list").status.success()
        });
        assert!(up, "the registry did not start");
        office
    }

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

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Which members the passport in a presentation shows.
    fn shown(&self, file: &str) -> Vec<&'static str> {
        let text = fs::read(self.folder.path().join(file)).unwrap();
        let read = read_presentation(text.trim_ascii(), &Limits::default()).unwrap();
        let papers = &read.unverified().papers;
        let passport = papers.iter().find_map(|paper| paper.unverified().passport());
        let shown = Member::ALL
            .into_iter()
            .filter(|member| passport.unwrap().shows(*member));
        shown.map(Member::as_str).collect()
    }
}

fn free_port() -> u16 {
    let free = || {
        TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port()
    };
    (0..100)
        .map(|_| free())
        .find(|port| {
            let management = port.checked_add(1000);
            management.is_some_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        })
        .unwrap()
}

#[test]
fn an_instance_leaves_out_what_its_passport_lets_it() {
    let office = Office::open();
    let agent = office.json("agent register --name refunds --owner mailto:ada@acme.example --team Payments")
        ["id"]
        .clone();
    let agent = agent.as_str().unwrap();
    office.says(&format!(
        "agent instance {agent} --key first --withholdable owner,team --out passport.sd-jwt"
    ));
    office.says(&format!("agent instance {agent} --key plain --out passport.json"));
    for key in ["first", "plain"] {
        let did = office.json(&format!("key show {key}"))["did"].clone();
        let did = did.as_str().unwrap();
        office.says(&format!(
            "credential issue --instance {did} --capability capability.json --out {key}.paper"
        ));
    }
    let present = |more: &str| {
        format!(
            "present first.paper passport.sd-jwt --as first --audience https://g.example --nonce n1 {more}"
        )
    };
    office.says(&present("--out whole.json"));
    assert_eq!(
        office.shown("whole.json"),
        ["name", "version", "owner", "team", "autonomyLevel"]
    );
    office.says(&present("--withhold owner --out part.json"));
    assert_eq!(
        office.shown("part.json"),
        ["name", "version", "team", "autonomyLevel"]
    );
    office.says(&present("--withhold owner,team --securing jose --out least.json"));
    assert_eq!(office.shown("least.json"), ["name", "version", "autonomyLevel"]);

    let plain = "present plain.paper passport.json --as plain --audience https://g.example --nonce n1 --withhold owner";
    let without = "present first.paper --as first --audience https://g.example --nonce n1 --withhold owner";
    for (line, said) in [
        (present("--withhold name"), "sd_jwt.pointer"),
        (present("--withhold tools"), "sd_jwt.pointer"),
        (present("--withhold riskLevel"), "cannot be withheld"),
        (present("--withhold karma"), "cannot be withheld"),
        (plain.to_owned(), "sd_jwt.serialization"),
        (without.to_owned(), "delegation.passport_missing"),
        (
            format!("agent instance {agent} --key third --withholdable organization"),
            "cannot be withheld",
        ),
    ] {
        let output = office.run(&line);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {talk}");
        assert!(talk.contains(said), "{line}: {talk}");
    }
}
