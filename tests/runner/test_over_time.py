"""Results that outlive a key version, a component version, or the environment they were computed in."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest

import albench
from albench import identity
from albench.errors import MixedEnvironmentsError
from albench.planning import reasons
from albench.runner.fingerprint import describe_environment
from albench.strategies.uncertainty import Margin

# Two datasets x two repeats x (two arms of random, margin, qbc).
ALL = 16
REFERENCES = 4
ALLOWED = {"allow_mixed_environments": True}


def of_elsewhere(results, name="elsewhere", kind=""):
    """Make stored results those of another environment."""
    for part in results.folder.parts.glob(f"{kind}*.parquet"):
        pl.read_parquet(part).with_columns(environment=pl.lit(name)).write_parquet(part)


def parts(results):
    return {part.name: part.read_bytes() for part in results.folder.parts.iterdir()}


def test_a_raised_version_is_told_and_what_it_gave_is_kept(run, plan, monkeypatch, write, tmp_path):
    before = parts(run())
    monkeypatch.setattr(Margin, "version", 2)
    forecast = plan()
    assert forecast.reasons == {"version of margin raised from 1 to 2": 4}
    assert set(forecast.why) == {
        trial.identity.key for trial in forecast.plan.trials if trial.strategy.label == "margin"
    }
    again = run()
    after = parts(again)
    assert before.items() <= after.items()
    assert len(again.folder.list_keys("trial")) == ALL + 4
    # The tables speak of the version that the experiment has now.
    assert again.trials.height == ALL
    assert set(again.trials["key"]) == {trial.identity.key for trial in forecast.plan.trials}


def test_another_key_version_is_told_and_old_parts_stay_readable(run, plan, monkeypatch):
    first = run()
    before = parts(first)
    monkeypatch.setattr(identity, "KEY_VERSION", 2)
    forecast = plan()
    assert forecast.reasons == {"another key version: 1 there, 2 now": ALL}
    again = run()
    assert before.items() <= parts(again).items()
    assert again.folder.read_stored_trials().keys() >= first.folder.read_stored_trials().keys()
    assert again.trials.height == ALL


def test_a_key_version_that_knows_more_fields_finds_the_older_ones(run, plan):
    now = run().folder.read_columns("trial", None, {"identity": pl.String()})["identity"].to_list()
    old = [{**json.loads(text), "key_version": 0} for text in now]
    for canonical in old:
        del canonical["rules"], canonical["budget"]
    index = reasons.IdentityIndex(old)
    assert {index.explain(json.loads(text)) for text in now} == {"another key version: 0 there, 1 now"}
    other = {**json.loads(now[0]), "random_state": 99}
    assert index.explain(other) == "not run yet"


def test_trials_of_another_environment_are_not_mixed_unasked(run, plan):
    results = run()
    of_elsewhere(results)
    before = parts(results), results.folder.read_text("experiment.yaml")
    assert plan().reused == ALL
    assert run().problems == ()
    with pytest.raises(
        MixedEnvironmentsError, match=r"16 trials in elsewhere \(not described there\).*--allow-mixed"
    ):
        run(repeats=3)
    assert plan(repeats=3).foreign == {"elsewhere": ALL + REFERENCES}
    assert (parts(results), results.folder.read_text("experiment.yaml")) == before


def test_one_trial_alone_is_not_mixed_in_either(run):
    results = run()
    key = results.trials["key"][0]
    of_elsewhere(results)
    with pytest.raises(MixedEnvironmentsError, match="15 trials in elsewhere"):
        run(how={"only": key})
    assert run(how={"only": key, **ALLOWED}).problems == ()


def test_references_are_not_mixed_unasked(run, plan):
    """Neither the other trials beside stored references, nor references beside stored trials."""
    results = run()
    of_elsewhere(results, kind="reference")
    assert plan(repeats=3).foreign == {"elsewhere": REFERENCES}
    with pytest.raises(MixedEnvironmentsError, match=": 4 references in elsewhere"):
        run(repeats=3)
    of_elsewhere(results, kind="trial")
    for part in results.folder.parts.glob("reference-*"):
        part.unlink()
    with pytest.raises(MixedEnvironmentsError, match=": 16 trials in elsewhere"):
        run()
    assert run(how=ALLOWED).problems == ()


def test_what_a_killed_run_has_left_is_nothing_new(run, plan):
    results = run()
    for key in results.trials["key"][1::2]:
        results.folder.get_part_file("trial", key).unlink()
    assert plan().reasons == {"not run yet": ALL // 2}


def test_a_mixture_that_is_allowed_is_recorded(run):
    results = run()
    of_elsewhere(results)
    wider = run(repeats=3, how=ALLOWED)
    assert set(wider.trials["environment"]) == {
        "elsewhere",
        *json.loads(results.folder.read_text("environment.json")),
    }
    counts = dict(wider.trials["environment"].value_counts().iter_rows())
    assert counts.pop("elsewhere") == ALL
    assert list(counts.values()) == [ALL // 2]


def test_what_has_changed_is_told_and_everything_may_run_again(run):
    results = run()
    file = results.folder.path / "environment.json"
    ((name, described),) = json.loads(file.read_text(encoding="utf-8")).items()
    described["versions"] |= {"numpy": "1.0", "polars": "0.1"}
    file.write_text(json.dumps({"elsewhere": described}), encoding="utf-8")
    of_elsewhere(results)
    with pytest.raises(MixedEnvironmentsError) as caught:
        run(repeats=3)
    assert "numpy 1.0 there, " in str(caught.value)
    assert "polars" not in str(caught.value)
    again = run(rerun="all")
    assert set(again.trials["environment"]) == {name}
    assert set(again.folder.read_reference_environments().values()) == {name}


def test_the_refusal_ends_with_2(run, write, tmp_path, albench_in):
    of_elsewhere(run())
    path = write(repeats=3)
    done = albench_in(tmp_path, "run", path, "--results", tmp_path / "results")
    assert done.returncode == 2
    assert "--allow-mixed-environments" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_of_another_package_leaves_other_trials_alone(run, write, tmp_path):
    """The fingerprint of a trial speaks of the packages that it fits, not of those of the whole grid."""
    first = run(strategies=["random"], repeats=1, datasets=["iris"])
    (tmp_path / "mine.py").write_text(
        "from sklearn.naive_bayes import GaussianNB\n\n\nclass Mine(GaussianNB):\n    pass\n",
        encoding="utf-8",
    )
    models = ["gaussian_nb", "./mine.py:Mine", {"bagging": {"estimator": "gaussian_nb"}}]
    wider = run(strategies=["random"], repeats=1, datasets=["iris"], models=models)
    assert wider.problems == ()
    assert set(wider.trials["environment"]) == set(first.trials["environment"])


def test_the_fingerprint_does_not_depend_on_what_else_was_imported():
    code = "from albench.runner.fingerprint import describe_environment as d; print(d()['fingerprint'])"
    alone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = f"import sklearn.ensemble, joblib; {code}"
    crowded = subprocess.run([sys.executable, "-c", after], capture_output=True, text=True, check=True)
    assert alone.stdout == crowded.stdout == f"{describe_environment()['fingerprint']}\n"


def test_status_says_why_trials_are_missing_and_what_else_is_kept(
    run, write, tmp_path, albench_in, monkeypatch
):
    run()
    path = write(repeats=3)
    results = run(repeats=3)
    for key in results.trials.filter(split=2, strategy="random")["key"][:3]:
        results.folder.get_part_file("trial", key).unlink()
    command = (tmp_path, "status", path, "--results", tmp_path / "results")
    output = albench_in(*command).stdout
    assert "21 of 24 trials done, 3 missing" in output
    assert "3 missing: new repeat" in output
    with monkeypatch.context() as patch:
        patch.setattr(Margin, "version", 2)
        run(repeats=3)
    output = albench_in(*command).stdout
    assert "24 of 24 trials done, 0 missing" in output
    assert "6 other trials are kept here, of earlier specs or versions" in output
    assert albench.open_results(path, results=tmp_path / "results").failures.height == 0
