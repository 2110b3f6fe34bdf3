"""Symmetry under exchange of two inputs or reflection, and under permutations of core axes.

A map of the inputs is followed through the program: a step may go over into itself, its negative,
or another step. Index notation makes permutations simple: a formula that uses an index for nothing
but subscripts and comparisons of equality means the same in any order of the axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy
from sympy import Expr, Indexed, Symbol

from symloss.audit.findings import Finding
from symloss.audit.hessians.instance import label_of
from symloss.audit.properties.points import Point, Small, differ, draws, small, smalls
from symloss.audit.signs.zeros import vanishes
from symloss.audit.subject import Case, Subject
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Interval
from symloss.program import Program, Step, name_of
from symloss.spec import array_base, dimension_symbol, scalar_symbol

FOLLOWED = "steps that go over into one another"
Image = dict[str, tuple[str, int]]
"""Where a name goes: to another name, and with which sign."""


def symmetries(subject: Subject, seconds: float) -> list[Finding]:  # noqa: ARG001 - a property
    """Symmetry in two inputs that are alike, and in the order of core axes."""
    return [_symmetric(subject), permutations(subject)]


def _symmetric(subject: Subject) -> Finding:
    image, told = _map(subject.program, subject.wrt)
    if image is None:
        return Finding("symmetric", Unknown(("no other input of the same kind",)))
    images = dict(image)
    steps = _followed(subject.program, images)
    if steps is not None:
        data = {"kind": "exchange", "image": {k: list(v) for k, v in images.items()}}
        return Finding("symmetric", Proved(FOLLOWED, steps, data), detail=told)
    for item in smalls(subject.program):
        for point in draws(item):
            other = mapped(item, point, image)
            if item.contains(other) and differ(item.value(point), item.value(other)):
                witness = {"kind": "exchange", "loss": subject.spec.name, **item.told(point),
                           "image": {k: list(v) for k, v in image.items()}}  # fmt: skip
                refuted = Refuted("values at exact points", witness)
                return Finding("symmetric", refuted, detail=told)
    return _by_algebra(subject, image, told)


def _by_algebra(subject: Subject, image: Image, told: str) -> Finding:
    swap = {scalar_symbol(k): sign * scalar_symbol(v) for k, (v, sign) in image.items()}
    for case in subject.cases:
        gap = _positive(case.formula - case.formula.xreplace(swap), case)
        if case.chosen or sympy.count_ops(gap) > 200 or not vanishes(gap):
            break
    else:
        if subject.cases:
            data = {"kind": "exchange", "image": {k: list(v) for k, v in image.items()}}
            return Finding("symmetric", Proved("algebra", (), data), detail=told)
    return Finding("symmetric", Unknown((FOLLOWED, "small instances", "algebra")))


def _positive(gap: Expr, case: Case) -> Expr:
    """The expression with logarithms and roots of positive inputs taken apart."""
    known = {
        s: sympy.Dummy(positive=True) for s, d in case.box.items() if d.low >= 0 and d.low_open
    }
    return sympy.expand_log(gap.xreplace(known))


def _map(program: Program, wrt: Sequence[str]) -> tuple[Image | None, str]:
    """The exchange of the first of `wrt` with another input of the same kind, else its reflection.

    Inputs that are data, such as a target, come before others of `wrt`.
    """
    name = wrt[0]
    entries = {entry.name: entry for entry in program.inputs}
    own = entries.get(name)
    if own is None:
        return None, ""
    alike = [
        entry for entry in program.inputs
        if entry.name != name and entry.domain == own.domain and entry.shape == own.shape
    ]  # fmt: skip
    if alike:
        other = min(alike, key=lambda entry: entry.name in wrt).name
        return {name: (other, 1), other: (name, 1)}, f"under exchange of {name} and {other}"
    domain = own.domain
    if isinstance(domain, Interval) and domain.low == -domain.high:
        return {name: (name, -1)}, f"under reflection of {name}"
    return None, ""


def mapped(item: Small, point: Point, image: Image) -> dict[Symbol, Expr]:
    """The point whose inputs are those of another, exchanged or reflected."""
    found = dict(point)
    for name, (other, sign) in image.items():
        theirs = item.elements(other)
        for at, symbol in item.elements(name).items():
            found[symbol] = sign * point[theirs[at]]
    return found


def _followed(program: Program, image: Image) -> tuple[str, ...] | None:
    """The steps' images; None where a step goes over into no step or where the loss changes."""
    told = []
    for step in program.steps:
        moved = renamed(step.expression, image)
        target = _target(program, step, moved)
        if target is None:
            return None
        image[step.name] = target
        if target != (step.name, 1):
            told.append(f"{step.name} becomes {'-' if target[1] < 0 else ''}{target[0]}")
    return (*told, "loss stays") if image["loss"] == ("loss", 1) else None


