"""Small files of a results folder that are damaged: named by what reads them, written again by a run."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml

import albench
from albench.errors import ResultsError

SMALL = {
    "datasets": ["iris"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "margin"],
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 20,
    "repeats": 1,
    "execution": {"n_jobs": 1},
}
BROKEN = {
    "garbage": b"\xff\xfe\x00garbage",
    "nothing": b"",
    "an end that is missing": b"{",
    "another shape": b"[1, 2]",
    "cut": None,
}
READ_BY = {
    "environment.json": ("report", "merge"),
    "datasets.json": ("report", "merge"),
    "resolved.yaml": ("compare", "merge"),
    "plan/trials.parquet": ("status", "report", "compare", "merge", "show trial"),
    "plan/references.parquet": ("status", "report", "compare", "merge", "show trial"),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of a finished run."""
    place = tmp_path_factory.mktemp("finished")
    path = place / "small.yaml"
    path.write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    return albench.run(path, results=place / "results").folder.path


def damage(file, how):
    there = file.read_bytes()
    file.write_bytes(there[: len(there) // 2] if BROKEN[how] is None else BROKEN[how])


def reading(command, path, results):
    """Do what a command does that reads the small files of a results folder."""
    opened = albench.open_results(path, results=results)
    whole = results / "small"
    if command == "report":
        opened.report()
    elif command == "show trial":
        opened.story("")
    elif command == "compare":
        albench.compare(whole, whole)
    elif command == "merge":
        albench.merge([whole], into=results / "all")
    else:
        assert opened.failures is not None
        assert opened.missing_reasons() == {}


@pytest.mark.parametrize(
    ("name", "how"),
    # Half of a YAML file may be one.
    [(name, how) for name in READ_BY for how in BROKEN if (name, how) != ("resolved.yaml", "cut")],
)
def test_a_damaged_file_is_named_and_a_run_mends_it(finished, run, write, tmp_path, name, how):
    path, results = write(**SMALL), tmp_path / "results"
    shutil.copytree(finished, results / "small")
    file = results / "small" / name
    whole = file.read_bytes()
    damage(file, how)
    for command in READ_BY[name]:
        with pytest.raises(
            ResultsError, match=f"{file.name}' is damaged .*`albench run SPEC` write it again"
        ):
            reading(command, path, results)
    assert not (results / "all").exists()
    again = run(**SMALL)
    assert again.problems == ()
    if file.suffix != ".parquet":
        assert file.read_bytes() == whole
    for command in ("status", "report", "compare", "merge"):
        reading(command, path, results)


@pytest.mark.parametrize("name", ["experiment.yaml", "resolved.yaml"])
def test_a_spec_that_is_no_text_is_told_by_status_and_report(albench_in, run, write, tmp_path, name):
    path = write(**SMALL)
    file = run(**SMALL).folder.path / name
    file.write_bytes(b"name: \xff\n")
    command = "status" if name == "experiment.yaml" else "report"
    done = albench_in(tmp_path, command, path, "--results", tmp_path / "results")
    assert done.returncode == 2
    assert f"error: '{file}' is damaged (" in done.stderr
    assert "bug in albench" not in done.stderr


def test_environments_that_cannot_be_read_are_kept_aside(albench_in, run, write, tmp_path):
    """A run goes on beside results of this environment, and refuses others as ones that nobody described."""
    path = write(**{**SMALL, "repeats": 2})
    folder = run(**SMALL).folder.path
    file = folder / "environment.json"
    described = json.loads(file.read_bytes())
    file.write_bytes(b"[]")
    done = albench_in(tmp_path, "run", path, "--results", tmp_path / "results")
    assert done.returncode == 0, done.stderr
    aside = folder / "environment.json.damaged"
    assert (
        f"note: the environments of earlier results could not be read; the file is now '{aside}'"
        in done.stderr
    )
    assert aside.read_bytes() == b"[]"
    assert json.loads(file.read_bytes()) == described


def test_one_trial_alone_writes_a_damaged_plan_again(run):
    results = run(**SMALL)
    key = results.trials["key"][0]
    (results.folder.path / "plan" / "trials.parquet").write_bytes(b"")
    assert set(run(**SMALL, how={"only": key}).trials["key"]) == set(results.trials["key"])
