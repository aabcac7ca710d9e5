"""What the oracle of a trial, or of a reference, answers to rows of the pool, and what was bought of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts import NOBODY, REFUSED, Annotations, BoughtAnswers
from albench.contracts.annotations import vote
from albench.contracts.returned_answers import NAMELESS, check_answers, check_combined
from albench.errors import TrialError
from albench.prepared.difficulty import compute_difficulty, load_difficulty
from albench.prepared.matrices import freeze
from albench.text import list_quoted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from albench.contracts import Floats, Oracle, Rows
    from albench.prepared.split_arrays import SplitArrays


class OracleAnswers:
    """The answers of an oracle: drawn for the whole pool, so that who queries a row, and when, changes none.

    Parameters
    ----------
    open_rng : callable
        Gives the generator of the oracle's answers for the number of times that a row was asked before.
    split : dict
        ``random_state``, ``dataset`` and ``split``, which key the stream of the rows' difficulty.
    folder : Path, optional
        Where the difficulty was written, if it was prepared.

    Attributes
    ----------
    given_labels : ndarray of shape (n_pool,), int
        The label of each row by what was bought so far; of a row that was not, by its first answers.
    is_answered : ndarray of shape (n_pool,), bool
        Whether that is a label.
    costs : ndarray of shape (n_pool,), float
        What the first query of each row costs.
    annotators : ndarray of shape (n_pool,), int
        Who answers the first query of each row; ``NOBODY`` where that is not one annotator.
    n_asked : ndarray of shape (n_pool,), int
        How often each row was asked.
    names : tuple of str
        Of the annotators.
    has_one_annotator : bool
        Whether there is but one, who is asked about every row.
    """

    def __init__(
        self,
        oracle: Oracle,
        arrays: SplitArrays,
        classes: tuple[str, ...],
        *,
        open_rng: Callable[[int], np.random.Generator],
        split: dict[str, Any],
        folder: Path | None,
    ) -> None:
        self._oracle, self._arrays, self._classes = oracle, arrays, classes
        self._open_rng, self._split, self._folder = open_rng, split, folder
        self._drawn: dict[int, Annotations] = {}
        self._purchases: list[tuple[Rows, int, int]] = []
        self.n_pool, self.n_classes = arrays.pool_labels.size, len(classes)
        self.n_asked = np.zeros(self.n_pool, np.intp)
        first = self.draw(0)
        self.names = first.names
        self.has_one_annotator = len(first.names) == 1 and bool((first.asked == 0).all())
        self.given_labels, self.costs = self._label_pool(first)
        self.annotators = _find_single(first.asked)
        self.is_answered = self.given_labels != REFUSED

    def _label_pool(self, first: Annotations) -> tuple[Rows, Floats]:
        if self.has_one_annotator:
            return first.labels[:, 0].copy(), first.prices[:, 0]
        everything = list_answers(first, np.arange(self.n_pool))
        costs = np.bincount(everything.positions, everything.prices, self.n_pool).astype(np.float64)
        if self._oracle.combines_rows():
            return vote(everything, self.n_pool, len(self._classes)), costs
        return self._combine(everything), costs

    def draw(self, attempt: int) -> Annotations:
        """Return what each would answer to rows that were asked about so often before; drawn once."""
        if attempt not in self._drawn:
            self._drawn[attempt] = self._ask(attempt)
        return self._drawn[attempt]

    def _ask(self, attempt: int) -> Annotations:
        labels, extra = freeze(self._arrays.pool_labels), dict[str, Any]()
        if self._oracle.needs_difficulty():
            saved = load_difficulty(self._folder)
            difficulty = saved
            if difficulty is None:
                difficulty = compute_difficulty(self._arrays, len(self._classes), **self._split)
            extra["difficulty"] = freeze(difficulty)
        if self._oracle.needs_distribution():
            if self._arrays.pool_distribution is None:
                raise TrialError("the dataset has no distribution over the classes of its rows")
            extra["distribution"] = freeze(self._arrays.pool_distribution)
        if columns := self._oracle.recorded_columns():
            extra["recorded"] = self._get_recorded(columns)
        answers = self._oracle.answers(labels, self._classes, rng=self._open_rng(attempt), **extra)
        annotations = check_answers(answers, self._oracle, labels.size, len(self._classes))
        is_alike = isinstance(answers, Annotations) or attempt
        return _repeat_for_copies(annotations, self._arrays.pool_rows) if is_alike else annotations

    def _get_recorded(self, columns: tuple[str, ...]) -> dict[str, Rows]:
        names, answers = self._arrays.answer_names, self._arrays.pool_answers
        if names is None or answers is None or not set(columns) <= set(names.tolist()):
            raise TrialError(
                f"the arrays of the split lack the recorded answers {list_quoted(columns, 'and')}"
            )
        return {column: freeze(answers[:, names.tolist().index(column)]) for column in columns}

    def buy(self, positions: Rows, round_index: int, attempt: int = 0) -> float:
        """Buy the answers to some rows, give these the labels that follow, and return the price.

        Parameters
        ----------
        round_index : int
            The first round whose fit uses them.
        attempt : int
            How often the rows were asked before.
        """
        self._purchases.append((positions, round_index, attempt))
        self.n_asked[positions] += 1
        # The first answers alone give the labels that a row has already.
        if attempt or (self._oracle.combines_rows() and not self.has_one_annotator):
            self._update_labels()
        if not attempt:
            return float(self.costs[positions].sum())
        return float(list_answers(self.draw(attempt), positions).prices.sum())

    def buy_again(self, positions: Rows, round_index: int) -> float:
        """Buy the next answers to rows that were asked before, and return the price."""
        attempts = self.n_asked[positions]
        return sum(
            self.buy(positions[attempts == attempt], round_index, int(attempt))
            for attempt in np.unique(attempts)
        )

    def list_bought(self) -> BoughtAnswers:
        """Return all that was bought, in its order."""
        bought = [
            list_answers(self.draw(attempt), positions, round_index, attempt)
            for positions, round_index, attempt in self._purchases
        ]
        names = BoughtAnswers.__dataclass_fields__
        return BoughtAnswers(
            **{name: np.concatenate([getattr(some, name) for some in bought]) for name in names}
        )

    def build_table(self) -> dict[str, NDArray[Any]] | None:
        """Return one array a column of the table of annotations; None where nobody with a name answered."""
        if self.names == NAMELESS and all(attempt == 0 for _, _, attempt in self._purchases):
            return None
        bought = self.list_bought()
        return {
            "round": bought.rounds,
            "row": self._arrays.pool_rows[bought.positions],
            "annotator": bought.annotators,
            "k": bought.attempts,
            "label": bought.labels,
            "cost": bought.prices,
        }

    def _update_labels(self) -> None:
        bought = self.list_bought()
        rows = np.unique(bought.positions)
        self.given_labels[rows] = self._combine(bought)[rows]
        self.is_answered[rows] = self.given_labels[rows] != REFUSED

    def _combine(self, answers: BoughtAnswers) -> Rows:
        labels = self._oracle.combine_answers(answers, self.n_pool, self._classes)
        return check_combined(labels, self._oracle, self.n_pool, len(self._classes))

    def list_training_rows(
        self, rows: Rows, *, by_agreement: bool = False
    ) -> tuple[Rows, Rows, Floats | None]:
        """Return the rows that a task model is fitted on, their labels, and weights if they are not all 1.

        Parameters
        ----------
        rows : ndarray of shape (n,), int
            Labelled rows, in ascending order; with an oracle that teaches every answer, each comes once for
            every label that it was given, with weights that add up to 1.
        by_agreement : bool
            Whether a row weighs as much as its answers agree with its label.
        """
        if self.has_one_annotator or not self._oracle.teaches_answers():
            return rows, self.given_labels[rows], self._compute_agreement(rows) if by_agreement else None
        bought = self.list_bought()
        labels = bought.select((bought.labels != REFUSED) & np.isin(bought.positions, rows))
        order = np.argsort(labels.positions, kind="stable")
        positions = labels.positions[order]
        weights = 1 / np.bincount(positions)[positions]
        return positions, labels.labels[order], None if (weights == 1).all() else weights

    def _compute_agreement(self, rows: Rows) -> Floats | None:
        """Return the share of each row's answers that are its label, at least what chance gives."""
        if self.has_one_annotator and self.n_asked.max() <= 1:
            return None
        bought = self.list_bought()
        answers = bought.select(bought.labels != REFUSED)
        n_answers = np.bincount(answers.positions, minlength=self.n_pool)
        agrees = answers.labels == self.given_labels[answers.positions]
        n_agreeing = np.bincount(answers.positions, agrees, minlength=self.n_pool)
        weights = np.maximum(n_agreeing[rows] / n_answers[rows], 1 / self.n_classes)
        return None if (weights == 1).all() else weights


