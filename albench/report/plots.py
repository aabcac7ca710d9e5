"""The figures of the page one by one, as Plotly figures for a notebook: ``results.plot.curves()``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plotly.graph_objects import Figure

from albench.errors import ResultsError, UnknownSliceError
from albench.report.figures.by_section import build_figures
from albench.report.figures.common import escape_markup
from albench.report.figures.picks import build_picks_panel
from albench.report.figures.stopping import build_regret_panels
from albench.report.first_screen import build_first_screen
from albench.report.html.palette import build_styles
from albench.report.html.theme import CONFIG, PAPER
from albench.report.oracle_screen import build_large_oracle_panel
from albench.report.tables.leaderboard import HEADLINE
from albench.spec.highlight import list_highlighted
from albench.text import list_quoted, quote, suggest_word
from albench.trace.trace import build_story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.source import ReportSource
    from albench.report.figures.by_section import Figures
    from albench.report.figures.common import FigurePanel

_LEGEND_ROW = 19
_ABOVE, _BELOW = 40, 44


class NotebookFigure(Figure):  # type: ignore[misc]
    """A Plotly figure that offers no upload of itself, wherever it is shown."""

    def show(self, *args: Any, **options: Any) -> None:
        """Show it, as any Plotly figure."""
        super().show(*args, **{"config": CONFIG, **options})

    def to_html(self, *args: Any, **options: Any) -> str:
        """Return it as HTML, as any Plotly figure."""
        return str(super().to_html(*args, **{"config": CONFIG, **options}))

    def write_html(self, *args: Any, **options: Any) -> None:
        """Write it as HTML, as any Plotly figure."""
        super().write_html(*args, **{"config": CONFIG, **options})

    def _ipython_display_(self) -> None:
        self.show()


class Plots:
    """The figures of the page, a method each, of the slice that arguments choose as those of ``leaderboard``.

    All return Plotly figures: ``figure.update_layout(...)``, ``figure.show()``, ``figure.write_html(...)``.
    """

    def __init__(self, results: ReportSource) -> None:
        self._results = results

    def answer(self) -> Figure:
        """Return the picture of the first screen: the curves, and what the first strategy saves or gains.

        Of a pilot, what is expected of more labels; oracles that are compared by their money have
        :meth:`oracles`.

        Raises
        ------
        ResultsError
            If there is no curve of random.
        """
        whole, highlighted = self._results.evidence, list_highlighted(self._results.experiment)
        evidence = whole.primary
        screen = build_first_screen(evidence, highlighted, pilot=whole.pilot)
        if screen is None:
            raise ResultsError("random has no curve: there is nothing to compare with")
        return draw_figure(screen.picture, screen.picture.title)

    def oracles(self, dataset: str | None = None) -> Figure:
        """Return what each oracle gives for its money, and what one level costs under each.

        Parameters
        ----------
        dataset : str, optional
            Its label; if there are several datasets, their mean unless given.

        Raises
        ------
        UnknownSliceError
            If there is no such dataset.
        ResultsError
            If no two oracles are compared by their money.
        """
        evidence = self._results.evidence
        name = dataset and check_label(dataset, evidence.primary.datasets, "dataset")
        panel = build_large_oracle_panel(evidence, name)
        if panel is None:
            raise ResultsError(
                "no oracles are compared by their money: it takes two with enough repeats, prices other than "
                "1 a label, and of several datasets costs that all have in common, or the name of one"
            )
        return draw_figure(panel, panel.title, evidence.primary.slice.metric)

    def curves(self, dataset: str | None = None, **axes: str | int) -> Figure:
        """Return the learning curves of a dataset, or their mean over all datasets.

        Parameters
        ----------
        dataset : str, optional
            Its label; if there are several datasets, their mean unless given.
        **axes : str or int
            Which slice: the primary one but for these, as ``metric="log_loss", model="svm_rbf"``.

        Raises
        ------
        UnknownSliceError
            If there is no such slice or dataset.
        ResultsError
            If the datasets have no mean.
        """
        evidence = self._results.evidence.find_slice(axes)
        figures = _build_figures(evidence)
        panel = _choose_panel(dataset, evidence, figures.levels, figures.mean[:1])
        return draw_figure(panel, f"{evidence.slice.metric}, {panel.title}", evidence.slice.metric)

    def differences(self, dataset: str | None = None, **axes: str | int) -> Figure:
        """Return the curves of the difference to random in the same repeat; arguments as :meth:`curves`."""
        evidence = self._results.evidence.find_slice(axes)
        figures = _build_figures(evidence)
        panel = _choose_panel(dataset, evidence, figures.differences, figures.mean[1:])
        difference = f"difference in {evidence.slice.metric}"
        return draw_figure(panel, f"{difference} to random, {panel.title}", difference)

    def saving(self, strategy: str | None = None, *, target: str = HEADLINE, **axes: str | int) -> Figure:
        """Return the share of random's labels that a strategy saves on each dataset, with intervals.

        Parameters
        ----------
        strategy : str, optional
            Its label; the first of the leaderboard unless given.
        target : str
            The level up to which labels are counted: ``final``, the worse of both final levels; or ``90``,
            ``95`` or ``99`` percent of the way from the seed set to the model trained on the whole pool.
        **axes : str or int
            As for :meth:`curves`.

        Raises
        ------
        UnknownSliceError
            If there is no such slice, strategy or target.
        """
        evidence = self._results.evidence.find_slice(axes)
        panels_by_target = _build_figures(evidence).savings
        if target not in panels_by_target:
            targets = list_quoted(panels_by_target, "and")
            raise UnknownSliceError(f"no target {quote(target)}; there are {targets}")
        panels = {panel.style.label: panel for panel in panels_by_target[target] if panel.style}
        name = check_label(strategy, list(panels), "strategy that is compared with random")
        return draw_figure(panels[name], f"labels that {name} saves")

    def cost(self, **axes: str | int) -> Figure:
        """Return the gain of each strategy over the processor time of its queries; as :meth:`curves`."""
        return draw_figure(
            _build_figures(self._results.evidence.find_slice(axes)).cost[1], "what the gain costs"
        )

    def stopping(self) -> Figure:
        """Return the regret of each stopping rule by what a point of the metric is worth.

        Raises
        ------
        ResultsError
            If there are no stopping rules, or no trial can be judged.
        """
        evidence = self._results.evidence
        metric = evidence.primary.slice.metric
        panels = build_regret_panels(evidence.stopping, metric) if evidence.stopping else ()
        if not panels:
            raise ResultsError("no stopping rule is judged: the experiment has none, or no trial allows it")
        return draw_figure(panels[0], panels[0].title)

    def profile(self) -> Figure:
        """Return which share of the repeats gets how far on the way to the whole pool, in the primary slice.

        Raises
        ------
        ResultsError
            If no model trained on a whole pool is better than the seed level.
        """
        panels = _build_figures(self._results.evidence.primary).profile
        if not panels:
            raise ResultsError("no model trained on a whole pool is better than that of the seed set")
        return draw_figure(panels[0], "performance profile")

    def picks(
        self, trial: str | None = None, *, strategy: str | None = None, dataset: str | None = None
    ) -> Figure:
        """Return the pool of a trial in two dimensions, its labelled rows coloured by the round.

        Parameters
        ----------
        trial : str, optional
            Its key, or the first signs of it.
        strategy, dataset : str, optional
            Where no key is given: the first repeat of a strategy (the first of the leaderboard) on a dataset
            (the first of the spec) in the primary slice.

        Raises
        ------
        ResultsError
            If there is no such trial, or its data are not at hand.
        """
        results = self._results
        key = trial or _find_first_trial(results.evidence.primary, strategy, dataset)
        panel = build_picks_panel(build_story(results, key))
        # At its right side stands the scale of the rounds.
        legend = {"orientation": "h", "y": -0.14, "itemsizing": "constant"}
        return draw_figure(panel, panel.title).update_layout(legend=legend)


def _build_figures(evidence: SliceEvidence) -> Figures:
    return build_figures(evidence, build_styles(evidence.strategies, evidence.baseline))


def _choose_panel(
    dataset: str | None, evidence: SliceEvidence, panels: Sequence[FigurePanel], mean: Sequence[FigurePanel]
) -> FigurePanel:
    if dataset is None and mean:
        return replace(mean[0], title="mean over the datasets")
    if dataset is None and len(panels) > 1:
        raise ResultsError(f"the datasets have no mean curve: name one of {list_quoted(evidence.datasets)}")
    return panels[evidence.datasets.index(check_label(dataset, evidence.datasets, "dataset"))]


def check_label(label: str | None, labels: Sequence[str], what: str) -> str:
    """Return a label that is there; the first one if none is given."""
    if label is None and labels:
        return labels[0]
    if label is None or label not in labels:
        hint = suggest_word(label or "", labels)
        raise UnknownSliceError(f"no {what}{f' called {quote(label)}; {hint}' if label else ''}")
    return label


def _find_first_trial(evidence: SliceEvidence, strategy: str | None, dataset: str | None) -> str:
    name = check_label(strategy, [*evidence.contenders, evidence.baseline], "strategy")
    where = check_label(dataset, evidence.datasets, "dataset")
    repeats = evidence.repeat_curves.get(where)
    if repeats is None or name not in repeats.first:
        raise ResultsError(f"{quote(name)} has no finished trial on {quote(where)}")
    return repeats.first[name]


def draw_figure(panel: FigurePanel, title: str, y_title: str = "") -> Figure:
    """Return a panel as a figure that stands alone."""
    figure = NotebookFigure(panel.figure)
    names = {trace.name for trace in figure.data if trace.name}
    for trace in figure.data:
        trace.showlegend = bool(trace.name) and len(names) > 1
    figure.update_layout(
        template=PAPER.build_template(),
        paper_bgcolor="white",
        title={"text": escape_markup(title), "x": 0, "xanchor": "left", "font": {"size": 14}},
        margin={"l": 8, "r": 18, "t": _ABOVE, "b": 16},
        showlegend=len(names) > 1,
        height=max(panel.height + _ABOVE + _BELOW, _LEGEND_ROW * len(names) + _ABOVE),
    )
    if y_title:
        figure.update_yaxes(title={"text": escape_markup(y_title)})
    return figure
