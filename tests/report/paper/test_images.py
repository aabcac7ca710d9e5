"""What stands between figures and their files: a program that draws them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import albench
from albench.errors import ResultsError
from albench.report.paper.images import write_figures


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("ChromeNotFoundError", "apt-get install chromium"),
        ("BrowserFailedError", "cannot be started: broken"),
    ],
)
def test_without_a_chrome_that_works_it_is_told_what_to_do(tmp_path, monkeypatch, error, advice):
    errors = pytest.importorskip("kaleido.errors", reason="kaleido is not installed")

    def fail(*args, **options):
        raise getattr(errors, error)("broken")

    monkeypatch.setattr("kaleido.write_fig_from_object_sync", fail)
    with pytest.raises(ResultsError, match=advice):
        write_figures([], tmp_path, "pdf")


def test_python_draws_what_the_command_line_draws(evidence, tmp_path, monkeypatch):
    drawn = {}

    def keep(figures, folder, form):
        drawn.update({figure.name: figure for figure in figures})
        return tuple(folder / f"{figure.name}.{form}" for figure in figures)

    monkeypatch.setattr("albench.report.paper.images.write_figures", keep)
    experiment = SimpleNamespace(highlight=(), strategies=())
    opened = SimpleNamespace(evidence=evidence, experiment=experiment)
    files = albench.export_figures(opened, tmp_path, "svg", {"metric": "f1_macro"}, n_columns=2)
    assert tmp_path / "curves-digits.svg" in files
    assert drawn["curves-digits"].size[0] == 672
    words = [item["text"] for item in drawn["curves-digits"].figure["layout"]["annotations"]]
    assert "f1_macro" in words
