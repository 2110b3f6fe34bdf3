"""The catalogue's specs for tests of any room, each read once a process and only when asked for."""

from __future__ import annotations

from functools import cache

from symloss.publish import catalogue_specs
from symloss.spec import Spec, read_spec

PATHS = catalogue_specs()


@cache
def spec_of(name: str) -> Spec:
    """The spec of a loss of the catalogue."""
    return read_spec(PATHS[name])
