"""Where specs, templates and generated losses lie: in a checkout, or in an installation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import symloss
from symloss.errors import PublishError

_PACKAGE = Path(symloss.__file__).resolve().parent


@dataclass(frozen=True)
class Places:
    """The three folders that building the catalogue reads and writes."""

    specs: Path
    templates: Path
    generated: Path


def installed_places() -> Places:
    """The folders of the running code: in a checkout beside it, else inside the package."""
    if is_checkout():
        root = _from_here(_PACKAGE.parent)
        return Places(root / "specs", root / "templates", root / "generated")
    return Places(_PACKAGE / "specs", _PACKAGE / "templates", _PACKAGE / "losses")


def is_checkout() -> bool:
    """Whether the running code lies in a checkout of symloss rather than in an installation."""
    root = _PACKAGE.parent
    return (root / "pyproject.toml").is_file() and (root / "specs").is_dir()


def checkout_places() -> Places:
    """The folders of the checkout.

    Raises: PublishError: the running code is installed, where the catalogue comes built and is not
        to be changed.
    """
    if not is_checkout():
        raise PublishError(
            "without a path, `symloss build` rebuilds symloss's own catalogue;"
            " that takes a checkout, installed with `pip install -e .`\n"
            "  to build a loss of yours: symloss build my_loss.toml --out losses"
        )
    return installed_places()


def _from_here(folder: Path) -> Path:
    """The folder as a user who stands in it would name it: messages are shorter so."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
