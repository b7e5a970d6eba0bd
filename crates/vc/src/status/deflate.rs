//! Compressed bits: one gzip member (RFC 1952) or one zlib stream (RFC 1950), within bounds.
//!
//! Bitstring Status List v1.0 section 3.3 takes gzip, Token Status List section 4.1 takes zlib.
//!
//! INVARIANT: at most the limit is ever inflated, from exactly one stream with nothing behind it.

use std::io::{Read, Write};

use flate2::bufread::{GzDecoder, ZlibDecoder};
use flate2::write::ZlibEncoder;
use flate2::{Compression, GzBuilder};

use super::StatusError;

/// Inflates exactly one gzip member to at most `limit` bytes.
pub(super) fn gunzip(compressed: &[u8], limit: usize) -> Result<Vec<u8>, StatusError> {
    let mut decoder = GzDecoder::new(compressed);
    let bytes = bounded(&mut decoder, limit, "`encodedList` is not gzip")?;
    match decoder.into_inner() {
        [] => Ok(bytes),
        _ => Err(StatusError::Decompression("more than one gzip member")),
    }
}

/// Inflates exactly one zlib stream to at most `limit` bytes.
pub(super) fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, StatusError> {
    let mut decoder = ZlibDecoder::new(compressed);
    let bytes = bounded(&mut decoder, limit, "`lst` is not zlib")?;
    match decoder.into_inner() {
        [] => Ok(bytes),
        _ => Err(StatusError::Decompression("more than one zlib stream")),
    }
}

/// Compresses into one gzip member; the same bytes always give the same member.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>, StatusError> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    compressed.map_err(|error| StatusError::Malformed(error.to_string()))
}

/// Compresses into one zlib stream at the highest level; the same bytes always give the same stream.
pub(super) fn deflate(bytes: &[u8]) -> Result<Vec<u8>, StatusError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    compressed.map_err(|error| StatusError::Malformed(error.to_string()))
}

/// Reads to the end of the stream, or to one byte beyond the limit.
fn bounded(decoder: &mut dyn Read, limit: usize, what: &str) -> Result<Vec<u8>, StatusError> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = decoder.take(most).read_to_end(&mut bytes);
    read.map_err(|_| StatusError::Malformed(what.to_owned()))?;
    if bytes.len() > limit {
        return Err(StatusError::Decompression("more bytes than the limit"));
    }
    Ok(bytes)
}
