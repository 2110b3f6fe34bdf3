"""A loss as mathematics: its definitions, its derivatives and where they have kinks."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from symloss.derive import Derivation
from symloss.emit import signature
from symloss.program import Program, latex, text
from symloss.spec import Spec

ZERO = "the gradient is zero almost everywhere: it tells an optimiser nothing"


def mathematics(spec: Spec, derivation: Derivation, *, as_latex: bool = False) -> str:
    """What `symloss show` prints."""
    return _latex(spec, derivation) if as_latex else _text(spec, derivation)


def _text(spec: Spec, derivation: Derivation) -> str:
    blocks = [("math", spec.math.strip())]
    blocks += [(title, text(program)) for title, program in _derived(spec, derivation)]
    if derivation.kinks:
        blocks.append(("kinks", "\n".join(map(str, derivation.kinks))))
    parts = [_heading(spec), *(f"{title}\n{indent(body, '    ')}" for title, body in blocks)]
    return "\n\n".join([*parts, ZERO] if derivation.gradient_is_zero else parts)


def _latex(spec: Spec, derivation: Derivation) -> str:
    programs = [("loss", derivation.value), *_derived(spec, derivation)]
    remarks = [f"kink: {kink}" for kink in derivation.kinks]
    remarks += [ZERO] if derivation.gradient_is_zero else []
    heading = "\n".join(f"% {line}" for line in (f"{spec.name}: {spec.title}", *remarks))
    return "\n\n".join((heading, *(f"% {title}\n{latex(program)}" for title, program in programs)))


def _heading(spec: Spec) -> str:
    lines = (f"{spec.name}: {spec.title}   {signature(spec)}", spec.summary, spec.source)
    return "\n".join(line for line in lines if line)


def _derived(spec: Spec, derivation: Derivation) -> Iterator[tuple[str, Program]]:
    variables = ", ".join(spec.wrt)
    yield f"gradient by {variables}", derivation.gradient
    if derivation.second is not None:
        yield f"second derivative by {variables}", derivation.second
    else:
        yield f"Hessian-vector product by {variables}", derivation.hessian_vector_product
