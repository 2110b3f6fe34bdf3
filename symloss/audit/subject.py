"""A spec as the auditor looks at it: a program, and formulas on boxes where there are any."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sympy
from sympy import Expr, Rational, Symbol
from sympy.core.relational import Relational

from symloss.audit.hessians import instantiate
from symloss.audit.hessians.instance import Instance, TooLarge
from symloss.audit.signs import cells
from symloss.audit.signs.decide import decided
from symloss.audit.verdicts import Proved
from symloss.errors import SymlossError
from symloss.language import Domain, Finite, Interval, signs_of_domain
from symloss.program import Program, read_program, without_dead_steps
from symloss.spec import Spec, scalar_symbol

MOST_CASES = 64
REALS = Interval(-sympy.oo, sympy.oo, True, True)


@dataclass(frozen=True)
class Case:
    """A loss without core dimensions, for one choice of the inputs that have finitely many values.

    Attributes:
        chosen: what those inputs were given.
        formula: the loss, in functions that decisions on signs know.
        box: the interval of each symbol; whole numbers are widened to reals.
        varying: the symbols of `wrt`.
        fixed: the symbols of the other inputs.
        widened: the symbols that stand for whole numbers.
    """

    chosen: tuple[tuple[str, str], ...]
    formula: Expr
    box: Mapping[Symbol, Interval]
    varying: tuple[Symbol, ...]
    fixed: tuple[Symbol, ...]
    widened: tuple[Symbol, ...] = ()

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """The symbols that formulas of constants may hold."""
        others = {*self.varying, *self.fixed}
        return tuple(name for name in self.box if name not in others)


@dataclass(frozen=True)
class Subject:
    """What is audited; `cases` is empty where items have core dimensions or no interval domain."""

    spec: Spec
    program: Program
    cases: tuple[Case, ...]

    @property
    def wrt(self) -> tuple[str, ...]:
        """The names that the loss varies by."""
        return self.program.wrt

    @property
    def signs(self) -> dict[Symbol, Symbol]:
        """For parameters that are never negative, symbols that know it."""
        return in_signs({entry.symbol: entry.domain for entry in self.program.parameters})

    def simplified(self, formula: Expr, sizes: Mapping[Symbol, Symbol] | None = None) -> Expr:
        """A formula in parameters and sizes, simplified by their signs and ranges."""
        box = {entry.symbol: entry.domain for entry in self.program.parameters}
        signs = {**self.signs, **(sizes or {})}
        formula = formula.replace(sympy.Abs, lambda inner: _without_abs(inner, box))
        short = sympy.simplify(formula.xreplace(signs))
        return short.xreplace({new: old for old, new in self.signs.items()})


def _without_abs(inner: Expr, domains: Mapping[Symbol, Domain]) -> Expr:
    """The absolute value of what has one sign for all parameters."""
    box = {s: d for s, d in domains.items() if inner.has(s) and isinstance(d, Interval)}
    for way in (1, -1):
        if isinstance(decided(way * inner, box, ">="), Proved):
            return way * inner
    return sympy.Abs(inner)


def setting(texts: Sequence[str]) -> dict[str, Rational]:
    """Parameters as a command line sets them, `delta=2` or `level=1/4`.

    Raises:
        SymlossError: a text is not a name and a number.
    """
    found: dict[str, Rational] = {}
    for text in texts:
        match = re.fullmatch(r"\s*([A-Za-z]\w*)\s*=\s*([+-]?\d{1,40}(?:[./]\d{1,40})?)\s*", text)
        if match is None or re.search(r"/0+$", match[2]):
            raise SymlossError(f"--set {text}: write a name and a number, such as delta=2 or a=1/4")
        found[match[1]] = Rational(match[2])
    return found


def subject(spec: Spec, setting: Mapping[str, Rational], wrt: tuple[str, ...] = ()) -> Subject:
    """The spec with some parameters set to numbers, as a function of `wrt`.

    Raises:
        SymlossError: a set name is no parameter, or its number lies outside the domain.
    """
    plain = uncased(spec, setting, wrt)
    return replace(plain, cases=cases_of(plain.program))


def uncased(spec: Spec, setting: Mapping[str, Rational], wrt: tuple[str, ...] = ()) -> Subject:
    """The subject before its formulas are written on boxes.

    Raises:
        SymlossError: as `subject` does.
    """
    program = _set(read_program(spec), setting)
    names = tuple(name for name in (wrt or spec.wrt) if name not in setting)
    if not names:
        raise SymlossError(f"{spec.name}: nothing is left to vary when all of `wrt` is set")
    return Subject(spec, without_dead_steps(replace(program, wrt=names)), ())


def _set(program: Program, setting: Mapping[str, Rational]) -> Program:
    known = {entry.name: entry for entry in program.parameters}
    for name, number in setting.items():
        if name not in known:
            told = ", ".join(known) or "none"
            raise SymlossError(f"{program.name} has no parameter {name}; it has: {told}")
        domain = known[name].domain
        if isinstance(domain, (Interval, Finite)) and not domain.contains(number):
            raise SymlossError(f"{program.name}: {name} = {number} lies outside {domain}")
    values = {scalar_symbol(name): number for name, number in setting.items()}
    steps = tuple(replace(s, expression=s.expression.subs(values)) for s in program.steps)
    kept = tuple(entry for entry in program.parameters if entry.name not in setting)
    return replace(program, steps=steps, parameters=kept)


def cases_of(program: Program) -> tuple[Case, ...]:
    """The formulas of a loss without core dimensions; none of others."""
    return tuple(_cases(program)) if program.is_scalar else ()


def _cases(program: Program) -> Iterator[Case]:
    try:
        item = instantiate(program, program.wrt, {}, {})
    except (TooLarge, TypeError, ValueError):
        return
    finite = {s: d.values for s, d in item.domains.items() if isinstance(d, Finite)}
    choices = list(itertools.product(*finite.values()))
    if len(choices) > MOST_CASES or any(s in finite for s in item.varying):
        return
    if any(not isinstance(d, (Finite, Interval)) for d in item.domains.values()):
        return
    for values in choices:
        yield _case(program, item, dict(zip(finite, values, strict=True)))


def _case(program: Program, item: Instance, chosen: Mapping[Symbol, Expr]) -> Case:
    formula = cells.plain(item.loss.subs(chosen))
    box, widened = {}, []
    for name, domain in item.domains.items():
        if isinstance(domain, Interval):
            box[name] = replace(domain, integer=False)
            widened += [name] if domain.integer else []
    inputs = {entry.name for entry in program.inputs}
    fixed = tuple(s for s in box if s.name in inputs and s not in item.varying)
    told = tuple((str(name), str(value)) for name, value in chosen.items())
    return Case(told, formula, box, item.varying, fixed, tuple(widened))


def in_signs(domains: Mapping[Symbol, Domain]) -> dict[Symbol, Symbol]:
    """For symbols that are never negative, those of the same name that know it, and if positive."""
    found = {}
    for symbol, domain in domains.items():
        nonnegative, positive = signs_of_domain(domain)
        if nonnegative:
            found[symbol] = Symbol(symbol.name, nonnegative=True, positive=positive or None)
    return found


def along_difference(case: Case) -> Case:
    """The case in one symbol for x - y where the formula depends on x and y by that alone."""
    if len(case.varying) != 1 or case.box[case.varying[0]] != REALS:
        return case
    x = case.varying[0]
    for y in case.fixed:
        moved = in_difference(case.formula, x, y)
        if moved is not None and y not in case.widened:
            gap = Symbol(f"{x} - {y}", real=True)
            box = {name: domain for name, domain in case.box.items() if name not in (x, y)}
            fixed = tuple(name for name in case.fixed if name != y)
            formula = moved.xreplace({x: gap})
            return replace(case, formula=formula, box={gap: REALS, **box}, varying=(gap,),
                           fixed=fixed)  # fmt: skip
    return case


def in_difference(formula: Expr, x: Symbol, y: Symbol) -> Expr | None:
    """The formula with x for x - y, if it depends on them by that alone."""
    if not formula.has(x) or not formula.has(y):
        return None
    moved = formula.xreplace({x: x + y}).replace(_is_sum, sympy.expand).replace(_is_test, _as_gap)
    return None if moved.has(y) else moved


def _is_sum(node: Expr) -> bool:
    return bool(node.is_Add)


def _is_test(node: Expr) -> bool:
    return isinstance(node, Relational)


def _as_gap(test: Relational) -> Relational:
    """The condition as one on a difference: x + y >= y is x >= 0."""
    return test.func(sympy.expand(test.lhs - test.rhs), 0)
