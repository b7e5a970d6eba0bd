"""The offset of a time zone from UTC at one instant, out of `zoneinfo`, as evidence for the verifier.

The verifier carries no time zone database (profile, "Constraints", Hours); it names the zone and the instant.
INVARIANT: a zone that this machine does not know is told as a failure with the code `evidence.time_zone`, never
guessed; nothing is raised.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from importlib import import_module
from typing import Any, Final
from zoneinfo import TZPATH, ZoneInfo

_MOST_ZONES: Final = 64

UNKNOWN: Final = "evidence.time_zone"
"""The code of a zone that could not be looked up: no database here, or no such zone in it."""


class Offsets:
    """Offsets at one instant, as an evidence document: of zones that were wanted before, and of those wanted now."""

    def __init__(self, known: dict[str, None], at: int) -> None:
        self._known = known
        self._answered: set[str] = set()
        self.document: dict[str, Any] = {}
        stamp = _rfc3339(at)
        if stamp is not None:
            for zone in tuple(known):
                self._add({"kind": "zoneOffset", "zone": zone, "at": stamp}, zone, stamp)

    def answer(self, needs: object) -> bool:
        """Answers each zone among the needs that was not answered yet; says whether there was one."""
        found = False
        for need in needs if isinstance(needs, list) else ():
            zone, at = (need.get("zone"), need.get("at")) if isinstance(need, dict) else (None, None)
            if need.get("kind") != "zoneOffset" or not isinstance(zone, str) or not isinstance(at, str):
                continue
            if zone not in self._answered:
                found = True
                self._add(need, zone, at)
                if len(self._known) < _MOST_ZONES:
                    self._known[zone] = None
        return found

    def _add(self, need: dict[str, Any], zone: str, at: str) -> None:
        self._answered.add(zone)
        offset = offset_at(zone, at)
        if offset is None:
            self.document.setdefault("failures", []).append({"need": need, "code": UNKNOWN})
        else:
            known = {"zone": zone, "at": at, "offset": offset, "tzdb": tzdb()}
            self.document.setdefault("zoneOffsets", []).append(known)


def offset_at(zone: str, at: str) -> int | None:
    """Gives the seconds east of UTC in `zone` at `at` (RFC 3339), or `None` where that is not known."""
    try:
        instant = datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(timezone.utc)
        offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
    except Exception:  # an unknown zone, a path, a folder, a damaged file: each has an exception of its own
        return None
    if offset is None or offset.microseconds:
        return None
    return offset.days * 86_400 + offset.seconds


@lru_cache(maxsize=1)
def tzdb() -> str:
    """Names the database: the package's version where the system has none, else `system`."""
    for folder in TZPATH:
        try:
            with open(f"{folder}/UTC", "rb"):
                return "system"
        except OSError:
            continue
    try:
        return str(import_module("tzdata").IANA_VERSION)
    except (ImportError, AttributeError):
        return "unknown"


def _rfc3339(at: int) -> str | None:
    """Writes milliseconds since 1970 as the verifier writes its instants, or `None` outside of the years 1 to 9999."""
    try:
        instant = datetime(1970, 1, 1) + timedelta(milliseconds=at)
    except OverflowError:
        return None
    return instant.isoformat(timespec="milliseconds") + "Z"
