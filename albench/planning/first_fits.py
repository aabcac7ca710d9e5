"""Models that cannot be fitted on as few labels as trials start from: all trials of theirs would fail."""

from __future__ import annotations

import json
import re
import warnings
from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from albench.errors import clean_text, extract_message
from albench.text import format_count, list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np

    from albench.contracts import Model, Rows, Strategy
    from albench.datasets.facts import DatasetFacts
    from albench.planning.plan import Plan, PlannedTrial
    from albench.spec.experiment import Entry, ModelEntry

# Estimators of scikit-learn that ask for so many rows: neighbours, two a class, one of each class a fold.
_DEMANDING = re.compile(r"KNeighbors|DiscriminantAnalysis|CV\b")
_MOST_LABELS, _MOST_FEATURES, _MOST_ROWS = 500, 50, 10_000
_DRAWS = 3
_ROUNDS = 4
_LONGEST_REASON = 200


class _Fit(NamedTuple):
    """What trials fit.

    Attributes
    ----------
    name : str
        What a sentence calls it.
    strategy : str
        The strategy that asks it; empty for a task or query model.
    members : int
        So many copies, each on a bootstrap of the labels; 0 for one on all of them.
    """

    name: str
    model: Model
    strategy: str = ""
    members: int = 0


class _Start(NamedTuple):
    """The labels that trials have in their first rounds; without a seed set these begin with round 1."""

    dataset: str
    fit_name: str
    strategy: str
    n_labels: tuple[int, ...]
    is_cold: bool


def find_unfit_models(plan: Plan, trials: Iterable[PlannedTrial]) -> tuple[str, ...]:
    """Say which models cannot be fitted on the labels that trials start from, as a fit on noise shows.

    Only estimators that are known to ask for a number of rows are tried. Where seed sets may hold one class,
    which needs no fit, so are the rounds after them.
    """
    if plan.is_stream:
        # A model that cannot be fitted on few labels predicts every class alike until it can.
        return ()
    experiment = plan.experiment
    fits = {
        (model.label, strategy.label): _list_demanding_fits(model, strategy)
        for model, strategy in product(experiment.models, experiment.strategies)
    }
    by_name = {(fit.name, fit.strategy): fit for fits_of_cell in fits.values() for fit in fits_of_cell}
    unfit: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for start, is_stratified in _list_starts(trials, fits).items():
        fit, facts = by_name[start.fit_name, start.strategy], plan.facts[start.dataset]
        if problem := _find_problem(fit, start, facts, is_stratified=is_stratified):
            place, reason = problem
            n = format_count(start.n_labels[place], "label")
            # A wrapper need not ask its strategy in every round.
            when = f"start from: {'all that ask it then' if fit.strategy else 'all of them'}"
            if place:
                when = f"have in round {place + start.is_cold}: all but those of a single class by then"
            unfit[f"{fit.name} cannot be fitted on the {n}", fit.strategy, when][start.dataset] = reason
    return tuple(
        f"{what} that trials {f'of {quote(strategy)} ' if strategy else ''}on {list_quoted(reasons, 'and')} "
        f"{when} would fail ({next(iter(reasons.values()))}); raise 'seed_sizes' or change the model"
        for (what, strategy, when), reasons in unfit.items()
    )


def _list_demanding_fits(model: ModelEntry, strategy: Entry[Strategy]) -> list[_Fit]:
    """Return the models that ask for a number of rows, of all that trials of a model and strategy fit."""
    component, query_model = strategy.component, model.query.component
    fits = [_Fit(quote(role.label), role.component) for role in (model.task, model.query)]
    fits += [
        _Fit(f"{quote(member.estimator.rpartition('.')[2])} in the committee", member, strategy.label)
        for member, _ in component.required_of_models()
    ]
    if _is_demanding(query_model) and (members := _count_bootstraps(component)):
        fits.append(_Fit(f"a bootstrap of {quote(model.query.label)}", query_model, strategy.label, members))
    return [fit for fit in fits if _is_demanding(fit.model)]


