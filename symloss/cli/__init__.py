"""The `symloss` command: arguments, printing, exit codes.

In: the words of a command line. Out: what was asked for on standard output, progress and errors on
standard error, an exit code: 0, all is well; 1, something is wrong with a loss; 2, the command was
not understood. Guarantees: other rooms are imported inside the commands, so that `symloss --help`
does not wait for SymPy. Raises: SystemExit.
"""

import sys
from typing import NoReturn

from symloss.cli.auditing import audit
from symloss.cli.base import app, complain
from symloss.cli.benching import bench
from symloss.cli.building import build
from symloss.cli.elementary import elementary
from symloss.cli.judging import verify
from symloss.cli.reading import list_losses, show

__all__ = ["app", "main"]

# In the order of the help.
for _command in (build, verify, audit, elementary, bench):
    app.command()(_command)
app.command("list")(list_losses)
app.command()(show)


def main() -> NoReturn:
    """Run the command line; without `--debug`, a mistake of symloss's own is a message, too."""
    try:
        app()
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        complain(f"{type(error).__name__}: {error}\n  a mistake of symloss: --debug shows where")
    sys.exit(1)
