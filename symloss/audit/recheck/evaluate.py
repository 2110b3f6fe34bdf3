"""A loss at exact points, read from its program anew: nothing of the search is used here.

An `Instance` writes the loss at given sizes in plain symbols, one for each element of each input,
with conditions settled at its point. `enclosed` evaluates what it wrote in ball arithmetic. A point
may be a box: balls of positive radius.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import flint
import sympy
from flint import arb, fmpq
from sympy import Expr, Indexed, Rational, S, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from symloss.language import BY_NODE, Index, quotient
from symloss.program import Program, Step, name_of
from symloss.spec import dimension_symbol

BITS = 512
Balls = Mapping[str, arb]


class Unsettled(Exception):  # noqa: N818 - an answer, not a mistake
    """The checker cannot tell the value: a condition that balls leave open, a foreign node."""


def ball(number: Rational) -> arb:
    """The tightest ball around a rational number."""
    return arb(fmpq(int(number.p), int(number.q)))


class Instance:
    """The loss at given sizes, near one point; `balls` gives each element's ball by its label."""

    def __init__(
        self, program: Program, sizes: Mapping[str, int], places: Mapping[str, int], balls: Balls
    ) -> None:
        """Nothing is evaluated yet."""
        self.program = program
        self.sizes = {dimension_symbol(name): S(size) for name, size in sizes.items()}
        self.places = places
        self.balls = balls
        self._known: dict[tuple[str, tuple[int, ...]], Expr] = {}
        self._steps = program.by_name
        self._inputs = {entry.name: entry for entry in program.arguments}

    def loss(self) -> arb:
        """The loss, enclosed.

        Raises:
            Unsettled: balls do not tell it, or it is not finite.
        """
        return self.enclosed("loss", ())

    def enclosed(self, step: str, at: tuple[int, ...]) -> arb:
        """An element of a step, enclosed.

        Raises:
            Unsettled: balls do not tell it, or it is not finite.
        """
        found = enclosed(self.element(step, at), self.balls)
        if not found.is_finite():
            raise Unsettled("a value that is not finite")
        return found

    def element(self, step: str, at: tuple[int, ...]) -> Expr:
        """An element of a step as an expression in the labels of elements."""
        if (step, at) not in self._known:
            one = self._steps[step]
            self._known[step, at] = self._reduced(one, dict(zip(one.indices, at, strict=True)))
        return self._known[step, at]

    def length(self, size: Any) -> int:
        """A core dimension at these sizes."""
        return int(dimension_symbol(size).subs(self.sizes) if isinstance(size, str | int)
                   else size.subs(self.sizes))  # fmt: skip

    def _reduced(self, step: Step, env: dict[Symbol, int]) -> Expr:
        if step.kind is None:
            return self._read(step.expression, env)
        spans = [range(self.length(self.program.ranges[index])) for index in step.bound]
        parts = {
            at: self._read(step.expression, {**env, **dict(zip(step.bound, at, strict=True))})
            for at in itertools.product(*spans)
        }
        if step.kind == "logsumexp":
            finite = [part for part in parts.values() if part != -sympy.oo]
            return sympy.log(sympy.Add(*map(sympy.exp, finite)))
        if step.kind in ("argmax", "argmin"):
            return self._chosen(parts, largest=step.kind == "argmax")
        make = {"sum": sympy.Add, "prod": sympy.Mul, "max": sympy.Max, "min": sympy.Min}
        return make[step.kind](*parts.values())

    def _chosen(self, parts: Mapping[tuple[int, ...], Expr], *, largest: bool) -> Expr:
        """The first place of the largest part; ties between equal expressions go to the first."""
        (best, value), *others = parts.items()
        for at, part in others:
            gap = enclosed(part - value if largest else value - part, self.balls)
            if gap > 0:
                best, value = at, part
            elif not gap <= 0:
                raise Unsettled("a tie")
        return S(best[0])

    def _read(self, node: Any, env: Mapping[Symbol, int]) -> Expr:
        if isinstance(node, Indexed):
            return self._leaf(name_of(node), tuple(int(self._read(i, env)) for i in node.indices))
        if isinstance(node, Symbol):
            if node in env:
                return S(env[node])
            return self.sizes[node] if node in self.sizes else self._leaf(name_of(node), ())
        if isinstance(node, sympy.Piecewise):
            return self._branch(node, env)
        if not node.args:
            return node
        return node.func(*(self._read(part, env) for part in node.args))

    def _branch(self, node: sympy.Piecewise, env: Mapping[Symbol, int]) -> Expr:
        for value, test in node.args:
            if self._holds(test, env):
                return self._read(value, env)
        raise Unsettled("no branch")

    def _holds(self, test: Any, env: Mapping[Symbol, int]) -> bool:
        if test in (sympy.true, sympy.false):
            return bool(test)
        if isinstance(test, sympy.And | sympy.Or):
            parts = (self._holds(part, env) for part in test.args)
            return all(parts) if isinstance(test, sympy.And) else any(parts)
        if isinstance(test, sympy.Not):
            return not self._holds(test.args[0], env)
        if isinstance(test, BooleanFunction):  # ITE and its like
            return self._holds(test.to_nnf(simplify=False), env)
        if not isinstance(test, Relational):
            raise Unsettled(str(test))
        gap = enclosed(self._read(test.lhs, env) - self._read(test.rhs, env), self.balls)
        return compared(gap, test.rel_op)

    def _leaf(self, name: str, at: tuple[int, ...]) -> Expr:
        if name in self._steps:
            return self.element(name, at)
        entry = self._inputs[name]
        label = label_of(name, at)
        if isinstance(entry.domain, Index):
            default = sum(at)
            return S(self.places.get(label, default) % self.length(entry.domain.dimension))
        return Symbol(label, real=True)


