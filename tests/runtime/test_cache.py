"""What is compiled once is found on disk by whoever needs it, and by nobody else."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest
from numba.core import config

from symloss.runtime import cache

pytestmark = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="judges compiled code, and NUMBA_DISABLE_JIT is set"
)

MODULE = """
from symloss.runtime import compiled

@compiled
def scaled(x, factor):
    return factor * x + {constant}
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's own folder for caches, and no other that is given."""
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))
    return tmp_path / "home" / "symloss"


@pytest.fixture
def file(tmp_path, home):
    file = tmp_path / "package" / "scale.py"
    file.parent.mkdir()
    file.write_text(MODULE.format(constant=1.0))
    return file


def load(file: Path, name: str = "scale"):
    """A fresh import of a file."""
    description = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(description)
    sys.modules[name] = module
    description.loader.exec_module(module)
    return module.scaled


def hits(function) -> int:
    return sum(function.stats.cache_hits.values())


def stored(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.nbc"))


def test_nothing_is_compiled_or_stored_before_a_call(file):
    assert load(file).overloads == {}
    assert stored(file.parent / "__pycache__") == []


def test_a_second_import_loads_what_the_first_compiled(file):
    assert load(file)(3.0, 2.0) == 7.0
    again = load(file)
    assert again(3.0, 2.0) == 7.0
    assert hits(again) == 1
    assert again(3, 2) == 7.0
    assert hits(again) == 1, "other types are another form"
    assert len(stored(file.parent / "__pycache__")) == 2


def test_the_name_of_the_module_does_not_matter(file):
    load(file, "scale_by_one_name")(3.0, 2.0)
    del sys.modules["scale_by_one_name"]
    again = load(file, "scale_by_another")
    assert again(3.0, 2.0) == 7.0
    assert hits(again) == 1


def test_a_changed_file_of_the_same_size_and_time_is_compiled_anew(file):
    stat = file.stat()
    first = load(file)
    assert first(3.0, 2.0) == 7.0
    file.write_text(MODULE.format(constant=5.0))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    cache._read.cache_clear()  # as in another process
    (file.parent / "__pycache__" / f"scale.{sys.implementation.cache_tag}.pyc").unlink(
        missing_ok=True
    )
    changed = load(file)
    assert changed(3.0, 2.0) == 11.0
    assert hits(changed) == 0
    assert len(stored(file.parent / "__pycache__")) == 1, "the old form is removed"
    assert first(3.0, 2.0) == 7.0, "a process goes on with what it has"


def test_two_versions_in_one_process_are_kept_apart(file, tmp_path):
    other = tmp_path / "elsewhere" / "scale.py"
    other.parent.mkdir()
    other.write_text(MODULE.format(constant=5.0))
    load(file)(3.0, 2.0)
    load(other)(3.0, 2.0)
    ours, theirs = load(file), load(other)
    assert (ours(3.0, 2.0), theirs(3.0, 2.0)) == (7.0, 11.0)
    assert (hits(ours), hits(theirs)) == (1, 1)


def test_a_folder_that_cannot_be_written_gives_way_to_the_users(file, home, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (file.parent / "__pycache__").write_text("a file in the way: not even root can write into it")
    load(file)(3.0, 2.0)
    assert len(stored(home)) == 1
    again = load(file)
    assert again(3.0, 2.0) == 7.0
    assert hits(again) == 1


def test_no_folder_at_all_is_no_error(file, home, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (file.parent / "__pycache__").write_text("in the way")
    home.parent.write_text("in the way, too")
    assert load(file)(3.0, 2.0) == 7.0


def test_numbas_own_variable_is_honoured(file, tmp_path, monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "given"))
    load(file)(3.0, 2.0)
    assert len(stored(tmp_path / "given" / "symloss")) == 1
    assert stored(file.parent / "__pycache__") == []


@pytest.mark.parametrize("damage", [b"", b"not a pickle", None])
def test_a_damaged_file_is_compiled_anew(file, damage):
    load(file)(3.0, 2.0)
    (entry,) = (file.parent / "__pycache__").glob("*.nbc")
    entry.write_bytes(entry.read_bytes()[:-100] if damage is None else damage)
    again = load(file)
    assert again(3.0, 2.0) == 7.0
    assert hits(again) == 0
    assert hits(load(file)) == 0
    third = load(file)
    assert third(3.0, 2.0) == 7.0
    assert hits(third) == 1, "the damage is repaired"


def test_code_without_a_file_is_compiled_and_not_stored(home):
    space: dict = {"__name__": "nowhere"}
    exec(MODULE.format(constant=1.0), space)
    assert space["scaled"](3.0, 2.0) == 7.0
    assert stored(home) == []


FIRST_CALL = """
import sys
from symloss.losses import huber
print(huber.value([3.0], [0.0]), sum(huber.kernels["value"].stats.cache_hits.values()))
from numba import njit  # the compiler still works after a form was loaded without it
print(njit(lambda x: x.sum())(huber.value([3.0], [0.0])))
"""


def test_processes_at_once_and_later_ones(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", FIRST_CALL]

    def start():
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    together = [start(), start()]
    for process in together:
        assert process.communicate()[0].splitlines()[0].startswith("[2.5]")
        assert process.returncode == 0
    later = start()
    assert later.communicate()[0].splitlines() == ["[2.5] 1", "2.5"]
    assert not list(tmp_path.rglob("*.tmp"))
    assert [name.split("-")[0] for name in stored(tmp_path / "symloss")].count("huber._value") == 1
