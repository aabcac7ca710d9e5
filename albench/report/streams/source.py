"""What a report of streams is written from, as far as it looks at results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from albench.report.source import FolderSource

if TYPE_CHECKING:
    from albench.analysis.streams import StreamEvidence
    from albench.spec.stream_experiment import StreamExperiment


class StreamReportSource(FolderSource, Protocol):
    """What a report of streams is written from."""

    @property
    def experiment(self) -> StreamExperiment:
        """The experiment."""
        ...

    @property
    def evidence(self) -> StreamEvidence:
        """What the analysis concludes."""
        ...
