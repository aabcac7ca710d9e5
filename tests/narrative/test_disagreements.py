"""What slices disagree about, from verdicts that a test writes down."""

from itertools import product
from types import SimpleNamespace

import pytest

from albench.analysis.between_slices import find_disagreements
from albench.analysis.evidence.cells import Slice
from albench.narrative.disagreements import describe_disagreements, name_disagreements

METRICS = ("accuracy", "balanced_accuracy", "brier", "ece", "f1_macro", "log_loss")
MODELS = ("lr", "nb")
SIDES = {"+": 1, "0": 0, "-": -1}


def row(strategy, sign):
    return SimpleNamespace(strategy=strategy, label_looking=False, side=SIDES[sign])


def evidence(slice_, signs, *, fired=False):
    """A slice in which each strategy is better (+), worse (-) or neither (0)."""
    rows = (row("random", "0"), *(row(strategy, sign) for strategy, sign in signs.items()))
    return SimpleNamespace(slice=slice_, control=SimpleNamespace(fired=fired), rows=rows)


def grid(sign_of, *, models=MODELS, batch_sizes=(5, 10), metrics=METRICS):
    """Slices of a grid; ``sign_of`` says of each what margin is."""
    return [
        evidence(
            Slice(model, model, "10", "random", batch, "perfect", "100", metric),
            {"margin": sign_of(model, batch, metric)},
        )
        for model, batch, metric in product(models, batch_sizes, metrics)
    ]


def sentence(slices):
    return describe_disagreements(find_disagreements(slices))


def test_one_axis_that_sets_them_apart_is_named_alone():
    def sign(model, batch, metric):
        if metric in ("ece", "log_loss"):
            return "-" if batch == 5 else "0"
        return "+" if (metric, model) in (("accuracy", "lr"), ("balanced_accuracy", "nb")) else "0"

    # Of 2 * 2 * 6: two metrics in 2 slices each, and two metrics with two models and one batch size.
    assert sentence(grid(sign)) == (
        "Slices disagree: on average over these datasets margin is better than random in 4 of 24 slices, with "
        "metric accuracy and balanced_accuracy, and worse in 4, with metric ece and log_loss."
    )


def test_of_two_axes_that_set_them_apart_the_one_with_fewer_values_is_named():
    def sign(model, batch, metric):
        if model == "lr" and metric in METRICS[:3]:
            return "+"
        return "-" if model == "nb" and metric in METRICS[3:] else "0"

    assert "in 6 of 24 slices, with model lr, and worse in 6, with model nb." in sentence(grid(sign))


def test_what_is_said_of_one_metric_alone_names_it():
    def sign(model, batch, metric):
        return "0" if metric != "ece" or batch != 5 else "+" if model == "lr" else "-"

    disagreements = find_disagreements(grid(sign))
    assert name_disagreements(disagreements) == (
        "margin is better than random with model lr, worse with model nb, both with batch size 5 and metric "
        "ece (ALB014)."
    )
    assert describe_disagreements(disagreements).endswith(
        "in 1 of 24 slices, with model lr, and worse in 1, with model nb, both with batch size 5 and metric ece."
    )


def test_of_several_metrics_an_answer_does_not_say_with_what_it_is_worse():
    def sign(model, batch, metric):
        return "0" if metric not in ("ece", "brier") else "+" if model == "lr" else "-"

    assert name_disagreements(find_disagreements(grid(sign))) == "Slices disagree about margin (ALB014)."


def test_where_it_takes_two_axes_their_pairs_are_named():
    def sign(model, batch, metric):
        return "+" if (model == "lr") == (metric == "accuracy") else "-"

    words = sentence(grid(sign, metrics=("accuracy", "ece")))
    assert words == (
        "Slices disagree: on average over these datasets margin is better than random in 4 of 8 slices, with "
        "model lr / metric accuracy and model nb / metric ece, and worse in 4, with model lr / metric ece and "
        "model nb / metric accuracy."
    )


@pytest.mark.parametrize("metrics", [METRICS, ("accuracy", "ece")])
def test_what_cannot_be_read_is_counted(metrics):
    """Either twelve pairs of values, or three axes that only together set the slices apart."""

    def sign(model, batch, metric):
        minus = [model == "lr", metric in ("accuracy", "brier", "f1_macro")]
        minus += [batch == 5] if len(metrics) == 2 else []
        return "-" if sum(minus) % 2 else "+"

    n = 2 * len(metrics)
    assert sentence(grid(sign, metrics=metrics)) == (
        f"Slices disagree: on average over these datasets margin is better than random in {n} of {2 * n} slices "
        f"and worse in {n} (Robustness on the page has them all)."
    )


def test_many_values_of_one_axis_are_cut_short():
    metrics = [f"m{i}" for i in range(9)]
    slices = grid(lambda _, __, metric: "-" if metric == "m0" else "+", models=("lr",), metrics=metrics)
    assert (
        "in 16 of 18 slices, with metric m1, m2, m3, m4, m5 and 3 more, and worse in 2, with metric m0."
        in (sentence(slices))
    )


def test_a_query_model_is_named_where_it_is_another_one():
    def of(query):
        sign = "+" if query == "lr" else "-"
        return evidence(Slice("lr", query, "10", "random", 5, "perfect", "100", "accuracy"), {"margin": sign})

    assert "with query model lr, and worse in 1, with query model nb." in sentence([of("lr"), of("nb")])


def test_slices_whose_control_fired_do_not_count():
    slices = grid(lambda _, __, metric: "-" if metric == "ece" else "+", models=("lr",), batch_sizes=(5,))
    fired = [evidence(scored.slice, {"margin": "-"}, fired=True) for scored in slices[:1]]
    assert "better than random in 4 of 5 slices" in sentence(fired + slices[1:])
    assert find_disagreements([fired[0], slices[1]]) == ()


def test_a_strategy_that_looks_at_labels_is_no_disagreement():
    slices = grid(lambda _, __, metric: "-" if metric == "ece" else "+")
    assert len(find_disagreements(slices)) == 1
    for scored in slices:
        scored.rows[1].label_looking = True
    assert find_disagreements(slices) == ()


def test_the_answer_names_the_strategies_and_the_check_says_what_tells_the_slices_apart():
    accuracy, ece = (scored.slice for scored in grid(lambda *_: "0", models=("lr",), batch_sizes=(5,))[0:4:3])
    disagreement = find_disagreements(
        [evidence(accuracy, {"margin": "+", "qbc": "+"}), evidence(ece, {"margin": "-"})]
    )
    assert name_disagreements(disagreement) == (
        "margin is better than random with metric accuracy, worse with metric ece (ALB014)."
    )
    signs = {"accuracy": "+", "ece": "-", "log_loss": "-"}
    many = find_disagreements(grid(lambda model, batch, metric: signs.get(metric, "0")))
    assert name_disagreements(many) == "Slices disagree about margin (ALB014)."
    signs = {"margin": "+", "qbc": "+", "entropy": "-", "k_center": "0"}
    opposite = {"margin": "-", "qbc": "-", "entropy": "+", "k_center": "+"}
    several = find_disagreements([evidence(accuracy, signs), evidence(ece, opposite)])
    assert name_disagreements(several) == "Slices disagree about margin, qbc, entropy (ALB014)."
    apart = "in 1 of 2 slices, with metric {}, and worse in 1, with metric {}"
    usual, other = apart.format("accuracy", "ece"), apart.format("ece", "accuracy")
    assert describe_disagreements(several) == (
        f"Slices disagree: on average over these datasets margin is better than random {usual}; qbc is better "
        f"than random {usual}; entropy is better than random {other}."
    )
