"""What oracles of several annotators share: who is asked, and how one label is made of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Discriminator, Field, field_serializer, model_validator

from albench.contracts import NOBODY, Oracle
from albench.oracles.combination import Combination, combine_by_dawid_skene, combine_by_skill
from albench.oracles.skill import build_confusion_matrix, list_classes
from albench.text import quote

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray

    from albench.contracts import BoughtAnswers, Floats, Rows


# By what is written, so that a mistake in a mapping is not told as if a list were wanted.
LIST_OR_MAPPING = Discriminator(lambda who: "mapping" if isinstance(who, dict) else "list")


class SeveralAnnotators(Oracle):
    """Asks some of several annotators about each row, and makes one label of their answers."""

    paired = True
    combining = ("combine", "prior_answers")

    ask: int | None = Field(default=None, ge=1)
    """How many annotators are asked about each row, of those who are available; all of them if not given."""
    order: Literal["random", "listed"] = "random"
    """Who is asked: drawn for each row anew, or the first that are available in the order of ``who``."""
    combine: Combination = "majority"
    """How one label is made of the answers to a row.

    majority: most votes, of as many the class that was answered first. weighted: the class under which the
    answers are most probable by the stated skills. dawid_skene: the most probable class when the skills are
    estimated from all that was bought so far, in every round anew. all: every answer is a row to learn from,
    the answers to a row weigh 1 together; for models that take ``sample_weight``.
    """

    prior_answers: float = Field(default=4.0, ge=0, allow_inf_nan=False)
    """Of ``dawid_skene``: answers of each annotator to rows of each class that are taken to have been seen
    beforehand, seven in ten of them right; 0 is the maximum likelihood, which errs more on few answers."""

    @model_validator(mode="after")
    def _check_annotators(self) -> Self:
        names = self.names
        repeated = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if repeated is not None:
            raise ValueError(f"two annotators are called {quote(repeated)}")
        if not names:
            raise ValueError("somebody must be asked")
        if self.ask is not None and self.ask > len(names):
            raise ValueError(f"{self.ask} of {len(names)} annotators cannot be asked about a row")
        return self

    @field_serializer("who", check_fields=False)
    def _list_annotators(self, who: Any) -> list[dict[str, Any]]:
        # A list, also of a mapping: the order of annotators is part of what the oracle is.
        members = [annotator.model_dump(mode="json", exclude_defaults=True) for annotator in self.annotators]
        return [{**member, "name": name} for name, member in zip(self.names, members, strict=True)]

    @property
    def annotators(self) -> tuple[Any, ...]:
        """The annotators in their order."""
        who = vars(self)["who"]
        return tuple(who.values()) if isinstance(who, dict) else who

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        who = vars(self)["who"]
        if isinstance(who, dict):
            return tuple(who)
        return tuple(each.name or self.name_annotator(place) for place, each in enumerate(self.annotators))

    def name_annotator(self, place: int) -> str:
        """Return what an annotator of a list is called that has no name."""
        return f"annotator {place + 1}"

    def list_least_prices(self) -> list[float]:
        """Return what each annotator takes at least for a row: nothing where one may not be there."""
        raise NotImplementedError(f"{type(self).__qualname__} must define list_least_prices()")

    def find_least_price(self) -> float:
        """Return the least that the answers to a row may cost."""
        return sum(sorted(self.list_least_prices())[: self.ask])

    def has_several_annotators(self) -> bool:
        """Say that they may."""
        return True

    def combines_rows(self) -> bool:
        """Say that it does where skills are estimated."""
        return self.combine == "dawid_skene"

    def teaches_answers(self) -> bool:
        """Say that it does where every answer is learnt from."""
        return self.combine == "all"

    def combine_answers(self, answers: BoughtAnswers, n_pool: int, classes: tuple[str, ...]) -> Rows:
        """Return one label for each row of the pool."""
        if self.combine == "weighted":
            return combine_by_skill(answers, n_pool, self.list_skills(classes))
        if self.combine == "dawid_skene":
            return combine_by_dawid_skene(answers, n_pool, len(classes), self.prior_answers)
        return super().combine_answers(answers, n_pool, classes)

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes of the skills."""
        skills = [each.skill for each in self.annotators if each.skill is not None]
        return tuple(dict.fromkeys(name for skill in skills for name in list_classes(skill)))

    def list_skills(self, classes: tuple[str, ...]) -> list[Floats]:
        """Return the confusion matrix of each annotator, as it is stated or assumed."""
        return [build_confusion_matrix(each.skill, classes) for each in self.annotators]

    def choose_annotators(self, is_available: NDArray[np.bool_], rng: np.random.Generator) -> Rows:
        """Return who is asked about each row, in that order.

        Parameters
        ----------
        is_available : ndarray of shape (n_pool, n_annotators), bool
        """
        n_annotators = is_available.shape[1]
        # Drawn in any case, so that the order of asking moves nothing else.
        places = rng.random(is_available.shape)
        if self.order == "listed":
            places = np.broadcast_to(np.arange(n_annotators) / n_annotators, is_available.shape)
        order = np.argsort(places + ~is_available, axis=1, kind="stable")[:, : self.ask]
        return np.where(np.take_along_axis(is_available, order, axis=1), order, NOBODY)
