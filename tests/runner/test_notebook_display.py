"""The bar in a notebook: one display that is drawn anew, few lines however much fails."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from albench.runner import notebook_display
from albench.runner.notebook_display import NotebookDisplay, open_notebook_display
from albench.runner.progress import FinishedJob, RunCounts


class Screen:
    """What a notebook would show: contents by the number of the display."""

    def __init__(self):
        self.shown = []
        self.n_updates = 0

    def display(self, content, *, raw, display_id):
        assert raw
        assert display_id
        self.shown.append(content)
        return self

    def update(self, content, *, raw):
        assert raw
        self.n_updates += 1
        self.shown[-1] = content


@pytest.fixture
def screen(monkeypatch):
    screen = Screen()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython.display", screen)
    return screen


def finish(display, n, status="done", reason=None):
    for i in range(n):
        display.show_result(FinishedJob(f"trial {i}", status, reason, 0.1, 5.0, is_trial=True))


def test_a_run_is_one_display_with_its_counts(screen):
    display = NotebookDisplay()
    display.show_phase("reading data")
    display.start(RunCounts(to_run=4, to_rescore=1, reused=2, kept_failed=0, references=1, n_workers=1))
    finish(display, 6)
    display.stop()
    (content,) = screen.shown
    assert content["text/plain"].startswith("done, 6/6, 2 reused, in ")
    assert content["text/html"].startswith('<div><progress value="6" max="6"></progress> done, 6/6')


def test_what_fails_again_and_again_is_one_line_and_many_reasons_are_few(screen):
    display = NotebookDisplay()
    display.start(RunCounts(to_run=40, to_rescore=0, reused=0, kept_failed=1, references=0, n_workers=1))
    finish(display, 20, "failed", "ValueError: <b>no</b>\nand more")
    for i in range(9):
        display.show_note(f"note {i}")
    display.stop()
    lines = screen.shown[0]["text/plain"].splitlines()
    assert lines[0].startswith("stopped, 20/40, 21 failed, in ")
    assert lines[1:] == [
        "failed: ValueError: <b>no</b>",
        *(f"note: note {i}" for i in range(4)),
        "and 5 more",
    ]
    assert "<b>" not in screen.shown[0]["text/html"]


def test_a_fast_run_is_not_drawn_for_each_trial(screen, monkeypatch):
    monkeypatch.setattr(notebook_display, "_PAUSE_S", 3600)
    display = NotebookDisplay()
    display.start(RunCounts(to_run=500, to_rescore=0, reused=0, kept_failed=0, references=0, n_workers=1))
    finish(display, 500)
    display.stop()
    assert screen.n_updates == 1
    assert screen.shown[0]["text/plain"].startswith("done, 500/500, in ")


def test_there_is_a_bar_in_the_kernel_of_a_notebook_alone(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert open_notebook_display() is None
    for shell, shows in ((None, False), (SimpleNamespace(), False), (SimpleNamespace(kernel=object()), True)):
        interactive = SimpleNamespace(get_ipython=lambda shell=shell: shell)
        monkeypatch.setitem(sys.modules, "IPython", interactive)
        assert (open_notebook_display() is not None) == shows
