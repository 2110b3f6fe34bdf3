"""Work items of lowering: a program's steps, with what only code needs (scatters, contractions)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr, Indexed, Symbol

from symloss.program import Kind, Step, name_of, operands, references


@dataclass(frozen=True)
class Node:
    """A step to be scheduled.

    Attributes:
        indices: free indices; they index what is stored, unless `target` says where a scatter goes.
        target: for a scatter, the array that is added to; `subscripts` say where.
        left, right: for a contraction, the operands (array elements).
    """

    name: str
    indices: tuple[Symbol, ...]
    expression: Expr
    kind: Kind | None = None
    bound: tuple[Symbol, ...] = ()
    target: str = ""
    subscripts: tuple[Expr, ...] = ()
    left: Indexed | None = None
    right: Indexed | None = None
    zeroed: bool = False
    reads: frozenset[str] = field(default=frozenset())

    @property
    def is_contraction(self) -> bool:
        """Whether BLAS computes it."""
        return self.left is not None

    @property
    def is_integer(self) -> bool:
        """Whether the value is a place along an axis."""
        return self.kind in ("argmax", "argmin")

    @property
    def loops(self) -> tuple[Symbol, ...]:
        """Free, then bound indices."""
        return self.indices + self.bound

    @property
    def result(self) -> str:
        """The name of the array or scalar it writes."""
        return self.target or self.name

    def leaves(self) -> tuple[Expr, ...]:
        """Every operand read, in the expression and in the subscripts."""
        found = dict.fromkeys(operands(self.expression))
        for subscript in self.subscripts:
            found.update(dict.fromkeys(operands(subscript)))
        for leaf in tuple(found):
            found.update(dict.fromkeys(_inner(leaf)))
        return tuple(found)

    def names(self) -> frozenset[str]:
        """Names of everything read."""
        if self.is_contraction:
            return frozenset(references(self.left) | references(self.right))
        return frozenset(name_of(leaf) for leaf in self.leaves())


def _inner(leaf: Expr) -> tuple[Expr, ...]:
    """Operands inside the subscripts of an element."""
    if not isinstance(leaf, Indexed):
        return ()
    found: dict[Expr, None] = {}
    for subscript in leaf.indices:
        for part in operands(subscript):
            found[part] = None
            found.update(dict.fromkeys(_inner(part)))
    return tuple(found)


def node_of(step: Step) -> Node:
    """The work item of a step."""
    return Node(step.name, step.indices, step.expression, step.kind, step.bound)
