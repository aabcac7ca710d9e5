"""Templates that were compiled in this process, so that each is compiled once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import BytecodeCache

if TYPE_CHECKING:
    from types import CodeType

    from jinja2.bccache import Bucket

_CODES: dict[str, CodeType | None] = {}


class CompiledTemplates(BytecodeCache):
    """Shares compiled templates among the environments of a process, which differ in their filters alone."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template, if there is any by now."""
        bucket.code = _CODES.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        _CODES[bucket.key] = bucket.code
