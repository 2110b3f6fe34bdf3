"""Where a loss is zero and where it is smallest, in one variable or summed over places.

With a target of the same kind, prediction and target match where they are equal. The loss is zero
exactly there if f(y, y) = 0 and f(y + d, y) > 0 for d of either sign (f(y*r, y) for r > 0 where
both are positive). A sum over places of such a loss, under an increasing function that keeps 0,
inherits it for every size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy
from flint import arb
from sympy import Expr, Indexed, Rational, S, Symbol

from symloss.audit.findings import Finding
from symloss.audit.properties.domains import domain
from symloss.audit.properties.points import draws, smalls
from symloss.audit.signs import cells, worker
from symloss.audit.signs.decide import decided
from symloss.audit.signs.extrema import infimum
from symloss.audit.subject import Case, Subject, along_difference
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Domain, Finite, Interval, Simplex
from symloss.program import Program, Step, name_of
from symloss.spec import scalar_symbol

NAMES = ("zero_at_match", "minimiser")
NONE = "no other input of the same kind that could be matched"
OPEN = Interval(S.Zero, sympy.oo, True, True)
MINIMISER_SECONDS = 2.0
UNIT = Interval(S.Zero, S.One, True, True)


def matches(subject: Subject, seconds: float) -> list[Finding]:  # noqa: ARG001 - a property
    """Whether the loss is zero exactly at a match, and where it attains its infimum."""
    target = target_of(subject.program, subject.wrt)
    if target is None:
        return [Finding(NAMES[0], Unknown((NONE,))), _minimiser(subject)]
    answer = _at_match(subject, target)
    zero = Finding(NAMES[0], answer, detail=f"{subject.wrt[0]} = {target}")
    if isinstance(answer, Proved):
        return [zero, Finding(NAMES[1], answer, f"{subject.wrt[0]} = {target}")]
    return [zero, _minimiser(subject)]


def target_of(program: Program, wrt: tuple[str, ...]) -> str | None:
    """The one other input of the same kind, where the loss varies by one name."""
    entries = {entry.name: entry for entry in program.inputs}
    own = entries.get(wrt[0])
    if own is None or len(wrt) != 1 or own.is_index:
        return None
    others = [
        entry for entry in program.inputs if entry.name != wrt[0] and entry.shape == own.shape
    ]
    alike = [entry.name for entry in others if _is_within(entry.domain, own.domain)]
    return alike[0] if len(alike) == 1 else None


def _is_within(inner: Domain, outer: Domain) -> bool:
    """Whether the values of a domain are, up to ends, values of another."""
    if isinstance(inner, Finite):
        return all(map(outer.contains, inner.values)) if isinstance(outer, Interval) else False
    if isinstance(inner, Interval) and isinstance(outer, Interval):
        return bool(outer.low <= inner.low) and bool(inner.high <= outer.high)
    return isinstance(inner, Simplex) and isinstance(outer, Simplex)


def _at_match(subject: Subject, target: str) -> Answer:
    witness = _mismatch(subject, target)
    if witness is not None:
        return Refuted("values at exact points", witness)
    if domain(subject, 0)[0].verdict != "PROVED":
        return Unknown(("whether the loss is finite on the whole domain",))
    if subject.program.is_scalar:
        return _scalar(subject, target)
    return _over_places(subject.program, subject.wrt[0], target)


def _mismatch(subject: Subject, target: str) -> dict[str, Any] | None:
    """A match at which the loss is not zero, or a point apart at which it is not positive."""
    own = subject.wrt[0]
    for item in smalls(subject.program):
        mine, theirs = item.elements(own), item.elements(target)
        for point in draws(item):
            for chosen in _near_match(point, list(mine.values()), list(theirs.values())):
                apart = any(chosen[mine[at]] != chosen[theirs[at]] for at in mine)
                if item.contains(chosen) and _is_wrong(item.value(chosen), apart=apart):
                    return {"kind": "match", "matched": not apart, "loss": subject.spec.name,
                            "inputs": [own, target], **item.told(chosen)}  # fmt: skip
    return None


def _is_wrong(value: arb | None, *, apart: bool) -> bool:
    if value is None:
        return False
    return bool(value < 0) or value.is_zero() if apart else not value.contains(0)


def _near_match(
    point: Mapping[Symbol, Rational], mine: list[Symbol], theirs: list[Symbol]
) -> Iterator[dict[Symbol, Rational]]:
    """The point, the match at its target, and points that differ from that in little."""
    match = {**point, **{m: point[t] for m, t in zip(mine, theirs, strict=True)}}
    yield match
    yield dict(point)
    for step in (Rational(1, 4), Rational(-1, 2**20)):
        yield {**match, mine[-1]: match[mine[-1]] + step}
    if len(mine) > 1:  # a change that no sum over places shows
        first, last = mine[0], mine[-1]
        yield {**match, first: match[first] + 1, last: match[last] - 1}


def _scalar(subject: Subject, target: str) -> Answer:
    x, y = scalar_symbol(subject.wrt[0]), scalar_symbol(target)
    steps: list[str] = []
    for case in subject.cases:
        if y not in case.box:
            return Unknown(("a target with finitely many values",))
        found = _zero_and_positive(case.formula, x, y, dict(case.box))
        if found is None:
            return Unknown(("signs on either side of the match",))
        steps += found
    if not steps:
        return Unknown((NONE,))
    data = {"kind": "sides of a match", "inputs": [str(x), str(y)]}
    return Proved("signs on either side of the match", tuple(steps), data)


def _zero_and_positive(
    formula: Expr, x: Symbol, y: Symbol, box: dict[Symbol, Any]
) -> list[str] | None:
    """The steps that show f(y, y) = 0 and f > 0 elsewhere."""
    at_match = sympy.simplify(formula.subs(x, y))
    if at_match != 0 and not isinstance(decided(at_match, _rest(box, x), "=="), Proved):
        return None
    steps = [f"at {x} = {y} the loss is 0"]
    for told, moved, fresh in _apart(x, y, box):
        inside = formula.subs(x, moved)
        span = {**_rest(box, x), **fresh}
        answer = decided(sympy.expand(inside) if inside.is_polynomial() else inside, span, ">")
        if not isinstance(answer, Proved):
            return None
        steps.append(f"for {told} it is positive")
    return steps


def _rest(box: dict[Symbol, Any], x: Symbol) -> dict[Symbol, Any]:
    return {symbol: domain for symbol, domain in box.items() if symbol != x}


def _apart(
    x: Symbol, y: Symbol, box: dict[Symbol, Any]
) -> Iterator[tuple[str, Expr, dict[Symbol, Any]]]:
    """What runs through all x other than y, with the box of its symbol."""
    own = box[x]
    r = sympy.Symbol("apart", positive=True)
    if own.low == 0 and own.high == sympy.oo and box[y].low_open and box[y].low >= 0:
        yield f"0 < {x} < {y}", y * r, {r: UNIT}
        yield f"{x} > {y}", y * r, {r: Interval(S.One, sympy.oo, True, True)}
        if not own.low_open:
            yield f"{x} = 0", S.Zero, {}
        return
    yield f"{x} > {y}", y + r, {r: OPEN}
    yield f"{x} < {y}", y - r, {r: OPEN}


def _over_places(program: Program, own: str, target: str) -> Answer:
    """A chain of steps from one sum over places, each of which keeps 0 and positive values."""
    unknown = Unknown(("a sum over places of losses that are zero at a match",))
    sums = [step for step in program.steps if step.kind in ("sum", "max")]
    if len(sums) != 1 or sums[0].indices or any(step.held for step in program.steps):
        return unknown
    body = _inlined(program, sums[0])
    if body is None:
        return unknown
    x, y = Symbol("_prediction", real=True), Symbol("_target", real=True)
    inner = _elementwise(body, sums[0].bound, own, target, x, y)
    if inner is None:
        return unknown
    domains: dict[str, Domain] = {entry.name: entry.domain for entry in program.arguments}
    box: dict[Symbol, Any] = {x: domains[own], y: domains[target]}
    box |= {entry.symbol: entry.domain for entry in program.parameters if inner.has(entry.symbol)}
    if not all(isinstance(domain, Interval) for domain in box.values()):
        return unknown
    found = _zero_and_positive(cells.plain(inner), x, y, box)
    total = scalar_symbol(sums[0].name)
    value = _outer(program, sums[0])
    if found is None or value is None or not _keeps_zero(program, value, total):
        return unknown
    told = f"the loss is {value}, zero where the sum is and positive elsewhere"
    data = {"kind": "match at places", "inputs": [own, target]}
    return Proved("sum over places", (*found, told), data)


def _outer(program: Program, total: Step) -> Expr | None:
    """The loss as an expression in the sum, parameters and sizes."""
    value = program.step("loss").element() if total.name != "loss" else total.element()
    known = {step.element(): step for step in program.steps if not step.loops and step != total}
    for _ in range(len(known) + 1):
        inner = {name: step.expression for name, step in known.items() if value.has(name)}
        if not inner:
            return value
        value = value.xreplace(inner)
    return None


def _inlined(program: Program, chosen: Step) -> Expr | None:
    """The sum's body in inputs, with elementwise steps written out."""
    body = chosen.expression
    known = {step.name: step for step in program.steps if step.kind is None and step.name != "loss"}
    for _ in range(len(known) + 1):
        changed = False
        for node in sorted(body.atoms(Indexed), key=str):
            step = known.get(name_of(node))
            if step is None:
                continue
            at = dict(zip(step.indices, node.indices, strict=True))
            body, changed = body.xreplace({node: step.expression.xreplace(at)}), True
        if not changed:
            return body
    return None


