"""The fifth door: every vector gets the verdict and the code that the library gives it."""

from __future__ import annotations

import json

import chancery
import corpus
import pytest
from chancery.zones import offset_at
from world import vectors


def test_every_vector_gets_its_verdict_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    judged, apart, wrong = corpus.run()
    with capsys.disabled():
        print(f"\nvectors python: {judged} judged, {judged - len(wrong)} as expected; {apart} that need RDFC apart")
    assert judged > 2_000 and apart > 0
    assert wrong == []


def test_the_zones_of_this_machine_are_those_of_the_corpus() -> None:
    compared = 0
    for vector in vectors():
        # Some vectors claim a wrong offset or a zone that there is not: then the verdict is the point.
        for known in json.loads(vector.text)["evidence"].get("zoneOffsets", ()) if vector.expect.allow else ():
            assert offset_at(known["zone"], known["at"]) == known["offset"], (vector.name, known)
            compared += 1
    assert compared > 0


def test_garbage_gets_a_coded_answer_and_the_next_case_its_verdict() -> None:
    good = next(vector for vector in vectors() if vector.expect.allow and not vector.needs_rdfc)
    cuts = [good.text[: len(good.text) * at // 500] for at in range(500)]
    for text in [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"at":1}', b"[" * 20_000, b'{"a":1,"a":2}', b"\0", *cuts]:
        decision = chancery.verify(text)
        assert not decision.allow and "." in decision.code, text[:40]
    assert chancery.verify(good.text).allow


def test_what_is_kept_of_a_decision_is_the_text_of_the_verifier() -> None:
    good = next(vector for vector in vectors() if vector.expect.allow and not vector.needs_rdfc)
    decision = chancery.verify(good.text)
    said = json.loads(decision.text)
    assert said["kind"] == "Decision" and said["allow"] is True
    assert [hop.issuer for hop in decision.chain] == [hop["issuer"] for hop in said["chain"]]
    assert [check.id for check in decision.checks] == [check["id"] for check in said["checks"]]
    assert len(decision.checks) == 11
    assert decision.principal is not None and decision.principal.authority == said["principal"]["authority"]
