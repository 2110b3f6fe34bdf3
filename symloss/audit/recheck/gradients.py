"""Bounds on the lengths of gradients, for every size: the checker's own rules.

In each name that varies, a gradient is u - v + w with u, v >= 0 in every coordinate; kept are
bounds on the lengths of u, v and w, so that the gradient is at most sqrt(|u|**2 + |v|**2) + |w|
long. Mixtures (extrema, logsumexp) have mixed gradients; terms that read coordinates of their own
have orthogonal ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy import Expr, Indexed, Mul, S, Symbol

from symloss.audit.recheck.greatest import greatest
from symloss.audit.recheck.masks import unmasked
from symloss.audit.recheck.orders import Orders
from symloss.audit.recheck.stretches import inside_of
from symloss.language import FUNCTIONS, Interval
from symloss.program import Program, Step, name_of, operands

Coordinate = tuple[str, tuple[Expr, ...]]
ANY = Symbol("*")
"""In place of an index that a reduction runs over."""


@dataclass(frozen=True)
class Part:
    """A gradient's part in one name: how long what rises, falls and does either may be."""

    up: Expr = S.Zero
    down: Expr = S.Zero
    either: Expr = S.Zero

    @property
    def whole(self) -> Expr:
        """How long it is at most."""
        one_way = self.up + self.down if S.Zero in (self.up, self.down) else sympy.sqrt(
            self.up**2 + self.down**2)  # fmt: skip
        return one_way + self.either

    def times(self, factor: Expr, way: int) -> Part:
        """Times a number of at most this size, with this sign; 0 if that is not known."""
        if way == 0:
            return Part(either=_times(factor, self.whole))
        up, down = (self.up, self.down) if way > 0 else (self.down, self.up)
        return Part(_times(factor, up), _times(factor, down), _times(factor, self.either))

    def joined(self, other: Part, how: Callable[[Expr, Expr], Expr]) -> Part:
        """With each of the three put together with another's."""
        return Part(how(self.up, other.up), how(self.down, other.down),
                    how(self.either, other.either))  # fmt: skip


def _times(one: Expr, other: Expr) -> Expr:
    return S.Zero if S.Zero in (one, other) else one * other


