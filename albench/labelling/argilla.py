"""Records for Argilla, and answers from what it exports.

The format is that of ``rg.Record.from_dict`` and ``to_dict`` (docs.argilla.io, reference of ``rg.Record``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.labelling.proposal import Proposal


def build_records(
    proposal: Proposal, cells: Sequence[Mapping[str, Any]], *, with_predictions: bool
) -> list[dict[str, Any]]:
    """Return one record a row: its cells as text in ``fields``, what else is known of it in ``metadata``.

    Parameters
    ----------
    cells : sequence of mapping of str to value
        Of each row, without the target.
    with_predictions : bool
        Whether the annotator sees the class that the model gives.
    """
    target = proposal.project.data.source.target_name
    records = []
    for row, columns in zip(proposal.rows, cells, strict=True):
        suggestion = {"value": row.predicted, "score": row.probability, "agent": proposal.project.model.label}
        metadata = {
            "reason": row.reason,
            "strategy": proposal.label,
            "round": proposal.project.progress.round,
            "order": row.order,
            "utility": row.shown_utility,
        }
        records.append(
            {
                "id": row.key,
                "fields": {name: "" if cell is None else str(cell) for name, cell in columns.items()},
                "metadata": {name: value for name, value in metadata.items() if value is not None},
                "suggestions": {target: suggestion} if with_predictions else {},
            }
        )
    return records


def is_export(item: Any) -> bool:
    """Say whether an item of a JSON file is a record that Argilla exported."""
    return isinstance(item, dict) and isinstance(item.get("responses"), dict) and "fields" in item


def read_responses(record: Mapping[str, Any], target: str) -> Iterator[tuple[str, str]]:
    """Yield class and annotator of every response to the question that is called as the target."""
    for response in record["responses"].get(target, []):
        value = response["value"]
        yield "" if value is None else str(value), str(response.get("user_id", ""))
