"""Worlds as the tests of the analysis build them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "albench_tests_worlds", Path(__file__).parents[1] / "analysis" / "conftest.py"
)
_worlds = importlib.util.module_from_spec(_spec)
# A dataclass looks its module up.
sys.modules[_spec.name] = _worlds
_spec.loader.exec_module(_worlds)

world = _worlds.world
noisy = _worlds.noisy
