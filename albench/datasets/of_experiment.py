"""All datasets of an experiment: are they there, what is in them, how large are their pools."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from albench.datasets.facts import DatasetFacts, collect_facts
from albench.datasets.loading import load_table
from albench.datasets.mistakes import Mistakes
from albench.datasets.prices import compute_row_prices
from albench.datasets.recorded_answers import hash_answers
from albench.datasets.representativeness import describe_unlabelled
from albench.datasets.stream_columns import count_stream_columns, describe_stream_columns, explain_unfit_table
from albench.datasets.unlabelled import DENSITY_STRATEGIES
from albench.datasets.warnings import warn_about_accuracy, warn_about_numbers
from albench.errors import DatasetError
from albench.splits.declared import Declared
from albench.splits.division import compute_division_sizes, compute_pool_sizes
from albench.text import list_quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Table
    from albench.spec.experiment import Experiment
    from albench.spec.stream_experiment import StreamExperiment


@dataclass(frozen=True)
class Fetched:
    """A dataset that is in the cache now, or needs none.

    Attributes
    ----------
    new : bool
        Whether it was downloaded just now.
    damaged : bool
        Whether it took the place of a copy that was damaged.
    """

    label: str
    new: bool
    damaged: bool = False


def fetch_datasets(experiment: Experiment) -> Iterator[Fetched]:
    """Download what an experiment lacks, or what was damaged in the cache, dataset by dataset.

    Raises
    ------
    DatasetError
        At the end, if downloads failed, with all of them; the others are in the cache.
    """
    failures = []
    for entry in experiment.datasets:
        damaged = entry.component.damaged(experiment.folder)
        new = damaged or bool(entry.component.lacks(experiment.folder))
        try:
            entry.component.fetch(experiment.folder)
        except DatasetError as error:
            failures.append(str(error))
        else:
            yield Fetched(entry.label, new, damaged)
    if failures:
        raise DatasetError("\n".join(failures))


def load_tables(experiment: Experiment) -> dict[str, Table]:
    """Load every dataset of an experiment, by label; nothing is downloaded.

    Raises
    ------
    DatasetError
        If a dataset cannot be used, or is not in the cache: all of them are told at once.
    """
    folder = experiment.folder
    lacking = [what for entry in experiment.datasets for what in entry.component.lacks(folder)]
    if lacking:
        spec = experiment.path or "SPEC"
        named = ", ".join(dict.fromkeys(lacking))
        raise DatasetError(f"not in the cache: {named}: `albench fetch {spec}` downloads what is missing")
    tables = {}
    mistakes = Mistakes()
    for entry in experiment.datasets:
        with mistakes.collect():
            tables[entry.label] = load_table(entry.component, folder)
    mistakes.raise_all()
    return tables


def read_known_facts(experiment: Experiment, tables: Mapping[str, Table]) -> dict[str, DatasetFacts]:
    """Return what a plan must know about every dataset, by label."""
    facts = {}
    mistakes = Mistakes()
    for label, table in tables.items():
        with mistakes.collect():
            facts[label] = _find_known_facts(experiment, label, table)
    mistakes.raise_all()
    return facts


def _find_known_facts(experiment: Experiment, label: str, table: Table) -> DatasetFacts:
    if table.task == "regression":
        raise DatasetError(
            f"dataset '{label}': its target is a number; query strategies here need classes: store a column "
            "of a few classes (below 10, 10 to 20, ...), and declare that one as target, without task"
        )
    facts = collect_facts(label, table)
    if experiment.primary_metric != "accuracy":
        needless = tuple(warn_about_accuracy(table))
        facts = replace(facts, warnings=tuple(text for text in facts.warnings if text not in needless))
    kept = tuple(describe_unlabelled(table, facts.representativeness))
    columns = (name for entry in experiment.oracles for name in entry.component.recorded_columns())
    answers = hash_answers(table, columns, label)
    if experiment.is_stream:
        misfits = tuple(_list_stream_misfits(cast("StreamExperiment", experiment), label, table))
        warnings = (*facts.warnings, *kept, *describe_stream_columns(table))
        return replace(facts, warnings=warnings, answers=answers, misfits=misfits)
    try:
        pools = _compute_pool_sizes(experiment, facts, table)
    except DatasetError as error:
        looks = "".join(f"; {warning}" for warning in warn_about_numbers(table))
        raise DatasetError(f"dataset '{label}': {error}{looks}") from error
    unused = bool(table.divisions) and not isinstance(experiment.split, Declared)
    notes = ("its own splits are not used: 'split: declared' uses them",) if unused else ()
    prices = compute_row_prices(table, experiment.costs.row, label)
    row_prices = () if prices is None else tuple(prices.tolist())
    warnings = (
        *facts.warnings,
        *kept,
        *_describe_density(experiment, label, table),
        *notes,
    )
    return replace(facts, pools=pools, warnings=warnings, row_prices=row_prices, answers=answers)


def _list_stream_misfits(experiment: StreamExperiment, label: str, table: Table) -> Iterator[tuple[str, str]]:
    """Yield why a dataset is no stream, and which drifts cannot change it."""
    if problem := explain_unfit_table(table, experiment.order):
        text = f"dataset '{label}' is no stream: {problem}"
        if experiment.inapplicable == "error":
            raise DatasetError(text)
        yield "", text
    n_columns = count_stream_columns(table)
    for drift in experiment.drifts:
        if problem := drift.component.find_misfit(n_columns):
            yield drift.label, f"drift '{drift.label}' on dataset '{label}': {problem}"


def _describe_density(experiment: Experiment, label: str, table: Table) -> Iterator[str]:
    """Yield which strategies look at unlabelled rows, where these take part in the density of the pool."""
    if "density" not in table.unlabelled_uses:
        return
    sharing = [(entry.label, entry.component.shares()) for entry in experiment.strategies]
    sharing += [(entry.label, entry.component.shares()) for entry in experiment.seed_sets]
    names = [name for name, needs in sharing if any(need.row_arrays for need in needs)]
    # Their neighbours and clusters are those of rows that they may pick, and are used up as rows are picked.
    spread = [
        entry.label
        for entry in experiment.strategies
        if entry.label not in names and type(entry.component).family in ("density", "diversity")
    ]
    own = (
        f"neighbours and clusters of {list_quoted(spread, 'and')} are among rows that can be queried"
        if spread
        else ""
    )
    if not names:
        raise DatasetError(
            f"dataset '{label}': 'unlabelled: density' changes nothing here: of the built-in strategies "
            f"{list_quoted(DENSITY_STRATEGIES, 'and')} take unlabelled rows into the density of the pool"
            f"{own and '; '}{own}: 'unlabelled: keep' says so"
        )
    others = own or ("the others see the pool alone" if len(names) < len(sharing) else "")
    yield "; ".join(
        filter(None, [f"unlabelled rows take part in the density of {list_quoted(names, 'and')}", others])
    )


def _compute_pool_sizes(experiment: Experiment, facts: DatasetFacts, table: Table) -> tuple[int, ...]:
    """Return the pool of each split; where :func:`compute_pool_sizes` knows none, see that there are some."""
    pools = compute_pool_sizes(
        experiment.split,
        table,
        dataset=facts.hash,
        splits=experiment.repeats.splits,
        validation=experiment.validation,
        random_state=experiment.random_state,
    )
    if not pools:
        compute_division_sizes(experiment.split, facts.class_counts, experiment.validation)
    return pools
