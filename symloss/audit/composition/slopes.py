"""Bounds on the Euclidean length of gradients, for every size.

With L(u) such a bound: L(u + v) <= L(u) + L(v); L(max), L(logsumexp) <= the largest, as gradients
are convex combinations; L(f(u)) <= sup |f'| L(u). Terms that read different coordinates have
orthogonal gradients, so that a sum of n of them has sqrt(n) L, and their norm L itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import sympy
from sympy import Expr, Indexed, Mul, S, Symbol

from symloss.audit.composition.atoms import NODE
from symloss.audit.composition.local import Local, locals_of
from symloss.audit.composition.orders import Orders
from symloss.audit.composition.walk import Walk
from symloss.audit.signs import extrema
from symloss.audit.signs.decide import Box
from symloss.audit.signs.inpieces import in_pieces
from symloss.audit.signs.peaks import greatest
from symloss.audit.signs.profile import profile
from symloss.audit.signs.worker import StepEnded
from symloss.audit.signs.worker import step as within
from symloss.audit.verdicts import Proved
from symloss.program import Step, name_of, operands

UNKNOWN = sympy.oo
STEP_SECONDS = 2.0
_ONE = (sympy.Abs, sympy.sin, sympy.cos, sympy.tanh, sympy.atan, sympy.asinh)
_LARGEST = (sympy.Max, sympy.Min, NODE["logaddexp"])
_STEEPEST: dict[type, Expr] = {
    **dict.fromkeys((*_ONE, NODE["softplus"], NODE["logcosh"]), S.One),
    NODE["sigmoid"]: S.One / 4,
    sympy.erf: 2 / sympy.sqrt(sympy.pi),
    sympy.erfc: 2 / sympy.sqrt(sympy.pi),
}


class Slopes:
    """Bounds of a walk's steps, oo where none is known."""

    def __init__(self, walk: Walk) -> None:
        """Read every step in order."""
        self.walk = walk
        self.orders = Orders(walk)
        self.of_steps: dict[str, Expr] = {}
        for step in walk.program.steps:
            self.of_steps[step.name] = sympy.simplify(self._of_step(step))

    @property
    def loss(self) -> Expr:
        """The bound of the loss."""
        return self.of_steps["loss"]

    def told(self) -> tuple[str, ...]:
        """A line a step."""
        return tuple(
            f"the gradient of {name} is at most {bound} long"
            for name, bound in self.of_steps.items() if bound != UNKNOWN
        )  # fmt: skip

    def _of_step(self, step: Step) -> Expr:
        bound = self.of(step.expression)
        if step.kind == "sum":
            return bound * self._together(step)
        return bound if step.kind in (None, "max", "min", "logsumexp") or bound == 0 else UNKNOWN

    def _together(self, step: Step) -> Expr:
        """The factor of a sum: its number of terms, or the root of it where they are orthogonal."""
        count = Mul(*(self.walk.program.ranges[index] for index in step.bound))
        return sympy.sqrt(count) if self.is_apart(step) else count

    def is_apart(self, step: Step) -> bool:
        """Whether terms for different indices read different coordinates of what varies."""
        moving = [at for at in operands(step.expression) if not self.walk.leaf(at).constant]
        if len({name_of(at) for at in moving}) < len(moving):
            return False
        return all(
            name_of(at) in self.walk.program.wrt
            and isinstance(at, Indexed)
            and set(step.bound) <= set(at.indices)
            and len(set(at.indices)) == len(at.indices)
            for at in moving
        )

    def of(self, expression: Expr) -> Expr:
        """The bound of an expression: that of its parts or, if less, that as one function."""
        bound = self._by_parts(expression)
        if bound in (0, 1) or not expression.args or isinstance(expression, Indexed):
            return bound
        whole = self._as_a_whole(expression)
        if UNKNOWN in (bound, whole):
            return whole if bound == UNKNOWN else bound
        return whole if (bound - whole).is_nonnegative or bound.has(sympy.Abs) else bound

    def _by_parts(self, node: Expr) -> Expr:
        if self.walk.of(node).constant:
            return S.Zero
        if isinstance(node, Symbol | Indexed):
            return self._of_leaf(node)
        if isinstance(node, sympy.Add):
            return _sum(self.of(part) for part in node.args)
        if isinstance(node, sympy.Mul):
            return self._of_product(node)
        if node.func in _LARGEST:
            return _largest([self.of(part) for part in node.args])
        if isinstance(node, sympy.Piecewise):
            plain = all(self.walk.condition(pair.cond) for pair in node.args)
            return _largest([self.of(pair.expr) for pair in node.args]) if plain else UNKNOWN
        if isinstance(node, sympy.Pow):
            return self._of_norm(node)
        return self._of_function(node)

    def _of_function(self, node: Expr) -> Expr:
        if node.func not in _STEEPEST:
            return UNKNOWN
        return _times(_STEEPEST[node.func], self.of(node.args[0]))

    def _of_leaf(self, leaf: Expr) -> Expr:
        if isinstance(leaf, Indexed) and not all(self.walk.of(i).constant for i in leaf.indices):
            return UNKNOWN
        return self.of_steps.get(name_of(leaf), S.One)

    def _of_product(self, node: Expr) -> Expr:
        fixed = [part for part in node.args if self.walk.of(part).constant]
        moving = [part for part in node.args if part not in fixed]
        if len(moving) != 1:
            return UNKNOWN
        return _times(self._sizes(fixed), self.of(moving[0]))

    def _sizes(self, parts: list[Expr]) -> Expr:
        return reduce(_times, map(self.size, parts), S.One)

    def size(self, part: Expr) -> Expr:
        """How large at most the absolute value of what does not vary is, inputs being any."""
        if self.is_formula(part):
            return sympy.Abs(part)
        span = self.walk.of(part).range
        return sympy.Max(abs(span.low), abs(span.high))

    def _of_norm(self, node: Expr) -> Expr:
        """The root of a sum of squares, with something constant added to it or not."""
        if node.exp != S.Half:
            return UNKNOWN
        moving = [part for part in sympy.Add.make_args(node.base) if not self._is_idle(part)]
        step = self.walk.program.by_name.get(name_of(moving[0])) if len(moving) == 1 and isinstance(
            moving[0], Symbol | Indexed) else None  # fmt: skip
        if step is None or step.kind != "sum" or step.expression.as_base_exp()[1] != 2:
            return UNKNOWN
        inner = self.of(step.expression.as_base_exp()[0])
        return inner if self.is_apart(step) else inner * self._together(step) ** S.Half

    def _is_idle(self, part: Expr) -> bool:
        fact = self.walk.of(part)
        return fact.constant and fact.nonnegative

    def _as_a_whole(self, expression: Expr) -> Expr:
        """As a continuous function of one operand: its steepest slope times the operand's bound."""
        if self.orders.of(expression) < 0:
            return UNKNOWN
        forms = locals_of(self.walk, expression)
        return _largest([self._of_form(form, 1) for form in forms]) if forms else UNKNOWN

    def _of_form(self, form: Local, order: int) -> Expr:
        try:
            with within(STEP_SECONDS):
                return self._steepest(form, order)
        except StepEnded:
            return UNKNOWN

    def _steepest(self, form: Local, order: int) -> Expr:
        moving = [symbol for symbol in form.moving if form.formula.has(symbol)]
        if len(moving) != 1:
            return UNKNOWN if moving else S.Zero
        slope = sympy.diff(in_pieces(form.formula), moving[0], order)
        inputs = [s for s in form.fixed if not self.is_formula(form.fixed[s])]
        bounds = [supremum(way * slope, [moving[0], *inputs], form) for way in (1, -1)]
        return _times(_largest(bounds), self._of_leaf(form.moving[moving[0]][0]) ** order)

    def is_formula(self, part: Expr) -> bool:
        """Whether it is made of parameters and sizes alone."""
        known = {entry.symbol for entry in self.walk.program.parameters}
        known |= {s for length in self.walk.program.ranges.values() for s in S(length).free_symbols}
        return part.free_symbols <= known and not part.has(Indexed)

    def bend(self, expression: Expr) -> Expr:
        """A bound on the spectral norm of the Hessian."""
        if self.walk.of(expression).affine:
            return S.Zero
        if isinstance(expression, Symbol | Indexed):
            step = self.walk.program.by_name.get(name_of(expression))
            return UNKNOWN if step is None else self.bend_of_step(step)
        if self.orders.of(expression) >= 1:
            forms = locals_of(self.walk, expression)
            whole = _largest([self._bend_of_form(f) for f in forms]) if forms else UNKNOWN
            if whole != UNKNOWN:
                return whole
        if isinstance(expression, sympy.Add):
            return _sum(self.bend(part) for part in expression.args)
        fixed = [p for p in Mul.make_args(expression) if self.walk.of(p).constant]
        rest = expression / Mul(*fixed)
        return _times(self._sizes(fixed), self.bend(rest)) if fixed else UNKNOWN

    def bend_of_step(self, step: Step) -> Expr:
        """The same of a step: terms that read different coordinates do not add up."""
        if step.kind == "logsumexp" and self.is_apart(step):
            is_leaf = isinstance(step.expression, Indexed)
            return S.Half if is_leaf else UNKNOWN
        bound = self.bend(step.expression) if step.kind in (None, "sum") else UNKNOWN
        if step.kind is None or bound in (0, UNKNOWN) or self.is_apart(step):
            return bound
        return bound * Mul(*(self.walk.program.ranges[index] for index in step.bound))

    def _bend_of_form(self, form: Local) -> Expr:
        """Only of operands that are affine in what varies."""
        moving = [symbol for symbol in form.moving if form.formula.has(symbol)]
        if any(not form.moving[symbol][1].affine for symbol in moving):
            return UNKNOWN
        return self._of_form(form, 2)


