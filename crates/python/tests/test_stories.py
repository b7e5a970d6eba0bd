"""What the package is for, verb by verb."""

from __future__ import annotations

import json
from typing import Any

import chancery
import pytest
from chancery import Gate, Ledger
from world import Stage


def test_a_call_within_the_papers_is_allowed_once(stage: Stage) -> None:
    verifier = stage.verifier(commit=Ledger(clock=lambda: stage.at))
    decision = verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call())
    assert decision and decision.code == "ok" and decision.verdict == "valid"
    assert decision.agent is not None and decision.agent.startswith("did:key:")
    assert decision.principal is not None and decision.principal.owner
    again = verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call())
    assert not again and again.code == "replay.presentation"


def test_a_call_beyond_the_papers_says_why(stage: Stage) -> None:
    decision = stage.verifier().verify(stage.presentation, nonce=stage.nonce, **stage.call(amount="1000000.00"))
    assert not decision and decision.verdict == "valid" and decision.code == "constraint.amount"
    assert "1000000.00" in decision.reason and decision.message.startswith("denied: constraint.amount: ")
    assert not decision.wants_approval and not decision.commit


def test_an_action_is_judged_like_the_tool_that_stands_for_it(stage: Stage) -> None:
    asked: dict[str, Any] = {
        "action": "refund:create",
        "resource": f"https://api.globex.example/orders/{stage.args['order']}",
        "arguments": stage.args,
        "facts": {"amount": {"value": stage.args["amount"], "currency": "EUR"}},
    }
    assert stage.verifier().verify(stage.presentation, nonce=stage.nonce, **asked).allow
    with stage.session() as session:
        assert session.authorize(**asked).allow
        assert chancery.authorize(session, **asked).allow
        assert not session.authorize(**{**asked, "action": "refund:delete"}).allow


def test_a_conversation_is_admitted_once_and_ended(stage: Stage) -> None:
    verifier = stage.verifier(commit=Ledger(clock=lambda: stage.at))
    with verifier.admit(stage.presentation, nonce=stage.nonce) as session:
        assert session.ok and session.expires_at and session.agent and session.audience == verifier.audience
        assert [session.authorize(**stage.call()).allow for _ in range(5)] == [True] * 5
        assert session.authorize(**stage.call(amount="1000000.00")).code == "constraint.amount"
    assert not session.ok and session.authorize(**stage.call()).code == "host.unknown_handle"
    session.end()
    refused = verifier.admit(stage.presentation, nonce=stage.nonce)
    assert refused.decision is not None and refused.decision.code == "replay.presentation"


def test_a_session_ends_by_itself_and_with_its_verifier(stage: Stage) -> None:
    now = [stage.at]
    verifier = stage.verifier(clock=lambda: now[0])
    session = verifier.admit(stage.presentation, nonce=stage.nonce)
    now[0] += 901
    assert not session.authorize(**stage.call()).allow
    now[0] -= 901
    assert session.authorize(**stage.call()).allow
    verifier.close()
    assert session.authorize(**stage.call()).code == "host.unknown_handle"


def test_an_http_request_carries_its_presentation(stage: Stage) -> None:
    import base64

    shown = base64.urlsafe_b64encode(stage.presentation.encode()).rstrip(b"=").decode()
    request = {"method": "POST", "url": stage.options["audience"] + "/orders", "nonce": stage.nonce}
    verifier = stage.verifier()
    for headers in (
        {"authorization": f"Chancery {shown}"},
        [(b"Authorization", b"Chancery " + shown.encode())],
        iter([("Accept", "*/*"), ("AUTHORIZATION", f"Chancery {shown}")]),
    ):
        decision = verifier.verify_request(headers=headers, **request, **stage.call())
        assert decision.allow, decision.message
    twice = [("Authorization", f"Chancery {shown}")] * 2
    assert verifier.verify_request(headers=twice, **request, **stage.call()).code == "request.authorization"
    assert verifier.verify_request(headers={}, **request, **stage.call()).code == "request.authorization"
    elsewhere = {**request, "url": "https://elsewhere.example/orders"}
    good = {"Authorization": f"Chancery {shown}"}
    assert verifier.verify_request(headers=good, **elsewhere, **stage.call()).code == "request.origin"


