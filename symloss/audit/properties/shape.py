"""Convex, concave, affine: jointly in `wrt`, and in each name of it alone."""

from __future__ import annotations

from dataclasses import replace

from symloss.audit.composition import shapes
from symloss.audit.findings import Finding
from symloss.audit.signs import convex_on_box
from symloss.audit.subject import Case, Subject, along_difference
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown


def shape(subject: Subject, seconds: float) -> list[Finding]:
    """The shapes of a loss, for every size of its core dimensions."""
    share = seconds / (1 + (len(subject.wrt) if len(subject.wrt) > 1 else 0))
    answers = shapes(subject.program, share)
    for name, way in (("convex", 1), ("concave", -1)):
        if isinstance(answers[name], Unknown) and subject.cases:
            answers[name] = _case_by_case(subject, way, share, answers[name])
    found = [Finding(name, answer) for name, answer in answers.items()]
    for name in subject.wrt if len(subject.wrt) > 1 else ():
        alone = shapes(replace(subject.program, wrt=(name,)), share)
        found.append(Finding(f"convex in {name}", alone["convex"]))
    return found


def _case_by_case(subject: Subject, way: int, seconds: float, known: Answer) -> Answer:
    """For each choice of the inputs with finitely many values, and in x - y where that is all."""
    steps: list[str] = []
    for case in map(along_difference, subject.cases):
        answer = _of_case(case, way, seconds)
        if isinstance(answer, Refuted) and not case.widened:
            given = {"given": dict(case.chosen), "formula": str(case.formula)}
            return Refuted(answer.method, {**answer.witness, **given})
        if not isinstance(answer, Proved):
            return known
        told = ", ".join(f"{name} = {value}" for name, value in case.chosen)
        steps += [f"{told}: {step}" if told else step for step in answer.steps]
    return Proved("second derivative on pieces, slopes at joints", tuple(steps))


def _of_case(case: Case, way: int, seconds: float) -> Answer:
    return convex_on_box(way * case.formula, case.varying, case.box, seconds)
