"""What a worker froze for the garbage collector, given back now and then."""

from __future__ import annotations

import gc
from itertools import count

EVERY = 25
_ended = count(1)


def thaw() -> None:
    """A worker has ended. Every so often what they froze may be collected again.

    Each time would be right too, but then each start of a worker looks at everything that all tests have
    loaded, which takes longer than most tests.
    """
    if next(_ended) % EVERY == 0:
        gc.unfreeze()