@dataclass(frozen=True)
class Bound:
    """Of a gradient: its parts, and whether their length is come to for any other inputs."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    exact: bool = True

    @property
    def whole(self) -> Expr:
        """How long it is at most."""
        lengths = [part.whole for part in self.parts.values()]
        if sympy.oo in lengths:
            return sympy.oo
        return lengths[0] if len(lengths) == 1 else sympy.sqrt(sympy.Add(*(a**2 for a in lengths)))

    def times(self, factor: Expr, way: int, *, exact: bool = False) -> Bound:
        """Times a number of at most this size."""
        moved = {name: part.times(factor, way) for name, part in self.parts.items()}
        return Bound(moved, exact and self.exact)


class Gradients:
    """Bounds of a program's steps."""

    def __init__(self, program: Program) -> None:
        """Read the steps in order."""
        self.orders = Orders(program)
        self.rules, self.program = self.orders.rules, program
        self.signed: dict[Symbol, Expr] = {
            entry.symbol: inside_of(entry.name, entry.domain)
            for entry in program.parameters if isinstance(entry.domain, Interval)
        }  # fmt: skip
        self.steps: dict[str, Bound] = {}
        for step in program.steps:
            self.steps[step.name] = self._of_step(step)

    def _of_step(self, step: Step) -> Bound:
        found = self.of(unmasked(step, self.program))
        if step.kind == "sum":
            count = Mul(*(self.program.ranges[index] for index in step.bound))
            apart = self.is_apart(step)
            return found.times(sympy.sqrt(count) if apart else count, 1, exact=apart)
        if step.kind is None:
            return found
        mixed = step.kind in ("max", "min", "logsumexp")
        return Bound(found.parts, exact=False) if mixed else self.unknown

    @property
    def unknown(self) -> Bound:
        """No bound."""
        return Bound({name: Part(either=sympy.oo) for name in self.program.wrt}, exact=False)

    def is_apart(self, step: Step) -> bool:
        """Whether the terms of a reduction read coordinates of their own."""
        found = self.coordinates(step.expression)
        names = [name for name, _ in found]
        return len(set(names)) == len(names) and all(
            set(step.bound) <= set(places) and len(set(places)) == len(places)
            for _, places in found
        )

    def coordinates(self, node: Expr) -> set[Coordinate]:
        """What varies in an expression."""
        found: set[Coordinate] = set()
        for leaf in operands(node):
            places = leaf.indices if isinstance(leaf, Indexed) else ()
            step = self.program.by_name.get(name_of(leaf))
            if name_of(leaf) in self.program.wrt:
                found.add((name_of(leaf), places))
            elif step is not None:
                names = {**dict.fromkeys(step.bound, ANY),
                         **dict(zip(step.indices, places, strict=True))}  # fmt: skip
                found |= {(name, tuple(at.xreplace(names) for at in where))
                          for name, where in self.coordinates(step.expression)}  # fmt: skip
        return found

    def of(self, node: Expr) -> Bound:
        """Bounds of an expression."""
        if self.rules.of(node).fixed:
            return Bound()
        if isinstance(node, Symbol | Indexed):
            return self._of_leaf(node)
        if self.orders.of(node) < 0:
            return self.unknown
        rule = _BY_PARTS.get(node.func)
        found = self._of_function(node) if rule is None else rule(self, node)
        return self._as_a_whole(node) if found.whole.has(sympy.oo) else found

    def _of_leaf(self, leaf: Expr) -> Bound:
        if isinstance(leaf, Indexed) and not all(self.rules.of(at).fixed for at in leaf.indices):
            return self.unknown
        name = name_of(leaf)
        if name in self.steps:
            return self.steps[name]
        domain = self.rules.domains[name]
        is_line = (
            isinstance(domain, Interval) and domain.low.is_infinite and domain.high.is_infinite
        )
        return Bound({name: Part(up=S.One)}, exact=bool(is_line))

    def factor(self, parts: list[Expr]) -> tuple[Expr, int, bool]:
        """How large a product is that does not vary, its sign, and whether that is exact."""
        whole = Mul(*parts)
        known = self.rules.of(whole)
        way = 1 if known.low >= 0 else -1 if known.high <= 0 else 0
        size, exact = S.One, True
        for part in parts:
            own = self.rules.of(part)
            plain = self.is_formula(part)
            sign = 1 if own.low >= 0 else -1 if own.high <= 0 else 0
            shown = sign * part if sign else sympy.Abs(part)
            size *= shown if plain else sympy.Max(abs(own.low), abs(own.high))
            exact &= plain
        return size, way, exact

    def is_formula(self, part: Expr) -> bool:
        """Whether it is made of parameters and sizes alone."""
        known = {entry.symbol for entry in self.program.parameters}
        known |= {s for length in self.program.ranges.values() for s in S(length).free_symbols}
        return part.free_symbols <= known and not part.has(Indexed)

    def _of_function(self, node: Expr) -> Bound:
        inner = argument_of(node)
        if inner is None or not self.rules.of(node.xreplace({inner: S.One})).fixed:
            return self.unknown
        if node.func == sympy.Pow and node.exp == S.Half:
            norm = self._of_norm(node.base)
            if norm is not None:
                return norm
        top, way = self.steepness(node, inner, 1), self._way(node, inner)
        flat = self.rules.of(inner)
        return self.of(inner).times(top, way, exact=flat.convex and flat.concave)

    def steepness(self, node: Expr, inner: Expr, order: int) -> Expr:
        """The greatest size of a derivative by an argument."""
        u = sympy.Dummy("u", real=True)
        top = greatest(node.xreplace({inner: u}), u, order, self.rules.of(inner), self.signed)
        return self.told(top)

    def told(self, bound: Expr) -> Expr:
        """A bound in the names of parameters."""
        if not bound.free_symbols:
            return bound
        back = {}
        for symbol, form in self.signed.items():
            for own in form.free_symbols:
                y = sympy.Dummy("y")
                (back[own],) = sympy.solve(form.subs(own, y) - symbol, y)
        return sympy.simplify(bound.subs(back, simultaneous=True))

    def _way(self, node: Expr, inner: Expr) -> int:
        """1 for a function that rises where its argument lies, -1 for one that falls, else 0."""
        if node.func in _RISING or (node.func == sympy.Pow and node.exp.is_positive
                                    and self.rules.of(inner).low >= 0):  # fmt: skip
            return 1
        return 0

    def _of_norm(self, base: Expr) -> Bound | None:
        """The root of a sum of squares, times a number or with one added."""
        moving = [term for term in sympy.Add.make_args(base) if not self.rules.of(term).fixed]
        still = base - sympy.Add(*moving)
        if len(moving) != 1 or not self.rules.of(still).low >= 0:
            return None
        fixed = [p for p in Mul.make_args(moving[0]) if self.rules.of(p).fixed]
        leaf = moving[0] / Mul(*fixed)
        named = isinstance(leaf, Symbol | Indexed)
        step: Any = self.program.by_name.get(name_of(leaf)) if named else None
        if step is None or step.kind != "sum" or step.expression.as_base_exp()[1] != 2:
            return None
        size, _, _ = self.factor(fixed)
        count = Mul(*(self.program.ranges[index] for index in step.bound))
        times = size if self.is_apart(step) else size * count
        return self.of(step.expression.as_base_exp()[0]).times(sympy.sqrt(times), 0)

    def _as_a_whole(self, node: Expr) -> Bound:
        """As a function of one operand."""
        found = self.rules.in_one_operand(node)
        if found is None:
            return self.unknown
        others = {s: leaf for s, leaf in found.told.items() if s != found.u}
        if not all(self.is_formula(leaf) for leaf in others.values()):
            return self.unknown
        formula = found.formula.xreplace(others)
        top = self.told(greatest(formula, found.u, 1, self.rules.of(found.leaf), self.signed))
        return self.of(found.leaf).times(top, 0)


