//! Step 1: sizes, strict JSON, structure, schema version.

mod limit;
mod member;
mod name;
mod shape;
mod text;
mod token;

use super::Corpus;

pub(super) fn vectors(corpus: &mut Corpus) {
    text::texts(corpus);
    text::json_texts(corpus);
    token::tokens(corpus);
    limit::limits(corpus);
    text::duplicates(corpus);
    member::unknown_members(corpus);
    shape::shapes(corpus);
    member::schemas(corpus);
    name::names(corpus);
    name::capabilities(corpus);
}

/// The presentation's text replaced or rewritten.
pub(super) fn rewritten(
    corpus: &mut Corpus,
    name: &str,
    code: &str,
    comment: &str,
    rewrite: impl Fn(String) -> String + 'static,
) {
    corpus.direct(&format!("read_{name}"), code, comment, |scene| {
        scene.rewrite(rewrite)
    });
}

/// The same for a presentation that is a JWS throughout.
pub(super) fn rewritten_token(
    corpus: &mut Corpus,
    name: &str,
    code: &str,
    comment: &str,
    rewrite: impl Fn(String) -> String + 'static,
) {
    corpus.direct(&format!("read_{name}"), code, comment, |scene| {
        scene.jose();
        scene.rewrite(rewrite);
    });
}