def list_answers(
    annotations: Annotations, positions: Rows, round_index: int = 0, attempt: int = 0
) -> BoughtAnswers:
    """Return the answers to some rows, row by row, in the order in which annotators are asked."""
    asked = annotations.asked[positions]
    is_asked: NDArray[np.bool_] = asked != NOBODY
    annotators = asked[is_asked]
    rows = np.repeat(positions, is_asked.sum(axis=1))
    return BoughtAnswers(
        positions=rows,
        annotators=annotators,
        attempts=np.full(rows.size, attempt),
        labels=annotations.labels[rows, annotators],
        prices=annotations.prices[rows, annotators],
        rounds=np.full(rows.size, round_index),
    )


def _find_single(asked: Rows) -> Rows:
    """Return the annotator of each row who alone is asked; ``NOBODY`` where several are, or none."""
    if asked.shape[1] == 1:
        return asked[:, 0]
    who = asked.max(axis=1, initial=NOBODY)
    return np.where((asked != NOBODY).sum(axis=1) == 1, who, NOBODY)


def _repeat_for_copies(annotations: Annotations, rows: Rows) -> Annotations:
    """Give all copies of a row in the pool the answers to the first: any of them stands for any other."""
    _, first, copy_of = np.unique(rows, return_index=True, return_inverse=True)
    if first.size == rows.size:
        return annotations
    source = first[copy_of]
    return Annotations(
        annotations.names, annotations.labels[source], annotations.prices[source], annotations.asked[source]
    )
