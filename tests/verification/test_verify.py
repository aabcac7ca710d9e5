"""Published numbers beside those of an experiment, through `albench.verify` and `albench verify`."""

from __future__ import annotations

import json
import statistics
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import albench
from albench.datasets.array_tables import make_numeric_table
from albench.datasets.where import Where
from albench.errors import DatasetError, SpecError
from albench.registry.imports import import_object

FILES = Path(__file__).parent / "files"
REPLAYS = Path(__file__).parents[2] / "experiments" / "replays"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "al_zhan2021"


def trapezoid(values):
    """Area of a curve with equal steps: the mean of its steps' mid-points."""
    return statistics.mean((a + b) / 2 for a, b in pairwise(values))


def areas(curves, strategy="margin"):
    return [trapezoid(curves[0][strategy, split]) for split in range(4)]


def published(curves, change=0.0):
    rows = [
        {"strategy": "margin", "split": split, "value": f"{value:.4f}"}
        for split, value in enumerate(areas(curves))
    ]
    rows[2]["value"] = f"{float(rows[2]['value']) + change:.4f}"
    return rows


def test_areas_that_agree(verify, curves):
    verification = verify({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": published(curves)})
    assert verification.passed
    assert verification.complete
    (comparison,) = verification.comparisons
    assert (comparison.compared, comparison.matched, comparison.outside, comparison.differences) == (
        4,
        4,
        0,
        (),
    )
    (cell,) = comparison.cells
    assert cell.cell == (("strategy", "margin"),)
    assert cell.found == pytest.approx(statistics.mean(areas(curves)))


def test_a_difference_is_named_with_its_split_and_ties(verify, curves):
    verification = verify({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": published(curves, 0.0001)})
    assert not verification.passed
    (difference,) = verification.comparisons[0].differences
    assert (difference.split, difference.what) == (2, "area")
    assert difference.published - difference.found == pytest.approx(0.0001, abs=5.1e-5)


@pytest.mark.parametrize(
    ("off", "passes"), [(0.0049, True), (-0.0049, True), (0.0051, False), (-0.0051, False)]
)
def test_digits_agree_to_half_a_unit(verify, curves, off, passes):
    rows = [{"strategy": "margin", "split": 0, "value": areas(curves)[0] + off}]
    assert verify({"areas": {"file": "a.csv", "digits": 2}}, {"a.csv": rows}).passed is passes


def test_a_share_of_matches_is_enough_where_the_file_says_so(verify, curves):
    rows = published(curves, 0.1)
    assert verify({"areas": {"file": "a.csv", "digits": 4, "matched": "75%"}}, {"a.csv": rows}).passed
    assert not verify({"areas": {"file": "a.csv", "digits": 4, "matched": "76%"}}, {"a.csv": rows}).passed


@pytest.mark.parametrize("variant", ["lu2023", "mean"])
def test_an_area_of_another_kind_agrees_with_numbers_of_its_kind_alone(verify, curves, variant):
    values = curves[0]["margin", 0]
    of = {"lu2023": sum((a + b) / 2 for a, b in pairwise(values[1:])) / 3}
    of["mean"] = statistics.mean(values)
    rows = [{"strategy": "margin", "split": 0, "value": of[variant]}]
    assert verify({"areas": {"file": "a.csv", "digits": 9, "area": variant}}, {"a.csv": rows}).passed
    assert not verify({"areas": {"file": "a.csv", "digits": 9}}, {"a.csv": rows}).passed


def test_means_of_the_first_repeats(verify, curves):
    values = areas(curves)[:3]
    mean, sd = statistics.mean(values), statistics.stdev(values)
    row = {"strategy": "margin", "mean": f"{mean:.4f}", "sd": f"{sd:.4f}", "n": 3}
    expected = {"means": {"file": "m.csv", "digits": 4}}
    assert verify(expected, {"m.csv": [row]}).passed
    assert not verify(expected, {"m.csv": [{**row, "sd": sd + 0.0002}]}).passed
    assert not verify(expected, {"m.csv": [{**row, "n": 4}]}).passed


def test_means_within_standard_errors(verify, curves):
    mean, bound = statistics.mean(areas(curves)), 2 * 0.03 / 4**0.5
    for off, passes in ((0.99, True), (1.01, False), (-1.01, False)):
        row = {"strategy": "margin", "mean": mean + off * bound, "sd": 0.03, "n": 4}
        assert verify({"means": {"file": "m.csv", "within": 2}}, {"m.csv": [row]}).passed is passes


def test_curves_round_by_round(verify, curves):
    rows = [
        {"strategy": "margin", "split": 1, "round": index, "value": f"{value:.4f}"}
        for index, value in enumerate(curves[0]["margin", 1])
    ]
    expected = {"curves": {"file": "c.csv", "digits": 4}}
    assert verify(expected, {"c.csv": rows}).passed
    rows[2]["value"] = "0.1234"
    (difference,) = verify(expected, {"c.csv": rows}).comparisons[0].differences
    assert (difference.split, difference.what, difference.published) == (1, "round 2", 0.1234)


def test_a_round_that_there_is_not_differs(verify, curves):
    rows = [{"strategy": "margin", "split": 1, "round": 99, "value": "0.5"}]
    verification = verify({"curves": {"file": "c.csv", "digits": 4}}, {"c.csv": rows})
    (difference,) = verification.comparisons[0].differences
    assert "round 99 0.5 published, nothing found" in str(difference)


def test_picks_in_their_order(verify, curves):
    rows = [
        {"strategy": "indifferent", "split": 3, "round": index, "row": row}
        for index, row in curves[1]["indifferent", 3]
        if index
    ]
    assert verify({"picks": {"file": "p.csv"}}, {"p.csv": rows}).passed
    rows[1]["row"], rows[2]["row"] = rows[2]["row"], rows[1]["row"]
    (difference,) = verify({"picks": {"file": "p.csv"}}, {"p.csv": rows}).comparisons[0].differences
    assert difference.what == "row queried for round 1"
    assert (difference.published, difference.found) == (rows[1]["row"], rows[2]["row"])
    assert (difference.tied, difference.first_tie) == (3, 1)
    assert "a tie at the cut in 3 rounds, first in round 1" in str(difference)


def test_a_pick_too_few_differs(verify, curves):
    rows = [
        {"strategy": "margin", "split": 0, "round": index, "row": row}
        for index, row in curves[1]["margin", 0]
        if index == 1
    ]
    verification = verify({"picks": {"file": "p.csv"}}, {"p.csv": rows[:-1]})
    assert len(verification.comparisons[0].differences) == 1


def test_ties_first_buys_in_pool_order(curves):
    rows = [row for _, row in curves[1]["indifferent", 0]]
    assert rows[5:] == sorted(rows[5:])


def test_ties_at_random_buy_otherwise(verify, curves):
    rows = [
        {"strategy": "indifferent", "split": 0, "round": index, "row": row}
        for index, row in curves[1]["indifferent", 0]
        if index
    ]
    assert not verify({"picks": {"file": "p.csv"}}, {"p.csv": rows}, ties="random").passed


def test_only_what_is_published_is_run(verify, curves, tmp_path):
    verify({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": published(curves)[:2]})
    assert len(list((tmp_path / "results" / "spec" / "parts").iterdir())) == 2


def test_means_run_the_repeats_that_they_are_over(verify, curves, tmp_path):
    row = {"strategy": "margin", "mean": statistics.mean(areas(curves)[:3]), "n": 3}
    verification = verify({"means": {"file": "m.csv", "digits": 9}}, {"m.csv": [row]})
    assert verification.passed
    assert len(list((tmp_path / "results" / "spec" / "parts").iterdir())) == 3


def test_means_that_leave_splits_out(verify, curves):
    values = areas(curves)
    row = {"strategy": "margin", "mean": (values[0] + values[3]) / 2, "n": 2, "without": "1 2"}
    expected = {"means": {"file": "m.csv", "digits": 9}}
    other = {**row, "mean": (values[0] + values[1]) / 2, "without": ""}
    verification = verify(expected, {"m.csv": [row, other]})
    assert verification.passed
    assert verification.comparisons[0].matched == 2
    assert not verify(expected, {"m.csv": [{**row, "without": "2"}]}).passed
    with pytest.raises(DatasetError, match=r"m.csv: line 2: 'without' is '1,2', not numbers of splits"):
        verify(expected, {"m.csv": [{**row, "without": "1,2"}]})


def test_verifying_leaves_a_run_as_it_is(write, tmp_path, curves):
    path = write({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": published(curves)})
    before = albench.run(path, results=tmp_path / "results")
    assert albench.verify(path, results=tmp_path / "results").passed
    after = albench.open_results(path, results=tmp_path / "results")
    assert after.n_missing == 0
    assert after.trials.equals(before.trials)


def test_numbers_of_what_the_experiment_lacks_are_counted(verify, curves):
    rows = [{**row, "dataset": "iris"} for row in published(curves)]
    rows.insert(1, {"strategy": "margin", "split": 4, "value": 0.5, "dataset": "iris"})
    rows += [{"strategy": "margin", "split": 0, "value": 0.5, "dataset": "wine"}]
    verification = verify({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": rows})
    assert verification.passed
    assert (verification.comparisons[0].outside, verification.comparisons[0].first_outside) == (2, 3)


@pytest.mark.parametrize(
    ("kind", "row", "named"),
    [
        ("areas", {"strategy": "margin", "split": 9, "value": 0.5}, "strategy margin, split 9"),
        ("means", {"strategy": "margin", "mean": 0.5, "sd": 0.1, "n": 150}, "strategy margin, n 150"),
    ],
)
def test_a_file_without_a_number_of_the_experiment_is_no_miss_and_does_not_pass(
    verify, write, tmp_path, kind, row, named, albench_in
):
    expected = {kind: {"file": "a.csv", "digits": 4}}
    verification = verify(expected, {"a.csv": [row]})
    assert (verification.passed, verification.complete, verification.missed) == (False, False, ())
    done = albench_in(tmp_path, "verify", write(expected, {"a.csv": [row]}), "--quiet")
    assert done.returncode == 3
    assert done.stdout.splitlines() == [
        f"{kind} of a.csv: nothing to compare",
        f"  not compared, since the experiment lacks the cell or repeat: line 2 of a.csv ({named})",
    ]


def test_all_labels_that_the_experiment_lacks_are_named_before_anything_runs(verify, curves, tmp_path):
    rows = [{**row, "model": "gaussian_nb", "dataset": "iris"} for row in published(curves)]
    rows[1]["strategy"], rows[2]["strategy"], rows[3]["model"] = "margn", "margn", "svm"
    with pytest.raises(DatasetError) as error:
        verify({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": rows})
    assert str(error.value).splitlines() == [
        "a.csv: line 3: no strategy 'margn' in 'spec': did you mean 'margin'?",
        "a.csv: line 5: no model 'svm' in 'spec': expected 'gaussian_nb'",
    ]
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("labels", [["Iris", "iris", "iris", "iris"], ["wine"] * 4])
def test_datasets_that_are_a_mistake(verify, curves, labels):
    rows = [{**row, "dataset": label} for row, label in zip(published(curves), labels, strict=True)]
    with pytest.raises(DatasetError, match=f"a.csv: line 2: no dataset '{labels[0]}' in 'spec'"):
        verify({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": rows})


def test_the_model_of_the_whole_pool(write, tmp_path, albench_in):
    changes = {"budgets": "all", "batch_sizes": 100, "repeats": 3}
    whole = albench.run(write([], {}, **changes), results=tmp_path / "whole")
    last = whole.curves.join(whole.trials.filter(strategy="margin").select("key", "split"), on="key")
    final = last.sort("round").group_by("split").last().sort("split")["accuracy"].to_list()
    rows = [{"dataset": "iris", "split": split, "value": f"{value:.6f}"} for split, value in enumerate(final)]
    expected = {"references": {"file": "r.csv", "digits": 6}}
    verification = albench.verify(write(expected, {"r.csv": rows}), results=tmp_path / "results")
    assert verification.passed
    assert verification.comparisons[0].matched == 3
    parts = [path.name for path in (tmp_path / "results" / "spec" / "parts").iterdir()]
    assert len(parts) == 3
    assert all(name.startswith("reference-") for name in parts)
    rows[1]["value"] = f"{final[1] - 0.000002:.6f}"
    done = albench_in(tmp_path, "verify", write(expected, {"r.csv": rows}), "--quiet")
    assert done.returncode == 4
    assert "references of r.csv: 2 of 3 to 6 digits, 100% expected: MISSED" in done.stdout
    numbers = f"{float(rows[1]['value']):.10g} published, {final[1]:.10g} found"
    assert done.stdout.endswith(f"differs: iris split 1: whole pool {numbers}\n")


def test_whole_pools_after_a_run_that_asked_for_fewer(write, tmp_path):
    few = write([], {}, repeats=1)
    albench.run(few, results=tmp_path / "results")
    expected = {"references": {"file": "r.csv", "digits": 0}}
    verification = albench.verify(
        write(expected, {"r.csv": [{"split": 2, "value": 1}]}), results=tmp_path / "results"
    )
    assert (verification.comparisons[0].compared, verification.comparisons[0].missing) == (1, 0)


def test_whole_pools_under_oracles(verify):
    oracles = ["perfect", {"refusing": ["setosa"], "label": "reticent"}]
    rows = [{"split": 0, "value": 1}]
    expected = {"references": {"file": "r.csv", "digits": 0}}
    with pytest.raises(DatasetError, match="several references: the experiment has more than one oracle"):
        verify(expected, {"r.csv": rows}, oracles=oracles)
    rows = [{"split": 0, "value": 0.9, "oracle": name} for name in ("", "reticent")]
    verification = verify({"references": {"file": "r.csv", "digits": 12}}, {"r.csv": rows}, oracles=oracles)
    true, reticent = verification.comparisons[0].cells
    assert true.found - reticent.found == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("strategy,split,value\nmargin,0,0.5,1\n", "a.csv: line 2 has 4 cells where the head has 3"),
        ("strategy,split,value\nmargin,0,0.5\n\nmargin,1\n", "a.csv: line 4 has 2 cells"),
        ("strategy,split,value\n\n", "'a.csv' holds no published number"),
        ("strategy,split,value\nmargin,0,nan\n", "line 2: 'value' is 'nan', not a number"),
        ("strategy,split,value\nmargin,0,inf\n", "line 2: 'value' is 'inf', not a number"),
        ("strategy,split,value\nmargin,0,\n", "line 2: 'value' is nothing, not a number"),
        ("strategy,split,value\nmargin,0.5,1\n", "line 2: 'split' is '0.5', not a whole number from 0"),
        ("strategy,split,value\nmargin,-1,1\n", "line 2: 'split' is '-1', not a whole number from 0"),
        ("strategy,split,value\n ,0,1\n", "line 2: 'strategy' is nothing, not a label"),
        ("strategy,split,value\nmargin,0,1\nrandom,0,1\nmargin,0,1\n", "lines 2 and 4 speak of the same"),
    ],
)
def test_files_that_cannot_be_read(write, tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    path = write({"areas": {"file": "a.csv", "digits": 4}}, {})
    with pytest.raises(DatasetError, match=message):
        albench.verify(path, results=tmp_path / "results")


@pytest.mark.parametrize(("n", "sd", "message"), [(0, 0.1, "'n' is '0'"), (2, -0.1, "'sd' is '-0.1'")])
def test_means_over_nothing_and_negative_deviations(verify, n, sd, message):
    row = {"strategy": "margin", "mean": 0.9, "sd": sd, "n": n}
    with pytest.raises(DatasetError, match=message):
        verify({"means": {"file": "m.csv", "digits": 4}}, {"m.csv": [row]})


def test_files_of_a_spreadsheet(write, tmp_path, curves):
    lines = ["strategy,split,value"] + [
        f'"margin", {i} ,{value:.4f}' for i, value in enumerate(areas(curves))
    ]
    (tmp_path / "a.csv").write_text("\ufeff" + "\r\n".join([*lines, "", ""]), encoding="utf-8", newline="")
    path = write({"areas": {"file": "a.csv", "digits": 4}}, {})
    assert albench.verify(path, results=tmp_path / "results").passed


def test_a_mean_of_the_only_cell(write, tmp_path):
    spec = {"strategies": "random", "baseline": {"arms": 1}, "repeats": 2}
    rows = [{"mean": 0.9, "sd": 5, "n": 2}]
    path = write({"means": {"file": "m.csv", "within": 3}}, {"m.csv": rows}, **spec)
    assert albench.verify(path, results=tmp_path / "results").passed


def test_a_row_that_speaks_of_several_trials(verify, curves):
    rows = [{"split": 0, "value": 0.5}]
    with pytest.raises(DatasetError, match=r"line 2 speaks of several trials: .* more than one strategy"):
        verify({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": rows})


def test_a_number_that_is_none(verify):
    rows = [
        {"strategy": "margin", "split": 0, "value": 0.5},
        {"strategy": "margin", "split": 1, "value": "n/a"},
    ]
    with pytest.raises(DatasetError, match=r"a.csv: line 3: 'value' is 'n/a', not a number"):
        verify({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": rows})


def test_an_experiment_that_expects_nothing_is_refused(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text(
        "datasets: iris\nmodels: gaussian_nb\nstrategies: margin\nbudgets: 20\n", encoding="utf-8"
    )
    with pytest.raises(SpecError, match="nothing to verify"):
        albench.verify(path, results=tmp_path)


def test_exit_codes_and_tables(write, tmp_path, curves, albench_in):
    expected = {"areas": {"file": "a.csv", "digits": 4}}
    done = albench_in(tmp_path, "verify", write(expected, {"a.csv": published(curves)}), "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("areas of a.csv: 4 of 4 to 4 digits, 100% expected: met\n")
    missed = albench_in(tmp_path, "verify", write(expected, {"a.csv": published(curves, 0.01)}))
    assert missed.returncode == 4
    assert "3 of 4 to 4 digits, 100% expected: MISSED" in missed.stdout
    assert "differs: margin split 2: area" in missed.stdout
    process = albench_in(tmp_path, "verify", tmp_path / "spec.yaml", "--json", "--quiet")
    data = json.loads(process.stdout)
    assert (data["passed"], data["comparisons"][0]["agree"]) == (False, 3)
    assert data["comparisons"][0]["differences"][0]["split"] == 2


def test_trials_that_fail_are_missing(write, tmp_path, albench_in):
    rows = [{"strategy": "margin", "split": 0, "value": 0.5}]
    models = {"sklearn.neighbors.KNeighborsClassifier": {"n_neighbors": 10_000}}
    path = write({"areas": {"file": "a.csv", "digits": 4}}, {"a.csv": rows}, models=models)
    done = albench_in(tmp_path, "verify", path, "--quiet")
    assert done.returncode == 3
    assert "incomplete" in done.stdout


def test_lu_2023_seed_for_seed(tmp_path):
    """Twenty published areas of the paper, to all five digits."""
    verification = albench.verify(FILES / "ex8b.yaml", results=tmp_path, n_jobs=1)
    assert verification.passed
    assert verification.comparisons[0].matched == 20


@pytest.mark.skipif(not SHARED.is_dir(), reason="the paper's data are not beside the repository")
def test_a_replay_with_its_data_from_a_folder(tmp_path, monkeypatch, albench_in):
    """The committed replay on one of its data sets, which is gzipped in the folder given."""
    text = (REPLAYS / "lu2023.yaml").read_text(encoding="utf-8").replace("repeats: 150", "repeats: 10")
    first, rest = text.index("  - label: sonar"), text.index("models:")
    for name in (
        "lu2023.py",
        "lu2023_seeds.csv",
        "lu2023_haberman.csv",
        "lu2023_haberman_mean.csv",
        "lu2023_means.csv",
    ):
        (tmp_path / name).write_text((REPLAYS / name).read_text(encoding="utf-8"), encoding="utf-8")
    lines = [
        line
        for line in (text[:first] + text[rest:]).splitlines()
        if "haberman" not in line and "means:" not in line
    ]
    (tmp_path / "lu2023.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = albench_in(
        *(tmp_path, "verify", "lu2023.yaml", "--data", SHARED, "-j", 1, "--quiet"),
        ALBENCH_CACHE=str(tmp_path / "cache"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 of 10 to 5 digits" in done.stdout


def test_scikit_activeml_pick_for_pick(tmp_path):
    """The published picks and accuracies of two seeds, for the five strategies through the adapter."""
    pytest.importorskip("skactiveml", reason="scikit-activeml is not installed")
    for file in REPLAYS.glob("skx2024*"):
        text = file.read_text(encoding="utf-8").replace("repeats: 5", "repeats: 2")
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    verification = albench.verify(tmp_path / "skx2024.yaml", results=tmp_path / "results", n_jobs=1)
    assert verification.passed
    assert [(comparison.compared, comparison.matched) for comparison in verification.comparisons] == [
        (10, 10),
        (10, 10),
    ]


def test_lu_2023_skips_seeds_whose_seed_set_holds_one_class():
    labels = np.array(["no"] * 28 + ["yes"] * 2)
    table = make_numeric_table(np.arange(60.0).reshape(30, 2), labels, ["a", "b"], Where("rare"))
    shuffled = import_object("./lu2023.py:Shuffled", REPLAYS)
    trains = []
    for seed in range(40):
        rows = np.arange(30)
        np.random.default_rng(seed).shuffle(rows)
        train = rows[:18]
        np.random.default_rng(seed).shuffle(train)
        if (train[:5] >= 28).any():
            trains.append(train)
    assert 5 < len(trains) < 35
    for split in range(5):
        pool, test = shuffled(both_classes_in=5).divide(table, split=split, rng=None)
        assert pool.tolist() == trains[split].tolist()
        assert sorted([*pool, *test]) == list(range(30))


def test_a_column_that_stands_twice_is_refused(write, tmp_path):
    (tmp_path / "a.csv").write_text("strategy,split,split,value\nmargin,0,0,1\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"'a\.csv' has more than one column 'split'"):
        albench.load_experiment(write({"areas": {"file": "a.csv", "digits": 4}}, {}))
