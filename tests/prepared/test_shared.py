"""What strategies share about a split is computed once, without labels, and read by every trial."""

from __future__ import annotations

import numpy as np
import pytest

from albench.contracts import Shared
from albench.prepared.shared_arrays import SharedArrays


class Noise(Shared):
    """A row of random numbers, and the mean of the features."""

    n: int = 3

    def compute(self, features, *, n_classes, rng):
        return {"drawn": rng.random(self.n), "mean": features.mean(axis=0), "classes": np.array(n_classes)}


X = np.arange(12.0).reshape(6, 2)


def shared(folder=None, **changes):
    of = {"n_classes": 2, "random_state": 0, "dataset": "abc", "split": 0, **changes}
    return SharedArrays(X, folder=folder, **of)


def test_what_was_saved_equals_what_is_computed_when_asked_for(tmp_path):
    shared().save(Noise(n=4), tmp_path)
    saved, computed = shared(tmp_path)[Noise(n=4)], shared()[Noise(n=4)]
    assert sorted(saved) == ["classes", "drawn", "mean"]
    for name in saved:
        np.testing.assert_array_equal(saved[name], computed[name])
    np.testing.assert_array_equal(saved["mean"], [5, 6])
    assert saved["classes"] == 2


def test_a_saved_need_is_not_computed_again(tmp_path):
    shared().save(Noise(), tmp_path)
    (file,) = tmp_path.rglob("drawn.npy")
    np.save(file, np.zeros(3))
    np.testing.assert_array_equal(shared(tmp_path)[Noise()]["drawn"], np.zeros(3))


def test_equal_needs_are_computed_once():
    arrays = shared()
    assert arrays[Noise(n=3)] is arrays[Noise()]
    assert arrays[Noise(n=2)] is not arrays[Noise()]
    assert len(arrays) == 2


def test_arrays_are_read_only(tmp_path):
    shared().save(Noise(), tmp_path)
    for arrays in (shared(), shared(tmp_path)):
        with pytest.raises(ValueError):
            arrays[Noise()]["mean"][0] = 1
        with pytest.raises(TypeError):
            arrays[Noise()]["mean"] = X


@pytest.mark.parametrize("change", [{"split": 1}, {"dataset": "abd"}, {"random_state": 1}])
def test_randomness_depends_on_the_split(change):
    assert not np.array_equal(shared()[Noise()]["drawn"], shared(**change)[Noise()]["drawn"])


def test_randomness_depends_on_the_need():
    assert not np.array_equal(shared()[Noise(n=3)]["drawn"], shared()[Noise(n=4)]["drawn"][:3])
