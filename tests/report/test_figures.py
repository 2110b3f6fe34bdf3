"""Figures are whole files of a known kind, the same each time, and legible without colours."""

from __future__ import annotations

import subprocess
import sys

import pytest

from symloss.report.figures import (
    MARKS,
    NAMED,
    PALETTE,
    FigureError,
    legend,
    line,
    logarithmic,
    page,
    readable,
)


def draw(path, title="A title"):
    with page(path, 4, 3, title) as figure:
        axes = figure.subplots()
        for name in ("ours", "torch", "somebody else"):
            axes.plot([1, 100], [0.5, 20], **line(name, 4), label=name)
        logarithmic(axes.xaxis)
        logarithmic(axes.yaxis)
        legend(axes)


def test_a_figure_is_text_that_can_be_read_and_the_same_each_time(tmp_path):
    for name in ("a.svg", "b.svg"):
        draw(tmp_path / name)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.svg", "b.svg"))
    assert first == second
    for word in (b">A title<", b">somebody else<", b">0.5<", b">20<"):
        assert word in first
    assert len(first) < 30_000


def test_a_png_is_one(tmp_path):
    draw(tmp_path / "a.PNG")
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "told"), [("a.pdf", r"a.pdf.*\.svg or \.png"), ("no/a.svg", "folder")]
)
def test_a_place_where_no_figure_can_go_is_refused_first(tmp_path, name, told):
    drawn = False
    with pytest.raises(FigureError, match=told), page(tmp_path / name, 4, 3):
        drawn = True
    assert not drawn
    assert list(tmp_path.iterdir()) == []


def test_an_error_within_a_page_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text("before")

    with pytest.raises(ZeroDivisionError), page(path, 4, 3):
        raise ZeroDivisionError
    assert path.read_text() == "before"


def test_a_file_that_cannot_be_written_leaves_nothing_beside_it(tmp_path):
    (tmp_path / "a.svg").mkdir()
    with pytest.raises(OSError, match=r"a\.svg"):
        draw(tmp_path / "a.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]


def test_without_matplotlib_one_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with (
        pytest.raises(FigureError, match=r'pip install "symloss\[plot\]"'),
        page(tmp_path / "a.svg", 4, 3),
    ):
        pass


def test_reports_without_figures_import_no_matplotlib():
    code = "import sys, symloss.report, symloss.cli; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_no_two_contenders_look_alike():
    looks = [tuple(line(name).values()) for name in ("ours", "triad", *NAMED)]
    assert len({shade for shade, _ in looks}) == len({mark for _, mark in looks}) == len(looks)


def lightness(shade):
    """The luminance of sRGB, as WCAG defines it."""
    parts = [int(shade[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_colours_stand_out_from_the_page():
    assert all(1.05 / (lightness(shade) + 0.05) > 1.9 for shade in PALETTE)
    assert len(MARKS) == len(PALETTE)


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (20, "20"), (1e6, "1e6"), (2e-5, "2e-5"), (0, "0")]
)
def test_ticks_are_numbers_as_people_write_them(value, text):
    assert readable(value) == text
