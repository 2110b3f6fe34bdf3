"""Constants that a kernel names at its top."""

from __future__ import annotations

import re
from collections.abc import Iterable

from symloss.emit.printer import CONSTANTS


def constants(body: Iterable[str], *, gives_loss: bool = False) -> list[str]:
    """Definitions of the constants that lines of code mention, and of those that losses need."""
    words = {word for line in body for word in re.findall(r"[a-z_]\w*", line)}
    words |= {"zero", "one"} if gives_loss else set()
    return [f"{name} = {text}" for name, text in CONSTANTS.items() if name in words]
