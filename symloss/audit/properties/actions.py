"""How a program's values move when its inputs do: under scaling, and under shifts, at any size.

For a parameter s, inputs are multiplied by exp(s), or s is added to them. Every value v that obeys
a law moves in one of two ways: v -> exp(m*s)*v (it is homogeneous of degree m), or v -> v + a*s (it
is shifted along). The rules below are identities, so that a law found for `loss` holds for every
size of its core dimensions: products add degrees, logarithms turn degrees into shifts, logsumexp
passes shifts on, and so forth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Expr, Indexed, S, Symbol
from sympy.core.relational import Relational

from symloss.language import BY_NODE, FUNCTIONS
from symloss.program import Program, Step, name_of

_NODE = {name: row.node for name, row in FUNCTIONS.items()}


class Lawless(Exception):  # noqa: N818 - an answer, not a mistake
    """The value obeys neither law, or no rule shows it."""


@dataclass(frozen=True)
class Law:
    """`degree`: v -> exp(degree*s)*v; `shift`: v -> v + shift*s; None where it is not so."""

    degree: Expr | None = None
    shift: Expr | None = None

    @property
    def is_still(self) -> bool:
        """Whether the value does not move."""
        return self.degree == 0 or self.shift == 0

    def __str__(self) -> str:
        if self.is_still:
            return "does not change"
        return (
            f"has degree {self.degree}" if self.degree is not None else f"shifts {self.shift}-fold"
        )


STILL = Law(S.Zero, S.Zero)
ANY, ZERO = Law(), Law(degree=S.Zero)
"""The laws of -oo (of any degree, and of any shift) and of 0 (of any degree; a shift moves it)."""


class Movement:
    """The laws of a program's steps when the inputs named in `moved` move."""

    def __init__(self, program: Program, moved: Iterable[str], *, scaled: bool) -> None:
        """Read every step in order; `laws` holds what was found, without steps that obey none."""
        self.program = program
        self.moved = frozenset(moved)
        self.start = Law(degree=S.One) if scaled else Law(shift=S.One)
        self.laws: dict[str, Law] = {}
        for step in program.steps:
            try:
                self.laws[step.name] = self._uniform(self._of_step(step))
            except Lawless:
                continue

    @property
    def loss(self) -> Law | None:
        """The law of the loss, if it obeys one."""
        return self.laws.get("loss")

    def told(self) -> tuple[str, ...]:
        """A line a step."""
        return tuple(
            f"{step.name} {self.laws[step.name]}" for step in self.program.steps
            if step.name in self.laws
        )  # fmt: skip

    def _uniform(self, law: Law) -> Law:
        """The law, if it is the same at every place of an array."""
        for amount in (law.degree, law.shift):
            if amount is not None and amount.free_symbols & set(self.program.ranges):
                raise Lawless
        return law

    def _of_step(self, step: Step) -> Law:
        law = self._uniform(self.of(step.expression))
        if step.kind is None or law is ANY:
            return law
        if law.is_still:
            return STILL
        if step.kind in ("argmax", "argmin"):
            return STILL
        if step.kind == "logsumexp":
            return Law(shift=_required(law.shift))
        if step.kind in ("max", "min"):
            return law
        return self._repeated(step, law)

    def _repeated(self, step: Step, law: Law) -> Law:
        """Of sums, degrees stay and shifts add up; of products, degrees add up."""
        count = sympy.prod(self.program.ranges[index] for index in step.bound)
        if step.kind == "sum" and law.degree is not None:
            return law
        amount = _required(law.shift if step.kind == "sum" else law.degree)
        return Law(shift=amount * count) if step.kind == "sum" else Law(degree=amount * count)

    def of(self, expression: Expr) -> Law:
        """The law of an expression.

        Raises:
            Lawless: no rule shows one.
        """
        if expression.is_number:
            return ZERO if expression == 0 else ANY if expression.is_infinite else STILL
        if isinstance(expression, (Symbol, Indexed)):
            return self._of_leaf(expression)
        rule = _RULES.get(expression.func)
        if rule is not None:
            return rule(self, expression)
        parts = [self.of(part) for part in expression.args]
        if expression.func in BY_NODE and all(part.is_still for part in parts):
            return STILL
        raise Lawless

    def _of_leaf(self, leaf: Expr) -> Law:
        if isinstance(leaf, Indexed) and not all(self.of(i).is_still for i in leaf.indices):
            raise Lawless
        name = name_of(leaf)
        if name in self.moved:
            return self.start
        if name in self.program.by_name:
            if name not in self.laws:
                raise Lawless
            return self.laws[name]
        return STILL

    def still(self, test: Any) -> bool:
        """Whether a condition does not change: both sides scale alike, or shift alike."""
        if test in (sympy.true, sympy.false):
            return True
        if isinstance(test, Relational):
            gap = test.lhs - test.rhs
            try:
                law = self.of(gap)
            except Lawless:
                law = _alike([self.of(test.lhs), self.of(test.rhs)])
            return law is ANY or law.is_still or law.degree is not None or gap.is_number
        if isinstance(test, (sympy.And, sympy.Or, sympy.Not)):
            return all(self.still(part) for part in test.args)
        return self.of(test).is_still


