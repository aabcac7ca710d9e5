from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model, field_validator, model_validator

from albench.contracts import Need, Strategy
from albench.contracts.class_name import ClassName
from albench.errors import StrategyError
from albench.strategies.class_names import list_classes
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from albench.contracts import Floats, PoolView

_CLASS = "class"
_Named: Any = create_model(  # type: ignore[call-overload]
    "_Named",
    __base__=Strategy,
    __module__=__name__,
    # A word of Python: no field of that name can be written in the body of a class.
    **{_CLASS: (ClassName | None, Field(default=None, description="Name of the relevant class."))},
)


class Relevance(_Named):  # type: ignore[misc]
    """Most probably relevant first: p_positive, the rule of technology-assisted review.

    It finds positives rather than decision boundaries; judge it by recall as much as by accuracy. Name the
    relevant class: by default it is the last one in the alphabet.
    """

    name = "relevance"
    family = "uncertainty"
    needs = frozenset({Need.PROBA})
    complexity = "O(n)"
    main = "positive"
    reference = (
        "Cormack, Grossman, 2014, Evaluation of machine-learning protocols for technology-assisted review"
    )

    positive: int | None = Field(default=None, ge=0)
    """Instead of a name, the place of the relevant class among the dataset's, sorted as text, from 0; by
    default the last one, which scikit-learn takes as positive, too."""

    @field_validator("positive", mode="before")
    @classmethod
    def _refuse_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(f"a place, from 0; by its name a class is {{class: {quote(value)}}}")  # noqa: TRY004 - pydantic's
        return value

    @model_validator(mode="after")
    def _check_one_of_two(self) -> Self:
        if self._class is not None and self.positive is not None:
            raise ValueError("the relevant class is named by 'class' or placed by 'positive', not both")
        return self

    @property
    def _class(self) -> str | None:
        return vars(self)[_CLASS]  # type: ignore[no-any-return]

    def speaks_of(self) -> tuple[str, ...]:
        """Name the relevant class."""
        return () if self._class is None else (self._class,)

    def explain_places(self, classes: Sequence[str]) -> str:
        """Say which class is relevant."""
        if self._class is not None or self.misfit(len(classes)):
            return ""
        code = len(classes) - 1 if self.positive is None else self.positive
        given = f"positive {code}" if self.positive is not None else "relevant by default"
        return (
            f"{given} is class {quote(classes[code])} of {list_classes(classes)}; "
            f"{{class: {quote(classes[code])}}} names it"
        )

    def misfit(self, n_classes: int) -> str:
        """Say whether there is no such class."""
        fits = self.positive is None or self.positive < n_classes
        return "" if fits else f"positive is class {self.positive}, but there are {n_classes}, from 0"

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return numbers in [0, 1]."""
        if wrong := self.find_misfit(pool.classes) if self.speaks_of() else self.misfit(pool.n_classes):
            raise StrategyError(wrong)
        return pool.proba[:, self.find_code(pool.classes)]

    def find_code(self, classes: Sequence[str]) -> int:
        """Return the place of the relevant class."""
        if self._class is not None:
            return classes.index(self._class)
        return len(classes) - 1 if self.positive is None else self.positive
