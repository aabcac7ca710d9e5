"""What a report is written from, as far as it looks at results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.streams.evidence.conclusions import StreamEvidence
    from albench.spec.experiment import Experiment
    from albench.spec.stream_experiment import StreamExperiment
    from albench.store.folder import ResultsFolder


class FolderSource(Protocol):
    """What every report is written from, on pools or on streams."""

    @property
    def experiment(self) -> Experiment:
        """The experiment."""

    @property
    def folder(self) -> ResultsFolder:
        """Its results folder."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of the folder."""

    @property
    def trials(self) -> pl.DataFrame:
        """The table of trials."""


class ReportSource(FolderSource, Protocol):
    """What a report is written from."""

    @property
    def curves(self) -> pl.DataFrame:
        """The table ``curves``."""

    @property
    def queries(self) -> pl.DataFrame:
        """The table ``queries``."""

    @property
    def evidence(self) -> Evidence:
        """What the analysis concludes."""


class StreamReportSource(FolderSource, Protocol):
    """What a report of streams is written from."""

    @property
    def experiment(self) -> StreamExperiment:
        """The experiment."""

    @property
    def evidence(self) -> StreamEvidence:
        """What the analysis concludes."""
