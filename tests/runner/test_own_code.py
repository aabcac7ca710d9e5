"""Results of a user's own code are those of the code as it is: edits are seen, old texts find their results."""

from __future__ import annotations

import ast
import json

import polars as pl
import pytest
import yaml

import albench
from albench.contracts.source_code import hash_class
from albench.models.names import MODELS
from albench.registry.lookup import get_builtin, import_user_class

FILE = '''\
"""Components of a user."""

from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.naive_bayes import GaussianNB

from albench import Metric, Need, Oracle, SeedSet, Split, Strategy
from albench.splits.holdout import Holdout

SIGN = 1
UNUSED = 1


def score(proba):
    return SIGN * -proba.max(axis=1)


class Mine(Strategy):
    """Least confident."""

    needs: ClassVar = frozenset({Need.PROBA})
    tilt: float = 0.0
    """Unused."""

    def utilities(self, pool, state):
        # the least confident first
        return score(pool.proba) + self.tilt


class Fixed(Strategy):
    """Least confident, with a version."""

    version: ClassVar[int] = 3
    needs: ClassVar = frozenset({Need.PROBA})

    def utilities(self, pool, state):
        return score(pool.proba)


class Net(GaussianNB):
    def predict_proba(self, X):
        return super().predict_proba(X)


class Scale(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X * 1.0


class Share(Metric):
    """Share of right answers, divided."""

    name: ClassVar[str] = "share"
    divisor: float = 1.0

    def score(self, outputs):
        return float(np.mean(outputs.predicted == outputs.labels)) / self.divisor


class Honest(Oracle):
    """Gives true labels."""

    def answers(self, labels, classes, *, rng):
        return labels.copy()


class First(SeedSet):
    """Every so many rows."""

    def choose(self, labels, n_classes, size, *, split, start, rng):
        return np.arange(size) * 7


class Halves(Holdout):
    """A holdout."""
'''
SPEC = {
    "datasets": "iris",
    "models": ["gaussian_nb", "./my.py:Net"],
    "strategies": ["random", "margin", "./my.py:Mine", "./my.py:Fixed"],
    "preprocessing": "./my.py:Scale",
    "metrics": [{"./my.py:Share": {"divisor": 2.0}}],
    "repeats": 1,
}


CLI_SPEC = {
    "datasets": "iris",
    "models": "gaussian_nb",
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 15,
    "repeats": 1,
}


@pytest.fixture
def edit(tmp_path):
    """Write the file with a replacement."""
    path = tmp_path / "my.py"
    path.write_text(FILE, encoding="utf-8")

    def edited(old="", new=""):
        assert old in FILE
        path.write_text(FILE.replace(old, new) if old else FILE, encoding="utf-8")

    return edited


