"""The one exception: a configuration that cannot be a verifier."""

from __future__ import annotations


class ChanceryError(Exception):
    """Says, with a stable `code`, why no verifier could be made. Nothing about a peer's papers is ever raised."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
