"""What a notebook hands over and is handed: specs as dicts, lines or sentences rather than all there is."""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from html import escape
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from sklearn.naive_bayes import GaussianNB

import albench
from albench.runner.progress import SilentDisplay
from albench.strategies.uncertainty import Margin

LECTURE = Path(__file__).parents[1] / "docs" / "notebook.ipynb"
PILOT = LECTURE.with_name("pilot.ipynb")
needs_docs = pytest.mark.skipif(not LECTURE.is_file(), reason="a wheel has no documentation")
SPEC = """\
datasets: {two_moons: {n_rows: 60}}
models: gaussian_nb
strategies: margin
seed_sizes: 4
batch_sizes: 2
budgets: 8
repeats: 2
execution: {n_jobs: 1, backend: inline}
"""


class Unknown(GaussianNB):
    """An estimator that has no short name."""


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    path = tmp_path_factory.mktemp("notebook") / "moons.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def results(spec):
    return albench.run(spec, results=spec.parent / "results")


def test_results_are_a_line_and_print_their_answer(results, spec):
    assert repr(results) == f"Results of 'moons' in '{spec.parent / 'results' / 'moons'}'"
    assert str(results).splitlines() == list(results.answer)
    assert "margin" in str(results)


def test_a_plan_does_not_show_every_trial(spec):
    shown = repr(albench.plan(spec, results=spec.parent / "elsewhere"))
    assert "n_trials=6" in shown
    assert "PlannedTrial" not in shown
    assert len(shown) < 1000


def test_a_story_prints_pick_by_pick(results):
    key = results.trials["key"][0]
    lines = str(results.story(key)).splitlines()
    assert lines[0] == f"trial {key}"
    assert [line.split(":")[0] for line in lines if line.startswith("round")] == ["round 1", "round 2"]


FAILING = """\
from albench import Need, Strategy


class Unlucky(Strategy):
    \"\"\"It fails.\"\"\"

    needs = frozenset({Need.PROBA})

    def utilities(self, pool, state):
        if pool.labelled.size > 4:
            raise ValueError("no luck today")
        return pool.proba[:, 0]
"""


def test_a_dict_and_a_text_are_the_experiment_of_the_file(results, spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keys = results.trials["key"].to_list()
    for source in (yaml.safe_load(SPEC), SPEC, "{" + ", ".join(SPEC.splitlines()) + "}"):
        ran = albench.run(source, results=tmp_path / "results")
        assert ran.trials["key"].to_list() == keys
        assert ran.folder.path == tmp_path / "results" / "experiment"
    named = albench.run({"name": "moons", **yaml.safe_load(SPEC)}, results=spec.parent / "results")
    assert named.folder.path == results.folder.path
    assert albench.open_results(SPEC, results=tmp_path / "results").trials.height == len(keys)
    assert albench.plan(str(spec), results=spec.parent / "results").to_run == 0


def test_a_mistake_in_a_dict_is_told_at_its_key_and_one_in_a_text_at_its_line():
    with pytest.raises(albench.SpecError) as caught:
        albench.run(yaml.safe_load(SPEC) | {"strategies": ["margin", "entropy", "margn"]})
    assert "experiment: strategies[2]: error[unknown-strategy]: no strategy 'margn'" in str(caught.value)
    with pytest.raises(albench.SpecError) as caught:
        albench.plan(SPEC.replace("margin", "margn"))
    assert "experiment:3:13: error[unknown-strategy]: no strategy 'margn'" in str(caught.value)
    with pytest.raises(albench.SpecError, match=r"nowhere\.yaml: error"):
        albench.load_experiment("nowhere.yaml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"models": GaussianNB()}, "models: error[wrong-type]: a spec cannot hold a GaussianNB\n  write its name: 'gaussian_nb'"),
        ({"models": [Unknown]}, "models[0]: error[wrong-type]: a spec cannot hold the class Unknown\n  write its import path: '"),
        ({"strategies": Margin()}, "strategies: error[wrong-type]: a spec cannot hold a Margin\n  write its name: 'margin'"),
        ({"datasets": pl.DataFrame({"a": [1]})}, "a spec cannot hold a DataFrame\n  write it to a file and name that: {csv: "),
        ({"strategies": {"margin"}}, "a spec cannot hold a set\n  write a list"),
    ],
    ids=["an estimator", "a class", "a strategy", "a frame", "a set"],
)  # fmt: skip
def test_what_is_in_memory_is_told_how_a_spec_writes_it(change, words):
    with pytest.raises(albench.SpecError) as caught:
        albench.load_experiment(yaml.safe_load(SPEC) | change)
    assert words in str(caught.value)


