"""Exponentials of a logsumexp's terms less the logsumexp are softmaxes while derivatives are taken.

What reaches the logits through a softmax p is p*(a - sum(p*a)), with the adjoint a: a difference of
numbers of one size. By way of the logsumexp, each part would be rounded by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Add, Dummy, Expr, Indexed, Symbol, exp

from symloss.derive.reductions import softmax
from symloss.program import Program, Step, name_of, operands, unused, without_dead_steps
from symloss.stable import place_of


def with_softmaxes(program: Program) -> Program:
    """The program with softmaxes as steps of their own."""
    indices = frozenset(program.ranges)
    taken = {step.name for step in program.steps} | {entry.name for entry in program.arguments}
    wholes: dict[str, Step] = {}
    softmaxes: dict[str, Step] = {}
    steps: list[Step] = []
    for step in program.steps:
        swaps: dict[Expr, Expr] = {}
        for node, whole, place, times in _shares(step, wholes, indices):
            if whole.name not in softmaxes:
                made = softmax(whole)
                is_plain = not step.kind and times == 1 and place == step.indices
                if is_plain and node == step.expression:
                    step = softmaxes[whole.name] = replace(made, name=step.name)
                    break
                softmaxes[whole.name] = replace(made, name=unused(made.name, taken))
                steps.append(softmaxes[whole.name])
            swaps[node] = softmaxes[whole.name].element(place) ** times
        steps.append(replace(step, expression=step.expression.xreplace(swaps)))
        if step.kind == "logsumexp" and len(step.bound) == 1:
            wholes[step.name] = step
    return without_dead_steps(replace(program, steps=tuple(steps)))


def _shares(
    step: Step, wholes: Mapping[str, Step], indices: frozenset[Symbol]
) -> Iterator[tuple[Expr, Step, tuple[Expr, ...], Expr]]:
    """Exponentials in a step that are powers of softmaxes, with logsumexp, place and exponent."""
    nodes = () if step.held else sorted(step.expression.atoms(exp), key=str)
    for node in nodes:
        terms = Add.make_args(node.args[0])
        for leaf in operands(node.args[0]):
            whole, times = wholes.get(name_of(leaf)), -node.args[0].coeff(leaf)
            if whole is None or not times.is_positive or not times.is_number:
                continue
            free = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
            other = Dummy(integer=True)
            there = dict(zip(whole.loops, (*free, other), strict=True))
            body = Add(*(term / times for term in terms), leaf)
            place = place_of(whole.expression.xreplace(there), other, body)
            if place in indices:
                yield node, whole, (*free, place), times
                break
