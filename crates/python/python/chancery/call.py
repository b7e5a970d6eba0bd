"""What the relying party asks, as JSON text: a walk over its own plain values that runs nobody's code.

Only exact `dict`, `list`, `tuple`, `str`, `int`, `float`, `bool` and `None` are taken: a subclass may show one value
to the verifier and another to the tool. INVARIANT: what cannot be written exactly raises `Refused`, with a code;
nothing else is raised.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, Final

MOST_DEPTH: Final = 48
"""How deep a value may nest; the verifier's own reader takes 64 levels, the request around it included."""

MOST_ITEMS: Final = 65_536
"""How many values a call may hold; also what ends a value that holds itself twice at each level."""

MOST_INTEGER: Final = 2**53 - 1
"""The largest integer that every reader takes exactly."""


class Refused(Exception):
    """Says why a value is no part of a request. It never leaves this package."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class _Missing:
    """The mark of an argument that was not given, where `None` is a value."""


MISSING: Final = _Missing()


def snapshot(value: object, what: str = "the call") -> Any:
    """Copies a plain value, so that nobody changes what was judged.

    Raises `Refused` with `request.malformed` or `parse.unsafe_number`.
    """
    left = [MOST_ITEMS]
    try:
        return _copy(value, what, MOST_DEPTH, left)
    except RuntimeError as error:  # another thread changed it, or the caller's stack is at its end
        raise Refused("request.malformed", f"{what} cannot be read: {error}") from error


def _copy(value: object, what: str, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if depth < 0 or left[0] < 0:
        raise Refused("request.malformed", f"{what} is too deep, too large, or holds itself")
    if value is None or type(value) is bool or type(value) is str:
        return value
    if type(value) is int:
        if not -MOST_INTEGER <= value <= MOST_INTEGER:
            raise Refused("parse.unsafe_number", f"{what} has an integer beyond 2^53-1: write it as a string")
        return value
    if type(value) is float:
        if not isfinite(value):
            raise Refused("request.malformed", f"{what} has a number that is not finite")
        return value
    if type(value) is list or type(value) is tuple:
        return [_copy(item, what, depth - 1, left) for item in value]
    if type(value) is dict:
        copied = {}
        for name, member in value.items():
            if type(name) is not str:
                raise Refused("request.malformed", f"{what} has a member whose name is no plain string")
            copied[name] = _copy(member, what, depth - 1, left)
        return copied
    raise Refused("request.malformed", f"{what} has a value that is no plain JSON value")


def write(value: Any) -> str:
    """Writes a value that `snapshot` made. Half a character stays escaped, for the verifier to refuse."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (ValueError, TypeError, RecursionError) as error:
        raise Refused("request.malformed", "the call cannot be written as JSON") from error


def plain(value: object, what: str) -> Any:
    """Takes a member that may be JSON text (which the verifier reads strictly by itself) or a plain value."""
    if issubclass(type(value), (bytes, bytearray)):
        return text_of(value, what)
    return snapshot(value, what)


def text_of(value: object, what: str) -> str:
    """Gives the text of a `str` or of UTF-8 bytes, whatever its class says of itself."""
    kind = type(value)
    try:
        if issubclass(kind, str):
            return str.__str__(value)
        if issubclass(kind, bytes):
            return bytes.decode(value, "utf-8")  # type: ignore[arg-type]
        if issubclass(kind, bytearray):
            return bytearray.decode(value, "utf-8")  # type: ignore[arg-type]
    except UnicodeDecodeError as error:
        raise Refused("parse.utf8", f"{what} is not UTF-8") from error
    raise Refused("request.malformed", f"{what} is neither text nor bytes")


def call(
    *,
    tool: object = MISSING,
    args: object = MISSING,
    action: object = MISSING,
    resource: object = MISSING,
    arguments: object = MISSING,
    facts: object = MISSING,
) -> dict[str, Any]:
    """Gathers the members of a call that were given; which of them go together is the verifier's to say."""
    given = {"tool": tool, "action": action, "resource": resource, "facts": facts}
    members = {name: snapshot(value, name) for name, value in given.items() if value is not MISSING}
    for name, value in {"args": args, "arguments": arguments}.items():
        if value is not MISSING:
            members[name] = plain(value, name)
    if "tool" in members and "args" not in members:
        members["args"] = {}
    return members
