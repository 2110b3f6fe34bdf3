"""Steps that compute the same thing become one; sums down columns run along rows."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Indexed, Integer

from symloss.lower.nodes import Node
from symloss.program import operands
from symloss.spec import array_base, index_symbol, scalar_symbol


def merge_equal(nodes: list[Node], outputs: tuple[str, ...]) -> list[Node]:
    """The nodes without those that repeat an earlier one under other names."""
    written = {node.target for node in nodes if node.target}
    first: dict[tuple[object, ...], str] = {}
    swaps: dict[str, str] = {}
    kept: list[Node] = []
    for node in nodes:
        node = _renamed(node, swaps)
        key = _key(node)
        if node.target or node.name in written or node.name in outputs or key not in first:
            kept.append(node)
            if not node.target and node.name not in written:
                first.setdefault(key, node.name)
        else:
            swaps[node.name] = first[key]
    return kept


def _key(node: Node) -> tuple[object, ...]:
    stand_ins = {index: index_symbol(f"axis {place}") for place, index in enumerate(node.loops)}
    sides = tuple(side and side.xreplace(stand_ins) for side in (node.left, node.right))
    return node.kind, len(node.indices), node.expression.xreplace(stand_ins), sides


def _renamed(node: Node, swaps: dict[str, str]) -> Node:
    if not swaps or not node.names() & set(swaps):
        return node
    return replace(
        node,
        expression=_swap(node.expression, swaps),
        subscripts=tuple(_swap(subscript, swaps) for subscript in node.subscripts),
        left=node.left and _swap(node.left, swaps),
        right=node.right and _swap(node.right, swaps),
    )


def _swap(expression: Expr, swaps: dict[str, str]) -> Expr:
    changed: dict[Expr, Expr] = {}
    for leaf in operands(expression):
        if isinstance(leaf, Indexed):
            old = str(leaf.base.label.name)
            subscripts = tuple(_swap(subscript, swaps) for subscript in leaf.indices)
            changed[leaf] = array_base(swaps.get(old, old), integer=bool(leaf.is_integer))[
                subscripts
            ]
        elif leaf.name in swaps:
            make = index_symbol if leaf.is_integer else scalar_symbol
            changed[leaf] = make(swaps[leaf.name])
    return expression.xreplace(changed)


def along_rows(node: Node) -> list[Node]:
    """A sum whose arrays are all crossed from row to row, as additions to a row of totals."""
    if node.kind != "sum" or len(node.bound) != 1 or len(node.indices) != 1 or node.target:
        return [node]
    (bound,), (free,) = node.bound, node.indices
    tables = [
        leaf
        for leaf in operands(node.expression)
        if isinstance(leaf, Indexed) and len(leaf.indices) == 2
    ]
    if not tables or any(tuple(leaf.indices) != (bound, free) for leaf in tables):
        return [node]
    start = replace(node, kind=None, bound=(), expression=Integer(0), zeroed=True)
    add = Node(
        f"{node.name}_rows", (bound, free), node.expression, target=node.name, subscripts=(free,)
    )
    return [start, add]
