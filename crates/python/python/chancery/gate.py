"""What a tool server keeps: the nonces that it gives out, and the conversations that it admitted.

Nonces are signed and not stored, so that asking for many of them costs the server nothing; that each is used once is
the verifier's `commit`. INVARIANT: only a nonce of this gate admits, and only until it ends; a session is found by
nothing but the random token that was handed to whoever presented.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

from .decision import decision, refusal
from .session import Session

if TYPE_CHECKING:
    from .verifier import Text, Verifier


class Gate:
    """Admits presentations to one verifier. `lifetime` is that of a nonce, in seconds; `key` is shared by the
    processes of one service, which then also share what `commit` writes to."""

    def __init__(
        self,
        verifier: Verifier,
        *,
        lifetime: float = 120.0,
        most: int = 4_096,
        key: bytes | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._verifier = verifier
        self._lifetime = lifetime
        self._most = most
        self._key = secrets.token_bytes(32) if key is None else key
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()

    @property
    def audience(self) -> str:
        """The service that presentations are made for."""
        return self._verifier.audience

    def challenge(self) -> str:
        """Gives out a fresh nonce."""
        until = int(self._clock() + self._lifetime)
        body = f"{until}.{secrets.token_urlsafe(16)}"
        return f"{body}.{self._seal(body)}"

    def admit(self, presentation: Text, nonce: object) -> tuple[str | None, Session]:
        """Admits a presentation that answers one of this gate's nonces; gives the session and the token it is
        found by."""
        if type(nonce) is not str or not self._owns(nonce):
            refused = decision(refusal("binding.nonce", "this server gave out no such nonce, or it has ended"))
            return None, Session(self._verifier, None, refused, {})
        session = self._verifier.admit(presentation, nonce=nonce)
        if not session.ok:
            return None, session
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[_hash(token)] = session
            while len(self._sessions) > self._most:
                self._sessions.popitem(last=False)[1].end()
        return token, session

    def find(self, token: object) -> Session | None:
        """Finds the session of a token; whether it still holds is for `authorize` to say."""
        if type(token) is not str:
            return None
        with self._lock:
            session = self._sessions.get(_hash(token))
        return session if session is not None and session.ok else None

    def end(self, token: str) -> None:
        """Ends the session of a token."""
        with self._lock:
            session = self._sessions.pop(_hash(token), None)
        if session is not None:
            session.end()

    def _owns(self, nonce: str) -> bool:
        body, _, seal = nonce.rpartition(".")
        until = body.partition(".")[0]
        known = hmac.compare_digest(seal.encode("utf-8", "replace"), self._seal(body).encode())
        return known and until.isdecimal() and self._clock() < int(until)

    def _seal(self, body: str) -> str:
        return hmac.new(self._key, body.encode("utf-8", "replace"), sha256).hexdigest()[:32]


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()
