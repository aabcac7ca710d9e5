"""Commands that only list or read must not wait for numpy and friends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from albench.cli import COMMANDS

QUICKSTART = Path(__file__).parents[2] / "experiments" / "quickstart.yaml"
HEAVY = {"numpy", "scipy", "sklearn", "polars", "plotly", "joblib", "openml", "pandas", "rich"}
SHOW_MODULES = """
import sys
from albench.cli import cli
try:
    cli.main(sys.argv[1:], standalone_mode=False)
finally:
    print("\\nMODULES", *sorted(sys.modules))
"""


def load_modules(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", SHOW_MODULES, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("MODULES")[2].split())


def loaded(*arguments):
    return {name.partition(".")[0] for name in load_modules(*arguments)}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["list"],
        ["list", "strategies"],
        ["list", "models", "--json"],
        ["show", "strategy", "qbc"],
        ["schema"],
        ["validate", str(QUICKSTART)],
    ],
    ids=lambda arguments: " ".join(arguments).replace(str(QUICKSTART), QUICKSTART.name),
)
def test_what_only_reads_imports_nothing_heavy(arguments):
    assert not loaded(*arguments) & HEAVY


def test_the_help_imports_no_command():
    assert not {f"albench.cli.{name}" for name in COMMANDS} & load_modules("--help")


def test_listing_reads_the_catalogue_alone():
    assert {name for name in load_modules("list") if name.startswith("albench.")} == {
        *("albench.cli", "albench.cli.exits", "albench.cli.list", "albench.cli.options"),
        *("albench.cli.output", "albench.errors", "albench.registry", "albench.registry.catalogue"),
    }


def test_checking_an_experiment_of_pools_imports_nothing_of_streams_tables_or_estimators():
    modules = load_modules("validate", str(QUICKSTART))
    assert "albench.spec.settings" in modules
    assert not modules & {
        *("albench.spec.stream_settings", "albench.spec.stream_experiment", "albench.contracts.stream"),
        *("albench.contracts.stopping_rule", "albench.spec.stopping", "albench.spec.expected"),
        *("albench.tables", "albench.identity", "albench.spec.estimators", "albench.estimators.building"),
    }


def test_planning_imports_neither_the_page_nor_its_sentences():
    modules = load_modules("plan", str(QUICKSTART))
    assert "albench.power" in modules
    rooms = {".".join(name.split(".")[:2]) for name in modules}
    assert not rooms & {"albench.narrative", "albench.report", "albench.pilot", "albench.labelling"}


def test_validating_imports_numpy_at_most(tmp_path):
    spec = tmp_path / "parameters.yaml"
    text = "datasets: {two_moons: {noise: 0.2}}\nmodels: {knn: {n_neighbors: 3}}\n"
    spec.write_text(f"{text}strategies: {{qbc: kl}}\nbudgets: 50\n", encoding="utf-8")
    assert loaded("validate", str(spec)) & HEAVY <= {"numpy"}


def test_importing_the_package_imports_nothing():
    code = "import albench, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & (HEAVY | {"pydantic", "yaml", "click"})


def test_the_schema_is_json():
    done = subprocess.run(
        [sys.executable, "-m", "albench", "schema"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["$schema"].endswith("/schema#")
