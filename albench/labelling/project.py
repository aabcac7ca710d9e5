"""A labelling project: the experiment file, one of its datasets and models, and how far labelling is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from albench.coverage import Coverage
from albench.errors import SpecError
from albench.identity import TrialIdentity
from albench.labelling.data_file import open_data_file
from albench.labelling.progress import read_progress
from albench.labelling.project_log import find_log, read_log
from albench.oracles.perfect import PerfectOracle
from albench.prepared.preprocess import preprocess
from albench.registry.lookup import make_recipe
from albench.rng import preprocessing_seed
from albench.spec.messages import suggest_closest
from albench.splits.division import SplitRows
from albench.text import list_quoted, quote
from albench.trial.records import TrialTask

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from albench.contracts import DatasetSource, Strategy
    from albench.contracts.preprocessing import Preprocessing
    from albench.labelling.data_file import DataFile
    from albench.labelling.progress import Progress
    from albench.labelling.project_log import Event
    from albench.prepared.split_arrays import SplitArrays
    from albench.spec.experiment import Entry, Experiment, ModelEntry

    Named = TypeVar("Named", bound=Entry[Any] | ModelEntry)


@dataclass(frozen=True, eq=False)
class LabellingProject:
    """What a proposal is made from.

    Attributes
    ----------
    events : tuple of Event
        The log so far.
    """

    experiment: Experiment
    dataset: Entry[DatasetSource]
    model: ModelEntry
    data: DataFile
    events: tuple[Event, ...]
    progress: Progress

    @property
    def log(self) -> Path:
        """The log's file."""
        return find_log(self.data.path)

    @property
    def preprocessing(self) -> Preprocessing:
        """What is done to the columns; the first where several are compared."""
        return self.experiment.get_preprocessing(self.dataset.label, self.experiment.preprocessing_labels[0])

    def build_task(self, strategy: Strategy, batch_size: int, metrics: Sequence[str] = ()) -> TrialTask:
        """Return the task of the trial that this project is.

        It is that of the first repeat of the experiment, where the pool is the project's, the seed set is
        what was labelled at the start, and the oracle is a person; ``dataset`` is the project's own name.
        """
        experiment = self.experiment
        seed_set = experiment.seed_sets[0].component.get_method(self.dataset.label)
        oracle = PerfectOracle()
        identity = TrialIdentity(
            dataset=self.progress.project,
            preprocessing=self.preprocessing.fragment(),
            split=experiment.split.fragment(),
            split_index=0,
            validation=0.0,
            start=0,
            seed_size=len(self.progress.batches[0]),
            seed_set=seed_set.fragment(),
            batch_size=batch_size,
            task_model=self.model.task.component.fragment(),
            query_model=self.model.query.component.fragment(),
            strategy=strategy.fragment(),
            arm=0,
            oracle=oracle.fragment(),
            random_state=experiment.random_state,
            ties=experiment.ties,
        )
        named = {entry.component.column: entry.component for entry in experiment.metrics}
        return TrialTask(
            identity=identity,
            coverage=Coverage(0, frozenset(metrics)),
            strategy=make_recipe(strategy),
            seed_set=make_recipe(seed_set),
            oracle=make_recipe(oracle),
            task_model=self.model.task.component,
            query_model=self.model.query.component,
            metrics=tuple(make_recipe(named[name]) for name in metrics),
            signals=(),
            classes=self.data.whole.classes,
        )

    def prepare_arrays(self) -> SplitArrays:
        """Return the features of all rows that can be labelled, and of the labelled ones of the test part."""
        data = self.data
        seed = preprocessing_seed(self.experiment.random_state, dataset=self.progress.project, split=0)
        division = SplitRows(pool=data.pool, test=data.test, validation=data.test[:0])
        return preprocess(data.whole, division, self.preprocessing, seed=seed).arrays


def open_project(
    experiment: Experiment, *, dataset: str | None = None, model: str | None = None
) -> LabellingProject:
    """Read the file and the log of a labelling project.

    Parameters
    ----------
    dataset, model : str, optional
        Labels, needed where the experiment has several.

    Raises
    ------
    SpecError
        If it is not clear which dataset or model is meant.
    DatasetError
        If the file cannot be used, or does not go with its log.
    """
    source = choose_dataset(experiment, dataset)
    chosen_model = choose_entry(experiment.models, model, "model", "--model")
    data = open_data_file(source.component, experiment.folder, experiment.split)
    events = read_log(find_log(data.path))
    return LabellingProject(experiment, source, chosen_model, data, events, read_progress(data, events))


def choose_dataset(experiment: Experiment, label: str | None) -> Entry[DatasetSource]:
    """Return the dataset of that label, or the only one; the smaller pools of a pilot are none."""
    return choose_entry(experiment.leave_out_pilot_pools().datasets, label, "dataset", "--dataset")


def choose_entry(entries: Sequence[Named], label: str | None, what: str, option: str) -> Named:
    """Return the entry of that label, or the only one.

    Raises
    ------
    SpecError
        If there is none, or there are several.
    """
    labels = [entry.label for entry in entries]
    if label is None and len(entries) == 1:
        return entries[0]
    if label is None:
        raise SpecError(
            f"the experiment has {len(labels)} {what}s, {list_quoted(labels, 'and')}: say which: {option}"
        )
    if label not in labels:
        hint = (
            suggest_closest(label, labels)
            or f"there {'is' if len(labels) == 1 else 'are'} {list_quoted(labels, 'and')}"
        )
        raise SpecError(f"the experiment has no {what} {quote(label)}: {hint}")
    return entries[labels.index(label)]
