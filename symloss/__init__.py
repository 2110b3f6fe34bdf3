"""Loss functions written once as mathematics: derived, emitted as fast code, and verified.

    from symloss.losses import huber            # a generated loss: NumPy in, NumPy out
    python -m symloss --help                    # build, verify, list, show

Importing this package, or a generated loss, imports no SymPy; the map is `symloss.pipeline`.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
