"""An experiment on streams at the command line and in a notebook: the answer, the page, what a paper gets."""

import polars as pl
import pytest

import albench
from albench.errors import ResultsError

SPEC = """\
scenario: stream
datasets: iris
models: gaussian_nb
strategies: [split, uncertainty]
budgets: [20%, 10%]
drifts: sudden
repeats: 3
window: 30
score_every: 35
execution: {n_jobs: 1}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("streams")
    (place / "mine.yaml").write_text(SPEC, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def first_run(folder, albench_in):
    return albench_in(folder, "run", "mine.yaml")


@pytest.fixture(scope="module")
def results(folder, first_run):
    assert first_run.returncode == 0, first_run.stderr
    return albench.open_results(folder / "mine.yaml", results=folder / "results")


def test_the_terminal_says_the_first_sentence_of_the_page(first_run, results):
    words = " ".join(first_run.stderr.split())
    assert results.answer[0] in words
    assert "at the same spending on iris with gaussian_nb" in results.answer[0]
    page = results.folder.report.read_text(encoding="utf-8").replace("\u202f%", " %")
    assert results.answer[0] in page
    assert "page: " in first_run.stderr


def test_a_page_of_the_same_results_is_not_written_again(folder, first_run, albench_in):
    assert first_run.returncode == 0
    assert "(as it was)" in albench_in(folder, "run", "mine.yaml").stderr


def test_print_and_a_notebook_say_the_answer(results):
    assert str(results).startswith(results.answer[0])
    html = results._repr_html_()
    assert "split" in html
    assert "results.leaderboard()" in html


def test_the_leaderboard_is_a_table_of_the_slice_that_is_named(results):
    small = results.leaderboard(budget=0.1)
    assert small.height == 2
    rows = results.trials.filter(pl.col("strategy") == "split", pl.col("budget") == 0.1)
    line = small.row(by_predicate=pl.col("strategy") == "split", named=True)
    assert line["level"] == pytest.approx(rows["accuracy"].mean())
    assert line["difference"] == pytest.approx((rows["accuracy"] - rows["random_accuracy"]).mean())
    assert (results.folder.tables / "stream_leaderboard.csv").is_file()


def test_figures_can_be_had_one_by_one(results):
    assert results.plot.answer().data
    assert len([trace for trace in results.plot.curves("iris").data if trace.name]) == 4
    assert results.plot.spending(budget=0.1).layout.yaxis.tickformat == ".3~%"


@pytest.mark.parametrize("option", [("--power",), ("--detect", "0.02")])
def test_what_only_pools_have_is_refused_with_what_to_do_instead(option, folder, results, albench_in):
    refused = albench_in(folder, "plan", "mine.yaml", *option)
    assert refused.returncode == 2
    assert "on streams: what --power and --detect know is of pools alone; without them plan" in refused.stderr


def test_a_paper_gets_the_leaderboard_and_is_refused_what_only_pools_have(folder, results, albench_in):
    table = albench_in(folder, "export", "mine.yaml", "table")
    assert table.stdout.splitlines()[0].startswith("| Strategy | accuracy | Random's |")
    assert len(table.stdout.splitlines()) == 4
    assert "\\toprule" in albench.export_table(results, "latex")
    refused = albench_in(folder, "export", "mine.yaml", "table", "--kind", "saving")
    assert refused.returncode != 0
    assert "'saving' is a table of pools" in refused.stderr


def test_figures_for_a_paper_are_the_answer_the_curves_and_the_spending(results):
    from albench.report.paper.figures import build_paper_figures

    drawn = build_paper_figures(results.evidence.primary, 1)
    assert [figure.name for figure in drawn.figures] == ["answer", "curves", "spending"]


def test_rows_kept_apart_have_a_figure_in_notebooks_and_papers(results, tmp_path):
    from albench.report.paper.figures import build_paper_figures

    with pytest.raises(ResultsError, match="no dataset with a figure of accuracy on rows kept apart"):
        results.plot.holdout()
    spec = tmp_path / "apart.yaml"
    spec.write_text(SPEC.replace("[20%, 10%]", "20%") + "holdout: 0.2\n", encoding="utf-8")
    apart = albench.run(spec, results=tmp_path)
    figure = apart.plot.holdout("iris")
    line = next(trace for trace in figure.data if trace.name == "split")
    own = apart.curves.join(apart.trials.filter(strategy="split"), on="key", how="semi")
    last = own.filter(pl.col("n_rows") == own["n_rows"].max())["holdout_accuracy"]
    assert line.y[-1] == pytest.approx(last.mean(), abs=1e-3)
    drawn = build_paper_figures(apart.evidence.primary, 1)
    assert drawn.figures[-1].name == "holdout"


def test_a_trial_on_a_stream_is_not_told_pick_by_pick(results):
    with pytest.raises(ResultsError, match=r"results\.curves"):
        results.story(results.trials["key"][0])


POOL = """\
datasets: iris
models: gaussian_nb
strategies: [random, margin]
seed_sizes: 5
batch_sizes: 5
budgets: 15
repeats: 2
execution: {n_jobs: 1, backend: inline}
"""


@pytest.mark.parametrize("ran", [SPEC, POOL], ids=["streams", "pools"])
def test_a_spec_that_has_become_one_of_the_other_kind_shows_what_was_run(tmp_path, ran, albench_in):
    """The folder says what its results are of, whatever the spec is by now."""
    (tmp_path / "mine.yaml").write_text(ran.replace("repeats: 3", "repeats: 1"), encoding="utf-8")
    assert albench_in(tmp_path, "run", "mine.yaml").returncode == 0
    (tmp_path / "mine.yaml").write_text(POOL if ran == SPEC else SPEC, encoding="utf-8")
    name = "split" if ran == SPEC else "margin"
    for words in (["status", "mine.yaml"], ["report", "mine.yaml"], ["export", "mine.yaml", "table"]):
        done = albench_in(tmp_path, *words)
        assert done.returncode == 0, done.stderr
        assert "the spec has changed since that run" in done.stderr
    assert name in done.stdout
    key = albench.plan(tmp_path / "mine.yaml").plan.trials[0].identity.key
    done = albench_in(tmp_path, "run", "mine.yaml", "--only", key[:12])
    assert done.returncode == 0, done.stderr
    assert name in albench_in(tmp_path, "export", "mine.yaml", "table").stdout
