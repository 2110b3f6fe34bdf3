"""A subject with the domain of one parameter made smaller, or that parameter set."""

from __future__ import annotations

from dataclasses import replace

import sympy

from symloss.audit.conditions.spans import is_point
from symloss.audit.subject import Case, Subject
from symloss.language import Interval
from symloss.program import Program
from symloss.spec import scalar_symbol

_WRONG = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)


def narrowed(subject: Subject, name: str, part: Interval) -> Subject | None:
    """The subject with the parameter in the part; None where the loss is not defined then."""
    program = _program(subject.program, name, part)
    cases = tuple(_case(case, name, part) for case in subject.cases)
    broken = any(step.expression.has(sympy.nan, sympy.zoo) for step in program.steps)
    if broken or any(case.formula.has(*_WRONG) for case in cases):
        return None
    return replace(subject, program=program, cases=cases)


def _program(program: Program, name: str, part: Interval) -> Program:
    if is_point(part):
        symbol = scalar_symbol(name)
        steps = tuple(
            replace(s, expression=s.expression.subs(symbol, part.low)) for s in program.steps
        )
        kept = tuple(entry for entry in program.parameters if entry.name != name)
        return replace(program, steps=steps, parameters=kept)
    entries = tuple(
        replace(entry, domain=part) if entry.name == name else entry for entry in program.parameters
    )
    return replace(program, parameters=entries)


def _case(case: Case, name: str, part: Interval) -> Case:
    symbol = scalar_symbol(name)
    if symbol not in case.box:
        return case
    if is_point(part):
        box = {other: domain for other, domain in case.box.items() if other != symbol}
        return replace(case, formula=case.formula.subs(symbol, part.low), box=box)
    return replace(case, box={**case.box, symbol: part})


def alone(subject: Subject, name: str) -> Subject:
    """The subject as a function of one name of `wrt`."""
    return replace(subject, program=replace(subject.program, wrt=(name,)), cases=())
