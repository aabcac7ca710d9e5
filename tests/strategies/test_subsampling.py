"""Fewer candidates: which ones, and that the wrapped strategy sees no other."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from albench.checking.pools import make_blobs
from albench.contracts import Strategy
from albench.models.fitted import FittedModel
from albench.strategies.anchor_subsampling import AnchorSubsampling, compute_similarities
from albench.strategies.epsilon_greedy import EpsilonGreedy
from albench.strategies.numerics.linear_algebra import scale_to_unit_length
from albench.strategies.random_subsampling import RandomSubsampling
from albench.strategies.seals import OpenRows, Seals
from albench.strategies.uncertainty import Margin


class Recorder(Strategy):
    """Margin that notes what it was shown."""

    def utilities(self, pool, state):
        state.append(pool)
        return Margin().utilities(pool, None)

    def start(self, pool):
        return []


@pytest.fixture
def view(round_of):
    X, y = make_blobs(120, 3, 3)
    return round_of(X, np.arange(12), y[:12], 3, batch_size=4)


def chosen(strategy, view, n=4):
    memory = strategy.start(view)
    picks = strategy.select(view, memory, n)
    seen = memory[1][0] if isinstance(memory, tuple) else memory[0]
    return view.candidates[picks.candidates], picks, seen


@pytest.mark.parametrize(
    ("params", "expected"),
    [({}, 11), ({"share": 0.25}, 27), ({"size": 40}, 40), ({"size": 2}, 4), ({"share": 1}, 108)],
)
def test_a_random_part_is_as_large_as_asked_and_never_smaller_than_the_batch(view, params, expected):
    rows, picks, seen = chosen(RandomSubsampling(strategy=Recorder(), **params), view)
    assert seen.candidates.size == expected
    assert np.isin(seen.candidates, view.candidates).all()
    assert (np.diff(seen.candidates) > 0).all()
    assert np.isin(rows, seen.candidates).all()
    assert_array_equal(picks.utilities, Margin().utilities(view, None)[picks.candidates])


def test_a_part_of_all_is_the_strategy_itself(view):
    whole = Margin().select(view, None, 4)
    part = RandomSubsampling(strategy="margin", share=1).select(view, None, 4)
    assert_array_equal(part.candidates, whole.candidates)


def test_the_model_is_asked_about_the_part_alone(round_of, monkeypatch):
    X, y = make_blobs(120, 3, 3)
    view = round_of(X, np.arange(12), y[:12], 3)
    n_predicted = []
    plain = FittedModel.proba
    monkeypatch.setattr(
        FittedModel, "proba", lambda self, X: n_predicted.append(X.shape[0]) or plain(self, X)
    )
    RandomSubsampling(strategy="margin", size=9).select(view, None, 4)
    assert n_predicted == [9]


def test_what_is_known_of_all_is_known_of_the_part(view):
    whole, keys = view.proba, view.tie_keys
    keep = np.array([0, 5, 50])
    part = view.among(keep)
    assert_array_equal(part.proba, whole[keep])
    assert_array_equal(part.tie_keys, keys[keep])
    assert part.rng is view.rng
    assert part.committee(3).members is view.committee(3).members
    assert part.committee(3).votes.shape == (3, 3)
    assert_array_equal(part.committee(3).votes, view.committee(3).votes[:, keep])
    assert part.among(np.array([1])).candidates == view.candidates[5]
    with pytest.raises(ValueError):
        part.candidates[0] = 1


def test_share_and_size_exclude_each_other():
    with pytest.raises(ValueError, match="give share or size, not both"):
        RandomSubsampling(strategy="margin", share=0.1, size=3)


def test_seals_opens_the_neighbours_of_labelled_rows(view):
    rows, _, seen = chosen(Seals(strategy=Recorder(), neighbours=6), view)
    X = view.features
    near = set()
    for row in view.labelled:
        distances = ((X - X[row]) ** 2).sum(axis=1)
        distances[row] = np.inf
        near |= set(np.argsort(distances)[:6].tolist())
    assert set(seen.candidates.tolist()) == near - set(view.labelled.tolist())
    assert np.isin(rows, seen.candidates).all()


def test_what_seals_has_opened_stays_open(view):
    opened = OpenRows(view.features, 3)
    opened.add(np.array([0, 1]))
    before = opened.mask.copy()
    opened.add(np.array([0, 1, 2]))
    assert opened.mask[before].all()
    assert opened.mask.sum() > before.sum()


def test_seals_fills_up_a_batch_by_chance(round_of):
    X, y = make_blobs(60, 3, 3)
    view = round_of(X, np.arange(2), y[:2], 3)
    _, _, seen = chosen(Seals(strategy=Recorder(), neighbours=1), view, n=10)
    assert seen.candidates.size == 10


def test_seals_keeps_the_memory_of_what_it_wraps(view):
    strategy = Seals(strategy=EpsilonGreedy(strategy="k_center", epsilon=0))
    memory = strategy.start(view)
    strategy.select(view, memory, 4)
    assert np.isfinite(memory[1].squared).all()


def test_anchors_fetch_their_neighbours_written_out():
    rng = np.random.default_rng(0)
    candidates, anchors = (
        scale_to_unit_length(rng.normal(size=(40, 3))),
        scale_to_unit_length(rng.normal(size=(20, 3))),
    )
    cosines = candidates @ anchors.T
    direct = np.full(40, -np.inf)
    fetched = [[] for _ in range(40)]
    for anchor in range(20):
        for row in np.argsort(-cosines[:, anchor])[:5]:
            fetched[row].append(cosines[row, anchor])
    for row, similar in enumerate(fetched):
        if similar:
            direct[row] = np.mean(similar)
    np.testing.assert_allclose(compute_similarities(candidates, anchors, 5), direct)
    assert np.isfinite(compute_similarities(candidates, anchors, 100)).all()


def test_anchors_bring_every_class(round_of):
    """Two far corners, one of them rare: its rows are among those shown."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(190, 2)) * 0.1 + [1, 0], rng.normal(size=(10, 2)) * 0.1 + [0, 1]])
    y = np.arange(200) // 190
    labelled = np.array([0, 1, 2, 3, 199])
    view = round_of(X, labelled, y[labelled], 2)
    n_rare = []
    for strategy in ("anchor_subsampling", "random_subsampling"):
        cls = {"anchor_subsampling": AnchorSubsampling, "random_subsampling": RandomSubsampling}[strategy]
        own = {"anchors": 2, "neighbours": 9} if cls is AnchorSubsampling else {}
        _, _, seen = chosen(cls(strategy=Recorder(), size=30, **own), view)
        n_rare.append((y[seen.candidates] == 1).sum())
        assert seen.candidates.size <= 30
    assert n_rare[0] == 9 > 2 * n_rare[1]


def test_while_there_are_few_candidates_all_are_shown(view):
    _, _, seen = chosen(AnchorSubsampling(strategy=Recorder(), size=200), view)
    assert seen.candidates.size == view.candidates.size
