"""What noise does: gains over random and shares of wrong labels against the error rates of oracles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.oracle_outcomes import order_by_noise
from albench.report.figures.common import (
    FigurePanel,
    build_level_line,
    build_points,
    build_whiskers,
    check_figure,
    escape_markup,
    measure_arms,
)
from albench.report.html.numbers import format_percent, format_signed, format_span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.evidence.cells import Interval
    from albench.analysis.evidence.oracles import OracleOutcome
    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style

_Point = tuple[float, float, "Interval | None"]


def build_noise_panels(
    outcomes: Sequence[OracleOutcome], styles: Mapping[str, Style]
) -> tuple[FigurePanel, ...]:
    """Return two figures for each kind of oracle of which several error rates are in the experiment."""
    return tuple(
        panel
        for place, (kind, series) in enumerate(order_by_noise(outcomes).items())
        for panel in (
            _build_gain_panel(f"noise-gain-{place}", kind, series, styles),
            _build_wrong_panel(f"noise-wrong-{place}", kind, series, styles),
        )
    )


def build_dataset_noise_panels(
    outcomes: Sequence[OracleOutcome], styles: Mapping[str, Style]
) -> tuple[FigurePanel, ...]:
    """Return a figure of the gains on each dataset for each kind of oracle; nothing of a single dataset."""
    return tuple(
        _build_gain_panel(f"noise-gain-{place}-{number}", kind, series, styles, dataset)
        for place, (kind, series) in enumerate(order_by_noise(outcomes).items())
        for number, dataset in enumerate(series[0].slice.datasets)
        if len(series[0].slice.datasets) > 1
    )


def _build_gain_panel(
    identifier: str,
    kind: str,
    series: Sequence[OracleOutcome],
    styles: Mapping[str, Style],
    dataset: str = "",
) -> FigurePanel:
    metric = series[0].slice.slice.metric
    contenders = [name for name, style in styles.items() if not style.baseline]
    lines = {name: list(_list_gains(series, name, dataset)) for name in contenders}
    data = [_build_line(points, styles[name]) for name, points in lines.items() if points]
    zero = build_level_line([outcome.error_rate or 0.0 for outcome in series], 0.0)
    layout = _build_layout("gain" if dataset else f"gain in {escape_markup(metric)}", ".3~g")
    alt = "; ".join(
        f"{name}: " + ", ".join(f"{format_signed(y)} at {format_percent(x)}" for x, y, _ in points)
        for name, points in lines.items()
    )
    title = f"{dataset} ({kind})" if dataset else f"Gain over random against noise ({kind})"
    return FigurePanel(
        identifier, title, alt, check_figure([zero, *data], layout), height=240 if dataset else 320
    )


def _list_gains(series: Sequence[OracleOutcome], strategy: str, dataset: str) -> Iterator[_Point]:
    for outcome in series:
        if dataset:
            cell = outcome.slice.find_cell(dataset, strategy)
            gain, interval = (cell.difference, cell.interval) if cell else (None, None)
        else:
            row = outcome.slice.find_row(strategy)
            gain, interval = (row.difference, row.interval_these) if row else (None, None)
        if gain is not None:
            yield outcome.error_rate or 0.0, gain, interval


def _build_wrong_panel(
    identifier: str, kind: str, series: Sequence[OracleOutcome], styles: Mapping[str, Style]
) -> FigurePanel:
    shares = {
        name: [(outcome.error_rate or 0.0, _find_wrong(outcome, name), None) for outcome in series]
        for name in styles
    }
    lines = {
        name: [(x, y, none) for x, y, none in points if y is not None] for name, points in shares.items()
    }
    data = [_build_line(points, styles[name], percent=True) for name, points in lines.items() if points]
    layout = _build_layout("wrong labels bought", ".0%")
    layout["yaxis"]["rangemode"] = "tozero"
    alt = "; ".join(
        f"{name}: " + ", ".join(f"{format_percent(y)} at {format_percent(x)}" for x, y, _ in points)
        for name, points in lines.items()
    )
    title = f"Wrong labels bought against noise ({kind})"
    return FigurePanel(identifier, title, alt, check_figure(data, layout), height=320)


def _find_wrong(outcome: OracleOutcome, strategy: str) -> float | None:
    if not outcome.given:
        return 0.0
    return next((given.wrong.share for given in outcome.given if given.strategy == strategy), None)


def _build_layout(title: str, tickformat: str) -> Layout:
    return {
        "xaxis": {"title": {"text": "stated share of wrong labels in the pool"}, "tickformat": ".0%"},
        "yaxis": {"title": {"text": title}, "tickformat": tickformat},
    }


def _build_line(points: Sequence[_Point], style: Style, *, percent: bool = False) -> Trace:
    arms = [measure_arms(y, interval) for _, y, interval in points]
    words = [
        f"{style.label} at {format_percent(x)}: "
        + (format_percent(y) if percent else f"{format_signed(y)} {format_span(interval)}")
        for x, y, interval in points
    ]
    x, y = [x for x, _, _ in points], [y for _, y, _ in points]
    trace = build_points(x, y, words, "lines+markers") | {
        "meta": style.id,
        "line": {"color": style.colour, "width": 2, "dash": style.plotly_dash},
        "marker": {"color": style.colour, "size": 7},
    }
    return trace if percent else {**trace, "error_y": build_whiskers(arms, style)}
