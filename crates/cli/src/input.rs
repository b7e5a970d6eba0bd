//! What a person hands in: files, `k=v` pairs, durations, times; and the files that a command writes.
//!
//! INVARIANT: an existing file or a link is never written over.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use chancery::OsRandom;
use chancery_did::Timestamp;
use chancery_proof::Limits;
use chancery_vc::passport::Member;

use crate::exit::Failure;

/// The largest file that a command reads, in bytes.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// Reads a file, or standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_within(path, FILE_LIMIT)
}

/// As [`read`], for a file that may be this long.
pub(crate) fn read_within(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let failed =
        |error: std::io::Error| Failure::usage("usage.read", format!("`{shown}` cannot be read: {error}"));
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(failed)?;
    } else {
        let file = fs::File::open(path).map_err(failed)?;
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(failed)?;
    }
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(Failure::usage(
            "limit.size",
            format!("`{shown}` is larger than {limit} bytes"),
        ));
    }
    Ok(bytes)
}

/// Opens a stream of lines: a file, or standard input for `-`.
pub(crate) fn lines(path: &Path) -> Result<Lines, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Lines(Box::new(std::io::BufReader::new(std::io::stdin()))));
    }
    let file = fs::File::open(path).map_err(|error| {
        Failure::usage(
            "usage.read",
            format!("`{}` cannot be read: {error}", path.display()),
        )
    })?;
    Ok(Lines(Box::new(std::io::BufReader::new(file))))
}

/// Lines that are read one by one; a longer one than a file may be ends the stream with a failure.
pub(crate) struct Lines(Box<dyn BufRead>);

impl Lines {
    /// The next line, or `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut line = Vec::new();
        let failed =
            |error: std::io::Error| Failure::usage("usage.read", format!("the stream broke: {error}"));
        let count = (&mut self.0)
            .take(FILE_LIMIT)
            .read_until(b'\n', &mut line)
            .map_err(failed)?;
        if u64::try_from(count).is_ok_and(|count| count >= FILE_LIMIT) {
            return Err(Failure::usage(
                "limit.size",
                format!("a line is longer than {FILE_LIMIT} bytes"),
            ));
        }
        Ok((count > 0).then_some(line))
    }
}

/// Reads a file as text, without the white space around it.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = read(path)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(_) => Err(Failure::usage(
            "parse.utf8",
            format!("`{}` is not UTF-8 text", path.display()),
        )),
    }
}

/// Reads a file as strict JSON.
pub(crate) fn read_json(path: &Path) -> Result<Value, Failure> {
    let bytes = read(path)?;
    chancery_proof::json::parse(&bytes, &Limits::default())
        .map_err(|error| Failure::usage(error.code(), format!("`{}`: {error}", path.display())))
}

/// Refuses a name under which no new file can be written, before anything is done for its sake.
pub(crate) fn vacant(path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    if path.symlink_metadata().is_ok() {
        return Err(unwritten(path, "it is there already"));
    }
    if !folder.is_dir() {
        return Err(unwritten(path, "there is no such folder"));
    }
    Ok(())
}

fn unwritten(path: &Path, why: &str) -> Failure {
    Failure::usage(
        "usage.write",
        format!("`{}` cannot be written: {why}", path.display()),
    )
    .with_help("an existing file is never written over: choose another name or remove it")
}

/// Writes a new file that its owner alone may read; an existing file or a link is refused.
///
/// INVARIANT: a file that could not be written whole is taken away again.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options
        .open(path)
        .map_err(|error| unwritten(path, &error.to_string()))?;
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.write_all(end.as_bytes()));
    written.and_then(|()| file.sync_all()).map_err(|error| {
        let _half = fs::remove_file(path);
        unwritten(path, &error.to_string())
    })
}

