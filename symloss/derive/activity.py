"""What a program's steps depend on, and what is known of their signs."""

from __future__ import annotations

from sympy import Dummy, Expr, Indexed, Symbol

from symloss.derive.partial import Sign
from symloss.language import signs_of_domain
from symloss.program import Program, name_of, operands, references


def active_names(program: Program, variables: tuple[str, ...]) -> frozenset[str]:
    """Names whose value varies with the variables, through steps that are not held constant."""
    active = set(variables)
    for step in program.steps:
        if not step.held and not step.is_integer and active & references(step.expression):
            active.add(step.name)
    return frozenset(active)


def sign_oracle(program: Program) -> Sign:
    """A function that tells whether an expression is nonnegative, and positive, for all inputs."""
    known = {entry.name: signs_of_domain(entry.domain) for entry in program.arguments}

    arguments = set(known)

    def sign(expression: Expr) -> tuple[bool, bool]:
        if isinstance(expression, (Indexed, Symbol)) and name_of(expression) in arguments:
            # What ends at 0 has no minimum there to be flat at.
            return False, known[name_of(expression)][1]
        stand_ins = {
            leaf: Dummy(nonnegative=True, positive=known[name_of(leaf)][1] or None)
            for leaf in operands(expression)
            if not leaf.is_integer and known.get(name_of(leaf), (False, False))[0]
        }
        seen = expression.xreplace(stand_ins)
        return bool(seen.is_nonnegative), bool(seen.is_positive)

    for step in program.steps:
        if step.kind == "norm":
            known[step.name] = True, False
        elif step.kind in (None, "sum", "max", "min", "prod") and not step.is_integer:
            nonnegative, positive = sign(step.expression)
            known[step.name] = (nonnegative, positive and step.kind != "sum")  # a sum may be empty
    return sign
