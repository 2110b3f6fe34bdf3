"""Sums of products with free indices on both sides are matrix products; they go to BLAS."""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Pow, Symbol

from symloss.lower.nodes import Node
from symloss.spec import array_base


def split_contractions(node: Node) -> list[Node]:
    """The node as stored factors and contractions where it has that form, else as it is."""
    if node.kind != "sum" or len(node.bound) != 1 or not node.indices or node.target:
        return [node]
    whole = _contraction(node, node.expression, node.name)
    if whole is not None and whole[1] == array_base(node.name)[node.indices]:
        return whole[0]
    made: list[Node] = []
    parts: list[Expr] = []
    rest: list[Expr] = []
    for place, term in enumerate(_terms(node)):
        found = _contraction(node, term, f"{node.name}_dot{place}")
        if found is None:
            rest.append(term)
        else:
            made += found[0]
            parts.append(found[1])
    if not made:
        return [node]
    if rest:
        leftover = replace(node, name=f"{node.name}_rest", expression=Add(*rest))
        made.append(leftover)
        parts.append(array_base(leftover.name)[leftover.indices])
    return [*made, replace(node, kind=None, bound=(), expression=Add(*parts))]


def _terms(node: Node) -> tuple[Expr, ...]:
    """The expression as one term if that can be contracted, else multiplied out.

    Not so squares of differences: of (x - y)**2, no digit may be left in x**2 - 2*x*y + y**2.
    """
    if _groups(node.expression, node.indices, node.bound[0]) is not None:
        return (node.expression,)
    factors = Mul.make_args(node.expression)
    if any(isinstance(factor, Pow) and _is_difference(factor) for factor in factors):
        return (node.expression,)
    return tuple(Add.make_args(node.expression.expand(deep=False)))


def _is_difference(power: Pow) -> bool:
    return isinstance(power.base, Add) and bool(power.exp.is_positive)


def _contraction(node: Node, term: Expr, name: str) -> tuple[list[Node], Expr] | None:
    (bound,) = node.bound
    groups = _groups(term, node.indices, bound)
    if groups is None:
        return None
    outside, left, right = groups
    if not _both_sides(node, left, right) and not _is_array(left, 2):
        return None
    if node.indices[0] not in left.free_symbols and node.indices[0] in right.free_symbols:
        left, right = right, left  # what reads the product then goes along its rows
    made: list[Node] = []
    operands = []
    free: tuple[Symbol, ...] = ()
    for side, factor in (("left", left), ("right", right)):
        indices = tuple(index for index in node.indices if index in factor.free_symbols)
        free += indices
        axes = (*indices, bound) if side == "left" else (bound, *indices)
        operands.append(_stored(factor, axes, f"{name}_{side}", made))
    product = Node(name, free, Add(), None, node.bound, left=operands[0], right=operands[1])
    made.append(product)
    return made, outside * array_base(name)[free]


def _stored(factor: Expr, indices: tuple[Symbol, ...], name: str, made: list[Node]) -> Indexed:
    """The factor as an array element: as it is, or stored by a new node."""
    if _is_array(factor, len(indices)):
        return factor
    made.append(Node(name, indices, factor))
    return array_base(name)[indices]


def _both_sides(node: Node, left: Expr, right: Expr) -> bool:
    """Whether both operands carry a free index.

    A product of matrices, not of a matrix and a vector.
    """
    return all(any(index in side.free_symbols for index in node.indices) for side in (left, right))


def _is_array(factor: Expr, rank: int) -> bool:
    """Whether a factor is an element of a stored array, at plain and distinct indices."""
    return (
        isinstance(factor, Indexed)
        and len(set(factor.indices)) == rank == len(factor.indices)
        and all(subscript.is_Symbol for subscript in factor.indices)
    )


def _groups(term: Expr, free: tuple[Symbol, ...], bound: Symbol) -> tuple[Expr, Expr, Expr] | None:
    """The term as (what the sum leaves outside, one side, other side)."""
    inside = [factor for factor in Mul.make_args(term) if bound in factor.free_symbols]
    outside = Mul(*(factor for factor in Mul.make_args(term) if bound not in factor.free_symbols))
    sides: list[tuple[set[Symbol], list[Expr]]] = []
    common: list[Expr] = []
    for factor in inside:
        indices = {index for index in free if index in factor.free_symbols}
        if not indices:
            common.append(factor)
            continue
        touching = [side for side in sides if side[0] & indices]
        merged = (
            indices.union(*(s[0] for s in touching)),
            [f for s in touching for f in s[1]] + [factor],
        )
        sides = [side for side in sides if side not in touching] + [merged]
    if common and len(sides) == 1:
        sides.append((set(), common))
    elif common and sides:
        sides[-1][1].extend(common)
    if len(sides) != 2 or any(len(side[0]) > 1 for side in sides):
        return None
    return outside, Mul(*sides[0][1]), Mul(*sides[1][1])