def test_numbers_in_arrays_are_lists():
    spec = yaml.safe_load(SPEC) | {"seed_sizes": np.array([4, 6]), "budgets": np.int64(8)}
    assert [size.value for size in albench.load_experiment(spec).seed_sizes] == [4, 6]


def test_failures_are_told_by_a_warning_and_by_print(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(FAILING, encoding="utf-8")
    spec = yaml.safe_load(SPEC) | {"strategies": ["margin", "./mine.py:Unlucky"]}
    with pytest.warns(
        albench.FailedTrialsWarning, match=r"^of 8 trials: 2 failed; print\(results\) says why$"
    ):
        ran = albench.run(spec)
    *answer, empty, failed, why = str(ran).splitlines()
    assert answer == list(ran.answer)
    assert (empty, failed) == ("", "of 8 trials: 2 failed")
    key = ran.failures["key"][0]
    assert why.startswith("  2 of Unlucky: ValueError: no luck today (")
    assert key[:12] in why
    with pytest.raises(ValueError, match="no luck today"):
        albench.debug(spec, key[:12])


def test_whoever_shows_a_run_is_not_warned_of_it_too(tmp_path, monkeypatch, recwarn):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(FAILING, encoding="utf-8")
    spec = yaml.safe_load(SPEC) | {"strategies": "./mine.py:Unlucky"}
    assert albench.run(spec, display=SilentDisplay()).failed == 2
    assert [each for each in recwarn if each.category is albench.FailedTrialsWarning] == []


def test_a_notebook_shows_the_answer_a_small_table_and_the_page(results, monkeypatch):
    monkeypatch.chdir(results.folder.path)
    shown = results._repr_html_()
    assert f"<b>{escape(results.answer[0])}</b>" in shown
    assert shown.count("<tr>") == 1 + results.leaderboard().height
    assert "<code>results.report()</code> writes the page" in shown
    results.report()
    assert "<a href='report.html'" in results._repr_html_()


def test_the_small_table_has_a_strategy_of_one_s_own_behind_better_ones(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lucky = FAILING.replace("Unlucky", "Lucky").replace("> 4", "> 400")
    (tmp_path / "mine.py").write_text(lucky, encoding="utf-8")
    names = ["margin", "k_center", "qbc", "badge", "k_means", "typiclust", "entropy", "falcun", "clue"]
    shown = albench.run(yaml.safe_load(SPEC) | {"strategies": [*names, "./mine.py:Lucky"]})._repr_html_()
    assert shown.count("<tr>") == 1 + 6
    assert "<td style='text-align: left'>Lucky</td>" in shown
    assert "more strategies, tests and intervals" in shown


def test_a_notebook_folds_the_rounds_of_a_story(results):
    story = results.story(results.trials["key"][0])
    shown = story._repr_html_()
    assert shown.count("<details>") == len(story.rounds)
    for line in str(story).splitlines():
        assert escape(line) in shown


def test_what_a_notebook_shows_is_no_markup_of_labels(tmp_path):
    spec = yaml.safe_load(SPEC) | {"strategies": {"margin": {"label": "<i>mine</i>"}}}
    ran = albench.run(spec, results=tmp_path)
    assert "<i>" not in ran._repr_html_() + ran.story(ran.trials["key"][-1])._repr_html_()


def run_notebook(path, folder):
    """Return the outputs of the cells of code after they have run, by their first lines."""
    pytest.importorskip("nbclient")
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        # The packages of Jupyter warn each other.
        warnings.simplefilter("ignore")
        patch.setenv("PLOTLY_RENDERER", "plotly_mimetype")
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    return {cell.source.splitlines()[0]: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


@pytest.fixture(scope="module")
def lecture(tmp_path_factory):
    return run_notebook(LECTURE, tmp_path_factory.mktemp("lecture"))


@needs_docs
@pytest.mark.parametrize(("notebook", "least"), [(LECTURE, 10), (PILOT, 7)], ids=["lecture", "pilot"])
def test_a_notebook_holds_no_outputs(notebook, least):
    cells = [cell for cell in json.loads(notebook.read_bytes())["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > least
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


@needs_docs
def test_the_lecture_runs_and_each_run_shows_one_bar_and_the_answer(lecture):
    for first_line, words in (
        ("import albench", "done, 80/80, in "),
        ("own = spec", "done, 16/16, 64 reused, in "),
    ):
        (outputs,) = (lecture[line] for line in lecture if line.startswith(first_line))
        bar, answer = outputs
        assert bar.data["text/html"].startswith('<div><progress value="')
        assert bar.data["text/plain"].startswith(words)
        assert "<b>" in answer.data["text/html"]
        assert ("CuriousMargin" in answer.data["text/html"]) == (first_line == "own = spec")
    assert lecture["results.failures.height"][0].data["text/plain"] == "0"


@needs_docs
def test_the_strategy_that_the_lecture_is_told_to_use_is_the_first_everywhere(lecture):
    (first_run,) = (lecture[line] for line in lecture if line.startswith("import albench"))
    shown = first_run[1].data["text/html"]
    recommended = re.search(r"<b>Use (\w+):", shown)[1]
    assert f">{recommended} (recommended)</td>" in shown
    (printed,) = lecture["print(results)"]
    assert printed.text.startswith(f"Use {recommended}:")
    (board,) = (lecture[line] for line in lecture if line.startswith("results.leaderboard()"))
    rows = re.findall(r"^│ (\w+) +┆", board[0].data["text/plain"], re.MULTILINE)
    assert next(name for name in rows if name not in {"strategy", "str", "random"}) == recommended
    (answer,) = lecture["results.plot.answer()"]
    bold = [
        trace
        for trace in answer.data["application/vnd.plotly.v1+json"]["data"]
        if trace["line"]["width"] >= 3
    ]
    assert recommended in {trace.get("name") for trace in bold}


@needs_docs
def test_figures_of_the_lecture_are_plotlys_without_an_offer_to_upload(lecture):
    figures = [outputs for line, outputs in lecture.items() if line.startswith("results.plot.")]
    assert len(figures) == 5
    for (figure,) in figures:
        config = figure.data["application/vnd.plotly.v1+json"]["config"]
        assert (config["showSendToCloud"], config["plotlyServerURL"]) == (False, "")


@needs_docs
def test_the_notebook_of_a_pilot_leads_from_a_file_to_labels_that_were_given(tmp_path):
    cells = run_notebook(PILOT, tmp_path)
    answer = cells["print(results)"][0].text
    assert "160 labels more" in answer or "160 labelled rows" in answer
    (bar,) = (outputs[0] for line, outputs in cells.items() if line.startswith("results = "))
    assert bar.data["text/plain"].startswith("done, ")
    assert "note: column 'patient': another name in every row" in bar.data["text/plain"]
    (figure,) = cells["results.plot.answer()"]
    names = {trace.get("name") for trace in figure.data["application/vnd.plotly.v1+json"]["data"]}
    assert {"random", "random, expected"} < names
    (written,) = ("".join(each.text for each in of) for line, of in cells.items() if line.startswith("for "))
    assert written.splitlines() == ["10 labels written"] * 2
    frame = pl.read_csv(tmp_path / "tumours.csv")
    assert frame["diagnosis"].drop_nulls().len() == 180
    page = (tmp_path / "results" / "tumours" / "report.html").read_text(encoding="utf-8")
    assert "labelling-0" in page
