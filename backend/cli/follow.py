"""Stays with a run until it is over or waits for a person, and passes Ctrl-C on to it."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from backend.cli.live_view import LiveView
from backend.cli.output import err, say
from backend.cli.progress import Progress
from backend.data import review_store, run_store
from backend.data.model import JsonObject
from backend.data.run import EventKind, RunStatus, RunView
from backend.util.clock import now

if TYPE_CHECKING:
    from backend.app import App
    from backend.executor.worker import Accepted

_LOOK_AGAIN_S = 0.5
_SLOW_S = 2.0


class Follower:
    """One run as somebody at the command line sees it. With `is_live` there is a picture on the terminal."""

    def __init__(self, app: App, user_id: str, run_id: str, *, is_live: bool) -> None:
        self.app = app
        self.user_id = user_id
        self.run_id = run_id
        self.is_live = is_live
        self._progress: Progress | None = None

    async def to_rest(self) -> RunView:
        """The run when it is final, or when nothing but a person can make it go on."""
        return await (self._live_to_rest() if self.is_live else self._quiet_to_rest())

    async def _quiet_to_rest(self) -> RunView:
        worker = self.app.worker
        loop = worker.loops.get(self.run_id)
        if loop is not None:
            await asyncio.shield(loop.done)
        while True:
            view = await worker.view(self.user_id, self.run_id)
            if view.status.is_final or waits_for_person(view):
                return view
            await worker.wait(self.user_id, self.run_id, timeout_s=_LOOK_AGAIN_S)

    async def _live_to_rest(self) -> RunView:
        worker = self.app.worker
        progress = self._progress or Progress(await self._graph())
        self._progress = progress
        with LiveView(progress, err()) as picture:
            async for event in worker.follow(self.user_id, self.run_id, after=progress.seq):
                picture.take(event)
                if event.kind == EventKind.STATE and progress.status is RunStatus.WAITING:
                    view = await worker.view(self.user_id, self.run_id)
                    if waits_for_person(view):
                        return view
        return await worker.view(self.user_id, self.run_id)

    async def _graph(self) -> Any:
        from backend.data.graph_store import load_graph

        async with self.app.database.begin() as connection:
            view = await run_store.load_run(connection, self.user_id, self.run_id)
            return await load_graph(connection, self.user_id, view.graph_id, view.graph_version)

    async def reviews(self) -> list[JsonObject]:
        """What the run, or a graph that it runs, asks of a person."""
        return await open_reviews(self.app, self.user_id, self.run_id)


def waits_for_person(view: RunView) -> bool:
    """Whether no clock will wake the run."""
    return view.status is RunStatus.WAITING and view.wake_at is None


async def open_reviews(app: App, user_id: str, run_id: str) -> list[JsonObject]:
    """The open reviews of a run and of all below it, oldest first."""
    async with app.database.begin() as connection:
        known = {run_id}
        rest = [run_id]
        while rest:
            children = await run_store.children_of(connection, user_id, rest.pop())
            rest += children
            known.update(children)
        reviews = await review_store.list_open_reviews(connection, user_id, limit=1000)
    return [review for review in reviews if review["run_id"] in known]


class Stopwatch:
    """`ms`: from accepting a run until its end is on disk; None when it did not end in this process."""

    def __init__(self, accepted: Accepted) -> None:
        self.ms: float | None = None
        self._loop = accepted.loop
        if self._loop is not None:
            self._loop.done.add_done_callback(self._stop)

    def _stop(self, done: asyncio.Future[RunStatus | None]) -> None:
        if self._loop is not None and not done.cancelled() and done.result() is not None:
            self.ms = (now() - self._loop.row.created_at).total_seconds() * 1000


@contextmanager
def cancel_on_interrupt(app: App, user_id: str, run_id: str) -> Generator[None]:
    """The first Ctrl-C cancels the run; the second leaves at once, and the run to whoever takes it up."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    pressed: list[asyncio.Task[Any]] = []

    def on_signal() -> None:
        if pressed and task is not None:
            task.cancel()
            return
        say("Cancelling the run; once more leaves at once.")
        pressed.append(loop.create_task(app.worker.cancel(user_id, run_id)))

    loop.add_signal_handler(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def finish_others(app: App, run_ids: list[str]) -> None:
    """Stay until the interrupted runs that this process has taken up are over, or wait for something."""
    rest: set[str] = set(run_ids)
    began, is_told = time.monotonic(), False
    while rest:
        async with app.database.raw() as connection:
            states = await run_store.status_of(connection, sorted(rest))
        rest = {run_id for run_id in rest if _is_ours(app, run_id, states.get(run_id), began)}
        if rest and not is_told:
            is_told = True
            word = "run that was" if len(rest) == 1 else "runs that were"
            say(f"Finishing {len(rest)} {word} interrupted; Ctrl-C leaves the rest to the next command.")
        if rest:
            await asyncio.sleep(0.05)


def _is_ours(app: App, run_id: str, status: RunStatus | None, began: float) -> bool:
    if run_id in app.worker.loops:
        return True
    is_on_its_way = status in (RunStatus.QUEUED, RunStatus.RUNNING)
    return is_on_its_way and time.monotonic() - began < _SLOW_S


def has_terminal() -> bool:
    """Whether there is a person who sees a picture and can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
