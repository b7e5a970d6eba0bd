//! The native side of the bench that runs in Node (`tests/interop/bench.mjs`).
//!
//! It prints its scenes as one line of JSON, then answers each line `<scene> <runs>` with the microseconds that
//! one verification took, so that the two sides take turns in the same rounds. Both go through the same door,
//! `chancery_host::Host`. INVARIANT: a scene is printed only after it was judged and allowed here.

use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use chancery_host::Host;
use chancery_proof::Securing;
use serde_json::{Value, json};

use crate::fixture::{AUDIENCE, NONCE, Scene, now};

/// One presentation under one open verifier.
struct Judged {
    verifier: u32,
    presentation: String,
    request: String,
}

/// Prints the scenes and times them until the input ends.
pub fn serve() -> io::Result<()> {
    let mut host = Host::new();
    let (mut scenes, mut judged) = (Vec::new(), Vec::new());
    for (name, securing) in [
        ("eddsa-jcs-2022", Securing::DataIntegrity),
        ("jose", Securing::Jose),
    ] {
        let scene = Scene::three_hops_in(securing);
        let (bundle, signer) = scene.bundle();
        let options = json!({
            "bundle": bundle,
            "signer": { "did": signer.did().as_str(), "thumbprint": signer.thumbprint() },
            "policy": scene.policy.to_value(),
            "audience": AUDIENCE,
        });
        let opened: Value = serde_json::from_str(&host.open(&options.to_string(), now().millis()))?;
        let verifier = opened["verifier"]
            .as_u64()
            .and_then(|handle| u32::try_from(handle).ok());
        let verifier = verifier.unwrap_or_else(|| panic!("{opened}"));
        let mut request = scene.request.to_value();
        request.as_object_mut().map(|members| members.remove("audience"));
        let one = Judged {
            verifier,
            presentation: scene.presentation.clone(),
            request: request.to_string(),
        };
        let decision: Value = serde_json::from_str(&one.run(&mut host))?;
        assert_eq!(decision["allow"], true, "{decision}");
        let lists = scene.evidence.status_lists.values();
        let secured: Vec<&String> = scene
            .papers
            .iter()
            .chain([&scene.presentation])
            .chain(lists)
            .collect();
        assert_eq!(decision["signatures"], secured.len(), "{name}");
        scenes.push(json!({
            "name": name, "options": options, "at": now().millis(), "nonce": NONCE,
            "presentation": scene.presentation, "request": request, "secured": secured,
            "documents": scene.evidence.documents.values().collect::<Vec<_>>(),
        }));
        judged.push(one);
    }
    let (stdin, mut stdout) = (io::stdin().lock(), io::stdout().lock());
    writeln!(stdout, "{}", Value::from(scenes))?;
    stdout.flush()?;
    for line in stdin.lines() {
        let line = line?;
        let mut words = line.split(' ').map(str::parse::<usize>);
        let (Some(Ok(scene)), Some(Ok(runs))) = (words.next(), words.next()) else {
            return Err(io::Error::other("`<scene> <runs>` is wanted"));
        };
        let start = Instant::now();
        for _ in 0..runs {
            black_box(judged[scene].run(&mut host));
        }
        writeln!(stdout, "{}", start.elapsed().as_secs_f64() * 1e6 / runs as f64)?;
        stdout.flush()?;
    }
    Ok(())
}

impl Judged {
    fn run(&self, host: &mut Host) -> String {
        host.verify(
            self.verifier,
            &self.presentation,
            &self.request,
            "",
            now().millis(),
        )
    }
}
