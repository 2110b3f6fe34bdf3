"""Claims of a spec against findings: a claim that a finding refutes is a contradiction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy import Expr, Rational

from symloss.audit.findings import Finding
from symloss.spec import Spec, scalar_symbol

_BOUNDS = {"lipschitz": 1, "gradient_lipschitz": 1, "upper_bound": 1, "lower_bound": -1}


def contradictions(
    spec: Spec, setting: Mapping[str, Rational], found: Mapping[str, Finding]
) -> tuple[str, ...]:
    """A line for each claim that is refuted.

    A constant claimed is a bound: a larger one contradicts it (`lower_bound`: a smaller one).
    `convex = false` and the like say that the loss is not so for all values of its parameters.
    """
    told = (_against(n, c, setting, found[n]) for n, c in spec.claims.items() if n in found)
    return tuple(line for line in told if line)


def _against(name: str, claim: Any, setting: Mapping[str, Rational], one: Finding) -> str:
    if isinstance(claim, bool):
        wrong = "REFUTED" if claim else "PROVED"
        if one.verdict != wrong:
            return ""
        return f"{name} = {str(claim).lower()} is claimed, but {name} is {wrong}"
    if name == "smoothness":
        wrong_class = one.verdict == "PROVED" and one.value != claim
        return f'smoothness = "{claim}" is claimed, but it is {one.value}' if wrong_class else ""
    if name not in _BOUNDS:
        return ""
    if one.verdict == "REFUTED":
        return f'{name} = "{claim}" is claimed, but there is none'
    if one.verdict == "PROVED" and _exceeds(_BOUNDS[name], claim, setting, one.value):
        return f'{name} = "{claim}" is claimed, but it is {one.value}'
    return ""


def _exceeds(way: int, claim: Any, setting: Mapping[str, Rational], value: str) -> bool:
    """Whether the value surely lies beyond the claimed bound."""
    gap = way * (_read(value, setting) - _read(str(claim), setting))
    return sympy.simplify(gap).is_positive is True


def _read(text: str, setting: Mapping[str, Rational]) -> Expr:
    """A formula in parameters; claims are checked text, values were printed by SymPy."""
    formula = sympy.sympify(text)
    swap = {symbol: setting.get(symbol.name, scalar_symbol(symbol.name))
            for symbol in formula.free_symbols}  # fmt: skip
    return formula.xreplace(swap)
