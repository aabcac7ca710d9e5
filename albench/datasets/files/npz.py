"""Arrays that numpy or scipy saved."""

from __future__ import annotations

import math
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.datasets.files.array_source import MOST_FEATURES, ArraySource
from albench.datasets.files.open import explain_kind, format_size
from albench.datasets.where import Where
from albench.errors import clean_text
from albench.text import list_first, quote, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from albench.contracts import Table
    from albench.datasets.files.declared_splits import Divisions

    Arrays = Mapping[str, NDArray[Any]]

_LONGEST = 200
_SHOWN = 10
_CSR = ("data", "indices", "indptr", "shape")


class NpzFile(ArraySource):
    """An ``.npz`` file with features and labels: images, embeddings, fingerprints, counts of words.

    Features are one array (of more than two dimensions: flattened row by row), or the parts of a matrix in
    compressed rows as ``scipy.sparse.save_npz`` writes them, which stays sparse. Truth values are 0 and 1.
    Complex numbers are refused, and arrays of Python objects: reading those could run code.
    """

    name = "npz"
    main = "path"

    features: str = "X"
    """Array of the features; ignored if the file holds the parts of a sparse matrix instead."""
    labels: str = "y"
    """Array of the labels."""
    scale: str = ""
    """Array by which each column of the features is multiplied, for features stored as small integers."""
    split: str = ""
    """Array that says of each row ``train`` or ``test`` (or ``validation``: in neither part): for
    ``split: declared``."""

    def load(self, base: Path) -> Table:
        """Read the file."""
        where = Where(self.path)
        arrays = _read_plain_arrays(self.find_existing_file(base), self.limit, where)
        labels = _get_array(arrays, self.labels, where)
        return self.table(self._read_features(arrays, where), labels, self._read_divisions(arrays, where))

    def _read_features(self, arrays: Arrays, where: Where) -> Any:
        if self.features not in arrays and all(name in arrays for name in _CSR):
            return _build_compressed_rows(arrays, where)
        cells = _get_array(arrays, self.features, where)
        is_truth = cells.dtype == np.bool_
        if cells.ndim < 2 or not (is_truth or np.issubdtype(cells.dtype, np.number)):  # noqa: PLR2004 - a matrix
            raise where.error(
                f"'{self.features}' is {cells.dtype} of shape {cells.shape}, not a matrix of numbers"
            )
        cells = cells.reshape(len(cells), -1)
        if not self.scale:
            return cells
        factors = _get_array(arrays, self.scale, where)
        if factors.shape not in ((), (cells.shape[1],)):
            raise where.error(f"'{self.scale}' has shape {factors.shape} for {cells.shape[1]} columns")
        return cells * factors.astype(np.float64)

    def _read_divisions(self, arrays: Arrays, where: Where) -> Divisions:
        from albench.datasets.files.declared_splits import convert_words_to_parts

        if not self.split:
            return ()
        words = _get_array(arrays, self.split, where)
        return convert_words_to_parts(
            [str(word).strip().lower() for word in words.tolist()], self.split, where
        )


def _read_plain_arrays(file: Path, limit: int, where: Where) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > limit:
            raise where.error(
                f"the archive grows to {format_size(size)}, beyond {format_size(limit)}: "
                "if that is right, raise max_gib"
            )
        with np.load(file, allow_pickle=False) as arrays:
            names = [name.removesuffix(".npy") for name in arrays.zip.namelist() if name.endswith(".npy")]
            return {name: _read_plain_array(arrays, name, where) for name in names}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        problem = f"cannot be read as npz: {clean_text(str(error), _LONGEST)}{explain_kind(file)}"
        raise where.error(problem) from error


def _read_plain_array(arrays: Any, name: str, where: Where) -> NDArray[Any]:
    with arrays.zip.open(f"{name}.npy") as entry:
        shape, dtype = _read_array_header(entry, name, where)
        n_bytes = arrays.zip.getinfo(f"{name}.npy").file_size - entry.tell()
    if dtype.hasobject:
        advice = "and reading those could run code: save numbers or texts"
        raise where.error(f"array {quote(name)} holds Python objects, {advice}")
    claim = math.prod(shape) * dtype.itemsize
    if claim != n_bytes:
        claims = f"says that it has shape {shape}, which takes {format_size(claim)}"
        raise where.error(f"array {quote(name)} {claims}, and holds {format_size(n_bytes)}: save it again")
    array: NDArray[Any] = arrays[name]
    return array


def _read_array_header(entry: Any, name: str, where: Where) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and type that an array is said to have, before memory is taken for it."""
    second = np.lib.format.read_array_header_2_0  # the third differs in the encoding of names of fields
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): second, (3, 0): second}
    try:
        shape, _, dtype = readers[np.lib.format.read_magic(entry)](entry)
    except Exception as error:  # a header is parsed as Python, which may fail in any way
        problem = clean_text(str(error), _LONGEST)
        raise where.error(f"cannot be read as npz: array {quote(name)}: {problem}") from error
    return shape, dtype


def _get_array(arrays: Arrays, name: str, where: Where) -> NDArray[Any]:
    if name not in arrays:
        names = list_first(list(map(shorten, sorted(arrays))), _SHOWN)
        raise where.error(f"there is no array {quote(name)}; there are {names}")
    if np.iscomplexobj(arrays[name]):
        raise where.error(
            f"array {quote(name)} holds complex numbers: save real and imaginary parts as columns"
        )
    return arrays[name]


def _build_compressed_rows(arrays: Arrays, where: Where) -> Any:
    from scipy.sparse import csr_matrix

    if arrays.get("format", np.array("csr")).tolist() not in ("csr", b"csr"):
        raise where.error("the sparse matrix is not in compressed rows: save it with .tocsr()")
    try:
        parts = (_get_array(arrays, "data", where), arrays["indices"], arrays["indptr"])
        n_rows, n_columns = map(int, arrays["shape"].tolist())
        if n_columns > MOST_FEATURES:
            raise where.error(
                f"the sparse matrix has {n_columns:,} columns, {MOST_FEATURES:,} at most can be read"
            )
        matrix = csr_matrix(parts, shape=(n_rows, n_columns))
        matrix.check_format(full_check=True)
    except (ValueError, TypeError) as error:
        raise where.error(
            f"the parts of the sparse matrix contradict each other: {clean_text(str(error), _LONGEST)}"
        ) from error
    return matrix
