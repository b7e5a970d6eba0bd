//! The README's walk-through, as printed: its `sh` blocks run in an empty folder with a fresh home.
//!
//! A command with a comment `# exit N: CODE` must end with that exit code and print that code; every
//! other command must end with 0. Only the two ports are replaced, by free ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// One command of the walk-through and how it must end.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    text: String,
    exit: u8,
    code: Option<String>,
}

/// The commands of the `sh` blocks between the README's two marks, in order.
fn steps(readme: &str) -> Vec<Step> {
    let (_, after) = readme.split_once("<!-- walkthrough -->").unwrap();
    let (part, _) = after.split_once("<!-- /walkthrough -->").unwrap();
    let mut steps = Vec::new();
    let mut lines = part.lines();
    while let Some(line) = lines.next() {
        if line != "```sh" {
            continue;
        }
        while let Some(line) = lines.next().filter(|line| *line != "```") {
            if line.trim().is_empty() {
                continue;
            }
            let mut text = line.to_owned();
            while text.ends_with('\\') {
                text = format!("{text}\n{}", lines.next().unwrap());
            }
            if let Some((_, end)) = text.clone().split_once("<<'") {
                let end = end.trim_end_matches('\'');
                loop {
                    let line = lines.next().unwrap();
                    text = format!("{text}\n{line}");
                    if line == end {
                        break;
                    }
                }
            }
            steps.push(step(text));
        }
    }
    steps
}

fn step(text: String) -> Step {
    let Some((_, due)) = text.split_once("# exit ") else {
        return Step {
            text,
            exit: 0,
            code: None,
        };
    };
    let (exit, code) = due
        .split_once(": ")
        .map_or((due, None), |(exit, code)| (exit, Some(code.to_owned())));
    Step {
        exit: exit.parse().unwrap(),
        code,
        text,
    }
}

/// A bash script that runs every step in one shell, keeps what it printed, and stops at the first wrong end.
fn script(steps: &[Step]) -> String {
    let mut script = String::from("set -u\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n");
    for (number, step) in steps.iter().enumerate() {
        let Step { text, exit, .. } = step;
        // The marks come first: a heredoc's end must stay alone on its line.
        writeln!(script, "{{\n{text}\n}} > ../out/{number:02} 2>&1").unwrap();
        writeln!(
            script,
            "ended=$?; [ $ended -eq {exit} ] || {{ echo \"step {number} ended with $ended\"; exit 99; }}"
        )
        .unwrap();
    }
    script
}

/// A port that is free together with the one of its management listener, a thousand higher.
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

#[test]
fn every_line_of_the_walkthrough_does_what_the_readme_says() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let (acme, globex) = (free_port(), free_port());
    let readme = readme
        .replace("8480", &acme.to_string())
        .replace("8481", &globex.to_string());
    let steps = steps(&readme);
    assert!(steps.len() > 30, "only {} steps were found", steps.len());

    let place = tempfile::tempdir().unwrap();
    for folder in ["work", "home", "out"] {
        fs::create_dir(place.path().join(folder)).unwrap();
    }
    fs::write(place.path().join("script.sh"), script(&steps)).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_chancery"));
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        binary.parent().unwrap().display()
    );
    let run = Command::new("bash")
        .arg("../script.sh")
        .current_dir(place.path().join("work"))
        .env_clear()
        .env("PATH", path)
        .env("HOME", place.path().join("home"))
        .output()
        .unwrap();

    let printed = |number: usize| {
        let text = fs::read(place.path().join(format!("out/{number:02}"))).unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    };
    let story: String = (0..steps.len())
        .map(|at| format!("$ {}\n{}", steps[at].text, printed(at)))
        .collect();
    assert!(
        run.status.success(),
        "{}{}\n{story}",
        String::from_utf8_lossy(&run.stdout),
        run.status
    );
    for (number, step) in steps.iter().enumerate() {
        if let Some(code) = &step.code {
            let text = printed(number);
            assert!(
                text.contains(&format!("  {code}  ")),
                "no `{code}` from `{}`:\n{text}",
                step.text
            );
        }
    }
    assert_eq!(
        fs::read_dir(place.path().join("home")).unwrap().count(),
        0,
        "something was left in the home"
    );
}

#[test]
fn a_step_keeps_its_continuation_its_heredoc_and_its_exit_code() {
    let readme = "<!-- walkthrough -->\n```sh\na \\\n  b   # exit 1: x.y\n\ncat > f <<'E'\n1\nE\n```\ntext\n\
                  ```text\nno\n```\n<!-- /walkthrough -->";
    let found = steps(readme);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].exit, found[0].code.as_deref()), (1, Some("x.y")));
    assert_eq!(found[1].text, "cat > f <<'E'\n1\nE");
}
