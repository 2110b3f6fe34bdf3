"""SymPy remembers what two of its own functions found, which it asks the same over and over.

A limit combines powers anew in every part of a formula, at each of its levels; the sign of a sum is
asked of the same monotonic parts up to four times. Both answer the same whenever they are asked.
"""

from __future__ import annotations

import sys

from sympy.core.cache import cacheit

_ASKED_OFTEN = (("sympy.simplify.powsimp", "powsimp"), ("sympy.core.exprtools", "_monotonic_sign"))


def recall() -> None:
    """From now on, in this process; for workers, whose caches end with an audit."""
    for module, name in _ASKED_OFTEN:
        asked = vars(sys.modules[module])
        asked[name] = cacheit(asked[name])
