"""Kinks: where one-sided slopes differ, the subdifferential there, and the element emitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy
from sympy import Expr, Indexed, Symbol

from symloss.audit.composition import Walk, simple
from symloss.audit.findings import Finding
from symloss.audit.properties.points import small, small_of
from symloss.audit.signs import cells, pieces
from symloss.audit.signs.extrema import own_symbols
from symloss.audit.subject import Case, Subject
from symloss.audit.verdicts import Proved, Unknown
from symloss.derive import derive, gradient_name
from symloss.language import FUNCTIONS
from symloss.program import Program, Step, name_of, operands
from symloss.spec import scalar_symbol
from symloss.stable import stabilise

NAME = "kinks"
METHOD = "slopes on both sides of each joint"
SURFACES = "zeros of what absolute values, extrema, choices and norms are taken of"
NONE = "none"
HYPOT = FUNCTIONS["hypot"].node


@dataclass(frozen=True)
class Kink:
    """A kink of a loss in one variable, in the parameters and the inputs that do not vary.

    Attributes:
        variable: what the loss varies by.
        place: where on its line.
        slopes: from below and from above.
        subdifferential: its least and its greatest element.
        emitted: what the gradient is there; None where that could not be settled.
        given: what inputs with finitely many values are.
        condition: on the parameters, under which it is there.
    """

    variable: str
    place: Expr
    slopes: tuple[Expr, Expr]
    subdifferential: tuple[Expr, Expr]
    emitted: Expr | None
    given: tuple[tuple[str, str], ...] = ()
    condition: str = ""

    def at(self, point: Mapping[Symbol, Expr]) -> Kink:
        """The kink with some parameters set."""
        return replace(
            self,
            place=self.place.subs(point),
            slopes=tuple(slope.subs(point) for slope in self.slopes),
            subdifferential=tuple(end.subs(point) for end in self.subdifferential),
            emitted=None if self.emitted is None else self.emitted.subs(point),
        )

    def under(self, condition: str) -> Kink:
        """The kink with the condition under which it is there."""
        return replace(self, condition=condition)

    @property
    def where(self) -> str:
        """An equation."""
        return f"{self.variable} = {self.place}"

    @property
    def where_given(self) -> str:
        """The equation with all that it holds under."""
        given = [*(f"{name} = {value}" for name, value in self.given), self.condition]
        told = " and ".join(filter(None, given))
        return f"{self.where} where {told}" if told else self.where

    def to_json(self) -> dict[str, Any]:
        """The kink as strings."""
        return {
            "where": self.where, "given": dict(self.given),
            "condition": self.condition or None,
            "slopes": [str(slope) for slope in self.slopes],
            "subdifferential": [str(end) for end in self.subdifferential],
            "emitted": None if self.emitted is None else str(self.emitted),
        }  # fmt: skip

    def told(self) -> str:
        """What happens there, in words."""
        low, high = self.subdifferential
        emitted = "" if self.emitted is None else f", emitted {self.emitted}"
        sides = f"{self.slopes[0]} before, {self.slopes[1]} after"
        return (
            f"at {self.where_given} the slope is {sides}: subdifferential [{low}, {high}]{emitted}"
        )


def of_lines(
    subject: Subject, lines: Sequence[tuple[Case, Case, Sequence[pieces.Joint]]]
) -> Finding:
    """The kinks of a loss in one variable: of each case, as it is and in a difference."""
    gradient = _gradient(subject)
    found: list[Kink] = []
    for case, moved, joints in lines:
        mine: list[tuple[Kink, cells.Cell]] = []
        for joint in joints:
            if joint.orders == 0 and joint.before is not None and joint.after is not None:
                kink = _of_joint(case, moved, joint, gradient)
                if kink is None:
                    return Finding(NAME, Unknown((METHOD,)))
                mine.append((kink, joint.outer))
        found += _merged(mine, [joint.outer for joint in joints])
    data = {"kind": "kinks", "kinks": [kink.to_json() for kink in found]}
    told = tuple(kink.told() for kink in found)
    value = "; ".join(dict.fromkeys(kink.where_given for kink in found)) or NONE
    return Finding(NAME, Proved(METHOD, told, data), value, "; ".join(told))


def _merged(
    found: Sequence[tuple[Kink, cells.Cell]], all_cells: Sequence[cells.Cell]
) -> Iterator[Kink]:
    """Each kink once: of a point of the parameters only where it is no case of a general one.

    One that is not there on all open cells tells on which it is.
    """
    open_ = {str(cell) for cell in all_cells if _is_open(cell)}
    general: dict[Kink, list[cells.Cell]] = {}
    for kink, cell in found:
        if _is_open(cell) or not open_:
            general.setdefault(kink, []).append(cell)
    for kink, mine in general.items():
        everywhere = not open_ or {str(cell) for cell in mine} >= open_
        yield kink if everywhere else kink.under(" or ".join(dict.fromkeys(map(_cell, mine))))
    for kink, cell in found:
        if not _is_open(cell) and open_:
            point = {name: form for name, form in cell.items() if form.is_number}
            if all(one.at(point) != kink for one in general):
                yield kink.under(_cell(cell))


def _is_open(cell: cells.Cell) -> bool:
    return all(form.free_symbols for form in cell.values())


def _cell(cell: cells.Cell) -> str:
    """A cell of the parameters in words, as far as it is a point or on one side of 0."""
    told = []
    for name, form in sorted(cell.items(), key=str):
        if form.is_number:
            told.append(f"{name} = {form}")
        elif form.is_Symbol or form.is_positive or form.is_negative:
            told.append(f"{name} {'<' if form.is_negative else '>'} 0")
    return " and ".join(told)


def _of_joint(case: Case, moved: Case, joint: pieces.Joint, gradient: Expr | None) -> Kink | None:
    swap = own_symbols(joint.outer)
    if swap is None or joint.before is None or joint.after is None:
        return None
    place, before, after = (
        sympy.simplify(value.subs(swap)) for value in (joint.place, joint.before, joint.after)
    )
    rises = cells.sign_in(joint.after - joint.before) if joint.after.is_finite else "+"
    ends = (after, before) if rises in ("-", "0-") else (before, after)
    if rises == "?":
        ends = (sympy.Min(before, after), sympy.Max(before, after))
    emitted = None if gradient is None else _emitted(case, moved, joint, gradient)
    return Kink(str(moved.varying[0]), place, (before, after), ends, emitted, case.chosen)


def _gradient(subject: Subject) -> Expr | None:
    """The emitted gradient as one expression."""
    derived = derive(stabilise(subject.program)).gradient
    item = small(derived, {})
    found = None if item is None else small_of(item, gradient_name(subject.wrt[0]), ())
    return None if found is None else cells.plain(found)


def _emitted(case: Case, moved: Case, joint: pieces.Joint, gradient: Expr) -> Expr | None:
    """The gradient's value at a joint, in the box's own symbols."""
    chosen = {scalar_symbol(name): sympy.sympify(value) for name, value in case.chosen}
    x, place = case.varying[0], joint.place
    for gone in case.fixed:
        place = place + gone if gone not in moved.fixed else place
    here = gradient.subs(chosen).subs(x, place).replace(lambda node: node.is_Add, sympy.expand)
    here = here.subs(joint.outer)
    if here.free_symbols - {s for form in joint.outer.values() for s in form.free_symbols}:
        return None
    value = cells.resolved(here, joint.outer)
    if value is None or value.has(sympy.nan, sympy.zoo):
        return None
    return sympy.simplify(value.subs(own_symbols(joint.outer) or {}))


def of_surfaces(subject: Subject, *, differentiable: bool) -> Finding:
    """The kinks of a loss of any size: none, or surfaces outside of which it has none."""
    if differentiable:
        return Finding(NAME, Proved("the loss is differentiable", (), {"kind": "kinks"}), NONE)
    found = tuple(dict.fromkeys(_surfaces(simple(subject.program), subject.wrt)))
    if not found:
        return Finding(NAME, Unknown((METHOD, SURFACES)))
    data = {"kind": "kinks", "surfaces": list(found)}
    return Finding(NAME, Proved(SURFACES, found, data), "; ".join(found), tight=False)


def _surfaces(program: Program, wrt: tuple[str, ...]) -> Iterator[str]:
    walk = Walk(program, wrt)
    for kink in derive(program).kinks:
        if not walk.of(kink.surface).constant:
            yield f"{_with_steps(kink.surface, program)} = 0"
    for step in program.steps:
        if step.kind in ("max", "min") and not walk.of(step.expression).constant:
            yield f"ties of {sympy.sstr(step.expression)} over {', '.join(map(str, step.bound))}"
        yield from _roots(step, walk)


def _roots(step: Step, walk: Walk) -> Iterator[str]:
    """Where a root or a power is taken of what may be 0."""
    for power in step.expression.atoms(sympy.Pow):
        base = walk.of(power.base)
        if (
            (power.exp.is_Integer and power.exp > 0)
            or base.constant
            or base.range.low > 0
            or base.positive
        ):
            continue
        yield f"{_with_steps(power.base, walk.program)} = 0"
    for node in step.expression.atoms(HYPOT):
        if not walk.of(node).constant and not walk.of(node).positive:
            yield f"{' = '.join(_with_steps(part, walk.program) for part in node.args)} = 0"


def _with_steps(expression: Expr, program: Program) -> str:
    """The expression with reductions written out where it reads them."""
    names = {step.name: step for step in program.steps if step.kind is not None}
    swap: dict[Expr, Expr] = {}
    for leaf in operands(expression):
        step = names.get(name_of(leaf))
        if step is not None:
            places = leaf.indices if isinstance(leaf, Indexed) else ()
            outer = dict(zip(step.indices, places, strict=True))
            body = _with_steps(step.expression.xreplace(outer), program)
            swap[leaf] = Symbol(f"{step.kind}({body}, {', '.join(map(str, step.bound))})")
    return str(sympy.sstr(expression.xreplace(swap)))
