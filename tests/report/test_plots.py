"""Figures one by one: the numbers of the tables, the slice that is asked for, no offer to upload."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import albench

SPEC = {
    "datasets": [{"two_moons": {"n_rows": 80, "label": "moons <b>"}}, {"xor": {"n_rows": 80}}],
    "models": "gaussian_nb",
    "strategies": ["entropy", "k_center"],
    "seed_sizes": 4,
    "batch_sizes": 4,
    "budgets": 20,
    "repeats": 3,
    "execution": {"n_jobs": 1, "backend": "inline"},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return albench.run(SPEC, results=tmp_path_factory.mktemp("plots"))


def read_line(figure, name):
    """The line of a strategy."""
    (trace,) = (each for each in figure.data if each.name == name)
    return dict(zip(trace.x, trace.y, strict=True))


def compute_mean(results, dataset, strategy, metric):
    keys = results.trials.filter(dataset=dataset, strategy=strategy)["key"]
    curves = results.curves.filter(pl.col("key").is_in(keys.implode()))
    return dict(curves.group_by("n_labels").agg(pl.col(metric).mean()).iter_rows())


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_curves_are_the_means_of_the_table(results, metric):
    line = read_line(results.plot.curves("xor", metric=metric), "k_center")
    assert line == pytest.approx(compute_mean(results, "xor", "k_center", metric), abs=1e-3)
    mean = read_line(results.plot.curves(metric=metric), "entropy")
    both = [compute_mean(results, dataset, "entropy", metric) for dataset in ("moons <b>", "xor")]
    assert mean == pytest.approx({n: (both[0][n] + both[1][n]) / 2 for n in both[0]}, abs=1e-3)


def test_differences_are_those_to_random(results):
    line = read_line(results.plot.differences("xor"), "entropy")
    own, random = (compute_mean(results, "xor", name, "accuracy") for name in ("entropy", "random"))
    assert line == pytest.approx({n: own[n] - random[n] for n in own}, abs=1e-3)


def test_figures_say_what_they_show_and_no_label_is_markup(results):
    figure = results.plot.curves("moons <b>")
    assert figure.layout.title.text == "accuracy, moons &lt;b&gt;"
    assert figure.layout.yaxis.title.text == "accuracy"
    assert results.plot.saving("k_center").layout.title.text == "labels that k_center saves"
    first = results.leaderboard()["strategy"][1]
    assert results.plot.saving().layout.title.text == f"labels that {first} saves"
    assert results.plot.cost().data
    assert results.plot.profile().data


def test_no_figure_offers_to_upload_itself(results):
    assert '"showSendToCloud": false' in results.plot.curves().to_html(include_plotlyjs=False)


def test_picks_are_the_labels_of_the_trial_by_round(results):
    trial = results.trials.filter(dataset="xor", strategy="entropy", split=0)
    figure = results.plot.picks(strategy="entropy", dataset="xor")
    assert figure.layout.title.text == f"entropy on xor, trial {trial['key'][0][:12]}"
    *pool, picks = figure.data
    queries = results.queries.filter(key=trial["key"][0])
    assert list(picks.marker.color) == queries["round"].to_list()
    assert sum(len(trace.x) for trace in pool) + queries.height == trial["n_pool"][0]
    assert picks.text[0].startswith(f"round 0, pick 1: row {queries['row'][0]}, class ")
    again = results.plot.picks(trial["key"][0][:10])
    assert np.array_equal(again.data[-1].x, picks.x)


def test_what_is_not_there_is_told_with_what_is(results):
    for call, words in (
        (lambda: results.plot.curves("xoor"), r"no dataset called 'xoor'; did you mean 'xor'\?"),
        (
            lambda: results.plot.picks(strategy="entropi"),
            r"no strategy called 'entropi'; did you mean 'entropy'\?",
        ),
        (lambda: results.plot.saving("random"), "no strategy that is compared with random called 'random'"),
        (lambda: results.plot.saving(target="50"), "no target '50'; there are 'final', '90', '95' and '99'"),
        (lambda: results.plot.curves(metric="recall"), "recall"),
        (lambda: results.plot.picks("zzz"), "no trial has a key that starts with 'zzz'"),
    ):
        with pytest.raises(albench.ResultsError, match=words):
            call()
