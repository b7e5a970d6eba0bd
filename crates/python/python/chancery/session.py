"""A conversation of many calls: admitted once, judged at each call.

Profile, "Chain and presentation". INVARIANT: a refused session is a session all the same, whose every answer is the
refusal; nothing is raised, and an ended session allows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .call import MISSING, Refused, call, write
from .decision import Decision, JsonObject, Principal, decision, refusal

if TYPE_CHECKING:
    from .verifier import Text, Verifier


class Session:
    """What `Verifier.admit` gives. Its truth value is `ok`; as a context manager it ends itself."""

    def __init__(self, verifier: Verifier, handle: int | None, refused: Decision | None, admission: JsonObject) -> None:
        self._verifier = verifier
        self._handle = handle
        self.decision = refused
        """Why it was refused; `None` where it was admitted."""
        principal = admission.get("principal")
        self.agent: str | None = admission.get("agent")
        self.principal = Principal(**principal) if isinstance(principal, dict) else None
        self.expires_at: str | None = admission.get("expiresAt")
        self.audience = verifier.audience

    @property
    def ok(self) -> bool:
        """Whether calls can be authorized: it was admitted, and has not been ended."""
        return self._handle is not None

    def __bool__(self) -> bool:
        return self.ok

    def authorize(
        self,
        *,
        tool: object = MISSING,
        args: object = MISSING,
        action: object = MISSING,
        resource: object = MISSING,
        arguments: object = MISSING,
        facts: object = MISSING,
        evidence: Text = "",
    ) -> Decision:
        """Decides one call of the conversation, with time, status and constraints as they are now."""
        handle = self._handle
        if handle is None:
            ended = decision(refusal("host.unknown_handle", "the session was ended"))
            return ended if self.decision is None else self.decision
        try:
            request = call(tool=tool, args=args, action=action, resource=resource, arguments=arguments, facts=facts)
            asked = write(request)
            engine = self._verifier._engine
            return self._verifier._decide(lambda more, at: engine.authorize(handle, asked, more, at), evidence)
        except Refused as refused:
            return decision(refusal(refused.code, refused.detail))

    def end(self) -> None:
        """Ends the conversation; doing it twice does no harm."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._verifier._engine.end(handle)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None:
            self.end()
