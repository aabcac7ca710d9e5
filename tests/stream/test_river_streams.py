"""Streams of River's generators are what the generators draw."""

import numpy as np
import pytest

from albench.errors import ModelError
from albench.stream.river_streams import draw_river_stream

GENERATORS = {
    "SEA": {"variant": 1},
    "Hyperplane": {"n_features": 4},
    "LED": {"noise_percentage": 0.1},
    "Agrawal": {},
    "RandomRBF": {"n_classes": 3},
    "RandomRBFDrift": {"change_speed": 0.5, "n_drift_centroids": 10},
}


@pytest.mark.parametrize("name", GENERATORS)
def test_rows_are_those_of_the_generator(name):
    synth = pytest.importorskip("river.datasets.synth")
    data = draw_river_stream(f"river.datasets.synth.{name}", 60, seed=3, **GENERATORS[name])
    seeds = {"seed_model": 3, "seed_sample": 3} if "RBF" in name else {"seed": 3}
    rows = list(getattr(synth, name)(**seeds, **GENERATORS[name]).take(60))
    assert data.features.tolist() == [[float(value) for value in row.values()] for row, _ in rows]
    assert [data.classes[label] for label in data.labels] == [str(label) for _, label in rows]
    again = draw_river_stream(f"river.datasets.synth.{name}", 60, seed=4, **GENERATORS[name])
    assert again.identity != data.identity
    assert not np.array_equal(again.features, data.features)


def test_without_river_the_extra_is_named(monkeypatch):
    for module in ("river", "river.datasets", "river.datasets.synth"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install 'albench\[river\]'"):
        draw_river_stream("river.datasets.synth.SEA", 10)
