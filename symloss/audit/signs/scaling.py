"""Formulas that a positive symbol only scales: f(p**a u; p) = p**k g(u), so that p may be 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, Symbol

from symloss.audit.signs import cells
from symloss.audit.signs.zeros import is_apart, vanishes
from symloss.language import Interval

HALF_LINE = (sympy.S.Zero, sympy.oo)
_POWERS = tuple(
    Rational(n, d) for n, d in ((1, 1), (-1, 1), (0, 1), (1, 2), (-1, 2), (2, 1), (-2, 1))
)


@dataclass(frozen=True)
class Scaled:
    """A formula without some of its parameters.

    Attributes:
        formula: g, in the symbol and the parameters that are left.
        box: the intervals of what is left.
        stretch: the product of p**a: the old symbol is this times the new one.
        factor: the product of p**k: the old formula is this times the new one.
    """

    formula: Expr
    box: Mapping[Symbol, Interval]
    stretch: Expr = sympy.S.One
    factor: Expr = sympy.S.One

    def of_derivative(self, order: int) -> Expr:
        """What a derivative of g is multiplied by to be one of f."""
        return sympy.powsimp(self.factor / self.stretch**order, force=True)


def scaled(formula: Expr, symbol: Symbol, box: Mapping[Symbol, Interval]) -> Scaled:
    """The formula with every symbol that only scales it set to 1."""
    found = Scaled(formula, dict(box))
    for name in sorted(box, key=str):
        domain = box[name]
        if name != symbol and formula.has(name) and _is_half_line(domain):
            found = _without(found, symbol, name) or found
    return found


def _is_half_line(domain: Interval) -> bool:
    return (domain.low, domain.high) == HALF_LINE and domain.low_open


def _invariant(domain: Interval) -> bool:
    return all(end in (sympy.oo, -sympy.oo, 0) for end in (domain.low, domain.high))


def _without(known: Scaled, symbol: Symbol, name: Symbol) -> Scaled | None:
    if not known.formula.has(name):
        return None
    p, u = sympy.Dummy("p", positive=True), sympy.Dummy("u", real=True)
    for power in _POWERS if _invariant(known.box[symbol]) else (sympy.S.Zero,):
        moved = known.formula.subs({symbol: p**power * u, name: p}, simultaneous=True)
        factor = _factor(moved, p)
        if factor is None:
            continue
        left = {other: domain for other, domain in known.box.items() if other != name}
        base = moved.subs(p, 1)
        return Scaled(base.subs(u, symbol), left, known.stretch * name**power,
                      known.factor * factor.subs(p, name))  # fmt: skip
    return None


def _factor(node: Expr, p: Symbol) -> Expr | None:
    """c(p) > 0 for which the node is c(p)/c(1) times itself at p = 1, if there is one."""
    if not node.has(p):
        return sympy.S.One
    if node.free_symbols == {p} and not node.has(sympy.Piecewise, sympy.Max, sympy.Min):
        return _of_number(node, p)
    if isinstance(node, sympy.Piecewise):
        return _of_cases(node, p)
    if node.is_Mul or node.is_Pow:
        found = _of_product(node, p)
    elif node.is_Add or isinstance(node, sympy.Max | sympy.Min):
        found = _common(node.args, p)
    elif isinstance(node, sympy.Abs | sympy.sign):
        found = _factor(node.args[0], p)
        found = sympy.S.One if found is not None and isinstance(node, sympy.sign) else found
    else:
        found = sympy.S.One if all(_is_one(_factor(a, p)) for a in node.args) else None
    return found if found is not None else _by_quotient(node, p)


def _of_number(node: Expr, p: Symbol) -> Expr | None:
    """The factor of what depends on p alone, if that has one sign."""
    start = node.subs(p, 1)
    if start == 0 or start.has(sympy.nan, sympy.zoo, sympy.oo):
        return None
    factor = sympy.simplify(node / start)
    return factor if cells.sign_in(factor, 2) == "+" else None


def _is_one(factor: Expr | None) -> bool:
    return factor == 1


def _of_product(node: Expr, p: Symbol) -> Expr | None:
    if node.is_Pow:
        below = _factor(node.base, p)
        return None if below is None or node.exp.has(p) else below**node.exp
    parts = [_factor(part, p) for part in node.args]
    return None if None in parts else sympy.powsimp(sympy.Mul(*parts))


def _common(parts: Sequence[Expr], p: Symbol) -> Expr | None:
    """The factor that all parts share; 0 has any."""
    first: Expr | None = None
    for part in parts:
        factor = _factor(part, p) if part != 0 else first
        if part != 0 and (factor is None or not vanishes(factor - (first or factor))):
            return None
        first = factor
    return sympy.S.One if first is None else first


def _of_cases(node: Expr, p: Symbol) -> Expr | None:
    tests = [_settled(test, p) for _, test in node.args]
    if not all(tests):
        return None
    return _common([branch for branch, _ in node.args], p)


def _settled(test: Expr, p: Symbol) -> bool:
    """Whether a condition is the same for every p > 0."""
    if not test.has(p):
        return True
    if isinstance(test, sympy.core.relational.Relational):
        whole = _common([test.lhs, test.rhs], p)
        return whole is not None or _factor(test.lhs - test.rhs, p) is not None
    return all(_settled(part, p) for part in test.args)


def _by_quotient(node: Expr, p: Symbol) -> Expr | None:
    if node.has(sympy.Piecewise, sympy.Max, sympy.Min, sympy.Abs) or sympy.count_ops(node) > 80:
        return None
    if _is_entangled(node, p):
        return None
    quotient = sympy.simplify(node / node.subs(p, 1))
    return _of_number(quotient, p) if quotient.free_symbols <= {p} else None


def _is_entangled(node: Expr, p: Symbol) -> bool:
    """Whether numbers show that the node is no function of p times one of its other symbols."""
    others = {s: sympy.Dummy(s.name, **s.assumptions0) for s in node.free_symbols - {p}}
    one, two = node.subs(p, 1), node.subs(p, 2)
    return is_apart(one * two.xreplace(others) - two * one.xreplace(others))
