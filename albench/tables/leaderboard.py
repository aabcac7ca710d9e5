"""The leaderboard of an experiment on pools: one row a strategy."""

from __future__ import annotations

from albench.tables.column import LeaderboardColumn, build_ends

LEADERBOARD = (
    LeaderboardColumn("strategy", "str", "label of the query strategy", title="Strategy"),
    LeaderboardColumn("n_datasets", "int", "datasets that count: with at least 80 % of random's repeats"),
    LeaderboardColumn(
        "mean_rank", "float", "mean over the datasets that no ranked strategy lacks; 1 is best",
        form="rank", title="Mean rank", sort="up",
    ),
    *build_ends("rank_", "interval_rank", "the mean rank on datasets like these, from 8 datasets on", "rank"),
    LeaderboardColumn("area", "float", "under the learning curve, mean over datasets", form="level"),
    LeaderboardColumn(
        "difference", "float", "area less random's in the same repeat, mean over datasets; a plus is a gain",
        form="signed", title="Difference to random", note="area, 95\u202f% interval on these datasets",
    ),
    *build_ends("", "interval_these", "the difference on these datasets", "signed"),
    LeaderboardColumn(
        "p_these", "float", "Student's t of the difference on these datasets against 0, corrected by Holm",
        form="p_value", sort="up", verdict=True,
    ),
    LeaderboardColumn(
        "wins", "int", "datasets on which it is shown to be better than random",
        title="Win / tie / loss", note="datasets", verdict=True,
    ),
    LeaderboardColumn("ties", "int", "datasets on which no difference is shown", verdict=True),
    LeaderboardColumn("losses", "int", "datasets on which it is shown to be worse", verdict=True),
    LeaderboardColumn("undecided", "int", "datasets on which nothing is shown", verdict=True),
    LeaderboardColumn("win_rate", "float", "repeats won, ties half, mean over datasets", form="percent"),
    LeaderboardColumn(
        "median_saving", "float", "share of random's labels that it saves for the worse of the final levels",
        form="percent", title="Labels saved", note="median over datasets",
    ),
    *build_ends(
        "saving_", "interval_saving", "the saving on datasets like these, from 6 datasets on", "percent"
    ),
    LeaderboardColumn("n_censored", "int", "datasets on which only one of the curves gets 95 % of the way"),
    LeaderboardColumn(
        "p", "float", "Wilcoxon signed-rank against random over datasets",
        form="p_value", sort="up", verdict=True,
    ),
    LeaderboardColumn(
        "p_holm", "float", "Wilcoxon signed-rank against random over datasets, corrected by Holm",
        form="p_value", title="p (Holm)", head="p, Holm", note="over datasets", sort="up", verdict=True,
    ),
    LeaderboardColumn("testable", "bool", "whether so many datasets can give a significant p", verdict=True),
    *(
        LeaderboardColumn(
            f"p_{side}", "float", f"probability that most datasets like these show it {words} random (Bayes)",
            value=f"row.bayes.{side}", form="probability", title=f"P({side})", verdict=True,
        )
        for side, words in (("better", "better than"), ("equal", "as good as"), ("worse", "worse than"))
    ),
    LeaderboardColumn(
        "sensitivity", "float", "difference if each missing repeat equalled that of random", form="signed"
    ),
    LeaderboardColumn("fit_s", "float", "CPU seconds of the fits", True, form="seconds", sort="up"),
    LeaderboardColumn("query_s", "float", "CPU seconds of the queries", True, form="seconds", sort="up"),
    LeaderboardColumn(
        "query_s_per_label", "float", "CPU seconds of the queries for each label bought", True,
        form="seconds", title="Query time per label", head="Query", note="CPU time a label", sort="up",
    ),
    LeaderboardColumn("label_looking", "bool", "whether it sees hidden labels: then it is not ranked"),
    *build_ends("these_", "interval_these", "the difference on these datasets, as low and high", "signed"),
    *build_ends("like_these_", "interval_like_these", "the difference on datasets like these", "signed"),
)  # fmt: skip
"""One row a strategy of a slice, in this order everywhere (``albench.analysis.evidence.order_rows``).

Random first, then strategies shown to be better than random, those not told apart from it, those shown to be
worse; among them by the difference to random, those that lack a dataset behind the others. Strategies that
see hidden labels stand last.
"""
COST_LEADERBOARD = (
    LeaderboardColumn(
        "cost_area", "float", "under the curve along what labels and training cost, mean over datasets",
        value="along_costs.area", form="level",
    ),
    LeaderboardColumn(
        "cost_difference", "float", "that area less random's in the same repeat, mean over datasets",
        value="along_costs.difference", form="signed",
    ),
    *build_ends(
        "cost_", "along_costs.interval_these", "that difference on these datasets", "signed", owner=""
    ),
    LeaderboardColumn(
        "cost_p_these", "float", "Student's t of that difference against 0, corrected by Holm",
        value="along_costs.p_these", form="p_value", sort="up", verdict=True,
    ),
    LeaderboardColumn(
        "cost_saving", "float", "share of random's money that it saves for the worse of the final levels",
        value="along_costs.median_saving", form="percent",
    ),
    *build_ends(
        "cost_saving_", "along_costs.interval_saving", "that saving, from 6 datasets on", "percent", owner=""
    ),
)  # fmt: skip
"""Further columns of the primary slice where anything costs something else than 1 a label."""
ON_PAGE = ("strategy", "mean_rank", "median_saving", "difference", "wins", "p_holm", "query_s_per_label")
"""What the page shows, from left to right; the ends of intervals stand in the cells of their values."""
IN_PAPERS = (*ON_PAGE[:2], "difference", "low", "median_saving", *ON_PAGE[4:])
"""What Markdown and LaTeX show."""
