"""By which compiler kernels are compiled.

Our own leans on parts of Numba that Numba may change in any release. It is used with the releases
that it was tried with; with others, and in modules that carry their own run-time and may meet any,
kernels compile as Numba does it, in more time, and a sum may be added up in another order when
what was compiled is loaded from disk.
"""

from __future__ import annotations

from typing import Any

import numba

TRIED = ((0, 68),)
"""Releases of Numba that tests of `compiler` have passed with."""


def way(version: str) -> dict[str, Any]:
    """What else Numba is told when it compiles."""
    release = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if release not in TRIED:
        return {}
    from symloss.runtime.compiler import Brief

    return {"pipeline_class": Brief}


WAY: dict[str, Any] = way(numba.__version__)
