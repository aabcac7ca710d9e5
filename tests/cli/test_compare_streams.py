"""`albench compare` of two folders on streams: paired by repeat, by the doors and words of pools."""

import json
import shutil

import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

import albench
from albench.errors import ResultsError

SPEC = """\
scenario: stream
datasets: iris
models: {{sklearn.naive_bayes.GaussianNB: {{var_smoothing: {smoothing}, label: bayes}}}}
strategies: [split, uncertainty]
budgets: 20%
drifts: sudden
repeats: 5
window: 30
score_every: 70
execution: {{n_jobs: 1, backend: inline}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, albench_in):
    place = tmp_path_factory.mktemp("compare_streams")
    for name, smoothing in (("good", 1e-9), ("poor", 1e3)):
        text = SPEC.format(smoothing=smoothing)
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
        done = albench_in(place, "run", f"{name}.yaml", "--quiet")
        assert done.returncode == 0, done.stderr
    return place


def test_a_run_against_itself_passes_any_gate(albench_in, folder):
    same = albench_in(folder, "compare", "results/good", "results/good", "--fail-on", "change")
    assert (same.returncode, same.stderr) == (0, "")
    assert "accuracy, second less first: 2 cells in common: 2 identical" in same.stdout
    assert "10 trials are the same in both (one key)" in same.stdout


def test_cells_are_paired_by_repeat_tested_and_corrected(albench_in, folder):
    compared = albench_in(
        folder, "compare", "results/good", "results/poor", "--fail-on", "regression", "--json"
    )
    assert compared.returncode == 4
    cells = json.loads(compared.stdout)["cells"]
    first, second = (
        albench.open_results(folder / f"{name}.yaml", results=folder / "results").trials
        for name in ("good", "poor")
    )
    expected = {}
    for strategy in ("split", "uncertainty"):
        pairs = first.join(second, on=["strategy", "repeat"]).filter(pl.col("strategy") == strategy)
        expected[strategy] = (pairs["accuracy_right"] - pairs["accuracy"]).to_list()
    ps = multipletests([stats.ttest_1samp(of, 0).pvalue for of in expected.values()], method="holm")[1]
    assert [cell["place"][2] for cell in cells] == list(expected)
    for cell, deltas, p in zip(cells, expected.values(), ps, strict=True):
        low, high = stats.ttest_1samp(deltas, 0).confidence_interval()
        assert cell["n_paired"] == 5
        assert cell["difference"] == pytest.approx(sum(deltas) / 5)
        assert (cell["interval"]["low"], cell["interval"]["high"]) == pytest.approx((low, high))
        assert cell["p_holm"] == pytest.approx(p)
        assert cell["change"] == "worse"
    named = "  worse: iris bayes split (estimated, budget 20%, perfect, drift sudden): -"
    assert named in albench_in(folder, "compare", "results/good", "results/poor").stdout


def test_a_trial_that_contradicts_itself_is_named_with_its_repeat(albench_in, folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder / "results" / "good", copy)
    trials = albench.open_results(folder / "good.yaml", results=folder / "results").trials
    trial = trials.filter(strategy="split", repeat=3).row(0, named=True)
    part = copy / "parts" / f"trial-{trial['key']}.parquet"
    halved = pl.read_parquet(part).with_columns(pl.col("score.accuracy").list.eval(pl.element() / 2))
    halved.write_parquet(part)
    compared = albench_in(folder, "compare", "results/good", copy, "--fail-on", "regression")
    assert compared.returncode == 4, compared.stderr
    named = "iris bayes split (estimated, budget 20%, perfect, drift sudden) repeat 3"
    assert f"  contradiction: {named}, key {trial['key'][:12]}: score.accuracy\n" in compared.stdout


def test_another_metric_of_streams_may_be_named_and_none_of_pools(folder):
    from albench.comparison.folders import compare

    good, poor = (folder / "results" / name for name in ("good", "poor"))
    assert compare(good, poor, metric="kappa").metric == "kappa"
    with pytest.raises(ResultsError, match="streams have no metric 'log_loss'; they have accuracy, kappa"):
        compare(good, poor, metric="log_loss")


def test_streams_and_pools_have_nothing_in_common(folder, tmp_path, albench_in):
    pool = tmp_path / "pool"
    shutil.copytree(folder / "results" / "good", pool)
    resolved = (pool / "resolved.yaml").read_text(encoding="utf-8")
    (pool / "resolved.yaml").write_text(resolved.replace("scenario: stream\n", ""), encoding="utf-8")
    refused = albench_in(folder, "compare", pool, "results/good")
    assert refused.returncode == 2
    assert "holds an experiment on streams, the other folder one on pools" in refused.stderr
