//! Numbered stories, run by the tests.
