"""What is said of bought labels, through the public door."""

import numpy as np
import polars as pl
import pytest

from albench import tables
from albench.analysis.conclude import conclude

CURVE = np.tile([0.5, 0.6, 0.7], (1, 2, 1))


@pytest.fixture
def bought(world):
    """Two repeats of two rounds of ten labels; ``picks`` maps (strategy, arm) -> rows bought, of any repeat."""

    def make(picks, labels, **changes):
        study = world(
            {"a": {"random": np.tile(CURVE[0], (2, 1, 1)), "margin": CURVE[0]}}, splits=2, **changes
        )
        rows = [
            {
                "key": f"a/{strategy}/{arm}/{split}/0",
                "round": 0 if i < 0 else 1 + i // 10,
                "rank": i % 10,
                "row": row,
                "label_true": int(labels[row]),
            }
            for (strategy, arm), own in picks.items()
            for split in range(2)
            for i, row in [(-1, 999), *enumerate(own)]
        ]
        return study, pl.DataFrame(rows, schema=tables.build_schema("queries"))

    return make


def test_shared_picks_and_what_chance_gives(bought):
    picks = {
        ("random", 0): range(20),
        ("random", 1): range(15, 35),
        ("margin", 0): [*range(5, 15), *range(100, 110)],
    }
    study, queries = bought(picks, np.zeros(1000))
    (similarity,) = conclude(study.experiment, *study.tables(), queries=queries).primary.details.similarity
    assert similarity.strategies == ("random", "margin")
    assert similarity.n_queried.tolist() == [10, 20]
    # After ten labels 5 of 15 are shared, after twenty 10 of 30; random's arms share 5 of 35 in the end.
    assert similarity.jaccard[0, 1] == pytest.approx([5 / 15, 10 / 30])
    assert similarity.jaccard[0, 0] == pytest.approx([0, 5 / 35])
    assert similarity.jaccard[1, 1].tolist() == [1, 1]


def test_a_smaller_budget_looks_at_fewer_picks(bought):
    from albench.spec.experiment import Size

    picks = {("random", 0): range(20), ("random", 1): range(20, 40), ("margin", 0): range(5, 25)}
    labels = (np.arange(1000) >= 15).astype(int)
    study, queries = bought(picks, labels, budget=Size("count", 20))
    details = conclude(study.experiment, *study.tables(), queries=queries).primary.details
    (similarity,) = details.similarity
    assert similarity.n_queried.tolist() == [10]
    assert similarity.jaccard[0, 1] == pytest.approx([5 / 15])
    # Rows 5 to 14 of margin; 0 to 9 and 20 to 29 of random's arms.
    assert [balance.queried for balance in details.balance] == [(0.5, 0.5), (1.0, 0.0)]


def test_classes_bought_beside_those_of_the_pool(bought):
    labels = np.zeros(1000)
    labels[30:40] = 1
    picks = {("random", 0): range(20), ("random", 1): range(20, 40), ("margin", 0): range(20)}
    study, queries = bought(picks, labels)
    details = conclude(
        study.experiment, *study.tables(), queries=queries, classes={"a": ("ham", "spam")}
    ).primary.details
    random, margin = details.balance
    assert random.pool == margin.pool == (0.75, 0.25)
    assert margin.queried == (1.0, 0.0)
    assert (margin.distance, margin.evenness, margin.never) == (0.25, 0.0, ("spam",))
    assert (random.distance, random.never) == (0.0, ())


def test_the_order_of_the_queries_does_not_matter(bought):
    rng = np.random.default_rng(0)
    picks = {side: rng.permutation(100)[:20] for side in (("random", 0), ("random", 1), ("margin", 0))}
    study, queries = bought(picks, rng.integers(0, 2, 1000))
    shuffled = queries.sample(fraction=1, shuffle=True, seed=1)
    ordered, other = (
        conclude(study.experiment, *study.tables(), queries=frame).primary.details
        for frame in (queries, shuffled)
    )
    assert np.array_equal(ordered.similarity[0].jaccard, other.similarity[0].jaccard)
    assert ordered.balance == other.balance


def test_trials_without_picks_are_left_out(bought):
    picks = {("random", 0): range(20), ("random", 1): range(20)}
    study, queries = bought(picks, np.zeros(1000))
    details = conclude(study.experiment, *study.tables(), queries=queries).primary.details
    assert np.isnan(details.similarity[0].jaccard[0, 1]).all()
    assert [balance.strategy for balance in details.balance] == ["random"]
