"""Exit codes mean what README says: 1 is a bug of albench, and nothing else."""

from __future__ import annotations

import errno
import sys
from unittest import mock

import click
import pytest

import albench
from albench import errors
from albench.cli import cli
from albench.cli.exits import run_and_exit

SPEC = "datasets: iris\nmodels: gaussian_nb\nstrategies: margin\nbudgets: 30\nrepeats: 1\n"


def call(*arguments):
    with mock.patch.object(sys, "argv", ["albench", *map(str, arguments)]), pytest.raises(SystemExit) as end:
        run_and_exit(cli)
    return end.value.code


def end_with(error):
    @click.command()
    def command():
        raise error

    with mock.patch.object(sys, "argv", ["albench"]), pytest.raises(SystemExit) as end:
        run_and_exit(command)
    return end.value.code


@pytest.fixture
def spec(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e.yaml").write_text(SPEC, encoding="utf-8")
    return "e.yaml"


@pytest.mark.parametrize("command", ["report", "status", "export"])
def test_before_any_run_there_is_nothing_to_show(spec, command, capsys):
    assert call(command, spec, *(["table"] if command == "export" else [])) == 2
    assert "error: nothing was run yet: 'results/e' is not there" in capsys.readouterr().err


def test_figures_without_kaleido_say_what_to_install(spec, capsys, monkeypatch):
    monkeypatch.setattr(albench, "open_results", mock.MagicMock())
    monkeypatch.setattr("albench.report.paper.figures.draw_results", mock.MagicMock())
    monkeypatch.setattr("albench.report.paper.images.find_spec", lambda name: None)
    assert call("export", spec, "figures", "-o", "figures") == 2
    assert "pip install 'albench[export]'" in capsys.readouterr().err


def test_a_results_folder_that_may_not_be_written_is_told(spec, capsys, monkeypatch):
    def refuse(self, *args, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    assert call("run", spec, "-j", "1") == 2
    message = capsys.readouterr().err
    assert "Permission denied" in message
    assert "bug in albench" not in message


def test_a_results_folder_with_a_name_too_long_is_told(spec, capsys):
    assert call("plan", spec, "--results", "x" * 5000) == 2
    assert "bug in albench" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        *((kind, 2) for kind in (errors.SpecError, errors.DatasetError, errors.ModelError)),
        *((kind, 2) for kind in (errors.ImportPathError, errors.UnknownComponentError, errors.ResultsError)),
        *((kind, 3) for kind in (errors.TrialError, errors.StrategyError, errors.ClusterError)),
        (errors.ContradictionError, 4),
        (errors.AlbenchError, 2),
        (KeyError, 1),
    ],
)
def test_each_error_has_its_code(kind, code, capsys):
    assert end_with(kind("why")) == code
    assert ("bug in albench" in capsys.readouterr().err) == (code == 1)


def test_a_long_error_is_cut(capsys):
    assert end_with(errors.DatasetError("x" * 10**6)) == 2
    assert len(capsys.readouterr().err) < 20_000
