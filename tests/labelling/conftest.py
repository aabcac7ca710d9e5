from __future__ import annotations

import pytest
from partly_labelled import make_plants


@pytest.fixture
def plants(tmp_path):
    """140 rows, 12 of them labelled, with an experiment."""
    return make_plants(tmp_path)
