"""The wheel is what is tested, never the sources beside these files."""

from __future__ import annotations

from pathlib import Path

import chancery
import pytest
from world import ROOT, Stage, stage

assert ROOT / "crates" not in Path(chancery.__file__).resolve().parents, "the sources are imported, not the wheel"


@pytest.fixture(name="stage")
def _stage() -> Stage:
    return stage()
