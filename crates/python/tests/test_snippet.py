"""The README's snippet runs as printed. (`cargo xtask python` runs it a second time, with nothing but the wheel.)"""

from __future__ import annotations

import snippet


def test_the_snippet_of_the_readme_runs_as_printed() -> None:
    assert snippet.main() == 0