def label_of(name: str, at: tuple[int, ...]) -> str:
    """An element's name in witnesses: `w[0]`, which no argument of a spec can have."""
    return f"{name}[{','.join(map(str, at))}]" if at else name


def compared(gap: arb, operator: str) -> bool:
    """Whether the relation of a gap to 0 holds.

    Raises:
        Unsettled: the ball lies on both sides.
    """
    if gap > 0:
        return operator in (">", ">=", "!=")
    if gap < 0:
        return operator in ("<", "<=", "!=")
    if gap.is_zero():
        return operator in ("==", ">=", "<=")
    raise Unsettled("a condition at its border")


def enclosed(node: Expr, balls: Balls) -> arb:
    """The expression's values on the balls of its labels.

    Raises:
        Unsettled: an argument may leave its function's domain, or a node is foreign.
    """
    if node.is_Symbol:
        return balls[node.name]
    if node.is_Rational:
        return ball(node)
    if node.is_infinite:
        return arb("inf") if node == sympy.oo else arb("-inf")
    rule = _RULES.get(type(node))
    if rule is not None:
        return rule([enclosed(part, balls) for part in node.args])
    if isinstance(node, sympy.Pow):
        return _power(node, balls)
    if isinstance(node, sympy.Piecewise):  # in the definitions of functions
        return enclosed(_branch(node, balls), balls)
    if node in _CONSTANTS:
        return _CONSTANTS[node]()
    return _function(node, balls)


def _branch(node: sympy.Piecewise, balls: Balls) -> Expr:
    for value, test in node.args:
        if _holds(test, balls):
            return value
    raise Unsettled("no branch")


def _holds(test: Any, balls: Balls) -> bool:
    if test in (sympy.true, sympy.false):
        return bool(test)
    if isinstance(test, sympy.And | sympy.Or):
        parts = (_holds(part, balls) for part in test.args)
        return all(parts) if isinstance(test, sympy.And) else any(parts)
    if isinstance(test, Relational):
        return compared(enclosed(test.lhs - test.rhs, balls), test.rel_op)
    raise Unsettled(str(test))


