"""What SECURITY.md promises: whose code runs when, what is read, and where is written."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import albench
from albench.errors import SpecError
from albench.spec.read import load_experiment

PACKAGE = Path(albench.__file__).parent
SMALL = {
    "datasets": ["iris"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "margin"],
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 15,
    "repeats": 1,
    "execution": {"n_jobs": 1},
}

HOSTILE = """\
from pathlib import Path

HERE = Path(__file__).parent
(HERE / "imported").touch()


class Meta(type):
    def __call__(cls, *args, **kwargs):
        (HERE / "called").touch()
        return super().__call__(*args, **kwargs)


class NotOfTheHouse(metaclass=Meta):
    def fit(self, X, y):
        (HERE / "called").touch()


def function(*args, **kwargs):
    (HERE / "called").touch()


class Instance:
    def __call__(self, *args, **kwargs):
        (HERE / "called").touch()


instance = Instance()
"""
PLACES = {
    "strategy": lambda path: {"strategies": ["random", path]},
    "model": lambda path: {"models": [path]},
    "nested model": lambda path: {"models": [{"bagging": {"estimator": path}}]},
    "dataset": lambda path: {"datasets": [path]},
    "metric": lambda path: {"metrics": ["accuracy", path]},
    "signal": lambda path: {"signals": [path]},
    "oracle": lambda path: {"oracles": [path]},
    "seed set": lambda path: {"seed_sets": [path]},
    "split": lambda path: {"split": path},
    "preprocessing": lambda path: {"preprocessing": {"numeric": [path]}},
}


@pytest.fixture
def write(tmp_path):
    def written(**changes):
        path = tmp_path / "small.yaml"
        path.write_text(yaml.safe_dump({**SMALL, **changes}, sort_keys=False), encoding="utf-8")
        return path

    return written


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Put a module beside the spec that notes when it is imported, and when anything of it is called."""
    for name in ("hostile.py", "hostile_package.py"):
        (tmp_path / name).write_text(HOSTILE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", ["./hostile.py:NotOfTheHouse", "hostile_package.NotOfTheHouse"])
@pytest.mark.parametrize("place", PLACES)
def test_validating_imports_no_user_code(hostile, write, place, path):
    load_experiment(write(**PLACES[place](path)), import_user_code=False)
    assert not (hostile / "imported").exists()
    assert "hostile_package" not in sys.modules


@pytest.mark.parametrize("name", ["NotOfTheHouse", "function", "instance"])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_called_before_it_is_seen_to_be_of_the_right_kind(hostile, write, place, name):
    with pytest.raises(SpecError):
        load_experiment(write(**PLACES[place](f"./hostile.py:{name}")), import_user_code=True)
    assert (hostile / "imported").exists()
    assert not (hostile / "called").exists()


@pytest.mark.parametrize(
    "text",
    [
        "datasets: !!python/object/apply:os.system ['touch imported']\n",
        "datasets: !!python/name:os.system\n",
        "!!python/object/new:type [x, [], {}]\n",
    ],
)
def test_yaml_is_never_executed(tmp_path, text):
    path = tmp_path / "e.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match="tag"):
        load_experiment(path, import_user_code=True)


def test_a_spec_that_unfolds_without_end_is_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    path = tmp_path / "e.yaml"
    path.write_text("\n".join([*lines, "datasets: *a11"]), encoding="utf-8")
    with pytest.raises(SpecError):
        load_experiment(path, import_user_code=False)


def calls():
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield file.relative_to(PACKAGE).as_posix(), ast.unparse(node.func), node


def test_nothing_unpickles_evaluates_or_calls_a_shell():
    forbidden = {"eval", "exec", "os.system", "yaml.load", "yaml.unsafe_load", "joblib.load"}
    for file, name, node in calls():
        assert name not in forbidden, file
        assert not name.startswith(("pickle.", "cloudpickle.", "marshal.", "shelve.", "dill.")), file
        for keyword in node.keywords:
            argument = (keyword.arg, getattr(keyword.value, "value", None))
            assert argument not in {("allow_pickle", True), ("shell", True)}, file


WATCHED = """\
import os
import sys

events = []


def hook(event, args):
    if event == "pickle.find_class":
        events.append(("unpickled", ".".join(map(str, args))))
    elif event == "open" and isinstance(args[0], (str, bytes)):
        mode, flags = args[1], args[2]
        if (mode and set(mode) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            events.append(("wrote", os.path.realpath(os.fsdecode(args[0]))))
    elif event in ("os.mkdir", "os.rename") or (event == "os.remove" and args[1] == -1):
        events.extend(("wrote", os.path.realpath(os.fsdecode(a))) for a in args[:2] if isinstance(a, (str, bytes)))


import albench
from albench.cli import cli

sys.addaudithook(hook)
for arguments in sys.argv[1:]:
    cli.main(arguments.split("|"), standalone_mode=False)
for kind, what in events:
    print(kind, what)
"""


def test_nothing_is_unpickled_or_written_outside_whatever_the_names(write, tmp_path):
    """Labels that would lead out of the folder if they were file names."""
    outside = ["../../../out", "/out", "..\\out", "~/out", "CON", "a/b", "."]
    datasets = [{"iris": {}, "label": outside[0]}]
    spec = {"datasets": datasets, "strategies": ["random", {"margin": {}, "label": outside[0]}]}
    models = [
        {"gaussian_nb": {"var_smoothing": 10.0**-i}, "label": name} for i, name in enumerate(outside, 8)
    ]
    path = write(**spec, models=models)
    scratch, results = tmp_path / "scratch", tmp_path / "results"
    scratch.mkdir()
    common = f"{path}|--results|{results}"
    commands = [f"run|{common}|--quiet", f"run|{common}|--quiet", f"status|{common}", f"report|{common}"]
    commands.append(f"export|{path}|table|--results|{results}|-o|{scratch / 'table.md'}")
    environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *commands],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    events = [
        line.split(" ", 1) for line in done.stdout.splitlines() if line.startswith(("unpickled ", "wrote "))
    ]
    assert [what for kind, what in events if kind == "unpickled"] == []
    written = {Path(what) for kind, what in events if kind == "wrote"} - {Path(os.devnull)}
    assert any(file.is_relative_to(results / "small" / "parts") for file in written)
    stray = {
        file for file in written if not file.is_relative_to(results) and not file.is_relative_to(scratch)
    }
    assert stray == set()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["results", "scratch", "small.yaml"]


@pytest.mark.parametrize("name", ["../x", "/x", "..", ".", "a/b", "a\\b", "-rf", "a:b", " x", "x."])
def test_an_experiment_cannot_be_called_what_leads_out_of_its_folder(write, name):
    with pytest.raises(SpecError, match="no folder can be called"):
        load_experiment(write(name=name), import_user_code=False)
