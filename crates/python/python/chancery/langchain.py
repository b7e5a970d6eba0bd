"""The guard of a LangChain agent's tools: `pip install 'chancery[langchain]'`.

LangChain 1, the hook `wrap_tool_call`. The guard stands last in the list of middleware, next to the tools: one that
comes after it could change a call that was judged. INVARIANT: what the guard hands on was allowed, with exactly the
arguments that were judged; a refusal is a tool message with the status `error`, whose text has the code and the reason for the model.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import ToolMessage
from langgraph.types import Command, interrupt

from .decision import Decision
from .judge import Approve, judge
from .session import Session

Found = Session | Callable[[ToolCallRequest], Session | None]
"""An admitted session, or a function that finds the one of a call."""


class Guard(AgentMiddleware[AgentState[Any], Any, Any]):
    """Stands before every tool of `create_agent(middleware=[Guard(session)])`, synchronous and asynchronous."""

    def __init__(self, session: Found, *, approve: Approve | None = None) -> None:
        super().__init__()
        self._found = session
        self._approve = approve

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        """Runs the tool after an allow, and answers a refusal in its place."""
        judged, decided = self._decide(request)
        return handler(judged) if decided.allow else _refused(request, decided)

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]]
    ) -> ToolMessage | Command[Any]:
        """As `wrap_tool_call`, for agents that are awaited."""
        judged, decided = self._decide(request)
        return await handler(judged) if decided.allow else _refused(request, decided)

    def _decide(self, request: ToolCallRequest) -> tuple[ToolCallRequest, Decision]:
        def find() -> Session | None:
            return self._found if isinstance(self._found, Session) else self._found(request)

        call = request.tool_call
        decided, args = judge(find, call.get("name"), call.get("args"), self._approve, _ask)
        return (request.override(tool_call={**call, "args": args}) if decided.allow else request), decided


def _ask(tool: str, args: Any) -> bool:
    """Interrupts the graph to ask a person, in the shape of LangChain's own human-in-the-loop middleware."""
    answer = interrupt(
        {
            "action_requests": [{"name": tool, "args": args, "description": f"{tool} wants an approval"}],
            "review_configs": [{"action_name": tool, "allowed_decisions": ["approve", "reject"]}],
        }
    )
    said = answer.get("decisions") if isinstance(answer, dict) else None
    return isinstance(said, list) and len(said) == 1 and isinstance(said[0], dict) and said[0].get("type") == "approve"


def _refused(request: ToolCallRequest, decided: Decision) -> ToolMessage:
    return ToolMessage(
        content=decided.message,
        tool_call_id=str(request.tool_call.get("id") or ""),
        name=str(request.tool_call.get("name")),
        status="error",
        artifact=decided,
    )