def _required(amount: Expr | None) -> Expr:
    if amount is None:
        raise Lawless
    return amount


def _alike(laws: Iterable[Law]) -> Law:
    """The one law that all obey."""
    every = [law for law in laws if law is not ANY]
    known = [law for law in every if law is not ZERO]
    if not known:
        return ZERO if every else ANY
    first = known[0]
    if all(law.is_still for law in known):
        return STILL
    if first.degree is None and len(known) < len(every):
        raise Lawless  # a shift moves 0
    for law in known[1:]:
        same_degree = first.degree is not None and _equal(law.degree, first.degree)
        same_shift = first.shift is not None and _equal(law.shift, first.shift)
        if not (same_degree or same_shift):
            raise Lawless
    return first


def _equal(one: Expr | None, other: Expr | None) -> bool:
    return one is not None and other is not None and sympy.expand(one - other) == 0


def _add(motion: Movement, node: Expr) -> Law:
    try:
        laws = [motion.of(part) for part in node.args]
    except Lawless:
        return _factored(motion, node)
    known = [law for law in laws if law is not ANY]
    if all(law.degree is not None for law in known):
        try:
            return _alike(known)
        except Lawless:
            pass
    if any(law.shift is None for law in known):
        return _factored(motion, node)
    shifts = [_required(law.shift) for law in known]
    total = sympy.expand(sum(shifts, S.Zero))
    return STILL if total == 0 else Law(shift=total)


def _factored(motion: Movement, node: Expr) -> Law:
    """The law of a sum as a product, such as (x - y)**2 for x**2 - 2*x*y + y**2."""
    product = sympy.factor(node)
    if product.is_Add:
        raise Lawless
    return motion.of(product)


def _mul(motion: Movement, node: Expr) -> Law:
    laws = [(part, motion.of(part)) for part in node.args]
    if any(law is ANY for _, law in laws):
        return ANY
    moving = [(part, law) for part, law in laws if not law.is_still]
    if all(law.degree is not None for _, law in moving):
        total = sympy.expand(sympy.Add(*(law.degree for _, law in moving)))
        return STILL if total == 0 else Law(degree=total)
    if len(moving) != 1:
        raise Lawless
    ((chosen, law),) = moving
    factor = sympy.Mul(*(part for part, _ in laws if part != chosen))
    return Law(shift=_required(law.shift) * _constant(motion, factor))


def _constant(motion: Movement, factor: Expr) -> Expr:
    """A factor that depends on nothing that moves, not even in a way that cancels."""
    for leaf in factor.free_symbols | factor.atoms(Indexed):
        name = str(leaf.base) if isinstance(leaf, Indexed) else str(leaf)
        if name in motion.moved or name in motion.program.by_name:
            raise Lawless
    return factor


def _pow(motion: Movement, node: Expr) -> Law:
    base, exponent = motion.of(node.base), motion.of(node.exp)
    if base.is_still and exponent.is_still:
        return STILL
    if exponent.is_still and base.degree is not None:
        return Law(degree=sympy.expand(base.degree * _constant(motion, node.exp)))
    if base.is_still and exponent.shift is not None:
        return Law(degree=exponent.shift * sympy.log(_constant(motion, node.base)))
    raise Lawless


def _exp(motion: Movement, node: Expr) -> Law:
    inner = motion.of(node.args[0])
    return STILL if inner.is_still else Law(degree=_required(inner.shift))


def _log(motion: Movement, node: Expr) -> Law:
    inner = motion.of(node.args[0])
    return STILL if inner.is_still else Law(shift=_required(inner.degree))


def _same(motion: Movement, node: Expr) -> Law:
    return _alike(motion.of(part) for part in node.args)


def _size(motion: Movement, node: Expr) -> Law:
    inner = _alike(motion.of(part) for part in node.args)
    return inner if inner is ANY or inner.is_still else Law(degree=_required(inner.degree))


def _sign(motion: Movement, node: Expr) -> Law:
    inner = motion.of(node.args[0])
    if not inner.is_still:
        _required(inner.degree)
    return STILL


def _logaddexp(motion: Movement, node: Expr) -> Law:
    inner = _same(motion, node)
    return inner if inner.is_still else Law(shift=_required(inner.shift))


def _xlogy(motion: Movement, node: Expr) -> Law:
    x, y = (motion.of(part) for part in node.args)
    if not y.is_still:
        raise Lawless
    return x if x.is_still else Law(degree=_required(x.degree))


def _piecewise(motion: Movement, node: Expr) -> Law:
    if not all(motion.still(pair.cond) for pair in node.args):
        raise Lawless
    return _alike(motion.of(pair.expr) for pair in node.args)


_RULES: dict[Any, Callable[[Movement, Expr], Law]] = {
    sympy.Add: _add,
    sympy.Mul: _mul,
    sympy.Pow: _pow,
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.Abs: _size,
    sympy.sign: _sign,
    sympy.Max: _same,
    sympy.Min: _same,
    sympy.Piecewise: _piecewise,
    _NODE["hypot"]: _size,
    _NODE["logaddexp"]: _logaddexp,
    _NODE["xlogy"]: _xlogy,
}
