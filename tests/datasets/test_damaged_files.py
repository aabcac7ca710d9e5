"""However a file is damaged, it is read or refused in a sentence."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from albench.datasets.files.arff import ArffFile
from albench.datasets.files.csv import CsvFile
from albench.datasets.files.libsvm import LibsvmFile
from albench.datasets.files.npz import NpzFile
from albench.datasets.files.parquet import ParquetFile
from albench.datasets.loading import load_table
from albench.errors import DatasetError

TOKENS = [b'"', b"'", b",", b"\n", b"\r", b"\0", b"\xff", b"{", b"}", b"%", b"?", b"\xe2\x80\xa8", b"1e999"]
TOKENS += [b"nan", b"-1", b"9" * 20, b"\t", b"\\", b" ", b":", b"#", b"@data", b"inf", b"\x1f\x8b"]
ROWS = range(12)


def make_npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, X=np.ones((12, 3)), y=np.array(list("uv") * 6))
    return buffer.getvalue()


def make_parquet() -> bytes:
    buffer = io.BytesIO()
    columns = {"a": ROWS, "c": pd.Categorical([1, 2] * 6), "y": list("uv") * 6}
    pd.DataFrame(columns, index=ROWS[::-1]).to_parquet(buffer)
    return buffer.getvalue()


HEAD = b"@relation r\n@attribute a real\n@attribute 'b c' {x,'y z'}\n@attribute y {u,v} % k\n@data\n"
FILES = {
    "csv": b"a,t,y\n" + b"".join(b'%d,"te, ""xt %d",%s\n' % (i, i, b"uv"[i % 2 :][:1]) for i in ROWS),
    "arff": HEAD
    + b"".join(b"%d,%s,%s %% c\n" % (i, [b"x", b"'y z'"][i % 2], b"uv"[i % 2 :][:1]) for i in ROWS),
    "sparse": HEAD + b"".join(b"{0 %d,1 'y z',2 %s}\n" % (i, b"uv"[i % 2 :][:1]) for i in ROWS),
    "libsvm": b"".join(b"%d 1:%d 3:1.5 # c\n" % (i % 2, i) for i in ROWS),
    "npz": make_npz(),
    "parquet": make_parquet(),
}
SOURCES = {
    "csv": CsvFile(path="t", target="y"),
    "arff": ArffFile(path="t", target="y"),
    "sparse": ArffFile(path="t", target="y"),
    "libsvm": LibsvmFile(path="t"),
    "npz": NpzFile(path="t"),
    "parquet": ParquetFile(path="t", target="y"),
}


def damage(content: bytes, rng: random.Random) -> bytes:
    """Return a file with a few bytes more, fewer or other."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        place, way = rng.randrange(len(content) + 1), rng.random()
        skipped = rng.choice([0, 1, 5, 30]) if way > 0.5 else 0
        extra = rng.choice(TOKENS) if way < 0.7 else bytes([rng.randrange(256)])
        content = content[:place] + extra + content[place + skipped :]
    return content


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_read_or_refused(name: str, tmp_path: Path):
    rng = random.Random(0)  # noqa: S311 - chance, no secret
    n_refused = 0
    for _ in range(100):
        (tmp_path / "t").write_bytes(damage(FILES[name], rng))
        try:
            table = load_table(SOURCES[name], tmp_path)
        except DatasetError as error:
            n_refused += 1
            # Nothing else may come, and nothing without end.
            if len(str(error)) > 2000:
                pytest.fail(f"a message of {len(str(error))} characters")
        else:
            assert table.n_rows <= 2 * len(ROWS)
    assert 0 < n_refused < 100


def test_what_a_fuzzer_found(tmp_path: Path):
    for content in (b"1 1\x1f\x8b7:2\n2 1:3\n", b"1 1\xe2\x80\xa8.5:2\n2 1:3\n"):
        (tmp_path / "t").write_bytes(content)
        with pytest.raises(DatasetError, match=r"^t: line"):
            SOURCES["libsvm"].load(tmp_path)
    (tmp_path / "t").write_bytes(b"#" + FILES["npz"])
    with pytest.raises(DatasetError, match=r"^t: cannot be read as npz: "):
        SOURCES["npz"].load(tmp_path)
