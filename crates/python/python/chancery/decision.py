"""What the verifier says, as frozen objects made from its JSON, and never from anything else.

INVARIANT: `allow` is true only where the verifier's own text says `"allow":true`; an answer that cannot be read
is a refusal. A decision's truth value is `allow`, so that `if decision:` cannot let a refusal pass.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

Verdict = Literal["valid", "invalid", "indeterminate"]
"""Whether the papers hold; `indeterminate` where evidence, state or an approval is missing or stale."""

JsonObject = dict[str, Any]
"""A JSON object as Python's own reader gives it."""


class CommitEntry(TypedDict, total=False):
    """One effect to apply, together with all others of the decision, before acting."""

    kind: Literal["consumeNonce", "debit", "consumeApproval"]
    audience: str
    nonce: str
    until: str
    root: str
    constraint: str
    window: str
    amount: str
    issuer: str
    id: str


@dataclass(frozen=True)
class Principal:
    """Who answers for the agent."""

    authority: str
    owner: str | None = None


@dataclass(frozen=True)
class Hop:
    """One paper of the chain and what it narrowed."""

    issuer: str
    subject: str
    type: str
    digest: str
    narrowed: tuple[str, ...]
    proven: bool


@dataclass(frozen=True)
class Check:
    """The outcome of one of the eleven steps."""

    id: str
    status: str
    code: str | None = None
    pointer: str | None = None
    hop: int | str | None = None
    detail: str | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Decision:
    """The answer to one request. Times are RFC 3339 texts, as in every other door."""

    allow: bool
    verdict: Verdict
    code: str
    reason: str
    agent: str | None = None
    principal: Principal | None = None
    chain: tuple[Hop, ...] = ()
    effective: tuple[JsonObject, ...] = ()
    checks: tuple[Check, ...] = ()
    expires_at: str | None = None
    status_as_of: str | None = None
    commit: tuple[CommitEntry, ...] = ()
    needs: tuple[JsonObject, ...] = ()
    historical: bool = False
    text: str = field(default="", repr=False)
    """The exact JSON text of the verifier, for a log, for `render_chain` or for another door."""

    def __bool__(self) -> bool:
        return self.allow

    @property
    def message(self) -> str:
        """One line for a model or a caller: whether it may, the code, and why."""
        return f"{'allowed' if self.allow else 'denied'}: {self.code}: {self.reason}"

    @property
    def wants_approval(self) -> bool:
        """Whether a human's approval is what is missing."""
        if self.code == "approval.missing":
            return True
        if self.code != "constraint.state_missing":
            return False
        return any(check.code == self.code and "pproval" in (check.detail or "") for check in self.checks)


@dataclass(frozen=True)
class CardReport:
    """What became of an A2A agent card's signature. Its truth value is `verified`."""

    verified: bool
    verdict: Verdict
    code: str
    reason: str
    did: str | None = None
    key: str | None = None
    interfaces: tuple[str, ...] = ()
    needs: tuple[JsonObject, ...] = ()
    text: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return self.verified


@dataclass(frozen=True)
class Refreshed:
    """Whether a newer bundle was taken; where it was not, the older one is still in use. Its truth value is `ok`."""

    ok: bool
    code: str
    reason: str
    issued_at: str | None = None
    expires_at: str | None = None

    def __bool__(self) -> bool:
        return self.ok


def refusal(code: str, detail: str) -> str:
    """Gives the text of a refusal that this side of the boundary makes, in the shape of the verifier's own."""
    return json.dumps(
        {
            "apiVersion": "chancery.v1",
            "kind": "Error",
            "allow": False,
            "verdict": "indeterminate" if code.startswith(("host.", "commit.")) else "invalid",
            "code": code,
            "detail": detail,
        }
    )


def read(text: str) -> JsonObject:
    """Reads an answer's text; what is no object is an empty one, which allows nothing."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def decision(text: str, value: JsonObject | None = None) -> Decision:
    """Makes a decision of an answer: of a Decision, of an Admission that was refused, or of an Error."""
    value = read(text) if value is None else value
    try:
        return _decision(text, value)
    except (AttributeError, KeyError, TypeError, ValueError):
        return _decision(text, read(refusal("host.failed", "the verifier's answer cannot be read")))


def _decision(text: str, value: JsonObject) -> Decision:
    principal = value.get("principal")
    return Decision(
        allow=value.get("allow") is True and value.get("kind") == "Decision" and value.get("code") == "ok",
        verdict=_verdict(value),
        code=str(value["code"]),
        reason=_reason(value),
        agent=value.get("agent"),
        principal=None if principal is None else Principal(**principal),
        chain=tuple(Hop(**{**hop, "narrowed": tuple(hop["narrowed"])}) for hop in value.get("chain", ())),
        effective=tuple(value.get("effective", ())),
        checks=tuple(Check(**check) for check in value.get("checks", ())),
        expires_at=value.get("expiresAt"),
        status_as_of=value.get("statusAsOf"),
        commit=tuple(value.get("commit", ())),
        needs=tuple(value.get("needs", ())),
        historical=value.get("historical") is True,
        text=text,
    )


def card_report(text: str) -> CardReport:
    """Makes a report of an answer to `verify_card`."""
    value = read(text)
    return CardReport(
        verified=value.get("verified") is True and value.get("kind") == "CardReport",
        verdict=_verdict(value),
        code=str(value.get("code", "host.failed")),
        reason=_reason(value),
        did=value.get("did"),
        key=value.get("key"),
        interfaces=tuple(value.get("interfaces") or ()),
        needs=tuple(value.get("needs") or ()),
        text=text,
    )


def refreshed(text: str) -> Refreshed:
    """Makes a report of an answer to `refresh`."""
    value = read(text)
    ok = value.get("kind") == "Verifier"
    return Refreshed(
        ok=ok,
        code="ok" if ok else str(value.get("code", "host.failed")),
        reason="" if ok else _reason(value),
        issued_at=value.get("issuedAt"),
        expires_at=value.get("expiresAt"),
    )


def _verdict(value: JsonObject) -> Verdict:
    said = value.get("verdict")
    if said == "valid":
        return "valid"
    return "invalid" if said == "invalid" else "indeterminate"


def _reason(value: JsonObject) -> str:
    return str(value.get("reason") or value.get("detail") or "")
