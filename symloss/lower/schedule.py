"""Nodes -> loops.

Nodes that range over the same dimension share a loop wherever dependence allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Expr, Indexed, Symbol

from symloss.lower.model import Accumulate, Assign, Loop, Statement, Store, Zero
from symloss.lower.nodes import Node
from symloss.program import name_of


@dataclass(frozen=True)
class _Pending:
    """A node inside some loops.

    `done` of its own loops are open, their indices renamed to the loops'.
    """

    node: Node
    done: int = 0

    @property
    def left(self) -> tuple[Symbol, ...]:
        """Loops still to be opened; an array is zeroed whole."""
        return () if self.node.zeroed else self.node.loops[self.done :]

    @property
    def next_is_free(self) -> bool:
        return self.done < len(self.node.indices)


def schedule(
    nodes: list[Node], ranges: Mapping[Symbol, Expr], outputs: frozenset[str]
) -> tuple[Statement, ...]:
    """Statements that compute the nodes, each of which reads only earlier ones."""
    return tuple(_Scheduler(ranges, outputs).run([_Pending(node) for node in nodes]))


class _Scheduler:
    def __init__(self, ranges: Mapping[Symbol, Expr], outputs: frozenset[str]) -> None:
        self.ranges = ranges
        self.outputs = outputs

    def run(self, pending: list[_Pending]) -> list[Statement]:
        statements: list[Statement] = []
        while pending:
            first = pending[0]
            if not first.left:
                statements.append(self._leaf(first.node))
                pending = pending[1:]
                continue
            group = self._group(pending)
            statements.append(self._loop(group))
            pending = [entry for entry in pending if entry not in group]
        return statements

    def _group(self, pending: list[_Pending]) -> list[_Pending]:
        """The first node and all later ones that can run in the same loop."""
        first = pending[0]
        dimension = self.ranges[first.left[0]]
        group = [first]
        waiting: list[_Pending] = []
        for entry in pending[1:]:
            fits = bool(entry.left) and self.ranges[entry.left[0]] == dimension
            blocked = any(_depends(entry.node, other.node) for other in waiting)
            if fits and not blocked and all(_pointwise(entry, member) for member in group):
                group.append(entry)
            else:
                waiting.append(entry)
        return group

    def _loop(self, group: list[_Pending]) -> Loop:
        index = group[0].left[0]
        opened = [
            _Pending(_renamed(entry.node, entry.left[0], index), entry.done + 1) for entry in group
        ]
        totals = tuple(
            (entry.node.name, entry.node.kind)
            for entry in opened
            if entry.node.kind and entry.done == len(entry.node.indices) + 1
        )
        return Loop(index, self.ranges[index], tuple(self.run(opened)), totals)

    def _leaf(self, node: Node) -> Statement:
        """The statement of a node whose loops are all open."""
        if node.target:
            scaled = node.target in self.outputs
            return Store(node.target, node.subscripts, node.expression, add=True, scaled=scaled)
        if node.kind:
            place = node.bound[-1] if node.is_integer else None
            return Accumulate(node.name, node.kind, node.expression, place, node.indices)
        if node.zeroed:
            return Zero(node.name)
        if node.indices or (node.name in self.outputs and node.name != "loss"):
            return Store(node.name, node.indices, node.expression, scaled=node.name in self.outputs)
        return Assign(node.name, node.expression, node.is_integer)


def _renamed(node: Node, old: Symbol, new: Symbol) -> Node:
    """The node with one of its loop indices called otherwise.

    An index that had that name takes the old one.
    """
    if old == new:
        return node
    swap = {old: new, new: old}
    return replace(
        node,
        indices=tuple(swap.get(index, index) for index in node.indices),
        bound=tuple(swap.get(index, index) for index in node.bound),
        expression=node.expression.xreplace(swap),
        subscripts=tuple(subscript.xreplace(swap) for subscript in node.subscripts),
    )


def _depends(reader: Node, writer: Node) -> bool:
    """Whether one node reads what another writes, or adds to it."""
    return writer.result in reader.names() or (
        bool(reader.target) and reader.target == writer.result
    )


def _pointwise(entry: _Pending, member: _Pending) -> bool:
    """Whether `entry` may share the loop that `member` is about to open.

    It may if it does not depend on it, or reads from it only what the same turn of the loop wrote.
    """
    if not _depends(entry.node, member.node):
        return True
    if not member.next_is_free and not member.node.target:
        return False
    written = _subscript(member.node, member.done)
    if written != member.left[0]:
        return False
    reads = [leaf for leaf in entry.node.leaves() if name_of(leaf) == member.node.result]
    places = [leaf.indices[member.done] for leaf in reads if isinstance(leaf, Indexed)]
    if entry.node.target == member.node.result:
        places.append(_subscript(entry.node, member.done))
    return bool(places) and all(place == entry.left[0] for place in places)


def _subscript(node: Node, axis: int) -> Expr | None:
    """Where along an axis of its result a node writes."""
    subscripts = node.subscripts if node.target else node.indices
    return subscripts[axis] if axis < len(subscripts) else None
