"""A program as mathematics for people: text and LaTeX, one definition a line."""

from __future__ import annotations

import sympy

from symloss.language import REDUCTIONS
from symloss.program.model import Program, Step

_ARG = {"argmax": r"\arg\max", "argmin": r"\arg\min"}


def text(program: Program) -> str:
    """The program's steps as readable lines, in the spelling of spec files."""
    return "\n".join(f"{_left(step)} = {_right(step)}" for step in program.steps)


def latex(program: Program) -> str:
    """The program's steps as an aligned LaTeX block."""
    rows = (rf"{_latex(step.element())} &= {_latex_right(step)} \\" for step in program.steps)
    return "\n".join((r"\begin{aligned}", *rows, r"\end{aligned}"))


def _left(step: Step) -> str:
    subscripts = f"[{', '.join(map(str, step.indices))}]" if step.indices else ""
    return step.name + subscripts


def _right(step: Step) -> str:
    body = sympy.sstr(step.expression)
    if step.held:
        return f"stop_gradient({body})"
    return body if step.kind is None else f"{step.kind}({body}, {', '.join(map(str, step.bound))})"


def _latex_right(step: Step) -> str:
    if step.kind is None:
        return _latex(step.expression)
    if step.kind in _ARG:
        return rf"{_ARG[step.kind]}_{{{step.bound[0]}}} {_latex(step.expression)}"
    return _latex(REDUCTIONS[step.kind](step.expression, *step.bound))


def _latex(expression: sympy.Expr) -> str:
    return str(sympy.latex(expression))
