"""Tasks for Label Studio, the labelling interface that shows them, and answers from its exports.

The format is the one documented at labelstud.io/guide/tasks (import) and labelstud.io/guide/export (export).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from albench.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.labelling.proposal import Proposal

ROW, REASON = "albench_row", "albench_reason"


def build_tasks(
    proposal: Proposal, cells: Sequence[Mapping[str, Any]], *, with_predictions: bool
) -> list[dict[str, Any]]:
    """Return one task a row: its cells as ``data``, what else is known of it as ``meta``.

    Parameters
    ----------
    cells : sequence of mapping of str to value
        Of each row, without the target.
    with_predictions : bool
        Whether the annotator sees the class that the model gives.
    """
    target = proposal.project.data.source.target_name
    tasks = []
    for row, columns in zip(proposal.rows, cells, strict=True):
        task: dict[str, Any] = {
            "data": {**columns, ROW: row.key, REASON: row.reason},
            "meta": {
                "strategy": proposal.label,
                "round": proposal.project.progress.round,
                "order": row.order,
                "utility": row.shown_utility,
            },
        }
        if with_predictions:
            result = {
                "from_name": target,
                "to_name": find_shown_column(proposal, cells),
                "type": "choices",
                "value": {"choices": [row.predicted]},
            }
            score = {} if row.probability is None else {"score": row.probability}
            task["predictions"] = [
                {"model_version": proposal.project.model.label, "result": [result], **score}
            ]
        tasks.append(task)
    return tasks


def find_shown_column(proposal: Proposal, cells: Sequence[Mapping[str, Any]]) -> str:
    """Return the column that the choice belongs to: the first text column, or else the first one."""
    columns = (*proposal.project.data.source.text, *cells[0])
    return columns[0] if columns else ROW


def write_interface(proposal: Proposal, cells: Sequence[Mapping[str, Any]]) -> str:
    """Return the labelling interface (XML) that shows the tasks, for the project's settings."""
    data = proposal.project.data
    shown = find_shown_column(proposal, cells)
    headers = [
        f"  <Header value={quoteattr(f'{name}: ${name}')}/>"
        for name in (cells[0] if cells else ())
        if name != shown
    ]
    choice_of = f"name={quoteattr(data.source.target_name)} toName={quoteattr(shown)}"
    choices = [f"    <Choice value={quoteattr(name)}/>" for name in data.whole.classes]
    return "\n".join(
        [
            "<View>",
            f"  <Text name={quoteattr(shown)} value={quoteattr('$' + shown)}/>",
            *headers,
            f'  <Choices {choice_of} choice="single-radio">',
            *choices,
            "  </Choices>",
            "</View>",
        ]
    )


def is_export(item: Any) -> bool:
    """Say whether an item of a JSON file is a task of a Label Studio export."""
    return isinstance(item, dict) and isinstance(item.get("annotations"), list) and "data" in item


def read_choices(task: Mapping[str, Any], target: str, place: str) -> Iterator[tuple[str, str]]:
    """Yield class and annotator of every annotation of an exported task; no class where it was skipped.

    Raises
    ------
    DatasetError
        If an annotation chooses several classes.
    """
    for annotation in task["annotations"]:
        who = annotation.get("completed_by", "")
        annotator = str(who.get("email") or who.get("id", "") if isinstance(who, dict) else who)
        if annotation.get("was_cancelled"):
            yield "", annotator
            continue
        results = [item for item in annotation.get("result", []) if item.get("type") == "choices"]
        named = [item for item in results if item.get("from_name") == target]
        choices = [choice for item in named or results for choice in item["value"]["choices"]]
        if len(choices) > 1:
            raise DatasetError(f"{place}: an annotation chooses {len(choices)} classes, {', '.join(choices)}")
        yield choices[0] if choices else "", annotator