def _target(program: Program, step: Step, moved: Expr) -> tuple[str, int] | None:
    linear = step.kind in (None, "sum")
    for other in [step, *(s for s in program.steps if s.name != step.name)]:
        if other.kind != step.kind or not _is_alike(other, step):
            continue
        same = dict(zip(other.loops, step.loops, strict=True))
        if any(program.ranges[a] != program.ranges[b] for a, b in same.items()):
            continue
        theirs = other.expression.xreplace(same)
        if theirs == moved or _is_zero(theirs - moved):
            return other.name, 1
        if linear and _is_zero(theirs + moved):
            return other.name, -1
    return None


def _is_alike(one: Step, other: Step) -> bool:
    shapes = [(len(step.indices), len(step.bound), step.held) for step in (one, other)]
    return shapes[0] == shapes[1]


def _is_zero(gap: Expr) -> bool:
    return gap == 0 or sympy.expand(gap) == 0


def renamed(expression: Expr, image: Image) -> Expr:
    """The expression with names replaced by their images, subscripts kept."""
    if isinstance(expression, (Symbol, Indexed)):
        other, sign = image.get(name_of(expression), ("", 1))
        if not other:
            return expression
        if isinstance(expression, Indexed):
            return sign * array_base(other)[expression.indices]
        return sign * expression.func(other, **expression.assumptions0)
    if not expression.args:
        return expression
    return expression.func(*(renamed(part, image) for part in expression.args))


def permutations(subject: Subject) -> Finding:
    """Whether no order of the core axes matters, all arrays permuted alike along an axis."""
    name = "permutation_symmetric"
    axes = subject.spec.dimensions
    if not axes:
        return Finding(name, Unknown(("items have no core axes",)))
    open_ = [axis for axis in axes if not _is_order_free(subject.program, axis)]
    for axis in open_:
        witness = _order_matters(subject, axis)
        if witness is not None:
            refuted = Refuted("values at exact points", witness)
            return Finding(name, refuted, detail=f"along {axis}")
    if open_:
        return Finding(name, Unknown((f"the use of indices along {', '.join(open_)}",)))
    steps = tuple(f"indices along {axis} are only subscripts or compared" for axis in axes)
    data = {"kind": "permutation", "axes": list(axes)}
    told = f"along {', '.join(axes)}, labels permuted alike"
    return Finding(name, _attacked(subject, axes, Proved("use of indices", steps, data)),
                   detail=told)  # fmt: skip


def _attacked(subject: Subject, axes: tuple[str, ...], answer: Answer) -> Answer:
    if any(_order_matters(subject, axis) is not None for axis in axes):
        return Unknown(("a proof that an exact point contradicts: a mistake of symloss",))
    return answer


def _is_order_free(program: Program, axis: str) -> bool:
    """Whether indices and labels along the axis are but subscripts and sides of (in)equalities."""
    if any(step.kind in ("argmax", "argmin") for step in program.steps):
        return False  # ties are broken by order
    return all(_Axis(program, axis).is_free(step.expression) for step in program.steps)


