//! The published cases of the VC-JOSE-COSE suite, each through the command that the suite calls.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs one case and gives what the output file says.
fn run(case: &Value, folder: &Path, output: &Path) -> Value {
    let text = |name: &str| case[name].as_str().expect(name).to_owned();
    let input = |name: &str| folder.join("input").join(text(name));
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command.args(["conformance", "jose-cose", &text("fn")]);
    command.arg("--input").arg(input("input_file"));
    command.arg("--key").arg(input("key_file"));
    command.args(["--feature", &text("feature")]);
    if let Some(paths) = case.get("disclosure_paths") {
        command.args(["--sd", &paths.to_string()]);
    }
    let ended = command.arg("--output").arg(output).output().expect("it runs");
    let said = std::fs::read(output)
        .unwrap_or_else(|_| panic!("{}: {}", case["name"], String::from_utf8_lossy(&ended.stderr)));
    let said: Value = serde_json::from_slice(&said).expect("JSON");
    let exit = match said["result"].as_str() {
        Some("success") => 0,
        Some("failure") => 1,
        Some("indeterminate") => 3,
        other => panic!("{other:?}"),
    };
    assert_eq!(ended.status.code(), Some(exit), "{}", case["name"]);
    said
}

#[test]
fn every_published_case_ends_as_published() {
    let Some(folder) = chancery_official::folder("vc-jose-cose") else {
        return;
    };
    let cases: Value =
        serde_json::from_slice(&std::fs::read(folder.join("tests.json")).expect("the cases")).expect("JSON");
    let scratch = tempfile::tempdir().expect("a folder");
    let (mut success, mut failure, mut again) = (0, 0, 0);
    for case in cases.as_array().expect("cases") {
        let output = scratch.path().join(format!("{}.json", case["number"]));
        let said = run(case, &folder, &output);
        assert_eq!(
            said["result"], case["expected_result"],
            "{}: {}",
            case["name"], said["data"]
        );
        if said["result"] == "failure" {
            failure += 1;
            continue;
        }
        success += 1;
        if case["fn"] == "issue" {
            // What was issued holds, and does not hold under another feature's name.
            let issued = scratch.path().join("issued.txt");
            std::fs::write(&issued, said["data"].as_str().expect("a text")).expect("written");
            let mut check = case.clone();
            check["fn"] = "verify".into();
            check["input_file"] = issued.to_str().expect("a path").into();
            check
                .as_object_mut()
                .expect("an object")
                .remove("disclosure_paths");
            let checked = scratch.path().join("checked.json");
            assert_eq!(
                run(&check, &folder, &checked)["result"],
                "success",
                "{}",
                case["name"]
            );
            let feature = case["feature"].as_str().expect("a feature");
            let other = if feature == "credential_jose" {
                "presentation_jose"
            } else {
                "credential_jose"
            };
            check["feature"] = other.into();
            assert_eq!(
                run(&check, &folder, &checked)["result"],
                "failure",
                "{}",
                case["name"]
            );
            again += 1;
        }
    }
    assert_eq!((success, failure, again), (9, 6, 6));
    chancery_official::report(
        "vc-jose-cose",
        "15 passed, 0 failed (9 succeed, 6 fail as they must); 6 issued ones verified again",
    );
}
