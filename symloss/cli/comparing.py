"""`symloss verify --accuracy --peers`: accuracy beside that of other packages, and figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from symloss.cli.base import complain, fail, out, print_json

if TYPE_CHECKING:
    from symloss.bench import Search, Standing
    from symloss.publish import Case, Failure

ALL = "all"
# JAX's users say JAX; its losses are optax's.
SAME = {"jax": "optax"}
AUTOMATIC = "1e-12:1e3"
INSTALL = 'pip install "symloss[hosts,test]"'


@dataclass(frozen=True)
class Comparing:
    """What is asked of a comparison: with whom, among which numbers, how it is shown."""

    peers: str | None
    span: str
    seconds: float
    markdown: bool
    as_json: bool
    plot: Path | None
    along: str | None
    at: str | None

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to compare."""
        return self.peers is not None or self.plot is not None


def compare(context: typer.Context, cases: Sequence[Case], wish: Comparing) -> None:
    """Print standings, or draw errors along a line."""
    from symloss import bench

    search = bench.Search(_peers(wish.peers or ALL), wish.seconds, _ends(wish.span, "--range"))
    if wish.plot is not None:
        _draw(cases, search, wish)
        return
    _require_installed(search.peers)
    found, failures = _gather(cases, search)
    _tell(found, failures, search, wish)
    fail(context, failures)


def _require_installed(chosen: Sequence[str]) -> None:
    """Tell of peers that are missing; with none there is nothing to compare with."""
    from symloss import peers
    from symloss.errors import SymlossError

    missing = [name for name in chosen if name not in peers.installed()]
    if missing:
        told = f"not installed: {', '.join(missing)}\n  to compare with them: {INSTALL}"
        if len(missing) == len(chosen):
            raise SymlossError(told)
        complain(told)


def _gather(cases: Sequence[Case], search: Search) -> tuple[list[Standing], list[Failure]]:
    from symloss import bench, publish, report

    found: list[Standing] = []
    failures = []
    for case in report.bar("comparing")(cases, len(cases)):
        try:
            found += bench.standings(case, search)
        except Exception as error:
            failures.append(publish.unforeseen(case.name, error))
    return found, failures


def _tell(
    found: Sequence[Standing], failures: Sequence[Failure], search: Search, wish: Comparing
) -> None:
    from symloss import report

    if wish.as_json:
        print_json(report.standings_json(found, {one.subject: one.message for one in failures}))
    elif wish.markdown:
        typer.echo("\n".join(report.standings_markdown(found, search.peers)))
    elif not found and not failures:
        complain("none of the peers has any of these losses: `--peers all` asks all of them")
        raise typer.Exit(1)
    else:
        out.print(report.standings_table(found, search.peers))
        for note in report.standings_notes(found):
            out.print(note, markup=False)


def _draw(cases: Sequence[Case], search: Search, wish: Comparing) -> None:
    from symloss import bench, report

    assert wish.plot is not None
    if len(cases) != 1:
        raise typer.BadParameter("--plot draws one loss: name it")
    report.check_path(wish.plot)
    name, _, span = (wish.along or "").partition("=")
    name = name or bench.first_input(cases[0])
    at = dict(map(_setting, wish.at.split(","))) if wish.at else {}
    curves = bench.errors_along(cases[0], search, name, _ends(span or AUTOMATIC, "--along"), at)
    report.curves_plot(cases[0].name, name, curves, wish.plot)


def _peers(text: str) -> tuple[str, ...]:
    from symloss import peers

    if text == ALL:
        return tuple(peers.NAMES)
    chosen = [SAME.get(name, name) for name in text.split(",")]
    for name in chosen:
        if name not in peers.NAMES:
            known = ", ".join((ALL, *SAME, *peers.NAMES))
            raise typer.BadParameter(f"no peer {name!r}: choose from {known}")
    return tuple(dict.fromkeys(chosen))


def _setting(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    return name, _number(number, "--at", "target=1,delta=0.5")


def _ends(text: str, option: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    ends = _number(low, option, AUTOMATIC), _number(high, option, AUTOMATIC)
    if not ends[0] * ends[1] > 0 or ends[0] == ends[1]:
        raise typer.BadParameter(f"{option}: two numbers of one sign, such as {AUTOMATIC}")
    return ends


def _number(text: str, option: str, example: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise typer.BadParameter(f"{option}: {text!r} is no number: write it as in {example}")
    return number
