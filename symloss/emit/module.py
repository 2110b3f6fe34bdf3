"""A loss's kernel as the data of its module, and the module's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

import symloss
from symloss.emit.domains import construct
from symloss.emit.embed import embedded, used_names, without
from symloss.emit.environment import typeset
from symloss.emit.procedures import contexts, lane_names
from symloss.lower import Kernel
from symloss.spec import Input, Parameter, Spec

_ACCURACY = "Accuracy"
_PLAIN = {"math": "import math\n", "np": "import numpy as np\n"}


def render(
    spec: Spec,
    kernel: Kernel,
    *,
    standalone: bool,
    verification: str | None = None,
    audit: Mapping[str, str] | None = None,
    build_key: str,
) -> str:
    """The source of a loss's module.

    Args:
        spec: what the loss is; gives names, text and claims.
        kernel: what its functions compute.
        standalone: embed the run-time instead of importing it, so that the file needs numpy and
            numba alone.
        verification: the judge's summary, if it has spoken.
        audit: what is proved or refuted of the loss, by property.
        build_key: what the module was built from.
    """
    functions = [
        typeset(*made)
        for procedure in kernel.procedures
        for made in contexts(spec, kernel, procedure)
    ]
    code = "\n".join(functions)
    used = used_names(code)
    head = {
        "standalone": standalone,
        "imports": used,
        "plain_imports": [line for name, line in _PLAIN.items() if f"{name}." in code],
        "embedded": embedded(used) if standalone else "",
        "functions": functions,
    }
    class_name = "".join(part.capitalize() for part in spec.name.split("_"))
    data = {
        "name": spec.name,
        "class_name": f"{class_name}_" if class_name in {*used, spec.name} else class_name,
        "title": spec.title.rstrip("."),
        "summary": spec.summary,
        "signature": signature(spec),
        "math": [_plain(line) for line in spec.math.strip("\n").splitlines()],
        "gradient": [_plain(line) for line in kernel.gradient_text.splitlines()],
        "notes": _notes(spec, kernel, verification, audit or {}),
        "version": symloss.__version__,
        "path": PurePath(spec.path).as_posix(),
        "spec_hash": spec.hash,
        "build_key": build_key,
        "head": without(typeset("numba/head.jinja", head), spec.name),
        "inputs": [_argument(entry) for entry in spec.inputs],
        "parameters": [_argument(entry) for entry in spec.parameters],
        "methods": _methods(spec),
        "wrt": spec.wrt,
        "kernels": {
            name: f"_{name}" if name in {entry.name for entry in kernel.procedures} else "None"
            for name in _SUMMARIES
        },
        "abreast": {name: f"_{name}_abreast" for name in lane_names(spec, kernel)},
        "audit": _audit(kernel, audit or {}),
        "verification": verification or "",
    }
    return typeset("numba/module.jinja", data)


def signature(spec: Spec) -> str:
    """The value's core dimensions, as NumPy writes them for generalised ufuncs."""
    shapes = (f"({','.join(map(str, entry.shape))})" for entry in spec.inputs)
    return f"{','.join(shapes)}->()"


def _notes(
    spec: Spec, kernel: Kernel, verification: str | None, audit: Mapping[str, str]
) -> list[str]:
    kinks = [str(kink) for kink in kernel.kinks]
    facts = {
        "Source": spec.source,
        "Kinks": "; ".join(kinks),
        "Gradient": "zero almost everywhere" if kernel.gradient_is_zero else "",
        "Proved": ", ".join(_told(name, word) for name, word in audit.items() if word != "no"),
        "Refuted": ", ".join(name for name, word in audit.items() if word == "no"),
        "Verified": verification or "",
        _ACCURACY: "not measured",
    }
    return [_note(name, text) for name, text in facts.items() if text]


def with_accuracy(source: str, told: str) -> str:
    """A module's source with another word on its accuracy in the header."""
    header, mark, code = source.partition("\n# build-key: ")
    lines = header.split("\n")
    places = [n for n, line in enumerate(lines) if line.startswith(_note(_ACCURACY, ""))]
    if places:  # the header's own line is the last: a spec's summary may begin likewise
        lines[places[-1]] = _note(_ACCURACY, told)
    return "\n".join(lines) + mark + code


def _note(name: str, text: str) -> str:
    return f"{name + ':':<10} {_plain(text)}"


def _told(name: str, word: str) -> str:
    return name if word == "yes" else f"{name} = {word}"


def _plain(text: str) -> str:
    """Text that may stand in a raw docstring."""
    return text.rstrip().replace('"""', "'''").replace("\\", "/")


def _argument(entry: Input | Parameter) -> dict[str, str]:
    shape = getattr(entry, "shape", ())
    return {"name": entry.name, "shape": repr(tuple(shape)), "domain_code": construct(entry.domain)}


def _methods(spec: Spec) -> list[dict[str, Any]]:
    """The functions that users call: what they are called with, and what is passed on."""
    inputs = [entry.name for entry in spec.inputs]
    parameters = [_keyword(entry) for entry in spec.parameters]
    names = tuple(entry.name for entry in spec.parameters)
    given = [_tuple(inputs), _tuple(names)]
    weights = ["weight=None", 'reduction="none"', "out=None", "validate=False"]
    passed = ["weight", "reduction", "out", "validate"]
    methods: list[dict[str, Any]] = [
        {
            "name": name,
            "summary": summary,
            "arguments": ["self", *inputs, "*", *parameters, *weights],
            "passed": [*given, *passed],
        }
        for name, summary in _SUMMARIES.items()
    ]
    methods[-1]["arguments"].insert(len(inputs) + 2, "vector")
    methods[-1]["passed"].insert(2, "vector")
    return methods


_SUMMARIES = {
    "value": "The loss of each item, or their weighted sum or mean.",
    "gradient": "The derivative of what `value` returns, item by item.",
    "value_and_gradient": "Both, in one pass.",
    "hessian": "The second derivatives of each item.",
    "hessian_vector_product": "The derivative of the gradient along `vector`.",
}


def _keyword(entry: Parameter) -> str:
    return entry.name if entry.default is None else f"{entry.name}={float(entry.default)!r}"


def _tuple(names: Iterable[str]) -> str:
    given = list(names)
    return f"({given[0]},)" if len(given) == 1 else f"({', '.join(given)})"


def _audit(kernel: Kernel, audit: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "findings": dict(audit),
        "kinks": [str(kink) for kink in kernel.kinks],
        "gradient_is_zero": kernel.gradient_is_zero,
    }