def supremum(expression: Expr, symbols: list[Symbol], form: Local) -> Expr:
    """The supremum over the symbols, one after the other; oo where it is not found."""
    value = expression
    for symbol in symbols:
        if not value.has(symbol):
            continue
        box = {s: d for s, d in form.box.items() if value.has(s)}
        found = extrema.supremum(value, box, [symbol])
        known = found.value if isinstance(found.answer, Proved) else None
        known = _on_line(value, symbol, box) if known is None else known
        if known is None:
            return UNKNOWN
        value = known
        if value == UNKNOWN:
            break
    return value


def _on_line(expression: Expr, symbol: Symbol, box: Box) -> Expr | None:
    """The supremum of a formula in one symbol, from the signs of its derivative."""
    line = profile(expression, symbol, box[symbol], STEP_SECONDS)
    peak = None if line is None else greatest(line, 0, 1)
    return None if peak is None else peak.value


def _sum(bounds: Iterable[Expr]) -> Expr:
    total = S.Zero
    for bound in bounds:
        total = UNKNOWN if UNKNOWN in (total, bound) else total + bound
    return total


def _largest(bounds: list[Expr]) -> Expr:
    return UNKNOWN if UNKNOWN in bounds else sympy.Max(*bounds)


def _times(one: Expr, other: Expr) -> Expr:
    if S.Zero in (one, other):
        return S.Zero
    return UNKNOWN if UNKNOWN in (one, other) else one * other
