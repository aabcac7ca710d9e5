from __future__ import annotations

import math

import pytest

from albench.analysis.evidence.cells import Interval
from albench.report.html import numbers

THIN = "\u202f"
MINUS = "\u2212"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0341, "+0.034"),
        (-0.0125, "\u22120.013"),
        (0.0004, "+0.0004"),
        (-0.00049, "\u22120.0005"),
        (0.0, "0.000"),
        (-1e-17, "0.000"),
        (None, "undefined"),
        (math.nan, "undefined"),
    ],
)
def test_differences_carry_their_sign_and_the_digits_that_tell_them_from_zero(value, text):
    assert numbers.format_signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.384, f"38{THIN}%"), (-0.5, f"\u221250{THIN}%"), (-0.001, f"0{THIN}%"), (None, "undefined")],
)
def test_shares_are_whole_percent(value, text):
    assert numbers.format_percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0000044, f"4.4{THIN}µs"),
        (0.0123, f"12.3{THIN}ms"),
        (1.0, f"1{THIN}s"),
        (59.5, f"59.5{THIN}s"),
        (600.0, f"10{THIN}min"),
        (9000.0, f"2.5{THIN}h"),
        (100.0, f"100{THIN}s"),
        (0.0, f"0{THIN}s"),
        (None, "not measured"),
        (math.inf, "not measured"),
    ],
)
def test_seconds_have_three_digits_and_a_unit(value, text):
    assert numbers.format_seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0123, "0.012"), (0.00049, "< 0.001"), (None, "cannot be tested"), (1.0, "1.000")]
)
def test_p_values_have_three_digits_or_a_bound(value, text):
    assert numbers.format_p_value(value) == text


def test_an_interval_without_ends_is_said_in_words():
    assert numbers.format_span(Interval(0.01, 0.0304, 0.95, "t")) == "[+0.010, +0.030]"
    assert numbers.format_span(Interval(-0.0066, -0.00049, 0.95, "t")) == f"[{MINUS}0.007, {MINUS}0.0005]"
    assert numbers.format_span(None) == "no interval"
    assert numbers.format_saving_span(0.05, Interval(math.nan, 0.1, 0.95, "t")) == "no interval"


def test_a_far_lower_end_of_a_saving_is_said_to_be_far():
    assert (
        numbers.format_saving_span(0.54, Interval(-2.16, 0.76, 0.95, "t"))
        == f"[< {MINUS}100{THIN}%, 76{THIN}%]"
    )
    assert (
        numbers.format_saving_span(-1.5, Interval(-2.16, 0.1, 0.95, "t")) == f"[{MINUS}216{THIN}%, 10{THIN}%]"
    )
    assert (
        numbers.format_saving_span(0.4, Interval(-1.0, 0.76, 0.95, "t")) == f"[{MINUS}100{THIN}%, 76{THIN}%]"
    )


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.123456789, 0.1235),
        (1.23456789, 1.2346),
        (123456.7, 123460),
        (1e-7, 1e-7),
        (3.0, 3),
        (math.nan, None),
        (-math.inf, None),
    ],
)
def test_figures_hold_five_significant_digits_and_four_below_one(value, rounded):
    figure = numbers.round_significant(value)
    assert figure == rounded
    assert not isinstance(figure, float) or not figure.is_integer()


def test_counts_agree_with_their_noun():
    assert numbers.format_count(1, "strategy", "strategies") == "1 strategy"
    assert numbers.format_count(2, "strategy", "strategies") == "2 strategies"
    assert numbers.format_count(12345, "trial") == f"12{THIN}345 trials"
