"""A pass over a stream: predict, decide, learn when the label arrives."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB

from albench.contracts import Model
from albench.contracts.stream import Spending
from albench.errors import ModelError, TrialError
from albench.oracles.abstaining import AbstainingOracle
from albench.oracles.perfect import PerfectOracle
from albench.oracles.uniform_noise import UniformNoiseOracle
from albench.stream.baselines import Periodic, StreamRandom
from albench.stream.control import ChosenRows, choose_as_many
from albench.stream.density import CognitiveDual, DensityBased
from albench.stream.drift import CovariateDrift, SuddenDrift
from albench.stream.learners import LearnerSettings
from albench.stream.loop import StreamRows, StreamSettings, run_stream
from albench.stream.managers import BalancedQuantile, EstimatedBudget, FixedBudget
from albench.stream.trial import StreamData, StreamTrial, build_rows, order_rows, run_stream_trial
from albench.stream.uncertainty import (
    FixedUncertainty,
    RandomisedVariableUncertainty,
    Split,
    VariableUncertainty,
)
from albench.stream.utility import CommitteeDisagreement, Probabilistic, StreamUncertainty

GOLDEN = json.loads((Path(__file__).parent / "golden" / "prequential.json").read_text(encoding="utf-8"))
SGD = Model(
    estimator="sklearn.linear_model.SGDClassifier",
    params={"loss": "log_loss", "learning_rate": "constant", "eta0": 0.1},
)
LABEL_BY_LABEL = LearnerSettings(SGD)
REFITTED = LearnerSettings(Model(estimator="sklearn.naive_bayes.GaussianNB"), refit_every=20, window=60)


def make_data(n=400, n_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(n_classes, size=n)
    features = rng.normal(size=(n, 2)) + 2 * np.eye(3, 2)[labels]
    return StreamData(
        features, labels, ("a", "b", "c")[:n_classes], "d" * 64, times=-np.arange(n, dtype=float)
    )


DATA = make_data()


def make_trial(**changes):
    defaults = {
        "strategy": RandomisedVariableUncertainty(),
        "manager": FixedBudget(),
        "oracle": PerfectOracle(),
        "learner": LearnerSettings(SGD),
        "settings": StreamSettings(budget=0.2, window=50, score_every=50),
    }
    return StreamTrial(**(defaults | changes))


class NearestMean:
    """The learner of the golden file: the class whose mean is nearest."""

    def __init__(self):
        self.sums, self.n_learned = {}, 0

    def predict_proba(self, features):
        if not self.sums:
            return np.full(3, 1 / 3)
        distances = np.full(3, np.inf)
        for label, (total, n) in self.sums.items():
            distances[label] = (features[0] - total[0] / n) ** 2 + (features[1] - total[1] / n) ** 2
        return (distances == distances.min()).astype(float)

    def learn(self, features, label):
        total, n = self.sums.get(label, ([0.0, 0.0], 0))
        self.sums[label] = [total[0] + features[0], total[1] + features[1]], n + 1

    def advance(self):
        pass


class EveryRow(ChosenRows):
    def __init__(self, n):
        super().__init__(np.arange(n))


@pytest.mark.parametrize("delay", [0, 100])
def test_predictions_of_a_learner_with_late_labels_equal_those_in_rivers_evaluator(delay):
    features, labels = np.asarray(GOLDEN["features"]), np.asarray(GOLDEN["labels"])
    rows = StreamRows(features, labels, labels, 3)
    predicted = []

    class Recorder(EveryRow):
        def decide(self, row, spending):
            predicted.append(int(row.proba.argmax()) if row.proba[0] != 1 / 3 else None)
            return super().decide(row, spending)

    settings = StreamSettings(budget=1.0, delay=delay)
    run_stream(rows, settings, NearestMean(), Recorder(labels.size), Spending(1.0))
    assert predicted == GOLDEN["delays"][str(delay)]["predicted"]


def test_a_trial_equals_a_plain_loop_to_the_last_bit():
    trial = make_trial(strategy=VariableUncertainty(), manager=EstimatedBudget(window=50), n_start=5)
    rows = build_rows(DATA, trial)
    outcome = run_stream_trial(DATA, trial)

    from albench.rng import stream_model_seed

    seed = stream_model_seed(0, dataset=DATA.identity, repeat=0, model=SGD.identity())
    model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.1, random_state=seed)
    X, y = rows.features, rows.labels
    for i in range(5):
        model.partial_fit(X[[i]], y[[i]], classes=[0, 1, 2])
    bought, right, spent, threshold = [], [], 0.0, 1.0
    for t in range(5, len(y)):
        proba = model.predict_proba(X[[t]])[0]
        right.append(proba.argmax() == y[t])
        buy = False
        if spent / 50 < 0.2:
            buy = proba.max() < threshold
            threshold *= 0.99 if buy else 1.01
        spent = spent * 49 / 50 + buy
        bought.append(buy)
        if buy:
            model.partial_fit(X[[t]], y[[t]])
    assert outcome.strategy.bought.tolist() == np.flatnonzero(bought).tolist()
    assert 30 < sum(bought) < 120
    ends = outcome.strategy.n_rows
    assert ends.tolist() == [50, 100, 150, 200, 250, 300, 350, 395]
    assert outcome.strategy.n_bought.tolist() == [sum(bought[:end]) for end in ends]
    np.testing.assert_allclose(
        outcome.strategy.scores["accuracy"], [np.mean(right[:end]) for end in ends], rtol=1e-14
    )
    excess = max(sum(bought[:t]) - 0.2 * t for t in range(1, 396))
    assert outcome.strategy.excess == pytest.approx(excess)


def test_a_window_learner_is_fitted_anew_on_the_last_labels_every_so_many_rows():
    rows = StreamRows(DATA.features, DATA.labels, DATA.labels, 3)
    settings = LearnerSettings(Model(estimator="sklearn.naive_bayes.GaussianNB"), refit_every=25, window=40)
    seen = []

    class Recorder(EveryRow):
        def decide(self, row, spending):
            seen.append(row.proba)
            return super().decide(row, spending)

    run_stream(rows, StreamSettings(1.0), settings.make_learner(3, 0), Recorder(400), Spending(1.0))
    assert (np.asarray(seen[:25]) == 1 / 3).all()
    fitted = GaussianNB().fit(DATA.features[235:275], DATA.labels[235:275])
    np.testing.assert_array_equal(
        seen[275:300], [fitted.predict_proba(row[None])[0] for row in DATA.features[275:300]]
    )


def test_labels_that_were_not_bought_change_nothing_but_the_scores():
    settings = StreamSettings(0.2, delay=7, window=50, score_every=50)
    trial = make_trial(strategy=Split(), order="given", settings=settings)
    first = run_stream_trial(DATA, trial).strategy
    others = DATA.labels.copy()
    is_free = np.arange(400) >= trial.n_start
    is_free[trial.n_start + first.bought] = False
    others[is_free] = (others[is_free] + 1) % 3
    changed = run_stream_trial(StreamData(DATA.features, others, DATA.classes, DATA.identity), trial).strategy
    assert changed.bought.tolist() == first.bought.tolist()
    assert changed.scores["accuracy"][-1] < first.scores["accuracy"][-1]


def test_random_buys_as_many_labels_as_the_strategy_and_every_row_alike():
    outcome = run_stream_trial(DATA, make_trial())
    assert outcome.random.n_bought[-1] == outcome.strategy.n_bought[-1] > 0
    rng = np.random.default_rng(0)
    counts = np.zeros(20)
    for _ in range(2_000):
        decider, spending = choose_as_many(5, 20, rng), Spending(0.25)
        counts += [decider.decide(None, spending) for _ in range(20)]
    assert counts.sum() == 10_000
    assert (abs(counts - 500) < 5 * np.sqrt(2_000 * 0.25 * 0.75)).all()


def test_refused_labels_are_paid_for_and_teach_nothing():
    settings = StreamSettings(0.2, window=50, score_every=50)
    trial = make_trial(oracle=AbstainingOracle(rate=1.0), strategy=Periodic(), settings=settings)
    outcome = run_stream_trial(DATA, trial)
    assert outcome.strategy.n_bought[-1] == 78
    rows = build_rows(DATA, trial)
    # Nothing was ever learnt: the first of equally probable classes is predicted.
    assert outcome.strategy.scores["accuracy"][-1] == pytest.approx((rows.labels[10:] == 0).mean())


def test_a_noisy_oracle_answers_by_the_labels_after_drift():
    trial = make_trial(oracle=UniformNoiseOracle(rate=0.0), drift=SuddenDrift(at=0.5), n_start=0)
    rows = build_rows(DATA, trial)
    assert (rows.given_labels == rows.labels).all()
    assert rows.marks == (200,)
    noisy = build_rows(DATA, make_trial(oracle=UniformNoiseOracle(rate=0.5), n_start=0))
    assert (noisy.given_labels != noisy.labels).mean() == pytest.approx(0.5, abs=0.1)


def test_rows_arrive_as_given_shuffled_or_by_time():
    assert order_rows(DATA, "given", np.random.default_rng()).tolist() == list(range(400))
    assert order_rows(DATA, "time", np.random.default_rng()).tolist() == list(range(399, -1, -1))
    assert sorted(order_rows(DATA, "shuffled", np.random.default_rng(0)).tolist()) == list(range(400))
    without = StreamData(DATA.features, DATA.labels, DATA.classes, DATA.identity)
    with pytest.raises(TrialError, match="no time column"):
        order_rows(without, "time", np.random.default_rng())


def test_marks_of_the_data_are_those_of_the_stream_where_rows_keep_their_order():
    data = replace(DATA, marks=(5, 30, 100))
    trial = make_trial(order="given", n_start=20)
    assert build_rows(data, trial).marks == (10, 80)
    assert build_rows(data, replace(trial, drift=SuddenDrift(at=0.5))).marks == (10, 80, 190)
    assert build_rows(data, replace(trial, drift=CovariateDrift(at=0.5))).marks == (190,)
    assert build_rows(data, replace(trial, order="shuffled")).marks == ()
    assert build_rows(data, replace(trial, order="time")).marks == ()


def test_strategies_and_budgets_share_the_order_and_the_drift_of_a_repeat():
    rows = build_rows(DATA, make_trial(drift=SuddenDrift(at=0.5)))
    others = make_trial(
        drift=SuddenDrift(at=0.5), strategy=Periodic(), manager=EstimatedBudget(), learner=LABEL_BY_LABEL
    )
    assert (build_rows(DATA, others).features == rows.features).all()
    again = build_rows(DATA, make_trial(drift=SuddenDrift(at=0.5), repeat=1))
    assert (again.features != rows.features).any()


STRATEGIES = (
    StreamRandom(), Periodic(), FixedUncertainty(), VariableUncertainty(), RandomisedVariableUncertainty(), Split(),
    DensityBased(), CognitiveDual(), StreamUncertainty(), CommitteeDisagreement(), CommitteeDisagreement(method="kl"),
    Probabilistic(),
)  # fmt: skip


@pytest.mark.parametrize("learner", [LABEL_BY_LABEL, REFITTED], ids=["label by label", "window"])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.name)
def test_every_strategy_runs_with_both_kinds_of_learners_and_twice_alike(strategy, learner):
    manager = strategy.get_published_manager()
    settings = StreamSettings(0.2, delay=3, window=20, score_every=30)
    trial = make_trial(
        strategy=strategy, manager=manager, learner=learner, settings=settings, drift=SuddenDrift()
    )
    data = make_data(70)
    first, second = run_stream_trial(data, trial), run_stream_trial(data, trial)
    # Naive Bayes is never as unsure as a fixed threshold asks for.
    assert first.strategy.bought.size or (strategy.name == "fixed_uncertainty" and learner is REFITTED)
    for arm, other in ((first.strategy, second.strategy), (first.random, second.random)):
        assert arm.bought.tolist() == other.bought.tolist()
        for name, values in arm.scores.items():
            np.testing.assert_array_equal(values, other.scores[name])
    assert len(first.strategy.recovery) == 1


def test_a_committee_disagrees_where_its_members_were_taught_differently():
    trial = make_trial(
        strategy=CommitteeDisagreement(),
        manager=BalancedQuantile(),
        learner=LABEL_BY_LABEL,
        settings=StreamSettings(0.1),
    )
    outcome = run_stream_trial(make_data(300), trial)
    rows = build_rows(make_data(300), trial)
    proba = LogisticRegression().fit(rows.features, rows.labels).predict_proba(rows.features[10:])
    margin = np.diff(np.sort(proba, axis=1)[:, -2:], axis=1)[:, 0]
    assert margin[outcome.strategy.bought].mean() < 0.7 * margin.mean()


def test_what_cannot_run_says_why():
    with pytest.raises(TrialError, match="would both set the threshold"):
        run_stream_trial(DATA, make_trial(manager=BalancedQuantile()))
    with pytest.raises(TrialError, match="not when it is worth buying"):
        run_stream_trial(DATA, make_trial(strategy=Probabilistic()))
    with pytest.raises(ModelError, match="no partial_fit"):
        run_stream_trial(
            DATA, make_trial(learner=LearnerSettings(Model(estimator="sklearn.tree.DecisionTreeClassifier")))
        )
    with pytest.raises(ModelError, match="gives no probabilities"):
        run_stream_trial(
            DATA, make_trial(learner=LearnerSettings(Model(estimator="sklearn.linear_model.SGDClassifier")))
        )
    with pytest.raises(TrialError, match="leave none of 400"):
        run_stream_trial(DATA, make_trial(n_start=400))


def test_a_learner_that_diverges_fails_instead_of_predicting_a_class():
    # Row by row naive Bayes has no variance of a class that it was never taught.
    bayes = LearnerSettings(Model(estimator="sklearn.naive_bayes.GaussianNB"))
    with (
        pytest.raises(ModelError, match=r"gave row 0 probabilities that do not sum to 1: \[nan"),
        np.errstate(all="ignore"),
    ):
        run_stream_trial(DATA, make_trial(learner=bayes, n_start=1))


def test_a_trial_that_was_sent_to_another_process_gives_the_same():
    trial = make_trial(
        strategy=CommitteeDisagreement(), manager=BalancedQuantile(), drift=SuddenDrift(), repeat=2
    )
    data = make_data(100)
    here = run_stream_trial(data, trial)
    sent = run_stream_trial(*pickle.loads(pickle.dumps((data, trial))))  # noqa: S301 - made above
    assert sent.strategy.bought.tolist() == here.strategy.bought.tolist()
    np.testing.assert_array_equal(sent.random.scores["kappa"], here.random.scores["kappa"])
    assert pickle.loads(pickle.dumps(here)).strategy.excess == here.strategy.excess  # noqa: S301 - made above