def _elementwise(
    body: Expr, bound: Sequence[Symbol], own: str, target: str, x: Symbol, y: Symbol
) -> Expr | None:
    """The body in x and y, if it reads both inputs at one place only, which runs over them all."""
    nodes = body.atoms(Indexed)
    places = {node.indices for node in nodes}
    if len(places) != 1 or {name_of(node) for node in nodes} - {own, target}:
        return None
    (at,) = places
    if len(set(at)) < len(at) or set(at) != set(bound):
        return None
    swap = {node: x if name_of(node) == own else y for node in nodes}
    inner = body.xreplace(swap)
    return inner if inner.has(x) and inner.has(y) else None


def _keeps_zero(program: Program, value: Expr, total: Symbol) -> bool:
    """Whether the loss, as a function of the sum, is 0 at 0 and positive above."""
    if not value.has(total):
        return False
    s = sympy.Dummy("s", positive=True)
    sizes = {size: sympy.Dummy(str(size), positive=True) for size in program.ranges.values()
             if size.is_Symbol}  # fmt: skip
    inside = cells.plain(value.xreplace(sizes)).subs(total, s)
    at_zero = cells.plain(value).subs(total, 0)
    box = {s: OPEN, **dict.fromkeys(sizes.values(), OPEN)}
    box |= {e.symbol: e.domain for e in program.parameters if inside.has(e.symbol)
            and isinstance(e.domain, Interval)}  # fmt: skip
    return sympy.simplify(at_zero) == 0 and isinstance(decided(inside, box, ">"), Proved)


