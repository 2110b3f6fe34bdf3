"""What was found of an expression is remembered, whatever its anonymous symbols are called.

Cells take fresh symbols each time, so that the same question is seldom asked in the same words:
anonymous symbols are numbered before an answer is looked up, and put back into it. What was found
when a step's time had run out is not kept, as more time may find more. Only workers remember, which
live for one audit: nothing is left to another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from sympy import Basic, Dummy

from symloss.audit.signs import worker

MOST = 20_000
"""Answers of one function; a worker that answers for one loss seldom has as many."""
_Asked = ParamSpec("_Asked")
_Found = TypeVar("_Found")


def remembered(function: Callable[_Asked, _Found]) -> Callable[_Asked, _Found]:
    """The function, asked once; its answer holds no anonymous symbols but those of the question."""
    known: dict[Any, Any] = {}

    @wraps(function)
    def ask(*args: _Asked.args, **named: _Asked.kwargs) -> _Found:
        if not worker.is_inside():
            return function(*args, **named)
        numbers = _numbered(args)
        question = _renamed(args, numbers)
        key = (_hashable(question), *sorted(named.items()))
        if key not in known:
            found = function(*question, **named)
            if worker.is_late():
                return _put_back(found, numbers)
            if len(known) >= MOST:
                known.clear()
            known[key] = found
        return _put_back(known[key], numbers)

    return ask


def _put_back(found: Any, numbers: Mapping[Dummy, Dummy]) -> Any:
    return _renamed(found, {number: symbol for symbol, number in numbers.items()})


def _numbered(args: object) -> dict[Dummy, Dummy]:
    """The anonymous symbols in order, each with the one that stands for its number."""
    symbols = sorted(_anonymous(args), key=lambda symbol: symbol.dummy_index)
    return {
        symbol: _number(n, symbol.name, frozenset(symbol.assumptions0.items()))
        for n, symbol in enumerate(symbols)
    }


@cache
def _number(n: int, name: str, assumptions: frozenset[tuple[str, bool]]) -> Dummy:  # noqa: ARG001 - distinguishes
    return Dummy(name, **dict(assumptions))


def _anonymous(value: object) -> set[Dummy]:
    if isinstance(value, Basic):
        return {symbol for symbol in value.free_symbols if isinstance(symbol, Dummy)}
    return {symbol for part in _parts(value) for symbol in _anonymous(part)}


def _parts(value: object) -> list[Any]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set):
        return list(value)
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, one.name) for one in fields(value)]
    return []


def _renamed(value: Any, names: Mapping[Dummy, Dummy]) -> Any:
    if isinstance(value, Basic):
        return value.xreplace(names) if names else value
    if isinstance(value, Mapping):
        return {_renamed(k, names): _renamed(v, names) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)(_renamed(part, names) for part in value)
    if names and is_dataclass(value) and not isinstance(value, type):
        parts = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
        return replace(value, **{name: _renamed(part, names) for name, part in parts.items()})
    return value


def _hashable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((name, _hashable(part)) for name, part in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_hashable, value))
    return value
