"""Other packages' implementations of the catalogue's losses, as a table.

In: the name of a package.
Out: a `Library`: its rows (a loss, the package's value of it, conventions reconciled) and how it is
    asked for values and gradients; `items_of`, what to compare a loss at; `FORMULAS`, every loss
    written apart from its spec for any package that has the elementary functions.
Guarantees: a package is imported when it is first asked for, and not before; rows know nothing of
    specs, derivations or emitted code.
Raises: ImportError, where the package is not installed; `installed` tells beforehand.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from symloss.peers.called import Called
from symloss.peers.formulas import FORMULAS
from symloss.peers.items import MAKERS, items_of
from symloss.peers.model import Arrays, Formula, Library, Row

# The name of each module here, and of the package that it needs: they are the same.
NAMES = ("torch", "optax", "sklearn", "scipy")

__all__ = [
    "FORMULAS",
    "MAKERS",
    "NAMES",
    "Arrays",
    "Called",
    "Formula",
    "Library",
    "Row",
    "installed",
    "items_of",
    "library",
]


def installed() -> list[str]:
    """The names of those packages that can be imported here."""
    return [name for name in NAMES if find_spec(name) is not None]


def library(name: str) -> Library:
    """The rows of a package.

    Raises:
        ImportError: it is not installed.
    """
    found: Library = import_module(f"symloss.peers.{name}").LIBRARY
    return found
