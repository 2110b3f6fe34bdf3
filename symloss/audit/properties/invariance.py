"""Homogeneity, and what scaling, shifting, exchanging and permuting inputs leaves as it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import sympy
from sympy import Expr, Rational

from symloss.audit.findings import Finding
from symloss.audit.properties.actions import Movement
from symloss.audit.properties.points import BITS, Point, Small, differ, draws, smalls
from symloss.audit.signs import balls
from symloss.audit.signs.zeros import vanishes
from symloss.audit.subject import Subject
from symloss.audit.verdicts import Proved, Refuted, Unknown
from symloss.language import Interval
from symloss.program import Program

LAWS = "laws of motion, step by step"
MOST_INPUTS = 4
Fails = Callable[[Small, Point, Sequence[str]], dict[str, Any] | None]


def invariances(subject: Subject, seconds: float) -> list[Finding]:  # noqa: ARG001 - a property
    """Homogeneity with its degree, and invariance under scaling and shifting."""
    program = subject.program
    scaled, shifted = _movable(program, shift=False), _movable(program, shift=True)
    return [
        _found("homogeneous", subject, scaled, _degree, not_homogeneous),
        _found("scale_invariant", subject, scaled, _unscaled, scaling_shows),
        _found("translation_invariant", subject, shifted, _unshifted, shift_shows),
    ]


def _movable(program: Program, *, shift: bool) -> list[str]:
    """The inputs that may be scaled towards 0, or shifted, and stay in their domain for a while."""
    return [
        entry.name for entry in program.inputs
        if isinstance(entry.domain, Interval) and not entry.domain.integer
        and (shift or entry.domain.low <= 0 <= entry.domain.high)
    ]  # fmt: skip


def _found(
    name: str,
    subject: Subject,
    movable: list[str],
    holds: Callable[[Subject, Sequence[str]], tuple[str, Movement | None] | None],
    fails: Fails,
) -> Finding:
    """A law in as many inputs together as obey it; refuted where no choice of inputs does."""
    chosen = list(_choices(movable, subject.wrt))
    if not chosen:
        return Finding(name, Unknown(("no input of wrt can be moved so",)))
    for inputs in chosen:
        law = holds(subject, inputs)
        if law is None:
            continue
        attacked = partial(_not_of_degree, law[0]) if law[0] else fails
        if _witness(subject, inputs, attacked) is not None:
            return Finding(name, Unknown((f"{LAWS}: a proof that values contradict",)))
        return _proved(name, subject, inputs, *law)
    witnesses = [_witness(subject, inputs, fails) for inputs in chosen]
    known = [witness for witness in witnesses if witness is not None]
    if len(known) < len(chosen):
        return Finding(name, Unknown((LAWS, "algebra", "small instances")))
    told = {**known[0], "also": known[1:]} if known[1:] else known[0]
    return Finding(name, Refuted("values at exact points", told))


def _choices(movable: list[str], wrt: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Sets of inputs that hold the first of `wrt`, the largest first."""
    first = wrt[0]
    if first not in movable:
        return
    others = [name for name in movable if name != first]
    sizes = range(len(others), -1, -1) if len(others) < MOST_INPUTS else (len(others), 0)
    for size in sizes:
        for rest in itertools.combinations(others, size):
            yield tuple(name for name in movable if name == first or name in rest)


def _proved(
    name: str, subject: Subject, inputs: Sequence[str], amount: str, motion: Movement | None
) -> Finding:
    scaled = name != "translation_invariant"
    data = {"kind": "motion", "action": "scale" if scaled else "shift", "inputs": list(inputs),
            "degree": amount or "0", "loss": subject.spec.name}  # fmt: skip
    steps = motion.told() if motion is not None else ("both sides simplify to the same formula",)
    method = LAWS if motion is not None else "algebra"
    told = f"in {', '.join(inputs)}" + (" together" if len(inputs) > 1 else "")
    return Finding(name, Proved(method, steps, data), amount, told)


