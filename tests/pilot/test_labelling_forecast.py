"""What a pilot says of labels to come: predictions, verdict, advice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from albench.analysis.evidence.cells import Interval
from albench.analysis.evidence.labelling import Prediction, RandomLabels, StrategyForecast
from albench.datasets.representativeness import Representativeness
from albench.errors import AlbenchError
from albench.pilot.labelling_forecast import decide_verdict, forecast_labelling
from albench.pilot.pool_curves import PoolCurves
from albench.pilot.prior import KNEE, GainPrior, StrategyPrior
from albench.pilot.study import LevelErrors, MetricStudy, PilotStudy, ShiftRule, read_study


def make_study(mean=0.2, spread=0.8, low=-2.0, high=2.0, mismatch=0.1):
    """Return constants with a mean share of the error, compressed as shares are."""
    planted = StrategyPrior(float(np.arcsinh(mean / KNEE)), spread, 0.0, low, high)
    gain = GainPrior(dict.fromkeys(("margin", "other"), planted), 1.0, mismatch)
    of_random = StrategyPrior(float(np.arcsinh(0.2 / KNEE)), 0.3, 0.0, -2.0, 2.0)
    rise = GainPrior({"random": of_random, "other": planted}, 1.0, 0.1)
    errors = LevelErrors(0.0, -2.0, 2.0)
    metric = MetricStudy(
        gain, rise, gain, 3.0, 0.5, (0.5, 1.0), (0.8, 1.0), (1.0, 1.0), (1.5, 1.0), errors, errors
    )
    return PilotStudy(
        "a study",
        "planted",
        ("one",),
        "logistic_regression",
        (150, 400),
        ShiftRule(2.0, 2.0, 0.8),
        {"accuracy": metric},
    )


def make_pools(gain=0.02, noise=0.01, seed=0):
    """Return nested pools in which random is 0.9 - n^-1/2 and margin is a gain above it."""
    rng = np.random.default_rng(seed)
    pools = []
    for n_pool in (25, 50, 100):
        n_labels = np.arange(10.0, 0.8 * n_pool + 1, 10.0)
        random = 0.9 - n_labels**-0.5 + rng.normal(0, noise, (10, n_labels.size))
        margin = random + gain + rng.normal(0, noise, random.shape)
        whole = 0.9 - n_pool**-0.5 + rng.normal(0, noise, 10)
        pools.append(PoolCurves(n_pool, 43, n_labels, random, {"margin": margin}, whole))
    return tuple(pools)


def forecast(pools, study, **changes):
    return forecast_labelling(
        pools, **{"n_labelled": 143, "n_unlabelled": 1300, "n_more": 143, "study": study, **changes}
    )


def make_strategy(expected, low, high):
    prediction = Prediction(expected, Interval(low, high, 0.9, ""))
    return StrategyForecast(
        "s", prediction, prediction, RandomLabels(None, None, None, 0.9, 1), 0.0, known=True
    )


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [
        ([(0.02, 0.001, 0.05)], "pays_off"),
        ([(0.02, 0.0, 0.05)], "undecided"),
        ([(0.001, -0.002, 0.0049)], "no_gain"),
        ([(0.001, -0.002, 0.005)], "undecided"),
        ([(0.0, -0.1, 0.1)], "no_gain"),
        ([(0.01, -0.002, 0.03), (0.005, -0.1, 0.004)], "undecided"),
    ],
)
def test_verdicts_at_the_edges(gains, verdict):
    assert decide_verdict([make_strategy(*gain) for gain in gains]) == verdict


def test_a_pilot_without_noise_is_believed_and_one_of_noise_alone_is_not():
    study = make_study(mismatch=1e-3)
    clear = forecast(make_pools(0.02, noise=1e-6), study).find("margin")
    # One of two rows more wrong: the pilot's error is (143 * 0.2 + 1) / 145, with all labels that of 143^-1/2 + 0.1.
    error, pilot_error = (143 * (0.1 + 143**-0.5) + 1) / 145, (143 * 0.2 + 1) / 145
    assert clear.gain.expected == pytest.approx(0.02 * error / pilot_error, rel=1e-3)
    blind = forecast(make_pools(0.02, noise=1e-6), make_study(mismatch=1e3)).find("margin")
    assert blind.gain.expected == pytest.approx(0.2 * error, rel=1e-3)
    # Two spreads of 0.8 above arcsinh(0.2 / 0.05).
    assert blind.gain.interval.high == pytest.approx(0.05 * np.sinh(np.arcsinh(4) + 1.6) * error, rel=1e-3)


def test_half_of_the_labels_gives_the_share_of_the_gain_that_the_profile_says():
    whole = forecast(make_pools(), make_study()).find("margin").gain
    half = forecast(make_pools(), make_study(), n_more=143 // 2).find("margin").gain
    quarter = forecast(make_pools(), make_study(), n_more=143 // 4).find("margin").gain
    assert half.expected / whole.expected == pytest.approx(0.8, abs=0.01)
    assert quarter.expected / whole.expected == pytest.approx(0.4, abs=0.01)


def test_the_advice_is_the_highest_expected_gain_and_random_if_there_is_none():
    assert forecast(make_pools(), make_study()).advised == "margin"
    below = forecast(make_pools(-0.05), make_study(mean=-0.1))
    assert (below.advised, below.verdict) == ("random", "no_gain")


def test_random_needs_more_labels_for_what_a_strategy_gains_as_far_as_it_was_followed():
    labels = forecast(make_pools(), make_study(mismatch=1e3)).find("margin").random_labels
    # A fifth more than the strategy's 143 at the median, two spreads of 0.8 around arcsinh(0.2 / 0.05).
    assert labels.expected == pytest.approx(1.2 * 143, rel=1e-3)
    assert labels.low == pytest.approx((1 + 0.05 * np.sinh(np.arcsinh(4) - 1.6)) * 143, rel=1e-3)
    assert labels.high == pytest.approx((1 + 0.05 * np.sinh(np.arcsinh(4) + 1.6)) * 143, rel=1e-3)
    beyond = forecast(make_pools(), make_study(high=20.0, mismatch=1e3)).find("margin").random_labels
    assert (beyond.high, beyond.most) == (None, 429)
    # 2.9 times the labels are within 5 % of the three times that were followed.
    near = forecast(make_pools(), make_study(mean=1.9, low=0.0, high=0.0, mismatch=1e3)).find("margin")
    assert near.random_labels.expected is None
    assert near.random_labels.low == near.random_labels.high == pytest.approx(2.9 * 143, rel=1e-3)


def test_levels_are_in_order_and_none_is_above_the_best():
    forecasts = forecast(make_pools(), make_study(high=50.0))
    margin = forecasts.find("margin")
    assert forecasts.now.expected < forecasts.random.expected < margin.level.expected
    assert margin.level.interval.high == 1.0


def test_a_strategy_that_the_study_did_not_have_is_known_by_its_name_in_the_catalogue():
    pools = tuple(replace(pool, strategies={"mine": pool.strategies["margin"]}) for pool in make_pools())
    assert not forecast(pools, make_study()).find("mine").known
    assert forecast(pools, make_study(), names={"mine": "margin"}).find("mine").known


def test_labels_that_would_tell_are_named_where_noise_is_what_hides_the_gain():
    hidden = forecast(make_pools(0.008, noise=0.1), make_study(mean=0.03, spread=2.0, mismatch=0.01))
    assert hidden.verdict == "undecided"
    assert 0 < hidden.labels_to_tell < 9 * 143
    never = forecast(make_pools(0.008, noise=0.1), make_study(mean=0.03, spread=2.0, mismatch=100.0))
    assert (never.verdict, never.labels_to_tell) == ("undecided", None)


def test_the_same_pilot_gives_the_same_forecast():
    assert forecast(make_pools(), make_study()) == forecast(make_pools(), make_study())


def test_a_metric_that_the_study_did_not_measure_is_refused_with_those_that_it_did():
    with pytest.raises(AlbenchError, match=r"were measured in accuracy.*not in log_loss"):
        forecast(make_pools(), make_study(), metric="log_loss")


def test_a_pilot_of_random_alone_is_refused():
    pools = tuple(replace(pool, strategies={}) for pool in make_pools())
    with pytest.raises(AlbenchError, match="there is no strategy to compare with random"):
        forecast(pools, make_study())


def test_the_shipped_study_is_read():
    study = read_study()
    assert set(study.metrics) == {"accuracy", "balanced_accuracy", "f1_macro"}
    forecasts = forecast(make_pools(), study)
    assert forecasts.find("margin").known
    assert forecasts.now.interval.low < forecasts.now.expected < forecasts.now.interval.high


def test_what_the_study_did_not_measure_is_named():
    assert forecast(make_pools(), make_study(), n_labelled=160, n_more=160).notes == ()
    pools = tuple(replace(pool, strategies={"mine": pool.strategies["margin"]}) for pool in make_pools())
    notes = forecast(pools, make_study(), n_labelled=120, n_unlabelled=200, n_more=150, model="svc").notes
    assert [note.split(";")[0].split(":")[0] for note in notes] == [
        "120 rows are labelled",
        "150 labels more are over 1 times those of now",
        "150 labels more are most of 200 unlabelled rows",
        "On the 1 data sets that forecasts rest on the model was logistic_regression",
        "On the 1 data sets that forecasts rest on mine was not tried",
    ]


def test_labelled_rows_unlike_the_others_widen_intervals_and_withhold_the_verdict():
    pools, study = make_pools(), make_study()
    alike = forecast(pools, study, n_labelled=160, representativeness=Representativeness(0.52, 0.47, 0.57))
    apart = forecast(pools, study, n_labelled=160, representativeness=Representativeness(0.7, 0.65, 0.75))
    far = forecast(pools, study, n_labelled=160, representativeness=Representativeness(0.8, 0.75, 0.85))
    assert alike == forecast(pools, study, n_labelled=160)
    (note,) = apart.notes
    assert note.endswith("intervals are longer: 2 times for gains, 2 times for the metric itself.")
    assert apart.advised == far.advised == alike.advised
    assert (alike.verdict, far.verdict) == ("pays_off", "withheld")
    for near, wide in ((alike.random, apart.random), (alike.now, apart.now)):
        assert wide.expected == near.expected
        lengths = [of.expected - of.interval.low for of in (near, wide)]
        assert lengths[1] == pytest.approx(2 * lengths[0])
    gains = [each.find("margin").gain for each in (alike, apart)]
    assert gains[1].interval.low < gains[0].interval.low < gains[0].interval.high < gains[1].interval.high
