"""Closed ends of domains: what holds inside them need not hold there, and is shown apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy
from sympy import Expr

from symloss.audit.recheck.witnesses import NotReplayable
from symloss.language import Finite, Interval
from symloss.program import Program

MOST_CELLS = 81
Cell = Mapping[str, Expr]
"""The names at an end of their domains, with that end."""


def cells_of(program: Program, *, but: Sequence[str]) -> Iterator[tuple[Cell, Program]]:
    """The program with arguments inside their domains, and at each closed end; `but` stay.

    Raises:
        NotReplayable: there are too many.
    """
    closed: dict[str, list[Expr | None]] = {}
    for entry in program.arguments:
        if entry.name not in but and isinstance(entry.domain, Interval):
            d = entry.domain
            ends = [end for end, is_open in ((d.low, d.low_open), (d.high, d.high_open))
                    if not is_open and end.is_finite]  # fmt: skip
            closed[entry.name] = [None, *dict.fromkeys(ends)]
    if sympy.prod(map(len, closed.values())) > MOST_CELLS:
        raise NotReplayable("too many ends of domains")
    for choice in itertools.product(*closed.values()):
        cell = {n: end for n, end in zip(closed, choice, strict=True) if end is not None}
        yield cell, _at_ends(program, cell)


def _at_ends(program: Program, cell: Cell) -> Program:
    def moved(entry: Any) -> Any:
        at_end = entry.name in cell
        return replace(entry, domain=Finite((cell[entry.name],))) if at_end else entry

    return replace(
        program,
        inputs=tuple(map(moved, program.inputs)),
        parameters=tuple(map(moved, program.parameters)),
    )
