"""Laws of motion, replayed: how each step's value moves when arguments are scaled or shifted.

With every moved argument times exp(s), or plus s, a value v becomes exp(d*s)*v or v + d*s. Each
rule is an identity, so that what it says of a program holds for every size of its dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Expr, Indexed, Rational, S, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from symloss.audit.recheck import formulas, witnesses
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable
from symloss.language import BY_NODE, FUNCTIONS, Interval
from symloss.program import Program, Step, name_of

SCALE, SHIFT = "scale", "shift"


class NoLaw(Exception):  # noqa: N818 - an answer, not a mistake
    """The rules show no law."""


@dataclass(frozen=True)
class Move:
    """v -> exp(amount*s)*v for `scale`, v -> v + amount*s for `shift`; amount 0: it stays.

    `free` tells of values that follow other laws, too: 0 every degree, infinite ones every shift as
    well.
    """

    how: str
    amount: Expr
    free: str = ""

    @property
    def stays(self) -> bool:
        """Whether the value does not move."""
        return self.amount == 0

    def follows(self, other: Move) -> bool:
        """Whether what moves so obeys the other law, too."""
        if self.free == "infinite" or (self.free == "zero" and (other.how == SCALE)):
            return True
        if self.stays or other.stays:
            return self.stays and other.stays
        return self.how == other.how and bool(sympy.expand(self.amount - other.amount) == 0)


STAYS = Move(SCALE, S.Zero)
ZERO, INFINITE = Move(SCALE, S.Zero, "zero"), Move(SCALE, S.Zero, "infinite")


class Motion:
    """The moves of a program's steps; `weights` says by how much each argument moves."""

    def __init__(self, program: Program, how: str, weights: Mapping[str, Expr]) -> None:
        """Read the steps in order; those without a law are left out."""
        self.program = program
        self.moves = {name: Move(how, weight) for name, weight in weights.items() if weight != 0}
        self.driven = set(self.moves)
        for step in program.steps:
            try:
                move = self._of_step(step)
            except NoLaw:
                self.driven.add(step.name)
                continue
            if not move.stays:
                self.driven.add(step.name)
            self.moves[step.name] = move

    def loss(self) -> Move:
        """The move of the loss.

        Raises:
            NoLaw: none is shown.
        """
        if "loss" not in self.moves:
            raise NoLaw
        return self.moves["loss"]

    def _of_step(self, step: Step) -> Move:
        move = self.of(step.expression)
        if move.amount.free_symbols & set(self.program.ranges):
            raise NoLaw
        if step.kind in (None, "max", "min"):
            return move
        if step.kind in ("argmax", "argmin") or move.stays:
            return STAYS
        count = sympy.prod(self.program.ranges[index] for index in step.bound)
        if step.kind == "logsumexp" and move.how == SHIFT:
            return move
        if step.kind == "sum":
            return move if move.how == SCALE else Move(SHIFT, move.amount * count)
        if step.kind == "prod" and move.how == SCALE:
            return Move(SCALE, move.amount * count)
        raise NoLaw

    def of(self, node: Expr) -> Move:
        """The move of an expression.

        Raises:
            NoLaw: the rules show none.
        """
        if node.is_number:
            return ZERO if node == 0 else INFINITE if node.is_infinite else STAYS
        if isinstance(node, Symbol | Indexed):
            return self._of_leaf(node)
        rule = _RULES.get(node.func)
        if rule is not None:
            return rule(self, node)
        if node.func in BY_NODE and all(self.of(part).stays for part in node.args):
            return STAYS
        raise NoLaw

    def _of_leaf(self, leaf: Expr) -> Move:
        places = leaf.indices if isinstance(leaf, Indexed) else ()
        name = name_of(leaf)
        if not all(self.of(at).stays for at in places):
            raise NoLaw
        if name in self.moves:
            return self.moves[name]
        if name in self.driven:
            raise NoLaw
        return STAYS

    def is_still(self, factor: Expr) -> bool:
        """Whether nothing that a factor reads moves."""
        leaves = factor.free_symbols | factor.atoms(Indexed)
        return not any(
            name_of(leaf) in self.driven for leaf in leaves if isinstance(leaf, Symbol | Indexed)
        )

    def endless(self, moves: Iterable[tuple[Expr, Move]]) -> Move:
        """A product with 0, or with an infinite factor whose sign stays."""
        if all(move.stays or move.how == SCALE for _, move in moves):
            return STAYS
        raise NoLaw

    def keeps(self, test: Any) -> bool:
        """Whether a condition stays as it is: its sides' gap is only scaled, or stays."""
        if test in (sympy.true, sympy.false):
            return True
        if isinstance(test, BooleanFunction):
            return all(map(self.keeps, test.args))
        if not isinstance(test, Relational):
            return False
        try:
            gap = self.of(test.lhs - test.rhs)
        except NoLaw:
            self.common([self.of(test.lhs), self.of(test.rhs)])
            return True
        return gap.stays or gap.how == SCALE

    def common(self, moves: Iterable[Move]) -> Move:
        """The one move of all.

        Raises:
            NoLaw: they move differently.
        """
        every = list(moves)
        first = next((move for move in every if not move.free), every[0])
        if not all(move.follows(first) for move in every):
            raise NoLaw
        return first


def _add(motion: Motion, node: Expr) -> Move:
    try:
        return _sum(motion, node)
    except NoLaw:
        product = sympy.factor(node)  # (x - y)**2 for x**2 - 2*x*y + y**2
        if product.is_Add:
            raise
        return motion.of(product)


