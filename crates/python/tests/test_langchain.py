"""The guard in an agent of the real LangChain, whose model is a script."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from chancery import Session
from chancery.judge import Approve
from chancery.langchain import Found, Guard
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from world import Stage


class Scripted(GenericFakeChatModel):
    """A model that says what it is told to."""

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        return self


class Agent:
    """An agent with one refund tool, and what the tool did."""

    def __init__(self, found: Found, calls: list[dict[str, Any]], *, approve: Approve | None = None) -> None:
        self.done: list[dict[str, str]] = []

        @tool
        def refund(order: str, amount: str) -> str:
            """Gives an order's money back."""
            self.done.append({"order": order, "amount": amount})
            return f"refunded {amount}"

        def said() -> Iterator[AIMessage]:
            for number, call in enumerate(calls):
                asked = {"name": call["tool"], "args": call["args"], "id": f"call-{number}", "type": "tool_call"}
                yield AIMessage(content="", tool_calls=[asked])
            yield AIMessage(content="done")

        self.graph: Any = create_agent(
            Scripted(messages=said()), [refund], middleware=[Guard(found, approve=approve)], checkpointer=InMemorySaver()
        )
        self.thread: Any = {"configurable": {"thread_id": "1"}}
        self.begin = {"messages": [{"role": "user", "content": "refund my order"}]}

    def run(self) -> list[ToolMessage]:
        return results(self.graph.invoke(self.begin, self.thread))


def results(state: Any) -> list[ToolMessage]:
    return [message for message in state["messages"] if isinstance(message, ToolMessage)]


def test_a_call_within_the_papers_is_made(stage: Stage) -> None:
    agent = Agent(stage.session(), [stage.call()])
    (message,) = agent.run()
    assert message.status == "success" and message.content == f"refunded {stage.args['amount']}"
    assert agent.done == [stage.args]


def test_an_agent_that_is_awaited_is_guarded_too(stage: Stage) -> None:
    agent = Agent(stage.session(), [stage.call(), stage.call(amount="1000000.00")])
    first, second = results(asyncio.run(agent.graph.ainvoke(agent.begin, agent.thread)))
    assert first.status == "success" and second.status == "error"
    assert agent.done == [stage.args]


def test_a_denial_reaches_the_model_with_its_reason(stage: Stage) -> None:
    agent = Agent(stage.session(), [stage.call(amount="1000000.00")])
    (message,) = agent.run()
    assert message.status == "error" and message.tool_call_id == "call-0" and message.name == stage.tool
    assert str(message.content).startswith("denied: constraint.amount: ") and "1000000.00" in str(message.content)
    assert agent.done == []


GARBAGE: list[dict[str, Any]] = [
    {"args": {}}, {"args": {"order": "1001"}}, {"args": {"order": "../1", "amount": "1.00"}},
    {"args": {"order": "1001", "amount": 35}}, {"args": {"order": "1001", "amount": float("nan")}},
    {"args": {"order": "1001", "amount": "1.00", "n": 2**60}}, {"args": {"order": "1001", "amount": "\ud800"}},
    {"args": {"order": {"a": [1]}, "amount": None}}, {"tool": "refund_all", "args": {}}, {"tool": "__proto__", "args": {}},
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(GARBAGE)))
def test_garbage_is_refused_with_a_code(stage: Stage, at: int) -> None:
    agent = Agent(stage.session(), [{"tool": stage.tool, **GARBAGE[at]}])
    (message,) = agent.run()
    assert message.status == "error" and str(message.content).startswith("denied: ")
    assert agent.done == []


def test_without_a_session_nothing_is_called(stage: Stage) -> None:
    refused = stage.verifier().admit("garbage", nonce=stage.nonce)
    ended = stage.session()
    ended.end()

    def raising(_: Any) -> Session | None:
        raise LookupError

    found: list[tuple[Any, str]] = [
        (refused, "parse."), (ended, "host.unknown_handle"), (lambda _: None, "binding.presentation_missing"),
        (lambda _: True, "binding.presentation_missing"), (raising, "host.callback"),
    ]  # fmt: skip
    for session, code in found:
        agent = Agent(session, [stage.call()])
        (message,) = agent.run()
        assert str(message.content).startswith(f"denied: {code}"), message.content
        assert agent.done == []


def test_the_session_is_found_by_the_call(stage: Stage) -> None:
    session = stage.session()
    agent = Agent(lambda request: session if request.tool_call["id"] == "call-0" else None, [stage.call(), stage.call()])
    first, second = agent.run()
    assert (first.status, second.status) == ("success", "error") and len(agent.done) == 1


def test_an_approval_that_the_papers_want_reaches_the_model(stage: Stage) -> None:
    agent = Agent(stage.wanting_approval().session(), [stage.call()])
    (message,) = agent.run()
    assert str(message.content).startswith("denied: constraint.state_missing: ") and "Approval" in str(message.content)
    assert agent.done == []


@pytest.mark.parametrize("answer", [False, None, "yes", 1, ZeroDivisionError])
def test_a_call_that_nobody_approved_is_not_made(stage: Stage, answer: Any) -> None:
    def approve(name: str, args: Any, decision: Any) -> Any:
        args["amount"] = "0.01"
        if answer is ZeroDivisionError:
            raise ZeroDivisionError
        return answer

    agent = Agent(stage.session(), [stage.call()], approve=approve)
    (message,) = agent.run()
    assert str(message.content).startswith("denied: approval.missing: ") and agent.done == []


@pytest.mark.parametrize(
    ("resume", "made"),
    [
        ({"decisions": [{"type": "approve"}]}, True),
        ({"decisions": [{"type": "reject"}]}, False),
        ({"decisions": [{"type": "approve"}, {"type": "approve"}]}, False),
        ({"decisions": []}, False),
        ("approve", False),
        (True, False),
    ],
)
def test_a_person_is_asked_and_only_an_approval_goes_on(stage: Stage, resume: Any, made: bool) -> None:
    agent = Agent(stage.session(), [stage.call()], approve=lambda name, args, decision: "ask")
    state = agent.graph.invoke(agent.begin, agent.thread)
    (question,) = state["__interrupt__"]
    assert question.value["action_requests"][0]["args"] == stage.args and agent.done == []
    (message,) = results(agent.graph.invoke(Command(resume=resume), agent.thread))
    assert agent.done == ([stage.args] if made else [])
    assert message.status == ("success" if made else "error")
    if not made:
        assert str(message.content).startswith("denied: approval.missing: ")
