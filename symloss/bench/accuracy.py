"""The accuracy of a loss beside that of the peers that have it, each measured by the judge's gauge.

A row of `symloss.peers` was made for some values of the loss's parameters: ours is measured at the
same ones. Formulas that users write over a package's functions are no losses of the package's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from symloss import peers, pipeline, publish
from symloss.bench.measure import loss_of
from symloss.errors import SymlossError
from symloss.peers import Called
from symloss.peers import Row as Peer
from symloss.publish import Case
from symloss.spec import Spec
from symloss.verify import RANGE, Curve, Field, Line, Row, contest, curves, held

FUNCTIONS = ("value", "gradient")
TYPES = ("float32", "float64")
OURS = "ours"
DENSITY = 12
"""Points of a curve for each power of ten."""


@dataclass(frozen=True)
class Search:
    """Whom to measure, how long to hunt for each, and among inputs of which magnitudes."""

    peers: tuple[str, ...]
    seconds: float = 2.0
    span: tuple[float, float] = RANGE


@dataclass(frozen=True)
class Standing:
    """One function of a loss in one format: ours, and everybody's who has it.

    Attributes:
        parameters: the values at which they are compared.
        rows: the errors, ours first.
        left_out: peers that took no part, and why.
    """

    loss: str
    parameters: Mapping[str, float]
    function: str
    dtype: str
    rows: Mapping[str, Row]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class Group:
    """Peers that were made for the same parameters, ours among them."""

    field: Field
    parameters: Mapping[str, float]
    left_out: Mapping[str, str]


def standings(case: Case, search: Search) -> Iterator[Standing]:
    """What comes of a loss; nothing, where no peer has it."""
    record = publish.rows_on_record(case.file)
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        for group in _groups(case, search, Path(folder)):
            for function in FUNCTIONS:
                for dtype in TYPES:
                    yield _standing(case.name, group, function, dtype, record, search.seconds)


def _standing(
    loss: str, group: Group, function: str, dtype: str, record: Any, seconds: float
) -> Standing:
    told = dict(group.left_out)
    field = _differentiable(group.field, told) if function == "gradient" else group.field
    rows = contest(field, function, dtype, record=record, seconds=seconds)
    return Standing(loss, group.parameters, function, dtype, rows, told)


def errors_along(
    case: Case, search: Search, name: str, ends: tuple[float, float], at: Mapping[str, float]
) -> list[Curve]:
    """Curves of both functions in both formats, as one number varies from one end to the other.

    Raises:
        SymlossError: the loss has no such input, or there is no point of its domain.
    """
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        group = next(_groups(case, search, Path(folder), at), None)
        assert group is not None
        _require(group.field.spec, name, at)
        line, found = Line(name, at), []
        count = 1 + round(DENSITY * abs(np.log10(ends[1] / ends[0])))
        numbers = np.geomspace(*ends, count).tolist()
        for function in FUNCTIONS:
            for dtype in TYPES:
                field = group.field
                if function == "gradient":
                    field = _differentiable(field, {})
                found += curves(field, line, numbers, function, dtype)
    if not any(curve.numbers for curve in found):
        raise SymlossError(
            f"{case.name}: on that line the loss has no finite value within its domains\n"
            "  set other inputs with --at NAME=NUMBER, or another --along"
        )
    return found


def first_input(case: Case) -> str:
    """The input that a figure varies if nobody says which: the first that derivatives are by."""
    spec = pipeline.read_spec(case.spec)
    return next(entry.name for entry in spec.inputs if entry.name in spec.wrt)


def _require(spec: Spec, name: str, at: Mapping[str, float]) -> None:
    known = [entry.name for entry in spec.inputs if not entry.is_index]
    if name not in known:
        raise SymlossError(f"{spec.name} has no input {name!r} to vary: it has {', '.join(known)}")
    for other in at:
        if other not in spec.arguments:
            told = ", ".join(spec.arguments)
            raise SymlossError(f"{spec.name} takes no {other!r}: it takes {told}")


def _groups(
    case: Case, search: Search, folder: Path, at: Mapping[str, float] | None = None
) -> Iterator[Group]:
    """Ours with the peers, by their parameters; with `at`, ours in any case, and only once."""
    spec = pipeline.read_spec(case.spec)
    loss = loss_of(case, spec, folder)
    known = publish.catalogue_specs().get(spec.name)
    sets, left_out = _rows(spec, search.peers, ours=known is not None and known.samefile(case.spec))
    if at is not None and not sets:
        sets = [({}, {})]
    for parameters, rows in sets:
        fixed = {**parameters, **_of_parameters(spec, at or {})}
        if dict(fixed) != dict(parameters):
            rows, left_out = {}, {**left_out, **dict.fromkeys(rows, "has other parameters")}
        names = [entry.name for entry in spec.inputs]
        called = {
            package: Called(peers.library(package), row, names, spec.wrt)
            for package, row in rows.items()
        }
        allows = partial(_allow, tuple(rows.values()), names)
        field = Field(held(spec, fixed), {OURS: loss, **called}, allows, search.span)
        yield Group(field, fixed, left_out)
        if at is not None:
            return


def _of_parameters(spec: Spec, at: Mapping[str, float]) -> dict[str, float]:
    return {entry.name: at[entry.name] for entry in spec.parameters if entry.name in at}


def _rows(
    spec: Spec, chosen: Sequence[str], *, ours: bool
) -> tuple[list[tuple[dict[str, float], dict[str, Peer]]], dict[str, str]]:
    """The first row of each package for each set of parameters, and why there is none.

    A loss that is not `ours`, of the catalogue, has no peers: names mean nothing there.
    """
    sets: list[tuple[dict[str, float], dict[str, Peer]]] = []
    left_out: dict[str, str] = {}
    for package in chosen:
        if package not in peers.installed():
            left_out[package] = f"{package} is not installed"
            continue
        rows = [row for row in peers.library(package).rows if ours and row.loss == spec.name]
        own = [row for row in rows if not row.composed and (row.allows or not row.items)]
        if not own or not set(spec.wrt) <= {entry.name for entry in spec.inputs}:
            left_out[package] = "has no such loss of its own"
        for row in own if package not in left_out else ():
            parameters = dict(row.parameters)
            known = next((rows for given, rows in sets if given == parameters), None)
            if known is None:
                sets.append((parameters, known := {}))
            known.setdefault(package, row)
    return sets, left_out


def _allow(rows: Sequence[Peer], names: Sequence[str], values: Mapping[str, Any]) -> bool:
    """Whether the documentation of all allows an item."""
    item = [values[name] for name in names]
    return all(bool(row.allows(*item)) for row in rows if row.allows is not None)


def _differentiable(field: Field, told: dict[str, str]) -> Field:
    """Those that have gradients; others are told of."""
    kept = {}
    for name, loss in field.losses.items():
        if isinstance(loss, Called) and not loss.has_gradient():
            told[name] = "has its value alone"
        else:
            kept[name] = loss
    return replace(field, losses=kept)
