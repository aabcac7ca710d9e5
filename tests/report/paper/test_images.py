"""What stands between figures and their files: a program that draws them."""

from __future__ import annotations

import pytest

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
