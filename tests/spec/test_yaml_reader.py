from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from albench.errors import SpecError
from albench.spec import yaml_reader
from albench.spec.assemble import KEYS
from albench.spec.document import Place
from albench.spec.messages import Problems, UnreadableError
from albench.spec.read import load_experiment, load_experiment_text
from albench.spec.yaml_reader import compose, parse_scalar
from albench.spec.yaml_writer import format_yaml

PARSERS = {"own": yaml.SafeLoader, "libyaml": getattr(yaml, "CSafeLoader", None)}
WORDS = "on off yes no Yes NO y n 10:30 2026-01-02 1_000 0b11 017a 1e 1e- .e5 e5 . -- +.e1 tRue 0x 0o8 ="


@pytest.fixture(params=PARSERS)
def parser(request, monkeypatch):
    """Read with one of the parsers that PyYAML may bring."""
    if PARSERS[request.param] is None:
        pytest.skip("this PyYAML has no libyaml")
    monkeypatch.setattr(yaml_reader, "_LOADER", PARSERS[request.param])


def read(text):
    problems = Problems("test", text)
    node = compose(text, problems)
    assert problems.n_errors == 0, problems.format_errors()
    return node


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1.5e+2", -150.0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        # Texts, where YAML 1.1 saw truth values, minutes, dates and groups of digits.
        *[(text, text) for text in WORDS.split()],
    ],
)
def test_scalars_are_those_of_yaml_1_2(text, value):
    scalar = parse_scalar(text)
    assert scalar == value
    assert type(scalar) is type(value)
    if text:
        assert read(f"key: {text if text != '-' else '- -'}").plain["key"] == (
            value if text != "-" else ["-"]
        )


def test_infinities_and_not_a_number_are_recognised():
    assert parse_scalar("-.inf") == -math.inf
    assert parse_scalar("+.Inf") == math.inf
    assert math.isnan(parse_scalar(".NaN"))


@pytest.mark.parametrize("text", ["'1'", '"1"', "!!str 1", "! 1"])
def test_what_is_quoted_is_text(text):
    assert read(f"key: {text}").plain == {"key": "1"}


def test_tags_of_the_core_schema_mean_what_they_say():
    assert read("{a: !!int 3, b: !!float 3, c: !!seq [1], d: !!map {}}").plain == {
        "a": 3,
        "b": 3,
        "c": [1],
        "d": {},
    }


@pytest.mark.parametrize(
    "text", ["!!int x", "!!python/name:os.system", "!own 3", "!!set {a}", "!!binary aGk="]
)
def test_other_tags_are_refused(text):
    with pytest.raises(UnreadableError, match="has no place in a spec"):
        read(f"key: {text}")


def test_aliases_repeat_a_value_and_merge_keys_a_mapping():
    text = """
    base: &base {a: 1, b: 2}
    more: &more {b: 3, c: 4}
    same: *base
    one: {<<: *base, b: 5}
    two: {b: 6, <<: [*base, *more]}
    """
    mapping = read(text).plain
    assert mapping["same"] == {"a": 1, "b": 2}
    assert mapping["one"] == {"a": 1, "b": 5}
    assert mapping["two"] == {"a": 1, "b": 6, "c": 4}


def test_the_first_of_several_merged_mappings_wins():
    mapping = read("{x: &x {k: 1}, y: &y {k: 2}, z: {<<: [*x, *y]}}").plain
    assert mapping["z"] == {"k": 1}


def test_places_count_lines_and_columns_from_one():
    node = read("# comment\nkey:\n  - abc\n  - {d: 'e f'}\n")
    pair = node.value["key"]
    assert pair.key.where == Place(2, 1, 3)
    first, second = pair.value.value
    assert first.where == Place(3, 5, 3)
    assert second.where == Place(4, 5, 10)
    assert second.value["d"].value.where == Place(4, 9, 5)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_places_do_not_depend_on_line_ends_or_byte_order_marks(line_end):
    node = read("\ufeff" + line_end.join(["a: 1", "b:", "  c: é", ""]))
    assert node.value["b"].value.value["c"].value.where == Place(3, 6, 1)


def test_a_key_that_stands_twice_is_noted_once_and_reading_goes_on():
    text = "a: 1\nb: 2\na: 3\n"
    problems = Problems("test", text)
    assert compose(text, problems).plain == {"a": 1, "b": 2}
    assert "test:3:1: error[duplicate-key]: key 'a' stands twice" in problems.format_errors()
    assert "first at 1:1" in problems.format_errors()


@pytest.mark.parametrize(
    "text", ["[", "a: [", 'a: "b', "a: 'b\n", "? ", "- a: {", "a: !", "a: |x", "%", "&", "*", "\t["]
)
def test_what_ends_too_early_is_shown_on_a_line_that_is_there(text):
    with pytest.raises(SpecError) as caught:
        load_experiment_text(text, import_user_code=False)
    line = int(str(caught.value).split(":")[1]) if "error[yaml]" in str(caught.value) else 1
    assert 1 <= line <= text.count("\n") + 1


