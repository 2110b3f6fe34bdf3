"""What a search of a program comes to is made once, for all properties that ask for it.

Half a dozen properties look at the same lines of a loss, and making a line of a large instance
takes longer than looking at it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from functools import wraps
from typing import Generic, TypeVar

from symloss.audit.signs import worker
from symloss.program import Program

MOST = 8
"""Programs whose lines are kept: narrowed parameters make many, each asked for a while."""
Item = TypeVar("Item")
_Search = Callable[[Program, tuple[str, ...]], Iterator[Item]]


class _Tape(Generic[Item]):
    """Items as they were made; further ones are made when they are asked for."""

    def __init__(self, source: Iterator[Item]) -> None:
        self.source = source
        self.items: list[Item] = []
        self.torn = False

    def played(self) -> Iterator[Item]:
        place = 0
        while place < len(self.items) or self._grown():
            yield self.items[place]
            place += 1

    def _grown(self) -> bool:
        try:
            self.items.append(next(self.source))
        except StopIteration:
            return False
        except BaseException:  # the end of a step: what it interrupted makes nothing any more
            self.torn = True
            raise
        return True


def taped(search: _Search[Item]) -> _Search[Item]:
    """The search, whose items a worker makes once for each program and `wrt`."""
    tapes: OrderedDict[Hashable, _Tape[Item]] = OrderedDict()

    @wraps(search)
    def ask(program: Program, wrt: tuple[str, ...]) -> Iterator[Item]:
        if not worker.is_inside():
            return search(program, wrt)
        key = (_key(program), wrt)
        if key not in tapes or tapes[key].torn:
            tapes[key] = _Tape(search(program, wrt))
        tapes.move_to_end(key)
        while len(tapes) > MOST:
            tapes.popitem(last=False)
        return tapes[key].played()

    return ask


def _key(program: Program) -> Hashable:
    ranges = tuple(program.ranges.items())
    return (program.name, program.inputs, program.parameters, program.steps, ranges)
