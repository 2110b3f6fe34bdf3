"""What the commands share: the application, its consoles and options, how errors are told."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from symloss import __version__
from symloss.errors import SymlossError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symloss.publish import Failure


class Answering(TyperGroup):
    """Commands whose foreseen errors are messages, not tracebacks."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; report an error of symloss and exit with 1."""
        try:
            return super().invoke(ctx)
        except SymlossError as error:
            complain(str(error))
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Answering,
    help="Loss functions written once as mathematics: derived, emitted as fast code, and verified.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# A pipe has no width of its own: tables are not folded to a terminal's.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)
err = Console(highlight=False, soft_wrap=True, stderr=True)

WORDS = "Losses by name, or spec files; without any, the whole catalogue."
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, help="Processes. [default: one a core]")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"symloss {__version__}")
        raise typer.Exit


Version = typer.Option(
    "--version", callback=_print_version, is_eager=True, help="Print the version."
)


@app.callback()
def symloss(
    context: typer.Context,
    _version: Annotated[bool, Version] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Keep what holds for every command."""
    context.obj = debug


def fail(context: typer.Context, failures: Iterable[Failure]) -> None:
    """Report failures and exit with 1; with none, do nothing."""
    failures = list(failures)
    for failure in failures:
        complain(told(failure, "\n"))
        if context.obj and failure.trace:
            err.print(failure.trace, markup=False)
    if failures:
        raise typer.Exit(1)


def told(failure: Failure, gap: str) -> str:
    """What is wrong with what; a message that names its subject itself needs no other."""
    if failure.subject in failure.message:
        return failure.message
    return f"{failure.subject}{gap}{failure.message}"


def complain(message: str) -> None:
    """Tell of an error on standard error."""
    err.print("error:", style="bold red", end=" ")
    err.print(message, markup=False)


def print_json(value: Any) -> None:
    """Print a value that has no NaN and no infinity."""
    typer.echo(json.dumps(value, indent=2, allow_nan=False))
