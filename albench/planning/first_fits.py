"""Models that cannot be fitted on as few labels as trials start from: all trials of theirs would fail."""

from __future__ import annotations

import json
import re
import warnings
from collections import defaultdict
from typing import TYPE_CHECKING

from albench.errors import clean_text, extract_message
from albench.text import format_count, list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    import numpy as np

    from albench.contracts import Model, Rows
    from albench.planning.plan import Plan, PlannedTrial

# Estimators of scikit-learn that ask for so many rows: neighbours, two a class, one of each class a fold.
_DEMANDING = re.compile(r"KNeighbors|DiscriminantAnalysis|CV\b")
_MOST_LABELS, _MOST_FEATURES, _MOST_ROWS = 500, 50, 10_000
_DRAWS = 3
_LONGEST_REASON = 200


def find_unfit_models(plan: Plan, trials: Iterable[PlannedTrial]) -> tuple[str, ...]:
    """Say which models cannot be fitted on the labels that trials start from, as a fit on noise shows.

    Only estimators that are known to ask for a number of rows are tried.
    """
    if plan.is_stream:
        # A model that cannot be fitted on few labels predicts every class alike until it can.
        return ()
    roles = [role for model in plan.experiment.models for role in (model.task, model.query)]
    demanding = {role.label: role.component for role in roles if _is_demanding(role.component)}
    unfit: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for (dataset, label, n), is_stratified in _list_starts(trials, demanding).items():
        facts = plan.facts[dataset]
        draws = _draw_labels(facts.class_counts, n, is_stratified=is_stratified)
        reasons = [_try_fit(demanding[label], y, facts.n_features, facts.n_classes) for y in draws]
        if all(reasons):
            unfit[label, n][dataset] = reasons[0]
    return tuple(
        f"{quote(label)} cannot be fitted on the {format_count(n, 'label')} that trials on "
        f"{list_quoted(reasons, 'and')} start from: all of them would fail ({next(iter(reasons.values()))}); "
        "raise 'seed_sizes' or change the model"
        for (label, n), reasons in unfit.items()
    )


def _list_starts(trials: Iterable[PlannedTrial], labels: Container[str]) -> dict[tuple[str, str, int], bool]:
    """Return (dataset, model, labels that its trials start from) -> whether all seed sets are stratified."""
    starts: dict[tuple[str, str, int], bool] = {}
    for trial in trials if labels else ():
        n = trial.identity.seed_size or min(trial.identity.batch_size, trial.n_pool)
        is_stratified = trial.seed_set.component.looks_at_labels and bool(trial.identity.seed_size)
        for role in (trial.model.task, trial.model.query):
            if role.label in labels and n <= _MOST_LABELS:
                start = (trial.dataset, role.label, n)
                starts[start] = starts.get(start, True) and is_stratified
    return starts


def _is_demanding(model: Model) -> bool:
    return bool(_DEMANDING.search(f"{model.estimator} {json.dumps(model.params, default=str)}"))


def _draw_labels(class_counts: tuple[int, ...], n: int, *, is_stratified: bool) -> Iterator[Rows]:
    """Yield the classes of some seed sets: in the proportions of the dataset, or by chance."""
    import numpy as np

    from albench.seed_sets.stratified import StratifiedSeedSet

    scale = min(1, _MOST_ROWS / sum(class_counts))
    counts = [max(1, round(count * scale)) for count in class_counts]
    labels = np.repeat(np.arange(len(counts)), counts)
    for draw in range(_DRAWS):
        rng = np.random.default_rng(draw)
        if is_stratified:
            rows = StratifiedSeedSet().choose(
                labels, len(counts), min(n, labels.size), split=0, start=0, rng=rng
            )
        else:
            rows = rng.permutation(labels.size)[:n]
        yield labels[rows]


def _try_fit(model: Model, y: Rows, n_features: int, n_classes: int) -> str:
    """Return why a model cannot be fitted on so many rows and asked; empty if it can."""
    import numpy as np

    from albench.models.fitting import fit_model

    rng: np.random.Generator = np.random.default_rng(0)
    # Not negative: naive Bayes models of counts want that.
    X = np.abs(rng.normal(size=(y.size, min(n_features, _MOST_FEATURES))))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit_model(model, X, y, n_classes=n_classes, seed=0).predict(X)
    except Exception as error:  # noqa: BLE001 - told: what trials would record
        return clean_text(extract_message(error).split("\n")[0], _LONGEST_REASON)
    return ""
