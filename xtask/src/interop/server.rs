//! `chancery conformance serve` on a free loopback port, ended when it is dropped.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::step::Outcome;

/// The running service.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    url: String,
    /// Held open: the service may write on.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it and waits for the line in which it names its address.
    pub(super) fn start(command: &Path) -> Outcome<Self> {
        let failed = |error: std::io::Error| format!("{}: {error}", command.display());
        let mut child = Command::new(command)
            .args(["conformance", "serve", "--output", "json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut line = String::new();
        stdout.read_line(&mut line).map_err(failed)?;
        let url = member(&line, "url").map(str::to_owned);
        let server = |url| Self {
            child,
            url,
            _stdout: stdout,
        };
        url.map(server)
            .ok_or_else(|| format!("chancery conformance serve named no address: {line}"))
    }

    /// Its base URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The text of a member of one flat JSON object, where it has no escapes.
fn member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{name}\""))?;
    let rest = rest
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('"')?;
    rest.split_once('"').map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_names_the_address() {
        let line = r#"{"kind":"ConformanceServer","public_url":"https://a","url": "http://localhost:7"}"#;
        assert_eq!(member(line, "url"), Some("http://localhost:7"));
        assert_eq!(member(line, "port"), None);
        assert_eq!(member("error", "url"), None);
    }
}
