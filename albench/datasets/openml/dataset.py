"""Datasets of OpenML, by number or by name (Vanschoren et al., 2014)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from albench.contracts import DatasetSource
from albench.datasets.checks import check_table
from albench.datasets.openml import cache
from albench.datasets.unlabelled import Unlabelled, separate_unlabelled
from albench.datasets.where import Where
from albench.datasets.words import Words  # noqa: TC001 - pydantic reads it
from albench.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from albench.contracts import Table

REFERENCE = "Vanschoren, van Rijn, Bischl and Torgo (2014), OpenML: networked science in machine learning"


class OpenmlDataset(DatasetSource):
    """A dataset of OpenML, by number or by name (its lowest active number).

    ``albench fetch`` downloads it once; `run` reads the copy and needs no network. Types are OpenML's:
    numeric attributes are numbers, all others are categorical unless declared as ``text``.
    """

    name = "openml"
    main = "id"
    reference = REFERENCE

    id: int | str
    """Number or name."""
    data_version: int | None = Field(default=None, ge=1)
    """Version, for a dataset that is given by name."""
    target: str = ""
    """Column to predict; OpenML's default target unless given."""
    drop: Words = ()
    """Columns that are no features, besides those that OpenML says to ignore."""
    categorical: Words = ()
    """Columns that hold numbers which are names."""
    text: Words = ()
    """Columns that hold sentences rather than names."""
    unlabelled: Unlabelled = ()
    """What becomes of rows without a target value, as in a file: ``keep``, ``preprocessing``, ``density``."""
    task: Literal["classification", "regression"] = "classification"
    """Whether the target is a class or a number; query strategies need classes."""

    def default_label(self) -> str:
        """Return the name, or ``openml-31``."""
        return f"openml-{self.id}" if isinstance(self.id, int) else self.id

    def provenance(self, base: Path) -> tuple[str, str]:
        """Return what OpenML says."""
        number = self._number()
        return ("", "") if number is None else describe_openml_provenance(number)

    def members(self, base: Path) -> tuple[tuple[str, DatasetSource], ...]:
        """Return the dataset of this number, if a name was given and its number is known."""
        number = self._number()
        if number is None or isinstance(self.id, int):
            return ((self.default_label(), self),)
        return ((self.default_label(), self.model_copy(update={"id": number, "data_version": None})),)

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name the dataset if it is not in the cache."""
        number = self._number()
        data_entry = () if number is None else (("data", number),)
        return cache.find_missing_entries(f"openml {self.id}", *self._names(), *data_entry)

    def damaged(self, base: Path) -> bool:
        """Say whether the number or the dataset is in the cache, but not as it was written."""
        number = self._number()
        wrong = number is not None and cache.is_damaged("data", number)
        return wrong or any(cache.is_damaged(*each) for each in self._names())

    def fetch(self, base: Path) -> None:
        """Download the dataset, and find its number first if a name was given."""
        from albench.datasets.openml import client

        number = self._number()
        if number is None:
            with cache.create_scratch_folder() as scratch:
                number = client.find_dataset(str(self.id), self.data_version, scratch)
            with cache.hold_entry("names", self._get_lookup_name()):
                cache.write_meta("names", self._get_lookup_name(), {"id": number})
        fetch_data(number)

    def load(self, base: Path) -> Table:
        """Read the copy in the cache."""
        number = self._number()
        cached = None if number is None else cache.find_entry("data", number)
        if cached is None:
            raise DatasetError(
                f"{', '.join(self.lacks(base))} is not in the cache: `albench fetch` downloads it"
            )
        where = Where(f"openml {number}")
        where = replace(where, can_keep_unlabelled=True)
        return build_openml_table(cached, self, self.target or _get_default_target(cached, where), where)

    def _number(self) -> int | None:
        if isinstance(self.id, int):
            return self.id
        cached = cache.find_entry("names", self._get_lookup_name())
        return int(cached.meta["id"]) if cached else None

    def _names(self) -> tuple[tuple[cache.What, str], ...]:
        """Return the entry that tells the number of a name; none for a number."""
        return () if isinstance(self.id, int) else (("names", self._get_lookup_name()),)

    def _get_lookup_name(self) -> str:
        return f"{self.id}" if self.data_version is None else f"{self.id} version {self.data_version}"


def fetch_data(number: int) -> None:
    """Download a dataset by number into the cache, unless it is there as it was written."""
    from albench.datasets.openml import client

    with cache.hold_entry("data", number):
        if not cache.is_whole("data", number):
            with cache.create_scratch_folder() as scratch:
                cache.write_data(client.get_dataset(number, scratch))


def describe_openml_provenance(number: int) -> tuple[str, str]:
    """Return where a dataset of the cache comes from, and its licence."""
    cached = cache.find_entry("data", number)
    if cached is None:
        return "", ""
    source = f"OpenML {number}: {cached.meta['name']}, version {cached.meta['version']}"
    return source, str(cached.meta["licence"])


def _get_default_target(cached: cache.CacheEntry, where: Where) -> str:
    target = str(cached.meta["target"])
    if not target or "," in target:
        problem = f"names several targets ({target})" if target else "names no default target"
        raise where.error(f"OpenML {problem}: declare target")
    return target


def build_openml_table(cached: cache.CacheEntry, source: OpenmlDataset, target: str, where: Where) -> Table:
    """Return the table of a dataset in the cache, with a target and what ``source`` declares."""
    import polars as pl

    from albench.datasets.files.columns import build_table

    frame, matrix = cache.read_data(cached)
    sparse_names = tuple(cached.meta["sparse_names"])
    _check_names(source, target, (*frame.columns, *sparse_names), where)
    out = {*source.drop, *(name for name in cached.meta["left_out"] if name != target)}
    apart = {target, *source.categorical, *source.text}
    where = replace(where, target=target)
    if matrix is not None:
        frame = frame.with_columns(
            [
                pl.Series(name, matrix[:, [i]].toarray().ravel())
                for i, name in enumerate(sparse_names)
                if name in apart
            ]
        )
    table = build_table(
        frame.drop([name for name in frame.columns if name in out]),
        target=target,
        categorical=source.categorical,
        text=source.text,
        missing=(),
        task=source.task,
        where=where,
    )
    if matrix is not None:
        kept = [i for i, name in enumerate(sparse_names) if name not in out | apart]
        names = tuple(sparse_names[i] for i in kept)
        table = replace(table, sparse=matrix[:, kept], sparse_names=names)
    if source.unlabelled:
        table = separate_unlabelled(table, source.unlabelled, where)
    return check_table(table, where)


def _check_names(source: OpenmlDataset, target: str, columns: Sequence[str], where: Where) -> None:
    from albench.datasets.files.declared_columns import suggest_column

    for setting, names in (
        ("target", (target,)),
        ("drop", source.drop),
        ("categorical", source.categorical),
        ("text", source.text),
    ):
        for name in names:
            if name not in columns:
                raise where.error(
                    f"'{setting}' names a column '{name}' that is not there{suggest_column(name, columns)}"
                )
