//! Bytes in the place of chance, for salts and for the keys of one proof.
//!
//! INVARIANT: they follow from the order of drawing alone and never repeat, so every run makes the same documents.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng, utils};

/// A counter that is drawn from as if it were random.
#[derive(Default)]
pub struct Drawn(u64);

impl TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for chunk in target.chunks_mut(8) {
            self.0 += 1;
            chunk.copy_from_slice(&self.0.to_be_bytes()[8 - chunk.len()..]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}
