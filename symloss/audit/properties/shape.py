"""Convex, concave, affine: jointly in `wrt`, and in each name of it alone."""

from __future__ import annotations

import time
from dataclasses import replace

from symloss.audit.composition import degrees, shapes
from symloss.audit.findings import Finding
from symloss.audit.signs import convex_on_box
from symloss.audit.subject import Case, Subject, along_difference
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.program import Program


def shape(subject: Subject, seconds: float) -> list[Finding]:
    """The shapes of a loss, for every size of its core dimensions."""
    end = time.process_time() + seconds
    alone = subject.wrt if len(subject.wrt) > 1 else ()
    answers = shapes_of(subject, seconds / (2 + len(alone)))
    found = [Finding(name, answer) for name, answer in answers.items()]
    parts = [replace(subject.program, wrt=(name,)) for name in alone]
    single = [shapes(part, _share(end, 2 + len(alone) - n)) for n, part in enumerate(parts)]
    found += degrees_of(subject.program, answers["convex"], _share(end, 1 + len(alone)))
    for name, part, told in zip(alone, parts, single, strict=True):
        mine = [Finding(what, answer) for what, answer in told.items()]
        mine += degrees_of(part, told["convex"], _share(end, 2))
        found += [replace(one, name=f"{one.name} in {name}", wrt=(name,)) for one in mine]
    return found


def _share(end: float, parts: int) -> float:
    return max(0.0, end - time.process_time()) / parts


def shapes_of(subject: Subject, seconds: float) -> dict[str, Answer]:
    """Convex, concave, affine, jointly in `wrt`."""
    answers = shapes(subject.program, seconds)
    for name, way in (("convex", 1), ("concave", -1)):
        if isinstance(answers[name], Unknown) and subject.cases:
            answers[name] = _case_by_case(subject, way, seconds, answers[name])
    return answers


def degrees_of(program: Program, convex: Answer, seconds: float) -> list[Finding]:
    """Strict, strong and quasiconvexity, where they are known and do not follow."""
    try:
        found = degrees(program, convex, seconds)
    except (NotImplementedError, ValueError, TypeError, ZeroDivisionError, RecursionError):
        return []  # SymPy's ways to say that it does not know
    answers = {
        "strictly_convex": (found.strict, found.condition),
        "strongly_convex": (found.strong, found.condition),
        "quasiconvex": (found.quasi, ""),
    }
    return [
        Finding(name, answer, condition=condition if isinstance(answer, Proved) else "")
        for name, (answer, condition) in answers.items()
        if not isinstance(answer, Unknown)
    ]


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
