//! The face that imports nothing: one JSON document in, one Decision out.
//!
//! The host asks for room with `chancery_input(length)`, writes the document there, calls `chancery_verify()`, and
//! reads `chancery_output_length()` bytes at the address it gave back. The document is `{presentation, evidence,
//! policy, request, at, historical?}`; the answer is always JSON, never a trap.
//!
//! INVARIANT: no import section. Whatever reaches for a clock, randomness or a file shows up there, and a test fails.

use std::sync::{Mutex, PoisonError};

static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// The largest document that is taken, in bytes; a longer one is cut to nothing and refused.
pub const INPUT_LIMIT: usize = chancery_host::CASE_LIMIT;

/// Makes room for a document of `length` bytes and gives its address.
#[expect(unsafe_code, reason = "exporting a symbol is spelled unsafe; nothing here is")]
#[unsafe(no_mangle)]
pub extern "C" fn chancery_input(length: usize) -> *mut u8 {
    let mut input = INPUT.lock().unwrap_or_else(PoisonError::into_inner);
    input.clear();
    input.resize(if length > INPUT_LIMIT { 0 } else { length }, 0);
    input.as_mut_ptr()
}

/// Judges the document in the input and gives the address of the answer.
#[expect(unsafe_code, reason = "exporting a symbol is spelled unsafe; nothing here is")]
#[unsafe(no_mangle)]
pub extern "C" fn chancery_verify() -> *const u8 {
    let input = INPUT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut output = OUTPUT.lock().unwrap_or_else(PoisonError::into_inner);
    *output = chancery_host::decide(input.as_slice()).into_bytes();
    output.as_ptr()
}

/// The length of the last answer, in bytes.
#[expect(unsafe_code, reason = "exporting a symbol is spelled unsafe; nothing here is")]
#[unsafe(no_mangle)]
pub extern "C" fn chancery_output_length() -> usize {
    OUTPUT.lock().unwrap_or_else(PoisonError::into_inner).len()
}
