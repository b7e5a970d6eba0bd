//! Reading an answer's body under a limit that counts what comes out, not what came in.
//!
//! Follows RFC 9110 section 8.4 for content encodings: identity and one layer of gzip (RFC 1952, one member)
//! are read, anything else is refused. INVARIANT: no more than the limit is ever held, whatever the length
//! header or the compression promises.

use std::io::{self, Write};

use flate2::write::GzDecoder;

use super::FetchError;

/// A body that is being read.
pub(super) struct Body {
    sink: Sink,
    limit: usize,
    taken: usize,
}

enum Sink {
    Plain(Bounded),
    Gzip(Box<GzDecoder<Bounded>>),
}

impl Body {
    /// Begins a body with the value of the `content-encoding` header.
    pub(super) fn new(encoding: Option<&str>, limit: usize) -> Result<Self, FetchError> {
        let bounded = Bounded {
            bytes: Vec::new(),
            limit,
            over: false,
        };
        let sink = match encoding.map(|text| text.trim().to_ascii_lowercase()).as_deref() {
            None | Some("" | "identity") => Sink::Plain(bounded),
            Some("gzip") => Sink::Gzip(Box::new(GzDecoder::new(bounded))),
            Some(_) => return Err(FetchError::MediaType("unknown content encoding".to_owned())),
        };
        Ok(Self {
            sink,
            limit,
            taken: 0,
        })
    }

    /// Takes the next bytes as they came from the wire.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), FetchError> {
        self.taken = self.taken.saturating_add(chunk.len());
        if self.taken > self.limit {
            return Err(FetchError::TooLarge(self.limit));
        }
        let (written, over) = match &mut self.sink {
            Sink::Plain(bounded) => (bounded.write_all(chunk), bounded.over),
            Sink::Gzip(decoder) => (decoder.write_all(chunk), decoder.get_ref().over),
        };
        self.judge(written, over)
    }

    /// Gives the whole body.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, FetchError> {
        if let Sink::Gzip(decoder) = &mut self.sink {
            let (finished, over) = (decoder.try_finish(), decoder.get_ref().over);
            self.judge(finished, over)?;
        }
        match self.sink {
            Sink::Plain(bounded) => Ok(bounded.bytes),
            Sink::Gzip(decoder) => decoder
                .finish()
                .map(|bounded| bounded.bytes)
                .map_err(|_| broken()),
        }
    }

    fn judge(&self, outcome: io::Result<()>, over: bool) -> Result<(), FetchError> {
        match outcome {
            _ if over => Err(FetchError::TooLarge(self.limit)),
            Ok(()) => Ok(()),
            Err(_) => Err(broken()),
        }
    }
}

fn broken() -> FetchError {
    FetchError::Failed("broken compression".to_owned())
}

/// A growing buffer that refuses to pass its limit.
struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
    over: bool,
}

impl Write for Bounded {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(chunk.len()) > self.limit {
            self.over = true;
            return Err(io::Error::other("over the limit"));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(encoding: Option<&str>, wire: &[u8], limit: usize) -> Result<Vec<u8>, FetchError> {
        let mut body = Body::new(encoding, limit)?;
        for chunk in wire.chunks(7) {
            body.push(chunk)?;
        }
        body.finish()
    }

    #[test]
    fn a_body_of_exactly_the_limit_is_read() {
        assert_eq!(read(None, &[7; 100], 100).unwrap(), vec![7; 100]);
        assert_eq!(read(Some("GZIP"), &gzip(&[7; 100]), 100).unwrap(), vec![7; 100]);
    }

    #[test]
    fn one_byte_over_the_limit_is_refused() {
        assert_eq!(read(None, &[7; 101], 100).unwrap_err().code(), "fetch.too_large");
        assert_eq!(
            read(Some("gzip"), &gzip(&[7; 101]), 100).unwrap_err().code(),
            "fetch.too_large"
        );
    }

    proptest::proptest! {
        #[test]
        fn a_body_is_the_same_however_it_is_cut(bytes: Vec<u8>, cut in 1_usize..64) {
            let wire = gzip(&bytes);
            let mut body = Body::new(Some("gzip"), 4096).unwrap();
            for chunk in wire.chunks(cut) {
                body.push(chunk).unwrap();
            }
            proptest::prop_assert_eq!(body.finish().unwrap(), bytes);
        }
    }

    #[test]
    fn a_bomb_is_counted_on_its_output() {
        let bomb = gzip(&vec![0; 8 * 1024 * 1024]);
        assert!(bomb.len() < 16 * 1024);
        assert_eq!(
            read(Some("gzip"), &bomb, 1024 * 1024).unwrap_err().code(),
            "fetch.too_large"
        );
    }

    #[test]
    fn other_encodings_and_broken_ones_are_refused() {
        for encoding in ["br", "deflate", "gzip, gzip", "zstd", "x"] {
            assert_eq!(
                read(Some(encoding), b"", 100).unwrap_err().code(),
                "fetch.media_type",
                "{encoding}"
            );
        }
        let good = gzip(b"hello");
        assert_eq!(
            read(Some("gzip"), b"hello", 100).unwrap_err().code(),
            "fetch.failed"
        );
        assert_eq!(
            read(Some("gzip"), &good[..good.len() - 1], 100)
                .unwrap_err()
                .code(),
            "fetch.failed"
        );
        let trailing = [good.clone(), good].concat();
        assert_eq!(
            read(Some("gzip"), &trailing, 200).unwrap_err().code(),
            "fetch.failed"
        );
    }
}