def _degree(subject: Subject, inputs: Sequence[str]) -> tuple[str, Movement | None] | None:
    motion = Movement(subject.program, inputs, scaled=True)
    law = motion.loss
    if law is not None and law.degree is not None:
        return str(sympy.simplify(law.degree)), motion
    return None


def _unscaled(subject: Subject, inputs: Sequence[str]) -> tuple[str, Movement | None] | None:
    motion = Movement(subject.program, inputs, scaled=True)
    still = motion.loss is not None and motion.loss.is_still
    return ("", motion) if still else None


def _unshifted(subject: Subject, inputs: Sequence[str]) -> tuple[str, Movement | None] | None:
    motion = Movement(subject.program, inputs, scaled=False)
    if motion.loss is not None and motion.loss.is_still:
        return "", motion
    return ("", None) if subject.cases and _same_shifted(subject, inputs) else None


def _same_shifted(subject: Subject, inputs: Sequence[str]) -> bool:
    """Whether algebra shows a plain formula unchanged by a shift."""
    s = sympy.Dummy("s", real=True)
    for case in subject.cases:
        moved = {symbol: symbol + s for symbol in case.box if symbol.name in inputs}
        gap = case.formula.xreplace(moved) - case.formula
        if sympy.count_ops(gap) > 200 or not vanishes(gap):
            return False
    return True


def _witness(subject: Subject, inputs: Sequence[str], fails: Fails) -> dict[str, Any] | None:
    for item in smalls(subject.program):
        for point in draws(item):
            found = fails(item, point, inputs)
            if found is not None:
                return {"loss": subject.spec.name, "wrt": list(subject.wrt),
                        "set": {}, **item.told(point), **found}  # fmt: skip
    return None


def moved(
    item: Small, point: Point, inputs: Sequence[str], by: Rational, *, scaled: bool
) -> dict[Any, Expr]:
    """The point with the inputs scaled by a number, or shifted by it."""
    chosen = {symbol for name in inputs for symbol in item.elements(name).values()}
    return {
        symbol: (number * by if scaled else number + by) if symbol in chosen else number
        for symbol, number in point.items()
    }


def not_homogeneous(item: Small, point: Point, inputs: Sequence[str]) -> dict[str, Any] | None:
    """f(x)*f(x/4) differs from f(x/2)**2, which no degree allows."""
    values = [item.value(point)]
    values += [
        item.value(moved(item, point, inputs, Rational(1, 2**n), scaled=True)) for n in (1, 2)
    ]
    one, half, quarter = values
    if one is None or half is None or quarter is None or not differ(one * quarter, half * half):
        return None
    return {"kind": "motion", "claim": "homogeneous", "inputs": list(inputs), "by": "1/2"}


def _not_of_degree(
    degree: str, item: Small, point: Point, inputs: Sequence[str]
) -> dict[str, Any] | None:
    """f(x/2) differs from f(x)/2**degree."""
    power = sympy.sympify(degree, {str(s): n for s, n in point.items()} | dict(item.sizes))
    half = item.value(moved(item, point, inputs, Rational(1, 2), scaled=True))
    one, factor = item.value(point), balls.value(sympy.sympify(2) ** power, {}, BITS)
    whole = None if half is None or factor is None else half * factor
    return {"kind": "motion"} if differ(one, whole) else None


def scaling_shows(item: Small, point: Point, inputs: Sequence[str]) -> dict[str, Any] | None:
    """The value at half the inputs differs."""
    half = moved(item, point, inputs, Rational(1, 2), scaled=True)
    if not differ(item.value(point), item.value(half)):
        return None
    return {"kind": "motion", "claim": "scale_invariant", "inputs": list(inputs), "by": "1/2"}


def shift_shows(item: Small, point: Point, inputs: Sequence[str]) -> dict[str, Any] | None:
    """The value at inputs that are larger by one number differs."""
    for by in (Rational(1), Rational(1, 16), Rational(-1, 16)):
        other = moved(item, point, inputs, by, scaled=False)
        if item.contains(other) and differ(item.value(point), item.value(other)):
            return {"kind": "motion", "claim": "translation_invariant", "inputs": list(inputs),
                    "by": str(by)}  # fmt: skip
    return None
