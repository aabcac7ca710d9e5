"""Write ``decisions.json``: what scikit-activeml 1.0.1 decides on a stream, with the random numbers it drew.

Run with scikit-activeml 1.0.1 installed: ``python tests/stream/golden/make_decisions.py``.
"""

import json
from pathlib import Path

import numpy as np
from skactiveml.base import SkactivemlClassifier
from skactiveml.stream import (
    CognitiveDualQueryStrategyFixUn,
    CognitiveDualQueryStrategyRan,
    CognitiveDualQueryStrategyRanVarUn,
    CognitiveDualQueryStrategyVarUn,
    FixedUncertainty,
    PeriodicSampling,
    RandomVariableUncertainty,
    Split,
    StreamDensityBasedAL,
    StreamProbabilisticAL,
    StreamRandomSampling,
    VariableUncertainty,
)
from skactiveml.stream.budgetmanager import BalancedIncrementalQuantileFilter

N_ROWS, N_CLASSES, BUDGET = 400, 3, 0.15


class RoundedDraws(np.random.RandomState):
    """Draws with six digits, each of a query written down."""

    draws = None

    def _keep(self, value):
        value = np.round(value, 6)
        if self.draws is not None:
            self.draws.extend(np.ravel(value).tolist())
        return value

    def normal(self, *args):
        return self._keep(super().normal(*args))

    def random_sample(self, size=None):
        return self._keep(super().random_sample(size))


class GivenProba(SkactivemlClassifier):
    """Answers with one row of probabilities, whatever it is asked."""

    def __init__(self, proba=None, classes=None, missing_label=-1):
        super().__init__(classes=classes, missing_label=missing_label)
        self.proba = proba

    def fit(self, X, y, sample_weight=None):
        del X, y, sample_weight
        self.classes_ = np.arange(N_CLASSES)
        return self

    def predict_proba(self, X):
        return np.tile(self.proba, (len(X), 1))


def make_stream(seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(N_CLASSES, size=N_ROWS)
    features = rng.normal(size=(N_ROWS, 2)) + 2 * np.eye(3, 2)[labels] + np.linspace(0, 2, N_ROWS)[:, None]
    proba = rng.dirichlet([0.5, 0.5, 1.5], N_ROWS) * 0.9 + 0.1 / 3
    return features.round(3), labels, (proba / proba.sum(axis=1, keepdims=True)).round(4)


def decide(strategy, stream, *, needs_classifier=True, learns=False, keep_if=lambda manager: True):
    features, labels, proba = stream
    decisions, draws, bought = [], [], []
    for t, row in enumerate(features):
        candidates = row[None, :]
        if t == 0:
            strategy.update(candidates[:0], np.array([], int), **manager_facts(strategy, np.array([])))
            holder = getattr(strategy, "budget_manager_", strategy)
            if getattr(holder, "random_state", None) is not None:
                holder.random_state_ = RoundedDraws(int(holder.random_state))
        rng_now = getattr(getattr(strategy, "budget_manager_", strategy), "random_state_", None)
        kept = [] if keep_if(getattr(strategy, "budget_manager_", None)) else None
        if isinstance(rng_now, RoundedDraws):
            rng_now.draws = kept
        arguments = {}
        if needs_classifier:
            classifier = GivenProba(proba[t], classes=list(range(N_CLASSES))).fit(None, None)
            arguments = {"clf": classifier}
            if learns:
                y = np.full(t, -1)
                y[bought] = labels[bought]
                X = features[:t] if t else np.zeros((1, 2))
                arguments |= {"X": X, "y": y if t else np.array([-1])}
        queried, utilities = strategy.query(candidates, return_utilities=True, **arguments)
        if isinstance(rng_now, RoundedDraws):
            rng_now.draws = None
        draws.extend(kept or [])
        strategy.update(candidates, np.asarray(queried, int), **manager_facts(strategy, utilities))
        decisions.append(len(queried))
        if len(queried):
            bought.append(t)
    return {"bought": "".join(map(str, decisions)), "draws": draws}


def manager_facts(strategy, utilities):
    if isinstance(strategy, StreamProbabilisticAL):
        return {"budget_manager_param_dict": {"utilities": utilities}}
    return {}


def has_budget(manager):
    return manager.u_t_ / manager.w < manager.budget_ if hasattr(manager, "u_t_") else True


def make_cases(seed):
    classes = list(range(N_CLASSES))
    common = {"budget": BUDGET, "random_state": seed}
    return {
        "fixed_uncertainty": (FixedUncertainty(classes=classes, **common), {}),
        "variable_uncertainty": (VariableUncertainty(**common), {}),
        "randomised_variable_uncertainty": (RandomVariableUncertainty(**common), {}),
        "split": (Split(**common), {}),
        "density_based": (StreamDensityBasedAL(window_size=30, **common), {}),
        "cognitive_dual: fixed": (CognitiveDualQueryStrategyFixUn(classes=classes, **common), {}),
        "cognitive_dual: variable": (CognitiveDualQueryStrategyVarUn(**common), {}),
        "cognitive_dual: randomised": (CognitiveDualQueryStrategyRanVarUn(**common), {}),
        "cognitive_dual: random": (CognitiveDualQueryStrategyRan(**common), {"keep_if": has_budget}),
        "cognitive_dual: variable, counts_all": (
            CognitiveDualQueryStrategyVarUn(force_full_budget=True, **common),
            {},
        ),
        "probabilistic": (
            StreamProbabilisticAL(
                metric="rbf",
                metric_dict={"gamma": 2.0},
                prior=1.0,
                m_max=1,
                budget_manager=BalancedIncrementalQuantileFilter(w=50, w_tol=20, budget=BUDGET),
                **common,
            ),
            {"learns": True},
        ),
        "periodic": (PeriodicSampling(**common), {"needs_classifier": False}),
        "random": (StreamRandomSampling(**common), {"needs_classifier": False}),
    }


def main():
    golden = {"budget": BUDGET, "streams": []}
    for seed in (1, 2):
        stream = make_stream(seed)
        features, labels, proba = stream
        golden["streams"].append(
            {
                "features": features.tolist(),
                "labels": "".join(map(str, labels)),
                "proba": proba.tolist(),
                "cases": {
                    name: decide(strategy, stream, **how)
                    for name, (strategy, how) in make_cases(seed).items()
                },
            }
        )
    text = json.dumps(golden, separators=(",", ":"))
    Path(__file__).with_name("decisions.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
