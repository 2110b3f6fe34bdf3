"""Names that emitted code uses itself; a spec's names step aside for them."""

from __future__ import annotations

import builtins
import keyword
import re

from symloss.emit.embed import runtime_names
from symloss.language import FUNCTIONS

_OURS = {
    *("real", "count", "scale", "first", "last", "weight", "total", "start", "stop", "away", "n"),
    *(
        "zero",
        "half",
        "one",
        "two",
        "infinity",
        "nan",
        "room",
        "item",
        "lane",
        "rows",
        "width",
        "held",
        "spoilt",
        "is_better",
        "np",
        "math",
        "self",
    ),
}
_SPELLED = {row.name for row in FUNCTIONS.values() if row.code}
_RESERVED = _OURS | _SPELLED | runtime_names() | set(dir(builtins)) | set(keyword.kwlist)
_PATTERN = re.compile(r"(in|out|n|kept|lane)_.*|.*_(part|best|candidate)")


def safe(name: str) -> str:
    """The name as it may stand in emitted code; different names stay different."""
    bare = name.rstrip("_")
    return f"{name}_" if bare in _RESERVED or _PATTERN.fullmatch(bare) else name