def test_an_approval_that_is_wanted_is_said(stage: Stage) -> None:
    decision = stage.wanting_approval().session().authorize(**stage.call())
    assert not decision.allow and decision.wants_approval and "pproval" in decision.message


def test_a_document_of_the_bundle_is_resolved(stage: Stage) -> None:
    verifier = stage.verifier()
    document = verifier.resolve(stage.options["signer"]["did"])
    assert document is not None and json.loads(document)["id"] == stage.options["signer"]["did"]
    assert verifier.resolve("did:web:nobody.example") is None


def test_a_refresh_that_is_refused_changes_nothing(stage: Stage) -> None:
    verifier = stage.verifier()
    before = verifier.issued_at, verifier.expires_at
    answer = verifier.refresh("garbage")
    assert not answer and answer.code.startswith(("parse.", "bundle.")) and answer.reason
    assert (verifier.issued_at, verifier.expires_at) == before
    assert verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call()).allow


def test_what_is_inspected_is_not_verified(stage: Stage) -> None:
    for text in (stage.presentation, stage.options["bundle"]):
        said = chancery.inspect(text)
        assert said["kind"] == "Inspection" and said["verified"] is False


def test_a_chain_is_drawn(stage: Stage) -> None:
    decision = stage.verifier().verify(stage.presentation, nonce=stage.nonce, **stage.call())
    assert "did:web:acme.example" in chancery.render_chain(decision)
    assert chancery.render_chain(decision, "mermaid").startswith("graph")
    assert json.loads(chancery.render_chain(decision, "json")) is not None
    assert chancery.render_chain(decision.text) == chancery.render_chain(decision)


def test_decisions_cannot_be_changed(stage: Stage) -> None:
    decision = stage.verifier().verify(stage.presentation, nonce="other", **stage.call())
    with pytest.raises(AttributeError):
        decision.allow = True  # type: ignore[misc]
    assert not decision


def test_a_gate_admits_for_its_own_nonces_alone(stage: Stage) -> None:
    now = [1_000.0]
    gate = Gate(stage.verifier(), clock=lambda: now[0], lifetime=60)
    nonce = gate.challenge()
    assert nonce != gate.challenge()
    for wrong in ("", stage.nonce, nonce + "0", nonce[:-1], "9" + nonce, None, 7, "\ud800", f"9999.x.{'0' * 32}"):
        token, session = gate.admit(stage.presentation, wrong)
        assert token is None and session.decision is not None and session.decision.code == "binding.nonce"
    token, session = gate.admit(stage.presentation, nonce)
    assert token is None and session.decision is not None, "the presentation answers another nonce"
    now[0] += 61
    token, session = gate.admit(stage.presentation, nonce)
    assert token is None and session.decision is not None and session.decision.code == "binding.nonce"
    for stranger in ("", "x", None, 7, b"x", "\ud800"):
        assert gate.find(stranger) is None


def test_a_gate_finds_a_session_by_its_token_until_it_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(stage.verifier(), most=2)
    monkeypatch.setattr(gate, "_owns", lambda nonce: nonce == stage.nonce)
    tokens = [gate.admit(stage.presentation, stage.nonce)[0] for _ in range(3)]
    assert all(tokens) and len(set(tokens)) == 3
    assert gate.find(tokens[0]) is None, "the oldest went for the newest"
    session = gate.find(tokens[2])
    assert session is not None and session.authorize(**stage.call()).allow
    gate.end(tokens[2] or "")
    assert gate.find(tokens[2]) is None and not session.authorize(**stage.call()).allow