def _power(node: Expr, balls: Balls) -> arb:
    base = enclosed(node.base, balls)
    if node.exp.is_Integer:
        return _whole_power(base, int(node.exp))
    power = enclosed(node.exp, balls)
    if power.is_zero():
        return arb(1)
    if base.is_zero() and power > 0:
        return arb(0)
    if base > 0:
        return (power * base.log()).exp()
    if power > 0 and _is_never_negative(node.base):
        return arb(0).union((power * base.abs_upper().log()).exp())
    raise Unsettled("a power of what may not be positive")


def _whole_power(base: arb, power: int) -> arb:
    if not base.contains(0):
        return base**power
    if power < 0:
        raise Unsettled("a division by 0")
    # python-flint's own power of a ball around 0 is no number.
    top = base.abs_upper() ** power
    return arb(0).union(top) if power % 2 == 0 else (-top).union(top)


def _is_never_negative(node: Expr) -> bool:
    """Whether its form says so: squares and magnitudes of real numbers, and sums of them."""
    if isinstance(node, sympy.Add | sympy.Mul):
        return all(_is_never_negative(part) for part in node.args)
    if isinstance(node, sympy.Pow):
        return bool(node.exp.is_Integer and node.exp % 2 == 0)
    return isinstance(node, sympy.Abs) or (node.is_Rational and node >= 0)


def _function(node: Expr, balls: Balls) -> arb:
    row = BY_NODE.get(type(node))
    if row is None:
        raise Unsettled(f"{type(node).__name__} is not known")
    if row.definition is not None:
        return enclosed(row.definition(*node.args), balls)
    if not row.ball or len(node.args) != 1:
        raise Unsettled(f"{row.name} is not enclosed")
    inside = enclosed(node.args[0], balls)
    if row.name in ("log", "loggamma") and not inside > 0:
        raise Unsettled("a logarithm of what may not be positive")
    return getattr(inside, row.ball)()


def _total(parts: list[arb]) -> arb:
    return sum(parts, start=arb(0))


def _times(parts: list[arb]) -> arb:
    found = arb(1)
    for part in parts:
        found *= part
    return found


def _largest(parts: list[arb]) -> arb:
    found = parts[0]
    for part in parts[1:]:
        found = found.max(part)
    return found


def _smallest(parts: list[arb]) -> arb:
    found = parts[0]
    for part in parts[1:]:
        found = found.min(part)
    return found


def _sign(parts: list[arb]) -> arb:
    (inside,) = parts
    if inside > 0 or inside < 0 or inside.is_zero():
        return arb(1 if inside > 0 else -1 if inside < 0 else 0)
    raise Unsettled("a sign")


def _equal(parts: list[arb]) -> arb:
    return arb(1 if compared(parts[0] - parts[1], "==") else 0)


_RULES: dict[type, Any] = {
    quotient: lambda parts: parts[0] * _whole_power(parts[1], -1),
    sympy.Add: _total, sympy.Mul: _times, sympy.Max: _largest, sympy.Min: _smallest,
    sympy.sign: _sign, sympy.KroneckerDelta: _equal,
}  # fmt: skip
_CONSTANTS: dict[Expr, Any] = {
    sympy.pi: arb.pi, sympy.E: arb.const_e, sympy.EulerGamma: arb.const_euler,
}  # fmt: skip


def at_point(
    program: Program,
    witness: Mapping[str, Any],
    point: Mapping[str, str],
    radius: arb | None = None,
) -> Instance:
    """The loss at the sizes and places of a witness, and at a point of it."""
    with flint.ctx.workprec(BITS):
        balls = {label: ball(Rational(text)) for label, text in point.items()}
        if radius is not None:
            balls = {label: value + radius for label, value in balls.items()}
    return Instance(program, witness.get("sizes", {}), witness.get("places", {}), balls)
