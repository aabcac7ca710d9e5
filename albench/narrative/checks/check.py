"""What a check looks at, and the four things that it can find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.streams.evidence.conclusions import StreamComparisons

    Compared = SliceEvidence | StreamComparisons
    """Rows and cells of a slice, what all are compared with first: what checks of them look at."""

CheckStatus = Literal["issue", "tip", "passed", "not_applicable"]


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong with an experiment, looked at.

    Attributes
    ----------
    code : str
        ``ALB001`` and on; a code never changes its meaning.
    title : str
        What is looked at, in a few words.
    status : {"issue", "tip", "passed", "not_applicable"}
        An issue limits what the page may say; a tip shows what would make it say more.
    sentence : str
        What was found.
    todo : str
        What to do about it; empty where nothing is to be done.
    """

    code: str
    title: str
    status: CheckStatus
    sentence: str
    todo: str = ""


@dataclass(frozen=True)
class CheckSpec:
    """What is looked at: its code, which never changes its meaning, and its title in a few words."""

    code: str
    title: str

    def passed(self, sentence: str) -> Check:
        """Return that nothing is wrong."""
        return Check(self.code, self.title, "passed", sentence)

    def tip(self, sentence: str, todo: str) -> Check:
        """Return what would make the page say more."""
        return Check(self.code, self.title, "tip", sentence, todo)

    def issue(self, sentence: str, todo: str) -> Check:
        """Return what limits what the page may say."""
        return Check(self.code, self.title, "issue", sentence, todo)

    def not_applicable(self, sentence: str, todo: str = "") -> Check:
        """Return why there is nothing to look at."""
        return Check(self.code, self.title, "not_applicable", sentence, todo)
