"""The verifier: a signed bundle, the signer to expect, a policy and an audience in; decisions out.

Profile, "Judging" and "Bundles". INVARIANT: nothing about a peer's papers, a call or a callback is raised: each
answer is a decision with a code. An allow has been committed by the host's callback before it is returned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from . import zones
from ._native import Engine
from .call import MISSING, Refused, call, snapshot, text_of, write
from .decision import (
    CardReport,
    CommitEntry,
    Decision,
    JsonObject,
    Refreshed,
    card_report,
    decision,
    read,
    refreshed,
    refusal,
)
from .errors import ChanceryError
from .session import Session

Text = str | bytes
"""What a peer sent: text, or its UTF-8 bytes."""

Commit = Callable[[Sequence[CommitEntry]], Literal["applied", "seen"]]
"""Applies all entries in one atomic step: `"applied"`, or `"seen"` where one of them was used before."""

_ROUNDS: Final = 8
_MOST_SECONDS: Final = 253_402_300_800


class Verifier:
    """Decides about tool calls. One may serve many threads; it reaches no network and no file.

    `clock` gives seconds since 1970 as `time.time` does; `commit` applies what an allow uses up (see `Ledger`);
    without it, what must be committed is denied as `commit.unavailable`. `seen` is the `issued_at` of the newest
    bundle that was ever accepted, and `max_status_age` (seconds) may only lower the policy's.
    """

    def __init__(
        self,
        *,
        bundle: Text,
        signer: dict[str, str],
        policy: Text,
        audience: str,
        clock: Callable[[], float] | None = None,
        commit: Commit | None = None,
        seen: str | None = None,
        max_status_age: float | None = None,
    ) -> None:
        self._engine = Engine()
        self._clock = clock
        self._commit = commit
        self._zones: dict[str, None] = {}
        try:
            options = {
                "bundle": text_of(bundle, "bundle"),
                "signer": snapshot(signer, "signer"),
                "policy": text_of(policy, "policy"),
                "audience": snapshot(audience, "audience"),
            }
            if seen is not None:
                options["seen"] = snapshot(seen, "seen")
            if max_status_age is not None:
                options["maxStatusAge"] = _millis(max_status_age)
            opened = read(self._engine.open(write(options), self._now()))
        except Refused as refused:
            code = refused.code if refused.code == "host.clock" else "host.options"
            raise ChanceryError(code, refused.detail) from None
        if opened.get("kind") != "Verifier" or type(opened.get("verifier")) is not int:
            raise ChanceryError(str(opened.get("code", "host.failed")), str(opened.get("detail", "")))
        self._handle: int = opened["verifier"]
        self.audience = audience
        self.issued_at = str(opened.get("issuedAt"))
        self.expires_at = str(opened.get("expiresAt"))

    def verify(
        self,
        presentation: Text,
        *,
        nonce: str,
        tool: object = MISSING,
        args: object = MISSING,
        action: object = MISSING,
        resource: object = MISSING,
        arguments: object = MISSING,
        facts: object = MISSING,
        evidence: Text = "",
    ) -> Decision:
        """Decides one call: a `tool` of the policy with its `args`, or an `action` on a `resource`.

        `args` and `arguments` are JSON text or plain values. `evidence` is more evidence as JSON text, judged like
        any other.
        """
        try:
            shown = text_of(presentation, "presentation")
            request = call(tool=tool, args=args, action=action, resource=resource, arguments=arguments, facts=facts)
            asked = write({**request, "nonce": snapshot(nonce, "nonce")})
            return self._decide(lambda more, at: self._engine.verify(self._handle, shown, asked, more, at), evidence)
        except Refused as refused:
            return decision(refusal(refused.code, refused.detail))

    def admit(self, presentation: Text, *, nonce: str, evidence: Text = "") -> Session:
        """Admits a presentation once, for a conversation of at most fifteen minutes. A refused session is one too:
        it is not `ok`, and each of its answers is the refusal."""
        try:
            shown = text_of(presentation, "presentation")
            options = write({"nonce": snapshot(nonce, "nonce")})
            text, value = self._judge(
                lambda more, at: self._engine.admit(self._handle, shown, options, more, at), evidence
            )
        except Refused as refused:
            return Session(self, None, decision(refusal(refused.code, refused.detail)), {})
        session = value.get("session")
        if value.get("kind") != "Admission" or value.get("allow") is not True or type(session) is not int:
            return Session(self, None, decision(text, value), {})
        return Session(self, session, None, value)

    def verify_request(
        self,
        *,
        method: str,
        url: str,
        headers: Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]],
        nonce: str,
        tool: object = MISSING,
        args: object = MISSING,
        action: object = MISSING,
        resource: object = MISSING,
        arguments: object = MISSING,
        facts: object = MISSING,
        evidence: Text = "",
    ) -> Decision:
        """Decides one HTTP request, whose presentation stands in `Authorization: Chancery <base64url>`."""
        try:
            request = call(tool=tool, args=args, action=action, resource=resource, arguments=arguments, facts=facts)
            request |= {"method": snapshot(method, "method"), "url": snapshot(url, "url")}
            request |= {"headers": _headers(headers), "nonce": snapshot(nonce, "nonce")}
            asked = write(request)
            return self._decide(lambda more, at: self._engine.verify_request(self._handle, asked, more, at), evidence)
        except Refused as refused:
            return decision(refusal(refused.code, refused.detail))

    def verify_card(self, card: Text) -> CardReport:
        """Checks the signatures of an A2A agent card against the policy's anchors; its `jku` is ignored."""
        try:
            return card_report(self._engine.verify_card(self._handle, text_of(card, "card"), self._now()))
        except Refused as refused:
            return card_report(refusal(refused.code, refused.detail))

    def resolve(self, did: str) -> str | None:
        """Gives the DID document of the bundle as JSON text, or `None` where there is none that holds."""
        try:
            asked = text_of(did, "did")
            text = self._engine.resolve(self._handle, asked, self._now())
        except Refused:
            return None
        value = read(text)
        return text if value.get("id") == asked and value.get("kind") != "Error" else None

    def refresh(self, token: Text) -> Refreshed:
        """Takes a newer bundle, or a change of this one; where it is refused the older one stays in use."""
        try:
            answer = refreshed(self._engine.refresh(self._handle, text_of(token, "bundle"), self._now()))
        except Refused as refused:
            return refreshed(refusal(refused.code, refused.detail))
        if answer.ok:
            self.issued_at = answer.issued_at or self.issued_at
            self.expires_at = answer.expires_at or self.expires_at
        return answer

    def close(self) -> None:
        """Gives up what is held; every later answer is a refusal."""
        self._engine.close(self._handle)

    def __enter__(self) -> Verifier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _decide(self, ask: Callable[[str, int], str], evidence: Text) -> Decision:
        return decision(*self._judge(ask, evidence))

    def _judge(self, ask: Callable[[str, int], str], evidence: Text) -> tuple[str, JsonObject]:
        """Asks until no further zone is wanted, then has the answer committed."""
        brought = text_of(evidence, "evidence")
        at = self._now()
        more = zones.Offsets(self._zones, at)
        for _ in range(_ROUNDS):
            text = ask(_both(brought, more.document), at)
            value = read(text)
            if not more.answer(value.get("needs")):
                break
        return self._settle(text, value)

    def _settle(self, text: str, value: JsonObject) -> tuple[str, JsonObject]:
        entries = value.get("commit") or ()
        admission = value.get("kind") == "Admission"
        if value.get("allow") is not True or not (entries or admission):
            return text, value
        outcome = "failed"
        try:
            outcome = self._apply(entries)
        finally:  # also where the callback ended the thread: the session must not stay
            settled = self._engine.settle(text, outcome)
        return settled, read(settled)

    def _apply(self, entries: Sequence[CommitEntry]) -> str:
        if not entries:
            return "applied"
        if self._commit is None:
            return "none"
        try:
            said = self._commit(tuple(CommitEntry(**entry) for entry in entries))
        except Exception:  # whatever it was: nothing is known to be applied
            return "failed"
        return said if type(said) is str and said in ("applied", "seen") else "failed"

    def _now(self) -> int:
        """The moment in milliseconds; raises `Refused` with `host.clock`."""
        try:
            now = time.time() if self._clock is None else self._clock()
        except Exception as error:  # a clock of the host's own
            raise Refused("host.clock", "the clock raised") from error
        return _millis(now, "host.clock", "the clock")


def _millis(seconds: object, code: str = "host.options", what: str = "max_status_age") -> int:
    if (type(seconds) is int or type(seconds) is float) and -_MOST_SECONDS <= seconds <= _MOST_SECONDS:
        return round(seconds * 1000)
    raise Refused(code, f"{what} gave no number of seconds")


def _both(brought: str, more: JsonObject) -> str:
    """The caller's evidence, which stays text, and the offsets of zones, as one document."""
    if not more:
        return brought
    own = write(more)
    if not brought:
        return own
    inner = brought.strip()
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1].strip()
    return f"[{inner},{own}]" if inner else own


def _headers(headers: object) -> list[list[Any]]:
    """Every header as a pair, in order and with repetitions; bytes are Latin-1, as HTTP has them."""
    try:
        pairs: Any = headers.items() if hasattr(headers, "items") else headers
        listed = [[_header(name), _header(value)] for name, value in pairs]
    except Refused:
        raise
    except Exception as error:  # an object of some framework
        raise Refused("request.malformed", "the headers cannot be read") from error
    return listed


def _header(part: object) -> Any:
    return part.decode("latin-1") if type(part) is bytes else snapshot(part, "headers")
