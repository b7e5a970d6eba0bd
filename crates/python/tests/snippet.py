"""The README's Python snippet, as printed, with nothing installed but the wheel.

The snippet's files are those of the host corpus, and the machine's clock stands at its moment; all else is the
snippet's own.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from world import ROOT, stage

AT_THE_MOMENT = "import sys, time; time.time = lambda: float(sys.argv[2]); exec(compile(open(sys.argv[1]).read(), 'README.md', 'exec'))"


def snippets(readme: Path) -> list[str]:
    """The Python snippets of a README that import the package's verifier."""
    blocks: list[str] = re.findall(r"^```python\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block for block in blocks if "import" in block and "Verifier(" in block]


def main() -> int:
    own = snippets(ROOT / "crates" / "python" / "README.md")
    front = snippets(ROOT / "README.md")
    if len(own) != 1 or any(snippet != own[0] for snippet in front):
        print("the READMEs have not one and the same snippet", file=sys.stderr)
        return 1
    lines = [line for line in own[0].splitlines() if line.strip()]
    scene = stage()
    options = scene.verifier_options()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {
            "bundle.jwt": options["bundle"], "policy.json": options["policy"], "presentation.json": scene.presentation,
            "snippet.py": own[0],
        }.items():  # fmt: skip
            (Path(folder) / name).write_text(text, encoding="utf-8")
        words = [sys.executable, "-I", "-c", AT_THE_MOMENT, "snippet.py", str(scene.at)]
        ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60)
    due = own[0].rsplit("# ", 1)[1].strip()
    print(f"README snippet: {len(lines)} lines, said {ran.stdout.strip()!r}")
    if ran.returncode or ran.stdout.strip() != due or len(lines) >= 10:
        print(f"expected {due!r} in under ten lines\n{ran.stderr}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
