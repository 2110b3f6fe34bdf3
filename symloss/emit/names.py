"""Names that emitted code uses itself; a spec's names step aside for them."""

from __future__ import annotations

import builtins
import keyword

from symloss.language import FUNCTIONS

_OURS = {
    *(
        "math",
        "np",
        "njit",
        "real",
        "count",
        "scale",
        "weight",
        "total",
        "start",
        "stop",
        "carrier",
        "n",
    ),
    *(
        "at",
        "part",
        "put",
        "item",
        "like",
        "fill",
        "in_range",
        "square",
        "power",
        "larger",
        "smaller",
    ),
    *("finite_or_zero", "sqrt", "CHUNK", "helper", "loop", "out_loss", "self", "loss_total"),
}
_SPELLED = {row.name for row in FUNCTIONS.values() if row.code}
_RESERVED = _OURS | _SPELLED | set(dir(builtins)) | set(keyword.kwlist)


def safe(name: str) -> str:
    """The name as it may stand in emitted code."""
    return f"{name}_" if name in _RESERVED or name.endswith("_chunk") else name
