"""`symloss bench`."""

from __future__ import annotations

from typing import Annotated

import typer

from symloss.cli.base import WORDS, Json, fail, out, print_json


def bench(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[NAME|PATH]...", help=WORDS)] = None,
    peers: Annotated[
        str | None, typer.Option(help="Peers, with commas between. [default: all]")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of every library.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="Small arrays, few rounds.")] = False,
    as_json: Json = False,
) -> None:
    """Race losses against other packages, after comparing what they compute.

    Exit code 1: a loss cannot be had, or a peer disagrees and is not known to be the wrong one.
    """
    from symloss.processes import limit_threads

    limit_threads(threads)
    from symloss import bench as room
    from symloss import publish, report

    chosen = tuple(peers.split(",")) if peers is not None else tuple(room.ENGINES)
    unknown = [name for name in chosen if name not in room.ENGINES]
    if unknown:
        raise typer.BadParameter(f"no peer {unknown[0]!r}: choose from {', '.join(room.ENGINES)}")
    found, failures = [], []
    for case in publish.cases(words or [], None):
        try:
            found += list(room.races(case, room.Settings(chosen, quick)))
        except Exception as error:
            failures.append(publish.unforeseen(case.name, error))
    if as_json:
        print_json(report.races_json(found, {one.subject: one.message for one in failures}))
    else:
        out.print(report.races_table(found, chosen))
        for line in report.races_notes(found):
            out.print(line, markup=False)
    fail(context, failures)
    if any(race.disputed for race in found):
        raise typer.Exit(1)