def _sum(motion: Motion, node: Expr) -> Move:
    moves = list(map(motion.of, node.args))
    shifts = [move for move in moves if not move.stays]
    if shifts and all(move.how == SHIFT for move in shifts):  # what stays does not matter
        total = sympy.expand(sum((move.amount for move in shifts), S.Zero))
        return STAYS if total == 0 else Move(SHIFT, total)
    return motion.common(moves)


def _mul(motion: Motion, node: Expr) -> Move:
    moves = [(part, motion.of(part)) for part in node.args]
    if any(move.free for _, move in moves):
        return motion.endless(moves)
    moving = [(part, move) for part, move in moves if not move.stays]
    if all(move.how == SCALE for _, move in moving):
        return Move(SCALE, sympy.expand(sum((move.amount for _, move in moving), S.Zero)))
    (chosen, move) = moving[0]
    factor = node / chosen
    if len(moving) > 1 or not motion.is_still(factor):
        raise NoLaw
    return Move(SHIFT, move.amount * factor)


def _pow(motion: Motion, node: Expr) -> Move:
    base, exponent = motion.of(node.base), motion.of(node.exp)
    if base.stays and exponent.stays:
        return STAYS
    if exponent.stays and base.how == SCALE and motion.is_still(node.exp):
        return Move(SCALE, sympy.expand(base.amount * node.exp))
    if base.stays and exponent.how == SHIFT and motion.is_still(node.base):
        return Move(SCALE, exponent.amount * sympy.log(node.base))
    raise NoLaw


def _turned(before: str, after: str) -> Callable[[Motion, Expr], Move]:
    def rule(motion: Motion, node: Expr) -> Move:
        inner = motion.of(node.args[0])
        if inner.stays:
            return STAYS
        if inner.how != before:
            raise NoLaw
        return Move(after, inner.amount)

    return rule


def _alike(motion: Motion, node: Expr) -> Move:
    return motion.common(map(motion.of, node.args))


def _size(motion: Motion, node: Expr) -> Move:
    move = _alike(motion, node)
    if not move.stays and move.how != SCALE:
        raise NoLaw
    return move


def _sign(motion: Motion, node: Expr) -> Move:
    _size(motion, node)
    return STAYS


def _choice(motion: Motion, node: Expr) -> Move:
    if not all(motion.keeps(pair.cond) for pair in node.args):
        raise NoLaw
    return motion.common(motion.of(pair.expr) for pair in node.args)


def _xlogy(motion: Motion, node: Expr) -> Move:
    x, y = map(motion.of, node.args)
    if not y.stays or x.how != SCALE:
        raise NoLaw
    return x


def _logaddexp(motion: Motion, node: Expr) -> Move:
    move = _alike(motion, node)
    if not move.stays and move.how != SHIFT:
        raise NoLaw
    return move


_RULES: dict[Any, Callable[[Motion, Expr], Move]] = {
    sympy.Add: _add, sympy.Mul: _mul, sympy.Pow: _pow, sympy.exp: _turned(SHIFT, SCALE),
    sympy.log: _turned(SCALE, SHIFT), sympy.Abs: _size, sympy.Max: _alike, sympy.Min: _alike,
    sympy.sign: _sign, sympy.Piecewise: _choice, FUNCTIONS["hypot"].node: _size,
    FUNCTIONS["xlogy"].node: _xlogy, FUNCTIONS["logaddexp"].node: _logaddexp,
}  # fmt: skip


def proof(case: Case, finding: Finding) -> bool:
    """The loss moves with the inputs as the finding says."""
    told = finding["certificate"]
    named, degree = str(finding["property"]), formulas.read(told["degree"], _names(case))
    how = SHIFT if named == "translation_invariant" else SCALE
    if how != told["action"] or case.spec.wrt[0] not in told["inputs"]:
        return False
    if not _are_movable(case, told["inputs"]) or (named != "homogeneous" and degree != 0):
        return False
    if named == "homogeneous" and formulas.read(finding["value"], _names(case)) != degree:
        return False
    move = _law(case, told["inputs"], how)
    return move.stays if degree == 0 else _is(move, degree)


def _is(move: Move, degree: Expr) -> bool:
    return move.how == SCALE and bool(sympy.simplify(move.amount - degree) == 0)


def unbounded_gradient(case: Case, finding: Finding) -> bool:
    """A part of the gradient that is not 0, of a degree that is not 0: Euler's theorem."""
    told = finding["witness"]
    inputs = told["inputs"]
    if told["component"][0] not in inputs or not _are_movable(case, inputs):
        return False
    moved = [entry.domain for entry in case.program.inputs if entry.name in inputs]
    ends = {end for d in moved if isinstance(d, Interval) for end in (d.low, d.high)}
    degree = Rational(told["degree"])
    if not ends <= {-sympy.oo, S.Zero, sympy.oo} or degree == 0:
        return False
    return _is(_law(case, inputs, SCALE), degree + 1) and witnesses.gradient(case, told)


def _law(case: Case, names: Iterable[str], how: str) -> Move:
    try:
        return Motion(case.program, how, dict.fromkeys(names, S.One)).loss()
    except NoLaw:
        raise NotReplayable("laws of motion beyond the checker's rules") from None


def _names(case: Case) -> dict[str, Expr]:
    return formulas.names_of(case.program)


def _are_movable(case: Case, names: Iterable[str]) -> bool:
    inputs = {entry.name: entry.domain for entry in case.program.inputs}
    known = [inputs.get(name) for name in names]
    return all(isinstance(domain, Interval) and not domain.integer for domain in known)
