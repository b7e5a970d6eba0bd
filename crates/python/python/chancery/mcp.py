"""The guard of an MCP server's tools, and its token verifier: `pip install 'chancery[mcp]'`.

MCP 2026-07-28, Python SDK 2. A client presents in the call's `_meta`, which also works over stdio, beside the nonce
that it answers; the answer's `_meta` holds the session's token for the calls after it, to be sent there or as the
bearer token of HTTP. The names are those of the npm package. INVARIANT: a guarded tool runs only after an allow;
a refusal is a tool error whose text has the code and the reason, so that the model or the caller reads why.
"""

from __future__ import annotations

from collections.abc import Collection
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.extension import Extension
from mcp_types import CallToolRequestParams, CallToolResult, Result, TextContent

from .decision import Decision
from .gate import Gate
from .judge import Approve, judge
from .session import Session

PRESENTATION = "org.w3id.chancery/presentation"
NONCE = "org.w3id.chancery/nonce"
SESSION = "org.w3id.chancery/session"
DECISION = "org.w3id.chancery/decision"

allowed: ContextVar[Decision | None] = ContextVar("chancery_allowed", default=None)
"""The decision under which the tool that asks runs."""


class Guard(Extension):
    """Stands before every tool of `MCPServer(extensions=[Guard(gate)])`, but for those named in `open_to_all`.

    A presentation is used up by the call that brings it: a client that is asked something in the middle of a call
    repeats it with the session's token.
    """

    identifier = "org.w3id.chancery/passport"

    def __init__(self, gate: Gate, *, open_to_all: Collection[str] = (), approve: Approve | None = None) -> None:
        self._gate = gate
        self._open = frozenset(open_to_all)
        self._approve = approve

    def settings(self) -> dict[str, Any]:
        """Tells clients whom to present to."""
        return {"audience": self._gate.audience}

    async def intercept_tool_call(
        self, params: CallToolRequestParams, ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        """Lets the call through after an allow, and answers a refusal in its place."""
        if params.name in self._open:
            return await call_next(ctx)
        token, session = self._session(params)
        arguments = {} if params.arguments is None else params.arguments
        decided, judged = judge(lambda: session, params.name, arguments, self._approve)
        if not decided.allow:
            return self._refused(decided, token)
        params.arguments = judged
        reset = allowed.set(decided)
        try:
            result = await call_next(ctx)
        finally:
            allowed.reset(reset)
        if token is not None and isinstance(result, Result):
            result.meta = {**(result.meta or {}), SESSION: token}
        return result

    def _session(self, params: CallToolRequestParams) -> tuple[str | None, Session | None]:
        """The session of the call, and its token where the call itself began it."""
        bearer = get_access_token()
        if bearer is not None:  # the token was looked at already, and `_meta` is no second way in
            return None, self._gate.find(bearer.token)
        meta: dict[str, Any] = dict(params.meta or {})
        if PRESENTATION in meta:
            return self._gate.admit(meta[PRESENTATION], meta.get(NONCE))
        return None, self._gate.find(meta.get(SESSION))

    def _refused(self, decided: Decision, token: str | None) -> CallToolResult:
        said = {"code": decided.code, "verdict": decided.verdict, "reason": decided.reason}
        meta: dict[str, Any] = {DECISION: said}
        if token is not None:
            meta[SESSION] = token
        elif decided.verdict != "valid":  # where the papers hold, presenting them again changes nothing
            meta[NONCE] = self._gate.challenge()
        return CallToolResult(content=[TextContent(text=decided.message)], is_error=True, _meta=meta)


class Tokens:
    """Verifies bearer tokens for `MCPServer(token_verifier=Tokens(gate), auth=...)`: those of the gate's sessions."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def verify_token(self, token: str) -> AccessToken | None:
        """Gives who speaks, or `None` for a token of no session."""
        session = self._gate.find(token)
        if session is None or session.agent is None:
            return None
        principal = session.principal
        return AccessToken(
            token=token,
            client_id=session.agent,
            scopes=[],
            expires_at=_seconds(session.expires_at),
            resource=session.audience,
            subject=session.agent,
            claims=None if principal is None else {"iss": principal.authority, "owner": principal.owner},
        )


def _seconds(at: str | None) -> int:
    """The end in seconds since 1970; long ago where there is none that can be read."""
    try:
        return int(datetime.fromisoformat((at or "").replace("Z", "+00:00")).timestamp())
    except (ValueError, OverflowError):
        return 1
