"""Where spec files lie: those that a path names, and those that another spec calls."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from symloss.errors import SpecError
from symloss.spec.names import name_problem


def find_specs(path: str | Path) -> tuple[Path, ...]:
    """The spec files that a path names: itself, or all beneath a folder, sorted.

    Raises:
        SpecError: there are none, or two of them have the same name.
    """
    root = Path(path)
    remedy = "give the path of a .toml file or of a folder that holds some"
    try:
        if root.is_file():
            return _one(root, remedy)
        if not root.is_dir():
            raise SpecError(f"{root} does not exist", remedy=remedy)
        found = tuple(sorted(file for file in root.rglob("*.toml") if _is_spec(file, root)))
    except (OSError, ValueError) as error:
        raise SpecError(f"{root!s} cannot be read: {error}", remedy=remedy) from None
    if not found:
        raise SpecError(f"{root} holds no spec", remedy=remedy)
    first: dict[str, Path] = {}
    for file in found:
        twin = first.setdefault(file.stem, file)
        if twin != file:
            problem = f"two specs are named {file.stem!r}: {twin} and {file}"
            raise SpecError(problem, remedy="rename one; the file's name is the loss's name")
    return found


def _is_spec(file: Path, root: Path) -> bool:
    """Whether a file beneath a folder is meant as a spec: not a project's own, nothing hidden."""
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return file.is_file() and not hidden and file.name != "pyproject.toml"


def _one(file: Path, remedy: str) -> tuple[Path, ...]:
    if file.suffix != ".toml":
        raise SpecError(f"{file} is no .toml file", remedy=remedy)
    return (file,)


def check_stem(path: Path) -> None:
    """A spec's name is its file's; the emitted function has it too.

    It may be a word of the math language (`relu`), which then keeps its own meaning in math.

    Raises:
        SpecError: the name cannot be one.
    """
    problem = name_problem(path.stem)
    if path.stem == "loss":
        problem = "'loss' is what every spec's math defines", ""
    if problem:
        remedy = "rename the file: its name is the name of the loss"
        raise SpecError(f"{path}: {problem[0]}", remedy=remedy)


def find_called(name: str, caller: Path, folders: Sequence[Path]) -> Path | None:
    """The file of the spec that a spec calls; None if there is none.

    It is looked for in the caller's folder; where that is a family of a catalogue (a folder in one
    named `specs`), in the other families; then beneath each of `folders`; then in the catalogue
    that comes with symloss.

    Raises:
        SpecError: two files of one place have the name.
    """
    file, home = f"{name}.toml", caller.resolve().parent
    if (home / file).is_file():
        return caller.parent / file
    if home.parent.name == "specs" and (match := _only(home.parent.glob(f"*/{file}"))):
        return match
    for folder in (*folders, catalogue()):
        if match := _only(folder.rglob(file)):
            return match
    return None


def _only(matches: Iterable[Path]) -> Path | None:
    found = sorted(match for match in matches if match.is_file())
    if len(found) > 1:
        files = " and ".join(str(match) for match in found[:2])
        raise SpecError(f"two specs are named {found[0].stem!r}: {files}", remedy="rename one")
    return found[0] if found else None


def names_near(caller: Path, folders: Sequence[Path]) -> set[str]:
    """The names of the specs that a spec could call, to suggest one."""
    home = caller.resolve().parent
    families = home.parent.glob("*/*.toml") if home.parent.name == "specs" else ()
    beneath = (file for folder in (*folders, catalogue()) for file in folder.rglob("*.toml"))
    return {file.stem for file in (*home.glob("*.toml"), *families, *beneath)}


@cache
def catalogue() -> Path:
    """The folder of the specs that come with symloss."""
    package = importlib.util.find_spec("symloss.specs")
    for location in (package.submodule_search_locations or ()) if package else ():
        return Path(location)
    return Path(__file__).resolve().parents[2] / "specs"
