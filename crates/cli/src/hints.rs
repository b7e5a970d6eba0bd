//! What to do next: after a failure that has no help of its own, and after a step of the walk-through.
//!
//! INVARIANT: a hint can be pasted as it stands; it repeats the flags that the command itself needed.

use std::path::Path;

use chancery_verifier::rejection;

use crate::Global;
use crate::exit::Failure;

/// `chancery` with the flags of this run, then `rest`.
pub(crate) fn next(global: &Global, rest: &str) -> String {
    format!("next: {}", command(global, rest))
}

/// The command line that a hint proposes.
pub(crate) fn command(global: &Global, rest: &str) -> String {
    format!("chancery{} {rest}", global.typed)
}

/// A path as it can be pasted into a shell.
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+:%@".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// Adds help to a failure that has none, from its code.
pub(crate) fn for_failure(failure: Failure, global: &Global) -> Failure {
    if failure.help().is_some() {
        return failure;
    }
    let help = match failure.code() {
        "fetch.blocked" if !global.dev => {
            Some("only public https addresses are fetched; for a registry on this machine add --dev".to_owned())
        }
        "fetch.tls" => Some("name the registry's own certificate authority with --ca-file FILE".to_owned()),
        "fetch.failed" => Some("is the registry running? start it with `chancery serve`".to_owned()),
        "auth.required" => Some(
            "name a valid admin token with --token-file FILE; `chancery serve --admin-token-out FILE` makes one"
                .to_owned(),
        ),
        "config.passphrase" => Some("name the file with the right passphrase: --passphrase-file FILE".to_owned()),
        code => rejection::explain(code).map(|_| format!("chancery explain {code}")),
    };
    match help {
        Some(help) => failure.with_help(help),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_when_a_shell_would_take_it_apart() {
        assert_eq!(quoted(Path::new("papers/one.json")), "papers/one.json");
        assert_eq!(quoted(Path::new("my papers")), "'my papers'");
        assert_eq!(quoted(Path::new("it's;rm")), "'it'\\''s;rm'");
    }
}
