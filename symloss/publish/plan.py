"""What is to be built: which spec becomes which file, and how that file stands to its spec."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from symloss.errors import PublishError
from symloss.publish.certificates import CERTIFICATES
from symloss.publish.dossiers import AUDITS, audit_key, stored
from symloss.publish.keys import build_key, generator_digest
from symloss.publish.places import Places, installed_places
from symloss.publish.seal import Status, status
from symloss.spec import find_specs, read_spec


@dataclass(frozen=True)
class Target:
    """One spec file and the module it becomes; `label` is how that module names the spec."""

    spec: Path
    label: str
    file: Path

    @property
    def name(self) -> str:
        """The loss's name."""
        return self.spec.stem

    @property
    def dossier(self) -> Path:
        """The file of its audit, beside the module."""
        return AUDITS.file(self.file)

    @property
    def certificate(self) -> Path:
        """The file of its certificate of accuracy, if it has one, beside the module."""
        return CERTIFICATES.file(self.file)


@dataclass(frozen=True)
class Plan:
    """All that one build is about.

    Attributes:
        root: the folder that the modules go to.
        standalone: the modules carry what they need, to be imported without symloss.
        generator: a digest of all that turns specs into code.
        is_catalogue: the root is symloss's own: it holds an index, and nothing without a spec.
    """

    targets: tuple[Target, ...]
    root: Path
    standalone: bool
    generator: str
    is_catalogue: bool


def catalogue_plan(places: Places) -> Plan:
    """Every spec of the catalogue, to a module in the folder of its family."""
    root = places.specs.parent
    targets = tuple(
        Target(
            spec,
            spec.relative_to(root).as_posix(),
            places.generated / spec.relative_to(places.specs).with_suffix(".py"),
        )
        for spec in find_specs(places.specs)
    )
    _require_families(targets, places)
    generator = generator_digest(places.templates)
    return Plan(targets, places.generated, False, generator, is_catalogue=True)


def own_plan(paths: Iterable[Path], out: Path) -> Plan:
    """A user's own specs, files or folders, to modules side by side in `out`."""
    specs = dict.fromkeys(spec for path in paths for spec in find_specs(path))
    targets = tuple(Target(spec, _label(spec, out), out / f"{spec.stem}.py") for spec in specs)
    _require_unique(targets)
    generator = generator_digest(installed_places().templates)
    return Plan(targets, out, True, generator, is_catalogue=False)


def standing(plan: Plan, target: Target) -> Status:
    """How the target's file stands to its spec.

    Raises:
        SpecError: the spec cannot be read.
    """
    told = stored(target.dossier)
    audit = told.seal if told is not None else ""
    spec = read_spec(target.spec)
    key = build_key(spec, plan.generator, standalone=plan.standalone, audit=audit)
    return status(target.file, key)


def audit_standing(target: Target) -> Status:
    """How the target's audit stands to its spec.

    Raises:
        SpecError: the spec cannot be read.
    """
    return AUDITS.status(target.dossier, audit_key(read_spec(target.spec)))


def _label(spec: Path, out: Path) -> str:
    """The way from the module to its spec: true wherever the two are moved together."""
    try:
        return Path(os.path.relpath(spec.resolve(), out.resolve())).as_posix()
    except ValueError:  # on another drive
        return spec.name


def _require_unique(targets: Sequence[Target]) -> None:
    """A loss's name is its file's stem, so that two specs of one stem are one too many."""
    counts = Counter(target.name for target in targets)
    for name in (name for name, count in counts.items() if count > 1):
        files = ", ".join(str(target.spec) for target in targets if target.name == name)
        raise PublishError(f"two specs are called {name}: {files}\n  rename one of the files")


def _require_families(targets: Sequence[Target], places: Places) -> None:
    """A family's folder holds each spec, and no loss takes the name of a family."""
    families = {target.file.parent.name for target in targets}
    for target in targets:
        if target.spec.parent.parent != places.specs:
            raise PublishError(
                f"{target.label} lies in no family\n"
                f"  move it into a folder of specs/, such as specs/regression/{target.spec.name}"
            )
        if target.name in families:
            raise PublishError(
                f"{target.label} has the name of a family\n  rename the file or the folder"
            )