def _count_bootstraps(strategy: Strategy) -> int:
    """Return the members of the committee of copies that a strategy asks; 0 if it asks none."""
    from albench.strategies.committee import CommitteeStrategy

    if isinstance(strategy, CommitteeStrategy):
        return 0 if strategy.models or strategy.committee != "bagging" else strategy.members
    return max(map(_count_bootstraps, strategy.inner()), default=0)


def _list_starts(
    trials: Iterable[PlannedTrial], fits: Mapping[tuple[str, str], Sequence[_Fit]]
) -> dict[_Start, bool]:
    """Return where trials start -> whether all seed sets there are stratified."""
    starts: dict[_Start, bool] = {}
    for trial in trials if any(fits.values()) else ():
        seed_size = trial.identity.seed_size
        is_stratified = trial.seed_set.component.looks_at_labels and bool(seed_size)
        for fit in fits[trial.model.label, trial.strategy.label]:
            # A strategy asks its own models only where a query follows.
            last = trial.n_labels - 1 if fit.strategy else trial.n_labels
            n_labels = tuple(n for n in _list_first_rounds(trial) if n <= min(last, _MOST_LABELS))
            if n_labels:
                start = _Start(trial.dataset, fit.name, fit.strategy, n_labels, not seed_size)
                starts[start] = starts.get(start, True) and is_stratified
    return starts


def _list_first_rounds(trial: PlannedTrial) -> list[int]:
    """Return the labels of the first rounds of a trial in which any row is labelled."""
    seed_size, batches = trial.identity.seed_size, trial.identity.batches
    totals = [seed_size]
    for batch in range(_ROUNDS):
        totals.append(min(totals[-1] + batches.count_labels(batch), trial.n_pool))
    return [total for total in totals if total][:_ROUNDS]


def _is_demanding(model: Model) -> bool:
    return bool(_DEMANDING.search(f"{model.estimator} {json.dumps(model.params, default=str)}"))


def _find_problem(
    fit: _Fit, start: _Start, facts: DatasetFacts, *, is_stratified: bool
) -> tuple[int, str] | None:
    """Return the first round in which all trials would fail, as a place among those looked at, and why."""
    import numpy as np

    for place, n in enumerate(start.n_labels):
        draws = list(_draw_labels(facts.class_counts, n, is_stratified=is_stratified and not place))
        reasons = [_try_fit(fit, y, facts.n_features, facts.n_classes) for y in draws]
        if all(reasons):
            return place, reasons[0]
        if all(np.unique(y).size > 1 for y in draws):
            break
    return None


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


def _try_fit(fit: _Fit, y: Rows, n_features: int, n_classes: int) -> str:
    """Return why a model cannot be fitted on so many rows and asked; empty if it can.

    Of a bootstrap nothing is said where a fit on all rows fails: that is said of the model itself.
    """
    import numpy as np

    from albench.models.fitting import fit_model
    from albench.trial.committees import fit_bagging

    rng: np.random.Generator = np.random.default_rng(0)
    # Not negative: naive Bayes models of counts want that.
    X = np.abs(rng.normal(size=(y.size, min(n_features, _MOST_FEATURES))))
    is_member = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit_model(fit.model, X, y, n_classes=n_classes, seed=0).predict(X)
            if fit.members:
                is_member = True
                seeds = np.random.SeedSequence(0)
                for member in fit_bagging(
                    fit.model, X, y, n_classes=n_classes, members=fit.members, seeds=seeds
                ):
                    member.predict(X)
    except Exception as error:  # noqa: BLE001 - told: what trials would record
        is_said_of_model = fit.members and not is_member
        return "" if is_said_of_model else clean_text(extract_message(error).split("\n")[0], _LONGEST_REASON)
    return ""
