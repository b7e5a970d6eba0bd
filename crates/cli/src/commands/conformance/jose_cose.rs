//! `chancery conformance jose-cose`: one task of the VC-JOSE-COSE suite, from file to file.
//!
//! The suite calls a command per test and reads from the output file whether it said `success`, `failure` or
//! `indeterminate`. INVARIANT: the output file always holds the outcome of this very task, or is not there.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use chancery_did::{PublicKey, SecretKey};
use chancery_proof::{Limits, base64url, json};
use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};

use super::forms::{self, Feature, Refusal};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::input;

/// One task of the VC-JOSE-COSE suite.
///
/// The suite's `--output` names a file, everyone else's a format: its words are read by themselves.
#[derive(Debug, Args)]
pub struct JoseCose {
    /// `issue` or `verify` with `--input`, `--key`, `--feature` and `--output`, each but the third a file
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "WORDS"
    )]
    words: Vec<OsString>,
}

/// One task of the VC-JOSE-COSE suite, from file to file.
#[derive(Debug, Parser)]
#[command(name = "chancery conformance jose-cose", no_binary_name = true)]
struct Words {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Secure a credential or a presentation.
    Issue(Issue),
    /// Check a secured credential or presentation.
    Verify(Task),
}

#[derive(Debug, Args)]
struct Issue {
    #[command(flatten)]
    task: Task,
    /// What the holder may withhold, as a JSON array of paths such as `credentialSubject.phones[0]`
    #[arg(long, value_name = "JSON")]
    sd: Option<String>,
}

