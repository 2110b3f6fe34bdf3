"""Figures: one style and one way to save, for every plot that symloss draws.

    with page(path, 8, 4, "Errors of exp") as figure:   # a path that ends in .svg or .png
        axes = figure.subplots()
        axes.plot(x, y, **line("torch"), label="torch")  # PyTorch's look, here and everywhere
        logarithmic(axes.yaxis)                          # ticks as people write numbers
        legend(axes)

The file appears at the end of the block, whole or not at all: an error within it leaves what was
there before. Matplotlib is an extra (`pip install "symloss[plot]"`) and imported when a page is
opened, not before; without it, and for other suffixes, FigureError says what to do.

Colours are those of Okabe and Ito (2008), which colour-blind readers tell apart; marks differ too,
for print without colours. Text in an .svg stays text, and the same figure gives the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from symloss.errors import SymlossError

SUFFIXES = (".svg", ".png")
INK, GREY, FAINT = "#1a1a1a", "#767676", "#e2e2e2"
# Okabe and Ito's, without the yellow that a white page swallows.
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9")
MARKS = ("o", "s", "^", "D", "v", "P")
# Every figure that shows one of these shows it in the same colour.
OWN = {"symloss": (INK, "*"), "ours": (INK, "*"), "triad": (GREY, "x")}
NAMED = ("torch", "torch.compile", "jax", "sklearn", "numpy")
STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "symloss",
    "savefig.dpi": 150,
}


class FigureError(SymlossError):
    """A figure cannot be drawn or saved; the message says what to do."""


def check_path(path: Path) -> None:
    """Refuse what no figure can be saved to, before anything is computed for it.

    Raises:
        FigureError: the file's name ends otherwise, or Matplotlib is not installed.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise FigureError(f"{path}: a figure is saved as {' or '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise FigureError(f"{path}: there is no folder {path.parent}")
    _matplotlib()


@contextmanager
def page(path: Path, width: float, height: float, title: str = "") -> Iterator[Any]:
    """A Matplotlib figure of so many inches that is saved when the block ends well.

    Raises:
        FigureError: as `check_path` does.
    """
    check_path(path)
    matplotlib = _matplotlib()
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontsize=10)
        yield figure
        _save(figure, path)


def colour(name: str, number: int = 0) -> str:
    """The colour of a contender; of one without a colour of its own, that of its number."""
    return _look(name, number)[0]


def line(name: str, number: int = 0) -> dict[str, str]:
    """Colour and mark of a contender, as arguments of `plot`."""
    shade, mark = _look(name, number)
    return {"color": shade, "marker": mark}


def _look(name: str, number: int) -> tuple[str, str]:
    if name in OWN:
        return OWN[name]
    place = NAMED.index(name) if name in NAMED else number % len(PALETTE)
    return PALETTE[place], MARKS[place]


def logarithmic(axis: Any) -> None:
    """A logarithmic axis, when all is drawn; within three decades 2 and 5 are ticks, too."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    low, high = getattr(axis.axes, f"get_{axis.axis_name}lim")()
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < 1e3 * low else (1.0,)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: readable(value)))
    axis.set_minor_locator(NullLocator())


def readable(value: float) -> str:
    """A number as a tick shows it: 0.05, 20, 1e6."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:g}"
    digits, power = f"{value:.0e}".split("e")
    return f"{digits}e{int(power)}"


def legend(axes: Any, **options: Any) -> None:
    """A legend above the axes, in one row, where it hides nothing."""
    entries = len(axes.get_legend_handles_labels()[0])
    place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "ncols": entries}
    axes.legend(**{**place, "borderaxespad": 0.2, "columnspacing": 1.2, **options})


def _save(figure: Any, path: Path) -> None:
    """Write beside the file and move it there, so that a reader never sees half a figure."""
    kind = path.suffix.lower()[1:]
    # A date would make each drawing of the same figure another file.
    undated = {"Date" if kind == "svg" else "Software": None}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        figure.savefig(draft, format=kind, metadata=undated)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _matplotlib() -> Any:
    try:
        import matplotlib
    except ImportError:
        raise FigureError('figures need Matplotlib: pip install "symloss[plot]"') from None
    return matplotlib
