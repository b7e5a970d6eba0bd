"""What one process remembers of what was used up: the simplest `commit` that is safe.

For several processes, write a callback over a store that they share: one transaction, which answers `"seen"` when
any entry was there. INVARIANT: all entries of one decision are taken, or none; what cannot be remembered is not
applied.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from .decision import CommitEntry


class Ledger:
    """Remembers nonces and approvals in memory until they end. It keeps no counters, so that a debit is refused."""

    def __init__(self, *, most: int = 65_536, clock: Callable[[], float] = time.time) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._used: dict[tuple[str, str, str], float] = {}

    def __call__(self, entries: Sequence[CommitEntry]) -> Literal["applied", "seen"]:
        """Takes all entries in one step; raises where it cannot, which denies as `commit.failed`."""
        keys = {_key(entry): _until(entry) for entry in entries}
        if len(keys) != len(entries):
            return "seen"
        with self._lock:
            if any(key in self._used for key in keys):
                return "seen"
            if len(self._used) + len(keys) > self._most:
                now = self._clock()
                self._used = {key: until for key, until in self._used.items() if until > now}
                if len(self._used) + len(keys) > self._most:
                    raise RuntimeError("the ledger is full of what has not ended yet")
            self._used.update(keys)
        return "applied"


def _key(entry: CommitEntry) -> tuple[str, str, str]:
    if entry["kind"] == "consumeNonce":
        return ("nonce", entry["audience"], entry["nonce"])
    if entry["kind"] == "consumeApproval":
        return ("approval", entry["issuer"], entry["id"])
    raise ValueError("this ledger keeps no counters")


def _until(entry: CommitEntry) -> float:
    """When it may be forgotten: a minute after its end, for clocks that differ."""
    return datetime.fromisoformat(entry["until"].replace("Z", "+00:00")).timestamp() + 60.0
