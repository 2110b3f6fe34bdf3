"""Judging once more: the emitted code as its users import it, against the spec as it is now."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from symloss import pipeline
from symloss.errors import PublishError, SymlossError
from symloss.publish.certificates import Effort, keep_certificate, rows_on_record
from symloss.publish.find import catalogue_specs, is_path, specs_of
from symloss.publish.outcome import Failure, Track, unforeseen, untracked
from symloss.publish.places import is_checkout
from symloss.publish.spread import DIED, spread
from symloss.spec import Spec
from symloss.verify import Certificate, Verification


@dataclass(frozen=True)
class Case:
    """A spec and the emitted code to hold against it.

    `code` is the name of an installed module, the path of an emitted file, or None: to be emitted
    now.
    """

    spec: Path
    code: str | Path | None

    @property
    def name(self) -> str:
        """The loss's name."""
        return self.spec.stem

    @property
    def file(self) -> Path | None:
        """The module's file; None where the code is yet to be emitted."""
        if not isinstance(self.code, str):
            return self.code
        origin = getattr(find_spec(self.code), "origin", None)
        return Path(origin) if origin else None


@dataclass(frozen=True)
class Judged:
    """A loss and what the judge found."""

    case: Case
    verification: Verification


@dataclass(frozen=True)
class Measured:
    """A loss and its accuracy."""

    case: Case
    certificate: Certificate


def cases(words: Sequence[str], out: Path | None) -> tuple[Case, ...]:
    """The cases that the words of a command mean; no words mean the catalogue.

    Raises:
        SpecError: a word means no spec.
    """
    if not words:
        return tuple(_installed(spec) for spec in catalogue_specs().values())
    found = [_case(word, spec, out) for word in words for spec in specs_of(word)]
    return tuple(dict.fromkeys(found))


def judge(
    chosen: Sequence[Case], *, jobs: int = 1, points: int | None = None, track: Track = untracked
) -> Iterator[Judged | Failure]:
    """Outcomes as they come."""
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        work = Courtroom(Path(folder), points)
        with closing(spread(work, chosen, jobs, lost=_lost)) as outcomes:
            yield from track(outcomes, len(chosen))


def measure(
    chosen: Sequence[Case], *, jobs: int = 1, effort: Effort, track: Track = untracked
) -> Iterator[Measured | Failure]:
    """Certificates of accuracy as they come."""
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        work = Workshop(Path(folder), effort)
        with closing(spread(work, chosen, jobs, lost=_lost)) as outcomes:
            yield from track(outcomes, len(chosen))


def require_keeping(chosen: Sequence[Case]) -> None:
    """See to it that certificates of all cases can be kept.

    Raises:
        PublishError: the code of a case is in no file, or belongs to an installation.
    """
    for case in chosen:
        if case.file is None:
            raise PublishError(
                f"{case.name}: nothing is published that a certificate could be kept for\n"
                "  build it first, and name the folder: --out losses"
            )
    if any(isinstance(case.code, str) for case in chosen) and not is_checkout():
        raise PublishError(
            "certificates of symloss's own catalogue are kept in a checkout,"
            " installed with `pip install -e .`"
        )


def keep(measured: Measured, effort: Effort) -> None:
    """Keep a certificate beside the module that was measured.

    Raises:
        PublishError: its file cannot be written.
    """
    assert measured.case.file is not None
    keep_certificate(measured.case.file, measured.certificate, effort)


def precompile(
    chosen: Sequence[Case], *, jobs: int = 1, track: Track = untracked
) -> Iterator[Case | Failure]:
    """Fill the disk cache of compiled functions; the cases whose functions are there, as they come.

    Functions are compiled for float32 and float64 arrays, with parameters that are numbers.
    """
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        work = Foundry(Path(folder))
        with closing(spread(work, chosen, jobs, lost=_lost)) as outcomes:
            yield from track(outcomes, len(chosen))


@dataclass(frozen=True)
class _Room(ABC):
    """Takes cases, one by one; an error is an outcome, too."""

    folder: Path

    def __call__(self, case: Case) -> Any:
        """What comes of one case."""
        try:
            spec = pipeline.read_spec(case.spec)
            return self._outcome(case, spec, self._loss(case, spec))
        except SymlossError as error:
            return Failure(case.name, str(error))
        except Exception as error:
            return unforeseen(case.name, error)

    @abstractmethod
    def _outcome(self, case: Case, spec: Spec, loss: Any) -> Any:
        """What comes of a spec and its loss."""

    def _loss(self, case: Case, spec: Spec) -> Any:
        """The emitted loss, imported."""
        if case.code is None:
            return pipeline.draft(spec, self.folder)
        if isinstance(case.code, Path):
            loss = pipeline.load(case.code)
        else:
            loss = _import(case.code)
        if loss.spec_hash != spec.hash:
            raise PublishError("was emitted from another version of its spec; run `symloss build`")
        return loss


@dataclass(frozen=True)
class Courtroom(_Room):
    """Judges cases; `points` is how many each function is tried at, by default the judge's own."""

    points: int | None

    def _outcome(self, case: Case, spec: Spec, loss: Any) -> Judged:
        record = rows_on_record(case.file)
        if self.points is None:
            return Judged(case, pipeline.verify(spec, loss, record=record))
        found = pipeline.verify(spec, loss, points=self.points, record=record)
        return Judged(case, found)


@dataclass(frozen=True)
class Workshop(_Room):
    """Measures cases."""

    effort: Effort

    def _outcome(self, case: Case, spec: Spec, loss: Any) -> Measured:
        return Measured(case, pipeline.certify(spec, loss, **asdict(self.effort)))


@dataclass(frozen=True)
class Foundry(_Room):
    """Compiles cases for later processes."""

    def _outcome(self, case: Case, spec: Spec, loss: Any) -> Case:  # noqa: ARG002 - as other rooms
        loss.compile()
        return case


def _import(module: str) -> Any:
    try:
        return getattr(import_module(module), module.rpartition(".")[2])
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            raise PublishError(
                f"{module} is not built or not installed; run `symloss build`"
            ) from None
        raise


def _case(word: str, spec: Path, out: Path | None) -> Case:
    if not is_path(word):
        return _installed(spec)
    if out is None:
        return Case(spec, None)
    file = out / f"{spec.stem}.py"
    if not file.is_file():
        raise PublishError(f"{file} does not exist\n  emit it: symloss build {word} --out {out}")
    return Case(spec, file)


def _installed(spec: Path) -> Case:
    return Case(spec, f"symloss.losses.{spec.parent.name}.{spec.stem}")


def _lost(case: Case) -> Failure:
    return Failure(case.name, DIED)
