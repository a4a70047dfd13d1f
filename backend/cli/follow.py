"""Stays with a run until it is over or waits for a person, and passes Ctrl-C on to it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Generator
from contextlib import aclosing, contextmanager
from typing import Any

from backend.cli.live_view import LiveView
from backend.cli.output import err, say
from backend.cli.place import Place, RunSeen
from backend.cli.progress import Progress
from backend.data.run import EventKind, RunStatus
from backend.util.errors import BlockyardError


class Follower:
    """One run as somebody at the command line sees it. With `is_live` there is a picture on the terminal."""

    def __init__(self, place: Place, run_id: str, *, is_live: bool) -> None:
        self.place = place
        self.run_id = run_id
        self.is_live = is_live
        self._progress: Progress | None = None

    async def to_rest(self) -> RunSeen:
        """The run when it is final, or when nothing but a person can make it go on."""
        return await (self._live_to_rest() if self.is_live else self.place.to_rest(self.run_id))

    async def _live_to_rest(self) -> RunSeen:
        progress = self._progress = self._progress or await self._new_progress()
        async with aclosing(self.place.follow(self.run_id, after=progress.seq)) as events:
            with LiveView(progress, err()) as picture:
                async for event in events:
                    picture.take(event)
                    if event.kind == EventKind.STATE and progress.status is RunStatus.WAITING:
                        seen = await self.place.see(self.run_id)
                        if seen.waits_for_person:
                            return seen
        return await self.place.see(self.run_id)

    async def _new_progress(self) -> Progress:
        seen = await self.place.see(self.run_id)
        return Progress(await self.place.graph(seen.graph_id, seen.graph_version))


@contextmanager
def cancel_on_interrupt(place: Place, run_id: str) -> Generator[None]:
    """The first Ctrl-C cancels the run; the second leaves at once, and the run to whoever takes it up."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    pressed: list[asyncio.Task[Any]] = []

    def on_signal() -> None:
        if pressed and task is not None:
            task.cancel()
            return
        say("Cancelling the run; once more leaves at once.")
        pressed.append(loop.create_task(_cancel(place, run_id)))

    loop.add_signal_handler(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def _cancel(place: Place, run_id: str) -> None:
    try:
        await place.cancel(run_id)
    except BlockyardError as error:
        say(f"The run could not be cancelled: {error} Ctrl-C leaves it to whoever takes it up.")


def has_terminal() -> bool:
    """Whether there is a person who sees a picture and can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
