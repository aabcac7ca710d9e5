"""What a report of streams is written from, as far as it looks at results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl

    from albench.analysis.streams import StreamEvidence
    from albench.spec.experiment import StreamExperiment
    from albench.store.folder import ResultsFolder


class StreamReportSource(Protocol):
    """What a report of streams is written from."""

    @property
    def experiment(self) -> StreamExperiment:
        """The experiment."""
        ...

    @property
    def folder(self) -> ResultsFolder:
        """Its results folder."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of the folder."""
        ...

    @property
    def trials(self) -> pl.DataFrame:
        """The table ``stream_trials``."""
        ...

    @property
    def evidence(self) -> StreamEvidence:
        """What the analysis concludes."""
        ...
