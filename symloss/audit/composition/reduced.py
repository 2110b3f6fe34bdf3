"""Losses of any size that are at heart functions of one number.

A sum of one function of each coordinate, and a function of the length |x - y|: what holds of the
function in one variable holds of the loss, up to factors. Sizes count as parameters that are at
least 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy
from sympy import Expr, Indexed, Mul, S, Symbol

from symloss.audit.composition.fact import REALS
from symloss.audit.composition.simple import simple
from symloss.language import Finite, Interval
from symloss.program import Program, Step, name_of, operands
from symloss.spec import Input, Parameter, scalar_symbol

AT_LEAST_ONE = Interval(S.One, sympy.oo, False, True)


@dataclass(frozen=True)
class Reduced:
    """A loss as one in one variable.

    Attributes:
        program: that loss.
        is_radial: whether its variable is the distance on a line through the centre.
        offset: what is added to the sum of its values,
        factor: by what they are multiplied,
        count: and how many there are.
    """

    program: Program
    is_radial: bool
    offset: Expr = S.Zero
    factor: Expr = S.One
    count: Expr = S.One


def reduced(program: Program) -> Reduced | None:
    """The loss as one in one variable; None where it is none."""
    plain = simple(program)
    sums = [step for step in plain.steps if step.name != "loss"]
    if len(plain.wrt) != 1 or not sums or any(not _is_total(step) for step in sums):
        return None
    if len({tuple(sorted(map(str, _lengths(plain, step)))) for step in sums}) > 1:
        return None
    return _radial(plain, sums) or _separable(plain, sums)


def _is_total(step: Step) -> bool:
    return step.kind == "sum" and not step.indices and not step.held


def _lengths(program: Program, step: Step) -> list[Expr]:
    return [program.ranges[index] for index in step.bound]


def _sizes(program: Program) -> dict[Symbol, Symbol]:
    """For the dimensions' symbols, those of parameters."""
    found = {s for length in program.ranges.values() for s in S(length).free_symbols}
    return {size: scalar_symbol(size.name) for size in found}


def _free(program: Program) -> set[Symbol]:
    """Parameters and sizes."""
    return {entry.symbol for entry in program.parameters} | set(_sizes(program))


def _term(program: Program, step: Step) -> Expr | None:
    """A sum's term in plain symbols, if it reads whole inputs, each coordinate once."""
    lengths = _lengths(program, step)
    inputs = {entry.name: entry for entry in program.inputs}
    names: dict[Expr, Symbol] = {}
    for leaf in operands(step.expression):
        entry = inputs.get(name_of(leaf))
        if not isinstance(leaf, Indexed) and leaf in _free(program):
            continue
        if entry is None or not isinstance(leaf, Indexed):
            return None
        is_whole = set(leaf.indices) == set(step.bound) and len(leaf.indices) == len(step.bound)
        if not is_whole or not isinstance(entry.domain, Interval | Finite):
            return None
        names[leaf] = scalar_symbol(entry.name)
    term = step.expression.xreplace(names)
    is_plain = len(set(lengths)) == len(lengths) and not term.free_symbols & set(step.bound)
    return term if is_plain and not term.has(Indexed) else None


def _separable(program: Program, sums: list[Step]) -> Reduced | None:
    loss = program.step("loss").expression
    totals = {step.element(): step for step in sums}
    weights = {total: sympy.diff(loss, total) for total in totals}
    offset = loss.xreplace(dict.fromkeys(totals, S.Zero))
    known = _free(program)
    if not all(w.free_symbols <= known for w in (offset, *weights.values())):
        return None
    split = {t: w.as_independent(*_sizes(program), as_Add=False) for t, w in weights.items()}
    factors = {of_sizes for _, of_sizes in split.values()}
    terms = {total: _term(program, step) for total, step in totals.items()}
    if len(factors) != 1 or None in terms.values():
        return None
    (factor,) = factors
    body = sympy.Add(*(split[total][0] * term for total, term in terms.items()))
    if not factor.is_positive or not body.has(scalar_symbol(program.wrt[0])):
        return None
    count = Mul(*_lengths(program, sums[0]))
    own = {entry.name: replace(entry, shape=()) for entry in program.inputs}
    return Reduced(_in_one(program, body, own), False, offset, factor, count)


def _radial(program: Program, sums: list[Step]) -> Reduced | None:
    """A function of the sum of squares of (a multiple of) x - y."""
    name = program.wrt[0]
    own = next((entry for entry in program.inputs if entry.name == name), None)
    term = _term(program, sums[0]) if len(sums) == 1 else None
    if own is None or own.domain != REALS or term is None:
        return None
    base, power = term.as_base_exp()
    slope = sympy.diff(base, scalar_symbol(name))
    loss, total = program.step("loss").expression, sums[0].element()
    others = loss.free_symbols - {total}
    if power != 2 or slope == 0 or not slope.free_symbols | others <= _free(program):
        return None
    if sympy.diff(loss, total, 2) == 0:
        return None  # a sum, of which more is known
    centre = sympy.expand(base / slope - scalar_symbol(name))
    told = name if centre == 0 else f"{name} - centre"
    body = loss.xreplace({total: slope**2 * scalar_symbol(told) ** 2})
    return Reduced(_in_one(program, body, {told: Input(told, REALS)}), True)


def _in_one(program: Program, body: Expr, inputs: dict[str, Input]) -> Program:
    sizes = {size: new for size, new in _sizes(program).items() if body.has(size)}
    more = tuple(Parameter(new.name, AT_LEAST_ONE) for new in sizes.values())
    loss = Step("loss", (), body.xreplace(sizes))
    used = tuple(entry for name, entry in inputs.items() if body.has(scalar_symbol(name)))
    wrt = program.wrt if program.wrt[0] in inputs else tuple(inputs)
    return replace(program, inputs=used, parameters=(*program.parameters, *more), steps=(loss,),
                   outputs=("loss",), ranges={}, wrt=wrt)  # fmt: skip
