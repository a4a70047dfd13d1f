"""Waiting that can be stopped: the hook by which the engine cancels a block that runs in a thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar

cancel_check: ContextVar[Callable[[], None] | None] = ContextVar("cancel_check", default=None)
"""Set by the engine for a block's thread. It is called before each request, at each chunk and while waiting,
and raises to stop the block: a thread cannot be killed."""

BEAT_S = 0.25  # the longest a cancelled thread still waits for a silent server


def left_s(deadline: float) -> float:
    """Seconds until `deadline` (time.monotonic). Raises TimeoutError when it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def beat(deadline: float) -> float:
    """Let the engine cancel, then say how long one wait may last. Raises TimeoutError past `deadline`."""
    check = cancel_check.get()
    if check is not None:
        check()
    return min(BEAT_S, left_s(deadline))


def pause(seconds: float) -> None:
    """Sleep, but not through a cancel."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(min(beat(until + BEAT_S), max(0.0, until - time.monotonic())))
