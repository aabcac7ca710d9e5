"""What answers a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from albench.contracts.annotations import vote
from albench.contracts.component import Component

if TYPE_CHECKING:
    import numpy as np

    from albench.contracts.annotations import Annotations, BoughtAnswers
    from albench.contracts.component import Rows


class Oracle(Component):
    """What answers a query.

    Attributes
    ----------
    paired : bool
        True if strategies draw the same random numbers as under the perfect oracle, so that the two differ by
        the answers alone.
    combining : tuple of str
        Parameters that change no answer, only what is made of answers: two oracles that differ in these alone
        get the same answers.
    """

    kind = "oracle"
    paired: ClassVar[bool] = False
    combining: ClassVar[tuple[str, ...]] = ()

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes that its parameters mean; a plan sees that there are such."""
        return ()

    def needs_difficulty(self) -> bool:
        """Say whether ``answers`` takes ``difficulty``: how hard each row is, from 0 to 1.

        It is 1 - margin of a random forest that has not seen the row, and given by keyword.
        """
        return False

    def needs_distribution(self) -> bool:
        """Say whether ``answers`` takes ``distribution``: how probable each class of a row is.

        Of shape (n_pool, n_classes), by keyword; for datasets whose target is a distribution.
        """
        return False

    def state_error_rate(self) -> float | None:
        """Return the probability of a wrong label, mean over the pool; None where it is not stated.

        The page draws gains over random against it.
        """
        return None

    def recorded_columns(self) -> tuple[str, ...]:
        """Name the columns of the dataset whose answers ``answers`` takes as ``recorded``.

        That is a mapping of column to class codes, one a row of the pool, -1 where there is none; by keyword.
        """
        return ()

    def answers(
        self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator
    ) -> Rows | Annotations:
        """Return the label that it would give to each row of the pool, were it asked; ``REFUSED`` for none.

        An oracle of several annotators returns :class:`Annotations`: what each of them would answer, and who
        is asked. To ask a row again is to call this with another generator.

        Parameters
        ----------
        labels : ndarray of shape (n_pool,), int
            True class codes: positions in ``classes``.
        classes : tuple of str
        rng : Generator
        """
        raise NotImplementedError(f"{type(self).__qualname__} must define answers(...)")

    def combine_answers(self, answers: BoughtAnswers, n_pool: int, classes: tuple[str, ...]) -> Rows:
        """Return one label for each row of the pool from the answers so far; ``REFUSED`` where there is none.

        A vote, unless an oracle defines it otherwise.
        """
        return vote(answers, n_pool, len(classes))

    def find_least_price(self) -> float:
        """Return the least that an answer may cost: 1, but for annotators with prices of their own."""
        return 1.0

    def combines_rows(self) -> bool:
        """Say whether the label of a row depends on the answers to other rows, too.

        Then it is made again in every round, from what was bought by then.
        """
        return False

    def has_several_annotators(self) -> bool:
        """Say whether rows may have answers of several annotators, whose agreement is measured."""
        return False

    def teaches_answers(self) -> bool:
        """Say whether the task model learns from every answer with its weight, not from one label a row."""
        return False
