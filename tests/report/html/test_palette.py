from __future__ import annotations

import itertools

from albench.report.html.palette import build_styles
from albench.report.html.theme import DARK, LIGHT


def test_random_is_grey_and_dashed_wherever_it_stands():
    for order in itertools.permutations(["a", "random", "b"]):
        style = build_styles(order, "random")["random"]
        assert style.baseline
        assert style.dash
        red, green, blue = (int(style.colour[at : at + 2], 16) for at in (1, 3, 5))
        assert max(red, green, blue) - min(red, green, blue) < 20


def test_thirty_strategies_differ_in_colour_or_dash():
    styles = build_styles([f"s{n}" for n in range(30)], "random")
    assert len({(style.colour, style.dash) for style in styles.values()}) == 30


def test_neighbours_differ_in_both():
    styles = list(build_styles([f"s{n}" for n in range(30)], "random").values())
    for style, other in itertools.pairwise(styles):
        assert style.colour != other.colour
        assert style.dash != other.dash


def test_adding_random_moves_no_colour():
    without = build_styles(["a", "b"], "random")
    with_it = build_styles(["a", "random", "b"], "random")
    assert [without[n].colour for n in "ab"] == [with_it[n].colour for n in "ab"]


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, other: str) -> float:
    low, high = sorted((_luminance(first), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read_in_both_schemes():
    for theme in (LIGHT, DARK):
        assert _contrast(theme.ink, theme.paper) > 12
        for colour in (theme.muted, theme.accent):
            assert _contrast(colour, theme.paper) > 4.5


def test_tint_keeps_the_hue():
    assert build_styles(["a"], "random")["a"].format_tint(0.25) == "rgba(0,114,178,0.25)"
