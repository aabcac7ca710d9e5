from __future__ import annotations

from dataclasses import replace

from albench.report.notes import list_notes


def changed(evidence, **cells):
    """Evidence in which the cell of margin on wine has other values."""
    primary = evidence.primary
    changed_cells = tuple(
        replace(c, **cells) if (c.dataset, c.strategy) == ("wine", "margin") else c for c in primary.cells
    )
    return replace(evidence, slices=(replace(primary, cells=changed_cells),))


def test_a_sound_run_needs_no_notes(builder, evidence):
    assert list_notes(builder.page(label_seeking=()), evidence) == []


def test_few_repeats_are_noted_with_the_number_that_is_needed(builder, evidence):
    notes = list_notes(builder.page(label_seeking=(), splits=2, starts=4), evidence)
    assert notes == ["With 8 repeats label savings have no interval: 10 are needed."]


def test_few_splits_with_several_starts_are_noted(builder, evidence):
    assert list_notes(builder.page(label_seeking=(), splits=4, starts=5), evidence)[:1] == [
        "With 4 splits label savings have no interval: 5 are needed."
    ]
    notes = list_notes(builder.page(label_seeking=(), splits=1, starts=10), evidence)
    assert notes == ["There is one split: intervals are over its starts and say nothing of other splits."]


def test_seed_sets_that_look_at_labels_are_noted(builder, evidence):
    notes = list_notes(builder.page(label_seeking=("stratified",)), evidence)
    assert len(notes) == 1
    assert notes[0].startswith("Seed sets by stratified look at labels")


def test_more_than_one_environment_is_noted(builder, evidence):
    notes = list_notes(builder.page(label_seeking=(), environments={"aa": {}, "bb": {}}), evidence)
    assert "2 different environments (aa, bb)" in notes[0]


def test_missing_repeats_are_named_with_their_effect(builder, evidence):
    partial = changed(evidence, n_paired=7)
    rows = tuple(
        replace(r, difference=0.04, sensitivity=0.03) if r.strategy == "margin" else r
        for r in partial.primary.rows
    )
    partial = replace(partial, slices=(replace(partial.primary, rows=rows, complete=("digits",)),))
    assert list_notes(builder.page(label_seeking=()), partial) == [
        "Compared over fewer repeats than the experiment asks for: margin on wine (7 of 10).",
        "Mean ranks are over the 1 of 3 datasets that no strategy lacks.",
        "With every missing repeat counted as equal to random, the differences are: margin +0.030 instead of +0.040.",
    ]


def test_long_lists_end_in_a_count(builder, evidence):
    primary = evidence.primary
    cells = tuple(replace(c, flat=1) for c in primary.cells)
    notes = list_notes(
        builder.page(label_seeking=()), replace(evidence, slices=(replace(primary, cells=cells),))
    )
    assert len(notes) == 1
    assert notes[0].endswith("and 9 more.")  # 15 cells, 6 of them named
    assert "margin on breast_cancer (1 trial)" in notes[0]


def test_strategies_that_begin_at_random_are_named(builder, evidence):
    begun = replace(evidence, run=replace(evidence.run, began_at_random=("margin", "entropy")))
    (sentence,) = list_notes(builder.page(label_seeking=()), begun)
    assert sentence == (
        "Without a seed set margin, entropy query their first batch at random: while nothing is labelled all "
        "candidates are alike to them."
    )
