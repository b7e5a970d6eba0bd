"""The verdict corpus through the wheel, as a script: prints the counts of this door, and fails on a difference."""

from __future__ import annotations

import sys

import chancery
from world import WITHOUT_RDFC, Outcome, vectors


def run() -> tuple[int, int, list[str]]:
    """Judges every vector; gives how many were judged, how many need RDFC, and what differs."""
    judged, apart, wrong = 0, 0, []
    for vector in vectors():
        decision = chancery.verify(vector.text)
        said = Outcome(decision.allow, decision.verdict, decision.code)
        expected = WITHOUT_RDFC if vector.needs_rdfc else vector.expect
        judged, apart = judged + (not vector.needs_rdfc), apart + vector.needs_rdfc
        if said != expected:
            wrong.append(f"{vector.name}: expected {expected}, python said {said}")
    return judged, apart, wrong


def main() -> int:
    judged, apart, wrong = run()
    print(f"vectors python: {apart} that need RDFC: alg.unsupported_here, indeterminate")
    print(f"vectors python: {judged} judged, {judged - len(wrong)} as expected")
    print("\n".join(wrong), file=sys.stderr)
    return bool(wrong or not judged or not apart)


if __name__ == "__main__":
    sys.exit(main())
