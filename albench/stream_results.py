"""What Python users hold of an experiment on streams: its tables, the answer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.results import Results
from albench.spec.highlight import list_highlighted
from albench.spec.stream_experiment import StreamExperiment
from albench.store.stream_parts import (
    HOLDOUT_SCORES,
    SCORES,
    build_stream_curves_table,
    build_stream_trials_table,
)

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from albench.analysis.needed_repeats import CellRepeats
    from albench.analysis.streams.evidence.conclusions import StreamEvidence
    from albench.narrative import Check
    from albench.report.streams.plots import StreamPlots
    from albench.spec.experiment import Experiment
    from albench.store.folder import ResultsFolder
    from albench.trace.trace import Story


def choose_results(experiment: Experiment) -> type[Results]:
    """Return the class of results of an experiment."""
    return StreamResults if isinstance(experiment, StreamExperiment) else Results


def read_results(current: Experiment, folder: ResultsFolder, *, import_user_code: bool) -> Results:
    """Return the results of the experiment that a folder says was run; the current one may differ."""
    from albench.store.recorded_experiment import read_recorded_experiment

    recorded = read_recorded_experiment(folder, current, import_user_code=import_user_code)
    # The spec may be one of pools by now, and the folder one of streams.
    kind = choose_results(recorded.experiment)
    return kind(recorded.experiment, folder, differences=recorded.differences)


class StreamResults(Results):
    """The results of an experiment on streams, read when first asked for; ``print`` says the answer."""

    experiment: StreamExperiment

    @cached_property
    def trials(self) -> pl.DataFrame:
        """One row a trial, the table ``stream_trials``; ``docs/tables.md`` says what each column is."""
        return build_stream_trials_table(self._labels[0], self.folder.read_stream_trials(self._keys))

    @cached_property
    def curves(self) -> pl.DataFrame:
        """One row a checkpoint of a trial, the table ``stream_curves``; ``key`` is that of ``trials``."""
        scores = (*SCORES, *(HOLDOUT_SCORES if self.experiment.holdout else ()))
        return build_stream_curves_table(self.folder.read_stream_curves(self._keys, scores), scores)

    @cached_property
    def needed_repeats(self) -> tuple[CellRepeats, ...]:
        """How many repeats each cell needs and why; empty where the number of repeats is fixed."""
        from albench.analysis.streams.needed_repeats import find_needed_stream_repeats

        return find_needed_stream_repeats(self.experiment, self.trials)

    @property
    def repeats(self) -> pl.DataFrame:
        """One row a cell, with its repeats and why it took no more; none where their number is fixed."""
        from albench.report.tables.repeats import build_repeats_table

        return build_repeats_table(self.needed_repeats, "stream_repeats")

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return every table by name."""
        return {
            "stream_trials": self.trials,
            "stream_curves": self.curves,
            **({"stream_repeats": self.repeats} if self.needed_repeats else {}),
            "stream_leaderboard": self.leaderboard(),
        }

    @cached_property
    def evidence(self) -> StreamEvidence:  # type: ignore[override]
        """What the analysis concludes."""
        from albench.analysis.streams.conclude import conclude_streams
        from albench.analysis.streams.evidence.design import describe_design
        from albench.spec.highlight import list_own_strategies

        return conclude_streams(
            describe_design(self.experiment),
            self.trials,
            self.curves,
            n_missing=self.n_missing,
            needed=self.needed_repeats,
            own_strategies=list_own_strategies(self.experiment),
        )

    @cached_property
    def answer(self) -> tuple[str, ...]:
        """What the primary slice says, a sentence each."""
        from albench.narrative.streams.answer import write_stream_answer

        return write_stream_answer(self.evidence)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What can be wrong with the experiment, looked at one by one."""
        from albench.narrative.checks.streams import run_stream_checks

        return run_stream_checks(self.evidence)

    def leaderboard(self, **axes: str | float) -> pl.DataFrame:
        """Return one row a strategy, the best first, of a slice as ``metric="kappa", budget=0.05``."""
        from albench.report.streams.leaderboard import build_stream_leaderboard_table

        return build_stream_leaderboard_table(self.evidence.find_slice(axes))

    @property
    def plot(self) -> StreamPlots:  # type: ignore[override]
        """The figures of the page one by one: ``plot.answer()``, ``curves()`` and others."""
        from albench.report.streams.plots import StreamPlots

        return StreamPlots(self)

    def story(self, key: str) -> Story:
        """Refuse: decisions on a stream are in ``stream_curves``, not pick by pick.

        Raises
        ------
        ResultsError
            Always.
        """
        del key
        raise ResultsError(
            "a trial on a stream is not told pick by pick: its checkpoints are in `results.curves`"
        )

    def _write_report(self, path: Path) -> Path:
        from albench.report.streams.render import write_stream_report

        return write_stream_report(self, path)

    def _format_first_screen(self) -> str:
        from albench.report.notebook_view import format_first_stream_screen

        return format_first_stream_screen(self.evidence, list_highlighted(self.experiment))

    @cached_property
    def _labels(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        return self.folder.read_stream_labels()
