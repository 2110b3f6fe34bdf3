"""TOML -> Spec: a file and the specs that it calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import sympy

from symloss.errors import SpecError
from symloss.language import Call
from symloss.spec.accuracy import read_allowances
from symloss.spec.arguments import read_inputs, read_parameters, read_wrt
from symloss.spec.claims import read_claims
from symloss.spec.definitions import read_definitions
from symloss.spec.examples import read_example
from symloss.spec.find import check_stem, find_called, names_near
from symloss.spec.likelihood import read_likelihood
from symloss.spec.model import (
    Argument,
    Definition,
    Example,
    Input,
    Likelihood,
    Parameter,
    Relation,
    Spec,
)
from symloss.spec.names import SHARES, WORDS, suggestion
from symloss.spec.relations import read_relation
from symloss.spec.scope import Scope, Signature, open_scope
from symloss.spec.source import Source, read_source, read_tables
from symloss.spec.tables import SpecTables, validate_tables

LONGEST_CHAIN = 16
LARGEST_COMPOSITION = 500
"""Definitions of a spec, those of the specs it calls counted once a call."""


def read_spec(path: str | Path, *, folders: Sequence[Path] = ()) -> Spec:
    """The spec of a TOML file.

    A spec that the math calls by name is looked for beside the file, in the other families of its
    catalogue, beneath `folders`, and in the catalogue that comes with symloss, in this order.

    Raises:
        SpecError: the file, or one that it calls, cannot be read or is wrong; it says where.
    """
    reading = _Reading(tuple(Path(folder) for folder in folders))
    try:
        return reading.spec(Path(path), (), laws=True)
    except RecursionError:
        raise SpecError(f"{path} nests too deeply", remedy="name parts of the math") from None


@dataclass
class _Reading:
    """Files read so far, so that each is read once.

    Attributes:
        folders: where called specs may lie.
        done: the specs that others call, without their relations.
        weights: how many definitions each comes to, calls unfolded.
    """

    folders: tuple[Path, ...]
    done: dict[Path, Spec] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)

    def spec(self, path: Path, callers: tuple[str, ...], *, laws: bool) -> Spec:
        source = read_source(path)
        check_stem(path)
        tables = validate_tables(source, read_tables(source))
        return _File(self, path, source, tables, (*callers, path.stem), laws).read()

    def called(self, name: str, caller: Path, chain: tuple[str, ...]) -> Spec | None:
        """A spec by name, without its laws: two losses may each state one about the other."""
        path = find_called(name, caller, self.folders)
        if path is None:
            return None
        if name in chain:
            links = " -> ".join((*chain[chain.index(name) :], name))
            raise SpecError(f"cyclic composition: {links}", remedy="a loss cannot contain itself")
        if len(chain) >= LONGEST_CHAIN:
            raise SpecError(f"more than {LONGEST_CHAIN} specs call one another in a row")
        if path not in self.done:
            self.done[path] = self.spec(path, chain, laws=False)
        return self.done[path]


@dataclass
class _File:
    """One file being read; `chain` names the specs that led to it, itself last."""

    reading: _Reading
    path: Path
    source: Source
    tables: SpecTables
    chain: tuple[str, ...]
    laws: bool
    calls: dict[str, Spec] = field(default_factory=dict)

    def read(self) -> Spec:
        inputs = read_inputs(self.source, self.tables)
        parameters = read_parameters(self.source, self.tables)
        wrt = read_wrt(self.source, self.tables, inputs, parameters)
        scope = self.scope(inputs, parameters)
        definitions = self.definitions(scope)
        self.check_used(scope)
        own = Signature(self.path.stem, inputs, parameters)
        examples = self.examples(own.arguments, wrt)
        relations = self.relations(own, scope) if self.laws else ()
        return Spec(
            name=self.path.stem,
            path=str(self.path),
            title=self.tables.title,
            summary=self.tables.summary,
            source=self.tables.source,
            math=self.tables.math,
            inputs=inputs,
            parameters=parameters,
            definitions=definitions,
            ranges=dict(scope.ranges),
            wrt=wrt,
            claims=read_claims(self.source, self.tables, wrt),
            examples=examples,
            relations=relations,
            likelihood=self.likelihood(own, scope) if self.laws else None,
            accuracy=read_allowances(self.source, self.tables.accuracy),
            calls=self.calls,
            hash=self.hash(),
        )

    def scope(self, inputs: tuple[Input, ...], parameters: tuple[Parameter, ...]) -> Scope:
        sizes = (size for entry in inputs for size in entry.shape if isinstance(size, str))
        return open_scope(inputs, parameters, dimensions=sizes)

    def definitions(self, scope: Scope) -> tuple[Definition, ...]:
        passage = self.source.passage("math")
        definitions = read_definitions(passage, scope, self.find)
        weight = len(definitions) + sum(map(self.called_weight, definitions))
        self.reading.weights[str(self.path)] = weight
        if weight > LARGEST_COMPOSITION:
            problem = f"composed of more than {LARGEST_COMPOSITION} definitions, calls unfolded"
            raise SpecError(problem, place=self.source.key("math"), remedy="call fewer specs")
        return definitions

    def called_weight(self, definition: Definition) -> int:
        """The definitions that the calls in a definition stand for."""
        nodes = sympy.preorder_traversal(definition.expression)
        names = [node.callee for node in nodes if isinstance(node, Call)]
        return sum(self.reading.weights[self.calls[name].path] for name in names)

    def find(self, name: str) -> Signature:
        """The signature of another spec, which is read if it was not."""
        return self.call(name, self.chain)

    def call(self, name: str, chain: tuple[str, ...]) -> Signature:
        callee = self.reading.called(name, self.path, chain)
        if callee is None:
            known = {*WORDS, *SHARES, *names_near(self.path, self.reading.folders)}
            hint = suggestion(name, known)
            remedy = hint if hint.startswith("did") else "`symloss list` shows the specs"
            raise SpecError(f"there is no function and no spec named {name!r}", remedy=remedy)
        self.calls[name] = callee
        return Signature(name, callee.inputs, callee.parameters)

    def check_used(self, scope: Scope) -> None:
        for table, entries in (
            ("inputs", self.tables.inputs),
            ("parameters", self.tables.parameters),
        ):
            for name in entries:
                if name not in scope.used:
                    problem = f"{name!r} is not used in the math"
                    raise SpecError(problem, place=self.source.key(table, name), remedy="remove it")

    def examples(
        self, arguments: Mapping[str, Argument], wrt: tuple[str, ...]
    ) -> tuple[Example, ...]:
        tables = enumerate(self.tables.examples)
        return tuple(read_example(self.source, at, table, arguments, wrt) for at, table in tables)

    def relations(self, own: Signature, math: Scope) -> tuple[Relation, ...]:
        """The laws. They may call the spec itself, and specs that are composed of it."""

        def find(name: str) -> Signature:
            return own if name == own.name else self.call(name, ())

        relations = []
        for at in range(len(self.tables.relations)):
            scope = self.scope(own.inputs, own.parameters)
            scope.ranges = math.ranges
            passage = self.source.passage("relations", at, "law")
            relations.append(read_relation(passage, scope, find))
        return tuple(relations)

    def likelihood(self, own: Signature, math: Scope) -> Likelihood | None:
        table = self.tables.likelihood
        if table is None:
            return None
        scope = self.scope(own.inputs, own.parameters)
        scope.ranges = math.ranges
        return read_likelihood(self.source, table.variable, own.inputs, scope, self.find)

    def hash(self) -> str:
        """The text, and all that it calls."""
        total = sha256(self.source.text.encode())
        for name, callee in sorted(self.calls.items()):
            total.update(f"\n{name} {callee.hash}".encode())
        return total.hexdigest()
