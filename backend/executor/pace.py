"""How much of the event loop watchers may take while runs are executed on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SHARE = 0.025
"""Of the time, as far as it is measured; about as much again goes into waking those who watch."""
_AHEAD_S = 0.02
"""What may be taken in advance, so that a single watcher is served at once."""
_LONGEST_S = 2.0


class Pace:
    """Counts what is spent on watchers and says when there is time for them again.

    While nothing is executed here, there always is.
    """

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        self._is_busy = is_busy
        self._paid_until = 0.0

    def spend(self, seconds: float) -> None:
        """Watchers took this much of the event loop's time."""
        if self._is_busy():
            self._paid_until = max(self._paid_until, time.monotonic()) + seconds / SHARE

    def left_s(self) -> float:
        """How long watchers have to wait; 0 when it is their turn."""
        if not self._is_busy():
            return 0.0
        return min(max(self._paid_until - _AHEAD_S - time.monotonic(), 0.0), _LONGEST_S)

    async def turn(self) -> None:
        """Wait until there is time for watchers."""
        await asyncio.sleep(self.left_s())
