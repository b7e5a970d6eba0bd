"""The functions without a verifier: one case judged whole, decoding, and a chain in words.

INVARIANT: nothing is raised about what a peer made; `inspect` checks no signature, and says so.
"""

from __future__ import annotations

from typing import Any, Literal

from . import _native
from .call import MISSING, Refused, text_of
from .decision import Decision, JsonObject, decision, read, refusal
from .session import Session


def verify(case: str | bytes) -> Decision:
    """Judges one JSON document `{presentation, evidence, policy, request, at, historical?}` as the pure function does.

    It remembers and commits nothing: this is for replays, audits and tests. Tool calls are decided by a `Verifier`.
    """
    try:
        return decision(_native.decide(text_of(case, "case")))
    except Refused as refused:
        return decision(refusal(refused.code, refused.detail))


def authorize(session: Session, tool: object = MISSING, args: object = MISSING, **more: Any) -> Decision:
    """Decides one call of an admitted conversation; the same as `session.authorize`."""
    return session.authorize(tool=tool, args=args, **more)


def inspect(text: str | bytes) -> JsonObject:
    """Decodes a presentation, paper, token, bundle or card for the eye. Nothing in it has been verified."""
    try:
        return read(_native.inspect(text_of(text, "text")))
    except Refused as refused:
        return read(refusal(refused.code, refused.detail))


def render_chain(shown: Decision | str, form: Literal["text", "mermaid", "json"] = "text") -> str:
    """Draws who gave what to whom, out of a decision."""
    text = shown.text if isinstance(shown, Decision) else shown
    try:
        return _native.render_chain(text_of(text, "decision"), text_of(form, "form"))
    except Refused as refused:
        return refusal(refused.code, refused.detail)
