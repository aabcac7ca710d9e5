"""The interval of the interquartile mean of normalised areas."""

from __future__ import annotations

import numpy as np
import pytest

from albench.analysis.details.headroom import Shares, estimate_interquartile_interval
from albench.analysis.stats.intervals import find_units


@pytest.mark.parametrize("n_datasets", [1, 3])
def test_the_interval_of_an_interquartile_mean_of_three_repeats_holds_its_level(n_datasets):
    rng, of = np.random.default_rng(n_datasets), find_units(np.arange(3))
    hits = []
    for _ in range(600):
        shares = [Shares(values, of) for values in rng.standard_normal((n_datasets, 3))]
        interval = estimate_interquartile_interval(shares)
        hits.append(interval.low <= 0 <= interval.high)
    assert 0.93 <= np.mean(hits) <= 0.97
