"""Boxes as cells: each symbol is an exact number or a function of a positive one.

A cell lists, for each symbol, what it is in positive symbols. Cells of a box are disjoint and cover
it: lines are split at zero, closed ends are cells of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import sympy
from sympy import Dummy, Expr, Symbol
from sympy.logic.boolalg import BooleanFunction

from symloss.audit.signs import chain
from symloss.audit.signs.memory import remembered
from symloss.audit.signs.structure import NEGATIVE, NOT_NEGATIVE, NOT_POSITIVE, POSITIVE, ZERO
from symloss.language import BY_NODE, FUNCTIONS, Interval

Cell = dict[Symbol, Expr]
MOST_CELLS = 200
_TOTAL: tuple[Any, ...] = (
    sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh, sympy.atan, sympy.asinh,
    sympy.erf, FUNCTIONS["erfc"].build, sympy.Abs, sympy.sign, sympy.Max, sympy.Min,
)  # fmt: skip


def plain(expression: Expr) -> Expr:
    """The expression without the language's own functions that have a definition."""

    def own(node: Expr) -> bool:
        row = BY_NODE.get(type(node))
        return row is not None and (row.definition is not None or row.name in ("log1p", "expm1"))

    def meaning(node: Expr) -> Expr:
        row = BY_NODE[type(node)]
        if row.name == "log1p":
            return sympy.log(1 + node.args[0])
        if row.name == "expm1":
            return sympy.exp(node.args[0]) - 1
        return row.definition(*node.args)  # type: ignore[misc]

    floats = {number: sympy.Rational(str(number)) for number in expression.atoms(sympy.Float)}
    return expression.xreplace(floats).replace(own, meaning)


def open_cell(low: Expr, high: Expr) -> tuple[Dummy, Expr]:
    """A positive symbol and what runs through the open interval with it."""
    y = Dummy("y", positive=True)
    if low == -sympy.oo:
        return y, (-y if high == sympy.oo else high - y)
    if high == sympy.oo:
        return y, low + y
    return y, low + (high - low) * y / (1 + y)


def cells(box: Mapping[Symbol, Interval]) -> Iterator[Cell]:
    """The cells of a box."""
    names = sorted(box, key=str)
    choices = [_of_interval(box[name]) for name in names]
    for chosen in product(*choices):
        yield dict(zip(names, chosen, strict=True))


def _of_interval(interval: Interval) -> list[Expr]:
    low, high = interval.low, interval.high
    if low == high:
        return [low]
    found: list[Expr] = []
    found += [low] if not interval.low_open else []
    found += [high] if not interval.high_open else []
    if low < 0 < high:
        return [*found, sympy.S.Zero, open_cell(low, sympy.S.Zero)[1],
                open_cell(sympy.S.Zero, high)[1]]  # fmt: skip
    return [*found, open_cell(low, high)[1]]


def sign_in(expression: Expr, depth: int = chain.DEPTH) -> str:
    """The sign of an expression in positive symbols, by a chain in each of them."""
    for symbol in sorted(expression.free_symbols, key=str) or [Dummy(positive=True)]:
        found = chain.sign(expression, symbol, depth)
        if found != "?":
            return found
    return "?"


def sign_in_forms(expression: Expr) -> str:
    """The sign, with hyperbolic functions in exponentials and sines and cosines bounded."""
    waves = sorted(expression.atoms(sympy.sin, sympy.cos), key=str)
    if waves:
        return _bounded(expression, waves[0])
    if expression.has(sympy.sinh, sympy.cosh, sympy.tanh):
        found = sign_in(expression, 0)
        return found if found != "?" else sign_in(expression.rewrite(sympy.exp))
    return sign_in(expression)


def _bounded(expression: Expr, wave: Expr) -> str:
    """The sign for every value of a sine or cosine from -1 to 1, whatever its argument."""
    w = Dummy("w", positive=True)
    signs = set()
    for form in (sympy.S.One, -sympy.S.One, (1 - w) / (1 + w)):
        inside = expression.xreplace({wave: form})
        signs.add(sign_in_forms(inside) if defined(inside) else "?")
    if signs <= {POSITIVE, NOT_NEGATIVE, ZERO}:
        return POSITIVE if signs == {POSITIVE} else NOT_NEGATIVE
    if signs <= {NEGATIVE, NOT_POSITIVE, ZERO}:
        return NEGATIVE if signs == {NEGATIVE} else NOT_POSITIVE
    return "?"


def defined(expression: Expr) -> bool:
    """Whether an expression in positive symbols is shown to be defined and smooth there."""
    return all(_defined(node) for node in sympy.preorder_traversal(expression))


def _defined(node: Expr) -> bool:
    if not node.args or node.is_Add or node.is_Mul or isinstance(node, _TOTAL):
        return True
    inside = node.args[-1]
    if isinstance(node, sympy.Pow):
        if node.exp.is_Integer and node.exp > 0:
            return True
        allowed = (POSITIVE, NEGATIVE) if node.exp.is_Integer else (POSITIVE,)
        return sign_in(node.base, 2) in allowed
    if isinstance(node, sympy.log):
        return sign_in(inside, 2) == POSITIVE
    row = BY_NODE.get(type(node))
    if row is not None and row.name in ("loggamma", "polygamma"):
        return sign_in(inside, 2) == POSITIVE
    if isinstance(node, sympy.asin | sympy.acos | sympy.atanh):
        return sign_in(1 - inside, 2) == POSITIVE and sign_in(1 + inside, 2) == POSITIVE
    if isinstance(node, sympy.acosh):
        return sign_in(inside - 1, 2) == POSITIVE
    return False


