"""Compiled functions on disk, in files named by everything that they depend on.

Numba's own cache goes by the time of the file that holds a function, and does not see that what the
function calls has changed; its index is overwritten by concurrent processes; it is bound to the
name that a module is imported by; and it loads all of the compiler first. Here a name says it all:
a file that is there is the right one, whoever wrote it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from pickle import Unpickler
from typing import Any
from uuid import uuid4

import llvmlite
import numba
from llvmlite.binding import address_of_symbol
from numba.core import config
from numba.core.compiler import CompileResult
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

VERSIONS = (sys.implementation.cache_tag, numba.__version__, llvmlite.__version__)


class Shelf:
    """The compiled forms of one function, where a dispatcher of Numba's looks for them."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.file = Path(function.__code__.co_filename)
        self.name = f"{self.file.stem}.{function.__name__}"
        self.place = str(function.__code__.co_firstlineno)
        self.stamp = _stamp(self.file) if function.__closure__ is None else ""
        # LLVM knows functions by this: without the stamp, those of two versions would be one.
        function.__qualname__ = f"{self.stamp}.{function.__qualname__}"

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The form compiled for these types, or None."""
        name = self._name(signature, target.codegen())
        for folder in self._folders() if name else ():
            # Whatever is wrong with a file: what it holds can be compiled again.
            with suppress(Exception):
                return _rebuilt((folder / name).read_bytes(), target)
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep a compiled form where that is possible."""
        name = self._name(signature, compiled.codegen)
        if not name or compiled.lifted or compiled.library.has_dynamic_globals:
            return
        data = dumps((_symbols(compiled.library), compiled._reduce()))
        for folder in self._folders():
            with suppress(OSError):
                _write(folder / name, data)
                self._tidy(folder)
                return

    @property
    def cache_path(self) -> str:
        """The folder that is tried first."""
        return str(next(self._folders()))

    def flush(self) -> None:
        """Forget what is stored of the function, as it is now."""
        for folder in self._folders():
            for file in folder.glob(f"{self.name}-{self.stamp}-*.nbc"):
                file.unlink(missing_ok=True)

    def _name(self, signature: Any, codegen: Any) -> str:
        if not self.stamp:
            return ""
        parts = (*VERSIONS, self.place, *codegen.magic_tuple(), *map(str, signature))
        return f"{self.name}-{self.stamp}-{_digest(*map(str, parts))}.nbc"

    def _folders(self) -> Iterator[Path]:
        """Where to look, and to write to the first that can be written."""
        if given := getattr(config, "CACHE_DIR", ""):  # NUMBA_CACHE_DIR
            yield Path(given) / "symloss"
            return
        yield self._beside
        with suppress(RuntimeError):  # nobody's home is known
            yield _users_folder()

    @property
    def _beside(self) -> Path:
        return self.file.parent / "__pycache__"

    def _tidy(self, folder: Path) -> None:
        """Remove what earlier texts of the file have left; users' folders serve many files."""
        if folder == self._beside:
            for file in folder.glob(f"{self.name}-*.nbc"):
                if not file.name.startswith(f"{self.name}-{self.stamp}-"):
                    file.unlink(missing_ok=True)


class _Reader(Unpickler):
    """Unpickles a compiled form in a module that has another name than when it was compiled."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        if name == "_rebuild_env":
            return lambda _, *rest: found("numba", *rest)  # any module that can be imported
        return found


def _rebuilt(data: bytes, target: Any) -> Any:
    """A compiled form.

    Most need nothing of Numba but its core: the rest would take ten times as long to load as they.
    """
    symbols, parts = _Reader(BytesIO(data)).load()
    rtsys.initialize(target)
    if not all(map(address_of_symbol, symbols)):
        target.refresh()
    parts[1].modname = "numba"  # nor does the description of the function need a module
    return CompileResult._rebuild(target, *parts)


def _symbols(library: Any) -> list[str]:
    """What a library expects from elsewhere."""
    module = library._final_module
    parts = (*module.functions, *module.global_variables)
    names = [entry.name for entry in parts if entry.is_declaration]
    return [name for name in names if not name.startswith("llvm.")]


def _users_folder() -> Path:
    given = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return (Path(given) if given else Path.home() / ".cache") / "symloss"


def _write(file: Path, data: bytes) -> None:
    """Write beside the file, then move into place: no reader ever sees a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{uuid4().hex[:8]}.tmp")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _stamp(file: Path) -> str:
    """A digest of a file and of this room; nothing where the file cannot be read."""
    try:
        return _digest(_read(file, file.stat().st_mtime_ns), _room())
    except OSError:
        return ""


@cache
def _read(file: Path, _modified: int) -> str:
    return sha256(file.read_bytes()).hexdigest()


@cache
def _room() -> str:
    """A digest of what kernels rest on; a standalone module holds that itself."""
    here = Path(__file__)
    is_embedded = not __name__.startswith("symloss.runtime.")
    files = [here] if is_embedded else sorted(here.parent.glob("*.py"))
    return _digest(*(_read(file, file.stat().st_mtime_ns) for file in files))


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:20]
