"""SymPy remembers what some of its own functions found, which it asks the same over and over.

A limit combines powers anew in every part of a formula, at each of its levels; Max takes the terms
of each pair of its arguments apart; what is simplified is brought over one denominator again and
again. All answer the same whenever they are asked, by expressions that nobody can change.
"""

from __future__ import annotations

import sys

from sympy.core.cache import cacheit

_ASKED_OFTEN = (
    ("sympy.core.exprtools", "_monotonic_sign"),
    ("sympy.core.exprtools", "factor_terms"),
    ("sympy.core.exprtools", "gcd_terms"),
    ("sympy.polys.polytools", "cancel"),
    ("sympy.polys.polytools", "factor"),
    ("sympy.polys.rationaltools", "together"),
    ("sympy.simplify.powsimp", "powsimp"),
    ("sympy.simplify.radsimp", "fraction"),
    ("sympy.simplify.simplify", "signsimp"),
    ("sympy.simplify.simplify", "simplify"),
)


def recall() -> None:
    """From now on, in this process; for workers, whose caches end with an audit."""
    asked = [vars(sys.modules[module])[name] for module, name in _ASKED_OFTEN]
    recalled = {id(function): cacheit(function) for function in asked}
    for room in [name for name in sys.modules if name.partition(".")[0] in ("sympy", "symloss")]:
        names = vars(sys.modules[room])
        names |= {name: recalled[id(one)] for name, one in names.items() if id(one) in recalled}