/// Files in, file out.
#[derive(Debug, Args)]
struct Task {
    /// The document to secure, or the secured text to check
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// A verification method of type `JsonWebKey`, with `secretKeyJwk` to issue
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What is secured, and how
    #[arg(long, value_enum)]
    feature: Feature,
    /// Where the outcome goes; a file of that name is replaced
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(command: &JoseCose, console: &mut Console) -> Result<Exit, Failure> {
    let verb = match Words::try_parse_from(&command.words) {
        Ok(words) => words.verb,
        Err(error) if error.use_stderr() => {
            let text = error.render().to_string();
            let text = text.trim_start_matches("error: ").trim_end();
            return Err(Failure::usage("usage.arguments", text));
        }
        Err(help) => {
            console.line(help.render().to_string().trim_end());
            return Ok(Exit::Yes);
        }
    };
    let task = match &verb {
        Verb::Issue(issue) => &issue.task,
        Verb::Verify(task) => task,
    };
    if task.output.is_file() {
        // An old outcome is never taken for this one's.
        fs::remove_file(&task.output).map_err(|error| {
            Failure::usage(
                "usage.write",
                format!("`{}` cannot be replaced: {error}", task.output.display()),
            )
        })?;
    }
    let outcome = match &verb {
        Verb::Issue(issue) => {
            let withheld = issue.sd.as_deref().map_or(Ok(Vec::new()), pointers)?;
            issued(&input::read(&task.input)?, &task.key, task.feature, &withheld)?
        }
        Verb::Verify(task) => verified(&input::read_text(&task.input)?, &task.key, task.feature)?,
    };
    let (result, data, exit) = match outcome {
        Ok(data) => ("success", data, Exit::Yes),
        Err(refusal) if refusal.undecided() => ("indeterminate", refusal.to_string(), Exit::CannotTell),
        Err(refusal) => ("failure", refusal.to_string(), Exit::No),
    };
    let shown = json!({ "result": result, "data": data });
    input::replace(&task.output, &shown.to_string())?;
    if console.is_json() {
        console.json(&shown);
    } else {
        console.line(result);
    }
    Ok(exit)
}

/// Secures a document; the outer error is a key file that is none.
fn issued(
    document: &[u8],
    key: &Path,
    feature: Feature,
    withheld: &[String],
) -> Result<Result<String, Refusal>, Failure> {
    let method = input::read_json(key)?;
    let key = public(&method).and_then(|public| Ok((secret(&method, &public)?, public)));
    let (secret, public) = match key {
        Ok(key) => key,
        Err(error) => return key_refused(error),
    };
    Ok(json::parse(document, &Limits::default())
        .map_err(Refusal::from)
        .and_then(|document| forms::issue(&document, feature, withheld, &public.thumbprint(), &secret)))
}

/// Checks a secured text; the outer error is a key file that is none.
fn verified(text: &str, key: &Path, feature: Feature) -> Result<Result<String, Refusal>, Failure> {
    match public(&input::read_json(key)?) {
        Ok(key) => Ok(forms::verify(text, feature, &key).map(|content| content.to_string())),
        Err(error) => key_refused(error),
    }
}

/// A key of a kind that is not known leaves the question open; any other defect is the caller's.
fn key_refused(error: chancery_did::KeyError) -> Result<Result<String, Refusal>, Failure> {
    let refusal = Refusal::from(error);
    if refusal.undecided() {
        return Ok(Err(refusal));
    }
    Err(Failure::usage(refusal.code, refusal.detail))
}

fn public(method: &Value) -> Result<PublicKey, chancery_did::KeyError> {
    PublicKey::from_jwk(method.get("publicKeyJwk").unwrap_or(&Value::Null))
}

/// The private half, which has to belong to the public one.
fn secret(method: &Value, public: &PublicKey) -> Result<SecretKey, chancery_did::KeyError> {
    let invalid = chancery_did::KeyError::Invalid;
    let number = method
        .pointer("/secretKeyJwk/d")
        .and_then(Value::as_str)
        .and_then(|text| base64url::decode(text).ok())
        .ok_or(invalid("its `secretKeyJwk` has no private number"))?;
    let secret = SecretKey::from_bytes(public.key_type(), &number)?;
    if secret.public_key() != public {
        return Err(invalid("its two halves do not belong together"));
    }
    Ok(secret)
}

/// Reads a JSON array of dotted paths as JSON Pointers.
fn pointers(text: &str) -> Result<Vec<String>, Failure> {
    let wrong = |detail: &str| Failure::usage("usage.argument", format!("`--sd`: {detail}"));
    let paths: Vec<String> =
        serde_json::from_str(text).map_err(|_| wrong("a JSON array of texts is expected"))?;
    paths
        .iter()
        .map(|path| pointer(path).ok_or_else(|| wrong("a path is `name.name[0]`")))
        .collect()
}

/// `a.b[0]` as `/a/b/0`.
fn pointer(path: &str) -> Option<String> {
    let mut pointer = String::new();
    for part in path.split('.') {
        let (name, indices) = part.split_at_checked(part.find('[').unwrap_or(part.len()))?;
        if name.is_empty() {
            return None;
        }
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        let mut rest = indices;
        while !rest.is_empty() {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            if index.is_empty() || !index.bytes().all(|digit| digit.is_ascii_digit()) {
                return None;
            }
            pointer.push('/');
            pointer.push_str(index);
            rest = after;
        }
    }
    Some(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_the_suite_is_a_file_whatever_the_format_is() {
        let words = "issue --input a --key k --feature credential_jose --sd [] --output o.json";
        let words = Words::try_parse_from(words.split(' ')).unwrap();
        let Verb::Issue(Issue { task, sd }) = words.verb else {
            panic!("another verb");
        };
        assert_eq!(
            (task.output, sd.as_deref()),
            (PathBuf::from("o.json"), Some("[]"))
        );
        for words in [
            "",
            "issue",
            "sign --input a",
            "verify --input a --key k --feature credential_jose",
        ] {
            Words::try_parse_from(words.split(' ')).unwrap_err();
        }
    }

    #[test]
    fn the_words_reach_the_task_past_the_options_of_every_command() {
        let words = [
            "chancery",
            "--output",
            "json",
            "conformance",
            "jose-cose",
            "verify",
            "--output",
            "x",
        ];
        let mut console = Console::new(Box::new(std::io::sink()), Box::new(std::io::sink()));
        assert_eq!(
            crate::run(words.map(Into::into), &mut console),
            Exit::Usage.number()
        );
    }

    #[test]
    fn a_path_becomes_a_pointer() {
        for (path, expected) in [
            ("holder", "/holder"),
            ("credentialSubject.firstName", "/credentialSubject/firstName"),
            ("a.b[0]", "/a/b/0"),
            ("a[1][22].b", "/a/1/22/b"),
            ("a/b.c~d", "/a~1b/c~0d"),
        ] {
            assert_eq!(pointer(path).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in [
            "", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[0", "a[0]b", "a]0[",
        ] {
            assert_eq!(pointer(path), None, "{path}");
        }
        for text in ["", "a", "{}", "[1]", "\"a\"", "[[\"a\"]]", "[\"a.\"]"] {
            assert_eq!(pointers(text).unwrap_err().code(), "usage.argument", "{text}");
        }
        assert_eq!(pointers("[]").unwrap(), [""; 0]);
    }
}
