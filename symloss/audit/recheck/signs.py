"""Rechecks the certificates of signs and one-variable convexity, trusting none of the search.

A refutation is replayed in balls from its witness. A proof is only opposed, not replayed: the claim
itself, without derivatives, is evaluated in balls at random rational points and must never be
contradicted. That finds false proofs; it does not make a true one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import flint
import sympy
from flint import arb
from sympy import Expr, Rational, Symbol

from symloss.audit.recheck.evaluate import Unsettled, ball, enclosed
from symloss.language import Interval, parse_domain

POINTS = 200
KINDS = ("sign", "convex on a line", "convex on a box")


def recheck(certificate: Mapping[str, Any]) -> bool:
    """Whether the claim withstands exact evaluation; kinds that it cannot oppose are not passed."""
    if certificate.get("kind") not in KINDS:
        return False
    formula = sympy.sympify(certificate["expression"], locals=_locals())
    box = {s: parse_domain(certificate["box"][str(s)]) for s in formula.free_symbols}
    chance = random.Random(0)
    for _ in range(POINTS):
        one, other = (_draw(box, chance) for _ in range(2))
        if certificate["kind"] == "sign":
            if _contradicts(_value(formula, one), certificate["relation"]):
                return False
        elif _chord_fails(formula, one, other, certificate):
            return False
    return True


def confirms(formula: Expr, witness: Mapping[str, Any]) -> bool:
    """Whether a refutation's witness shows what it says."""
    if witness["kind"] == "value":
        found = _value(formula.subs(_point(formula, witness["point"])), {}, 512)
        return _contradicts(found, witness["relation"])
    one, other = (_point(formula, text) for text in witness["points"])
    middle = _point(formula, witness["middle"])
    if any(2 * middle[s] != one[s] + other[s] for s in middle):
        return False
    values = [_value(formula, point, 512) for point in (one, other, middle)]
    return _falls(*values)


def _point(formula: Expr, text: Mapping[str, str]) -> dict[Symbol, Rational]:
    return {symbol: Rational(text[str(symbol)]) for symbol in formula.free_symbols}


def _value(formula: Expr, point: Mapping[Symbol, Rational], bits: int = 128) -> arb | None:
    """The value at a point, enclosed; None where balls do not tell it."""
    with flint.ctx.workprec(bits):
        try:
            found = enclosed(formula, {symbol.name: ball(n) for symbol, n in point.items()})
        except (Unsettled, KeyError):
            return None
        return found if found.is_finite() else None


def _contradicts(value: arb | None, relation: str) -> bool:
    if value is None:
        return False
    surely = {
        ">=": value < 0,
        ">": value < 0 or value.is_zero(),
        "<=": value > 0,
        "<": value > 0 or value.is_zero(),
        "==": not value.contains(0),
    }
    return bool(surely[relation])


def _chord_fails(
    formula: Expr, one: dict[Symbol, Rational], other: dict[Symbol, Rational],
    certificate: Mapping[str, Any],
) -> bool:  # fmt: skip
    moving = certificate.get("symbols", [certificate.get("symbol")])
    end = {s: other[s] if str(s) in moving else one[s] for s in one}
    middle = {s: (one[s] + end[s]) / 2 for s in one}
    values = [_value(formula, point, 256) for point in (one, end, middle)]
    return _falls(*values)


def _falls(one: arb | None, other: arb | None, middle: arb | None) -> bool:
    if one is None or other is None or middle is None:
        return False
    return bool(one + other - 2 * middle < 0)


def _draw(box: Mapping[Symbol, Any], chance: random.Random) -> dict[Symbol, Rational]:
    return {symbol: _number(box[symbol], chance) for symbol in sorted(box, key=str)}


def _number(domain: Interval, chance: random.Random) -> Rational:
    low, high = domain.low, domain.high
    part = Rational(chance.randint(1, 9999), 10000)
    if low.is_finite and high.is_finite:
        return low + (high - low) * part
    size = part * Rational(10) ** chance.randint(-2, 2)
    if low.is_finite:
        return low + size
    return high - size if high.is_finite else size * chance.choice((1, -1))


def _locals() -> dict[str, Any]:
    from symloss.language import BY_NODE

    return {node.__name__: node for node in BY_NODE}
