"""Work on much data, kept away from the event loop: a server that parses 10 MiB answers nobody meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
SMALL_BYTES = 65_536
"""What is read here and now: it takes less time than to wake a thread and to come back."""


async def off_loop(size: int, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `work` gives: done at once on up to `SMALL_BYTES`, in a thread on more."""
    if size <= SMALL_BYTES:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)
