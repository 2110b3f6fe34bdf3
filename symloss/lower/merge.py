"""Steps that compute the same thing become one; sums down columns run along rows.

A table that is another's transpose is that table, read the other way.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Indexed, Integer

from symloss.lower.inline import is_dear
from symloss.lower.nodes import Node
from symloss.program import name_of, operands
from symloss.spec import array_base, index_symbol, scalar_symbol

Key = tuple[object, ...]
# What another step's result is called, and 1 or, of a table that is read the other way, -1.
Swaps = dict[str, tuple[str, int]]


def merge_equal(nodes: list[Node], outputs: tuple[str, ...]) -> list[Node]:
    """The nodes without those that repeat an earlier one under other names."""
    written = {node.target for node in nodes if node.target}
    first: dict[tuple[object, ...], str] = {}
    swaps: Swaps = {}
    kept: list[Node] = []
    for node in nodes:
        node = _renamed(node, swaps)
        if node.name not in {*written, *outputs} and _is_crossed(node):
            node = _turned(node)
            swaps[node.name] = (node.name, -1)
        fixed = not (node.target or node.name in written)
        found = [(first[key], step) for key, step in _keys(node) if key in first]
        if found and fixed and node.name not in outputs:
            name, step = found[0]
            swaps[node.name] = (name, step * swaps.get(node.name, ("", 1))[1])
        else:
            kept.append(node)
            if fixed:
                first.setdefault(_key(node), node.name)
    return kept


def reuse(nodes: list[Node], outputs: tuple[str, ...]) -> list[Node]:
    """The nodes with calls that an earlier number consists of replaced by that number.

    LLVM would compute them again, after a loop that stores where they may have been read.
    """
    known: dict[Expr, Expr] = {}
    result: list[Node] = []
    for node in nodes:
        if not node.is_contraction:
            node = replace(node, expression=node.expression.xreplace(known))
        is_number = not (node.loops or node.target or node.is_contraction)
        if is_number and node.name not in outputs and is_dear(node.expression):
            known[node.expression] = scalar_symbol(node.name)
        result.append(node)
    return result


def _keys(node: Node) -> list[tuple[Key, int]]:
    """What the node computes, and what its transpose does; how their subscripts are taken."""
    keys = [(_key(node), 1)]
    if len(node.indices) == 2 and set(node.indices) <= node.expression.free_symbols:
        keys.append((_key(_turned(node)), -1))
    return keys


def _turned(node: Node) -> Node:
    return replace(node, indices=node.indices[::-1])


def _is_crossed(node: Node) -> bool:
    """Whether a table is computed from others which are all crossed from row to row."""
    tables = _tables(node)
    is_table = len(node.indices) == 2 and not (node.kind or node.target)
    return is_table and bool(tables) and all(leaf.indices == node.indices[::-1] for leaf in tables)


def _tables(node: Node) -> list[Indexed]:
    """Elements with two subscripts that a node reads."""
    leaves = operands(node.expression)
    return [leaf for leaf in leaves if isinstance(leaf, Indexed) and len(leaf.indices) == 2]


def _key(node: Node) -> Key:
    stand_ins = {index: index_symbol(f"axis {place}") for place, index in enumerate(node.loops)}
    sides = tuple(side and side.xreplace(stand_ins) for side in (node.left, node.right))
    return node.kind, len(node.indices), node.expression.xreplace(stand_ins), sides


def _renamed(node: Node, swaps: Swaps) -> Node:
    if not swaps or not node.names() & set(swaps):
        return node
    return replace(
        node,
        expression=_swap(node.expression, swaps),
        subscripts=tuple(_swap(subscript, swaps) for subscript in node.subscripts),
        left=node.left and _swap(node.left, swaps),
        right=node.right and _swap(node.right, swaps),
    )


def _swap(expression: Expr, swaps: Swaps) -> Expr:
    changed: dict[Expr, Expr] = {}
    for leaf in operands(expression):
        if isinstance(leaf, Indexed):
            name, step = swaps.get(name_of(leaf), (name_of(leaf), 1))
            subscripts = tuple(_swap(subscript, swaps) for subscript in leaf.indices)[::step]
            changed[leaf] = array_base(name, integer=bool(leaf.is_integer))[subscripts]
        elif leaf.name in swaps:
            make = index_symbol if leaf.is_integer else scalar_symbol
            changed[leaf] = make(swaps[leaf.name][0])
    return expression.xreplace(changed)


def along_rows(node: Node) -> list[Node]:
    """A sum whose arrays are all crossed from row to row, as additions to a row of totals."""
    if node.kind != "sum" or len(node.bound) != 1 or len(node.indices) != 1 or node.target:
        return [node]
    (bound,), (free,) = node.bound, node.indices
    tables = _tables(node)
    if not tables or any(tuple(leaf.indices) != (bound, free) for leaf in tables):
        return [node]
    start = replace(node, kind=None, bound=(), expression=Integer(0), zeroed=True)
    add = Node(
        f"{node.name}_rows", (bound, free), node.expression, target=node.name, subscripts=(free,)
    )
    return [start, add]
