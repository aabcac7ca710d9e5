"""Committees: the numbers of five libraries, and the formulas written out."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import ValidationError

from albench.strategies.bald import Bald
from albench.strategies.batch_bald import BatchBald, JointInformation
from albench.strategies.committee import mean_kl
from albench.strategies.epig import Epig, compute_predictive_information
from albench.strategies.qbc import Qbc, consensus_entropy, max_kl, min_margin, variation_ratio, vote_entropy

MEASURES = {"kl": mean_kl, "kl_max": max_kl, "consensus_entropy": consensus_entropy}
VOTES = {"vote_entropy": vote_entropy, "variation_ratio": variation_ratio}


def committees(members=(2, 6), n=(1, 9), n_classes=(2, 4)):
    sizes = st.tuples(st.integers(*members), st.integers(*n), st.integers(*n_classes))
    return st.tuples(sizes, st.integers(0, 2**32 - 1), st.sampled_from([0.05, 0.5, 3.0])).map(
        lambda draw: np.random.default_rng(draw[1]).dirichlet(np.full(draw[0][2], draw[2]), size=draw[0][:2])
    )


def entropy(p):
    p = p[p > 0]
    return -(p * np.log(p)).sum()


def test_every_case_of_the_libraries(golden):
    numbers = golden("committee")
    votes, proba = np.array(numbers["votes"]).T, np.array(numbers["proba"])
    for case in numbers["cases"]:
        measure = case["measure"]
        actual = VOTES[measure](votes, 3) if measure in VOTES else MEASURES[measure](proba)
        # Some add a small number inside the logarithm.
        exact = {"rtol": 1e-9, "atol": 1e-15}
        loose = {"atol": case["tolerance"]} if "tolerance" in case else exact
        assert_allclose(actual * case.get("times", 1), case["scores"], **loose, err_msg=str(case))
    assert len(numbers["cases"]) == 13


class Asked:
    """A round whose committee answers as told."""

    def __init__(self, proba, seed=0):
        self.answer = proba
        self.rng = np.random.default_rng(seed)
        self.tie_keys = np.linspace(0, 1, proba.shape[1])
        self.n_classes = proba.shape[2]

    def committee(self, members, **kind):
        return SimpleNamespace(proba=self.answer)


def test_batch_bald_golden(golden):
    numbers = golden("committee")
    right, wrong = numbers["batch_bald"]
    proba = np.array(numbers["proba"])
    picks = BatchBald().select(Asked(proba), None, 4)
    assert picks.candidates.tolist() == right["greedy"]
    joint = np.array([[np.nan if value is None else value for value in row] for row in right["joint"]])
    assert_allclose(np.cumsum(picks.utilities), np.nanmax(joint, axis=1), rtol=1e-9)
    added, total = JointInformation(proba, 10**6, np.random.default_rng(0)), 0.0
    for row, pick in zip(joint, right["greedy"], strict=True):
        additions, left = added.compute_additions(np.arange(10)), ~np.isnan(row)
        assert_allclose(additions[left] + total, row[left], rtol=1e-9)
        total += additions[pick]
        added.add(pick)
    assert set(wrong["ranks"][:4]) != set(picks.candidates)


def test_epig_golden(golden):
    numbers = golden("committee")
    case = numbers["epig"]
    actual = compute_predictive_information(np.array(numbers["proba"]), np.array(case["targets"]))
    assert_allclose(actual, case["scores"], atol=case["tolerance"])


@given(committees())
def test_divergences_are_the_formulas_written_out(proba):
    mean = proba.mean(axis=0)
    divergences = np.array(
        [
            [np.sum(p[p > 0] * np.log(p[p > 0] / q[p > 0])) for p, q in zip(member, mean, strict=True)]
            for member in proba
        ]
    )
    assert_allclose(mean_kl(proba), divergences.mean(axis=0), atol=1e-13)
    assert_allclose(max_kl(proba), divergences.max(axis=0), atol=1e-13)
    assert_allclose(consensus_entropy(proba), [entropy(p) for p in mean], atol=1e-13)
    ordered = np.sort(proba, axis=2)
    assert_allclose(min_margin(proba), 1 - (ordered[:, :, -1] - ordered[:, :, -2]).min(axis=0), atol=1e-13)


@given(committees(), st.integers(0, 100))
def test_votes_are_the_formulas_written_out(proba, seed):
    votes = np.random.default_rng(seed).integers(0, proba.shape[2], size=proba.shape[:2])
    shares = np.array([np.bincount(v, minlength=proba.shape[2]) / v.size for v in votes.T])
    assert_allclose(vote_entropy(votes, proba.shape[2]), [entropy(p) for p in shares], atol=1e-13)
    assert_allclose(variation_ratio(votes, proba.shape[2]), 1 - shares.max(axis=1), atol=1e-13)


def test_members_that_agree_are_tied_at_zero_exactly():
    proba = np.random.default_rng(0).dirichlet(np.ones(7), size=200)
    assert_array_equal(mean_kl(np.stack([proba] * 7)), 0)
    assert_array_equal(max_kl(np.stack([proba] * 7)), 0)


def joint_information(proba, batch):
    """Mutual information of the labels of a batch and the member, all configurations written out."""
    members, _, n_classes = proba.shape
    joint = []
    for labels in product(range(n_classes), repeat=len(batch)):
        likelihood = [
            np.prod([proba[m, i, y] for i, y in zip(batch, labels, strict=True)]) for m in range(members)
        ]
        joint.append(np.mean(likelihood))
    given_member = np.mean([sum(entropy(proba[m, i]) for i in batch) for m in range(members)])
    return entropy(np.array(joint)) - given_member


@given(committees(members=(2, 4), n=(4, 8), n_classes=(2, 3)))
def test_batch_bald_is_greedy_on_the_joint_information_written_out(proba):
    picks = BatchBald().select(Asked(proba), None, 4)
    batch, total = [], 0.0
    for pick, addition in zip(picks.candidates, picks.utilities, strict=True):
        direct = [
            -np.inf if i in batch else joint_information(proba, [*batch, i]) for i in range(proba.shape[1])
        ]
        assert direct[pick] >= max(direct) - 1e-10
        assert_allclose(addition, direct[pick] - total, atol=1e-10)
        batch.append(pick)
        total = direct[pick]


def test_batch_bald_by_sampled_configurations_is_near_the_exact_one():
    proba = np.random.default_rng(1).dirichlet(np.full(3, 0.3), size=(4, 12))
    exact = JointInformation(proba, 10**6, np.random.default_rng(0))
    sampled = JointInformation(proba, 500, np.random.default_rng(0))
    for pick in (3, 7, 1, 5, 9, 2):
        exact.add(pick)
        sampled.add(pick)
    rest = np.array([0, 4, 6, 8, 10, 11])
    assert_allclose(sampled.compute_additions(rest), exact.compute_additions(rest), atol=0.02)


def test_a_copy_of_what_is_in_the_batch_adds_nothing_if_labels_are_certain():
    """Members that are sure: one label of a row tells all that its copy could tell."""
    votes = np.array([[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 0]])
    proba = np.eye(2)[votes]
    added = JointInformation(proba, 1000, np.random.default_rng(0))
    quarter = entropy(np.array([0.25, 0.75]))
    assert_allclose(added.compute_additions(np.arange(4)), [quarter, quarter, np.log(2), 0])
    added.add(2)
    added.add(0)
    assert_array_equal(added.compute_additions(np.array([1, 3])), 0)
    picks = BatchBald().select(Asked(proba), None, 4)
    assert picks.candidates[0] == 2
    assert picks.n_tied == 2


@given(committees(members=(2, 5), n=(2, 6), n_classes=(2, 4)), committees(n=(1, 1)))
def test_epig_is_the_formula_written_out(proba, other):
    del other
    targets = proba[:, ::-1][:, :3]
    members = proba.shape[0]
    direct = np.zeros(proba.shape[1])
    for i in range(proba.shape[1]):
        for t in range(targets.shape[1]):
            joint = sum(np.outer(proba[m, i], targets[m, t]) for m in range(members)) / members
            apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
            inside = joint > 0
            direct[i] += np.sum(joint[inside] * np.log(joint[inside] / apart[inside])) / targets.shape[1]
    assert_allclose(compute_predictive_information(proba, targets), direct, atol=1e-12)


def test_bald_and_qbc_kl_are_the_same_numbers(round_of):
    X = np.random.default_rng(0).normal(size=(40, 3))
    view = round_of(X, np.arange(12), np.arange(12) % 3, 3)
    assert_array_equal(Bald().utilities(view, None), Qbc(disagreement="kl").utilities(view, None))


def test_epig_prefers_what_tells_about_the_targets():
    """Two halves of the members disagree about the targets; other halves disagree more, about something else."""
    strong, weak = [[0.95, 0.05], [0.05, 0.95]], [[0.7, 0.3], [0.3, 0.7]]
    targets = np.array([strong[0], strong[0], strong[1], strong[1]])[:, None]
    beside = np.array([strong[0], strong[1], strong[0], strong[1]])[:, None]
    telling = np.array([weak[0], weak[0], weak[1], weak[1]])[:, None]
    proba = np.concatenate([beside, telling], axis=1)
    assert mean_kl(proba)[0] > mean_kl(proba)[1]
    actual = compute_predictive_information(proba, targets)
    assert actual[0] == 0
    assert actual[1] > 0.05


@pytest.mark.parametrize("kind", [{}, {"committee": "random_subspace"}, {"models": ["gaussian_nb", "knn"]}])
@pytest.mark.parametrize(
    "disagreement", ["vote_entropy", "variation_ratio", "kl", "kl_max", "consensus_entropy", "min_margin"]
)
def test_every_committee_under_every_disagreement(round_of, kind, disagreement):
    X = np.random.default_rng(0).normal(size=(40, 3))
    view = round_of(X, np.arange(12), np.arange(12) % 2, 3)
    strategy = Qbc(disagreement=disagreement, **kind)
    utilities = strategy.utilities(view, None)
    assert utilities.shape == (28,)
    assert np.isfinite(utilities).all()
    assert (utilities >= 0).all()
    committee = strategy.get_committee(view)
    assert committee.votes.shape[0] == (2 if "models" in kind else 5)
    # The class that is not among the labels has no votes and no probability.
    assert committee.votes.max() <= 1
    assert_array_equal(committee.proba[:, :, 2], 0)


def test_members_of_a_random_subspace_look_at_half_of_the_features(round_of):
    X = np.random.default_rng(0).normal(size=(40, 5))
    view = round_of(X, np.arange(12), np.arange(12) % 2, 2)
    members = view.committee(6, method="random_subspace").members
    assert {member.columns.size for member in members} == {3}
    assert len({tuple(member.columns) for member in members}) > 1
    assert all(member.fitted.estimator.n_features_in_ == 3 for member in members)


def test_different_models_are_fitted_on_all_labelled_rows(round_of):
    X = np.random.default_rng(0).normal(size=(40, 5))
    view = round_of(X, np.arange(12), np.arange(12) % 2, 2)
    strategy = Qbc(models=["gaussian_nb", {"knn": {"n_neighbors": 3}}])
    first, second = strategy.get_committee(view).members
    assert_array_equal(first.estimator.class_count_, [6, 6])
    assert second.estimator.n_neighbors == 3
    assert view.committee(models=strategy.models) is strategy.get_committee(view)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"models": ["knn"]}, "a committee has at least two"),
        ({"models": ["knn", "gaussian_nb"], "members": 4}, "members cannot stand beside models"),
        ({"models": ["knn", "nobody"]}, "no model 'nobody'"),
    ],
)
def test_committees_that_make_no_sense(params, message):
    with pytest.raises(ValueError, match=message):
        Qbc(**params)


@pytest.mark.parametrize(
    ("params", "kind"), [({"members": 1}, "greater_than_equal"), ({"disagreement": "kll"}, "literal_error")]
)
def test_a_committee_of_one_and_an_unknown_disagreement_are_refused(params, kind):
    with pytest.raises(ValidationError) as caught:
        Qbc(**params)
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [(tuple(params), kind)]


def test_epig_draws_its_targets_from_the_candidates(round_of):
    X = np.random.default_rng(0).normal(size=(40, 3))
    first, again = (round_of(X, np.arange(12), np.arange(12) % 2, 2) for _ in range(2))
    assert_array_equal(Epig(targets=3).utilities(first, None), Epig(targets=3).utilities(again, None))
    everything = Epig(targets=1000)
    proba = first.committee(5).proba
    view = round_of(X, np.arange(12), np.arange(12) % 2, 2)
    assert_allclose(
        everything.utilities(view, None), compute_predictive_information(proba, proba), atol=1e-12
    )
