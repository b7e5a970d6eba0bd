"""The guard and the token verifier, in a server of the real MCP SDK, called by its real client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from chancery import Gate
from chancery.judge import Approve
from chancery.mcp import DECISION, NONCE, PRESENTATION, SESSION, Guard, Tokens, allowed
from mcp import Client
from mcp.server.auth.middleware.auth_context import auth_context_var
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser, BearerAuthBackend
from mcp.server.mcpserver import MCPServer
from starlette.requests import HTTPConnection
from world import Stage


@dataclass
class Shop:
    """A server with one guarded tool and one that is open, and what the tool did."""

    stage: Stage
    gate: Gate
    server: MCPServer[Any]
    done: list[dict[str, Any]] = field(default_factory=list)

    def shown(self, **more: Any) -> dict[str, Any]:
        return {PRESENTATION: self.stage.presentation, NONCE: self.stage.nonce, **more}


def shop(stage: Stage, *, approve: Approve | None = None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    gate = Gate(stage.verifier())
    # The stage's presentation answers a nonce of long ago, which this gate takes for its own.
    monkeypatch.setattr(gate, "_owns", lambda nonce: nonce == stage.nonce)
    server: MCPServer[Any] = MCPServer("shop", extensions=[Guard(gate, open_to_all=["hours"], approve=approve)])
    made = Shop(stage, gate, server)

    @server.tool(name=stage.tool)
    def refund(order: str, amount: str) -> str:
        decision = allowed.get()
        assert decision is not None and decision.allow
        made.done.append({"order": order, "amount": amount, "agent": decision.agent})
        return f"refunded {amount}"

    @server.tool()
    def hours() -> str:
        assert allowed.get() is None
        return "9 to 17"

    return made


def run(made: Shop, story: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    async def within() -> None:
        async with Client(made.server) as client:
            await story(client)

    asyncio.run(within())


def refused(result: Any, code: str) -> dict[str, Any]:
    assert result.is_error
    assert result.content[0].text.startswith(f"denied: {code}: "), result.content[0].text
    meta: dict[str, Any] = result.meta
    assert meta[DECISION]["code"] == code and meta[DECISION]["reason"] in result.content[0].text
    return meta


def test_a_presentation_opens_a_session_whose_calls_are_judged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop(stage, monkeypatch=monkeypatch)

    async def story(client: Any) -> None:
        result = await client.call_tool(stage.tool, stage.args, meta=made.shown())
        assert not result.is_error and result.content[0].text == f"refunded {stage.args['amount']}"
        token = (result.meta or {})[SESSION]
        again = await client.call_tool(stage.tool, stage.args, meta={SESSION: token})
        assert not again.is_error and SESSION not in (again.meta or {})
        more = {**stage.args, "amount": "1000000.00"}
        meta = refused(await client.call_tool(stage.tool, more, meta={SESSION: token}), "constraint.amount")
        assert meta[DECISION]["verdict"] == "valid" and NONCE not in meta, "to present again would change nothing"
        made.gate.end(token)
        refused(await client.call_tool(stage.tool, stage.args, meta={SESSION: token}), "binding.presentation_missing")

    run(made, story)
    assert [call["amount"] for call in made.done] == [stage.args["amount"]] * 2
    assert made.done[0]["agent"].startswith("did:")


def test_without_papers_there_is_a_nonce_and_no_refund(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop(stage, monkeypatch=monkeypatch)

    async def story(client: Any) -> None:
        first = refused(await client.call_tool(stage.tool, stage.args), "binding.presentation_missing")
        second = refused(await client.call_tool(stage.tool, stage.args), "binding.presentation_missing")
        assert first[NONCE] != second[NONCE]
        open_to_all = await client.call_tool("hours", {})
        assert not open_to_all.is_error

    run(made, story)
    assert made.done == []


GARBAGE: list[dict[str, Any]] = [
    {PRESENTATION: ""}, {PRESENTATION: "{}"}, {PRESENTATION: None}, {PRESENTATION: 7}, {PRESENTATION: {"proof": {}}},
    {PRESENTATION: ["x"]}, {PRESENTATION: "[" * 50_000}, {PRESENTATION: "a.b.c"}, {NONCE: "x"}, {SESSION: ""}, {SESSION: 7},
    {SESSION: None}, {SESSION: {"a": 1}}, {SESSION: "x" * 10_000}, {SESSION: "__proto__"}, {"chancery": "x"},
]  # fmt: skip


def test_garbage_is_refused_with_a_code_and_the_server_goes_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop(stage, monkeypatch=monkeypatch)

    async def story(client: Any) -> None:
        for meta in GARBAGE + [{**given, NONCE: stage.nonce} for given in GARBAGE if PRESENTATION in given]:
            result: Any = await client.call_tool(stage.tool, stage.args, meta=meta)
            assert result.is_error and result.meta[DECISION]["code"].count(".") == 1
            assert NONCE in result.meta
        for nonce in ("", "another", None, 7, ["x"]):
            meta = made.shown(**{NONCE: nonce})
            refused(await client.call_tool(stage.tool, stage.args, meta=meta), "binding.nonce")
        for arguments in ({}, {"order": "1001"}, {**stage.args, "amount": 35}, {**stage.args, "order": "../1"}):
            result = await client.call_tool(stage.tool, arguments, meta=made.shown())
            assert result.is_error and result.content[0].text.startswith("denied: ")
        unknown: Any = await client.call_tool("refund_all", {}, meta=made.shown())
        refused(unknown, "parse.tool")
        result = await client.call_tool(stage.tool, stage.args, meta=made.shown())
        assert not result.is_error

    run(made, story)
    assert len(made.done) == 1


@pytest.mark.parametrize("answer", [False, None, "ask", "True", 1, [True], ZeroDivisionError])
def test_a_call_that_nobody_approved_is_not_made(stage: Stage, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Any]] = []

    def approve(tool: str, args: Any, decision: Any) -> Any:
        asked.append((tool, dict(args)))
        args["amount"] = "0.01"
        if answer is ZeroDivisionError:
            raise ZeroDivisionError
        return answer

    made = shop(stage, approve=approve, monkeypatch=monkeypatch)

    async def story(client: Any) -> None:
        result = await client.call_tool(stage.tool, stage.args, meta=made.shown())
        meta = refused(result, "approval.missing")
        assert SESSION in meta, "the papers hold: the session is there for when a person has agreed"

    run(made, story)
    assert made.done == [] and asked == [(stage.tool, stage.args)]


def test_a_call_that_a_person_approved_is_made_as_it_was_judged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def approve(tool: str, args: Any, decision: Any) -> bool:
        args["amount"] = "0.01"
        return True

    made = shop(stage, approve=approve, monkeypatch=monkeypatch)

    async def story(client: Any) -> None:
        result = await client.call_tool(stage.tool, stage.args, meta=made.shown())
        assert not result.is_error

    run(made, story)
    assert made.done[0]["amount"] == stage.args["amount"]


def test_an_approval_that_the_papers_want_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop(stage.wanting_approval(), monkeypatch=monkeypatch)

    async def story(client: Any) -> None:
        result: Any = await client.call_tool(stage.tool, stage.args, meta=made.shown())
        refused(result, "constraint.state_missing")
        assert "Approval" in result.content[0].text

    run(made, story)
    assert made.done == []


def test_the_guard_is_advertised_with_its_audience(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop(stage, monkeypatch=monkeypatch)

    async def story(client: Any) -> None:
        offered = client.server_capabilities.extensions or {}
        assert offered[Guard.identifier] == {"audience": stage.options["audience"]}

    run(made, story)


def test_a_session_token_is_the_bearer_token_of_http(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop(stage, monkeypatch=monkeypatch)
    token, session = made.gate.admit(stage.presentation, stage.nonce)
    assert token is not None and session.ok
    tokens = Tokens(made.gate)

    async def story(client: Any) -> None:
        access = await tokens.verify_token(token)
        assert access is not None and access.client_id == session.agent and access.resource == stage.options["audience"]
        assert access.claims is not None and access.claims["iss"] == "did:web:acme.example"
        assert access.expires_at is not None and access.expires_at > stage.at
        reset = auth_context_var.set(AuthenticatedUser(access))
        try:
            result = await client.call_tool(stage.tool, stage.args)
        finally:
            auth_context_var.reset(reset)
        # The SDK's in-process client may run the tool in another context; the guard itself is asked below.
        assert result.is_error or made.done

    run(made, story)

    async def others() -> None:
        for stranger in ("", "x", token + "x", stage.presentation):
            assert await tokens.verify_token(stranger) is None
        backend = BearerAuthBackend(tokens)
        for value in (b"Bearer x", b"Bearer ", b"Basic " + token.encode()):
            scope = {"type": "http", "headers": [(b"authorization", value)]}
            assert await backend.authenticate(HTTPConnection(scope)) is None
        made.gate.end(token)
        assert await tokens.verify_token(token) is None

    asyncio.run(others())


def test_over_http_the_token_decides_and_meta_is_no_second_way_in(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mcp.server.auth.provider import AccessToken
    from mcp_types import CallToolRequestParams, CallToolResult, TextContent

    made = shop(stage, monkeypatch=monkeypatch)
    token, _ = made.gate.admit(stage.presentation, stage.nonce)
    guard = Guard(made.gate)

    async def call(bearer: str, meta: Any) -> Any:
        async def tool(_: Any) -> CallToolResult:
            return CallToolResult(content=[TextContent(text="done")])

        params = CallToolRequestParams(name=stage.tool, arguments=dict(stage.args), _meta=meta)
        user = AuthenticatedUser(AccessToken(token=bearer, client_id="x", scopes=[]))
        reset = auth_context_var.set(user)
        try:
            return await guard.intercept_tool_call(params, cast(Any, None), tool)
        finally:
            auth_context_var.reset(reset)

    assert not asyncio.run(call(token or "", {})).is_error
    refused(asyncio.run(call("stranger", made.shown())), "binding.presentation_missing")
    refused(asyncio.run(call("stranger", {SESSION: token})), "binding.presentation_missing")


def test_names_are_those_of_the_npm_package() -> None:
    names = [PRESENTATION, NONCE, SESSION, DECISION, Guard.identifier]
    assert json.dumps(names).count("org.w3id.chancery/") == len(names)
