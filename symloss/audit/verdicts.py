"""What a prover answers: proved, refuted or unknown, with what is needed to check it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Proved:
    """A claim that holds; `certificate` is JSON-able and has a `kind`."""

    method: str
    steps: tuple[str, ...] = ()
    certificate: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refuted:
    """A claim that fails at a witness, whose rational numbers are strings "p/q"."""

    method: str
    witness: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unknown:
    """Neither; `tried` names the methods that ended without an answer."""

    tried: tuple[str, ...] = ()


Answer: TypeAlias = Proved | Refuted | Unknown
