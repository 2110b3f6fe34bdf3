"""Several items abreast: every statement of an item, for a block of items at once.

Loops over a short dimension leave a processor's lanes empty. Here the items' loops stay as they
are, and each straight run of statements inside them is a loop of its own over the lanes, one for
each item of the block. What a run leaves to another has a place for every lane.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from symloss.lower.model import Accumulate, Block, Lanes, Loop, Run, Statement, Store
from symloss.lower.runs import Splitter, computed, walk
from symloss.program import references


def abreast(block: Block, operands: Mapping[str, bool], results: Iterable[str]) -> Lanes:
    """A block's statements as runs over lanes.

    Args:
        block: what is computed of one item.
        operands: the items' numbers, and whether they are places.
        results: the numbers that are wanted in the end.
    """
    kinds = dict(operands)
    for entry in walk(block.statements):
        kinds |= dict(computed(entry))
    splitter = Splitter(kinds)
    runs = splitter.sequence(block.statements)
    loads = {name for run in _runs(runs) for name in _loads(run, kinds)} | set(results)
    return Lanes(
        tuple(_joined(entry, kinds, loads) for entry in runs),
        {name: kinds[name] for name in sorted(loads)},
    )


def _joined(entry: Statement, numbers: Iterable[str], loads: set[str]) -> Statement:
    """The runs with what they load of others, and keep for others."""
    if isinstance(entry, Loop):
        return replace(entry, body=tuple(_joined(part, numbers, loads) for part in entry.body))
    if not isinstance(entry, Run):
        return entry
    given = dict.fromkeys(name for part in entry.statements for name, _ in computed(part))
    return replace(
        entry,
        loads=tuple(_loads(entry, numbers)),
        keeps=tuple(name for name in given if name in loads),
    )


def _loads(run: Run, numbers: Iterable[str]) -> list[str]:
    """The numbers that a run reads before it computes them."""
    known: set[str] = set()
    found: dict[str, None] = {}
    for entry in run.statements:
        given = {name for name, _ in computed(entry)}
        read = references(entry.expression)
        if isinstance(entry, Store):
            read = read.union(*map(references, entry.subscripts))
        if isinstance(entry, Accumulate):
            read |= given
        found |= dict.fromkeys(sorted(read.intersection(numbers) - known))
        known |= given
    return list(found)


def _runs(statements: Iterable[Statement]) -> Iterator[Run]:
    return (entry for entry in walk(statements) if isinstance(entry, Run))