@pytest.mark.parametrize(
    ("old", "new", "reason", "n_changed"),
    [
        # 2 models x (2 arms of random, margin, Mine, Fixed) = 10 trials
        ("SIGN = 1\n", "SIGN = -1\n", "changed code of 'my.py:Mine'", 2),
        ("-proba.max(axis=1)", "-proba.min(axis=1)", "changed code of 'my.py:Mine'", 2),
        ("+ self.tilt", "- self.tilt", "changed code of 'my.py:Mine'", 2),
        ("super().predict_proba(X)", "super().predict_proba(X)[:]", "changed code of 'my.py:Net'", 5),
        ("X * 1.0", "X * 3.0", "changed code of 'my.py:Scale'", 10),
        ("outputs.labels))", "outputs.labels)) * 0.5", "changed metric: share", 10),
        (
            "version: ClassVar[int] = 3",
            "version: ClassVar[int] = 4",
            "version of my.py:Fixed raised from 3 to 4",
            2,
        ),
    ],
)
def test_an_edit_runs_its_trials_alone_and_the_old_text_finds_the_old_results(
    run, plan, edit, old, new, reason, n_changed
):
    edit()
    before = run(**SPEC).curves
    assert plan(**SPEC).reasons == {}
    edit(old, new)
    assert plan(**SPEC).reasons == {reason: n_changed}
    after = run(**SPEC).curves
    assert plan(**SPEC).reasons == {}
    assert after.height == before.height
    edit()
    is_metric = "metric" in reason
    # A metric of one name has one column: going back scores the stored picks again.
    assert plan(**SPEC).reasons == ({reason: n_changed} if is_metric else {})
    again = run(**SPEC).curves
    columns = ["key", "round", "accuracy", "share"]
    assert again.select(columns).sort(columns[:2]).equals(before.select(columns).sort(columns[:2]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# the least confident first", "# the most uncertain first"),
        ('"""Least confident."""', '"""Another sentence."""'),
        ('"""Unused."""', '"""Used by nobody."""'),
        ("UNUSED = 1", "UNUSED = 2"),
        (
            "return score(pool.proba) + self.tilt",
            "return (\\n            score(pool.proba) + self.tilt\\n        )",
        ),
        ("class Mine", "\\n\\nclass Mine"),
    ],
)
def test_comments_layout_and_what_is_not_used_are_no_change(old, new):
    assert hash_class(FILE.replace(old, new.replace("\\n", "\n")).encode(), "Mine") == hash_class(
        FILE.encode(), "Mine"
    )


@pytest.mark.parametrize(
    ("new", "changed"),
    [
        ("score.sign = 2", {"Mine"}),
        ("print('x')", {"Mine", "Share"}),
        ("import random as np", {"Share"}),
    ],
)
def test_statements_of_the_module_count_for_the_classes_that_they_may_change(new, changed):
    text = FILE.replace("UNUSED = 1\n", f"UNUSED = 1\n{new}\n")
    hashes = {
        name: (hash_class(text.encode(), name), hash_class(FILE.encode(), name)) for name in ("Mine", "Share")
    }
    assert {name for name, (after, before) in hashes.items() if after != before} == changed


def test_a_script_at_the_end_is_no_part_of_a_class():
    script = FILE + '\nif __name__ == "__main__":\n    print(Mine())\n'
    assert hash_class(script.encode(), "Mine") == hash_class(FILE.encode(), "Mine")


def test_a_new_metric_parameter_scores_the_stored_picks_again(run, plan, edit):
    edit()
    columns = ["key", "round", "accuracy", "share"]
    old = run(**SPEC).curves.select(columns).sort(columns[:2])
    ninth = {**SPEC, "metrics": [{"./my.py:Share": {"divisor": 9.0}}]}
    assert plan(**ninth).reasons == {"changed metric: share": 10}
    after = run(**ninth)
    new = after.curves.select(columns).sort(columns[:2])
    assert old["share"].to_list() == [pytest.approx(accuracy / 2) for accuracy in old["accuracy"]]
    assert new["share"].to_list() == [pytest.approx(accuracy / 9) for accuracy in old["accuracy"]]
    assert set(new["key"]) == set(old["key"])
    assert after.references["share"].to_list() == [
        pytest.approx(accuracy / 9) for accuracy in after.references["accuracy"]
    ]


def test_files_of_one_name_in_two_folders_are_two(run, tmp_path):
    for folder, sign in (("one", 1), ("two", -1)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "my.py").write_text(FILE.replace("SIGN = 1", f"SIGN = {sign}"), encoding="utf-8")
    both = [{f"./{folder}/my.py:Mine": {}, "label": folder} for folder in ("one", "two")]
    results = run(strategies=["random", *both], datasets="iris")
    rows = {
        label: results.queries.filter(
            results.queries["key"].is_in(results.trials.filter(results.trials["strategy"] == label)["key"])
        )["row"].to_list()
        for label in ("one", "two")
    }
    assert len(rows["one"]) == len(rows["two"])
    assert rows["one"] != rows["two"]


