"""Losses of any size by the loss in one variable that they are at heart.

Sums of f(x[k]) over all coordinates have the shapes of f. Their Hessian is diagonal, their gradient
at most sqrt(n) times as long as f' is large, and all coordinates may be at the worst place at once.
Of f(|x - y|) with even f the Hessian has the eigenvalues f'' and f'/r, which f'' bounds, too; it is
convex, strictly, strongly or quasiconvex if f is, as f then rises with the distance.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

import sympy
from sympy import Expr

from symloss.audit.composition import Reduced, reduced
from symloss.audit.findings import Finding
from symloss.audit.properties.constants import bounds, slopes
from symloss.audit.properties.line import line
from symloss.audit.properties.match import matches
from symloss.audit.properties.tails import tails
from symloss.audit.subject import Subject, cases_of
from symloss.audit.verdicts import Proved
from symloss.program import Program
from symloss.spec import dimension_symbol, scalar_symbol

_SHAPES = ("convex", "concave", "affine", "strictly_convex", "strongly_convex")
_BOUNDS = ("lower_bound", "upper_bound")
_CURVES = ("gradient_lipschitz", "strong_convexity_constant")
_OF_SUMS = (*_SHAPES, *_BOUNDS, "lipschitz", *_CURVES, "growth", "minimiser")
_OF_LENGTHS = (*_OF_SUMS, "quasiconvex", "redescending")
NAMES = _OF_LENGTHS
_SUM, _LENGTH = "a sum of one function of each coordinate", "a function of a length"
_FINDERS: tuple[tuple[Callable[[Subject, float], list[Finding]], tuple[str, ...]], ...] = (
    (line, (*_SHAPES, *_BOUNDS, "lipschitz", *_CURVES)),
    (bounds, _BOUNDS),
    (slopes, ("lipschitz", *_CURVES)),
    (tails, ("growth", "redescending")),
    (matches, ("minimiser",)),
)


def in_one(subject: Subject, seconds: float) -> list[Finding]:
    """What the loss in one variable tells; nothing where there is none."""
    small = None if subject.cases else reduced(subject.program)
    if small is None:
        return []
    alone = replace(subject, program=small.program, cases=cases_of(small.program))
    wanted = _OF_LENGTHS if small.is_radial else _OF_SUMS
    found = _found(alone, seconds)
    told = [_of_all(subject.program, small, found[name]) for name in wanted if name in found]
    return [one for one in told if one is not None]


def _found(alone: Subject, seconds: float) -> dict[str, Finding]:
    until = time.process_time() + seconds
    found: dict[str, Finding] = {}
    for finder, names in _FINDERS:
        left = until - time.process_time()
        if left > 0 and not found.keys() >= set(names):
            for one in finder(alone, left / 2):
                if one.verdict == "PROVED":
                    found.setdefault(one.name, one)
    return found


def _of_all(program: Program, small: Reduced, one: Finding) -> Finding | None:
    """The finding as one about the loss; None where it says nothing of it."""
    if not isinstance(one.answer, Proved) or one.answer.certificate.get("kind") == "consequence":
        return None  # what follows for the one variable follows for the loss
    kind = "length" if small.is_radial else "terms"
    method = f"{_LENGTH if small.is_radial else _SUM}: {one.answer.method}"
    data = {"kind": kind, "of": one.answer.certificate}
    one = replace(one, answer=replace(one.answer, method=method, certificate=data))
    if one.formula is not None:
        value = _sized(program, _scaled(small, one.name, one.formula))
        return replace(one, value=str(value), formula=value)
    if one.name == "growth":
        word = _fastest(one.value)
        return replace(one, value=word, detail="along a line") if word else None
    return one if one.name != "minimiser" or "centre" not in one.value else None


_WORDS = ("bounded", "logarithmic", "linear", "quadratic", "exponential")
"""Rates of growth, the faster one later."""


def _fastest(growth: str) -> str:
    """The faster one of growths on two sides."""
    if "side" not in growth and "left" not in growth:
        return growth
    parts = [part for part in re.split(r", | on |: ", growth) if part in _WORDS]
    return max(parts, key=_WORDS.index) if len(parts) == 2 else ""


def _scaled(small: Reduced, name: str, value: Expr) -> Expr:
    if name in _BOUNDS:
        return small.offset + small.factor * small.count * value
    root = sympy.sqrt(small.count) if name == "lipschitz" else sympy.S.One
    return small.factor * root * value


def _sized(program: Program, value: Expr) -> Expr:
    """The formula with sizes in place of the parameters that stood for them."""
    names = {str(s) for length in program.ranges.values() for s in length.free_symbols}
    back = {scalar_symbol(name): dimension_symbol(name) for name in names}
    return sympy.simplify(value.xreplace(back))
