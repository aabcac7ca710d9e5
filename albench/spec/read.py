"""The door to specs: from a file, a text or a mapping to an experiment, or to all mistakes at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.errors import SpecError
from albench.registry.catalogue import catalogue
from albench.spec import assemble
from albench.spec.context import Context
from albench.spec.cross_checks import check
from albench.spec.document import from_data
from albench.spec.messages import Problem, Problems, UnreadableError
from albench.spec.yaml_reader import compose, decoded
from albench.spec.yaml_writer import yaml_text
from albench.text import find_closest, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from albench.spec.assemble import Draft
    from albench.spec.document import Node
    from albench.spec.experiment import Experiment


@dataclass(frozen=True)
class Loaded:
    """An experiment, and what its user should know about it."""

    experiment: Experiment
    warnings: tuple[str, ...] = ()


def load_experiment(path: Path, *, import_user_code: bool) -> Experiment:
    """Read an experiment file.

    Parameters
    ----------
    path : Path
    import_user_code : bool
        Whether modules that the spec names are imported, their classes and parameters checked. If not,
        such components are kept as :class:`~albench.spec.unresolved.Unresolved`.

    Raises
    ------
    SpecError
        With all mistakes at once, in order of line.
    """
    return read_spec(path, import_user_code=import_user_code).experiment


def read_spec(path: Path, *, import_user_code: bool) -> Loaded:
    """Read an experiment file, as :func:`load_experiment`, and keep its warnings."""
    text, problems = _text(path)
    return _loaded(lambda: compose(text, problems), problems, path.stem, path, text, import_user_code)


def check_spec(path: Path) -> tuple[str, ...]:
    """Find the mistakes of an experiment file and return its warnings, without making the experiment.

    Nothing of the user's is imported, and of albench only components whose parameters must be looked at.

    Raises
    ------
    SpecError
        As :func:`load_experiment`.
    """
    text, problems = _text(path)
    context = Context(problems, path.parent, import_user_code=False, catalogue=catalogue(), only_checks=True)
    _draft(lambda: compose(text, problems), context, path.stem)
    return problems.warnings()


def load_experiment_text(
    source: str | Mapping[str, Any],
    *,
    folder: Path | None = None,
    name: str = "experiment",
    import_user_code: bool = True,
) -> Experiment:
    """Read an experiment from the text of a file, or from a mapping of the same shape.

    Parameters
    ----------
    source : str or mapping
        Mistakes in a mapping are named by their keys (``strategies[1]``).
    folder : Path, optional
        Where relative paths start; the working directory unless given. The experiment's ``path`` is then
        the file that it would be in this folder.
    name : str
        Name of the experiment unless the spec gives one.

    Raises
    ------
    SpecError
        With all mistakes at once.
    """
    path = folder / f"{name}.yaml" if folder is not None else None
    if isinstance(source, str):
        problems = Problems(name, source)
        return _loaded(
            lambda: compose(source, problems), problems, name, path, source, import_user_code
        ).experiment
    try:
        root = from_data(source)
    except UnreadableError as error:
        raise _spec_error(Problems(name), error.problem) from error
    text = yaml_text(root.plain)
    return _loaded(lambda: root, Problems(name), name, path, text, import_user_code).experiment


def _loaded(
    root: Callable[[], Node],
    problems: Problems,
    name: str,
    path: Path | None,
    text: str,
    import_user_code: bool,  # noqa: FBT001 - passed on, never written as a literal
) -> Loaded:
    folder = path.parent if path is not None else Path()
    context = Context(problems, folder, import_user_code, catalogue())
    draft = _draft(root, context, name)
    return Loaded(assemble.build_experiment(draft, path=path, text=text), problems.warnings())


def _draft(root: Callable[[], Node], context: Context, name: str) -> Draft:
    try:
        draft = assemble.read_draft(root(), context, name=name)
    except UnreadableError as error:
        raise _spec_error(context.problems, error.problem) from error
    if draft is not None:
        check(draft, context)
    if draft is None or context.problems.n_errors:
        raise SpecError(context.problems.listing())
    return draft


def _text(path: Path) -> tuple[str, Problems]:
    try:
        text = decoded(_content(path))
    except UnreadableError as error:
        raise _spec_error(Problems(str(path)), error.problem) from error
    return text, Problems(str(path), text)


def _spec_error(problems: Problems, problem: Problem) -> SpecError:
    problems.add(problem)
    return SpecError(problems.listing())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        siblings = [found.name for found in path.parent.iterdir()] if path.parent.is_dir() else []
        close = find_closest(path.name, [name for name in siblings if name.endswith((".yaml", ".yml"))])
        hint = f"did you mean {quote(close)}?" if close else ""
        reason = (error.strerror or str(error)).lower()
        raise UnreadableError(Problem("no-file", f"cannot be read: {reason}", None, hint)) from error
    except ValueError as error:
        raise UnreadableError(Problem("no-file", f"cannot be read: {error}", None)) from error
