"""Answers about strict and strong convexity and quasiconvexity, for every size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy
from sympy import Expr

from symloss.audit.composition.quasi import is_quasiconvex
from symloss.audit.composition.simple import simple
from symloss.audit.composition.strict import amounts
from symloss.audit.composition.walk import walked
from symloss.audit.hessians import affine_segment, refuted, vanishing_curvature
from symloss.audit.signs.decide import decided
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Interval, Simplex
from symloss.program import Program

METHOD = "terms that bend in every coordinate"


@dataclass(frozen=True)
class Degree:
    """Answers of one program.

    Attributes:
        strict: whether it is strictly convex.
        strong: whether it is strongly convex.
        constant: by how much at least, where that is known to be positive.
        condition: on the parameters, under which both proofs hold.
        quasi: whether it is quasiconvex.
    """

    strict: Answer
    strong: Answer
    constant: Expr | None
    condition: str
    quasi: Answer


def degrees(program: Program, convex: Answer, seconds: float) -> Degree:
    """How convex the loss is, given whether it is convex at all."""
    end = time.process_time() + seconds
    strict, strong, constant, condition = _bent(program, convex, seconds / 2)
    left = max(0.0, end - time.process_time())
    if isinstance(strict, Unknown):
        strict = _refuted(affine_segment(program, program.wrt, left / 2), strict)
    if isinstance(strict, Refuted):
        strong = Refuted("not strictly convex", strict.witness)
    elif isinstance(strong, Unknown):
        left = max(0.0, end - time.process_time())
        strong = _refuted(vanishing_curvature(program, program.wrt, left / 2), strong)
    quasi = _quasiconvex(program, convex, max(0.0, end - time.process_time()))
    return Degree(strict, strong, constant, condition, quasi)


def _refuted(witness: dict[str, object] | None, otherwise: Answer) -> Answer:
    return otherwise if witness is None else Refuted("a line through a small instance", witness)


def _bent(
    program: Program, convex: Answer, seconds: float
) -> tuple[Answer, Answer, Expr | None, str]:
    unknown = Unknown((METHOD, "lines through small instances"))
    if not isinstance(convex, Proved):
        return unknown, unknown, None, ""
    for part, condition in _insides(program):
        clean = simple(part)
        walk = walked(clean, seconds, 1)
        found = amounts(walk)
        if not set(program.wrt) <= set(found):
            continue
        least = sympy.Min(*(found[name] for name in program.wrt))
        strict = _proof(program, found, "strictly convex")
        if least != 0 and _is_positive(least, part):
            return strict, _proof(program, found, "strongly convex"), least, condition
        return strict, unknown, None, condition
    return unknown, unknown, None, ""


def _proof(program: Program, found: dict[str, Expr], claim: str) -> Proved:
    told = tuple(
        f"every coordinate of {name} is bent in, by {amount} at least"
        for name, amount in found.items()
    )
    data = {
        "kind": "bends",
        "claim": claim,
        "loss": program.name,
        "wrt": list(program.wrt),
        "amounts": {name: str(amount) for name, amount in found.items()},
    }
    return Proved(METHOD, told, data)


def _is_positive(amount: Expr, program: Program) -> bool:
    box = {
        entry.symbol: entry.domain
        for entry in program.parameters
        if isinstance(entry.domain, Interval) and amount.has(entry.symbol)
    }
    sizes = amount.free_symbols - set(box)
    if any(not size.is_positive for size in sizes):
        return False
    at_least_one = Interval(sympy.S.One, sympy.oo, False, True)
    return isinstance(decided(amount, {**box, **dict.fromkeys(sizes, at_least_one)}, ">"), Proved)


def _insides(program: Program) -> Iterator[tuple[Program, str]]:
    """The program as it is, then without the closed ends of one parameter, then of all."""
    yield program, ""
    intervals = {e.name: e.domain for e in program.parameters if isinstance(e.domain, Interval)}
    closed = {name: d for name, d in intervals.items() if not d.integer and _ends(d)}
    for chosen in [*([name] for name in closed), *([list(closed)] if len(closed) > 1 else [])]:
        parameters = tuple(
            replace(entry, domain=_open(closed[entry.name])) if entry.name in chosen else entry
            for entry in program.parameters
        )
        told = [text.format(name) for name in chosen for text in _ends(closed[name])]
        yield replace(program, parameters=parameters), " and ".join(told)


def _ends(domain: Interval) -> list[str]:
    low = [f"{{}} > {domain.low}"] if domain.low.is_finite and not domain.low_open else []
    high = [f"{{}} < {domain.high}"] if domain.high.is_finite and not domain.high_open else []
    return low + high


def _open(domain: Interval) -> Interval:
    return replace(domain, low_open=True, high_open=True)


def _quasiconvex(program: Program, convex: Answer, seconds: float) -> Answer:
    if isinstance(convex, Proved):
        return Unknown(("follows from convex",))
    witness = refuted(program, program.wrt, "quasiconvex", seconds / 2)
    if witness is not None:
        return Refuted("three points in a line on a small instance", witness)
    clean = simple(program)
    walk = walked(clean, seconds / 2, 1)
    told = is_quasiconvex(walk, clean.step("loss").expression)
    if not told:
        return Unknown(("monotone functions of convex ones", "ratios", "search for three points"))
    data = {"kind": "quasiconvex", "loss": program.name, "wrt": list(program.wrt)}
    return Proved("sublevel sets", (told,), data)


def has_simplex(program: Program) -> bool:
    """Whether something in `wrt` lies in a simplex, where constants are of its own dimensions."""
    return any(e.name in program.wrt and isinstance(e.domain, Simplex) for e in program.arguments)
