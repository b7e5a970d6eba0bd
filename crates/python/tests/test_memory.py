"""Memory does not grow with the number of verdicts: good, refused, garbage, and sessions that nobody ends."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from world import Stage

STATUS = Path("/proc/self/status")
ROUNDS = int(os.environ.get("CHANCERY_VERIFICATIONS", "4000"))


def resident() -> int:
    """KiB of this process in memory."""
    gc.collect()
    return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("VmRSS"))


@pytest.mark.skipif(not STATUS.exists(), reason="memory is measured where /proc is")
def test_memory_does_not_grow(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    verifier = stage.verifier()

    def rounds(count: int) -> None:
        for number in range(count):
            session = verifier.admit(stage.presentation, nonce=stage.nonce)
            assert session.authorize(**stage.call()).allow
            assert not session.authorize(**stage.call(amount="1000000.00")).allow
            assert not verifier.verify("{" * (number % 1_000), nonce=stage.nonce, **stage.call())
            assert not stage.verifier().verify(stage.presentation, nonce="other", **stage.call())

    rounds(ROUNDS // 20)
    before = resident()
    rounds(ROUNDS // 4)
    grown = resident() - before
    with capsys.disabled():
        print(f"\nmemory: {grown} KiB more after {ROUNDS} verdicts and {ROUNDS // 2} verifiers and sessions")
    assert grown < 4_096
