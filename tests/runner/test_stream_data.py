"""Data of streams through a run: times, marks, rows that are kept apart, oracles that know how hard rows are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import yaml

import albench

SMALL = {
    "scenario": "stream",
    "models": "gaussian_nb",
    "strategies": ["periodic"],
    "budgets": "20%",
    "repeats": 1,
    "window": 40,
    "score_every": 25,
    "execution": {"n_jobs": 1},
}
OWN = """
import numpy as np
from albench import DatasetSource, Table

class Changing(DatasetSource):
    \"\"\"Two classes that change places after 60 of 120 rows.\"\"\"

    def load(self, base):
        labels = np.arange(120) % 2
        features = np.column_stack([labels + np.sin(np.arange(120)), np.cos(np.arange(120))])
        given = np.where(np.arange(120) < 60, labels, 1 - labels)
        return Table(features, np.empty((120, 0), int), ("a", "b"), (), (), given, ("n", "y"), marks=(60,))
"""


@pytest.fixture
def write(tmp_path):
    """Write the common spec with changes."""

    def write_spec(name="small", **changes):
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump({**SMALL, **changes}, sort_keys=False), encoding="utf-8")
        return path

    return write_spec


def make_readings(folder):
    """Write rows in a random order and, in another file, in the order of their times."""
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=90)
    rows = pl.DataFrame({
        "at": [f"2026-01-{1 + t // 24:02} {t % 24:02}:00" for t in range(90)],
        "x": labels + rng.normal(size=90), "z": rng.normal(size=90), "fault": labels,
    })  # fmt: skip
    rows.write_csv(folder / "in_order.csv")
    rows[rng.permutation(90).tolist()].write_csv(folder / "mixed.csv")


def read(name, **options):
    return {"csv": {"path": f"{name}.csv", "target": "fault", "time": "at", **options}}


def test_rows_arrive_in_the_order_of_their_times(write, tmp_path):
    make_readings(tmp_path)
    mixed = albench.run(write("mixed", datasets=[read("mixed")], order="time"), results=tmp_path / "r")
    given = albench.run(write("given", datasets=[read("in_order")], order="given"), results=tmp_path / "r")
    assert mixed.trials["n_features"].to_list() == [2]
    names = ["n_rows", "n_bought", "accuracy", "window_accuracy"]
    assert mixed.curves.select(names).equals(given.curves.select(names))


def test_the_marks_of_a_dataset_are_those_of_its_stream(write, tmp_path):
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    spec = write(datasets="./own.py:Changing", order="given")
    results = albench.run(spec, results=tmp_path / "r")
    assert results.trials["marks"].to_list() == [[50]]
    assert albench.plan(spec, results=tmp_path / "r").warnings == ()
    (warning,) = albench.plan(write(datasets="./own.py:Changing")).warnings
    assert "its concept changes at row 60; 'order: shuffled' mixes it up" in warning


def test_a_holdout_adds_its_columns_and_changes_no_key_where_there_is_none(write, tmp_path):
    plain = albench.run(write(datasets="iris"), results=tmp_path / "r")
    kept = albench.run(write("kept", datasets="iris", holdout=0.2), results=tmp_path / "r")
    zero = albench.run(write("small", datasets="iris", holdout=0), results=tmp_path / "r")
    assert zero.trials["key"].to_list() == plain.trials["key"].to_list() != kept.trials["key"].to_list()
    added = [name for name in kept.curves.columns if name not in plain.curves.columns]
    assert added == [
        *("holdout_accuracy", "random_holdout_accuracy", "holdout_kappa", "random_holdout_kappa"),
    ]
    # 28 of the 140 rows after the start.
    assert kept.trials["n_rows"].to_list() == [112]
    assert kept.curves["holdout_accuracy"].is_between(0, 1).all()


def test_difficulty_noise_answers_on_a_stream(write, tmp_path, monkeypatch):
    monkeypatch.setattr("albench.prepared.difficulty._TREES", 5)
    oracles = ["perfect", {"difficulty_noise": 0.4}]
    results = albench.run(write(datasets="iris", oracles=oracles), results=tmp_path / "r", backend="inline")
    accuracy = dict(results.trials.select("oracle", "accuracy").iter_rows())
    # Few rows of iris are hard: their labels are wrong, and that is all.
    assert accuracy["difficulty_noise"] != accuracy["perfect"]


def make_tickets(folder, name, *, late=None):
    """Write 90 rows with gaps, a category and a text that says the class; those from row 60 on as ``late`` says."""
    rng = np.random.default_rng(3)
    labels = rng.integers(2, size=90)
    rows = pl.DataFrame({
        "x": [None if gap else value for gap, value in zip(rng.random(90) < 0.3, rng.normal(size=90), strict=True)],
        "channel": rng.choice(["mail", "phone"], 90),
        "text": [f"{'refund please' if label else 'many thanks'} {i % 7}" for i, label in enumerate(labels)],
        "topic": np.where(labels, "money", "praise"),
    })  # fmt: skip
    if late:
        rows = pl.concat([rows[:60], rows[60:].with_columns(**late)])
    rows.write_csv(folder / f"{name}.csv")
    return {"csv": {"path": f"{name}.csv", "target": "topic", "text": "text"}}


def test_missing_numbers_categories_and_texts_arrive_row_by_row(write, tmp_path):
    datasets = [make_tickets(tmp_path, "tickets")]
    spec = write(
        datasets=datasets,
        models="logistic_regression",
        refit=10,
        drifts=["none", {"covariate": {"column": 0}}, {"sudden": {"what": "features"}}],
    )
    results = albench.run(spec, results=tmp_path / "r", backend="inline")
    assert results.trials["status"].to_list() == ["done"] * 3
    # One number, two categories, and the columns of the text.
    assert set(results.trials["n_features"]) == {1 + 2 + 1024}
    assert results.trials.filter(pl.col("drift") != "sudden")["accuracy"].min() > 0.9
    missing, texts = albench.plan(spec, results=tmp_path / "r").warnings
    assert "numbers missing in 'x': the mean of the rows so far stands for each" in missing
    assert "word counts, hashed to 1,024 columns and divided by their length; nothing is learned" in texts
    page = results.report().read_text(encoding="utf-8")
    assert "the mean of the rows so far stands for each" in page


@pytest.mark.parametrize("scale", [True, False])
def test_what_arrives_later_changes_nothing_that_was_before(write, tmp_path, scale):
    late = {"x": pl.lit(1e6), "text": pl.lit("words that nobody has seen"), "topic": pl.lit("money")}
    curves = {}
    for name, changes in (("as_it_is", None), ("changed", late)):
        source = make_tickets(tmp_path, name, late=changes)
        source["csv"]["label"] = "tickets"
        settings = {
            "order": "given",
            "scale": scale,
            "score_every": 10,
            "refit": 10,
            "strategies": ["split", "periodic"],
        }
        spec = write(name, datasets=[source], **settings)
        results = albench.run(spec, results=tmp_path / "r", backend="inline")
        rows = results.curves.join(results.trials.select("key", "strategy"), on="key")
        names = [name for name in rows.columns if name != "key" and not name.startswith("random_")]
        curves[name] = rows.select(names).sort("strategy", "n_rows")
    before = [rows.filter(pl.col("n_rows") <= 50) for rows in curves.values()]
    assert before[0].height == 10
    assert before[0].equals(before[1])
    assert not curves["as_it_is"].equals(curves["changed"])


def test_texts_that_need_more_than_a_gibibyte_are_refused_by_what_they_need(write, tmp_path, monkeypatch):
    monkeypatch.setattr("albench.datasets.stream_columns._MOST_CELLS", 1 << 16)
    with pytest.raises(albench.AlbenchError, match="its texts would be 1,024 columns of numbers"):
        albench.plan(write(datasets=[make_tickets(tmp_path, "tickets")]))


def make_answers(folder, name="answered", **changed):
    """Write 90 rows that three people have answered, and what most of them say."""
    rng = np.random.default_rng(4)
    labels = rng.integers(2, size=90)
    people = {who: np.where(rng.random(90) < 0.25, 1 - labels, labels) for who in ("anna", "ben", "cem")}
    most = np.array(list(people.values())).sum(axis=0) >= 2
    columns = {"x": labels + rng.normal(size=90), **people, "most": most.astype(int), "fault": labels}
    pl.DataFrame(columns | changed).write_csv(folder / f"{name}.csv")
    answers = ["anna", "ben", "cem", "most"]
    return [{"csv": {"path": f"{name}.csv", "target": "fault", "answers": answers, "label": "answered"}}]


def ask(*names, label):
    return {"columns": {"who": {name: {"column": name} for name in names}, "label": label}}


def test_the_majority_of_recorded_answers_teaches_as_a_column_that_holds_it(write, tmp_path):
    oracles = [
        ask("anna", "ben", "cem", label="people"),
        ask("most", label="most"),
        ask("fault", label="truth"),
    ]
    settings = {
        "oracles": oracles,
        "drifts": [{"covariate": {"column": 0}}],
        "strategies": ["split"],
        "refit": 10,
    }
    spec = write(datasets=make_answers(tmp_path), **settings)
    results = albench.run(spec, results=tmp_path / "r", backend="inline")
    numbers = {
        row["oracle"]: (row["n_bought"], row["accuracy"], row["kappa"]) for row in results.trials.to_dicts()
    }
    assert numbers["people"] == numbers["most"] != numbers["truth"]
    perfect = albench.run(
        write("perfect", datasets=make_answers(tmp_path), **settings | {"oracles": "perfect"}),
        results=tmp_path / "r", backend="inline",
    )  # fmt: skip
    assert perfect.trials["accuracy"].to_list() == [numbers["truth"][1]]


def test_other_recorded_answers_are_other_trials_and_those_of_true_labels_stay(write, tmp_path):
    keys = []
    for changed in ({}, {"ben": np.zeros(90, int)}):
        settings = {"oracles": ["perfect", ask("anna", "ben", label="people")]}
        spec = write(datasets=make_answers(tmp_path, **changed), **settings)
        results = albench.run(spec, results=tmp_path / "r", backend="inline")
        keys.append(dict(results.trials.select("oracle", "key").iter_rows()))
    assert keys[0]["perfect"] == keys[1]["perfect"]
    assert keys[0]["people"] != keys[1]["people"]


def test_prices_that_do_not_count_are_said_before_a_run(write):
    who = {"anna": {"skill": 0.9}, "ben": {"skill": 0.6, "cost": 3}}
    (warning,) = albench.plan(write(datasets="iris", oracles=[{"annotators": {"who": who}}])).warnings
    assert "oracle 'annotators': what its annotators cost does not count on a stream" in warning
    who["ben"]["cost"] = 1
    assert not albench.plan(write(datasets="iris", oracles=[{"annotators": {"who": who}}])).warnings
