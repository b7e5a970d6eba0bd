//! Step 8, binding: holder, audience, nonce, and a short life.
//!
//! Profile, "Chain and presentation". INVARIANT: a verifier without an expectation accepts nothing, and a
//! presentation is for exactly one audience and one nonce.

use chancery_trust::Policy;

use crate::commit::Commit;
use crate::rejection::Rejection;
use crate::verify::{Papers, Verified, time};

/// The longest life of a presentation, in milliseconds.
const MOST_LIFE: i64 = 300_000;

/// What the verifier expects of the presentation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// The audience that was asked.
    pub(crate) audience: &'a str,
    /// The nonce that was given out.
    pub(crate) nonce: &'a str,
}

/// Judges who presents, to whom, and on which occasion.
pub(crate) fn binding(papers: &Papers, expected: &Expected<'_>, policy: &Policy) -> Result<(), Rejection> {
    if expected.audience.is_empty() || expected.nonce.is_empty() {
        return Err(Rejection::new(
            "binding.expectation_missing",
            "no audience or no nonce is expected",
        ));
    }
    let presentation = papers.presentation.value();
    let leaf = papers
        .layout
        .chain
        .checked_sub(1)
        .and_then(|at| papers.papers.get(at));
    if leaf.is_none_or(|leaf| leaf.value().subject != presentation.holder) {
        let detail = format!("`{}` presents, the chain ends elsewhere", presentation.holder);
        return Err(Rejection::new("binding.holder", detail));
    }
    if expected.audience != policy.audience {
        let detail = format!(
            "`{}` was asked, the policy is of `{}`",
            expected.audience, policy.audience
        );
        return Err(Rejection::new("binding.audience", detail));
    }
    if presentation.audience.as_deref() != Some(expected.audience) {
        return Err(Rejection::new(
            "binding.audience",
            "the presentation is not for this audience alone",
        ));
    }
    if presentation.nonce.as_deref() != Some(expected.nonce) {
        return Err(Rejection::new(
            "binding.nonce",
            "the presentation does not answer this nonce",
        ));
    }
    let life = presentation
        .created
        .zip(presentation.expires)
        .map(|(from, until)| until.millis_since(from));
    match life {
        Some(life) if life <= MOST_LIFE => Ok(()),
        Some(life) => {
            let detail = format!(
                "lives {} s, at most {} s",
                time::seconds(life),
                time::seconds(MOST_LIFE)
            );
            Err(Rejection::new("binding.too_long", detail))
        }
        None => Err(Rejection::new(
            "binding.too_long",
            "the presentation does not end",
        )),
    }
}

/// What an allow commits: the nonce, for as long as the presentation could be shown again.
pub(crate) fn commit(papers: &Verified<Papers>, policy: &Policy) -> Vec<Commit> {
    let presentation = papers.value().presentation.value();
    let (Some(audience), Some(nonce), Some(expires)) =
        (&presentation.audience, &presentation.nonce, presentation.expires)
    else {
        return Vec::new();
    };
    let until = expires.saturating_add_millis(policy.skew.saturating_add(1));
    vec![Commit::ConsumeNonce {
        audience: audience.clone(),
        nonce: nonce.clone(),
        until,
    }]
}

#[cfg(test)]
mod tests {
    use crate::cast::{GLOBEX, Scene, Who, later, refuses};

    #[test]
    fn a_missing_expectation_accepts_nothing() {
        for (audience, nonce) in [("", "nonce-1"), (GLOBEX, ""), ("", "")] {
            let mut scene = Scene::direct();
            scene.request.audience = audience.into();
            scene.request.nonce = nonce.into();
            refuses(&scene.decide(), "binding.expectation_missing");
        }
    }

    #[test]
    fn only_the_last_subject_presents() {
        for who in [Who::First, Who::Mallory] {
            let mut scene = Scene::delegated();
            scene.holder = who;
            scene.presenter = who;
            refuses(&scene.decide(), "binding.holder");
        }
    }

    #[test]
    fn the_audience_is_exact() {
        for audience in [
            "https://api.globex.example/",
            "https://API.globex.example",
            "https://api.globex",
            "https://api.initech.example",
            "",
        ] {
            let mut scene = Scene::direct();
            scene.audience = audience.into();
            refuses(&scene.decide(), "binding.audience");
        }
    }

    #[test]
    fn a_verifier_answers_for_its_own_policys_audience_only() {
        let mut scene = Scene::direct();
        scene.audience = "https://other.example".into();
        scene.request.audience = "https://other.example".into();
        refuses(&scene.decide(), "binding.audience");
    }

    #[test]
    fn the_nonce_is_exact() {
        for nonce in ["nonce-2", "Nonce-1", "nonce-1 ", "nonce"] {
            let mut scene = Scene::direct();
            scene.nonce = nonce.into();
            refuses(&scene.decide(), "binding.nonce");
        }
    }

    #[test]
    fn several_audiences_are_none() {
        let scene = Scene::direct();
        let mut claims = scene.document();
        claims["iss"] = Who::First.did().as_str().into();
        claims["aud"] = serde_json::json!([GLOBEX, "https://other.example"]);
        claims["nonce"] = "nonce-1".into();
        claims["iat"] = later(-5).seconds().into();
        claims["exp"] = later(100).seconds().into();
        let token =
            chancery_proof::jose::sign("vp+jwt", &Who::First.method(), &claims, &Who::First.key()).unwrap();
        refuses(&scene.decide_on(&token), "binding.audience");
    }

    #[test]
    fn a_presentation_lives_at_most_300_seconds() {
        let mut scene = Scene::direct();
        scene.expires = later(295);
        assert!(scene.decide().allow);
        scene.expires = later(296);
        refuses(&scene.decide(), "binding.too_long");
    }
}
