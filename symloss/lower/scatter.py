"""KroneckerDelta terms become scatters.

`d[a] = f[a] - [a == label]` is a store, then `d[label] += -1`.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Integer, KroneckerDelta, Mul, Symbol, expand_mul

from symloss.errors import DerivationError
from symloss.lower.nodes import Node


def split_scatters(node: Node) -> list[Node]:
    """The node without KroneckerDelta terms, followed by a scatter for each of them."""
    if not node.expression.has(KroneckerDelta):
        return [node]
    terms = [_collapse(term, node) for term in _terms(node.expression)]
    plain = [term for term in terms if not term.has(KroneckerDelta)]
    deltas = [term for term in terms if term.has(KroneckerDelta)]
    if not deltas:
        return [replace(node, expression=Add(*plain))]
    if not node.indices or node.kind not in (None, "sum"):
        raise DerivationError(
            f"cannot place {node.expression} in {node.name}: it selects inside a reduction"
        )
    if node.kind == "sum":
        start = [replace(node, kind=None, bound=(), expression=Integer(0), zeroed=True)]
        rest = [_scatter(node, term, place) for place, term in enumerate([*plain, *deltas])]
        return start + rest
    first = replace(node, expression=Add(*plain), zeroed=not plain)
    return [first, *(_scatter(node, term, place) for place, term in enumerate(deltas))]


def _terms(expression: Expr) -> list[Expr]:
    """The terms of a sum; those with a delta inside a factor are multiplied out."""
    found: list[Expr] = []
    for term in Add.make_args(expression):
        nested = any(factor.is_Add and factor.has(KroneckerDelta) for factor in Mul.make_args(term))
        found += _terms(expand_mul(term)) if nested else [term]
    return found


def _collapse(term: Expr, node: Node) -> Expr:
    """Within a sum, `sum over k of f[k]*[k == a]` is f[a]; other deltas stay."""
    if node.kind != "sum" or len(node.bound) != 1:
        return term
    (bound,) = node.bound
    for delta in term.atoms(KroneckerDelta):
        other = next((side for side in delta.args if side != bound), bound)
        if bound in delta.args and bound not in other.free_symbols and not node.indices:
            return (term / delta).xreplace({bound: other})
    return term


def _scatter(node: Node, term: Expr, place: int) -> Node:
    """A node that adds the term's coefficient where its deltas point."""
    loops = list(node.loops)
    subscripts: dict[Symbol, Expr] = {index: index for index in node.indices}
    coefficient, deltas = _separate(term)
    for delta in deltas:
        axis, other = _oriented(delta, subscripts)
        replaced = {axis: other}
        subscripts = {index: value.xreplace(replaced) for index, value in subscripts.items()}
        coefficient = coefficient.xreplace(replaced)
        loops.remove(axis)
    return Node(
        name=f"{node.name}_at{place}",
        indices=tuple(loops),
        expression=coefficient,
        target=node.name,
        subscripts=tuple(subscripts[index] for index in node.indices),
    )


def _separate(term: Expr) -> tuple[Expr, list[KroneckerDelta]]:
    factors = Mul.make_args(term)
    deltas = [factor for factor in factors if isinstance(factor, KroneckerDelta)]
    rest = Mul(*(factor for factor in factors if not isinstance(factor, KroneckerDelta)))
    if rest.has(KroneckerDelta):
        raise DerivationError(
            f"cannot turn {term} into a scatter: the selection is not a plain factor"
        )
    return rest, deltas


def _oriented(delta: KroneckerDelta, subscripts: dict[Symbol, Expr]) -> tuple[Symbol, Expr]:
    """The delta as (axis, where it points)."""
    one, other = delta.args
    if one in subscripts and subscripts[one] == one:
        return one, other
    if other in subscripts and subscripts[other] == other:
        return other, one
    raise DerivationError(
        f"cannot turn {delta} into a scatter: neither side is an axis of the result"
    )
