"""Firings that wait: for a time, a person or a child run. A waiting run holds no worker."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from backend.data.run import EventKind
from backend.executor.context import Wait
from backend.executor.plan import Firing
from backend.util.clock import now

if TYPE_CHECKING:
    from backend.executor.run_loop import FiringKey, RunLoop
    from backend.executor.run_node import NodeRun

SHORT_WAIT_S = 2.0
"""Waits up to this long are sat out in memory; longer ones free the worker."""

_STORE_REVIEW = (
    "INSERT INTO review (id, user_id, run_id, node_id, firing, key, name, data, is_editable) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::json, $9) ON CONFLICT DO NOTHING"
)


class Waits:
    """What the firings of one run wait for."""

    def __init__(self, loop: RunLoop) -> None:
        self._loop = loop
        self._open: dict[FiringKey, tuple[Firing, Wait]] = {}
        self._timers: list[asyncio.TimerHandle] = []

    def __contains__(self, key: FiringKey) -> bool:
        return key in self._open

    def add(self, run: NodeRun, wait: Wait) -> None:
        """A firing's block has unwound: record what it waits for."""
        self.restore((run.node.index, run.firing.n), run.firing, wait)
        until = wait.until and wait.until.isoformat()
        data = {"for": wait.kind, "key": wait.key, "until": until, **wait.detail}
        self._loop.log.note(EventKind.WAITING, run.node.index, run.firing.n, data)
        if wait.kind == "person":
            self._store_review(run, wait)
        self._watch_clock(wait)

    def restore(self, key: FiringKey, firing: Firing, wait: Wait) -> None:
        """The same, when a journal is replayed."""
        self._open[key] = (firing, wait)
        self._loop.root.has_below = True

    def take(self, key: FiringKey) -> Firing:
        """The firing waits no longer."""
        return self._open.pop(key)[0]

    def wake_due(self) -> None:
        """Let go on what waited for a moment that has come; set the clock for the others."""
        moment = now()
        for key, (_, wait) in list(self._open.items()):
            if wait.until is None:
                continue
            if wait.until <= moment:
                self._resume(key)
            else:
                self._watch_clock(wait)

    def wake_asking(self) -> None:
        """Let those look again that wait for a person, here or in a child run."""
        for key, (_, wait) in list(self._open.items()):
            if wait.kind in ("person", "graph"):
                self._resume(key)

    def next_moment(self) -> datetime | None:
        """When the first of them is due; None when all wait for people."""
        return min((wait.until for _, wait in self._open.values() if wait.until is not None), default=None)

    def is_short(self, moment: datetime | None) -> bool:
        """Whether it pays to stay in memory until then."""
        return moment is not None and (moment - now()).total_seconds() <= SHORT_WAIT_S

    def stop(self) -> None:
        """The run leaves: no clock rings for it any more."""
        for timer in self._timers:
            timer.cancel()

    def _resume(self, key: FiringKey) -> None:
        firing = self.take(key)
        self._loop.remember(key)
        self._loop.plan.resume(firing)

    def _watch_clock(self, wait: Wait) -> None:
        if wait.until is not None:
            delay_s = max((wait.until - now()).total_seconds(), 0.0)
            self._timers.append(asyncio.get_running_loop().call_later(delay_s + 0.001, self._on_clock))

    def _on_clock(self) -> None:
        if not self._loop.is_over:
            self.wake_due()
            self._loop.pump()

    def _store_review(self, run: NodeRun, wait: Wait) -> None:
        row, detail = self._loop.row, wait.detail
        self._loop.log.also(
            _STORE_REVIEW,
            detail["review_id"],
            row.user_id,
            row.id,
            run.node.id,
            run.firing.n,
            wait.key,
            detail["name"],
            orjson.dumps(detail["data"]).decode(),
            detail["is_editable"],
        )
