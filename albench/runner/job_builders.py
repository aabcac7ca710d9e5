"""Which jobs a plan comes to: those of trials on pools, or on streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.runner.jobs import JobBuilder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from albench.planning.decisions import Decision
    from albench.planning.plan import Plan, PlannedReference
    from albench.store.folder import ResultsFolder


def make_job_builder(
    plan: Plan,
    pending: Mapping[str, Decision],
    references: Mapping[str, PlannedReference],
    folder: ResultsFolder,
    scratch: Path,
) -> JobBuilder:
    """Return what builds the jobs of a plan; the arguments are those of :class:`JobBuilder`."""
    builder = JobBuilder
    if plan.is_stream:
        # Only they have it.
        from albench.runner.stream_jobs import StreamJobBuilder

        builder = StreamJobBuilder
    return builder(plan, pending, references, folder, scratch)
