"""The example of docs/streams.md runs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_example_of_the_docs_compares_with_random_at_the_same_spending(capsys):
    text = (ROOT / "docs" / "streams.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    exec(compile(code, "docs/streams.md", "exec"), {})  # noqa: S102 - the docs are ours
    split, random = capsys.readouterr().out.splitlines()
    assert split.split()[:2] == ["split", random.split()[1]]
    assert int(random.split()[1]) > 50
