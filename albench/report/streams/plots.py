"""The figures of a page of streams one by one, for a notebook: ``results.plot.curves()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.report.plots import check_label, draw_figure
from albench.report.streams.figures import HOLDOUT, build_answer_picture, build_stream_figures, name_curve
from albench.report.streams.leaderboard import build_stream_styles, choose_lines
from albench.spec.highlight import list_highlighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plotly.graph_objects import Figure

    from albench.analysis.source import StreamReportSource
    from albench.analysis.streams.evidence.conclusions import StreamSliceEvidence
    from albench.report.figures.common import FigurePanel
    from albench.report.streams.figures import StreamFigures


class StreamPlots:
    """The figures of the page, a method each, of the slice that arguments choose as those of ``leaderboard``.

    All return Plotly figures: ``figure.update_layout(...)``, ``figure.show()``, ``figure.write_html(...)``.
    """

    def __init__(self, results: StreamReportSource) -> None:
        self._results = results

    def answer(self) -> Figure:
        """Return the picture of the first screen: the first strategy and its random while rows arrive.

        Raises
        ------
        ResultsError
            If no trial has finished.
        """
        evidence = self._results.evidence
        primary, highlighted = evidence.primary, list_highlighted(self._results.experiment)
        shown = [line.style for line in choose_lines(primary, highlighted)]
        panel = build_answer_picture(primary, shown, name_curve(primary, evidence.design.window))
        if panel is None:
            raise ResultsError("no trial has finished: there is no curve to draw")
        return draw_figure(panel, panel.title)

    def curves(self, dataset: str | None = None, **axes: str | float) -> Figure:
        """Return each strategy beside its random while the rows of a stream arrive.

        Parameters
        ----------
        dataset : str, optional
            Its label; the first one unless given.
        **axes : str or float
            Which slice: the primary one but for these, as ``metric="kappa", budget=0.05``.

        Raises
        ------
        UnknownSliceError
            If there is no such slice or dataset.
        """
        evidence = self._results.evidence
        of = evidence.find_slice(axes)
        name = name_curve(of, evidence.design.window)
        return _draw(_build_figures(of, name).levels, dataset, name, of.slice.metric)

    def spending(self, dataset: str | None = None, **axes: str | float) -> Figure:
        """Return the share of the rows that was bought so far; arguments as :meth:`curves`."""
        figures = _build_figures(self._results.evidence.find_slice(axes))
        return _draw(figures.spending, dataset, "labels bought, share of the rows so far", "share")

    def holdout(self, dataset: str | None = None, **axes: str | float) -> Figure:
        """Return the accuracy on rows that are kept apart, where there are any; as :meth:`curves`."""
        figures = _build_figures(self._results.evidence.find_slice(axes))
        return _draw(figures.holdout, dataset, HOLDOUT, "accuracy")


def _build_figures(evidence: StreamSliceEvidence, curve_name: str = "") -> StreamFigures:
    return build_stream_figures(evidence, build_stream_styles(evidence.strategies), curve_name)


def _draw(panels: Sequence[FigurePanel], dataset: str | None, name: str, y_title: str) -> Figure:
    """Return the panel of a dataset, of the first one unless named."""
    by_dataset = {panel.title: panel for panel in panels}
    label = check_label(dataset, list(by_dataset), f"dataset with a figure of {name}")
    return draw_figure(by_dataset[label], f"{name}, {label}", y_title)
