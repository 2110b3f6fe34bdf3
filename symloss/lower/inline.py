"""Which indexed steps are worth storing: cheap ones are computed again where they are used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import sympy
from sympy import Add, Expr, Indexed, Mul, Piecewise, Pow

from symloss.language import BY_NODE
from symloss.lower.model import exp_to_one, grouped
from symloss.lower.nodes import Node
from symloss.program import name_of, operands

_FREE = (sympy.Abs, sympy.sign, sympy.Max, sympy.Min)
_MOST_OPERATIONS = 12


def inline(nodes: list[Node], kept_names: tuple[str, ...]) -> list[Node]:
    """Substitute indexed steps that are cheap or used once into their readers."""
    scattered = {node.target for node in nodes if node.target} | {n.name for n in nodes if n.zeroed}
    contracted = {
        name_of(side) for node in nodes if node.is_contraction for side in (node.left, node.right)
    }
    pinned = set(kept_names) | scattered | contracted
    bodies: dict[str, Node] = {}
    kept: list[Node] = []
    for node in nodes:
        node = _substituted(node, bodies)
        uses = sum(_uses(other, node.name) for other in nodes)
        if node.name not in pinned and _worth(node, uses) and not _meets_its_sum(node, nodes):
            bodies[node.name] = node
        else:
            kept.append(node)
    return kept


def _worth(node: Node, uses: int) -> bool:
    if node.kind or node.target or node.is_contraction or node.expression.has(sympy.KroneckerDelta):
        return False
    if not node.indices:
        return not node.expression.args or isinstance(node.expression, Indexed)
    return not is_masked(node.expression) and (uses <= 1 or is_cheap(node.expression))


def _meets_its_sum(node: Node, nodes: list[Node]) -> bool:
    """Whether products in it are added up, and what comes of that then meets it in a difference.

    All must see the same rounding: fused into another operation at each use, a product would be
    rounded here and not there, and what should cancel against it would not.
    """
    body = node.expression
    if not node.indices or not any(map(_is_product, Add.make_args(body))):
        return False
    readers = [other for other in nodes if _uses(other, node.name)]
    sums = {reader.name for reader in readers if reader.kind == "sum"}
    return bool(sums) and any(
        _is_taken_off(reader, node.name) and _below(reader, nodes) & sums for reader in readers
    )


def _is_product(term: Expr) -> bool:
    return isinstance(term.as_coeff_Mul()[1], (Mul, Pow))


def _is_taken_off(reader: Node, name: str) -> bool:
    """Whether it is a term of a difference there, or has something taken off."""
    return any(
        leaf in total.args or -leaf in total.args
        for total in filter(_is_difference, reader.expression.atoms(Add))
        for leaf in operands(total)
        if name_of(leaf) == name
    )


def _below(reader: Node, nodes: list[Node]) -> set[str]:
    """Names of all that a node is made of."""
    found: set[str] = set()
    for node in (reader, *reversed(nodes)):
        if node is reader or node.name in found:
            found |= node.names()
    return found


def is_masked(expression: Expr) -> bool:
    """Whether infinity is selected: LLVM vectorises maxima of what is stored, but not of those."""
    return any(
        branch.is_infinite for choice in expression.atoms(Piecewise) for branch, _ in choice.args
    )


def is_cheap(expression: Expr) -> bool:
    """Whether computing it again costs less than storing it.

    A few additions, products and selections.
    """
    if expression.count_ops() > _MOST_OPERATIONS:
        return False
    return not any(map(is_dear, sympy.preorder_traversal(expression)))


def is_dear(part: Expr) -> bool:
    """Whether this part of an expression is a call that takes many operations."""
    if isinstance(part, Pow):
        return not _plain_power(part)
    if isinstance(part, exp_to_one):
        return True
    return type(part) in BY_NODE and not isinstance(part, _FREE)


def _plain_power(power: Pow) -> bool:
    return bool(power.exp.is_Integer) and -2 <= power.exp <= 4


def _uses(node: Node, name: str) -> int:
    return 0 if node.is_contraction else Counter(name_of(leaf) for leaf in node.leaves())[name]


def _substituted(node: Node, bodies: Mapping[str, Node]) -> Node:
    if node.is_contraction or not (node.names() & set(bodies)):
        return node
    expression = _replace(node.expression, bodies)
    subscripts = tuple(_replace(subscript, bodies) for subscript in node.subscripts)
    return replace(node, expression=expression, subscripts=subscripts)


def _replace(expression: Expr, bodies: Mapping[str, Node]) -> Expr:
    swaps = {}
    added = {
        factor
        for total in expression.atoms(Add)
        for term in total.args
        for factor in Mul.make_args(term)
    }
    for leaf in operands(expression):
        if isinstance(leaf, Indexed):
            inner = leaf.base[tuple(_replace(subscript, bodies) for subscript in leaf.indices)]
        else:
            inner = leaf
        if name_of(leaf) in bodies:
            source = bodies[name_of(leaf)]
            subscripts = inner.indices if isinstance(inner, Indexed) else ()
            inner = source.expression.xreplace(dict(zip(source.indices, subscripts, strict=True)))
            inner = grouped(inner) if leaf in added and _is_difference(inner) else inner
        if inner is not leaf:
            swaps[leaf] = inner
    return expression.xreplace(swaps)


def _is_difference(body: Expr) -> bool:
    """Whether something is taken off in a sum: what it leaves may be far smaller than its terms."""
    if not isinstance(body, Add):
        return False
    terms = [term for term in body.args if not term.is_number]
    return len(terms) > 1 and any(term.could_extract_minus_sign() for term in terms)