def _sign(gap: Expr, cell: Cell) -> str:
    inside = gap.subs(cell)
    return sign_in(inside, 2) if defined(inside) else "?"


def resolved(expression: Expr, cell: Cell) -> Expr | None:
    """The formula in a cell without Abs, Max, Min, sign and Piecewise; None if a sign is open."""
    if not expression.has(sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise):
        return expression
    if isinstance(expression, sympy.Piecewise):
        return _branch(expression, cell)
    parts = [resolved(argument, cell) for argument in expression.args]
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    if isinstance(expression, sympy.Max | sympy.Min):
        return _outermost(known, cell, largest=isinstance(expression, sympy.Max))
    if isinstance(expression, sympy.Abs | sympy.sign):
        return _by_sign(expression, known[0], cell)
    return expression.func(*known)


def _branch(expression: Expr, cell: Cell) -> Expr | None:
    for branch, test in expression.args:
        holds = _holds(test, cell)
        if holds is None:
            return None
        if holds:
            return resolved(branch, cell)
    return None


def _by_sign(expression: Expr, inside: Expr, cell: Cell) -> Expr | None:
    sign = _sign(inside, cell)
    factor = {POSITIVE: 1, NEGATIVE: -1, ZERO: 0}.get(sign)
    if isinstance(expression, sympy.Abs):
        factor = {NOT_NEGATIVE: 1, NOT_POSITIVE: -1}.get(sign, factor)
        return None if factor is None else factor * inside
    return None if factor is None else sympy.Integer(factor)


def _outermost(parts: list[Expr], cell: Cell, *, largest: bool) -> Expr | None:
    best = parts[0]
    for other in parts[1:]:
        sign = _sign((other - best), cell)
        if sign == "?":
            return None
        if (sign in (POSITIVE, NOT_NEGATIVE)) == largest:
            best = other
    return best


def _holds(test: Expr, cell: Cell) -> bool | None:
    if test in (sympy.true, sympy.false):
        return bool(test)
    if isinstance(test, sympy.And | sympy.Or):
        parts = [_holds(part, cell) for part in test.args]
        decisive = isinstance(test, sympy.Or)
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    if isinstance(test, sympy.Not):
        inner = _holds(test.args[0], cell)
        return None if inner is None else not inner
    if isinstance(test, BooleanFunction):  # ITE and its like: SymPy makes them itself
        return _holds(test.to_nnf(simplify=False), cell)
    gap = resolved(test.lhs - test.rhs, cell)
    sign = "?" if gap is None else _sign(gap, cell)
    return _TRUTH.get((test.rel_op, sign))


_TRUTH: dict[tuple[str, str], bool] = {
    **{(operator, POSITIVE): operator in (">", ">=", "!=") for operator in (">", ">=", "<", "<=")},
    **{(operator, NEGATIVE): operator in ("<", "<=") for operator in (">", ">=", "<", "<=")},
    **{(operator, ZERO): operator in ("<=", ">=") for operator in (">", ">=", "<", "<=")},
    **{("==", sign): sign == ZERO for sign in (POSITIVE, NEGATIVE, ZERO)},
    **{("!=", sign): sign != ZERO for sign in (POSITIVE, NEGATIVE, ZERO)},
    (">=", NOT_NEGATIVE): True,
    ("<", NOT_NEGATIVE): False,
    ("<=", NOT_POSITIVE): True,
    (">", NOT_POSITIVE): False,
}


def breaks(expression: Expr, symbol: Symbol) -> list[Expr] | None:
    """Every place at which a formula may change, in the other symbols; None if not all known."""
    forms = [form for gap in _gaps(expression) for form in _without_abs(gap) if form.has(symbol)]
    found: set[Expr] = set()
    for form in forms:
        places = roots(form, symbol)
        if places is None:
            return None
        found |= places
    return sorted(found, key=str)


def _gaps(expression: Expr) -> set[Expr]:
    """What changes its sign where the formula changes."""
    gaps: set[Expr] = set()
    for node in sympy.preorder_traversal(expression):
        if isinstance(node, sympy.Abs | sympy.sign):
            gaps.add(node.args[0])
        elif isinstance(node, sympy.Max | sympy.Min):
            gaps |= {a - b for n, a in enumerate(node.args) for b in node.args[n + 1 :]}
        elif isinstance(node, sympy.core.relational.Relational):
            gaps.add(node.lhs - node.rhs)
    return gaps


def _without_abs(gap: Expr) -> list[Expr]:
    if gap.has(sympy.Max, sympy.Min, sympy.Piecewise):
        return []
    forms = [gap]
    for node in sorted(gap.atoms(sympy.Abs), key=str):
        forms = [form.subs(node, way * node.args[0]) for form in forms for way in (1, -1)]
    return forms


@remembered
def roots(form: Expr, symbol: Symbol) -> set[Expr] | None:
    """Real roots as formulas: cuts that may help, never trusted to be all; None if unsolved."""
    numerator = sympy.fraction(sympy.together(form))[0]
    if numerator.is_polynomial(symbol):
        found = sympy.roots(sympy.Poly(numerator, symbol))
        return {sympy.simplify(root) for root in found if root.is_real is not False}
    solved = sympy.solveset(numerator, symbol, sympy.S.Reals)
    if isinstance(solved, sympy.FiniteSet):
        return {root for root in solved if root.is_real is not False}
    return None
