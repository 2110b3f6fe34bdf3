"""The answers about a loss: composition rules first, then a search for a counterexample."""

from __future__ import annotations

import time
from dataclasses import replace

from symloss.audit.composition.simple import in_parts, simple
from symloss.audit.composition.walk import Walk, walked
from symloss.audit.hessians import instantiate, refuted
from symloss.audit.hessians.instance import TooLarge
from symloss.audit.signs import convex_on_box
from symloss.audit.signs.worker import StepEnded, step
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Finite, Index, Interval
from symloss.program import Program, read_program, text, without_dead_steps
from symloss.spec import Spec

METHOD = "composition rules"


def convexity_of_program(
    spec: Spec, wrt: tuple[str, ...] | None = None, budget: float = 10.0
) -> dict[str, Answer]:
    """Whether the loss is jointly "convex", "concave" and "affine" in `wrt`, for every size."""
    names = spec.wrt if wrt is None else tuple(wrt)
    return shapes(without_dead_steps(replace(read_program(spec), wrt=names)), budget)


def shapes(program: Program, budget: float) -> dict[str, Answer]:
    """Whether the loss is "convex", "concave" and "affine" in `wrt`, for every size."""
    names = program.wrt
    if not on_convex_set(program, names):
        unknown = Unknown(("the domain of wrt is not convex",))
        return {"convex": unknown, "concave": unknown, "affine": unknown}
    walk = Walk(program, names)
    end = time.process_time() + budget
    found: dict[str, Answer] = {}
    loss = walk.facts["loss"]
    for shape, holds in (("convex", loss.convex), ("concave", loss.concave)):
        left = max(0.0, (end - time.process_time()) / 3)
        witness = None if holds else refuted(program, names, shape, left)
        if holds:
            found[shape] = _proved(program, names, walk, shape)
        elif witness is not None:
            found[shape] = Refuted("chord of a small instance", witness)
    for shape in [shape for shape in ("convex", "concave") if shape not in found]:
        left = max(0.0, (end - time.process_time()) / 2)
        by_signs = _by_signs(program, names, shape, left)
        found[shape] = by_signs or _of_scalars(program, names, shape, end - time.process_time())
    found["affine"] = _affine(found)
    return found


def _by_signs(
    program: Program, names: tuple[str, ...], shape: str, seconds: float
) -> Proved | None:
    """A proof in which signs are decided where rules end, for each end of parameters apart."""
    proofs = []
    for part in in_parts(program):
        clean = simple(part)
        walk = walked(clean, seconds, 1 if shape == "convex" else -1)
        if not getattr(walk.facts["loss"], shape):
            return None
        proofs.append(_proved(clean, names, walk, shape))
    return proofs[0] if len(proofs) == 1 else _joined(proofs)


def _joined(proofs: list[Proved]) -> Proved:
    steps = tuple(step for proof in proofs for step in proof.steps)
    data = {"kind": "cases", "cases": [proof.certificate for proof in proofs]}
    return Proved(METHOD, steps, data)


def _of_scalars(program: Program, wrt: tuple[str, ...], shape: str, seconds: float) -> Answer:
    """What decisions on signs say of a loss without core dimensions."""
    tried = (METHOD, "search for a chord")
    plain = all(isinstance(e.domain, Interval) for e in program.arguments if e.name in wrt)
    if not program.is_scalar or not plain or seconds <= 0:
        return Unknown(tried)
    try:
        item = instantiate(program, wrt, {}, {})
    except TooLarge:
        return Unknown((*tried, "the expression is too large"))
    if not all(isinstance(domain, Interval) for domain in item.domains.values()):
        return Unknown(tried)
    box = {s: d for s, d in item.domains.items() if isinstance(d, Interval)}
    formula = item.loss if shape == "convex" else -item.loss
    try:
        with step(seconds):
            if len(item.varying) == 1:
                answer = convex_on_box(formula, item.varying, box, seconds)
            else:
                answer = Unknown(("principal minors",))
    except StepEnded:
        return Unknown((*tried, "out of time"))
    return Unknown((*tried, *answer.tried)) if isinstance(answer, Unknown) else answer


def on_convex_set(program: Program, wrt: tuple[str, ...]) -> bool:
    """Whether what varies lies in intervals of real numbers and simplices."""
    domains = [entry.domain for entry in program.arguments if entry.name in wrt]
    return not any(
        isinstance(domain, (Finite, Index)) or (isinstance(domain, Interval) and domain.integer)
        for domain in domains
    )


def _affine(found: dict[str, Answer]) -> Answer:
    both = [found["convex"], found["concave"]]
    for answer in both:
        if isinstance(answer, Refuted):
            return answer
    proofs = [answer for answer in both if isinstance(answer, Proved)]
    return proofs[0] if len(proofs) == 2 else Unknown((METHOD,))


def _proved(program: Program, wrt: tuple[str, ...], walk: Walk, shape: str) -> Proved:
    lines = text(program).splitlines()
    steps = tuple(
        f"{line}: {_words(walk, step.name)}"
        for line, step in zip(lines, program.steps, strict=True)
    )
    certificate = {
        "kind": "composition",
        "claim": shape,
        "loss": program.name,
        "wrt": list(wrt),
        "steps": [{"name": s.name, "is": _words(walk, s.name)} for s in program.steps],
        "trusted": ["the table of atoms", "0*log(0) = 0 at ends of the domain"],
    }
    return Proved(METHOD, steps, certificate)


def _words(walk: Walk, name: str) -> str:
    fact = walk.facts[name]
    shape = "constant" if fact.constant else "affine" if fact.affine else ""
    shape = shape or ("convex" if fact.convex else "concave" if fact.concave else "")
    extra = [
        word
        for word, holds in (
            ("log-convex", fact.log_convex and not fact.constant),
            ("log-concave", fact.log_concave and not fact.constant),
        )
        if holds
    ]
    return ", ".join([shape or "of unknown curvature", *extra, f"in {fact.range}"])
