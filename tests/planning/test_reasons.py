"""Why a new trial is not there yet, in words: what differs from the most similar stored one."""

from __future__ import annotations

import pytest

from albench.identity import TrialIdentity
from albench.planning.reasons import IdentityIndex

NOTHING = {"name": "nothing", "version": 1}


def identity(**changes):
    values = {
        "dataset": "0" * 64,
        "preprocessing": NOTHING,
        "split": NOTHING,
        "split_index": 0,
        "validation": 0.0,
        "start": 0,
        "seed_size": 2,
        "seed_set": NOTHING,
        "batch_size": 1,
        "task_model": {"estimator": "A", "version": 1},
        "query_model": {"estimator": "A", "version": 1},
        "strategy": {"name": "margin", "version": 1},
        "arm": 0,
        "oracle": NOTHING,
        "random_state": 0,
    }
    return TrialIdentity(**values | changes).to_dict()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strategy": {"name": "entropy", "version": 1}}, "new strategy"),
        ({"strategy": {"name": "margin", "version": 2}}, "version of margin raised from 1 to 2"),
        ({"strategy": {"name": "margin", "version": 1, "power": 2}}, "changed parameter of margin"),
        ({"split_index": 1}, "new repeat"),
        ({"dataset": "1" * 64}, "new or changed dataset"),
        ({"ties": "first"}, "ties ordered otherwise"),
        ({"budget": 40}, "new budget of a strategy that looks at it"),
        ({name: {"estimator": "B", "version": 1} for name in ("task_model", "query_model")}, "new model"),
        ({"query_model": {"estimator": "B", "version": 1}}, "new query model"),
        # Two changes at once: no stored trial is like it but for one of them.
        ({"split_index": 1, "random_state": 7}, "not run yet"),
    ],
)
def test_what_is_new_about_a_trial_is_told(changes, words):
    assert IdentityIndex([identity()]).explain(identity(**changes)) == words


def test_a_value_that_other_stored_trials_have_is_not_what_is_new():
    """Two stored trials with both strategies and both seed sizes: the other two combinations were not run yet."""
    entropy = {"name": "entropy", "version": 1}
    index = IdentityIndex([identity(), identity(strategy=entropy, seed_size=5)])
    assert index.explain(identity(strategy=entropy)) == "not run yet"
    assert index.explain(identity(seed_size=5)) == "not run yet"
    assert index.explain(identity(seed_size=9)) == "new seed size"


def test_a_raised_version_is_told_before_a_new_component():
    """Of several similar trials, the one with the same component explains most."""
    stored = [identity(strategy={"name": name, "version": 1}) for name in ("entropy", "margin", "random")]
    new = identity(strategy={"name": "margin", "version": 3})
    assert IdentityIndex(stored).explain(new) == "version of margin raised from 1 to 3"


def test_nothing_is_like_a_trial_where_nothing_is_stored():
    assert IdentityIndex([]).explain(identity()) == "not run yet"
