"""Why a strategy proposes a row, in words, from what it has looked at."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need
from albench.strategies.committee import CommitteeStrategy
from albench.strategies.relevance import Relevance
from albench.text import format_percent, list_words

if TYPE_CHECKING:
    from albench.contracts import Floats, Rows, Strategy
    from albench.trial.pool_view import RoundView

_MOST_COMPARED = 2000
"""Unlabelled rows that the distance of a proposed one is compared with."""
_SPREAD = frozenset({"density", "diversity", "hybrid"})
_CLASSES_NAMED = 3
_SOUGHT = {
    "typiclust": "the most typical row of a cluster that has few labels",
    "information_density": "many rows are like it",
    "density_weighted": "many rows are like it",
    "graph_density": "many rows without a label are near",
    "k_center": "no labelled row is near",
    "k_means": "in the middle of a cluster of rows without a label",
    "badge": "a label would change the model in a way of its own",
    "facility_location": "it stands for rows that no labelled row stands for",
    "max_herding": "it stands for rows that no labelled row stands for",
    "prob_cover": "many rows are near, and no labelled one",
    "expected_error_reduction": "a label is expected to lower the error most",
    "expected_gradient_length": "a label is expected to change the model most",
}
"""What strategies seek that look at more than one row at a time."""


def explain_picks(strategy: Strategy, view: RoundView, positions: Rows, utilities: Floats) -> list[str]:
    """Return a sentence for each proposed row, without a full stop.

    Parameters
    ----------
    view : RoundView
        What the strategy saw.
    positions : ndarray of shape (n,), int
        Pool positions, in the order of the picks.
    utilities : ndarray of shape (n,)
    """
    if strategy.arms:
        return ["drawn at random"] * positions.size
    picks = np.searchsorted(view.candidates, positions)
    reasons: list[list[str]] = [[] for _ in positions]
    if isinstance(strategy, CommitteeStrategy):
        _extend(reasons, _describe_votes(strategy.get_committee(view).votes[:, picks], view.classes))
    elif isinstance(strategy, Relevance):
        code = strategy.find_code(view.classes)
        chances = map(_format_value, view.proba[picks, code].tolist())
        _extend(reasons, [f"it is {view.classes[code]} with probability {chance}" for chance in chances])
    elif Need.PROBA in strategy.required():
        _extend(reasons, _describe_probabilities(type(strategy).name, view.proba[picks], view.classes))
    elif Need.DECISION in strategy.required():
        _extend(reasons, _describe_decision(view.decision[picks], view.classes))
    if sought := _SOUGHT.get(type(strategy).name):
        _extend(reasons, [sought] * positions.size)
    # Where the strategy did not look at sparse features, they are not made dense for a sentence.
    if type(strategy).family in _SPREAD and view.seen_features is not None:
        _extend(reasons, _describe_distances(view, view.seen_features, positions))
    others = len(view.candidates) - 1
    return [
        "; ".join(parts) or f"utility {utility:.3g}, chosen before {others:,} other rows"
        for parts, utility in zip(reasons, utilities, strict=True)
    ]


def _format_value(value: float) -> str:
    """Return two decimals, as far as they say anything."""
    return f"{value:.2f}" if abs(value) >= 0.005 or value == 0 else "less than 0.01"  # noqa: PLR2004


def _extend(reasons: list[list[str]], parts: list[str]) -> None:
    for reason, part in zip(reasons, parts, strict=True):
        reason.append(part)


def _describe_probabilities(name: str, proba: Floats, classes: tuple[str, ...]) -> list[str]:
    order = np.argsort(-proba, axis=1, kind="stable")
    sentences = []
    for row, ranked in zip(proba, order, strict=True):
        first, second = ranked[:2]
        if name == "least_confident":
            sentence = f"the likeliest class, {classes[first]}, has probability {_format_value(row[first])}"
        elif name == "entropy":
            shares = [f"{classes[code]} {_format_value(row[code])}" for code in ranked[:_CLASSES_NAMED]]
            sentence = f"no class is sure: {list_words(shares)}"
        else:
            apart = _format_value(float(row[first] - row[second]))
            sentence = f"the two likeliest classes, {classes[first]} and {classes[second]}, are {apart} apart"
        sentences.append(sentence)
    return sentences


def _describe_decision(decision: Floats, classes: tuple[str, ...]) -> list[str]:
    if decision.ndim == 1:
        between = f"the boundary between {classes[0]} and {classes[1]}"
        return [f"its decision value is {_format_value(abs(value))} from {between}" for value in decision]
    order = np.argsort(-decision, axis=1, kind="stable")[:, :2]
    return [
        f"the decision values of {classes[a]} and {classes[b]} are {_format_value(row[a] - row[b])} apart"
        for row, (a, b) in zip(decision, order, strict=True)
    ]


def _describe_votes(votes: Rows, classes: tuple[str, ...]) -> list[str]:
    n_members = votes.shape[0]
    sentences = []
    for column in votes.T:
        counts = Counter(column.tolist()).most_common()
        if len(counts) == 1:
            agreement = f"all {n_members} members of the committee say {classes[counts[0][0]]}"
            sentences.append(f"{agreement}, with different probabilities")
            continue
        (first, n_first), *rest = counts
        others = list_words([f"{n} {classes[code]}" for code, n in rest])
        sentences.append(f"{n_first} of {n_members} members of the committee say {classes[first]}, {others}")
    return sentences


def _describe_distances(view: RoundView, features: Floats, positions: Rows) -> list[str]:
    """Say how far each row is from what is labelled, among the unlabelled rows."""
    from sklearn.metrics import pairwise_distances_argmin_min

    step = max(1, view.candidates.size // _MOST_COMPARED)
    labelled = features[view.labelled]

    def measure(rows: Rows) -> Floats:
        distances: Floats = pairwise_distances_argmin_min(features[rows], labelled)[1]
        return distances

    others = np.sort(measure(view.candidates[::step]))
    shares = np.searchsorted(others, measure(positions)) / others.size
    return [
        f"farther from the labelled rows than {format_percent(share)} of those without" for share in shares
    ]
