from __future__ import annotations

from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["tests", "slow", "lint", "types"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
FAULTS = ("tests/runner", "tests/store", "tests/spec/test_fuzz.py", "tests/test_security.py")
HOSTILE = (
    "tests/store/test_hostile_folders.py",
    "tests/store/test_unusable_parts.py",
    "tests/runner/test_border.py",
    "tests/oracles/test_combinations.py",
    "tests/seed_sets/test_combinations.py",
    "tests/stream/test_combinations.py",
)
MEASURED = [
    "overhead",
    "strategies",
    "store",
    "parallel",
    "backends",
    "page",
    "scale",
    "whole_runs",
    "calibration",
]
PYTHONS = nox.project.python_versions(PYPROJECT)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the test suite; Pythons that are not on the machine are skipped."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the tests that take over 10 s, which the others leave out."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "auto", "-m", "slow", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install("ruff>=0.14")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.install("-e", ".[lint]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site of the docs into site/, where every warning is an error."""
    session.install(".[docs]")
    session.run("mkdocs", "build", "--strict", env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def minimums(session: nox.Session) -> None:
    """Run the test suite with the lowest versions that pyproject.toml allows."""
    lowest = [
        requirement.replace(">=", "==").split(",")[0]
        for requirement in PYPROJECT["project"]["dependencies"]
        if ">=" in requirement
    ]
    constraints = Path(session.create_tmp()) / "lowest.txt"
    constraints.write_text("\n".join(lowest) + "\n", encoding="utf-8")
    session.install("-e", ".[test]", "-c", str(constraints))
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel and test it where the source is not importable."""
    session.install("build")
    out = Path(session.create_tmp())
    session.run("python", "-m", "build", "--wheel", "--outdir", str(out))
    built = max(out.glob("*.whl"), key=lambda file: file.stat().st_mtime)
    session.install(f"{built}[test]")
    tests_only = out / "checkout"
    session.run("python", "-c", f"import shutil; shutil.rmtree({str(tests_only)!r}, ignore_errors=True)")
    for name in ("tests", "experiments"):
        session.run("python", "-c", f"import shutil; shutil.copytree({name!r}, {str(tests_only / name)!r})")
    session.run("cp", "pyproject.toml", "README.md", str(tests_only), external=True)
    session.chdir(tests_only)
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def extras(session: nox.Session) -> None:
    """Run the tests of what optional packages add."""
    session.install("-e", ".[test,export,lightgbm,xgboost,catboost,torch,skactiveml,river]")
    tests = (
        "tests/models",
        "tests/stream",
        "tests/strategies/scikit_activeml",
        "tests/test_docs_commands.py",
        "tests/cli/test_export.py",
    )
    session.run("pytest", *tests, *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Run every test of kills, limits, broken files and hostile specs, the slow ones too."""
    session.install("-e", ".[test,dask]")
    session.run("pytest", "-m", "", *FAULTS, *session.posargs, env={"ALBENCH_FAULTS": "1"})


@nox.session
def hostile(session: nox.Session) -> None:
    """Try 500 results folders that no run has left, 2,000 values of components, and every pair of them."""
    session.install("-e", ".[test]")
    session.run(
        "pytest", *HOSTILE, *session.posargs, env={"ALBENCH_FAULTS": "1", "ALBENCH_BORDER_RUNS": "50"}
    )


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure what the README and the docs state; with a FOLDER of its data sets, the grid too."""
    session.install("-e", ".[test,skactiveml,dask]")
    for name in MEASURED:
        session.run("python", f"benchmarks/{name}.py")
    if session.posargs:
        session.run("python", "benchmarks/grid.py", *session.posargs)


@nox.session
def strategies(session: nox.Session) -> None:
    """Run every strategy through the command line: nox -s strategies -- --only qbc badge."""
    session.install("-e", ".")
    session.run("python", "benchmarks/every_strategy.py", *session.posargs)


@nox.session
def replays(session: nox.Session) -> None:
    """Compare with published benchmarks, some 80 minutes of CPU: nox -s replays -- --data FOLDER."""
    session.install("-e", ".[skactiveml]")
    for name in ("skx2024", "lu2023", "lu2023_large", "lu2023_matrix", "lu2023_extended"):
        session.run("albench", "verify", f"experiments/replays/{name}.yaml", *session.posargs)
