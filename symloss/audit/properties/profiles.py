"""A subject as profiles in one variable: kinds of cases, parameters that only scale set to 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sympy
from sympy import Expr, Rational, Symbol

from symloss.audit.signs import samples
from symloss.audit.signs.profile import Profile, profile, sign_of
from symloss.audit.signs.scaling import Scaled, scaled
from symloss.audit.subject import Case, Subject, along_difference
from symloss.language import Interval


@dataclass(frozen=True)
class Known:
    """One case of a loss as a function of one variable.

    Attributes:
        case: the case as the subject has it.
        moved: the same in the difference of prediction and target, if it depends on that alone.
        scale: how it is made from the profile's formula.
        line: the profile.
        corner: values of fixed inputs at which it is looked at.
    """

    case: Case
    moved: Case
    scale: Scaled
    line: Profile
    corner: Mapping[Symbol, Expr]

    @property
    def symbol(self) -> Symbol:
        """What the profile varies by."""
        return self.moved.varying[0]

    def point(self, value: Rational) -> dict[Symbol, Rational]:
        """The point of the case that a place on the line stands for, with scales set to 1."""
        found = {n: self.corner.get(n, simple(self.case.box[n])) for n in self.case.box}
        if self.moved.varying != self.case.varying:
            (gone,) = (name for name in self.case.fixed if name not in self.moved.fixed)
            value = value + found[gone]
        return {**found, self.case.varying[0]: value}

    def text(self, value: Rational) -> dict[str, str]:
        """That point for a witness, with the inputs that have finitely many values."""
        return {**dict(self.case.chosen), **samples.text(self.point(value))}

    def constant(self, value: Expr, order: int) -> Expr:
        """A supremum of a derivative in the parameters, the inputs that scale at their worst."""
        factor = self.scale.of_derivative(order)
        inputs = [name for name in self.case.fixed if factor.has(name)]
        if not inputs or value in (sympy.oo, -sympy.oo):
            return value
        return {"+": sympy.oo, "?": sympy.nan}.get(sign_of(value), sympy.S.Zero)

    def told(self, value: Expr, order: int) -> Expr:
        """The constant times what the scales contribute."""
        plain = self.constant(value, order)
        if plain in (sympy.oo, -sympy.oo, sympy.nan, 0):
            return plain
        return sympy.simplify(plain * self.scale.of_derivative(order))


def simple(domain: Interval) -> Rational:
    """A simple number of an interval."""
    whole = (sympy.Integer(n) for n in (1, 0, -1, 2, 3))
    return next(n for n in (*whole, *samples.of_interval(domain)) if domain.contains(n))


def known(subject: Subject, seconds: float) -> list[Known] | None:
    """The profiles of all cases; None where some parameter or input is left."""
    found: list[Known] = []
    for case in subject.cases:
        if len(case.varying) != 1 or case.varying[0] in case.widened:
            return None
        profiles = _of_case(case, seconds)
        if profiles is None:
            return None
        found += profiles
    return found or None


def _of_case(case: Case, seconds: float) -> list[Known] | None:
    moved = along_difference(case)
    found = []
    for corner, part in _corners(moved):
        symbol = part.varying[0]
        box = {n: d for n, d in part.box.items() if part.formula.has(n) or n == symbol}
        scale = scaled(part.formula, symbol, box)
        line = profile(scale.formula, symbol, scale.box[symbol], seconds)
        if line is None:
            return None
        found.append(Known(case, moved, scale, line, corner))
    return found


def _corners(case: Case) -> list[tuple[dict[Symbol, Expr], Case]]:
    """The case at the ends of inputs that it is affine in, on closed intervals.

    Every derivative is affine in such an input too: its greatest and least values, and whether it
    has one sign, are settled at the ends.
    """
    corners: list[dict[Symbol, Expr]] = [{}]
    for name in case.fixed:
        domain = case.box[name]
        if case.formula.has(name) and _is_closed(domain) and _is_affine(case.formula, name):
            corners = [{**c, name: end} for c in corners for end in (domain.low, domain.high)]
    return [(corner, _at(case, corner)) for corner in corners]


def _is_closed(domain: Interval) -> bool:
    return bool(domain.low.is_finite and domain.high.is_finite) and not (
        domain.low_open or domain.high_open
    )


def _is_affine(formula: Expr, name: Symbol) -> bool:
    slope = sympy.diff(formula, name)
    if slope.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.Heaviside, sympy.sign):
        return False
    return not sympy.simplify(slope).has(name)


def _at(case: Case, corner: Mapping[Symbol, Expr]) -> Case:
    if not corner:
        return case
    box = {name: domain for name, domain in case.box.items() if name not in corner}
    return replace(case, formula=case.formula.subs(corner), box=box)


def value_at(line: Profile, place: Expr) -> Expr | None:
    """The formula's exact value at a place."""
    value = line.formula.subs(line.symbol, place)
    return None if value.has(sympy.nan, sympy.zoo) else value
