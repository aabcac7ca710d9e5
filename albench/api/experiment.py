"""An experiment as it is asked for: its spec, its plan, its results folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from albench.store.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.contracts import Table
    from albench.datasets.of_experiment import Fetched
    from albench.planning.plan import Plan
    from albench.spec.experiment import Experiment
    from albench.spec.stream_experiment import StreamExperiment

    Spec = Experiment | str | Path | Mapping[str, Any]

Rerun = Literal["missing", "failed", "all"]
Backend = Literal["loky", "dask", "inline"]
RESULTS = Path("results")


def load_experiment(spec: Spec) -> Experiment:
    """Read an experiment, with the modules that it names.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        The path of a YAML file, its text, or a dict of the same shape. A ``str`` of several lines, or one
        that begins with ``{``, is text. Relative paths in a file start from its folder, others from the
        working directory. An experiment without a ``name`` is called as its file, or else ``experiment``:
        that is its folder within ``results``, where what is the same for a changed spec is found again.

    Raises
    ------
    SpecError
        With all mistakes at once, each at its line and column; in a dict, at its key (``strategies[2]``).
    """
    from albench.spec.experiment import Experiment
    from albench.spec.read import load_experiment as load_file
    from albench.spec.read import load_experiment_text

    if isinstance(spec, Experiment):
        return spec
    if isinstance(spec, Path) or (isinstance(spec, str) and not _is_yaml(spec)):
        return load_file(Path(spec), import_user_code=True)
    return load_experiment_text(spec)


def _is_yaml(text: str) -> bool:
    """Say whether a text is that of a spec rather than a path."""
    return "\n" in text or text.lstrip().startswith("{")


def fetch(spec: Spec) -> Iterator[Fetched]:
    """Download the datasets of an experiment that are not in the cache, one after the other.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.

    Yields
    ------
    Fetched
        One a dataset: its label, and whether it was downloaded just now.

    Raises
    ------
    DatasetError
        At the end, if downloads failed, with all of them.
    """
    from albench.datasets.of_experiment import fetch_datasets

    yield from fetch_datasets(load_experiment(spec))


def override_execution(experiment: Experiment, **settings: Any) -> Experiment:
    """Return the experiment with what is told of its execution; None leaves what the spec says."""
    changes = {name: value for name, value in settings.items() if value is not None}
    return replace(experiment, execution=experiment.execution.model_copy(update=changes))


def plan_experiment(experiment: Experiment) -> tuple[Plan, dict[str, Table]]:
    """Return the whole plan of an experiment, and its datasets by their labels."""
    from albench.datasets.of_experiment import load_tables, read_known_facts
    from albench.planning.grid import make_plan
    from albench.planning.grid_size import check_size

    check_size(experiment)
    tables = load_tables(experiment)
    facts = read_known_facts(experiment, tables)
    if experiment.is_stream:
        from albench.planning.stream_grid import make_stream_plan

        return make_stream_plan(cast("StreamExperiment", experiment), facts), tables
    return make_plan(experiment, facts), tables


def open_folder(experiment: Experiment, results: str | Path) -> ResultsFolder:
    """Return the results folder of an experiment, which may not be there yet."""
    return ResultsFolder(Path(results) / experiment.name).examine()
