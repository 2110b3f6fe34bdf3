"""From the words of a command to spec files: names of losses of the catalogue, or paths."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from symloss.errors import SpecError
from symloss.publish.places import installed_places
from symloss.spec import find_specs


def catalogue_specs() -> dict[str, Path]:
    """The spec files of the catalogue by the name of their loss, in alphabetical order."""
    specs = find_specs(installed_places().specs)
    return {spec.stem: spec for spec in sorted(specs, key=lambda spec: spec.stem)}


def is_path(word: str) -> bool:
    """Whether a word means a file or a folder, and not a name of the catalogue."""
    separators = {os.sep, os.altsep or os.sep}
    return word.endswith(".toml") or bool(separators & set(word)) or Path(word).is_dir()


def specs_of(word: str) -> tuple[Path, ...]:
    """The spec files that a word means.

    Raises:
        SpecError: no loss has that name, or there is no such file.
    """
    if is_path(word):
        return find_specs(Path(word))
    known = catalogue_specs()
    if word not in known:
        raise SpecError(f"no loss is called {word!r}", remedy=_suggestion(word, list(known)))
    return (known[word],)


def _suggestion(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=3)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return "`symloss list` shows the names; the path of a spec of yours ends in .toml"
