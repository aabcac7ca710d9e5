"""What a check looks at, and the four things that it can find."""

from __future__ import annotations

from dataclasses import dataclass

from albench.analysis.evidence import Check


@dataclass(frozen=True)
class Subject:
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
