"""What the functions of a loss are called with, and how their bodies spell what they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Expr

from symloss.emit.domains import conditions
from symloss.emit.names import safe
from symloss.emit.printer import Printer
from symloss.lower import Kernel, Procedure
from symloss.spec import Input, Spec, dimension_symbol


@dataclass(frozen=True)
class Signature:
    """One procedure's arguments: inputs, then parameters, then the procedure's vectors."""

    spec: Spec
    kernel: Kernel
    procedure: Procedure

    @property
    def operands(self) -> list[str]:
        """Names of inputs, parameters and vectors."""
        return [*self.spec.arguments, *(vector.name for vector in self.procedure.vectors)]

    @property
    def shapes(self) -> Mapping[str, tuple[Expr, ...]]:
        """Core shape by operand."""
        shapes = {
            name: tuple(map(dimension_symbol, entry.shape)) if isinstance(entry, Input) else ()
            for name, entry in self.spec.arguments.items()
        }
        return shapes | {vector.name: vector.shape for vector in self.procedure.vectors}

    @property
    def ranks(self) -> Mapping[str, int]:
        """Core rank by operand."""
        return {name: len(shape) for name, shape in self.shapes.items()}

    @property
    def places(self) -> set[str]:
        """Operands that hold subscripts."""
        return set(self.kernel.places)

    @property
    def derivatives(self) -> list[str]:
        """Names of outputs other than the loss."""
        return [output.name for output in self.procedure.outputs if output.name != "loss"]

    @property
    def outputs(self) -> list[str]:
        """The output arrays, the losses' first."""
        losses = ["out_loss"] if self.procedure.gives_loss else []
        return [*losses, *(f"out_{name}" for name in self.derivatives)]

    @property
    def arguments(self) -> list[str]:
        """The kernel's arguments, by the run-time's convention."""
        return ["count", "in_scale", *map(self.given, self.operands), "weight", *self.outputs]

    def given(self, name: str) -> str:
        """The array of all items of an operand; the body takes an item's number by its own name."""
        return safe(name) if self.ranks[name] else f"in_{safe(name)}"

    def printer(self, arrays: Mapping[str, tuple[str, str]]) -> Printer:
        """A printer that knows where the arrays of operands, outputs and these have the item."""
        known = {
            name: (self.given(name), f"n_{safe(name)}")
            for name in self.operands
            if self.ranks[name]
        }
        known |= {name: (f"out_{name}", "n") for name in self.derivatives}
        return Printer({**known, **arrays}, conditions(self.kernel.outside))
