"""A loss's kernel as the data of its module, and the module's text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import symloss
from symloss.emit.domains import as_data, inside
from symloss.emit.embed import embedded, used_names
from symloss.emit.environment import typeset
from symloss.emit.procedures import context
from symloss.language import Index, Simplex
from symloss.lower import Kernel
from symloss.spec import Input, Parameter, Spec

_TOLERANCE = 1e-3
"""How far the sum of a simplex input may be from 1, rounding of float32 over many classes included."""


def render(
    spec: Spec,
    kernel: Kernel,
    *,
    standalone: bool,
    verification: str | None = None,
    build_key: str,
) -> str:
    """The source of a loss's module.

    Args:
        spec: what the loss is; gives names, text and claims.
        kernel: what its functions compute.
        standalone: embed the run-time instead of importing it, so that the file needs numpy and numba alone.
        verification: the judge's summary, if it has spoken.
        build_key: what the module was built from.
    """
    functions = [typeset(*context(spec, kernel, procedure)) for procedure in kernel.procedures]
    outside = _outside(kernel)
    used = used_names("\n".join([*functions, *(check["condition"] for check in outside)]))
    data = {
        "name": spec.name,
        "class_name": "".join(part.capitalize() for part in spec.name.split("_")),
        "title": spec.title.rstrip("."),
        "summary": spec.summary,
        "signature": signature(spec),
        "math": [_plain(line) for line in spec.math.strip("\n").splitlines()],
        "gradient": [_plain(line) for line in kernel.gradient_text.splitlines()],
        "notes": _notes(spec, kernel, verification),
        "version": symloss.__version__,
        "path": PurePath(spec.path).as_posix(),
        "spec_hash": spec.hash,
        "build_key": build_key,
        "standalone": standalone,
        "imports": used,
        "embedded": embedded(used) if standalone else "",
        "outside": outside,
        "functions": functions,
        "inputs": [_input(entry) for entry in spec.inputs],
        "parameters": [_parameter(entry) for entry in spec.parameters],
        "wrt": spec.wrt,
        "has_hessian": kernel.is_scalar,
        "audit": _audit(kernel),
        "verification": verification or "",
    }
    return typeset("numba/module.jinja", data)


def signature(spec: Spec) -> str:
    """The value's core dimensions, as NumPy writes them for generalised ufuncs."""
    shapes = (f"({','.join(map(str, entry.shape))})" for entry in spec.inputs)
    return f"{','.join(shapes)}->()"


def _outside(kernel: Kernel) -> list[dict[str, str]]:
    checks = []
    for name, domain in kernel.outside.items():
        checks.append({"name": f"outside_{name}", "domain": str(domain), "condition": inside(domain)})
        if isinstance(domain, Simplex):
            near = f"abs(x - like(x, 1)) <= like(x, {_TOLERANCE})"
            checks.append({"name": f"off_simplex_{name}", "domain": "a sum of 1", "condition": near})
    return checks


def _notes(spec: Spec, kernel: Kernel, verification: str | None) -> list[str]:
    kinks = [str(kink) for kink in kernel.kinks]
    facts = {
        "Source": spec.source,
        "Kinks": "; ".join(kinks),
        "Gradient": "zero almost everywhere" if kernel.gradient_is_zero else "",
        "Verified": verification or "",
    }
    return [f"{name + ':':<10} {_plain(text)}" for name, text in facts.items() if text]


def _plain(text: str) -> str:
    """Text that may stand in a raw docstring."""
    return text.rstrip().replace('"""', "'''").replace("\\", "/")


def _input(entry: Input) -> dict[str, Any]:
    shape = ", ".join(repr(size) for size in entry.shape)
    return {
        "name": entry.name,
        "shape": f"({shape},)" if entry.shape else "()",
        "domain": str(entry.domain),
        "data": as_data(entry.domain),
        "is_index": isinstance(entry.domain, Index),
    }


def _parameter(entry: Parameter) -> dict[str, Any]:
    return {
        "name": entry.name,
        "shape": "()",
        "domain": str(entry.domain),
        "data": as_data(entry.domain),
        "default": None if entry.default is None else repr(float(entry.default)),
    }


def _audit(kernel: Kernel) -> Mapping[str, Any]:
    return {
        "kinks": [str(kink) for kink in kernel.kinks],
        "gradient_is_zero": kernel.gradient_is_zero,
    }


