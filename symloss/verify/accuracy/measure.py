"""The emitted functions of a loss, what they should return, and by how many ulps they miss it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from flint import arb

from symloss.spec import Spec
from symloss.verify.accuracy.format import Bounds, Format, largest
from symloss.verify.accuracy.place import REACH, Place, moving, nearby, stack
from symloss.verify.accuracy.truth import Key, Truth

FUNCTIONS = ("value", "gradient", "hessian", "hessian_vector_product")
Component = tuple[Key, ...]
"""Nothing for the value, a coordinate for a derivative, two for a second derivative."""
MOST = 6
"""Components of one point that are tried."""


@dataclass(frozen=True)
class Miss:
    """How far one number is off.

    Attributes:
        mixed: ulps of the result when inputs may be off by as many.
        plain: ulps of the result.
        component: which number it is.
        name: the same in words.
        place: where.
        got: what the emitted function returned.
        expected: the truth, rounded.
    """

    mixed: float
    plain: float
    component: Component
    name: str
    place: Place
    got: float
    expected: float


@dataclass(frozen=True)
class Gauge:
    """Measures one emitted function in one format."""

    spec: Spec
    loss: Any
    function: str
    form: Format

    def misses(
        self, places: Sequence[Place], random: np.random.Generator, enough: Sequence[float]
    ) -> list[Miss | None]:
        """The worst miss at each of some points of equal sizes.

        Mixed errors are only worked out where plain ones exceed `enough`; None where the
        mathematics has no number.
        """
        results = self.run(places)
        return [
            self.worst(
                place,
                [partial(result, number) for result in results],
                self.components(place, random),
                limit,
            )
            for number, (place, limit) in enumerate(zip(places, enough, strict=True))
        ]

    def run(self, places: Sequence[Place]) -> list[Callable[[int, Component], float]]:
        """What emitted functions return: for value and gradient, the fused function's, too."""
        spec = self.spec
        inputs = [stack(places, entry.name) for entry in spec.inputs]
        given: dict[str, Any] = {e.name: stack(places, e.name) for e in spec.parameters}
        with np.errstate(all="ignore"):
            if self.function == "hessian_vector_product":
                vectors = [stack(places, name, vector=True) for name in spec.wrt]
                given["vector"] = vectors[0] if len(vectors) == 1 else tuple(vectors)
            result = getattr(self.loss, self.function)(*inputs, **given)
            if self.function == "hessian":
                return [partial(_entry, spec, result)]
            found = [result]
            if self.function in ("value", "gradient"):
                both = self.loss.value_and_gradient(*inputs, **given)
                found.append(both[self.function == "gradient"])
        return [partial(_number, spec, part) for part in found]

    def around(self, place: Place) -> Truth:
        """The truths around a point."""
        return Truth(self.spec, place.tables(self.spec), self.form)

    def true(self, truth: Truth, place: Place, component: Component) -> Bounds | None:
        """What a number should be at a point whose truths are given."""
        if self.function == "value":
            return truth.value()
        if self.function == "gradient":
            return truth.slope(component[0])
        if self.function == "hessian":
            return truth.second(component[0], {component[1]: arb(1)})
        return truth.second(component[0], place.direction())

    def components(
        self, place: Place, random: np.random.Generator, most: int = MOST
    ) -> list[Component]:
        """The numbers of a result to look at: of many, some."""
        if self.function == "value":
            return [()]
        keys = [
            (name, at)
            for name in self.spec.wrt
            for at in np.ndindex(np.asarray(place.values[name]).shape)
        ]
        every: list[Component] = [(key,) for key in keys]
        if self.function == "hessian":
            every = [(key, other) for key in keys for other in keys]
        if len(every) <= most:
            return every
        chosen = sorted(random.choice(len(every), most, replace=False).tolist())
        return [every[number] for number in chosen]

    def named(self, component: Component) -> str:
        """A number of a result, in words."""
        return self.function + "".join(f" {name}{list(at) if at else ''}" for name, at in component)

    def worst(
        self,
        place: Place,
        results: Sequence[Callable[[Component], float]],
        components: Sequence[Component],
        enough: float,
    ) -> Miss | None:
        """The worst miss among some numbers of the results at a point."""
        truth = self.around(place)
        worst: Miss | None = None
        for component in components:
            found = self.true(truth, place, component)
            if found is None:
                continue
            for result in results:
                limit = max(enough, worst.mixed if worst else 0.0)
                miss = self._miss(place, component, found, result(component), limit)
                worst = miss if worst is None or miss.mixed > worst.mixed else worst
        return worst

    def _miss(
        self, place: Place, component: Component, truth: Bounds, got: float, enough: float
    ) -> Miss:
        error = self.form.error(got, truth)
        plain = _ratio(error, self.form.ulp(largest(truth)))
        mixed = plain
        if plain > enough and error.is_finite():
            mixed = self._mixed(place, component, truth, error, enough)
        name = self.named(component)
        return Miss(mixed, plain, component, name, place, got, _rounded(truth))

    def _mixed(
        self, place: Place, component: Component, truth: Bounds, error: arb, enough: float
    ) -> float:
        """The error over an ulp of the result and what an ulp of every input moves it by."""
        allowed = self.form.ulp(largest(truth))
        for spread in self._spreads(place, component, truth):
            allowed += spread / REACH
            if _ratio(error, allowed) <= enough:
                break
        return _ratio(error, allowed)

    def _spreads(self, place: Place, component: Component, truth: Bounds) -> Iterator[arb]:
        for near in nearby(self.spec, place, self.form, self._coordinates(place)):
            spread = arb(0)
            for other in near:
                found = self.true(self.around(other), other, component)
                if found is not None:
                    spread = max(spread, _apart(found, truth))
            yield spread
        if self.function == "hessian_vector_product":
            yield from self._vector_spreads(place, component)

    def _vector_spreads(self, place: Place, component: Component) -> Iterator[arb]:
        truth = self.around(place)
        for key, part in place.direction().items():
            entry = truth.second(component[0], {key: arb(1)})
            if entry is not None:
                yield REACH * largest(entry) * self.form.spacing(float(part.mid()))

    def _coordinates(self, place: Place) -> list[Key]:
        return [
            (name, at)
            for name in moving(self.spec)
            for at in np.ndindex(np.asarray(place.values[name]).shape)
        ]


def _apart(one: Bounds, other: Bounds) -> arb:
    low, high = abs(one[0] - other[0]), abs(one[1] - other[1])
    return high if high > low else low


def _ratio(error: arb, by: arb) -> float:
    part = float((error / by).mid()) if error.is_finite() else float("inf")
    return part if part == part else float("inf")


def _rounded(truth: Bounds) -> float:
    return float(((truth[0] + truth[1]) / 2).mid())


def _by_name(spec: Spec, result: Any) -> Mapping[str, Any]:
    if len(spec.wrt) == 1:
        return {spec.wrt[0]: result}
    return {name: getattr(result, name) for name in spec.wrt}


def _number(spec: Spec, result: Any, n: int, component: Component) -> float:
    if not component:
        return float(np.asarray(result)[n])
    name, at = component[0]
    return float(np.asarray(_by_name(spec, result)[name])[(n, *at)])


def _entry(spec: Spec, result: Any, n: int, component: Component) -> float:
    (row, at), (column, other) = component
    block = _by_name(spec, _by_name(spec, result)[row])[column]
    return float(np.asarray(block)[(n, *at, *other)])
