"""Whatever a component returns, its own trials alone fail: the run ends, its results can be read.

One run holds many hostile components and a few good ones, whose numbers must be as they are without the others.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
import yaml
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import albench
from albench.cli import cli
from albench.errors import AlbenchError

FILES = Path(__file__).with_name("files")
# Of each kind of component so many in a run; the nox session asks for more runs.
N_CELLS = 10
RUNS = int(os.environ.get("ALBENCH_BORDER_RUNS", "2"))

SCALARS = (
    "None", "True", "False", "0", "1", "-1", "2", "0.5", "1.5", "float('nan')", "float('inf')", "10**400",
    "-10**30", "2**63", "1j", "'text'", "'\\ud800'", "b'x'", "object()", "Lying()", "[]", "()", "{}", "lambda: 1",
    "np.float32(0.1)", "np.float16(0.5)", "np.int8(1)", "np.uint64(2**63)", "np.bool_(True)", "np.complex64(1)",
    "np.datetime64('2020-01-01')", "np.array(0.5)", "np.array('x')", "np.ma.masked",
)  # fmt: skip
DTYPES = ("float", "np.float32", "int", "np.int8", "np.uint64", "bool", "object", "complex", "'U9'", "'S3'")
SHAPES = ("n", "(n + 1,)", "(n - 1,)", "(n, 1)", "(1, n)", "()", "(0,)", "(n, 3)", "(3, n)", "m", "(n, 2, 2)")
OF_RIGHT = (
    "right", "right * 2", "-right", "right + 1", "right + 1e9", "right * 0", "right[:0]", "right[:1]",
    "right[::-1]", "[*right]", "tuple(right)", "list(right) + list(right)", "np.sort(right)", "(x for x in right)",
    "np.asfortranarray(right)", "right.astype(float)", "right.astype(complex)", "right.astype(object)",
    "right.astype(str)", "right.astype(np.float16)", "np.log(right)", "np.ma.masked_all(right.shape)",
    "np.broadcast_to(right, (2, *np.shape(right)))", "__import__('scipy.sparse').sparse.csr_matrix(right)",
    "__import__('pandas').Series(right)", "__import__('pandas').DataFrame(right)",
    "__import__('polars').Series(right)", "memoryview(right)", "dict(enumerate(right))", "set(right)",
)  # fmt: skip
scalars = st.sampled_from(SCALARS)
EXPRESSIONS = st.one_of(
    scalars,
    st.sampled_from(OF_RIGHT),
    st.builds("np.full({}, {}, dtype={})".format, st.sampled_from(SHAPES), scalars, st.sampled_from(DTYPES)),
    st.builds("[{}] * {}".format, scalars, st.sampled_from(("n", "(n + 1)", "0", "m"))),
    st.builds("[*right[:-1], {}]".format, scalars),
    st.builds("np.where(np.arange(np.shape(right)[0]) % 2, {}, {})".format, scalars, scalars),
)
STRATEGY_PARTS = ("scores", "select", "candidates", "utilities", "tied", "n_tied")
MODEL_PARTS = ("fit", "predict", "predict_proba")


def draw_entries(name, parts=()):
    """Draw components, each with an expression and the part of it that is hostile, no two equal."""
    path = f"./hostile.py:{name}"
    if not parts:
        return st.lists(EXPRESSIONS, min_size=N_CELLS, max_size=N_CELLS, unique=True).map(
            lambda values: [{path: {"value": value}} for value in values]
        )
    pairs = st.tuples(st.sampled_from(parts), EXPRESSIONS)
    return st.lists(pairs, min_size=N_CELLS, max_size=N_CELLS, unique=True).map(
        lambda drawn: [{path: {"part": part, "value": value}} for part, value in drawn]
    )


def label(entries):
    return [{**entry, "label": f"hostile {i}"} for i, entry in enumerate(entries)]


BASE = {
    "datasets": ["iris"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "margin"],
    "seed_sizes": 6,
    "batch_sizes": 6,
    "budgets": 18,
    "repeats": 1,
    "execution": {"n_jobs": 1, "failure_budget": 1.0},
}


@pytest.fixture(scope="module")
def run_spec(tmp_path_factory):
    def run(spec):
        folder = tmp_path_factory.mktemp("border")
        shutil.copy(FILES / "hostile.py", folder)
        path = folder / "border.yaml"
        path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
        code = call("run", path, "--results", folder / "results")
        return code, albench.open_results(path, results=folder / "results")

    return run


def call(*arguments):
    """Return the exit code of a command; what would be an internal error is raised."""
    return cli.main([str(each) for each in arguments], standalone_mode=False) or 0


@pytest.fixture(scope="module")
def alone(run_spec):
    """The numbers of the good trials of a run without hostile components."""
    code, results = run_spec(BASE)
    assert code == 0
    return results.curves


def check_run(run_spec, alone, spec):
    code, opened = run_spec(spec)
    failed = opened.trials.filter(opened.trials["status"] != "done")
    assert set(failed["status"]) <= {"failed"}
    assert failed["reason"].str.len_chars().is_between(5, 500).all()
    assert code == (3 if failed.height else 0)
    times = ["fit_s", "query_s"]
    good = opened.curves.filter(opened.curves["key"].is_in(alone["key"].to_list()))
    columns = [name for name in alone.columns if name not in times]
    assert_frame_equal(good.select(columns), alone.select(columns), check_exact=True, check_row_order=False)


fuzz = hypothesis.settings(
    max_examples=RUNS,
    deadline=None,
    database=None,
    # Each example is a whole run: to look for a smaller one would take minutes.
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


@fuzz
@hypothesis.given(drawn=draw_entries("HostileStrategy", STRATEGY_PARTS))
def test_whatever_a_strategy_returns(run_spec, alone, drawn):
    check_run(run_spec, alone, {**BASE, "strategies": [*BASE["strategies"], *label(drawn)]})


@fuzz
@hypothesis.given(drawn=draw_entries("HostileModel", MODEL_PARTS))
def test_whatever_a_model_returns(run_spec, alone, drawn):
    check_run(run_spec, alone, {**BASE, "models": [*BASE["models"], *label(drawn)]})


@fuzz
@hypothesis.given(drawn=draw_entries("HostileOracle"))
def test_whatever_an_oracle_returns(run_spec, alone, drawn):
    check_run(run_spec, alone, {**BASE, "oracles": ["perfect", *label(drawn)]})


@fuzz
@hypothesis.given(drawn=draw_entries("HostileSeedSet"))
def test_whatever_a_seed_set_returns(run_spec, alone, drawn):
    check_run(run_spec, alone, {**BASE, "seed_sets": ["stratified", *label(drawn)]})


@fuzz
@hypothesis.given(drawn=draw_entries("HostileMetric"), name=st.sampled_from(["metrics", "signals"]))
def test_whatever_a_metric_or_a_signal_returns(run_spec, alone, drawn, name):
    component = "HostileMetric" if name == "metrics" else "HostileSignal"
    entry = {f"./hostile.py:{component}": next(iter(drawn[0].values()))}
    code, opened = run_spec({**BASE, name: [entry]})
    assert code in (0, 3)
    if (opened.trials["status"] == "done").all():
        assert_frame_equal(
            opened.curves.select("key", "round", "accuracy"),
            alone.select("key", "round", "accuracy"),
            check_row_order=False,
        )


def run_one(run_spec, axis, entry, **changes):
    """Run the good trials beside one hostile component; return the rows of trials of the latter."""
    spec = {**BASE, "strategies": ["random", "margin"], **changes}
    good = {"strategies": ["random"], "models": [], "oracles": [], "seed_sets": []}.get(axis, [])
    code, opened = run_spec({**spec, axis: [*good, entry]})
    assert code in (0, 3)
    trials = opened.trials
    return opened, trials.filter(trials["strategy"] != "random") if axis == "strategies" else trials


def name_part(component, part, value):
    return {f"./hostile.py:{component}": {"part": part, "value": value} if part else {"value": value}}


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        ("predict_proba", "right * 2", ("HostileModel", "sum 2", "in round 0")),
        ("predict_proba", "-right", ("HostileModel", "sum -1", "in round 0")),
        ("predict_proba", "np.log(right + 1e-9)", ("HostileModel", "no probabilities", "in round 0")),
        ("predict_proba", "right * float('nan')", ("no probabilities", "nan")),
        ("predict_proba", "right[:, :2]", ("shape (", "2)", "3 classes")),
        ("predict", "np.full(n, 3)", ("HostileModel", "returned 3", "3 classes are 0 to 2", "in round 0")),
        ("predict", "np.full(n, -1)", ("returned -1", "0 to 2", "in round 0")),
        ("predict", "right + 0.5", ("0.5", "whole numbers")),
        ("predict", "np.full(n, float('nan'))", ("nan", "whole numbers")),
        ("predict", "right[:-1]", ("shape (", "rows")),
        ("predict", "right.astype(str)", ("HostileModel", "class codes")),
    ],
)
def test_what_a_model_answers_wrongly_is_told(run_spec, part, value, words):
    _, trials = run_one(run_spec, "models", name_part("HostileModel", part, value))
    assert set(trials["status"]) == {"failed"}
    for reason in trials["reason"]:
        assert all(word in reason for word in words), reason


@pytest.mark.parametrize(
    ("part", "value"),
    [
        *[("tied", value) for value in ("np.full(n, 2)", "np.full(n, .5)", "None", "True", "right[:-1]")],
        *[("n_tied", value) for value in ("'two'", "None", "np.zeros(2)", "10**400", "float('nan')", "True")],
        *[("utilities", value) for value in ("None", "'x'", "right[:-1]", "np.array([10**400] * n)")],
        *[("scores", value) for value in ("None", "1.0", "right.astype(complex)", "right.astype(str)")],
        *[("candidates", value) for value in ("right * 0", "right - 1000", "right.astype(float)", "None")],
    ],
)
def test_a_strategy_that_returns_something_else_is_one_failed_trial(run_spec, part, value):
    _, trials = run_one(run_spec, "strategies", name_part("HostileStrategy", part, value))
    assert trials["status"].to_list() == ["failed"]
    assert trials["reason"][0].startswith("StrategyError: ")
    assert "in round 0" in trials["reason"][0]


@pytest.mark.parametrize(
    "value", ["[int(x) for x in right]", "right.astype(np.int8)", "[bool(x) for x in right]"]
)
def test_ties_of_another_type_are_converted(run_spec, value):
    opened, trials = run_one(run_spec, "strategies", name_part("HostileStrategy", "tied", value))
    assert trials["status"].to_list() == ["done"]
    queries = opened.queries.filter(opened.queries["key"] == trials["key"][0])
    assert queries.schema["tied"] == opened.queries.schema["tied"]
    assert not queries["tied"].any()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("[-1, m - 1, 0, 1, 2, 3]", "rows of the pool"),
        ("[0, 0, 1, 2, 3, 4]", "1 of 6 rows"),
        ("[0.7, 1.7, 2.7, 3.7, 4.7, 5.7]", "not float64"),
        ("range(5)", "6 were asked for"),
    ],
)
def test_a_seed_set_has_so_many_different_rows_of_the_pool(run_spec, value, words):
    _, trials = run_one(run_spec, "seed_sets", name_part("HostileSeedSet", "", value))
    assert set(trials["status"]) == {"failed"}
    assert all(words in reason for reason in trials["reason"])


@pytest.mark.parametrize(
    ("value", "words"),
    [("right + 3", "0 to 2"), ("right - 2", "-2"), ("right[:5]", "shape"), ("None", "shape")],
)
def test_an_oracle_answers_with_a_class_or_not_at_all(run_spec, value, words):
    _, trials = run_one(run_spec, "oracles", name_part("HostileOracle", "", value))
    assert set(trials["status"]) == {"failed"}
    assert all("HostileOracle" in reason and words in reason for reason in trials["reason"])


@pytest.mark.parametrize(
    "value", ["'0.5'", "[0.5]", "True", "0.5j", "10**400", "float('inf')", "1.5", "-0.1"]
)
def test_a_metric_that_returns_no_number_within_its_bounds_fails(run_spec, value):
    _, trials = run_one(run_spec, "metrics", name_part("HostileMetric", "", value))
    assert set(trials["status"]) == {"failed"}
    assert all("'hostile_metric' returned" in reason for reason in trials["reason"])


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("np.float32(0.5)", 0.5),
        ("1 if right > 0.8 else 0.5", None),
        ("np.array(0.25)", 0.25),
        ("np.int8(1)", 1.0),
    ],
)
def test_numbers_of_any_type_are_stored_as_floats(run_spec, value, number):
    opened, trials = run_one(run_spec, "metrics", name_part("HostileMetric", "", value))
    assert set(trials["status"]) == {"done"}
    accuracy, own = opened.curves["accuracy"], opened.curves["hostile_metric"]
    expected = [number if number is not None else 1.0 if each > 0.8 else 0.5 for each in accuracy]
    assert own.to_list() == expected


def test_a_metric_that_is_undefined_has_no_number_and_a_reason(run_spec):
    opened, trials = run_one(run_spec, "metrics", name_part("HostileMetric", "", "float('nan')"))
    assert opened.curves["hostile_metric"].null_count() == opened.curves.height
    assert all("hostile_metric undefined: it returned not-a-number" in reason for reason in trials["reason"])


def test_a_metric_cannot_change_what_others_see(run_spec):
    _, trials = run_one(run_spec, "metrics", "./hostile.py:SortingMetric")
    assert all("read-only" in reason for reason in trials["reason"])


def test_a_metric_cannot_put_others_in_their_place(run_spec):
    _, trials = run_one(run_spec, "metrics", "./hostile.py:RebindingMetric")
    assert all("outputs.predicted cannot be set" in reason for reason in trials["reason"])


def test_probabilities_of_the_picks_are_those_of_the_model(run_spec):
    entries = [
        {"./hostile.py:WritesProba": {"writes": writes}, "label": str(writes)} for writes in (True, False)
    ]
    execution = {**BASE["execution"], "audit": "probabilities"}
    _, opened = run_spec({**BASE, "strategies": ["random", *entries], "execution": execution})
    proba = {
        label: opened.queries.filter(
            opened.queries["key"].is_in(opened.trials.filter(opened.trials["strategy"] == label)["key"])
        )
        .sort("round", "rank")["proba"]
        .to_list()
        for label in ("True", "False")
    }
    # Seed rows have none.
    assert proba["True"][6:] == proba["False"][6:]
    assert len({tuple(row) for row in proba["True"][6:]}) > 3


def test_predictions_that_contradict_the_probabilities_are_noted(run_spec):
    _, trials = run_one(run_spec, "models", name_part("HostileModel", "predict", "(right + 1) % 3"))
    assert set(trials["status"]) == {"done"}
    # 3 rounds of 45 test rows, all of them one class further than the most probable one.
    assert all("135 predictions are not the most probable class" in reason for reason in trials["reason"])


def test_fit_without_return_is_the_fitted_model(run_spec, alone):
    opened, trials = run_one(run_spec, "models", name_part("HostileModel", "fit", "None"))
    assert set(trials["status"]) == {"done"}
    # GaussianNB has no random state, so that the strategies that do not draw query the same rows.
    margin = opened.curves.filter(
        opened.curves["key"].is_in(trials.filter(trials["strategy"] == "margin")["key"])
    )
    assert margin["accuracy"][-1] > 0.9


@pytest.mark.parametrize("how", ["in place", "through the base"])
def test_candidates_that_are_written_to_change_no_pick(run_spec, how):
    opened, trials = run_one(run_spec, "strategies", {"./hostile.py:WritesCandidates": {"how": how}})
    assert trials["status"].to_list() == ["done"]
    rows = opened.queries.filter(opened.queries["key"] == trials["key"][0])["row"].to_list()
    assert len(set(rows)) == len(rows) == 18


def test_the_view_cannot_be_changed(run_spec):
    _, trials = run_one(run_spec, "strategies", {"./hostile.py:WritesCandidates": {"how": "rebinds"}})
    assert trials["status"].to_list() == ["failed"]
    assert "pool.candidates cannot be set" in trials["reason"][0]


@pytest.mark.parametrize(
    "model",
    [
        {"gaussian_nb": {"refit_every": 3}},
        {"sklearn.linear_model.SGDClassifier": {"warm_start": True, "loss": "log_loss"}},
    ],
)
def test_a_strategy_that_fits_the_model_again_changes_no_score(run_spec, model):
    entries = [
        {"./hostile.py:RefitsModel": {"refits": refits}, "label": str(refits)} for refits in (False, True)
    ]
    code, opened = run_spec({**BASE, "models": [model], "strategies": ["random", *entries], "budgets": 30})
    assert code == 0
    scores = {
        name: opened.curves.filter(
            opened.curves["key"].is_in(opened.trials.filter(opened.trials["strategy"] == name)["key"])
        )
        .sort("round")["accuracy"]
        .to_list()
        for name in ("False", "True")
    }
    assert scores["True"] == scores["False"]
    assert len(scores["True"]) == 5


@pytest.mark.parametrize(
    ("axis", "entry", "words"),
    [
        *(
            ("preprocessing", name_part("HostileStep", "", value), words)
            for value, words in (
                ("right[:5]", "5 rows come out"),
                ("None", "HostileStep"),
                ("right.astype(str)", "numbers are needed"),
                ("right.astype(complex)", "numbers are needed"),
                ("np.full((n, 2), 'x', dtype=object)", "HostileStep"),
                ("right[:, :0]", "0 columns"),
                ("right[:, : 1 + (n > 50)]", "columns come out"),
                ("Lying()", "HostileStep"),
            )
        ),
        *(
            ("split", name_part("HostileSplit", "", value), words)
            for value, words in (
                ("None", "HostileSplit"),
                ("(*right, right[0])", "HostileSplit"),
                ("(right[0], None)", "not integers"),
                ("(right[0], right[0])", "comes twice"),
                ("1 / 0", "ZeroDivisionError"),
                ("[][0]", "IndexError"),
            )
        ),
        *(
            ("datasets", name_part("HostileDataset", part, value), words)
            for part, value, words in (
                ("load", "None", "not an albench Table"),
                ("load", "1 / 0", "ZeroDivisionError"),
                ("labels", "right + 0.5", "whole numbers"),
                ("labels", "right + 1", "code 2"),
                ("labels", "None", "'labels'"),
                ("labels", "['x', 'y'] * 30", "whole numbers"),
                ("numeric", "right.astype(str)", "'numeric'"),
                ("numeric", "right[:5]", "shape"),
                ("categories", "None", "it is a tuple"),
                ("classes", "('x',)", "code 1"),
            )
        ),
    ],
)
def test_what_is_prepared_wrongly_is_told_in_a_sentence(run_spec, axis, entry, words):
    with pytest.raises(AlbenchError) as caught:
        run_spec({**BASE, axis: [entry] if axis == "datasets" else entry})
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500
