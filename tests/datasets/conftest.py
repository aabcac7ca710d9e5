from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def files() -> Path:
    return Path(__file__).with_name("files")