MISTAKES = [
    ("a:\n\t- b", Place(2, 1), "a tab; YAML is indented with spaces"),
    ("a: 1\nb: 'c\nd: 2\n", Place(2, 4), "this quote is not closed"),
    ('a: "b', Place(1, 4), "this quote is not closed"),
    ("a: 'b\n---\n", Place(1, 4), "this quote is not closed"),
    ('a: "C:\\data"', Place(1, 7), "no character is written like this"),
    ("a: 1\nb\nc: 2\n", Place(2, 1), "no ':' follows this key"),
    ("a: 1\n'b'\nc: 2\n", Place(2, 1), "no ':' follows this key"),
    ("a: 1\n*b\nc: 2\n", Place(2, 1), "no ':' follows this key"),
    ("a: b: c\n", Place(1, 5), "':' where none may stand"),
    ("a: - b\n", Place(1, 4), "'-' where none may stand"),
    ("a: @b\n", Place(1, 4), "a text may not begin with '@'"),
    ("a: *.csv\n", Place(1, 4), "a text may not begin with '*'"),
    ("a: |b\n", Place(1, 5), "what follows '|' may be '+', '-' and a digit from 1 to 9"),
    ("ä: [ö, ü\r\nb: 1\r\n", Place(2, 2), "no ',' or ']' before this"),
    ("a: [1, {b: 2]\n", Place(1, 13), "no ',' or '}' before this"),
    ("a: [", Place(1, 5), "the end, where a value should stand"),
    ("a: [b,, c]\n", Place(1, 7), "',' where a value should stand"),
    ("- x: 1\n  b:\n    c: 1\n   d: 1\n", Place(4, 4), "this is no key of the mapping that begins at 1:3"),
    ("a:\n  - b\n  c: 1\n", Place(3, 3), "this is no item of the list that begins at 2:3"),
    ("a: 'it's'\n", Place(1, 8), "this is no key of the mapping that begins at 1:1"),
]


@pytest.mark.parametrize(("text", "place", "words"), MISTAKES)
def test_mistakes_of_syntax_are_told_the_same_whatever_parser_found_them(parser, text, place, words):
    with pytest.raises(UnreadableError) as caught:
        read(text)
    problem = caught.value.problem
    assert (problem.code, problem.where, problem.text) == ("yaml", place, words)


DEEP = {
    "lists": ("[" * 200_000, Place(1, 34)),
    "mappings": ("{a: " * 100_000, Place(1, 130)),
    "dashes": ("- " * 100_000, Place(1, 67)),
    "lines": ("[\n" * 100_000, Place(34, 1)),
    "after quotes": ("é: ['[[[[', " + "[" * 200_000, Place(1, 44)),
}


@pytest.mark.parametrize(("text", "place"), DEEP.values(), ids=DEEP)
def test_depth_is_bounded_and_checked_before_it_costs(parser, text, place):
    with pytest.raises(UnreadableError, match="nested more than 32 deep") as caught:
        read(text)
    assert caught.value.problem.where == place


def test_depth_is_told_before_a_bound_of_the_parser(monkeypatch):
    class Bounded(yaml.SafeLoader):
        def fetch_flow_collection_start(self, token):
            if self.flow_level >= 100:
                raise yaml.scanner.ScannerError(None, None, "too deep for me", self.get_mark())
            super().fetch_flow_collection_start(token)

    monkeypatch.setattr(yaml_reader, "_LOADER", Bounded)
    with pytest.raises(UnreadableError, match="nested more than 32 deep") as caught:
        read("a: " + "[" * 200)
    assert caught.value.problem.where == Place(1, 36)
    assert read(f"a: '{'[' * 200}'").plain == {"a": "[" * 200}


def test_aliases_cannot_blow_up():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(UnreadableError, match="more than 100,000 values"):
        read("\n".join(lines))


def test_numbers_of_absurd_length_are_refused():
    with pytest.raises(UnreadableError, match="too many digits"):
        read(f"a: {'9' * 5000}")


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
    | st.sampled_from(
        [
            "1e-3",
            "on",
            "10:30",
            "1_000",
            "0o7",
            "null",
            "~",
            ".inf",
            "2026-01-01",
            "<<",
            "=",
            "- a",
            "a: b",
            "é\n",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc1:- #", max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(PLAIN)
def test_what_is_written_reads_back(data):
    assert read(format_yaml({"data": data})).plain == {"data": data}


SPEC_LIKE = st.lists(
    st.sampled_from(
        [
            "datasets", "models", "strategies", "budgets", "seed_sizes", "repeats", "metrics", "split", "name", "label",
            ": ", ":", "\n", "\n  ", "\n  - ", "- ", "[", "]", "{", "}", ", ", "iris", "margin", "qbc", "kl", "logistic_regression",
            "svm_rbf", "5", "20%", "all", "per_class", "'", '"', "&a ", "*a", "<<: ", "!!str ", "#", "|", ">", "\t", "\x00", "\u2028",
            "true", "null", "1e9", ".nan", "csv", "path", "task", "query", "holdout", "./own.py:X", "a.b.C", "---", "...", "%", "@", "?",
        ]
    ),
    max_size=60,
).map("".join)  # fmt: skip


def mistakes(read):
    """Return the listing of a spec's mistakes; empty if there are none. Any other exception is a bug."""
    try:
        read()
    except SpecError as error:
        return str(error)
    return ""


@given(st.text(max_size=200) | SPEC_LIKE)
def test_any_text_gives_an_experiment_or_a_listing(text):
    listing = mistakes(lambda: load_experiment_text(text, import_user_code=False))
    assert not listing or listing.endswith((" error in 1 file.", " errors in 1 file."))


@given(st.binary(max_size=100))
def test_any_bytes_give_an_experiment_or_a_listing(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(content)
    assert mistakes(lambda: load_experiment(path, import_user_code=False))


@given(st.dictionaries(st.sampled_from(KEYS), PLAIN, max_size=8))
def test_any_mapping_gives_an_experiment_or_a_listing(data):
    data = {"datasets": "iris", "models": "knn", "strategies": "margin", "budgets": 50, **data}
    mistakes(lambda: load_experiment_text(data, import_user_code=False))
