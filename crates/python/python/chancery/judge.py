"""What every adapter does with one tool call: find the session, let it decide, ask the host's own rule, and hand on a
copy of exactly what was judged.

Profile, "Chain and presentation". INVARIANT: whatever a function of the host raises or gives, the outcome is a
decision with a code; only an exact `True` approves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from .call import Refused, snapshot, write
from .decision import Decision, decision, read, refusal
from .session import Session

Approve = Callable[[str, Any, Decision], bool | Literal["ask"]]
"""The host's own rule after an allow, of the tool's name, a copy of its arguments, and the decision. `True`: a human
has agreed. `"ask"`: the framework's own way asks, where it has one. Anything else denies with `approval.missing`."""


def judge(
    find: Callable[[], Session | None],
    tool: object,
    args: object,
    approve: Approve | None,
    ask: Callable[[str, Any], object] | None = None,
) -> tuple[Decision, Any]:
    """Decides one call; gives the decision and the copy of the arguments that it is about."""
    try:
        judged = snapshot(args, "args")
        name = snapshot(tool, "tool")
    except Refused as refused:
        return decision(refusal(refused.code, refused.detail)), None
    try:
        session = find()
    except Exception:  # the host's own function
        return decision(refusal("host.callback", "the function that finds the session raised")), None
    if not isinstance(session, Session):
        return missing(), None
    decided = session.authorize(tool=name, args=judged)
    if not decided.allow or approve is None:
        return decided, judged
    try:
        answer: object = approve(name, snapshot(judged), decided)
    except Exception:  # the host's own rule
        answer = False
    if answer == "ask" and type(answer) is str and ask is not None:
        answer = ask(name, snapshot(judged))
    return (decided if answer is True else unapproved(decided)), judged


def missing() -> Decision:
    """The denial of a call that comes without a presentation."""
    return decision(refusal("binding.presentation_missing", "there is no presentation for this call"))


def unapproved(decided: Decision) -> Decision:
    """An allow turned into the denial of a call that nobody approved."""
    reason = "an approval is wanted and there is none"
    said = {**read(decided.text), "allow": False, "code": "approval.missing", "reason": reason}
    return replace(decided, allow=False, code="approval.missing", reason=reason, text=write(said))
