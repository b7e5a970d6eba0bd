"""The host corpus: what a host does with a verifier, step by step, by the package's own verbs.

A case or a step that is `raw` hands in JSON texts and handles that no caller of `Verifier` can make; it goes to the
compiled half itself. INVARIANT: no case is left out.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from chancery import ChanceryError, Decision, Session, Verifier, inspect
from chancery._native import Engine, render_chain
from world import host_cases, seconds


CASES = host_cases()


def test_there_is_a_host_corpus() -> None:
    assert len(CASES) > 10


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_case(name: str, case: dict[str, Any]) -> None:
    age = case["options"].get("maxStatusAge", 1) if isinstance(case["options"], dict) else 1
    # `None` is no age in Python but an age that was not given, and seconds have fractions.
    if case.get("raw") or any(step.get("raw") for step in case["steps"]) or type(age) is not int:
        Raw(case).run()
    else:
        High(case).run()


def holds(expect: dict[str, Any], said: dict[str, Any]) -> None:
    for member, value in expect.items():
        assert member in said and said[member] == value, (member, value, said.get(member))


def text(part: object) -> str:
    return part if isinstance(part, str) else json.dumps(part)


class Raw:
    """The compiled half, by its handles and texts."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.engine = Engine()
        self.admissions: list[int] = []

    def run(self) -> None:
        opened = json.loads(self.engine.open(text(self.case["options"]), self.millis({})))
        holds(self.case["expect"], opened)
        self.verifier = opened.get("verifier", 0)
        for step in self.case["steps"]:
            at = self.millis(step)
            if at is not None:
                holds(step["expect"], self.step(step, at))

    def millis(self, step: dict[str, Any]) -> Any:
        if "clock" in step:  # a time that is no 64-bit integer cannot be handed to this half at all
            return step["clock"] if type(step["clock"]) is int and abs(step["clock"]) < 2**63 else None
        return round(seconds(step.get("at", self.case["at"])) * 1000)

    def step(self, step: dict[str, Any], at: int) -> dict[str, Any]:
        call, args = step["call"], [text(part) for part in step["args"]]
        evidence = text(step["evidence"]) if "evidence" in step else ""
        handle = step.get("handle", self.verifier)
        engine: Any = self.engine
        if call in ("verify", "admit"):
            said = getattr(engine, call)(handle, *args, evidence, at)
        elif call == "verifyRequest":
            said = engine.verify_request(handle, *args, evidence, at)
        elif call == "authorize":
            session = step.get("handle", self.admissions[step["admission"]] if "admission" in step else 0)
            said = engine.authorize(session, *args, evidence, at)
        elif call == "verifyCard":
            said = engine.verify_card(handle, *args, at)
        elif call in ("refresh", "resolve"):
            said = getattr(engine, call)(handle, *args, at)
        elif call in ("settle", "renderChain", "inspect", "end", "close"):
            return self.other(call, step, args)
        else:
            raise AssertionError(f"an unknown call {call}")
        value: dict[str, Any] = json.loads(said)
        if value.get("kind") == "Admission":
            self.admissions.append(value["session"])
        if value.get("commit") and value.get("allow") and step.get("outcome", "applied") is not None:
            value = json.loads(engine.settle(said, step.get("outcome", "applied")))
        return value

    def other(self, call: str, step: dict[str, Any], args: list[str]) -> dict[str, Any]:
        if call == "end":
            self.engine.end(step.get("handle", self.admissions[step.get("admission", 0)] if self.admissions else 0))
            return {}
        if call == "close":
            self.engine.close(step.get("handle", self.verifier))
            return {}
        if call == "settle":
            said = self.engine.settle(*args)
        elif call == "inspect":
            return dict(inspect(args[0]))
        else:
            said = render_chain(*args)
        try:
            value = json.loads(said)
        except ValueError:
            return {"text": said}
        return value if isinstance(value, dict) else {"text": said}


class High:
    """The package as its users have it."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.at = seconds(case["at"])
        self.outcome = "applied"
        self.sessions: list[Session] = []

    def commit(self, entries: object) -> Any:
        if self.outcome == "failed":
            raise OSError("the ledger is away")
        return self.outcome

    def run(self) -> None:
        options = self.case["options"]
        known: dict[str, Any] = {name: json.dumps(part) if name == "policy" and type(part) is dict else part
                 for name, part in options.items()}  # fmt: skip
        if "maxStatusAge" in known:
            known["max_status_age"] = known.pop("maxStatusAge") / 1000
        try:
            self.verifier = Verifier(clock=lambda: self.at, commit=self.commit, **known)
        except ChanceryError as error:
            holds(self.case["expect"], {"kind": "Error", "allow": False, "code": error.code})
            return
        except TypeError as error:  # Python's own answer to an argument that is missing
            assert "missing 1 required keyword-only argument" in str(error)
            holds(self.case["expect"], {"kind": "Error", "allow": False, "code": "host.options"})
            return
        said = {"kind": "Verifier", "issuedAt": self.verifier.issued_at, "expiresAt": self.verifier.expires_at}
        holds(self.case["expect"], {**said, "audience": self.verifier.audience})
        for step in self.case["steps"]:
            self.at = seconds(step.get("at", self.case["at"]))
            self.outcome = step.get("outcome", "applied")
            self.verifier._commit = None if self.outcome == "none" else self.commit
            holds(step["expect"], self.step(step))

    def step(self, step: dict[str, Any]) -> dict[str, Any]:
        call, args = step["call"], step["args"]
        evidence = text(step["evidence"]) if "evidence" in step else ""
        if call == "verify":
            return said(self.verifier.verify(args[0], **args[1], evidence=evidence))
        if call == "verifyRequest":
            return said(self.verifier.verify_request(**args[0], evidence=evidence))
        if call == "admit":
            session = self.verifier.admit(args[0], **args[1], evidence=evidence)
            self.sessions.append(session)
            if session.decision is not None:
                return said(session.decision)
            return {"kind": "Admission", "allow": session.ok, "code": "ok", "expiresAt": session.expires_at}
        if call == "authorize":
            return said(self.sessions[step["admission"]].authorize(**args[0], evidence=evidence))
        if call == "end":
            self.sessions[step.get("admission", 0)].end()
            return {}
        if call == "close":
            self.verifier.close()
            return {}
        if call == "refresh":
            answer = self.verifier.refresh(args[0])
            kind = "Verifier" if answer else "Error"
            more = {"issuedAt": answer.issued_at, "expiresAt": answer.expires_at} if answer else {"allow": False}
            return {"kind": kind, "code": answer.code, **more}
        if call == "verifyCard":
            return dict(json.loads(self.verifier.verify_card(text(args[0])).text))
        if call == "resolve":
            document = self.verifier.resolve(args[0])
            return {"id": args[0], **json.loads(document)} if document else {"kind": "Error", "allow": False}
        if call == "inspect":
            return dict(inspect(args[0]))
        raise AssertionError(f"an unknown call {call}")


def said(decision: Decision) -> dict[str, Any]:
    """The text of a decision, after checking that the object says the same."""
    value: dict[str, Any] = json.loads(decision.text)
    assert (decision.allow, decision.code) == (value["allow"], value["code"])
    if "verdict" in value:
        assert decision.verdict == value["verdict"]
    return value