/// Writes one of the command's own files anew, by way of another name, so that nobody reads half of it.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", OsRandom::nonce()));
    let new = PathBuf::from(name);
    write_new(&new, text)?;
    fs::rename(&new, path).map_err(|error| {
        let _unused = fs::remove_file(&new);
        Failure::usage(
            "usage.write",
            format!("`{}` cannot be written: {error}", path.display()),
        )
    })
}

/// Takes `k=v` pairs apart into JSON strings; the value stays exactly as typed.
pub(crate) fn arguments(pairs: &[String]) -> Result<Option<Value>, Failure> {
    if pairs.is_empty() {
        return Ok(None);
    }
    let mut members = Map::new();
    for pair in pairs {
        let (name, value) = pair
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| Failure::usage("usage.argument", format!("`{pair}` is not name=value")))?;
        if members
            .insert(name.to_owned(), Value::String(value.to_owned()))
            .is_some()
        {
            return Err(Failure::usage(
                "usage.argument",
                format!("argument `{name}` is given twice"),
            ));
        }
    }
    Ok(Some(Value::Object(members)))
}

/// Reads a duration such as `90s`, `15m`, `12h` or `7d`, in seconds.
pub(crate) fn duration(text: &str) -> Result<u64, String> {
    let split = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(split).unwrap_or((text, ""));
    let number: u64 = number
        .parse()
        .map_err(|_| format!("`{text}` is not a duration such as 15m"))?;
    let scale: u64 = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(format!("`{unit}` is not a unit of time: use s, m, h or d")),
    };
    number
        .checked_mul(scale)
        .filter(|seconds| *seconds <= 366 * 86_400)
        .ok_or_else(|| format!("`{text}` is too long"))
}

/// Reads the name of a member of a passport that may be withheld.
pub(crate) fn member(text: &str) -> Result<Member, String> {
    Member::parse(text).ok_or_else(|| {
        let names: Vec<&str> = Member::ALL.iter().map(|member| member.as_str()).collect();
        format!(
            "`{text}` cannot be withheld: of a passport only {} can",
            names.join(", ")
        )
    })
}

/// Reads an RFC 3339 time.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.to_string())
}

/// Asks before an act that cannot be undone: on a terminal by a question, elsewhere only `--yes` will do.
pub(crate) fn confirm(yes: bool, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let refused = || {
        Failure::usage("usage.unconfirmed", format!("not confirmed: {question}"))
            .with_help("say --yes to mean it")
    };
    if !std::io::stdin().is_terminal() {
        return Err(refused());
    }
    // The question goes to the terminal's standard error, so that a pipe on standard output stays clean.
    let asked = write!(std::io::stderr(), "{question} [y/N] ").and_then(|()| std::io::stderr().flush());
    let mut answer = String::new();
    let read = asked.and_then(|()| std::io::stdin().read_line(&mut answer));
    match (read, answer.trim()) {
        (Ok(_), "y" | "Y" | "yes") => Ok(()),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_number_and_a_known_unit() {
        assert_eq!(duration("15m"), Ok(900));
        assert_eq!(duration("1d"), Ok(86_400));
        for bad in [
            "",
            "m",
            "15 m",
            "-1s",
            "1w",
            "99999999999999999999s",
            "400d",
            "1.5h",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_argument_is_a_string_given_once() {
        let pairs = ["amount=35.00".to_owned(), "note=a=b".to_owned()];
        assert_eq!(
            arguments(&pairs).unwrap().unwrap(),
            serde_json::json!({"amount": "35.00", "note": "a=b"})
        );
        assert!(arguments(&["amount".to_owned()]).is_err());
        assert!(arguments(&["=1".to_owned()]).is_err());
        assert!(arguments(&["a=1".to_owned(), "a=2".to_owned()]).is_err());
    }

    #[test]
    fn an_existing_file_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("paper.json");
        write_new(&path, "one").unwrap();
        assert_eq!(write_new(&path, "two").unwrap_err().code(), "usage.write");
        assert_eq!(read_text(&path).unwrap(), "one");
    }
}
