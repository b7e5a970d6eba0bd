"""The corpora of `tests/vectors`, and one stage out of them: a bundle, its signer, a policy, a presentation, a moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from chancery import CommitEntry, Session, Verifier
from chancery.verifier import Commit

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors"


@dataclass(frozen=True)
class Outcome:
    """What every door must say of a vector."""

    allow: bool
    verdict: str
    code: str


WITHOUT_RDFC = Outcome(False, "indeterminate", "alg.unsupported_here")


@dataclass(frozen=True)
class Vector:
    """One vector of the verdict corpus."""

    name: str
    text: bytes
    expect: Outcome
    needs_rdfc: bool


def vectors() -> Iterator[Vector]:
    """The whole verdict corpus, by name."""
    for path in sorted(VECTORS.glob("*.json")):
        text = path.read_bytes()
        document = json.loads(text)
        expect = Outcome(**{name: document["expect"][name] for name in ("allow", "verdict", "code")})
        yield Vector(path.stem, text, expect, "rdfc" in document.get("needs", ()))


def host_cases() -> list[tuple[str, dict[str, Any]]]:
    """The whole host corpus, by name."""
    return [(path.stem, json.loads(path.read_bytes())) for path in sorted((VECTORS / "host").glob("*.json"))]


def seconds(at: str) -> float:
    """An RFC 3339 time in seconds since 1970."""
    return datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp()


def applied(_: object) -> Any:
    """A ledger that has never seen anything."""
    return "applied"


@dataclass
class Stage:
    """A verifier's options, and one presentation and call that they allow."""

    options: dict[str, Any]
    at: float
    presentation: str
    nonce: str
    tool: str
    args: dict[str, Any]
    committed: list[CommitEntry] = field(default_factory=list)

    def verifier(self, *, commit: Commit | None = applied, **more: Any) -> Verifier:
        """A verifier whose clock stands at the stage's moment."""
        return Verifier(**{"clock": lambda: self.at, "commit": commit, **self.verifier_options(), **more})

    def verifier_options(self) -> dict[str, Any]:
        """What a verifier is made of, all of it texts but the signer."""
        return {**self.options, "policy": json.dumps(self.options["policy"])}

    def session(self, **more: Any) -> Session:
        """An admitted session."""
        session = self.verifier(**more).admit(self.presentation, nonce=self.nonce)
        assert session.ok, session.decision
        return session

    def call(self, **args: Any) -> dict[str, Any]:
        """The members of the allowed call, with other arguments where they are given."""
        return {"tool": self.tool, "args": {**self.args, **args}}

    def wanting_approval(self) -> Stage:
        """The same stage, where the verifier's own grant wants a person's approval."""
        options = json.loads(json.dumps(self.options))
        approver = self.options["policy"]["anchors"][0]["issuer"]
        wanted = {"type": "Approval", "approvers": [approver], "quorum": 1}
        options["policy"]["anchors"][0]["grant"][0]["constraint"].append(wanted)
        return Stage(options, self.at, self.presentation, self.nonce, self.tool, self.args)


def stage() -> Stage:
    """The case of the host corpus that opens a verifier and allows one refund."""
    case = next(case for name, case in host_cases() if name == "open_bundle")
    step = next(step for step in case["steps"] if step["call"] == "verify" and step["expect"].get("allow"))
    presentation, request = step["args"]
    at = seconds(step.get("at", case["at"]))
    return Stage(case["options"], at, presentation, request["nonce"], request["tool"], request["args"])