@pytest.mark.parametrize(
    ("axis", "entry"),
    [("oracles", "./my.py:Honest"), ("seed_sets", "./my.py:First"), ("split", "./my.py:Halves")],
)
def test_other_components_of_a_file_count_too(run, plan, edit, axis, entry):
    edit()
    spec = {"datasets": "iris", "strategies": ["random", "margin"], "repeats": 1, axis: entry}
    run(**spec)
    assert plan(**spec).reasons == {}
    edit(
        {"oracles": "labels.copy()", "seed_sets": "* 7", "split": "(Holdout):"}[axis],
        {
            "oracles": "labels.copy() * 1",
            "seed_sets": "* 5",
            "split": "(Holdout):\n    extra: ClassVar = 1\n",
        }[axis],
    )
    (reason,) = plan(**spec).reasons
    assert reason.startswith("changed code of 'my.py:")


def test_a_strategy_in_a_wrapper_counts_too(run, plan, edit):
    edit()
    spec = {
        "datasets": "iris",
        "repeats": 1,
        "strategies": ["random", {"epsilon_greedy": {"strategy": "./my.py:Mine"}}],
    }
    run(**spec)
    edit("SIGN = 1", "SIGN = -1")
    assert plan(**spec).reasons == {"changed code of 'my.py:Mine'": 1}


def test_built_in_components_have_no_code_in_their_keys():
    for name in ("margin", "badge", "qbc"):
        assert "code" not in get_builtin("strategy", name)().fragment()
    assert "code" not in MODELS["random_forest"].make_model({}).fragment()


def test_a_file_that_is_edited_while_a_run_goes_on_fails_its_trials(tmp_path, edit):
    from albench.checking.pools import list_suitable_pools
    from albench.trial.execute import run_trial

    edit()
    strategy = import_user_class(albench.Strategy, "./my.py:Mine", tmp_path)()
    (pool, *_) = list_suitable_pools(strategy)
    task = pool.build_task(strategy)
    edit("SIGN = 1", "SIGN = -1")
    record = run_trial(task, pool.build_arrays())
    assert record.status == "failed"
    assert "my.py:Mine was edited while the run went on" in record.notes


def test_the_hash_reads_the_syntax_tree_alone():
    """Newer versions of Python add fields to their trees, which are empty where nothing new is used."""
    tree = ast.parse(FILE)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.type_params = []
    assert hash_class(ast.unparse(tree).encode(), "Mine") == hash_class(FILE.encode(), "Mine")


@pytest.mark.parametrize(
    "name",
    [
        "status",
        "key",
        "score_s",
        "n_pool",
        "validation_accuracy",
        "two words",
        "a=b",
        "x" * 81,
        "accuracy",
        "a\\nb",
    ],
)
def test_no_score_takes_the_name_of_another_column(plan, edit, name):
    edit('"share"', f'"{name}"')
    with pytest.raises(albench.SpecError, match="give the class another 'name'"):
        plan(datasets="iris", metrics=["./my.py:Share"])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("limit: 'Nothing' = None", "its fields cannot be read: name 'Nothing' is not defined"),
        ("needs = ['proba']", "'needs' is \"['proba']\"; it is a frozenset of albench.Need"),
        ("needs = frozenset({'certainty'})", "it is a frozenset of albench.Need"),
        ("version = None", "'version' is 'None'; it is a whole number"),
        ("version = 1.5", "it is a whole number"),
        ("name = 5", "'name' is '5'; it is a text"),
        ("arms = 'yes'", "it is True or False"),
        ("cost = 'cheap'", "it is one of constant, linear, quadratic, refits"),
        (
            "def required(self): return None",
            "required() returned 'None'; it returns a frozenset of albench.Need",
        ),
        ("def required(self): return 1 / 0", "required() raised ZeroDivisionError: division by zero"),
        ("def shares(self): return None", "it returns a tuple of what is shared"),
    ],
)
def test_what_a_class_says_wrongly_of_itself_is_told_at_its_place(plan, tmp_path, line, words):
    text = f'from albench import Strategy\n\n\nclass Wrong(Strategy):\n    """Wrong."""\n\n    {line}\n'
    (tmp_path / "wrong.py").write_text(text, encoding="utf-8")
    with pytest.raises(albench.SpecError) as caught:
        plan(datasets="iris", strategies=["random", "./wrong.py:Wrong"])
    assert words in str(caught.value)
    assert "small.yaml" in str(caught.value)


