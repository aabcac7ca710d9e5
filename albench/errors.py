"""What can go wrong, as a tree.

* AlbenchError
  + SpecError          the experiment file, at a line and a column
  + DatasetError       the data: a file, a column, a row
  + ModelError         an estimator that cannot do what is asked of it
  + StrategyError      a query strategy that broke its contract
  + TrialError         one trial that cannot be run as declared
  + UnknownComponentError  a name that the catalogue does not have
  + ImportPathError    an import path that leads to no component
  + ClusterError       a cluster that is gone, or may not be used
  + ResultsError       a results folder that is not what it should be
    - UnknownTrialError  a key that no trial has, or several
    - UnknownSliceError  values of axes that no slice has
    - ContradictionError  results that must be equal and are not
    - MixedEnvironmentsError  what is there was computed with other packages or another processor

Beside the tree stand FailedTrialsWarning, by which a run that ends says that not all of it did well, and
OverTimeError, which ends a trial that has used up its time. What the code of others
raises may say anything, or nothing that can be stored: :func:`describe_error` makes text of it.
"""

from __future__ import annotations

MESSAGE_LENGTH = 2_000
"""Characters of a message that are kept."""


class AlbenchError(Exception):
    """Anything that albench tells a user in one sentence: what, where and what to do."""


class SpecError(AlbenchError):
    """One or more mistakes in an experiment file; ``str()`` shows all of them, in order of line."""


class DatasetError(AlbenchError):
    """Data that cannot be used; the message names the file, the column and, where there is one, the row."""


class ModelError(AlbenchError):
    """An estimator that cannot be imported, configured or fitted as declared."""


class StrategyError(AlbenchError):
    """A query strategy that broke its contract: wrong rows, repeats, not-a-number utilities."""


class TrialError(AlbenchError):
    """A trial that cannot be run as declared."""


class UnknownComponentError(AlbenchError):
    """No component of that kind has that name."""


class ImportPathError(AlbenchError):
    """An import path or a file that does not lead to a component of the right kind."""


class ClusterError(AlbenchError):
    """A cluster that is gone, has no workers or such as may not be used; what was finished is on disk."""


class ResultsError(AlbenchError):
    """A results folder that cannot be read, or whose content contradicts itself."""


class UnknownTrialError(ResultsError):
    """A key, or its first signs, that no trial of a results folder has, or several have."""


class UnknownSliceError(ResultsError):
    """Values of axes that no slice of the results has."""


class ContradictionError(ResultsError):
    """Two results folders hold different results of one trial."""


class MixedEnvironmentsError(ResultsError):
    """A run would put results beside those of another environment, and nobody has allowed that."""


class FailedTrialsWarning(UserWarning):
    """Trials of a run failed or are missing: its results rest on the others."""


class OverTimeError(BaseException):
    """A trial has used up its time.

    Not an Exception: an estimator that catches every exception of what it wraps must not swallow it.
    """


def describe_error(error: BaseException) -> str:
    """Return the type and the message of an error, whatever its author has made of them."""
    return f"{clean_text(type(error).__name__)}: {extract_message(error)}"


def extract_message(source: BaseException | str) -> str:
    """Return what an error or a warning says, or that it cannot say it."""
    try:
        text = str(source)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - `__str__` is code of others
        text = f"(its message cannot be made: {type(error).__name__})"
    return clean_text(text)


def clean_text(text: str, bound: int = MESSAGE_LENGTH) -> str:
    """Return a text that any file takes, without its middle where it is longer than ``bound`` characters."""
    # Cut first: what is left out need not be encoded.
    if len(text) > bound:
        half = bound // 2
        text = f"{text[:half]} [... {len(text) - 2 * half:,} characters are left out ...] {text[-half:]}"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def escape_unprintable(text: str, keep: str = "") -> str:
    """Return a text with a code for each character that could move the cursor or colour the terminal."""
    unsafe = {c for c in set(text) if not c.isprintable() and c not in keep}
    return text.translate({ord(c): c.encode("unicode_escape").decode() for c in unsafe}) if unsafe else text
