"""Chancery: verifies the passports of AI agents and decides their tool calls, in process and offline.

    from chancery import Ledger, Verifier

    verifier = Verifier(bundle=bundle, signer=signer, policy=policy, audience=audience, commit=Ledger())
    decision = verifier.verify(presentation, nonce=nonce, tool="refund", args={"order": "1001", "amount": "35.00"})

A verdict and its code are the same here as in the library, the command, the service and the wasm module.
"""

from __future__ import annotations

from ._native import VERSION as __version__
from .decision import CardReport, Check, CommitEntry, Decision, Hop, Principal, Refreshed, Verdict
from .errors import ChanceryError
from .gate import Gate
from .ledger import Ledger
from .pure import authorize, inspect, render_chain, verify
from .session import Session
from .verifier import Verifier

__all__ = [
    "CardReport",
    "ChanceryError",
    "Check",
    "CommitEntry",
    "Decision",
    "Gate",
    "Hop",
    "Ledger",
    "Principal",
    "Refreshed",
    "Session",
    "Verdict",
    "Verifier",
    "__version__",
    "authorize",
    "inspect",
    "render_chain",
    "verify",
]
