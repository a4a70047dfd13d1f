"""Two pieces of work timed by turns, so that both see the same machine."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Turns:
    """Milliseconds, one median for each round; a round has both."""

    ours: list[float]
    floor: list[float]

    @property
    def ours_ms(self) -> float:
        return median(self.ours)

    @property
    def floor_ms(self) -> float:
        return median(self.floor)

    @property
    def best_ratio(self) -> float:
        """Ours by the floor in their quietest rounds: what a busy machine disturbs least."""
        return min(self.ours) / min(self.floor)


async def by_turns(ours: Work, floor: Work, *, rounds: int = 7, times: int = 30, warm_up: int = 5) -> Turns:
    """Do each work `times` times in every round, after `warm_up` times unmeasured."""
    turns = Turns([], [])
    for _ in range(warm_up):
        await ours()
        await floor()
    for _ in range(rounds):
        turns.floor.append(await _median_ms(floor, times))
        turns.ours.append(await _median_ms(ours, times))
    return turns


async def _median_ms(work: Work, times: int) -> float:
    samples: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        await work()
        samples.append((time.perf_counter() - started) * 1e3)
    return median(samples)
