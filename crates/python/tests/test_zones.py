"""Offsets of time zones come from `zoneinfo`; what it does not know is said with a code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from chancery import zones
from world import Stage

WITHOUT_A_DATABASE = """
import zoneinfo, json, sys
zoneinfo.reset_tzpath(())
sys.modules["tzdata"] = None
sys.path.insert(0, sys.argv[1])
from world import stage
from chancery import zones
stage = stage()
session = stage.session
decision = stage.verifier().verify(stage.presentation, nonce=stage.nonce, **stage.call())
print(json.dumps([decision.allow, decision.verdict, decision.code, zones.tzdb()]))
"""


def test_an_offset_changes_at_the_very_instant() -> None:
    def berlin(at: str) -> int | None:
        return zones.offset_at("Europe/Berlin", at)

    assert berlin("2026-03-29T00:59:59.999Z") == 3_600
    assert berlin("2026-03-29T01:00:00Z") == 7_200
    assert berlin("2026-10-25T00:59:59.999Z") == 7_200
    assert berlin("2026-10-25T01:00:00Z") == 3_600
    assert zones.offset_at("Asia/Kathmandu", "2026-09-21T14:13:20Z") == 20_700
    assert zones.offset_at("America/St_Johns", "2026-01-01T00:00:00Z") == -12_600


def test_an_unknown_zone_or_instant_has_no_offset() -> None:
    for zone in ["", "Europe/Atlantis", "../etc/passwd", "/etc/passwd", "Europe/Berlin\0", "+02:00", "Europe", "\ud800"]:
        assert zones.offset_at(zone, "2026-01-01T00:00:00Z") is None, zone
    for at in ["", "now", "9999-99-99T00:00:00Z", "0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z"]:
        assert zones.offset_at("Asia/Tokyo", at) is None or at.startswith("0001"), at


def test_the_zone_of_a_constraint_is_looked_up_and_remembered(stage: Stage) -> None:
    verifier = stage.verifier()
    first = verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call())
    assert first.allow and "Europe/Berlin" in verifier._zones
    again = verifier.verify(stage.presentation, nonce=stage.nonce, **stage.call())
    assert json.loads(again.text)["effective"] == json.loads(first.text)["effective"]


def test_evidence_of_the_callers_stays_beside_the_offsets(stage: Stage) -> None:
    for evidence in ("{}", "[{},{}]", " [] ", '{"zoneOffsets":[]}'):
        decision = stage.verifier().verify(stage.presentation, nonce=stage.nonce, evidence=evidence, **stage.call())
        assert decision.allow, (evidence, decision.message)
    for evidence in ("[", "{", '{"documents":1}', "null", '{"__proto__":{}}', "[[]]", "{},{}"):
        decision = stage.verifier().verify(stage.presentation, nonce=stage.nonce, evidence=evidence, **stage.call())
        assert not decision.allow and decision.code.startswith("parse."), (evidence, decision.message)


def test_without_a_database_the_answer_says_so() -> None:
    here = str(Path(__file__).parent)
    words = [sys.executable, "-I", "-c", WITHOUT_A_DATABASE, here]
    said = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout
    assert json.loads(said) == [False, "indeterminate", "evidence.time_zone", "unknown"]
