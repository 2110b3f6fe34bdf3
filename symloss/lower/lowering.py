"""Derivation -> Kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from sympy import Expr

from symloss.derive import Derivation
from symloss.language import Domain, Index
from symloss.lower.contract import split_contractions
from symloss.lower.cost import cost
from symloss.lower.expand import expand_logsumexp
from symloss.lower.guards import count_outside, guarded_names, select_valid
from symloss.lower.homes import housed
from symloss.lower.inline import inline
from symloss.lower.merge import along_rows, merge_equal, reuse
from symloss.lower.model import (
    Array,
    Block,
    Contraction,
    Kernel,
    Output,
    Phase,
    Procedure,
    Statement,
)
from symloss.lower.nodes import Node, node_of
from symloss.lower.scatter import split_scatters
from symloss.lower.schedule import schedule
from symloss.lower.share import new_names, share
from symloss.lower.storage import place_arrays, reads_of
from symloss.program import Program, name_of, references, text, without_dead_steps
from symloss.spec import dimension_symbol
from symloss.stable import rewritten


def lower(derivation: Derivation) -> Kernel:
    """Order, loops and storage for every function of a loss."""
    gradient = derivation.gradient
    alone = without_dead_steps(gradient, gradient.outputs[1:])
    programs = {"value": derivation.value, "gradient": alone, "value_and_gradient": gradient}
    if derivation.second is not None:
        programs["hessian"] = derivation.second
    if derivation.second is None or len(gradient.wrt) > 1:
        # Otherwise a product is the second derivative, weighted by the vector.
        programs["hessian_vector_product"] = derivation.hessian_vector_product
    programs = {name: expand_logsumexp(_stable(program)) for name, program in programs.items()}
    procedures = {name: _procedure(name, program) for name, program in programs.items()}
    both = cost(procedures["value_and_gradient"], is_scalar=gradient.is_scalar)
    if both == cost(procedures["gradient"], is_scalar=gradient.is_scalar):
        procedures["gradient"] = replace(procedures["gradient"], within="value_and_gradient")
    return Kernel(
        name=gradient.name,
        # One that is computed within another stands after it.
        procedures=tuple(sorted(procedures.values(), key=lambda entry: bool(entry.within))),
        is_scalar=gradient.is_scalar,
        outside=_domains(programs),
        places=_places(gradient),
        sizes=_sizes(gradient),
        wrt=gradient.wrt,
        kinks=derivation.kinks,
        gradient_is_zero=derivation.gradient_is_zero,
        gradient_text=text(gradient),
    )


def _procedure(name: str, program: Program) -> Procedure:
    program, counts = count_outside(program)
    nodes = list(map(node_of, program.steps))
    kept = (*program.outputs, *(name for count in counts for name in references(count)))
    nodes = inline(nodes, kept)
    nodes = list(chain.from_iterable(map(split_scatters, nodes)))
    nodes = inline(list(chain.from_iterable(map(split_contractions, nodes))), kept)
    nodes = merge_equal(list(chain.from_iterable(map(along_rows, nodes))), kept)
    nodes = [replace(node, expression=rewritten(node.expression, last=True)) for node in nodes]
    nodes = select_valid(reuse(nodes, program.outputs), program.outputs, counts)
    shapes = {
        node.name: tuple(program.ranges[index] for index in node.indices)
        for node in nodes
        if node.indices and not node.target
    }
    phases, arrays = _phases(nodes, program, shapes)
    known = {entry.name for entry in program.inputs if entry.name.startswith("vector_")}
    outputs = tuple(Output(output, _shape_of(output, program)) for output in program.outputs)
    if len(phases) == 1 and isinstance(phases[0], Block):
        arrays = housed(arrays, phases[0].statements, outputs)
    return Procedure(
        name=name,
        vectors=tuple(
            Array(entry.name, _shape(entry.shape))
            for entry in program.inputs
            if entry.name in known
        ),
        arrays=arrays,
        phases=phases,
        outputs=outputs,
    )


def _stable(program: Program) -> Program:
    """Differentiation makes naive spellings of its own."""
    steps = (
        replace(step, expression=rewritten(step.expression, last=True)) for step in program.steps
    )
    return replace(program, steps=tuple(steps))


def _phases(
    nodes: list[Node], program: Program, shapes: Mapping[str, tuple[Expr, ...]]
) -> tuple[tuple[Phase, ...], tuple[Array, ...]]:
    """Blocks of statements between contractions, each as large as dependence allows."""
    runs = _split(nodes)
    crossing = _crossing(runs)
    outputs = frozenset() if program.is_scalar else frozenset(program.outputs)
    names = new_names(_names(program))
    phases: list[Phase] = []
    arrays: list[Array] = []
    for run in runs:
        if run[0].is_contraction:
            phases += [_contraction(node, shapes) for node in run]
            arrays += [Array(node.name, shapes[node.name]) for node in run]
            continue
        own = {
            node.name: shapes[node.name]
            for node in run
            if node.name in shapes and node.name not in outputs
        }
        statements = schedule(run, program.ranges, outputs)
        statements, local = place_arrays(statements, own, frozenset(own) & crossing)
        arrays += [*local, *(Array(name, own[name]) for name in own if name in crossing)]
        phases.append(_block(share(statements, names), run, crossing - set(shapes)))
    return tuple(phases), tuple(arrays)


def _names(program: Program) -> set[str]:
    """Everything that has a name already."""
    entries = {entry.name for entry in program.arguments}
    return entries.union(
        (step.name for step in program.steps),
        (index.name for index in program.ranges),
        *({str(size)} for size in program.ranges.values()),
    )


def _block(statements: tuple[Statement, ...], run: list[Node], crossing: frozenset[str]) -> Block:
    written = {node.result for node in run}
    gives = tuple(node.name for node in run if node.name in crossing and not node.target)
    return Block(statements, tuple(sorted(reads_of(statements) | written)), gives)


def _split(nodes: list[Node]) -> list[list[Node]]:
    """Alternating runs.

    All that needs no pending contraction, then the contractions that became ready.
    """
    runs: list[list[Node]] = []
    waiting = list(nodes)
    while waiting:
        for contractions in (False, True):
            run, waiting = _ready(waiting, contractions=contractions)
            if run:
                runs.append(run)
    return runs


def _ready(waiting: list[Node], *, contractions: bool) -> tuple[list[Node], list[Node]]:
    run: list[Node] = []
    rest: list[Node] = []
    blocked: set[str] = set()
    for node in waiting:
        if node.is_contraction != contractions or node.names() & blocked or node.target in blocked:
            rest.append(node)
            blocked.add(node.result)
        else:
            run.append(node)
    return run, rest


def _crossing(runs: list[list[Node]]) -> frozenset[str]:
    """Names written in one run and read in another."""
    home = {node.name: place for place, run in enumerate(runs) for node in run}
    return frozenset(
        name
        for place, run in enumerate(runs)
        for node in run
        for name in (*node.names(), *((node.target,) if node.target else ()))
        if home.get(name, place) != place
    )


def _contraction(node: Node, shapes: Mapping[str, tuple[Expr, ...]]) -> Contraction:
    (bound,) = node.bound
    assert node.left is not None
    assert node.right is not None
    return Contraction(
        result=Array(node.name, shapes[node.name]),
        left=name_of(node.left),
        right=name_of(node.right),
        left_transposed=len(node.left.indices) == 2 and node.left.indices[0] == bound,
        right_transposed=len(node.right.indices) == 2 and node.right.indices[1] == bound,
    )


def _domains(programs: Mapping[str, Program]) -> dict[str, Domain]:
    names = dict.fromkeys(chain.from_iterable(map(guarded_names, programs.values())))
    program = programs["gradient"]
    entries = {entry.name: entry for entry in program.arguments}
    return {name: entries[name].domain for name in names}


def _places(program: Program) -> dict[str, Expr]:
    return {
        entry.name: dimension_symbol(int(size) if size.isdigit() else size)
        for entry in program.inputs
        if isinstance(entry.domain, Index) and (size := entry.domain.dimension)
    }


def _sizes(program: Program) -> dict[str, tuple[str, int]]:
    sizes: dict[str, tuple[str, int]] = {}
    for entry in program.inputs:
        for axis, size in enumerate(entry.shape):
            if isinstance(size, str):
                sizes.setdefault(size, (entry.name, axis))
    return sizes


def _shape(shape: tuple[int | str, ...]) -> tuple[Expr, ...]:
    return tuple(map(dimension_symbol, shape))


def _shape_of(output: str, program: Program) -> tuple[Expr, ...]:
    return tuple(program.ranges[index] for index in program.step(output).indices)
