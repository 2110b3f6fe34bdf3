"""How each contender computes a mean over the items and its gradients, ready to be called."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from symloss import peers
from symloss.bench.arrays import UnavailableError, numpy_work
from symloss.peers import FORMULAS, Row
from symloss.spec import Spec

Array = NDArray[Any]
What = Literal["value_and_gradient", "value", "gradient"]
Work = Callable[[], tuple[Any, tuple[Any, ...]]]


@dataclass(frozen=True)
class Task:
    """What every contender is to compute, and from what.

    Attributes:
        spec: the loss.
        arrays: its inputs, a leading axis of items each.
        what: the mean, its gradients, or both.
    """

    spec: Spec
    arrays: list[Array]
    what: What = "value_and_gradient"

    @property
    def parameters(self) -> Mapping[str, float]:
        """Those that its rows were made for; of a loss that has none, the defaults."""
        formula = FORMULAS.get(self.spec.name)
        return formula.parameters if formula else {}

    @property
    def by(self) -> tuple[int, ...]:
        """The places of the inputs that derivatives are taken by."""
        names = [entry.name for entry in self.spec.inputs]
        return tuple(names.index(name) for name in self.spec.wrt)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its floats."""
        return next((part.dtype for part in self.arrays if part.dtype.kind == "f"), np.dtype(float))

    def row(self, package: str) -> Row:
        """What a package has for the loss, at the task's parameters.

        Raises:
            UnavailableError: it is not installed, or has nothing.
        """
        if package not in peers.installed():
            raise UnavailableError(f"{package} is not installed")
        for row in peers.library(package).rows:
            if row.loss == self.spec.name and dict(row.parameters) == dict(self.parameters):
                return row
        raise UnavailableError("has no such loss")


def ours(task: Task, loss: Any) -> Work:
    """The emitted loss."""
    function = getattr(loss, task.what)
    several = len(task.spec.wrt) > 1

    def work() -> tuple[Any, tuple[Any, ...]]:
        found = function(*task.arrays, **task.parameters, reduction="mean")
        if task.what == "value":
            return found, ()
        value, slopes = found if task.what == "value_and_gradient" else (None, found)
        return value, tuple(slopes) if several else (slopes,)

    return work


def eager(task: Task) -> Work:
    """PyTorch with autograd, the way that its users compute it."""
    row = task.row("torch")
    return _torch(task, row.reduced or _mean_of(row.call))


def compiled(task: Task) -> Work:
    """The same under torch.compile."""
    row = task.row("torch")
    import torch

    torch._dynamo.reset()
    work = _torch(task, torch.compile(row.reduced or _mean_of(row.call), dynamic=False))
    try:
        work()
    except Exception as error:
        raise UnavailableError(why_not_compiled(error)) from error
    return work


def why_not_compiled(error: Exception) -> str:
    """What a reader can do about it, or the first line of what PyTorch says."""
    told = str(error).strip().splitlines() or [type(error).__name__]
    if "InvalidCxxCompiler" in told[0]:
        return "torch.compile needs a C++ compiler and finds none: install g++, or set CXX to yours"
    return f"torch.compile failed: {told[0][:80]}"


def _mean_of(call: Any) -> Any:
    return lambda *parts: call(*parts).mean()


def _torch(task: Task, mean: Any) -> Work:
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    tensors = [torch.from_numpy(part) for part in task.arrays]
    variables = [tensors[place] for place in task.by]
    if task.what != "value":
        for variable in variables:
            variable.requires_grad_()

    def work() -> tuple[Any, tuple[Any, ...]]:
        if task.what == "value":
            return mean(*tensors).numpy(), ()
        value = mean(*tensors)
        slopes = torch.autograd.grad(value, variables, materialize_grads=True)
        shown = value.detach().numpy() if task.what == "value_and_gradient" else None
        return shown, tuple(slope.numpy() for slope in slopes)

    return work


def jitted(task: Task) -> Work:
    """JAX: jit of value_and_grad."""
    row = task.row("optax")
    import jax

    jax.config.update("jax_enable_x64", True)
    mean = _mean_of(row.call)
    transforms = {
        "value": lambda: mean,
        "gradient": lambda: jax.grad(mean, argnums=task.by),
        "value_and_gradient": lambda: jax.value_and_grad(mean, argnums=task.by),
    }
    function = jax.jit(transforms[task.what]())
    parts = [jax.device_put(part) for part in task.arrays]

    def work() -> tuple[Any, tuple[Any, ...]]:
        found = jax.block_until_ready(function(*parts))
        if task.what == "value":
            return found, ()
        return found if task.what == "value_and_gradient" else (None, found)

    return work


def scored(task: Task) -> Work:
    """scikit-learn: values and gradients of items, then their mean."""
    row = task.row("sklearn")
    if task.what == "value" or row.call(*(part[:2] for part in task.arrays))[1] is None:
        raise UnavailableError("has its value alone" if task.what != "value" else "has both in one")
    return _averaged(task, lambda: (lambda found: (found[0], (found[1],)))(row.call(*task.arrays)))


def _averaged(task: Task, both: Callable[[], tuple[Any, tuple[Any, ...]]]) -> Work:
    """The mean of the values, and its gradients, of NumPy arrays that nobody else holds."""

    def work() -> tuple[Any, tuple[Any, ...]]:
        values, slopes = both()
        for slope in slopes:
            slope /= slope.dtype.type(len(task.arrays[0]))
        wanted = task.what == "value_and_gradient"
        return values.mean(dtype=values.dtype) if wanted else None, slopes

    return work


def plain(task: Task) -> Work:
    """NumPy, array by array, as the spec says and as its derivatives are derived."""
    return numpy_work(task.spec, task.arrays, task.parameters, task.what)


ENGINES: dict[str, Callable[[Task], Work]] = {
    "torch": eager,
    "torch.compile": compiled,
    "jax": jitted,
    "sklearn": scored,
    "numpy": plain,
}


def sizes_moved(task: Task) -> int:
    """Bytes that a fused pass reads and writes: the inputs once, the gradients once."""
    read = sum(part.nbytes for part in task.arrays)
    written = sum(task.arrays[place].nbytes for place in task.by)
    return read if task.what == "value" else read + written
