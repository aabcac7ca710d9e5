"""Counts, lists, numbers and quoted words in messages, sentences and on the page."""

from __future__ import annotations

import pytest

from albench import text

THIN, MINUS = "\u202f", "\u2212"


def test_counts_agree_with_their_noun_and_part_their_thousands():
    assert text.format_count(1, "dataset") == "1 dataset"
    assert text.format_count(0, "dataset") == "0 datasets"
    assert text.format_count(2, "strategy", "strategies") == "2 strategies"
    assert text.format_count(12345, "trial") == "12,345 trials"
    assert text.format_count(12345, "trial", thousands=THIN) == f"12{THIN}345 trials"


def test_lists_have_commas_and_a_last_word():
    assert [text.list_words(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip
    assert text.list_words(["a", "b", "c"], "or") == "a, b or c"
    assert text.list_first(["a", "b", "c"], 3) == "a, b, c"
    assert text.list_first(["a", "b", "c", "d"], 2) == "a, b and 2 more"


def test_words_of_users_are_short_and_cannot_move_the_cursor():
    assert text.quote("a\x1b[2J") == "'a\\x1b[2J'"
    assert text.quote("x" * 80) == f"'{'x' * 80}'"
    assert text.quote("x" * 81) == f"'{'x' * 80}...'"
    assert text.list_quoted(["a", "b", "c"]) == "'a', 'b' or 'c'"
    assert text.list_quoted(map(str, range(9))) == "'0', '1', '2', '3', '4', '5', '6', '7', ..."


def test_what_was_meant_is_found_whatever_the_case_and_the_hyphens():
    assert text.find_closest("K-Centre", ["k_center", "margin"]) == "k_center"
    assert text.find_closest("zzz", ["k_center", "margin"]) is None
    assert text.suggest_word("margni", ["margin"], "albench list") == "did you mean 'margin'?  (albench list)"
    assert text.suggest_word("zzz", ["a", "b"]) == "expected 'a' or 'b'"
    assert text.suggest_word("zzz", ["a", "b"], "albench list") == "(albench list)"


def test_shares_are_whole_percent_and_never_minus_nothing():
    assert text.format_percent(0.384) == "38 %"
    assert text.format_percent(-0.5, THIN) == f"{MINUS}50{THIN}%"
    assert text.format_hundredths(-0.001) == "0"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0341, "0.034"), (0.0, "0.000"), (-0.0004, f"{MINUS}0.0004"), (-1e-17, "0.000"), (12.0, "12.000")],
)
def test_small_differences_have_the_digits_that_tell_them_from_zero(value, words):
    assert text.format_fixed(value) == words


def test_p_values_end_below_a_thousandth():
    assert (text.format_p_value(0.0123), text.format_p_value(0.0009)) == ("p = 0.012", "p < 0.001")
    assert (text.format_p_value(0.0123, ""), text.format_p_value(0.0009, "")) == ("0.012", "< 0.001")


def test_probabilities_are_never_certain():
    assert [text.format_probability(p) for p in (0.001, 0.5, 0.999)] == ["below 0.01", "0.50", "above 0.99"]


@pytest.mark.parametrize(
    ("seconds", "fine", "rough", "clock"),
    [
        (4.4e-6, "4.4 µs", "4.4 µs", "0 s"),
        (0.0123, "12.3 ms", "12 ms", "0 s"),
        (1.0, "1 s", "1.0 s", "1 s"),
        (185.0, "3.08 min", "185 s", "3 min 05 s"),
        (7620.0, "2.12 h", "7620 s", "2 h 07 min"),
    ],
)
def test_times_stand_in_three_digits_in_two_and_as_on_a_clock(seconds, fine, rough, clock):
    assert text.format_seconds(seconds) == fine
    assert text.format_rough_seconds(seconds) == rough
    assert text.format_duration(seconds) == clock