def argument_of(node: Expr) -> Expr | None:
    """The one argument of a function, or the base of a power."""
    if isinstance(node, sympy.Pow):
        return node.base
    return node.args[0] if len(node.args) == 1 else None


def _sum(own: Gradients, node: Expr) -> Bound:
    terms = [own.of(part) for part in node.args]
    moving = [term for term in terms if term.parts]
    return Bound(_merged(moving, lambda a, b: a + b), len(moving) == 1 and moving[0].exact)


def _mixture(own: Gradients, node: Expr) -> Bound:
    return Bound(_merged([own.of(part) for part in node.args], sympy.Max), exact=False)


def _merged(
    terms: list[Bound], how: Callable[[Expr, Expr], Expr]
) -> dict[str, Part]:  # fmt: skip
    found: dict[str, Part] = {}
    for name in dict.fromkeys(name for term in terms for name in term.parts):
        total = Part()
        for term in terms:
            total = total.joined(term.parts.get(name, Part()), how)
        found[name] = total
    return found


def _product(own: Gradients, node: Expr) -> Bound:
    fixed = [part for part in node.args if own.rules.of(part).fixed]
    moving = [part for part in node.args if part not in fixed]
    size, way, exact = own.factor(fixed)
    if len(moving) != 1 or size.has(sympy.oo):
        return own.unknown
    return own.of(moving[0]).times(size, way, exact=exact)


def _choice(own: Gradients, node: Expr) -> Bound:
    values = [own.of(pair.expr) for pair in node.args]
    return Bound(_merged(values, sympy.Max), exact=False)


_BY_PARTS: dict[Any, Callable[[Gradients, Expr], Bound]] = {
    sympy.Add: _sum, sympy.Mul: _product, sympy.Max: _mixture, sympy.Min: _mixture,
    sympy.Piecewise: _choice,
}  # fmt: skip
_RISING = {FUNCTIONS[name].node for name in ("exp", "log", "log1p", "softplus", "sigmoid", "tanh",
                                              "atan", "asinh", "erf", "expm1")}  # fmt: skip
