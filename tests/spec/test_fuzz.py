"""Whatever a spec holds, `validate` answers with 0 or 2 and no traceback."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from pathlib import Path
from unittest import mock

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from albench.cli import cli
from albench.cli.exits import run_and_exit
from albench.errors import SpecError
from albench.registry.catalogue import load_catalogue
from albench.spec.read import read_spec

FAULTS = "ALBENCH_FAULTS" in os.environ
BUDGET = settings(
    max_examples=1500 if FAULTS else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
HERE = Path(__file__).parent
SPECS = [path.read_text(encoding="utf-8") for path in sorted((HERE / "valid").glob("*.yaml"))]
SPECS += [
    path.read_text(encoding="utf-8", errors="replace") for path in sorted((HERE / "broken").glob("*.yaml"))
]

NAMES = sorted({name for entries in load_catalogue().values() for name in entries})
KEYS = [
    *(
        "name",
        "title",
        "datasets",
        "models",
        "strategies",
        "seed_sizes",
        "seed_sets",
        "batch_sizes",
        "budgets",
    ),
    *("oracles", "split", "repeats", "metrics", "signals", "primary_metric", "baseline", "validation"),
    *("preprocessing", "random_state", "execution", "ties", "expected"),
]
INNER = [
    *(
        "n_jobs",
        "backend",
        "audit",
        "timeout",
        "memory",
        "failure_budget",
        "retry",
        "splits",
        "starts",
        "arms",
    ),
    *(
        "label",
        "task",
        "query",
        "path",
        "target",
        "per_class",
        "second",
        "file",
        "digits",
        "estimator",
        "test",
    ),
    *("version", "numeric", "categorical", "text", "then", "calibrated", "folds", "params", "strategy"),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-3, 60),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(NAMES),
    st.sampled_from(
        ["10%", "110 %", "all", "10m", "4GiB", "1e400", "./no.py:No", "a.b.C", "-", "../x", "\0", "é"]
    ),
)
KEY = st.one_of(st.sampled_from(INNER), st.sampled_from(NAMES), st.text(max_size=6), st.integers(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4),
    max_leaves=12,
)
SOUND = {
    "datasets": ["iris"],
    "models": ["gaussian_nb"],
    "strategies": ["margin"],
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 30,
}


@pytest.fixture(scope="module")
def validated(tmp_path_factory):
    """Validate a text as the command does; return the exit code, all that was said, and what reading says."""
    folder = tmp_path_factory.mktemp("fuzz") / "specs"
    shutil.copytree(HERE / "valid", folder)
    path = folder / "fuzzed.yaml"

    def answer(content):
        path.write_bytes(content)
        told = io.StringIO()
        with (
            mock.patch.object(sys, "argv", ["albench", "validate", str(path)]),
            contextlib.redirect_stdout(told),
            contextlib.redirect_stderr(told),
            pytest.raises(SystemExit) as ending,
        ):
            run_and_exit(cli)
        return ending.value.code, told.getvalue(), said_by_reading(path)

    return answer


def said_by_reading(path):
    try:
        return "\n".join(read_spec(path, import_user_code=False).warnings)
    except SpecError as error:
        return str(error)


def see_answered(validated, content):
    code, told, read = validated(
        content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    )
    assert code in (0, 2), told
    assert "Traceback" not in told
    assert told.strip()
    assert ("error" in told) == (code == 2)
    assert read in told


@BUDGET
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_any_values_in_a_sound_spec(validated, changes):
    see_answered(validated, yaml.safe_dump({**SOUND, **changes}, allow_unicode=True))


@BUDGET
@given(st.data())
def test_any_value_at_any_place_of_a_spec(validated, data):
    whole = yaml.safe_load(data.draw(st.sampled_from([text for text in SPECS if _loads(text)])))
    place = whole
    while isinstance(place, dict | list) and place:
        key = data.draw(
            st.sampled_from(sorted(place, key=str) if isinstance(place, dict) else range(len(place)))
        )
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(VALUES)
            break
        place = place[key]
    see_answered(validated, yaml.safe_dump(whole, allow_unicode=True))


def _loads(text):
    try:
        return isinstance(yaml.safe_load(text), dict)
    except (yaml.YAMLError, ValueError):
        return False


@BUDGET
@given(
    st.sampled_from(SPECS),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 12),
            st.one_of(
                st.text(max_size=6),
                st.sampled_from(
                    ["{", "}", "[", "]", ": ", "- ", "&a ", "*a", "!!x ", "\t", "\n", "'", '"', "|", "? "]
                ),
            ),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_any_letters_in_the_text_of_a_spec(validated, text, edits):
    for place, length, new in edits:
        start = int(place * len(text))
        text = text[:start] + new + text[start + length :]
    see_answered(validated, text)


@BUDGET
@given(st.one_of(st.text(), st.binary()))
def test_any_file_at_all(validated, content):
    see_answered(validated, content)