def _minimiser(subject: Subject) -> Finding:
    """Where the infimum is attained, if it is attained at one point."""
    name = NAMES[1]
    found = {}
    for case in map(along_difference, subject.cases):
        place = _soon(case)
        if place is None:
            return Finding(name, Unknown(("infimum over ends, kinks and critical points",)))
        given = ", ".join(f"{symbol} = {value}" for symbol, value in case.chosen)
        found[given] = place
    if not found:
        return Finding(name, Unknown(("one variable without core dimensions",)))
    values = set(found.values())
    value = values.pop() if len(values) == 1 else "; ".join(f"{p} ({g})" for g, p in found.items())
    data = {"kind": "minimiser"}
    return Finding(name, Proved("infimum over ends, kinks and critical points", (), data), value)


def _soon(case: Case) -> str | None:
    """Where the case is least, if that is found within a step of the budget."""
    try:
        with worker.step(MINIMISER_SECONDS):
            return _least_at(case)
    except worker.StepEnded:
        return None


def _least_at(case: Case) -> str | None:
    if len(case.varying) != 1 or case.widened:
        return None
    x = case.varying[0]
    least = infimum(case.formula, dict(case.box), [x])
    if least.value is None or not isinstance(least.answer, Proved):
        return None
    if not least.attained:
        return "none" if _stays_above(case, least.value) else None
    if least.place is None or not _is_only(case, x, least.place, least.value):
        return None
    return f"{x} = {least.place}"


def _stays_above(case: Case, value: Expr) -> bool:
    if not value.is_finite:
        return True
    return isinstance(decided(case.formula - value, dict(case.box), ">"), Proved)


def _is_only(case: Case, x: Symbol, place: Expr, value: Expr) -> bool:
    """Whether the loss is above its infimum at every other point."""
    own = case.box[x]
    spans: list[tuple[dict[Symbol, Expr], dict[Symbol, Any]]] = []
    if not place.is_number:
        d = sympy.Symbol("apart", positive=True)
        spans = [({x: place + way * d}, {d: OPEN}) for way in (1, -1)]
    elif bool(own.low < place):
        spans.append(({}, {x: Interval(own.low, place, own.low_open, True)}))
    if place.is_number and bool(place < own.high):
        spans.append(({}, {x: Interval(place, own.high, True, own.high_open)}))
    rest = {symbol: span for symbol, span in case.box.items() if symbol != x}
    return all(
        isinstance(decided((case.formula - value).subs(swap), {**rest, **box}, ">"), Proved)
        for swap, box in spans
    )
