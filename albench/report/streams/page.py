"""What a page of streams prints beside the evidence: where the numbers come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.report.page import Page, describe_component, find_newest
from albench.report.streams.contexts import StreamSizes
from albench.spec.highlight import list_highlighted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from albench.spec.experiment import StreamExperiment


def build_stream_page(
    experiment: StreamExperiment,
    trials: pl.DataFrame,
    *,
    resolved: str,
    environments: Mapping[str, Mapping[str, Any]],
    warnings: tuple[str, ...] = (),
    files: tuple[str, ...] = (),
) -> Page:
    """Collect what a page prints about a run.

    Parameters
    ----------
    experiment : StreamExperiment
    trials : DataFrame
        The table ``stream_trials`` of the run.
    resolved : str
        The experiment with every default filled in, as YAML.
    environments : mapping
        Fingerprint -> description; only those that trials name are kept.
    warnings : tuple of str
        What the readers of the datasets warned of.
    files : tuple of str
        Tables beside the page, as relative paths.
    """
    from importlib.metadata import version

    fingerprints = trials["environment"].drop_nulls().unique().sort().to_list()
    axes = (
        experiment.strategies,
        experiment.managers,
        experiment.drifts,
        tuple(entry.task for entry in experiment.models),
        experiment.oracles,
    )
    return Page(
        title=experiment.title,
        experiment=experiment.name,
        resolved=resolved,
        environments={name: environments.get(name, {}) for name in fingerprints},
        version=version("albench"),
        newest=find_newest(trials),
        splits=experiment.repeats.splits,
        components=tuple(describe_component(entry.label, entry.component) for axis in axes for entry in axis),
        warnings=warnings,
        files=files,
        spec=experiment.path.name if experiment.path else "SPEC",
        highlighted=list_highlighted(experiment),
    )


def list_stream_sizes(trials: pl.DataFrame, datasets: Sequence[str]) -> tuple[StreamSizes, ...]:
    """Return the sizes of the streams on which trials have finished."""
    columns = ("n_rows", "n_features", "n_classes")
    sizes = trials.select("dataset", *columns).drop_nulls().group_by("dataset").max()
    rows = {row["dataset"]: row for row in sizes.iter_rows(named=True)}
    return tuple(
        StreamSizes(label, *(rows[label][name] for name in columns)) for label in datasets if label in rows
    )
