"""The map of symloss: one verb per room.

    read_spec     a TOML file   ->  Spec          the mathematics, checked           symloss.spec
    read_program  Spec          ->  Program       definitions in index notation      symloss.program
    stabilise     Program       ->  Program       stable forms of naive spellings    symloss.stable
    audit         Spec          ->  Audit         what is proved or refuted of it    symloss.audit
    derive        Program       ->  Derivation    gradient, second derivative, kinks symloss.derive
    lower         Derivation    ->  Kernel        stable forms, loops, layout        symloss.lower
    render        Spec, Kernel  ->  str           a module's source text             symloss.emit
    load          a module      ->  Loss          the emitted loss, imported         here
    verify        Spec, Loss    ->  Verification  what the judge found               symloss.verify
    certify       Spec, Loss    ->  Certificate   the worst errors, in ulps          symloss.verify

What `make` returns has been judged; `symloss.publish` writes it to where it belongs.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from numba.core.caching import NullCache
from numba.core.registry import CPUDispatcher

from symloss.audit import audit
from symloss.derive import Derivation, derive, with_norms, with_softmaxes, with_units
from symloss.emit import render
from symloss.errors import PublishError, VerificationError
from symloss.lower import Kernel, lower
from symloss.program import read_program, without_twins
from symloss.spec import Spec, read_spec
from symloss.stable import stabilise
from symloss.verify import Record, Verification, certify, verify

__all__ = [
    "Made",
    "audit",
    "certify",
    "compile_spec",
    "derive_spec",
    "draft",
    "load",
    "make",
    "read_program",
    "read_spec",
    "verify",
]


@dataclass(frozen=True)
class Made:
    """A module's source, and what the judge found when it ran that module."""

    source: str
    verification: Verification


def derive_spec(spec: Spec) -> Derivation:
    """The derivatives of a spec."""
    program = read_program(spec)
    forms = (stabilise(program), stabilise(program, gaps=False))
    once = map(without_twins, forms)
    return derive(*(with_units(with_norms(with_softmaxes(form))) for form in once))


def compile_spec(spec: Spec) -> Kernel:
    """A spec as stable, ordered computations that are ready to be printed."""
    return lower(derive_spec(spec))


def make(
    spec: Spec,
    *,
    standalone: bool,
    build_key: str,
    folder: Path,
    audit: Mapping[str, str],
    record: Record = (),
) -> Made:
    """A spec as a judged module; `folder` holds the draft that the judge runs.

    `audit` is what the module's header tells of the loss; `record` tells where the judge measures
    errors again.

    Raises:
        SymlossError: the spec does not compile, or the emitted code fails a check.
    """
    kernel = compile_spec(spec)
    source = partial(render, spec, kernel, standalone=standalone, build_key=build_key, audit=audit)
    verification = verify(spec, _load_text(spec, source(), folder), record=record)
    if not verification.passed:
        raise VerificationError(str(verification))
    return Made(source(verification=verification.summary()), verification)


def draft(spec: Spec, folder: Path) -> Any:
    """The loss of a spec, emitted into `folder` and imported, unjudged.

    It shares the run-time of this process, and what that has compiled.
    """
    source = render(spec, compile_spec(spec), standalone=False, build_key="draft")
    return _load_text(spec, source, folder)


def load(path: Path) -> Any:
    """The loss that an emitted file defines: the object of the file's name.

    Raises:
        PublishError: the file defines no such object.
    """
    name = path.stem
    description = importlib.util.spec_from_file_location(f"symloss_draft_{name}", path)
    if description is None or description.loader is None:
        raise PublishError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(description)
    sys.modules[description.name] = module
    description.loader.exec_module(module)
    if not hasattr(module, name):
        raise PublishError(f"{path}: defines no loss named {name}; emit it with `symloss build`")
    return getattr(module, name)


def _load_text(spec: Spec, source: str, folder: Path) -> Any:
    file = folder / f"{spec.name}.py"
    file.write_text(source, "utf-8")
    loss = load(file)
    module = sys.modules[type(loss).__module__]
    for value in vars(module).values():
        if isinstance(value, CPUDispatcher) and value.py_func.__module__ == module.__name__:
            vars(value)["_cache"] = NullCache()  # a draft is soon thrown away; the run-time stays
    return loss
