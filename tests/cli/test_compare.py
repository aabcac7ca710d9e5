"""`albench compare`: two folders, exit code 4 for a gate that failed."""

import json
import shutil

import polars as pl
import pytest

SPEC = """\
datasets: [iris, wine]
models: {model}
strategies: [random, margin]
seed_sizes: 6
batch_sizes: 6
budgets: 30
repeats: 6
execution: {{n_jobs: 1, backend: inline}}
"""


@pytest.fixture(scope="module")
def albench(albench_in):
    return albench_in


@pytest.fixture(scope="module")
def folder(tmp_path_factory, albench):
    place = tmp_path_factory.mktemp("compare")
    good = {"estimator": "sklearn.linear_model.LogisticRegression", "params": "{max_iter: 500}"}
    poor = {"estimator": "sklearn.dummy.DummyClassifier", "params": "{strategy: prior}"}
    for name, of in (("good", good), ("poor", poor)):
        model = f"{{{of['estimator']}: {of['params'][:-1]}, label: model}}}}"
        (place / f"{name}.yaml").write_text(SPEC.format(model=model), encoding="utf-8")
        done = albench(place, "run", f"{name}.yaml", "--quiet")
        assert done.returncode == 0, done.stderr
    return place


def test_a_run_against_itself_passes_any_gate(albench, folder):
    process = albench(folder, "compare", "results/good", "results/good", "--fail-on", "change")
    assert (process.returncode, process.stderr) == (0, "")
    assert "accuracy, second less first: 4 cells in common: 4 identical" in process.stdout
    assert "36 trials are the same in both" in process.stdout


def test_a_regression_fails_the_gate_in_one_direction_only(albench, folder):
    worse = albench(folder, "compare", "results/good", "results/poor", "--fail-on", "regression")
    assert worse.returncode == 4
    assert "worse: iris model margin (seed 6, batch 6, perfect): −" in worse.stdout.replace("-0", "−0")
    better = albench(folder, "compare", "results/poor", "results/good", "--fail-on", "regression")
    assert better.returncode == 0
    assert albench(folder, "compare", "results/good", "results/poor").returncode == 0


def test_repeats_that_looks_have_ended_are_said_to_be_uncorrected(albench, folder, tmp_path):
    spec = (folder / "good.yaml").read_text(encoding="utf-8").replace("iris, wine", "iris")
    decided = "repeats: {until: decided, at_least: 6, up_to: 6}"
    (tmp_path / "looks.yaml").write_text(spec.replace("repeats: 6", decided), encoding="utf-8")
    assert albench(tmp_path, "run", "looks.yaml", "--quiet").returncode == 0
    looks = tmp_path / "results" / "looks"
    process = albench(folder, "compare", "results/good", looks)
    assert process.returncode == 0
    note = " ".join(process.stderr.split())
    assert f"'{looks}' went on until its cells were decided: looks at results have ended its" in note
    assert "for which intervals and p values here are not corrected" in note
    assert "'results/good' went on" not in note


def test_a_gate_does_not_pass_where_nothing_can_be_compared(albench, folder, tmp_path):
    spec = (folder / "good.yaml").read_text(encoding="utf-8").replace("label: model", "label: renamed")
    (tmp_path / "other.yaml").write_text(spec.replace("iris, wine", "iris"), encoding="utf-8")
    assert albench(tmp_path, "run", "other.yaml", "--quiet").returncode == 0
    for gate in ("regression", "change"):
        process = albench(
            folder, "compare", "results/good", tmp_path / "results" / "other", "--fail-on", gate
        )
        assert process.returncode == 4
        assert "0 cells in common" in process.stdout
    assert albench(folder, "compare", "results/good", tmp_path / "results" / "other").returncode == 0


@pytest.fixture
def contradicted(folder, tmp_path):
    """Copy the good run, halve the accuracy of one finished trial, and say where it ran."""

    def copy_run(environment=None):
        copy = tmp_path / "copy"
        shutil.copytree(folder / "results" / "good", copy)
        trials = pl.read_parquet(copy / "tables" / "trials.parquet")
        trial = trials.filter(dataset="wine", strategy="margin", split=2).row(0, named=True)
        part = copy / "parts" / f"trial-{trial['key']}.parquet"
        halved = pl.read_parquet(part).with_columns(pl.col("score.accuracy").list.eval(pl.element() / 2))
        if environment:
            halved = halved.with_columns(environment=pl.lit(environment))
        halved.write_parquet(part)
        return copy, trial

    return copy_run


def test_a_trial_that_contradicts_itself_is_named_and_fails_the_gate(albench, folder, contradicted):
    copy, trial = contradicted()
    process = albench(folder, "compare", "results/good", copy, "--fail-on", "regression")
    assert process.returncode == 4
    # 2 datasets times 6 repeats times margin and two arms of random.
    assert "35 trials are the same in both (one key), 1 contradicts itself: `albench run" in process.stdout
    named = f"wine model margin (seed 6, batch 6, perfect) arm 0 split 2 start 0, key {trial['key'][:12]}"
    assert f"  contradiction: {named}: score.accuracy\n" in process.stdout
    assert albench(folder, "compare", "results/good", copy).returncode == 0
    contents = json.loads(albench(folder, "compare", "results/good", copy, "--json").stdout)
    (contradiction,) = contents["contradictions"]
    assert (contradiction["key"], contradiction["columns"], contents["n_same"]) == (
        trial["key"],
        ["score.accuracy"],
        35,
    )


def test_another_metric_does_not_hide_a_contradiction(albench, folder, contradicted):
    arguments = "results/good", contradicted()[0], "--metric", "log_loss", "--fail-on", "change"
    process = albench(folder, "compare", *arguments)
    assert "4 cells in common: 4 identical" in process.stdout
    assert (process.returncode, process.stdout.count("contradiction: ")) == (4, 1)


def test_between_environments_a_contradiction_is_a_change_but_no_regression(albench, folder, contradicted):
    copy, trial = contradicted("elsewhere")
    process = albench(folder, "compare", "results/good", copy, "--fail-on", "regression")
    assert process.returncode == 0
    assert f"score.accuracy, in environments {trial['environment']} and elsewhere" in process.stdout
    assert albench(folder, "compare", "results/good", copy, "--fail-on", "change").returncode == 4


def test_json_holds_every_cell(albench, folder):
    contents = json.loads(albench(folder, "compare", "results/good", "results/poor", "--json").stdout)
    assert contents["regressions"] == sum(cell["change"] == "worse" for cell in contents["cells"]) > 0
    assert {cell["n_paired"] for cell in contents["cells"]} == {6, 12}


def test_another_metric_and_its_direction(albench, folder):
    process = albench(folder, "compare", "results/good", "results/poor", "--metric", "log_loss")
    assert "log_loss, second less first" in process.stdout
    assert "worse: iris" in process.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["results/good", "results/none"], 2, "'results/none'"),
        (["results/good", "results"], 2, "holds no run"),
        (["results/good", "results/poor", "--metric", "bogus"], 2, "no built-in metric 'bogus'"),
        (["results/good", "results/poor", "--metric", "roc_auc"], 2, "has recorded roc_auc"),
    ],
)
def test_what_cannot_be_compared_is_told(albench, folder, arguments, code, says):
    process = albench(folder, "compare", *arguments)
    assert process.returncode == code
    assert says in process.stderr
    assert "Traceback" not in process.stderr
