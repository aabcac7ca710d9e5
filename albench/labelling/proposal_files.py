"""A proposal as a file for people: CSV, JSON lines, tasks of Label Studio, records of Argilla."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Literal

from albench.labelling import argilla, label_studio
from albench.labelling.label_studio import REASON, ROW

if TYPE_CHECKING:
    import polars as pl

    from albench.labelling.proposal import Proposal, Proposed

ProposalFormat = Literal["csv", "jsonl", "label-studio", "argilla"]
ORDER, UTILITY, PREDICTED = "albench_order", "albench_utility", "albench_predicted"
_OWN = (ROW, REASON, ORDER, UTILITY, PREDICTED)


def format_proposal(proposal: Proposal, form: ProposalFormat, *, with_predictions: bool = False) -> str:
    """Return a proposal as text.

    Parameters
    ----------
    with_predictions : bool
        Whether it says which class the model gives each row: who sees one tends to agree.
    """
    cells = list_cells(proposal)
    if form == "label-studio":
        return _format_json(label_studio.build_tasks(proposal, cells, with_predictions=with_predictions))
    if form == "argilla":
        return _format_json(argilla.build_records(proposal, cells, with_predictions=with_predictions))
    pairs = zip(proposal.rows, cells, strict=True)
    rows = [_describe_row(proposal, row, own, with_predictions=with_predictions) for row, own in pairs]
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def build_proposal_frame(proposal: Proposal) -> pl.DataFrame:
    """Return a proposal as a table, with nothing in the target's column."""
    import polars as pl

    pairs = zip(proposal.rows, list_cells(proposal), strict=True)
    rows = [_describe_row(proposal, row, own, with_predictions=False) for row, own in pairs]
    return pl.DataFrame(rows, infer_schema_length=None)


def list_cells(proposal: Proposal) -> list[dict[str, Any]]:
    """Return the cells of each proposed row as they stand in the file, without labels of any kind."""
    data = proposal.project.data
    shown = data.frame.drop(data.source.target_name, *data.source.answers)
    # A file that was a proposal once has columns of ours.
    return shown.drop(_OWN, strict=False)[[row.row for row in proposal.rows]].to_dicts()


def _describe_row(
    proposal: Proposal, row: Proposed, cells: dict[str, Any], *, with_predictions: bool
) -> dict[str, Any]:
    return {
        ROW: row.key,
        # Beside its name: it is the column to fill in.
        proposal.project.data.source.target_name: "",
        ORDER: row.order,
        UTILITY: row.shown_utility,
        REASON: row.reason,
        **({PREDICTED: row.predicted} if with_predictions else {}),
        **cells,
    }


def _format_json(items: list[dict[str, Any]]) -> str:
    return json.dumps(items, ensure_ascii=False, indent=1, default=str) + "\n"
