from __future__ import annotations

import numpy as np
from rounds import batch_of, round_of

from albench.strategies.galaxy import Galaxy, find_around_meetings, find_stretches


def line(text):
    """Classes along a line: a digit where known, a dot where not."""
    return np.array([-1 if letter == "." else int(letter) for letter in text])


def test_the_middles_between_a_class_and_another():
    rows, steps = find_stretches(line("0...1..0.0..2"), 0)
    # 0 to 1 at places 0 and 4; 1 to 0 at 4 and 7; between 7 and 9 nothing changes; 0 to 2 at 9 and 12.
    assert list(rows) == [2, 5, 10]
    assert list(steps) == [4, 3, 3]
    # For class 1 the last stretch lies between two others.
    assert list(find_stretches(line("0...1..0.0..2"), 1)[0]) == [2, 5]


def test_neighbours_of_different_classes_have_no_middle():
    assert find_stretches(line("0011"), 0)[0].size == 0
    assert find_stretches(line("....."), 0)[0].size == 0


def test_the_nearest_rows_to_a_meeting():
    rows, steps = find_around_meetings(line("..001..1.0."), 0)
    # 0 and 1 meet at places 3 and 4: row 1 is two steps before, row 5 one step after.
    assert dict(zip(rows, steps, strict=True)) == {1: 2, 5: 1}
    assert find_around_meetings(line("00.."), 0)[0].size == 0


def test_a_row_between_two_meetings_counts_once_with_its_shorter_way():
    rows, steps = find_around_meetings(line("10.01"), 0)
    assert dict(zip(rows, steps, strict=True)) == {2: 1}


def binary(p, labelled, labels, seed=0):
    proba = np.stack([p, 1 - np.asarray(p)], axis=1)
    X = np.arange(float(len(p)))[:, None]
    return round_of(X, labelled, labels, proba=proba, n_classes=2, seed=seed)


def test_bisection_of_a_line_of_two_classes():
    p = np.linspace(0.99, 0.01, 9)
    rows, utilities = batch_of(Galaxy(), binary(p, [0, 8], [0, 1]), 1)
    assert list(rows) == [4]
    assert list(utilities) == [-8]


def test_within_a_batch_a_pick_counts_with_its_predicted_class():
    p = np.array([0.99, 0.9, 0.8, 0.7, 0.6, 0.3, 0.2, 0.1, 0.01])
    rows, utilities = batch_of(Galaxy(), binary(p, [0, 8], [0, 1]), 4)
    # 4 is predicted class 0, so the other class begins after it: 6 (class 1), 5 (class 1), and then no
    # stretch is left: rows 3 and 7 are as near to where 4 and 5 meet as there is.
    assert list(rows[:3]) == [4, 6, 5]
    assert rows[3] in {3, 7}
    assert list(utilities) == [-8, -4, -2, -1 if rows[3] == 3 else -2]
    assert rows[3] == 3


def test_with_one_class_labelled_a_random_row_is_taken():
    p = np.linspace(0.99, 0.6, 9)
    picks = {int(batch_of(Galaxy(), binary(p, [0, 8], [0, 0], seed=seed), 1)[0][0]) for seed in range(60)}
    assert picks == set(range(1, 8))


def test_every_class_has_its_line():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), size=12)
    X = np.arange(12.0)[:, None]
    wanted = set()
    for code in range(3):
        others = np.delete(proba, code, axis=1).max(axis=1)
        order = np.argsort(others - proba[:, code])
        classes = np.full(12, -1)
        classes[[0, 1, 2, 3]] = [0, 1, 2, 0]
        rows, steps = find_stretches(classes[order], code)
        if not rows.size:
            rows, steps = find_around_meetings(classes[order], code)
        wanted |= {int(order[row]) for row in rows[steps == steps.min()]}
    picked = set()
    for seed in range(100):
        view = round_of(X, [0, 1, 2, 3], [0, 1, 2, 0], proba=proba, seed=seed)
        picked.add(int(batch_of(Galaxy(), view, 1)[0][0]))
    assert picked == wanted
