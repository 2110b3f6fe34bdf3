"""`symloss bench`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symloss.cli.base import WORDS, Json, fail, out, print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from symloss.bench import Race, Settings, Sweep
    from symloss.publish import Case, Failure

PEERS = "Peers, with commas between. [default: all]"
SCALING = "Let items and axes grow instead, up to 1e8 numbers, and fit the slopes."
PLOT = "Draw it, too, as .svg or .png; needs Matplotlib."


def bench(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[NAME|PATH]...", help=WORDS)] = None,
    peers: Annotated[str | None, typer.Option(help=PEERS)] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of every library.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="Small arrays, few rounds.")] = False,
    scaling: Annotated[bool, typer.Option("--scaling", help=SCALING)] = False,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help=PLOT)] = None,
    as_json: Json = False,
) -> None:
    """Race losses against other packages, after comparing what they compute.

    Exit code 1: a loss cannot be had, or a peer disagrees and is not known to be the wrong one.
    Targets that are missed are told, and change no exit code.
    """
    from symloss.processes import limit_threads

    limit_threads(threads)
    from symloss import bench as room
    from symloss import publish, report

    chosen = tuple(peers.split(",")) if peers is not None else tuple(room.ENGINES)
    unknown = [name for name in chosen if name not in room.ENGINES]
    if unknown:
        raise typer.BadParameter(f"no peer {unknown[0]!r}: choose from {', '.join(room.ENGINES)}")
    if plot is not None:
        report.check_path(plot)
    settings = room.Settings(chosen, quick, threads)
    measure = room.sweeps if scaling else room.races
    found, failures = _gather(publish.cases(words or [], None), settings, measure)
    tell = _tell_sweeps if scaling else _tell_races
    tell(found, failures, settings, as_json)
    if plot is not None and found:
        draw = report.sweeps_plot if scaling else report.races_plot
        draw(found, settings, plot)
    fail(context, failures)
    if any(one.disputed for one in found):
        raise typer.Exit(1)


def _gather(
    cases: Sequence[Case], settings: Settings, measure: Callable[[Case, Settings], Iterable[Any]]
) -> tuple[list[Any], list[Failure]]:
    from symloss import publish, report

    found: list[Any] = []
    failures = []
    for case in report.bar("timing")(cases, len(cases)):
        try:
            found += measure(case, settings)
        except Exception as error:
            failures.append(publish.unforeseen(case.name, error))
    return found, failures


def _tell_races(
    found: list[Race], failures: list[Failure], settings: Settings, as_json: bool
) -> None:
    from symloss import report

    if as_json:
        print_json(report.races_json(found, {one.subject: one.message for one in failures}))
        return
    out.print(report.races_table(found, settings.peers))
    _print_lines(report.races_notes(found, settings))


def _tell_sweeps(
    found: list[Sweep], failures: list[Failure], _settings: Settings, as_json: bool
) -> None:
    from symloss import report

    if as_json:
        print_json(report.sweeps_json(found, {one.subject: one.message for one in failures}))
        return
    for sweep in found:
        out.print(report.sweep_table(sweep))
    _print_lines(report.sweeps_notes(found))


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        out.print(line, markup=False)
