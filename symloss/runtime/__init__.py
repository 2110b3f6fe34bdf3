"""What emitted modules rest on."""
from symloss.runtime.access import (CHUNK, HELPER, LOOP, at, fill, in_range, item, like, part, put)
