"""The catalogue's own claims about convexity are never contradicted, and witnesses recheck."""

from pathlib import Path

import pytest

from symloss.audit.composition import convexity_of_program
from symloss.audit.recheck.composition import confirms
from symloss.audit.verdicts import Proved, Refuted
from symloss.spec import read_spec

SPECS = sorted((Path(__file__).parents[3] / "specs").rglob("*.toml"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_verdict_agrees_with_the_claim(path: Path) -> None:
    spec = read_spec(str(path))
    found = convexity_of_program(spec, budget=1.0)
    if "convex" in spec.claims:
        wrong = Refuted if spec.claims["convex"] else Proved
        assert not isinstance(found["convex"], wrong)
    for shape in ("convex", "concave"):
        answer = found[shape]
        if isinstance(answer, Refuted) and answer.witness["kind"] == "chord":
            assert confirms(spec, answer.witness)
