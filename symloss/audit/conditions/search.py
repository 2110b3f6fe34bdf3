"""For which values of one parameter a property holds that fails for some."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Expr

from symloss.audit.composition import Walk, simple
from symloss.audit.conditions import spans
from symloss.audit.conditions.narrow import narrowed
from symloss.audit.conditions.needs import Need
from symloss.audit.conditions.thresholds import Parts, at_others, parameters, special
from symloss.audit.findings import Finding
from symloss.audit.hessians import affine_segment, refuted
from symloss.audit.properties import line
from symloss.audit.properties.shape import degrees_of, shapes_of
from symloss.audit.signs import worker
from symloss.audit.signs.convexity import FINE, shown_on_line
from symloss.audit.signs.decide import decided
from symloss.audit.signs.structure import POSITIVE
from symloss.audit.subject import Subject, along_difference
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Interval
from symloss.spec import scalar_symbol

METHOD = "proved on part of the parameter's domain"
PROBE_SECONDS, PROOF_SECONDS, NEED_SECONDS = 0.2, 2.5, 0.5
RESTS_ON = {"strictly_convex": "convex"}
"""What a property cannot hold without: where that fails, so does the property."""
OPEN = Unknown(("provers with the parameter's domain narrowed",))
UNDEFINED = Unknown(("the loss is not defined",))
Prover = Callable[[Subject, Answer, float], Mapping[str, Answer]]


@dataclass
class Search:
    """What is known of a loss with one parameter in parts of its domain.

    Attributes:
        subject: the loss.
        name: the parameter.
        domain: all of its values.
        until: when to stop.
    """

    subject: Subject
    name: str
    domain: Interval
    until: float
    _found: dict[tuple[Interval, str], Answer] = field(default_factory=dict)
    _probed: dict[tuple[Interval, str], bool] = field(default_factory=dict)

    def left(self, most: float) -> float:
        """Seconds that a step may take."""
        return max(0.01, min(most, self.until - time.process_time()))

    def is_worthwhile(self, claim: str) -> bool:
        """Whether an ordinary number of the domain is not seen at once to fail."""
        ordinary = [*special(self.subject, self.name), *spans.ordinary(self.domain)]
        points = [Interval(n, n, False, False) for n in ordinary if self.domain.contains(n)]
        return any(not self._fails_at_once(point, claim) for point in dict.fromkeys(points))

    def _fails_at_once(self, point: Interval, claim: str) -> bool:
        if self.is_constant(point) or any(self.fails_at(point, side) for side in sides_of(claim)):
            return True
        one = narrowed(self.subject, self.name, point) if claim in RESTS_ON else None
        return one is not None and bool(affine_segment(one.program, one.wrt, PROBE_SECONDS))

    def is_constant(self, part: Interval) -> bool:
        """Whether the part is a number for which the loss does not vary at all."""
        if not spans.is_point(part):
            return False
        one = narrowed(self.subject, self.name, part)
        return one is not None and Walk(simple(one.program), one.wrt).facts["loss"].constant

    def fails_at(self, part: Interval, claim: str) -> bool:
        """Whether the claim is refuted for a number of the part, or the loss undefined there."""
        if (part, claim) not in self._probed:
            self._probed[part, claim] = self._probe(part, claim)
        return self._probed[part, claim]

    def _probe(self, part: Interval, claim: str) -> bool:
        for number in spans.inside(part)[:2]:
            one = narrowed(self.subject, self.name, Interval(number, number, False, False))
            if one is None:
                return True
            seconds = self.left(PROBE_SECONDS)
            if refuted(one.program, one.wrt, claim, seconds) is not None:
                return True
        return False

    def answer(self, part: Interval, claim: str) -> Answer:
        """What the provers say of the claim with the parameter in the part."""
        if (part, claim) not in self._found:
            self._found[part, claim] = UNDEFINED
            one = narrowed(self.subject, self.name, part)
            if one is not None and time.process_time() < self.until:
                self._found |= {(part, n): a for n, a in self._answers(one, part, claim).items()}
        return self._found[part, claim]

    def _answers(self, one: Subject, part: Interval, claim: str) -> dict[str, Answer]:
        told: dict[str, Answer] = {claim: OPEN}
        rests = RESTS_ON.get(claim)
        convex = self.answer(part, rests) if rests is not None else OPEN
        for prover in _PROVERS[claim]:
            try:
                with worker.step(self.left(PROOF_SECONDS)):
                    told |= _decided(prover(one, convex, self.left(PROOF_SECONDS)))
            except worker.StepEnded:
                continue
            if not isinstance(told[claim], Unknown):
                break
        return told

    def failure(self, part: Interval, claim: str, needed: Sequence[Need]) -> dict[str, Any] | None:
        """Why the claim fails for every number of the part; None where that is not shown."""
        if spans.is_point(part):
            sides = any(self.fails_at(part, side) for side in sides_of(claim))
            if sides or _fails(self.answer(part, claim)):
                return {"part": str(part), "why": "refuted there"}
            return None
        symbol, box = scalar_symbol(self.name), parameters(self.subject)
        for need in needed:
            for value in at_others(need.value, symbol, box):
                if self._is_negative(value, part):
                    return {"part": str(part), "why": need.told, "negative": str(value)}
        return None

    def _is_negative(self, value: Expr, part: Interval) -> bool:
        symbol = scalar_symbol(self.name)
        try:
            with worker.step(self.left(NEED_SECONDS)):
                return isinstance(decided(value, {symbol: part}, "<"), Proved)
        except worker.StepEnded:
            return False


def _fails(answer: Answer) -> bool:
    return isinstance(answer, Refuted) or answer is UNDEFINED


def _decided(found: Mapping[str, Answer]) -> dict[str, Answer]:
    return {name: answer for name, answer in found.items() if not isinstance(answer, Unknown)}


def _by_shapes(one: Subject, _: Answer, seconds: float) -> Mapping[str, Answer]:
    return shapes_of(one, seconds)


def _by_pieces(one: Subject, _: Answer, seconds: float) -> Mapping[str, Answer]:
    if any(case.parameters for case in one.cases):
        return {}
    return {finding.name: finding.answer for finding in line(one, seconds)}


def _on_lines(one: Subject, fine: tuple[str, ...], way: int) -> Proved | None:
    """Signs of the second derivative on pieces, where there is one variable."""
    steps: list[str] = []
    for case in map(along_difference, one.cases):
        if len(case.varying) != 1:
            return None
        answer = shown_on_line(way * case.formula, case.varying[0], case.box, fine)
        if not isinstance(answer, Proved):
            return None
        told = "".join(f"{name} = {value}: " for name, value in case.chosen)
        steps += [told + step for step in answer.steps]
    data = {"kind": "signs on pieces", "steps": steps}
    return Proved("signs of the second derivative on pieces", tuple(steps), data) if steps else None


def _by_lines(one: Subject, _: Answer, seconds: float) -> Mapping[str, Answer]:  # noqa: ARG001 - a prover
    found = {name: _on_lines(one, FINE, way) for name, way in (("convex", 1), ("concave", -1))}
    return {name: answer for name, answer in found.items() if answer is not None}


def _strictly(one: Subject, convex: Answer, seconds: float) -> Mapping[str, Answer]:
    """Positive curvature on every piece; of any size, terms that bend in every coordinate."""
    if one.cases:
        answer: Answer | None = _on_lines(one, (POSITIVE,), 1)
        flat = affine_segment(one.program, one.wrt, seconds) if answer is None else None
        answer = Refuted("affine on a segment", flat) if flat is not None else answer
        return {} if answer is None else {"strictly_convex": answer}
    found = degrees_of(one.program, convex, seconds)
    return {finding.name: finding.answer for finding in found if not finding.condition}


_PROVERS: Mapping[str, tuple[Prover, ...]] = {
    **dict.fromkeys(("convex", "concave"), (_by_lines, _by_shapes, _by_pieces)),
    "affine": (_by_shapes, _by_pieces),
    "strictly_convex": (_by_pieces, _strictly),
}


def sides_of(claim: str) -> tuple[str, ...]:
    """The claims that are looked for with chords."""
    return ("convex", "concave") if claim == "affine" else (RESTS_ON.get(claim, claim),)


def conditioned(search: Search, finding: Finding, parts: Parts) -> Finding | None:
    """The finding as one that holds under a condition, if it holds for some numbers at all."""
    claim = finding.name.partition(" in ")[0]
    sides = sides_of(claim)
    open_ = [
        part for part in parts.all
        if part in parts.open and not any(search.fails_at(part, side) for side in sides)
    ]  # fmt: skip
    good: dict[tuple[Interval, ...], Proved] = {}
    waiting = spans.runs(parts.all, open_)
    while waiting:
        run = waiting.pop(0)
        proof = search.answer(spans.joined(run), claim)
        if isinstance(proof, Proved):
            good[tuple(run)] = proof
        else:
            waiting += spans.halves(run)
    proved = [part for run in good for part in run]
    if len(proved) == len(parts.all) or all(map(search.is_constant, proved)):
        return None
    bad = [part for part in parts.all if part not in proved]
    failures = [search.failure(part, claim, parts.needed) for part in bad]
    unknown = [p for p, f in zip(bad, failures, strict=True) if f is None and p in open_]
    return None if unknown else _finding(search, finding, parts, good, failures)


def _finding(
    search: Search,
    finding: Finding,
    parts: Parts,
    good: Mapping[tuple[Interval, ...], Proved],
    failures: Sequence[dict[str, Any] | None],
) -> Finding:
    proved = [part for part in parts.all if any(part in run for run in good)]
    told = spans.condition(search.name, search.domain, parts.all, proved)
    ordered = sorted(good, key=lambda run: parts.all.index(run[0]))
    exact = all(failures)
    data = {
        "kind": "condition", "parameter": search.name, "condition": told, "exact": exact,
        "proofs": [_proof(run, good[run]) for run in ordered],
        "failures": [one for one in failures if one],
        "witness": finding.answer.witness if isinstance(finding.answer, Refuted) else None,
    }  # fmt: skip
    steps = tuple(step for run in ordered for step in good[run].steps)
    methods = dict.fromkeys(good[run].method for run in ordered)
    answer = Proved(f"{METHOD}: {', '.join(methods)}", steps, data)
    return replace(finding, answer=answer, condition=told, exact=exact, detail="", region=())


def _proof(run: Sequence[Interval], proof: Proved) -> dict[str, Any]:
    part = str(spans.joined(run))
    return {"part": part, "method": proof.method, "certificate": proof.certificate}
