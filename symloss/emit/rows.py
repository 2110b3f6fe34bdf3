"""Procedures that go through several items' loops in turn, and between them work on all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from symloss.emit.calling import Signature
from symloss.emit.constants import constants
from symloss.emit.items import at_home, checks, elements, local, sizes, takes
from symloss.emit.lines import indented, lines
from symloss.emit.names import safe
from symloss.lower import Array, Block, Row, Rows, in_rows


def planned(signature: Signature) -> Rows | None:
    """The turns of a procedure; None where items are as well computed one after another."""
    (block,) = signature.procedure.phases
    assert isinstance(block, Block)
    numbers = {name: name in signature.places for name in signature.operands}
    numbers = {name: kind for name, kind in numbers.items() if not signature.ranks[name]}
    return in_rows(block, numbers, ["loss"] if signature.procedure.gives_loss else [])


def rows(signature: Signature, plan: Rows) -> dict[str, Any]:
    """The data of a procedure for blocks of items."""
    (block,) = signature.procedure.phases
    assert isinstance(block, Block)
    arrays = [(array, _lead(array, plan)) for array in signature.procedure.arrays]
    kept = tuple(array for array, lead in arrays if lead)
    turns = [
        _abreast(turn, signature)
        if turn.abreast
        else _one_by_one(turn, signature, plan, is_first=turn is plan.turns[0])
        for turn in plan.turns
    ]
    numbers = [name for name, is_place in plan.held.items() if not is_place]
    text = [line for turn in turns for line in turn]
    return {
        "sizes": sizes(signature, block, signature.procedure.arrays),
        "elements": elements(kept),
        "arrays": [local(array, *lead) for array, lead in arrays if not array.home],
        "numbers": [f"lane_{safe(name)}" for name in numbers],
        "places": [f"lane_{safe(name)}" for name in plan.held if name not in numbers],
        "body": text,
        "constants": constants(text, gives_loss=signature.procedure.gives_loss),
    }


def _lead(array: Array, plan: Rows) -> tuple[str, ...]:
    """A first axis of items for tables that more than one turn uses."""
    users = [turn for turn in plan.turns if array.name in turn.block.reads]
    return ("rows",) if len(users) > 1 else ()


def _abreast(turn: Row, signature: Signature) -> list[str]:
    body = [
        *(f"{safe(name)} = lane_{safe(name)}[lane]" for name in turn.loads),
        *lines(turn.block.statements, signature.printer({})),
        *(f"lane_{safe(name)}[lane] = {safe(name)}" for name in turn.keeps),
    ]
    return ["for lane in range(ROWS):", *indented(body)]


def _one_by_one(turn: Row, signature: Signature, plan: Rows, *, is_first: bool) -> list[str]:
    """A turn for one item after another; those with subscripts that lead nowhere are left out."""
    arrays = {
        array.name: (safe(array.name), "lane" if _lead(array, plan) else "")
        for array in signature.procedure.arrays
        if not array.home
    }
    arrays |= at_home(signature.procedure.arrays)
    body = lines(turn.block.statements, signature.printer(arrays))
    keeps = turn.keeps
    if is_first:  # what other turns have to know of the operands
        keeps = (*(name for name in plan.held if name in signature.operands), *keeps)
    tests = checks(signature)
    text = [
        *(_first_look(signature, tests) if is_first else _skip(tests)),
        *(f"{safe(name)} = lane_{safe(name)}[lane]" for name in turn.loads),
        *body,
        *(f"lane_{safe(name)}[lane] = {safe(name)}" for name in keeps),
    ]
    words = {word for line in text for word in re.findall(r"\w+", line)}
    read = replace(turn.block, reads=(*turn.block.reads, *keeps))
    taken = [line for line in takes(signature, read) if line.partition(" ")[0] in words]
    return ["for lane in range(width):", *indented(["n = start + lane", *taken, *text])]


def _first_look(signature: Signature, tests: Iterable[str]) -> Iterator[str]:
    """Whether an item's subscripts lead where they should; if not, its results are NaN."""
    yield "spoilt[lane] = zero"
    for test in tests:
        yield f"if not {test}:"
        yield from indented(
            [
                *(f"spoil({output}, n)" for output in signature.outputs),
                "spoilt[lane] = nan",
                "continue",
            ]
        )


def _skip(tests: list[str]) -> list[str]:
    return ["if spoilt[lane] != spoilt[lane]:", *indented(["continue"])] if tests else []
