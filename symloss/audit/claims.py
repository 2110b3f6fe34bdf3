"""Claims of a spec against findings: a claim that a finding refutes is a contradiction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from sympy import Expr, Rational

from symloss.audit.findings import Finding
from symloss.audit.formulas import POINTS, compared, read_condition, read_formula
from symloss.audit.signs import samples
from symloss.audit.verdicts import Proved
from symloss.language import Interval, property_of
from symloss.spec import Spec, dimension_symbol

BOUNDS = {"lower_bound": ">", "upper_bound": "<"}
"""How a claim stands to the exact value where it contradicts it: any bound may be claimed."""
_AT_LEAST = ("strong_convexity_constant", "lower_bound")


def contradictions(
    spec: Spec, setting: Mapping[str, Rational], found: Mapping[str, Finding]
) -> tuple[str, ...]:
    """A line for each claim that is refuted, with the claim, the finding and its witness.

    `convex = false` and the like say that the loss is not so for all values of its parameters, and
    `convex = "power >= 1"` that it is for those. A constant that is claimed is the exact one; of
    `lower_bound` and `upper_bound`, some bound.
    """
    told = (_against(spec, n, c, setting, found[n]) for n, c in spec.claims.items() if n in found)
    return tuple(line for line in told if line)


def _against(
    spec: Spec, name: str, claim: Any, setting: Mapping[str, Rational], one: Finding
) -> str:
    if one.verdict == "UNKNOWN":
        return ""
    kind = property_of(name).kind
    shown = str(claim).lower() if isinstance(claim, bool) else f'"{claim}"'
    start = f"{name} = {shown} is claimed, but "
    if isinstance(claim, bool):
        wrong = _denied(claim, kind, one)
    elif kind == "whether" and re.search("[<>=]", str(claim)):
        wrong = _exceeds(spec, str(claim), setting, one)
    elif kind == "class":
        wrong = f"it is {one.value}" if str(claim) != one.value and not one.condition else ""
    elif one.verdict == "REFUTED":
        wrong = f"{name} is REFUTED{_witness(one)}"
    else:
        wrong = _differs(spec, name, str(claim), setting, one)
    return start + wrong if wrong else ""


def _denied(claim: bool, kind: str, one: Finding) -> str:
    """What is wrong with a plain yes or no; of a constant, whether there is a finite one."""
    if kind == "constant":
        is_there = one.value not in ("oo", "-oo")
        if is_there == claim or (is_there and one.condition):
            return ""
        return f"it is {one.value}{_where(one)}"
    holds = one.verdict == "PROVED"
    if holds and one.condition:
        fails = claim and (one.exact or bool(_known(one)))
        return f"it holds where {one.condition}{_witness(one)}" if fails else ""
    return "" if holds == claim else f"{one.name} is {one.verdict}{_witness(one)}"


def _where(one: Finding) -> str:
    return f" where {one.condition}" if one.condition else ""


def _exceeds(spec: Spec, claim: str, setting: Mapping[str, Rational], one: Finding) -> str:
    """What is wrong with a condition under which a property is claimed to hold."""
    symbols: dict[str, Expr] = {entry.name: entry.symbol for entry in spec.parameters}
    claimed = read_condition(claim, symbols)
    if claimed is None:
        return f"that is no condition on: {', '.join(symbols) or 'any parameter'}"
    settled = {symbols[key]: number for key, number in setting.items()}
    if one.verdict == "PROVED" and not one.condition:
        return ""
    failing = _failing(spec, one, symbols)
    for point in failing:
        if claimed.subs({**point, **settled}) == sympy.true:
            where = ", ".join(f"{symbol} = {value}" for symbol, value in point.items())
            return f"it fails at {where}"
    return ""


def _failing(
    spec: Spec, one: Finding, symbols: Mapping[str, Expr]
) -> Iterator[Mapping[Expr, Rational]]:
    """Values of parameters at which the property is known to fail."""
    known = _known(one)
    told: Any = known.get("parameters") or next(iter(known.get("points", ())), {})
    if isinstance(told, Mapping) and told:
        point = {symbols[n]: Rational(v) for n, v in told.items() if n in symbols}
        yield point
    box = {e.symbol: e.domain for e in spec.parameters if isinstance(e.domain, Interval)}
    holds = read_condition(one.condition, symbols) if one.exact else None
    if holds is not None:
        about = {symbol: box[symbol] for symbol in holds.free_symbols if symbol in box}
        yield from (p for p in samples.points(about, POINTS) if holds.subs(p) == sympy.false)


def _known(one: Finding) -> Mapping[str, Any]:
    """The witness of a property that fails for some values of the parameters."""
    if isinstance(one.answer, Proved):
        return one.answer.certificate.get("witness") or {}
    return getattr(one.answer, "witness", None) or {}


def _witness(one: Finding) -> str:
    """Where a refuted property fails, in a few words."""
    witness = _known(one)
    told = "; ".join(f"{key}: {_short(witness[key])}" for key in _SHOWN if key in witness)
    return f" ({told})" if told else ""


_SHOWN = ("point", "points", "middle", "sizes", "parameters", "place", "value", "class")


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_short(number)}" for name, number in value.items())
    if isinstance(value, (list, tuple)):
        return " and ".join(_short(entry) for entry in value)
    return str(value)


def _differs(
    spec: Spec, name: str, claim: str, setting: Mapping[str, Rational], one: Finding
) -> str:
    """What is wrong with a formula that is claimed."""
    symbols: dict[str, Expr] = {size: dimension_symbol(size) for size in spec.dimensions}
    symbols |= {entry.name: entry.symbol for entry in spec.parameters}
    bound = read_formula(claim, symbols)
    if bound is None:
        return f"that is no formula in: {', '.join(symbols) or 'numbers'}"
    settled = {symbols[key]: number for key, number in setting.items()}
    box = {entry.symbol: entry.domain for entry in spec.parameters}
    value = one.formula if one.formula is not None else read_formula(one.value, symbols)
    if value is None:
        return ""
    order = compared(sympy.sympify(bound.subs(settled)), sympy.sympify(value), box)
    if one.condition or order not in _wrong_orders(name, is_tight=one.tight):
        return ""
    most = "" if one.tight else f"at {'least' if name in _AT_LEAST else 'most'} "
    return f"it is {most}{one.value}"


def _wrong_orders(name: str, *, is_tight: bool) -> set[str]:
    """How a claim may stand to the value found when it is false."""
    if name in BOUNDS:
        return {BOUNDS[name]} if is_tight else set()
    if is_tight:
        return {"<", ">"}
    return {"<"} if name in _AT_LEAST else {">"}
