//! A published status list, read by nothing of the project: RFC 1951 and 1952 and Bitstring Status List v1.0 in
//! as few lines as they need, so that the service and its reader cannot be wrong in the same way.

use std::collections::BTreeSet;

use serde_json::Value;

/// The indices of the set bits, and how many bits there are.
pub(crate) fn set_bits(list: &Value) -> (BTreeSet<u64>, u64) {
    let encoded = list["credentialSubject"]["encodedList"].as_str().unwrap();
    let bytes = gunzip(&base64url(encoded.strip_prefix('u').unwrap()));
    let bits = u64::try_from(bytes.len()).unwrap() * 8;
    let set = (0..bits).filter(|index| {
        let byte = bytes[usize::try_from(index / 8).unwrap()];
        byte >> (7 - index % 8) & 1 == 1
    });
    (set.collect(), bits)
}

fn base64url(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        held = held << 6 | u32::try_from(LETTERS.iter().position(|known| *known == letter).unwrap()).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    bytes
}

/// One gzip member, with its checksum and its length checked.
fn gunzip(bytes: &[u8]) -> Vec<u8> {
    assert_eq!(bytes[..3], [0x1f, 0x8b, 8], "one deflate member");
    assert_eq!(bytes[3], 0, "no optional header fields");
    let mut input = Bits { bytes, at: 10 * 8 };
    let plain = input.inflate();
    let tail = &bytes[input.at.div_ceil(8)..];
    assert_eq!(tail.len(), 8, "nothing after the member");
    assert_eq!(tail[..4], crc32(&plain).to_le_bytes());
    assert_eq!(tail[4..], u32::try_from(plain.len()).unwrap().to_le_bytes());
    plain
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
        })
    })
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A canonical Huffman code: how many codes of each length, and the symbols in their order.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[usize]) -> Self {
        let mut counts = [0; 16];
        lengths
            .iter()
            .filter(|length| **length > 0)
            .for_each(|length| counts[*length] += 1);
        let mut symbols: Vec<usize> = (0..lengths.len()).filter(|symbol| lengths[*symbol] > 0).collect();
        symbols.sort_by_key(|symbol| lengths[*symbol]);
        Self { counts, symbols }
    }
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> usize {
        (0..count).fold(0, |value, place| {
            let bit = self.bytes[self.at / 8] >> (self.at % 8) & 1;
            self.at += 1;
            value | usize::from(bit) << place
        })
    }

    fn symbol(&mut self, code: &Code) -> usize {
        let (mut value, mut first, mut index) = (0, 0, 0);
        for count in &code.counts[1..] {
            value |= self.take(1);
            if value < first + count {
                return code.symbols[index + value - first];
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        panic!("no such code");
    }

    fn inflate(&mut self) -> Vec<u8> {
        let mut plain = Vec::new();
        loop {
            let last = self.take(1) == 1;
            match self.take(2) {
                0 => {
                    self.at = self.at.div_ceil(8) * 8;
                    let length = self.take(16);
                    assert_eq!(self.take(16), length ^ 0xffff);
                    (0..length).for_each(|_| plain.push(u8::try_from(self.take(8)).unwrap()));
                }
                1 => {
                    let lengths = [[8; 144].as_slice(), &[9; 112], &[7; 24], &[8; 8]].concat();
                    self.block(&mut plain, &Code::new(&lengths), &Code::new(&[5; 30]));
                }
                2 => {
                    let (letters, distances) = self.codes();
                    self.block(&mut plain, &letters, &distances);
                }
                _ => panic!("no such block"),
            }
            if last {
                return plain;
            }
        }
    }

    fn codes(&mut self) -> (Code, Code) {
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let (letters, distances, given) = (self.take(5) + 257, self.take(5) + 1, self.take(4) + 4);
        let mut lengths = [0; 19];
        ORDER[..given]
            .iter()
            .for_each(|place| lengths[*place] = self.take(3));
        let meta = Code::new(&lengths);
        let mut lengths = Vec::new();
        while lengths.len() < letters + distances {
            let (length, times) = match self.symbol(&meta) {
                16 => (*lengths.last().unwrap(), self.take(2) + 3),
                17 => (0, self.take(3) + 3),
                18 => (0, self.take(7) + 11),
                length => (length, 1),
            };
            lengths.extend(vec![length; times]);
        }
        (Code::new(&lengths[..letters]), Code::new(&lengths[letters..]))
    }

    fn block(&mut self, plain: &mut Vec<u8>, letters: &Code, distances: &Code) {
        loop {
            let symbol = self.symbol(letters);
            if symbol == 256 {
                return;
            }
            let Some(long) = symbol.checked_sub(257) else {
                plain.push(u8::try_from(symbol).unwrap());
                continue;
            };
            let length = match long {
                0..8 => long + 3,
                28 => 258,
                _ => {
                    let extra = long / 4 - 1;
                    ((long % 4 + 4) << extra) + 3 + self.take(extra)
                }
            };
            let far = self.symbol(distances);
            let distance = if far < 4 {
                far + 1
            } else {
                let extra = far / 2 - 1;
                ((far % 2 + 2) << extra) + 1 + self.take(extra)
            };
            (0..length).for_each(|_| plain.push(plain[plain.len() - distance]));
        }
    }
}

#[test]
fn reader_agrees_with_the_specification_s_own_example() {
    // Bitstring Status List v1.0, example of an `encodedList`: 131,072 bits, none set.
    let list = serde_json::json!({ "credentialSubject": { "encodedList": 
        "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    } });
    assert_eq!(set_bits(&list), (BTreeSet::new(), 131_072));
}
