"""The `__init__.py` files of the catalogue: a loss is found by name, imported when asked for."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from symloss.publish.plan import Plan, Target
from symloss.publish.seal import seal

_CATALOGUE = '''"""The losses of symloss, by name: `from symloss.losses import {first}`.

Written by `symloss build`. A loss's module is imported when the loss is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = {{
{rows}
}}

__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    loss = getattr(import_module(f"{{__name__}}.{{_MODULES[name]}}"), name)
    globals()[name] = loss
    return loss


def __dir__() -> list[str]:
    return sorted({{*globals(), *_MODULES}})
'''

_FAMILY = '''"""The {family} losses: {names}.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
'''


def index_files(plan: Plan) -> dict[Path, str]:
    """What the index files of the catalogue should hold, for the modules that are there."""
    published = [target for target in plan.targets if target.file.exists()]
    families = defaultdict(list)
    for target in sorted(published, key=lambda target: target.name):
        families[target.file.parent].append(target.name)
    files = {
        folder / "__init__.py": _family(folder.name, names) for folder, names in families.items()
    }
    files[plan.root / "__init__.py"] = _catalogue(published)
    return files


def _catalogue(published: list[Target]) -> str:
    names = {target.name: f"{target.file.parent.name}.{target.name}" for target in published}
    rows = "\n".join(f'    "{name}": "{names[name]}",' for name in sorted(names))
    return seal(_CATALOGUE.format(first=min(names, default="..."), rows=rows))


def _family(family: str, names: list[str]) -> str:
    return seal(_FAMILY.format(family=family, names=", ".join(names)))
