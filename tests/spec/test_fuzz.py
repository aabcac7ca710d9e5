"""Whatever a spec holds, `validate` answers with 0 or 2 and no traceback, within 2 seconds and 20 kB."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import time
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
from albench.spec import schema
from albench.spec.read import read_spec

FAULTS = "ALBENCH_FAULTS" in os.environ
BUDGET = settings(
    max_examples=1500 if FAULTS else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
# Each of these is long.
SMALL_BUDGET = settings(BUDGET, max_examples=300 if FAULTS else 15)
HERE = Path(__file__).parent
SECONDS, CHARACTERS = 2, 20_000
SPECS = [path.read_text(encoding="utf-8") for path in sorted((HERE / "valid").glob("*.yaml"))]
SPECS += [
    path.read_text(encoding="utf-8", errors="replace") for path in sorted((HERE / "broken").glob("*.yaml"))
]

NAMES = sorted({name for entries in load_catalogue().values() for name in entries})
SCHEMA = json.loads(Path(schema.__file__).with_name("experiment.schema.json").read_text(encoding="utf-8"))
KEYS = sorted(SCHEMA["properties"])


def _find_properties(node):
    """Yield the names of all parameters that a part of the schema speaks of."""
    if isinstance(node, dict):
        properties = node.get("properties", {})
        yield from properties if isinstance(properties, dict) else ()
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _find_properties(inner)


INNER = sorted(set(_find_properties(SCHEMA)))
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
SOUND_STREAM = {
    "scenario": "stream",
    "datasets": ["iris"],
    "models": ["gaussian_nb"],
    "strategies": ["split"],
    "budgets": "10%",
}
SOUND_SPECS = st.sampled_from([SOUND, SOUND_STREAM])


@pytest.fixture(scope="module")
def validated(tmp_path_factory):
    """Validate a text as the command does; return the exit code, all that was said, and what reading says."""
    folder = tmp_path_factory.mktemp("fuzz") / "specs"
    shutil.copytree(HERE / "valid", folder)
    path = folder / "fuzzed.yaml"

    def answer(content):
        path.write_bytes(content)
        output, begin = io.StringIO(), time.process_time()
        with (
            mock.patch.object(sys, "argv", ["albench", "validate", str(path)]),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
            pytest.raises(SystemExit) as ending,
        ):
            run_and_exit(cli)
        # Of the processor: what a loaded machine takes on the clock says nothing.
        took = time.process_time() - begin
        return ending.value.code, output.getvalue(), took, said_by_reading(path)

    answer(yaml.safe_dump(SOUND).encode())  # imports what is imported once
    return answer


def said_by_reading(path):
    try:
        return "\n".join(read_spec(path, import_user_code=False).warnings)
    except SpecError as error:
        return str(error)


def see_answered(validated, content):
    code, output, took, read = validated(
        content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    )
    assert code in (0, 2), output
    assert "Traceback" not in output
    assert output.strip()
    assert took < SECONDS
    assert len(output) < CHARACTERS
    assert ("error" in output) == (code == 2)
    assert read in output


@BUDGET
@given(SOUND_SPECS, st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_any_values_in_a_sound_spec(validated, sound, changes):
    see_answered(validated, yaml.safe_dump({**sound, **changes}, allow_unicode=True))


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


WORDS = st.one_of(
    st.sampled_from([*NAMES, *KEYS, *INNER, "a\0b.csv", "./a\0b.py:X", "**/" * 300 + "*.csv", "a.b.C"]),
    st.builds(
        lambda word, n, end: word * (n // len(word)) + end,
        st.sampled_from(["9", "x", "a/", "1", ".", "\x1b[2J", "é", "- ", "'", "../", "0x", "*", " "]),
        st.sampled_from([100, 5_000, 200_000]),
        st.sampled_from(["", "%", "GiB", ".csv", "*.csv", ".py:X", " s"]),
    ),
)
WORDED = st.recursive(
    WORDS | SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER) | WORDS, inner, max_size=3)
    ),
    max_leaves=6,
)


@SMALL_BUDGET
@given(SOUND_SPECS, st.dictionaries(st.sampled_from(KEYS) | WORDS, WORDED, min_size=1, max_size=3))
def test_words_of_any_length(validated, sound, changes):
    see_answered(validated, yaml.safe_dump({**sound, **changes}, allow_unicode=True, width=10**9))


ITEMS = st.sampled_from(
    [
        *("margn{i}", "margin", "{i}", "{{margin: {{x{i}: 1}}}}", "{{qbc: {{label: l{i}}}}}", "a.b.C{i}"),
        *(
            "{{a.b.C: {{p{i}: 1}}}}",
            "{{logistic_regression: {{C: {i}}}}}",
            "{{csv: {{path: x{i}, target: y}}}}",
        ),
        *(
            "{{k{i}: &a{i} {{x{i}: 1}}}}",
            "*shared",
            "{{<<: *shared}}",
            "{{<<: *shared, y{i}: 1}}",
            "{{*text : 1}}",
        ),
        *("*text", "[*shared, *text]", "{i}%", "{{areas: {{file: f{i}}}}}", "./f{i}.py:X", "0.{i}", "'{i}'"),
    ]
)
PAIRS = st.sampled_from(["k{i}: 1", "{i}: 1", "k: 1", "label: l{i}", "? k{i}", "C: {i}", "k{i}: *shared"])


@SMALL_BUDGET
@given(
    SOUND_SPECS,
    st.sampled_from(KEYS),
    st.lists(ITEMS | PAIRS, min_size=1, max_size=2),
    st.sampled_from([30, 1_000, 4_000]),
    st.sampled_from([10, 3_000]),
    st.booleans(),
)
def test_lists_and_mappings_of_any_length(validated, sound, key, templates, n, shared, inside):
    items = [template.format(i=i) for i in range(n) for template in templates]
    brackets = (
        "{}" if all((": " in item and item[0] not in "{[*") or item[0] == "?" for item in items) else "[]"
    )
    body = brackets[0] + ", ".join(items) + brackets[1]
    text = (
        "text: &text '"
        + "t" * shared * 30
        + "'\nshared: &shared {"
        + ", ".join(f"s{i}: 1" for i in range(shared))
        + "}\n"
        + yaml.safe_dump({name: value for name, value in sound.items() if name != key})
        + f"{key}: {f'[{{margin: {body}}}]' if inside else body}\n"
    )
    see_answered(validated, text)
