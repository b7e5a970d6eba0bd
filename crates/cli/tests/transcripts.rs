//! What the command prints, word for word: help, explanations, wrong use (`tests/cmd/*.md`).
//!
//! After a change that is meant: `TRYCMD=overwrite cargo test -p chancery-cli --test transcripts`.

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a developer's own settings must not change what is printed"
)]
fn the_command_says_what_the_transcripts_show() {
    let cases = trycmd::TestCases::new();
    for name in ["CHANCERY_HOME", "CHANCERY_OUTPUT", "CHANCERY_REGISTRY"] {
        assert!(
            std::env::var_os(name).is_none(),
            "{name} changes what the command prints: unset it"
        );
    }
    cases.case("tests/cmd/*.md");
}
