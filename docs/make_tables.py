"""Write ``tables.md`` from the declarations of the tables: ``python docs/make_tables.py``."""

from __future__ import annotations

from pathlib import Path

from albench.tables import AGREEMENT, COST_LEADERBOARD, GROWTH, RECOVERY_LEADERBOARD, TABLES, Column

TARGET = Path(__file__).with_name("tables.md")
HEAD = """\
# Tables

Written from `albench/tables/` by `python docs/make_tables.py`; a test holds it current.

`albench run` and `albench report` write each table as CSV and Parquet into `results/NAME/tables`; in Python
they are `results.trials`, `curves`, `queries`, `annotations`, `references`, `stops` and `leaderboard()`.
Columns in *italics* are times and machines, which are never compared between runs.
"""
NOTES = {
    "trials": "One row a trial.",
    "curves": "One row a round of a trial; a column more for each metric, and for each signal.",
    "queries": "One row a label.",
    "annotations": "One row an answer, in the order in which they were bought; there only where several "
    "annotators are asked, or one is asked again.",
    "references": "One row a model that was trained on a whole pool; a column more for each metric.",
    "stops": "One row a trial and a stopping rule; written where an experiment has `stopping` rules. "
    "[When to stop](stopping.md) says how rules are judged.",
    "repeats": "One row a cell; there only with `repeats: {until: decided}`: [How many repeats](repeats.md).",
    "stream_trials": "One row a trial of `scenario: stream`, whose tables are this one, `stream_curves`, "
    "`stream_leaderboard` and, where repeats go on until cells are decided, `stream_repeats`. "
    "Followed by a pair of columns for each metric at the last row: `accuracy`, "
    "`random_accuracy`, `kappa`, `random_kappa`, `kappa_temporal`, `random_kappa_temporal`; `random_` is "
    "random sampling of as many labels of the same stream by the same learner.",
    "stream_curves": "One row a checkpoint of such a trial. Followed by the same pairs over all rows so far, "
    "and by pairs over the last `window` rows: `window_accuracy`, `random_window_accuracy` and so on; with "
    "`holdout`, by pairs on the rows that are kept apart: `holdout_accuracy`, `random_holdout_accuracy`, "
    "`holdout_kappa`, `random_holdout_kappa`.",
    "stream_repeats": "One row a cell of streams; there only with `repeats: {until: decided}`: "
    "[How many repeats](repeats.md).",
    "stream_leaderboard": "One row a strategy in the primary slice of an experiment on streams, in the order "
    "of the page. Followed by the same pairs as `stream_trials`: means over the datasets that count.",
    "leaderboard": "One row a strategy in the primary slice: random first, then strategies shown to be "
    "better than random (`p_these`), those not told apart from it, those shown to be worse; among them by "
    "the difference to random, those that lack a dataset behind the others; strategies that see hidden "
    "labels last. The page, its answer, its download and `albench export` have the same order.",
}
COSTS = """\
Where anything costs something else than 1 a label ([Costs](costs.md)), these follow:
"""


RECOVERIES = """\
Where there is a drift, these follow: [who recovers sooner](statistics.md#streams):
"""


SEVERAL_ANSWERS = """\
Where rows have several answers, of several annotators or because they were asked again, these columns of
`curves` say how far the answers agree beyond chance: [Oracles](oracles.md#second-answers).
"""


GROWING_BATCHES = """\
Where two batch sizes of an experiment begin with the same number, as `[{geometric: 1.5}, 10]` do, this column
of `trials`, and of `repeats` below, tells them apart:
"""


def format_page() -> str:
    """Return the whole page."""
    tables = [_format_table(name, columns) for name, columns in TABLES.items()]
    # From the last to the first: each moves those behind it.
    tables.insert(
        list(TABLES).index("stream_leaderboard") + 1,
        "\n".join([RECOVERIES, *_format_rows(RECOVERY_LEADERBOARD), ""]),
    )
    tables.insert(
        list(TABLES).index("leaderboard") + 1, "\n".join([COSTS, *_format_rows(COST_LEADERBOARD), ""])
    )
    agreement = [SEVERAL_ANSWERS, *_format_rows(AGREEMENT), ""]
    tables.insert(list(TABLES).index("curves") + 1, "\n".join(agreement))
    tables.insert(
        list(TABLES).index("trials") + 1, "\n".join([GROWING_BATCHES, *_format_rows((GROWTH,)), ""])
    )
    return "\n".join([HEAD, *tables])


def _format_table(name: str, columns: tuple[Column, ...]) -> str:
    return "\n".join([f"## {name}", "", NOTES[name], "", *_format_rows(columns), ""])


def _format_rows(columns: tuple[Column, ...]) -> list[str]:
    rows = [f"| {_format_name(column)} | {column.type} | {column.meaning} |" for column in columns]
    return ["| column | type | |", "|---|---|---|", *rows]


def _format_name(column: Column) -> str:
    return f"*`{column.name}`*" if column.volatile else f"`{column.name}`"


if __name__ == "__main__":
    TARGET.write_text(format_page(), encoding="utf-8")
