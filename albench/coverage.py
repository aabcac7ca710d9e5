"""The COVERAGE of a trial: what is recorded of it, or what a request asks to record; no part of its key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from albench.canonical import digest

if TYPE_CHECKING:
    from albench.identity import Fragment

OBSERVED_PREFIX = "stop."
"""Signals of a coverage that begin so are what stopping rules observe; no metric is called so."""
ENDED_BY_RULE = "ended_by_rule=1"
"""Among the definitions of a coverage: an enforced stopping rule ended the trial, whatever the budget is."""


@dataclass(frozen=True)
class Coverage:
    """What is recorded of a trial, or what a request asks to record.

    Attributes
    ----------
    labels : int
        Labels at the last round.
    metrics, signals : frozenset of str
        Recorded columns.
    audit : {"picks", "probabilities"}
        Detail of the queries.
    definitions : frozenset of str
        ``name=hash`` of metrics and signals whose name alone does not say what they compute: they have
        parameters, a raised version, or code in a user's file; and ``ENDED_BY_RULE``.
    """

    labels: int
    metrics: frozenset[str]
    signals: frozenset[str] = frozenset()
    audit: str = "picks"
    definitions: frozenset[str] = frozenset()

    def list_missing(self, request: Coverage) -> tuple[str, ...]:
        """Name what ``request`` asks for and this coverage lacks; nothing if it contains the request."""
        reasons = []
        if request.labels > self.labels and ENDED_BY_RULE not in self.definitions:
            reasons.append(f"larger budget: {request.labels} labels, {self.labels} recorded")
        reasons += [f"new metric: {name}" for name in sorted(request.metrics - self.metrics)]
        reasons += _describe_signals("new", sorted(request.signals - self.signals))
        changed = self.list_redefined(request)
        reasons += [f"changed metric: {name}" for name in changed if name in request.metrics]
        reasons += _describe_signals("changed", [name for name in changed if name in request.signals])
        if (request.audit, self.audit) == ("probabilities", "picks"):
            reasons.append("more detail: probabilities of the picks")
        return tuple(reasons)

    def can_rescore(self, request: Coverage) -> bool:
        """Say whether fitting again on the stored picks is enough, without querying again."""
        return bool(self.list_missing(request)) and not self.list_missing(request.adopt_scores(self))

    def adopt_scores(self, other: Coverage) -> Coverage:
        """Return the same with the metrics and signals of another coverage."""
        return replace(self, metrics=other.metrics, signals=other.signals, definitions=other.definitions)

    def list_redefined(self, request: Coverage) -> list[str]:
        """Name the metrics and signals that both have and that compute something else in ``request``."""
        own, requested = _read_definitions(self), _read_definitions(request)
        both = (self.metrics & request.metrics) | (self.signals & request.signals)
        return sorted(name for name in both if own.get(name) != requested.get(name))

    def widen(self, request: Coverage) -> Coverage:
        """Return what a run records that serves both.

        A metric or signal with a definition that ``request`` does not have is left out: its name alone does
        not say how to compute it again.
        """
        unknown = _read_definitions(self).keys() - request.metrics - request.signals
        return Coverage(
            max(self.labels, request.labels),
            (self.metrics - unknown) | request.metrics,
            (self.signals - unknown) | request.signals,
            "probabilities" if "probabilities" in (self.audit, request.audit) else "picks",
            request.definitions,
        )


def _describe_signals(word: str, names: list[str]) -> list[str]:
    """Say which signals are new or have changed; rules, of which there may be many, as one reason."""
    rules = [name.removeprefix(OBSERVED_PREFIX) for name in names if name.startswith(OBSERVED_PREFIX)]
    signals = [f"{word} signal: {name}" for name in names if not name.startswith(OBSERVED_PREFIX)]
    return signals + ([f"{word} stopping rules: {', '.join(rules)}"] if rules else [])


def define_score(name: str, fragment: Fragment) -> frozenset[str]:
    """Return what a coverage holds of a metric or signal besides its name; nothing where that says all."""
    if fragment.keys() == {"name", "version"} and fragment["version"] == 1:
        return frozenset()
    return frozenset((f"{name}={digest(fragment)[:16]}",))


def _read_definitions(coverage: Coverage) -> dict[str, str]:
    return {name: digits for name, _, digits in (text.rpartition("=") for text in coverage.definitions)}
