"""Reading specs: from a file, a text or a mapping to an experiment, or to all mistakes at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.errors import SpecError
from albench.spec import assemble
from albench.spec.context import Context
from albench.spec.cross_checks import check
from albench.spec.document import build_tree
from albench.spec.messages import Problem, Problems, UnreadableError, suggest_sibling
from albench.spec.scenarios import read_scenario
from albench.spec.yaml_reader import compose, decode_text
from albench.text import list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from albench.spec.document import Node
    from albench.spec.experiment import Experiment

    Builder = Callable[[Path | None, str], Experiment]

_SPECS = (".yaml", ".yml")


@dataclass(frozen=True)
class LoadedSpec:
    """An experiment, and what its user should know about it."""

    experiment: Experiment
    warnings: tuple[str, ...] = ()


def load_experiment(path: Path, *, import_user_code: bool) -> Experiment:
    """Read an experiment file.

    Parameters
    ----------
    import_user_code : bool
        Whether modules that the spec names are imported, their classes and parameters checked. If not,
        such components are kept as :class:`~albench.spec.unresolved.UnresolvedComponent`.

    Raises
    ------
    SpecError
        With all mistakes at once, in order of line.
    """
    return read_spec(path, import_user_code=import_user_code).experiment


def read_spec(path: Path, *, import_user_code: bool) -> LoadedSpec:
    """Read an experiment file, as :func:`load_experiment`, and keep its warnings."""
    text, problems = _read_text(path)
    return _load(lambda: compose(text, problems), problems, path.stem, path, text, import_user_code)


def check_spec(path: Path) -> tuple[str, ...]:
    """Find the mistakes of an experiment file and return its warnings, without making the experiment.

    Nothing of the user's is imported, and of albench only components whose parameters must be looked at.
    """
    text, problems = _read_text(path)
    context = Context(problems, path.parent, import_user_code=False, only_checks=True)
    _read_draft(lambda: compose(text, problems), context, path.stem)
    return problems.format_warnings()


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
    """
    path = folder / f"{name}.yaml" if folder is not None else None
    if isinstance(source, str):
        problems = Problems(name, source)
        return _load(
            lambda: compose(source, problems), problems, name, path, source, import_user_code
        ).experiment
    try:
        root = build_tree(source)
    except UnreadableError as error:
        raise _make_error(Problems(name), error.problem) from error
    from albench.spec.yaml_writer import format_yaml

    # The results folder keeps the spec as text, whatever it was read from.
    text = format_yaml(root.plain)
    return _load(lambda: root, Problems(name), name, path, text, import_user_code).experiment


def load_past_experiment(text: str, *, path: Path | None, name: str, import_user_code: bool) -> Experiment:
    """Read the spec of an earlier run, whose files and classes may be gone by now.

    Parameters
    ----------
    path : Path or None
        Where the spec is now: relative paths start there.
    name : str
        Name of the experiment unless the spec gives one.
    import_user_code : bool
        As for :func:`load_experiment`; what cannot be imported any more is kept as
        :class:`~albench.spec.unresolved.UnresolvedComponent`.
    """
    problems = Problems(name, text)
    folder = path.parent if path is not None else Path()
    context = Context(problems, folder, import_user_code, is_past=True)
    return _read_draft(lambda: compose(text, problems), context, name)(path, text)


def _load(
    root: Callable[[], Node],
    problems: Problems,
    name: str,
    path: Path | None,
    text: str,
    import_user_code: bool,  # noqa: FBT001 - passed on, never written as a literal
) -> LoadedSpec:
    folder = path.parent if path is not None else Path()
    context = Context(problems, folder, import_user_code)
    build = _read_draft(root, context, name)
    return LoadedSpec(build(path, text), problems.format_warnings())


def _read_draft(root: Callable[[], Node], context: Context, name: str) -> Builder:
    """Read a spec with all its mistakes; return what makes the experiment, of which there are none."""
    try:
        tree = root()
        read = _read_stream if read_scenario(tree, context) == "stream" else _read_pool
        build = read(tree, context, name)
    except UnreadableError as error:
        raise _make_error(context.problems, error.problem) from error
    if build is None or context.problems.n_errors:
        raise SpecError(context.problems.format_errors())
    return build


def _read_pool(root: Node, context: Context, name: str) -> Builder | None:
    draft = assemble.read_draft(root, context, name=name)
    if draft is None:
        return None
    check(draft, context)
    return lambda path, text: assemble.build_experiment(draft, path=path, text=text)


def _read_stream(root: Node, context: Context, name: str) -> Builder | None:
    # Only experiments on streams have it.
    from albench.spec.stream_assemble import build_stream_experiment, read_stream_draft
    from albench.spec.stream_checks import check_stream

    draft = read_stream_draft(root, context, name=name)
    if draft is None:
        return None
    check_stream(draft, context)
    return lambda path, text: build_stream_experiment(draft, context, path=path, text=text)


def _read_text(path: Path) -> tuple[str, Problems]:
    try:
        text = decode_text(_read_bytes(path))
    except UnreadableError as error:
        raise _make_error(Problems(str(path)), error.problem) from error
    return text, Problems(str(path), text)


def _make_error(problems: Problems, problem: Problem) -> SpecError:
    problems.add(problem)
    return SpecError(problems.format_errors())


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"cannot be read: {(error.strerror or str(error)).lower()}"
        text, hint = _explain_folder(path) if path.is_dir() else (reason, _suggest_file(path))
        raise UnreadableError(Problem("no-file", text, None, hint)) from error
    except ValueError as error:
        raise UnreadableError(Problem("no-file", f"cannot be read: {error}", None)) from error


def _suggest_file(path: Path) -> str:
    """Return the hint to what was probably meant by a file that is not there."""
    if str(path) == "-":
        return "an experiment is read from a file, not from standard input: write it into one"
    if path.is_symlink():
        return f"it is a link to {quote(str(path.readlink()))}"
    return suggest_sibling(path, _SPECS)


def _explain_folder(path: Path) -> tuple[str, str]:
    """Return what a folder is that was given in place of a spec, and what to give instead."""
    if (path / "resolved.yaml").is_file():
        text = "this is a results folder, not the experiment file that its results are of"
        spec = path.resolve().parent.parent / f"{path.resolve().name}.yaml"
        if spec.is_file():
            return text, f"give {quote(str(path.parent.parent / spec.name))}"
        return text, f"give that file; a copy of it is {quote(str(path / 'experiment.yaml'))}"
    specs = sorted(str(file) for file in path.iterdir() if file.name.endswith(_SPECS))
    hint = f"give a file in it: {list_quoted(specs)}" if specs else "`albench init` writes one"
    return "this is a folder, not an experiment file", hint
