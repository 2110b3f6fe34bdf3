"""Specs from a few lines, and a plain interpreter of programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sympy
from sympy import Expr, Indexed, KroneckerDelta

from symloss.derive import Derivation
from symloss.language import BY_NODE, quotient
from symloss.program import Program, operands
from symloss.spec import Spec, read_spec

DIGITS = 50


@pytest.fixture
def spec_of(tmp_path: Path) -> Callable[..., Spec]:
    """Writes a TOML of some math and inputs, and reads it."""

    def make(math: str, inputs: Mapping[str, str], parameters: str = "", wrt: str = "") -> Spec:
        table = "\n".join(f"{name} = {{ {fields} }}" for name, fields in inputs.items())
        text = f"title = 'Test'\n{wrt}\nmath = '''\n{math}\n'''\n[inputs]\n{table}\n"
        if parameters:
            text += f"[parameters]\n{parameters}\n"
        file = tmp_path / "tried.toml"
        file.write_text(text)
        return read_spec(file)

    return make


def assert_same(
    plain: Derivation, ours: Derivation, values: Mapping[str, Any], sizes: Mapping[str, int]
) -> None:
    """Value, gradient and Hessian-vector product are the same numbers in two forms."""
    for part in ("value", "gradient", "hessian_vector_product"):
        expected, found = (interpret(getattr(one, part), values, sizes) for one in (plain, ours))
        for output in expected:
            for place, number in expected[output].items():
                assert found[output][place] == pytest.approx(number, rel=1e-20, abs=1e-20)


def interpret(
    program: Program, values: Mapping[str, Any], sizes: Mapping[str, int]
) -> dict[str, Any]:
    """Every step of a program at exact numbers: name -> {subscripts: value}."""
    known: dict[str, dict[tuple[int, ...], Expr]] = {
        name: _table(value) for name, value in values.items()
    }
    for step in program.steps:
        spans = {index: range(_size(program.ranges[index], sizes)) for index in step.loops}
        found = {}
        for free in product(*(spans[index] for index in step.indices)):
            place = dict(zip(step.indices, free, strict=True))
            terms = []
            for bound in product(*(spans[index] for index in step.bound)):
                here = place | dict(zip(step.bound, bound, strict=True))
                terms.append((_evaluate(step.expression, here, known, sizes), bound))
            found[free] = _reduce(step.kind, terms)
        known[step.name] = found
    return {name: known[name] for name in program.outputs}


def _reduce(kind: str | None, terms: list[tuple[Expr, tuple[int, ...]]]) -> Expr:
    values = [value for value, _ in terms]
    match kind:
        case None:
            return values[0]
        case "sum":
            return sympy.Add(*values)
        case "prod":
            return sympy.Mul(*values)
        case "max" | "min":
            return (max if kind == "max" else min)(values)
        case "argmax" | "argmin":
            best = (max if kind == "argmax" else min)(values)
            return sympy.Integer(next(bound[0] for value, bound in terms if value == best))
    return sympy.log(sympy.Add(*(sympy.exp(value) for value in values))).evalf(DIGITS)


def _evaluate(expression: Expr, place: Mapping, known: Mapping, sizes: Mapping[str, int]) -> Expr:
    swaps: dict[Expr, Expr] = {}
    for leaf in operands(expression):
        if leaf in place:
            swaps[leaf] = sympy.Integer(place[leaf])
        elif isinstance(leaf, Indexed):
            subscripts = tuple(int(_evaluate(part, place, known, sizes)) for part in leaf.indices)
            swaps[leaf] = known[str(leaf.base.label.name)][subscripts]
        elif leaf.name in sizes:
            swaps[leaf] = sympy.Integer(sizes[leaf.name])
        else:
            swaps[leaf] = known[leaf.name][()]
    return _number(expression.xreplace(swaps))


def _number(expression: Expr) -> Expr:
    for node, row in BY_NODE.items():
        if row.definition is not None and expression.has(node):
            expression = expression.replace(node, row.definition)
    expression = expression.replace(quotient, lambda x, y: x / y)
    expression = expression.replace(KroneckerDelta, lambda a, b: sympy.Integer(int(a == b)))
    return expression.evalf(DIGITS)


def _table(value: Any) -> dict[tuple[int, ...], Expr]:
    if not isinstance(value, list):
        return {(): sympy.Rational(str(value))}
    return {
        (first, *rest): number
        for first, entry in enumerate(value)
        for rest, number in _table(entry).items()
    }


def _size(dimension: Expr, sizes: Mapping[str, int]) -> int:
    return int(dimension) if dimension.is_Integer else sizes[str(dimension)]
