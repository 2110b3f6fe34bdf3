"""Which folders become which packages; everything else about packaging is in pyproject.toml.

`specs/`, `templates/` and `generated/` lie beside `symloss/` in a checkout and are installed inside
it. The families of generated losses are found, not listed: a new one needs no change here.
"""

from setuptools import find_packages, setup

GENERATED = "symloss.losses"

setup(
    packages=[
        *find_packages(include=["symloss", "symloss.*"]),
        "symloss.specs",
        "symloss.templates",
        GENERATED,
        *(f"{GENERATED}.{family}" for family in find_packages("generated")),
    ],
)
