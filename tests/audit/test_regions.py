"""Where a loss bends one way that does not do so everywhere: intervals of its one variable."""

from pathlib import Path

import pytest

from symloss.audit import audit
from symloss.audit.consequences import completed
from symloss.audit.findings import Finding
from symloss.audit.verdicts import Refuted
from symloss.spec import read_spec

# math; where it is convex and concave: f'' is 6 x; the sign of 1 - 3 x**2; jumps of the slope.
TRUTH = [
    ("x**3", [["0", "oo"]], [["-oo", "0"]]),
    (
        "x**2/(1 + x**2)", [["-sqrt(3)/3", "sqrt(3)/3"]],
        [["-oo", "-sqrt(3)/3"], ["sqrt(3)/3", "oo"]],
    ),
    ("Min(Abs(x), 1)", [["-oo", "-1"], ["-1", "1"], ["1", "oo"]], [["-oo", "0"], ["0", "oo"]]),
]  # fmt: skip


@pytest.mark.parametrize(("math", "convex", "concave"), TRUTH, ids=lambda row: str(row)[:20])
def test_regions(tmp_path: Path, math: str, convex, concave):
    text = f'title = "t"\nsummary = "s"\nsource = "s"\nmath = "loss = {math}"\n'
    path = tmp_path / "own.toml"
    path.write_text(text + '[inputs]\nx = { domain = "real" }\n', "utf-8")
    found = audit(read_spec(str(path)), only=("convex", "concave")).findings
    for name, region in (("convex", convex), ("concave", concave)):
        told = found[name].to_json()
        assert (told["verdict"], told["region"]) == ("refuted", region)


def test_what_follows_has_no_region_of_its_own():
    convex = Finding("convex", Refuted("a chord"), region=(("0", "oo"),))
    strict = completed({"convex": convex})["strictly_convex"]
    assert (strict.verdict, strict.region) == ("REFUTED", ())