@pytest.mark.parametrize("bounds", ["None", "(1, 0)", "('a', 'b')", "(0,)", "(None, 1)"])
def test_bounds_of_a_metric_are_a_lower_and_an_upper_number(plan, edit, bounds):
    edit('name: ClassVar[str] = "share"', f'name: ClassVar[str] = "share"\n    bounds: ClassVar = {bounds}')
    with pytest.raises(albench.SpecError, match=r"'bounds' is .*; it is a lower number and an upper one"):
        plan(datasets="iris", metrics=["./my.py:Share"])


def test_code_of_a_user_that_raises_while_a_plan_is_made_is_no_bug_of_albench(tmp_path, albench_in):
    text = 'from albench import Strategy\n\n\nclass Mood(Strategy):\n    """Moody."""\n\n'
    text += '    def misfit(self, n_classes):\n        raise ValueError("not today")\n'
    (tmp_path / "mood.py").write_text(text, encoding="utf-8")
    spec = {**CLI_SPEC, "strategies": ["random", "./mood.py:Mood"]}
    (tmp_path / "mood.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    process = albench_in(tmp_path, "plan", "mood.yaml")
    assert process.returncode == 2
    assert process.stderr.startswith("error: line 8 of '")
    assert process.stderr.endswith("mood.py', in misfit: ValueError: not today\n")


def test_an_edit_of_the_same_second_and_size_is_run_as_it_is(run, edit):
    """Stored bytecode is by second and size of a file."""
    spec = {"datasets": "iris", "strategies": ["random", "./my.py:Mine"], "repeats": 1}
    picks = []
    for sign in ("1", "2", "3"):
        edit("SIGN = 1\n", f"SIGN = (-1) ** {sign}\n")
        results = run(**spec)
        keys = results.trials.filter(results.trials["strategy"] == "Mine")["key"]
        mine = results.queries.filter(results.queries["key"].is_in(keys)).sort("round", "rank")
        picks.append(mine["row"].to_list())
    assert picks[0] == picks[2] != picks[1]


def drop_code(folder):
    """Make the results of a folder such as they were before code was recorded."""
    from albench.canonical import digest
    from albench.store.folder import TRIAL, ResultsFolder

    results = ResultsFolder(folder)
    for file in sorted(results.parts.glob("trial-*.parquet")):
        row = results.read_trial(file.stem.removeprefix("trial-"))
        identity = json.loads(row["identity"][0])
        for part in identity.values():
            if isinstance(part, dict):
                part.pop("code", None)
        key = digest(identity)
        if key == row["key"][0]:
            continue
        file.unlink()
        named = row.with_columns(key=pl.lit(key), identity=pl.lit(json.dumps(identity))).drop("definitions")
        results.write_part(TRIAL, named)


def test_results_of_before_code_was_recorded_are_taken_once_as_those_of_the_code_as_it_is(
    run, plan, edit, tmp_path
):
    spec = {**SPEC, "metrics": None}
    edit()
    before = run(**spec).curves
    drop_code(tmp_path / "results" / "small")
    forecast = plan(**spec)
    assert (forecast.reused, forecast.reasons) == (10, {})
    assert any("10 results of before code was recorded" in note for note in forecast.notes)
    after = run(**spec).curves
    columns = [name for name in before.columns if name not in ("fit_s", "query_s")]
    assert after.select(columns).sort("key", "round").equals(before.select(columns).sort("key", "round"))
    assert not any("before code was recorded" in note for note in plan(**spec).notes)
    # From now on an edit is seen, and those without code are of the text of then.
    edit("SIGN = 1\n", "SIGN = -1\n")
    assert plan(**spec).reasons == {"changed code of 'my.py:Mine'": 2}
