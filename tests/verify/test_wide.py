"""Items of many elements: one reference serves every type."""

from __future__ import annotations

import numpy as np

from symloss.verify.wide import WIDE, wide_items
from tests.catalogue import spec_of

KINDS = [np.dtype("float64"), np.dtype("float32")]


def test_wide_items_are_of_numbers_that_each_type_holds():
    spec = spec_of("soft_cross_entropy")
    items = wide_items(spec, KINDS, seed=0)
    assert dict(items[0].point.sizes) == {"K": WIDE}
    for item in items:
        for value in item.point.values.values():
            assert np.array_equal(np.asarray(value, np.float32), value)
