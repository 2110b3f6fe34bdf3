"""Names that emitted code uses itself; a spec's names step aside for them."""

from __future__ import annotations

import builtins
import keyword
import re

from symloss.emit.embed import runtime_names
from symloss.language import FUNCTIONS

_OURS = {
    *("real", "count", "scale", "first", "weight", "total", "start", "stop", "carrier", "n"),
    *("np", "math", "self", "CHUNK"),
}
_SPELLED = {row.name for row in FUNCTIONS.values() if row.code}
_RESERVED = _OURS | _SPELLED | runtime_names() | set(dir(builtins)) | set(keyword.kwlist)
_PATTERN = re.compile(r"(in|out|chunk)_.*|.*_chunk\d*")


def safe(name: str) -> str:
    """The name as it may stand in emitted code."""
    return f"{name}_" if name in _RESERVED or _PATTERN.fullmatch(name) else name
