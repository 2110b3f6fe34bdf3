"""Laws that SymPy decides quickly, by algebra.

Only what is cheap and sure is tried: definitions and calls are unfolded, the language's functions
become those that define them, and the difference of the two sides is expanded. Whatever does not
vanish then is left to sampling.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Indexed, Piecewise

from symloss.language import BY_NODE, Call, Limit, Reduction, StopGradient
from symloss.spec import Relation, Spec, scalar_symbol

MOST_OPERATIONS = 300
"""Expressions beyond are not expanded."""


def holds_exactly(spec: Spec, relation: Relation) -> bool:
    """Whether algebra alone shows an identity; False says nothing."""
    if relation.operator != "==":
        return False
    left, right = closed(spec, relation.left), closed(spec, relation.right)
    return left is not None and right is not None and _vanishes(left - right)


def closed(spec: Spec, expression: Expr) -> Expr | None:
    """An expression in the spec's scalar arguments alone, or None where arrays take part."""
    known: dict[Expr, Expr] = {}
    for entry in spec.definitions:
        if entry.indices:
            return None
        found = _unfolded(spec, entry.expression, known)
        if found is None:
            return None
        known[scalar_symbol(entry.name)] = found
    return _unfolded(spec, expression, known)


def _unfolded(spec: Spec, expression: Expr, known: dict[Expr, Expr]) -> Expr | None:
    if expression.has(Reduction, Indexed, Limit, StopGradient):
        return None
    calls = sorted(expression.atoms(Call), key=sympy.default_sort_key)
    values = {call: _called(spec, call) for call in calls}
    if any(value is None for value in values.values()):
        return None
    return _defined(expression.xreplace(values).xreplace(known))


def _called(spec: Spec, call: Call) -> Expr | None:
    callee = spec.calls.get(call.callee, spec if call.callee == spec.name else None)
    if callee is None or any(entry.shape for entry in callee.inputs):
        return None
    body = closed(callee, scalar_symbol("loss"))
    if body is None:
        return None
    names = map(scalar_symbol, callee.arguments)
    return body.xreplace(dict(zip(names, call.arguments, strict=True)))


def _defined(expression: Expr) -> Expr:
    """The language's own functions as what defines them."""
    for node, row in BY_NODE.items():
        if row.definition is not None:
            expression = expression.replace(node, row.definition)
    return expression


def _vanishes(difference: Expr) -> bool:
    if difference == 0:
        return True
    if difference.count_ops() > MOST_OPERATIONS or difference.has(Piecewise):
        return False
    return bool(sympy.expand(difference) == 0 or sympy.expand(sympy.together(difference)) == 0)
