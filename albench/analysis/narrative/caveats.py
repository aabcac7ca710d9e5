"""What an answer rests on: the control, what is left out, what failed or is missing, what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.narrative.wording import count, difference, listed, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence import Cell, Failure, Row
    from albench.analysis.narrative.primary_slice import Setting


def control(setting: Setting) -> str:
    """Return what the A/A control says."""
    aa = setting.found.control
    if aa.fired:
        return (
            f"Verdicts are withheld: {aa.reason}. Independent random orders should not differ, so "
            f"differences between strategies cannot be trusted either."
        )
    if aa.available:
        return f"The control holds: {aa.reason}."
    return f"There is no A/A control: {aa.reason}."


def coverage(setting: Setting) -> Iterator[str]:
    """Yield what is left out, where and why."""
    for row in setting.found.rows:
        yield from _absent(setting, row)
    for dataset in setting.found.datasets:
        names = [f"{cell.strategy} ({cell.n_paired} paired)" for cell in _too_few(setting, dataset)]
        if names:
            yield (
                f"Left out on {dataset}, where fewer than 80 % of {count(setting.asked, 'repeat')} are "
                f"paired with random: {listed(names)}."
            )
    looking = [row.strategy for row in setting.found.rows if row.label_looking]
    if looking:
        why = "it sees" if len(looking) == 1 else "they see"
        yield f"Neither ranked nor tested, because {why} hidden labels: {listed(looking)}."


def _absent(setting: Setting, row: Row) -> Iterator[str]:
    cells = setting.of(row)
    absent = [cell for cell in cells if not cell.n_repeats]
    if not absent:
        return
    failed = sum(cell.n_failed for cell in absent)
    why = f" ({count(failed, 'trial')} failed)" if failed else ""
    if len(absent) == len(cells):
        yield f"{row.strategy} has no finished trial with {setting.metric}{why}: nothing is said of it."
    else:
        names = listed([cell.dataset for cell in absent])
        yield f"{row.strategy} has no finished trial with {setting.metric} on {names}{why}."


def _too_few(setting: Setting, dataset: str) -> list[Cell]:
    covered = [cell for row in setting.found.rows[1:] for cell in setting.covered(row)]
    cells = [cell for row in setting.found.rows[1:] for cell in setting.of(row)]
    return [cell for cell in cells if cell.dataset == dataset and cell.n_repeats and cell not in covered]


def sensitivity(setting: Setting) -> Iterator[str]:
    """Yield the best strategy's mean difference with what it lacks counted as random's, if it lacks any."""
    best = setting.best
    lacks = any(cell.n_paired < setting.asked for cell in setting.of(best))
    if lacks and best.sensitivity is not None:
        yield (
            f"With every repeat that {best.strategy} lacks counted as equal to random, its mean difference "
            f"is {difference(best.sensitivity, None)}."
        )


def trials(failures: Sequence[Failure], n_missing: int) -> Iterator[str]:
    """Yield how many trials failed, and how many are still to run."""
    if failures:
        by_strategy = {
            name: sum(f.strategy == name for f in failures) for name in {f.strategy for f in failures}
        }
        names = [f"{name} ({number})" for name, number in sorted(by_strategy.items())]
        yield f"{count(len(failures), 'trial')} did not finish: {listed(names)}."
    if n_missing:
        verb = "is" if n_missing == 1 else "are"
        yield f"{count(n_missing, 'trial')} {verb} still missing: all of this is provisional."


def cost(setting: Setting) -> Iterator[str]:
    """Yield what the best strategy's queries cost beside random's."""
    row = setting.best
    if row.query_s_per_label is not None and setting.random.query_s_per_label is not None:
        yield (
            f"Choosing a label costs {row.strategy} {seconds(row.query_s_per_label)} of processor time, "
            f"random {seconds(setting.random.query_s_per_label)}."
        )
