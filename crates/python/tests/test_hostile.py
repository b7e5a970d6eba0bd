"""Whatever a peer or a host hands in: an answer with a code, never a panic, never an allow."""

from __future__ import annotations

import json
import sys
import threading
from collections import OrderedDict, UserDict, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

import pytest
from chancery import ChanceryError, Decision, Ledger, Verifier, inspect, render_chain, verify
from chancery._native import Engine
from world import Stage, applied


class Raising(str):
    """A text that refuses to be looked at."""

    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = encode = __hash__ = __len__ = __getitem__ = __iter__ = __str__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")


class Liar(str):
    """A text that shows another one to whoever asks it."""

    def __str__(self) -> str:
        return "{}"

    def encode(self, *_: object, **__: object) -> bytes:
        return b"{}"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class Pretender:
    """An object that says that it is a text, or a mapping, or whatever is asked."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise RuntimeError("no")

    def __str__(self) -> str:
        raise RuntimeError("no")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Number(IntEnum):
    ONE = 1


class Word(str, Enum):
    REFUND = "refund"


@dataclass
class Plain:
    order: str = "1001"


def holding_itself() -> list[object]:
    knot: list[object] = []
    knot.extend([knot, knot])
    return knot


def deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = {"a": value}
    return value


ODD: list[Any] = [
    float("nan"), float("inf"), -float("inf"), 2**53, -(2**53), 10**5000, 1e308 * 10, b"x", bytearray(b"x"), {1, 2},
    object(), Decimal("1.0"), Number.ONE, Word.REFUND, Plain(), Plain, len, lambda: None, range(3), iter(()), 1j,
    {1: "a"}, {None: 1}, {True: 1}, {("a",): 1}, {Word.REFUND: 1}, {Liar("order"): 1}, OrderedDict(a=1),
    defaultdict(dict), UserDict(a=1), holding_itself(), deep(200), deep(100_000), Raising("x"), Liar("x"), Pretender(),
    [[0] * 1000] * 1000, "\ud800", {"\udfff": 1}, Ellipsis, NotImplemented, type, Exception("x"), memoryview(b"x"),
]  # fmt: skip
PRESENTATIONS: list[Any] = [
    "", "\0", "null", "{}", "[]", "\ud800", "a\udfffb", "{\"a\":\"\ud800\"}", b"", b"\0", b"\xff\xfe", b"{\0}", "[" * 100_000,
    "{" * 100_000, "x" * 3_000_000, None, 1, 1.5, True, [], {}, object(), Raising("{}"), Liar("{}"), Pretender(),
    bytearray(b"{}"), memoryview(b"{}"), "a.b.c", "eyJhbGciOiJub25lIn0.e30.", '{"proof":{"__proto__":{}}}', lambda: None,
]  # fmt: skip


def denied(decision: Decision) -> None:
    assert decision.allow is False and not decision
    assert decision.code.count(".") == 1 and decision.verdict in ("valid", "invalid", "indeterminate")
    assert json.loads(decision.text)["allow"] is False
    assert render_chain(decision) is not None


def named(values: list[Any]) -> pytest.MarkDecorator:
    """Numbers in place of values that pytest itself would stumble over."""
    return pytest.mark.parametrize("at", range(len(values)), ids=[type(value).__name__ for value in values])


@named(PRESENTATIONS)
def test_whatever_is_presented_is_refused_with_a_code(stage: Stage, at: int) -> None:
    presentation = PRESENTATIONS[at]
    verifier = stage.verifier()
    denied(verifier.verify(presentation, nonce=stage.nonce, **stage.call()))
    session = verifier.admit(presentation, nonce=stage.nonce)
    assert not session.ok and not session and session.decision is not None
    denied(session.decision)
    assert session.authorize(**stage.call()) is session.decision
    assert not verifier.verify_card(presentation)
    assert not verifier.refresh(presentation)
    assert verifier.resolve(presentation) is None
    assert inspect(presentation).get("verified") is not True
    denied(verify(presentation))
    headers = [("Authorization", presentation)]
    request = {"method": "POST", "url": stage.options["audience"], "headers": headers, "nonce": stage.nonce}
    denied(verifier.verify_request(**request, **stage.call()))
    assert verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call()).allow, "and it goes on"


@named(ODD)
def test_whatever_a_call_holds_is_refused_with_a_code(stage: Stage, at: int) -> None:
    odd = ODD[at]
    verifier = stage.verifier()
    session = stage.session()
    args = [odd, {**stage.args, "order": odd}, {**stage.args, "more": [odd]}, {**stage.args, "more": {"x": odd}}]
    for given in args:
        judged = [verifier.verify(stage.presentation, nonce=stage.nonce, tool=stage.tool, args=given)]
        judged.append(session.authorize(tool=stage.tool, args=given))
        for decision in judged:
            # Deep or wide JSON is JSON: what the walk takes is for the verifier to judge.
            if type(odd) in (list, dict, str) and decision.allow:
                assert given is not odd
                continue
            denied(decision)
    for member in ("tool", "action", "resource", "facts", "arguments"):
        denied(session.authorize(**{**stage.call(), member: odd}))
    denied(verifier.verify(stage.presentation, nonce=odd, **stage.call()))
    denied(verifier.verify(stage.presentation, nonce=stage.nonce, evidence=odd, **stage.call()))


def test_a_call_is_a_tools_or_an_actions_and_never_half_of_one(stage: Stage) -> None:
    session = stage.session()
    calls: list[dict[str, Any]] = [
        {}, {"tool": stage.tool}, {"args": stage.args}, {"action": "refund:create"}, {"facts": {}},
        {"tool": "refund ", "args": stage.args}, {"tool": "__proto__", "args": stage.args},
        {"tool": "constructor", "args": {}}, {"tool": None, "args": stage.args}, {"tool": stage.tool, "args": None},
        {**stage.call(), "action": "refund:create"}, {**stage.call(), "facts": {"amount": "0.01"}},
        {"tool": stage.tool, "args": {**stage.args, "amount": 1}}, {"tool": stage.tool, "args": {"__proto__": stage.args}},
        {"tool": stage.tool, "args": {**stage.args, "order": "../1001"}}, {"tool": stage.tool, "args": {**stage.args, "order": "*"}},
    ]  # fmt: skip
    for call in calls:
        denied(session.authorize(**call))


def test_arguments_as_text_are_read_strictly(stage: Stage) -> None:
    session = stage.session()
    good = json.dumps(stage.args)
    assert session.authorize(tool=stage.tool, args=good).allow
    assert session.authorize(tool=stage.tool, args=good.encode()).allow
    for bad in [
        good[:-1] + ',"amount":"0.01"}', good[:-1] + ',"more":NaN}', good[:-1] + ',"more":"\\ud800"}', good[:-1], good + "{}",
        good[:-1] + '},"facts":{}}', "\ufeff" + good, good.replace('"', "'"), "", b"\xff" + good.encode(), "null", '"x"',
        "[" * 5_000, good[:-1] + ',"more":1e999}',
    ]:  # fmt: skip
        denied(session.authorize(tool=stage.tool, args=bad))


@pytest.mark.parametrize(
    "clock",
    [
        lambda: float("nan"), lambda: float("inf"), lambda: -float("inf"), lambda: 1e300, lambda: 10**400, lambda: None,
        lambda: "1", lambda: True, lambda: -1.0, lambda: 1 / 0, lambda: Pretender(), lambda: 253_402_300_800,
    ],
)  # fmt: skip
def test_a_broken_clock_allows_nothing(stage: Stage, clock: Any) -> None:
    hands = [lambda: stage.at]
    verifier = stage.verifier(clock=lambda: hands[0]())
    session = verifier.admit(stage.presentation, nonce=stage.nonce)
    hands[0] = clock
    denied(verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call()))
    denied(session.authorize(**stage.call()))
    assert not verifier.admit(stage.presentation, nonce=stage.nonce)
    assert not verifier.refresh(stage.options["bundle"])
    assert not verifier.verify_card("{}")
    assert verifier.resolve("did:web:acme.example") is None
    with pytest.raises(ChanceryError):
        stage.verifier(clock=clock)
    hands[0] = lambda: stage.at
    assert session.authorize(**stage.call()).allow


def test_a_bundle_that_ended_allows_nothing(stage: Stage) -> None:
    now = [stage.at]
    verifier = stage.verifier(clock=lambda: now[0])
    session = verifier.admit(stage.presentation, nonce=stage.nonce)
    now[0] += 3_600
    for decision in (
        verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call()),
        session.authorize(**stage.call()),
    ):
        denied(decision)
        assert decision.code in ("bundle.expired", "time.expired")


@pytest.mark.parametrize(
    ("commit", "code"),
    [
        (None, "commit.unavailable"),
        (lambda entries: "seen", "replay.presentation"),
        (lambda entries: 1 / 0, "commit.failed"),
        (lambda entries: None, "commit.failed"),
        (lambda entries: True, "commit.failed"),
        (lambda entries: "APPLIED", "commit.failed"),
        (lambda entries: "applied ", "commit.failed"),
        (lambda entries: b"applied", "commit.failed"),
        (lambda entries: Liar("no"), "commit.failed"),
        (lambda entries: Liar("applied"), "commit.failed"),
        (lambda entries: Pretender(), "commit.failed"),
        (lambda entries: ["applied"], "commit.failed"),
        (lambda: "applied", "commit.failed"),
        ("applied", "commit.failed"),
    ],
)
def test_what_is_not_committed_is_not_allowed(stage: Stage, commit: Any, code: str) -> None:
    verifier = stage.verifier(commit=commit)
    decision = verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call())
    denied(decision)
    assert decision.code == code
    session = verifier.admit(stage.presentation, nonce=stage.nonce)
    assert session.decision is not None and session.decision.code == code
    denied(session.authorize(**stage.call()))


def test_an_asynchronous_commit_is_no_commit(stage: Stage) -> None:
    async def commit(_: object) -> str:
        return "applied"

    verifier: Any = stage.verifier(commit=commit)  # type: ignore[arg-type]
    with pytest.warns(RuntimeWarning, match="never awaited"):
        decision = verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call())
        assert decision.code == "commit.failed"


def test_a_commit_that_ends_the_thread_leaves_no_session(stage: Stage) -> None:
    def commit(_: object) -> Any:
        raise KeyboardInterrupt

    verifier = stage.verifier(commit=commit)
    with pytest.raises(KeyboardInterrupt):
        verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call())
    with pytest.raises(KeyboardInterrupt):
        verifier.admit(stage.presentation, nonce=stage.nonce)
    left = json.loads(verifier._engine.authorize(1, json.dumps(stage.call()), "", round(stage.at * 1000)))
    assert left["allow"] is False and left["code"] == "host.unknown_handle"


def test_a_commit_may_ask_the_verifier_again_and_changes_nothing(stage: Stage) -> None:
    seen: list[Decision] = []
    verifier: Verifier

    def commit(entries: Any) -> Any:
        for entry in entries:
            entry["nonce"] = "another"
        if len(seen) < 3:
            seen.append(verifier.verify(stage.presentation, nonce="another", **stage.call()))
            return "failed"
        return "applied"

    verifier = stage.verifier(commit=commit)
    denied(verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call()))
    for decision in seen:
        denied(decision)


def test_a_commit_that_never_stops_asking_is_stopped(stage: Stage) -> None:
    verifier: Verifier

    def commit(_: object) -> Any:
        verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call())
        return None

    verifier = stage.verifier(commit=commit)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    try:
        denied(verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call()))
    finally:
        sys.setrecursionlimit(limit)
    assert stage.verifier().verify(stage.presentation, nonce=stage.nonce, **stage.call()).allow


def test_threads_that_race_for_one_nonce_win_once(stage: Stage) -> None:
    ledger = Ledger(clock=lambda: stage.at)
    verifier = stage.verifier(commit=ledger)
    decisions: list[Decision] = []
    start = threading.Barrier(16)

    def race() -> None:
        start.wait()
        decisions.append(verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call()))

    threads = [threading.Thread(target=race) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(decision.code for decision in decisions) == ["ok"] + ["replay.presentation"] * 15


def test_threads_share_a_verifier_while_it_is_refreshed_and_closed(stage: Stage) -> None:
    verifier = stage.verifier()
    wrong: list[object] = []
    good: list[Decision] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            with verifier.admit(stage.presentation, nonce=stage.nonce) as session:
                decision = session.authorize(**stage.call())
                good.append(decision)
                if decision.allow and not session.ok:
                    wrong.append(decision)
                if session.authorize(**stage.call(amount="1000000.00")).allow:
                    wrong.append("an allow beyond the papers")

    def disturb() -> None:
        for _ in range(20):
            verifier.refresh("garbage")
            verifier.refresh(stage.options["bundle"])
        verifier.close()
        stop.set()

    threads = [threading.Thread(target=ask) for _ in range(4)] + [threading.Thread(target=disturb)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong and any(decision.allow for decision in good)
    denied(verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call()))


def test_arguments_that_change_while_they_are_read_are_judged_as_they_were_copied(stage: Stage) -> None:
    session = stage.session()
    args: dict[str, Any] = {**stage.args, "more": {}}
    stop = threading.Event()

    def churn() -> None:
        while not stop.is_set():
            for number in range(100):
                args["more"][str(number)] = number
            args["more"].clear()

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(300):
            decision = session.authorize(tool=stage.tool, args=args)
            assert decision.allow or decision.code == "request.malformed"
    finally:
        stop.set()
        thread.join(60)


@pytest.mark.parametrize("member", ["bundle", "signer", "policy", "audience"])
def test_a_configuration_that_is_no_verifier_is_the_one_thing_raised(stage: Stage, member: str) -> None:
    for value in ODD + PRESENTATIONS:
        with pytest.raises((ChanceryError, TypeError, ValueError)):
            stage.verifier(**{member: value})
    more: list[dict[str, Any]] = [{"seen": "yesterday"}, {"max_status_age": "yesterday"}, {"max_status_age": -1}]
    for options in more:
        with pytest.raises(ChanceryError) as raised:
            stage.verifier(**options)
        assert raised.value.code == "host.options"


def test_a_stranger_is_not_believed_for_signing_well(stage: Stage) -> None:
    signer = stage.options["signer"]
    for wrong in ({**signer, "did": "did:web:acme.example"}, {**signer, "thumbprint": "A" * 43}):
        with pytest.raises(ChanceryError) as raised:
            stage.verifier(signer=wrong)
        assert raised.value.code.startswith(("bundle.", "resolve.", "host."))
    with pytest.raises(ChanceryError) as raised:
        stage.verifier(audience="https://elsewhere.example")
    assert raised.value.code == "host.options"
    with pytest.raises(ChanceryError) as raised:
        stage.verifier(seen="2999-01-01T00:00:00Z")
    assert raised.value.code.startswith("bundle.")


def test_a_bit_of_the_bundle_or_the_presentation_is_enough(stage: Stage) -> None:
    bundle = stage.options["bundle"]
    for at in range(0, len(bundle), max(1, len(bundle) // 60)):
        other = "A" if bundle[at] != "A" else "B"
        with pytest.raises(ChanceryError):
            stage.verifier(bundle=bundle[:at] + other + bundle[at + 1 :])
    verifier = stage.verifier()
    shown = stage.presentation
    for at in range(0, len(shown), max(1, len(shown) // 300)):
        other = "x" if shown[at] != "x" else "y"
        denied(verifier.verify(shown[:at] + other + shown[at + 1 :], nonce=stage.nonce, **stage.call()))


def test_the_compiled_half_answers_or_says_that_a_type_is_wrong(stage: Stage) -> None:
    engine = Engine()
    said = json.loads(engine.open(json.dumps(stage.options), round(stage.at * 1000)))
    assert said["kind"] == "Verifier"
    for at in (-(2**63), 2**63 - 1, 0):
        answer = json.loads(engine.verify(said["verifier"], stage.presentation, "{}", "", at))
        assert answer["allow"] is False
    for handle in (0, 2, 2**32 - 1):
        answer = json.loads(engine.verify(handle, stage.presentation, "{}", "", 0))
        assert answer["code"] == "host.unknown_handle"
        engine.end(handle)
        engine.close(handle)
    hostile: Any = engine
    for arguments in [(), ("x",), (1, 2, 3, 4, 5), (-1, "", "", "", 0), (1, "", "", "", 2**63), (1, b"", "", "", 0)]:
        with pytest.raises((TypeError, OverflowError)):
            hostile.verify(*arguments)
    assert json.loads(engine.verify(1, "\ud800", "{}", "", 0))["code"] == "parse.utf8"
    answer = json.loads(engine.verify(1, Liar("null"), "{}", "", round(stage.at * 1000)))
    assert answer["allow"] is False


def test_unhashable_answers_do_not_pass_for_an_allow() -> None:
    from chancery.decision import card_report, decision, refreshed

    for text in ["", "null", "[]", "{}", '{"allow":true}', '{"allow":true,"kind":"Admission","code":"ok"}',
                 '{"allow":1,"kind":"Decision","code":"ok"}', '{"allow":"true","kind":"Decision","code":"ok"}',
                 '{"allow":true,"kind":"Decision","code":"ok","chain":7}', '{"allow":true,"kind":"Decision","code":"no"}',
                 "[" * 100_000]:  # fmt: skip
        assert not decision(text).allow
        assert not card_report(text).verified
        assert not refreshed(text).ok


def test_a_ledger_takes_all_or_nothing_and_no_more_than_it_holds() -> None:
    now = [1_000_000.0]
    ledger = Ledger(most=2, clock=lambda: now[0])
    nonce: Any = {"kind": "consumeNonce", "audience": "a", "nonce": "1", "until": "1970-01-12T13:46:40Z"}
    approval: Any = {"kind": "consumeApproval", "issuer": "i", "id": "1", "until": "1970-01-12T13:46:40Z"}
    second: Any = {**nonce, "nonce": "2"}
    assert ledger([nonce, approval]) == "applied"
    assert ledger([second, approval]) == "seen"
    with pytest.raises(RuntimeError):
        ledger([second])
    with pytest.raises(ValueError):
        ledger([{"kind": "debit", "root": "r", "constraint": "c", "window": "w", "amount": "1"}])
    now[0] += 61
    assert ledger([second]) == "applied"
    assert ledger([second]) == "seen"
    assert applied(None) == "applied"
