//! The input and output pairs of RFC 8785's repository, and its numbers.

use serde_json::{Number, Value};

use super::{folder, text};
use crate::{Limits, jcs::canonicalize, json::parse};

#[test]
fn every_input_has_its_output() {
    let Some(folder) = folder("jcs") else { return };
    let mut pairs = 0;
    for entry in std::fs::read_dir(folder.join("input")).unwrap() {
        let input = entry.unwrap().path();
        let name = input.file_name().unwrap();
        let output = text(folder.join("output").join(name));
        let hex: Vec<u8> = text(folder.join("outhex").join(name).with_extension("txt"))
            .split_whitespace()
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect();
        let canonical = canonicalize(&parse(text(&input).as_bytes(), &Limits::default()).unwrap()).unwrap();
        assert_eq!(
            String::from_utf8(canonical.clone()).unwrap(),
            output.trim_end(),
            "{name:?}"
        );
        assert_eq!(canonical, hex, "{name:?}");
        pairs += 1;
    }
    assert_eq!(pairs, 4);
    super::report("jcs", format_args!("{pairs} input/output pairs, byte for byte"));
}

#[test]
fn every_double_has_its_spelling() {
    let Some(folder) = folder("jcs") else { return };
    let (mut numbers, mut refused) = (0, 0);
    for line in text(folder.join("numbers.csv")).lines() {
        let (bits, spelling) = line.split_once(',').unwrap();
        let double = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        let Some(number) = Number::from_f64(double) else {
            assert_eq!(spelling, "ERROR", "{bits}");
            refused += 1;
            continue;
        };
        let canonical = canonicalize(&Value::Number(number)).unwrap();
        assert_eq!(String::from_utf8(canonical).unwrap(), spelling, "{bits}");
        // The spelling reads back as the same double, whichever kind of number the reader makes of it.
        let read = parse(spelling.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(read.as_f64().unwrap(), double, "{bits}");
        assert_eq!(canonicalize(&read).unwrap(), spelling.as_bytes(), "{bits}");
        numbers += 1;
    }
    assert_eq!((numbers, refused), (1501, 2));
    super::report(
        "jcs numbers",
        format_args!("{numbers} spelled, {refused} refused"),
    );
}
