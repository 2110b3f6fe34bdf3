"""Numbers at which a parameter may change what is true of a loss."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sympy
from sympy import Expr, Symbol

from symloss.audit.conditions.needs import Need
from symloss.audit.conditions.spans import cut, inside
from symloss.audit.signs import balls, cells, samples, worker
from symloss.audit.subject import Subject
from symloss.language import Interval
from symloss.spec import scalar_symbol

MOST, MOST_OTHERS, MOST_DEGREE, MOST_OPERATIONS = 6, 2, 3, 40
STEP_SECONDS = 0.2


@dataclass(frozen=True)
class Parts:
    """A parameter's domain in parts, and those of them in which no need is negative."""

    all: Sequence[Interval]
    open: set[Interval]
    needed: Sequence[Need]


def parted(subject: Subject, name: str, domain: Interval, needed: Sequence[Need]) -> Parts:
    """The parts of a parameter's domain.

    Needs change their signs at ends of parts alone. Inside of what they leave open it is cut where
    a factor vanishes or an exponent is 0, 1 or 2 as well: what is true may change there, too.
    """
    symbol = scalar_symbol(name)
    values = [v for need in needed for v in at_others(need.value, symbol, parameters(subject))]
    zeros = {place for value in values for place in _zeros(value, symbol)}
    parts = cut(domain, zeros)
    open_ = [part for part in parts if not any(_fails(v, symbol, part) for v in values)]
    ends = {end for part in open_ for end in (part.low, part.high)}
    wanted = [p for p in special(subject, name) if any(part.low < p < part.high for part in open_)]
    parts = cut(domain, [*ends, *wanted[:MOST]])
    open_ = [p for p in parts if not any(_fails(v, symbol, p) for v in values)]
    return Parts(parts, set(open_), needed)


def special(subject: Subject, name: str) -> list[Expr]:
    """Numbers at which a factor of the program vanishes or an exponent is 0, 1 or 2, in order."""
    symbol = scalar_symbol(name)
    found = {place for value in _of_program(subject, symbol) for place in _zeros(value, symbol)}
    return sorted(found, key=lambda place: sympy.N(place, 40))


def _fails(value: Expr, symbol: Symbol, part: Interval) -> bool:
    return balls.sign(value, {symbol: inside(part)[0]}) == -1


def parameters(subject: Subject) -> dict[Symbol, Interval]:
    """The intervals of the parameters that have one and do not vary."""
    return {
        entry.symbol: entry.domain for entry in subject.program.parameters
        if isinstance(entry.domain, Interval) and entry.name not in subject.wrt
    }  # fmt: skip


def at_others(value: Expr, symbol: Symbol, box: dict[Symbol, Interval]) -> list[Expr]:
    """The expression in one parameter, for a few values of the others."""
    others = sorted(value.free_symbols - {symbol}, key=str)
    if not value.has(symbol) or not set(others) <= set(box):
        return []
    choices = [samples.of_interval(box[other])[:MOST_OTHERS] for other in others]
    chosen = (dict(zip(others, values, strict=True)) for values in itertools.product(*choices))
    return list(dict.fromkeys(value.subs(one) for one in chosen))


def _zeros(value: Expr, symbol: Symbol) -> list[Expr]:
    """Real numbers at which the expression is 0."""
    found: set[Expr] = set()
    try:
        with worker.step(STEP_SECONDS):
            for factor in sympy.Mul.make_args(sympy.factor(value)):
                base = factor.base if factor.is_Pow and factor.exp.is_Rational else factor
                if base.has(symbol) and _is_easy(base, symbol):
                    found |= cells.roots(base, symbol) or set()
    except (worker.StepEnded, NotImplementedError, TypeError, ValueError):
        return []
    return [root for root in sorted(found, key=str) if root.is_number and root.is_real]


def _is_easy(factor: Expr, symbol: Symbol) -> bool:
    """Whether zeros may be named in a moment."""
    if isinstance(factor, sympy.exp) or sympy.count_ops(factor) > MOST_OPERATIONS:
        return False
    return not factor.is_polynomial(symbol) or sympy.degree(factor, symbol) <= MOST_DEGREE


def _of_program(subject: Subject, symbol: Symbol) -> Iterator[Expr]:
    """Exponents less 0, 1 and 2, and the symbol itself where it multiplies something."""
    for step in subject.program.steps:
        for power in step.expression.atoms(sympy.Pow):
            if power.exp.has(symbol) and power.exp.free_symbols == {symbol}:
                yield from (power.exp - n for n in range(3))
        for product in step.expression.atoms(sympy.Mul):
            yield from (part for part in product.args if part.free_symbols == {symbol})
