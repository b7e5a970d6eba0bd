//! Compressed bits: one gzip member (RFC 1952) or one zlib stream (RFC 1950), within bounds.
//!
//! Bitstring Status List v1.0 section 3.3 takes gzip, Token Status List section 4.1 takes zlib.
//!
//! INVARIANT: at most the limit is ever inflated, from exactly one stream with nothing behind it.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, GzBuilder};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::StatusError;
use super::gzip_member::{after_trailer, body};

const NO_GZIP: &str = "`encodedList` is not gzip";
const NO_ZLIB: &str = "`lst` is not zlib";

/// Inflates exactly one gzip member to at most `limit` bytes.
pub(super) fn gunzip(compressed: &[u8], limit: usize) -> Result<Vec<u8>, StatusError> {
    let not_gzip = || StatusError::Malformed(NO_GZIP.to_owned());
    let stream = body(compressed).ok_or_else(not_gzip)?;
    let (bytes, behind) = bounded(stream, 0, limit, NO_GZIP)?;
    match after_trailer(behind, &bytes).ok_or_else(not_gzip)? {
        [] => Ok(bytes),
        _ => Err(StatusError::Decompression("more than one gzip member")),
    }
}

/// Inflates exactly one zlib stream to at most `limit` bytes.
pub(super) fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, StatusError> {
    let header = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER;
    match bounded(compressed, header, limit, NO_ZLIB)? {
        (bytes, []) => Ok(bytes),
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

/// Inflates one stream to its end, or to one byte beyond the limit, and gives what stands behind it.
fn bounded<'a>(
    mut rest: &'a [u8],
    flags: u32,
    limit: usize,
    what: &str,
) -> Result<(Vec<u8>, &'a [u8]), StatusError> {
    let flags = flags | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let most = limit.saturating_add(1);
    let mut decoder = Box::<DecompressorOxide>::default();
    let mut bytes = vec![0; rest.len().saturating_mul(4).min(most)];
    let mut filled = 0_usize;
    loop {
        let (status, taken, given) = decompress(&mut decoder, rest, &mut bytes, filled, flags);
        rest = rest.get(taken..).unwrap_or_default();
        filled = filled.saturating_add(given);
        if filled > limit {
            return Err(StatusError::Decompression("more bytes than the limit"));
        }
        if status == TINFLStatus::Done {
            bytes.truncate(filled);
            return Ok((bytes, rest));
        }
        if status != TINFLStatus::HasMoreOutput {
            return Err(StatusError::Malformed(what.to_owned()));
        }
        // INVARIANT: the buffer is full and no longer than the limit, so it grows.
        bytes.resize(bytes.len().max(1).saturating_mul(2).min(most), 0);
    }
}