class _Axis:
    """An axis of a program: what selects a place along it."""

    def __init__(self, program: Program, axis: str) -> None:
        """The axis of that name."""
        self.program = program
        self.size = dimension_symbol(axis)
        self.indices = {index for index, size in program.ranges.items() if size == self.size}
        self.labels = {
            entry.name for entry in program.inputs
            if entry.is_index and getattr(entry.domain, "dimension", "") == axis
        }  # fmt: skip

    def is_place(self, node: Any) -> bool:
        """Whether the node is an index of the axis, or a label that selects a place along it."""
        if isinstance(node, Symbol) and node in self.indices:
            return True
        is_label = isinstance(node, (Symbol, Indexed)) and name_of(node) in self.labels
        return is_label and (isinstance(node, Symbol) or self._at_places(node))

    def is_free(self, node: Any) -> bool:
        """Whether places are used as subscripts and sides of (in)equalities only."""
        if self.is_place(node):
            return False
        if isinstance(node, Indexed):
            return self._at_places(node)
        if isinstance(node, (sympy.Eq, sympy.Ne)) and all(map(self.is_place, node.args)):
            return True
        return all(self.is_free(part) for part in node.args)

    def _at_places(self, node: Indexed) -> bool:
        """Whether subscripts along the axis are places, and others do not depend on any."""
        along = self._shape(name_of(node))
        return len(along) == len(node.indices) and all(
            self.is_place(at) if size == self.size else self.is_free(at)
            for at, size in zip(node.indices, along, strict=True)
        )

    def _shape(self, name: str) -> list[Expr]:
        step = self.program.by_name.get(name)
        if step is not None:
            return [self.program.ranges[index] for index in step.indices]
        return [dimension_symbol(size) for size in self.program.core_shape(name)]


def _order_matters(subject: Subject, axis: str) -> dict[str, Any] | None:
    """A point whose value changes when the first two places along an axis are exchanged."""
    program = subject.program
    sizes = {name: 3 if name == axis else 2 for name in subject.spec.dimensions}
    for first in (0, 1):
        item = small(program, sizes, _places(program, sizes, axis, first, swapped=False))
        other = small(program, sizes, _places(program, sizes, axis, first, swapped=True))
        if item is None or other is None:
            return None
        for point in draws(item):
            if differ(item.value(point), other.value(swapped(item, point, axis))):
                return {"kind": "permutation", "axis": axis, "loss": subject.spec.name,
                        "first": first, **item.told(point)}  # fmt: skip
    return None


def _places(
    program: Program, sizes: Mapping[str, int], axis: str, first: int, *, swapped: bool
) -> dict[str, int]:
    """What inputs that select a place are given: from `first` on, or the same exchanged."""
    frame = Small(program, sizes, {}, None)  # type: ignore[arg-type]
    found = {}
    for entry in program.inputs:
        if not entry.is_index:
            continue
        is_along = getattr(entry.domain, "dimension", "") == axis
        for at in frame.span(entry.shape):
            place = _exchanged(at, entry.shape, axis) if swapped else at
            value = (first + sum(place)) % sizes.get(getattr(entry.domain, "dimension", ""), 1)
            label = label_of(entry.name, at)
            found[label] = _other(value) if swapped and is_along else value
    return found


def _other(place: int) -> int:
    return {0: 1, 1: 0}.get(place, place)


def _exchanged(at: tuple[int, ...], shape: tuple[Any, ...], axis: str) -> tuple[int, ...]:
    return tuple(_other(n) if size == axis else n for n, size in zip(at, shape, strict=True))


def swapped(item: Small, point: Point, axis: str) -> dict[Symbol, Expr]:
    """The point with the first two places along an axis exchanged in every array."""
    found = dict(point)
    for entry in item.program.inputs:
        if entry.is_index or axis not in entry.shape:
            continue
        symbols = item.elements(entry.name)
        for at, symbol in symbols.items():
            found[symbol] = point[symbols[_exchanged(at, entry.shape, axis)]]
    return found
