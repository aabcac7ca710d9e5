"""A file on this machine, or one that is downloaded once: where it is, and whether it is the right one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from albench.contracts import DatasetSource
from albench.datasets.files.open import GIB
from albench.datasets.where import Where
from albench.errors import DatasetError, clean_text
from albench.files import explain_lookup

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATTERN = "*?["


class LocatedSource(DatasetSource):
    """Data in a file."""

    path: str
    """File, relative to the folder of the spec; a pattern (``data/*.csv``) stands for many datasets."""
    url: str = Field(default="", pattern=r"^(https?://.+)?$")
    """Where ``albench fetch`` downloads the file from if it is not at ``path``."""
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """Checksum of the file; required with ``url``."""
    max_gib: float = Field(default=4.0, gt=0)
    """What a download, an archive or a Parquet file may grow to, in GiB."""

    @model_validator(mode="after")
    def _check_checksum_has_url(self) -> Self:
        if self.url and not self.sha256:
            raise ValueError("'url' needs the 'sha256' of the file, so that it is the same file tomorrow")
        return self

    @property
    def limit(self) -> int:
        """What a download or an archive may grow to, in bytes."""
        return int(self.max_gib * GIB)

    def default_label(self) -> str:
        """Return the name of the file without its endings."""
        name = Path(self.path).name.removesuffix(".gz")
        return Path(name).stem

    def provenance(self, base: Path) -> tuple[str, str]:
        """Return the path or, where that is what is read, the download."""
        return (self.path if self._place(base).is_file() else self.url or self.path), ""

    def members(self, base: Path) -> tuple[tuple[str, DatasetSource], ...]:
        """Return one dataset a file that matches the pattern; this one if ``path`` is no pattern."""
        if self._place(base).exists() or self.url or not any(mark in self.path for mark in _PATTERN):
            return ((self.default_label(), self),)
        matches = [self.model_copy(update={"path": path}) for path in self._iterate_matches(base)]
        return tuple((member.default_label(), member) for member in matches) or (
            (self.default_label(), self),
        )

    def _iterate_matches(self, base: Path) -> Iterator[str]:
        pattern = Path(self.path)
        root = Path(pattern.anchor) if pattern.is_absolute() else base
        relative = pattern.relative_to(pattern.anchor) if pattern.is_absolute() else pattern
        try:
            files = [file for file in sorted(root.glob(str(relative))) if file.is_file()]
        except (OSError, ValueError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or error
            raise DatasetError(f"{clean_text(self.path, 200)}: cannot be searched: {reason}") from error
        for file in files:
            yield str(file) if pattern.is_absolute() else file.relative_to(base).as_posix()

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that must be there, resolved against the folder of the spec."""
        return () if self.url else (self._place(base),)

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name the download if the file is neither at its path nor in the cache."""
        return (self.url,) if self.url and self.find_file(base) is None else ()

    def damaged(self, base: Path) -> bool:
        """Say whether the file comes from the cache, and is another one there than declared."""
        from albench.datasets.cache.cache_folder import compute_checksum

        file = self.find_file(base)
        return file is not None and file != self._place(base) and compute_checksum(file) != self.sha256

    def fetch(self, base: Path) -> None:
        """Download the file into the cache."""
        if self.lacks(base) or self.damaged(base):
            from albench.datasets.cache.download import fetch_file

            fetch_file(self.url, self.sha256, self.limit, name=Path(self.path).name)

    def find_existing_file(self, base: Path) -> Path:
        """Return the file if it is there."""
        file = self.find_file(base)
        if file is None:
            place = self._place(base)
            what = "is a folder" if place.is_dir() else f"no such file ({place})"
            hint = "; `albench fetch` downloads it" if self.url else ""
            raise DatasetError(f"{self.path}: {what}{hint}")
        if self.sha256:
            self._check_sum(file, base)
        return file

    def _check_sum(self, file: Path, base: Path) -> None:
        from albench.datasets.cache.cache_folder import compute_checksum

        actual = compute_checksum(file)
        if actual != self.sha256 and file != self._place(base):
            raise DatasetError(f"{file}: the cache was damaged: `albench fetch` replaces it")
        if actual != self.sha256:
            raise Where(self.path).error(f"the file has sha256 {actual}, the spec declares {self.sha256}")

    def _place(self, base: Path) -> Path:
        return resolve_file(base, self.path)

    def find_file(self, base: Path) -> Path | None:
        """Return the file at its path or in the cache of downloads; None if it is in neither."""
        place = self._place(base)
        if place.is_file():
            return place
        if self.url:
            from albench.datasets.cache.download import find_cached_file

            return find_cached_file(self.url, self.sha256)
        return None


def resolve_file(base: Path, path: str) -> Path:
    """Return where a file is that a spec in the folder ``base`` names."""
    file = base / path
    if problem := explain_lookup(file):
        raise DatasetError(f"{clean_text(path, 200)}: {problem}")
    return file.resolve()
