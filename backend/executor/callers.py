"""Who waits for a run in this process, and what they wait for: its end, or the answer that it gives before."""

from __future__ import annotations

import asyncio

from backend.data.run import CallerAnswer


class Callers:
    """Those that wait for one run at the top."""

    __slots__ = ("_is_over", "_waiting", "answer", "is_answered")

    def __init__(self) -> None:
        self.answer: CallerAnswer | None = None
        """What they were told before the end, once it is on disk."""
        self.is_answered = False
        """Whether a block has given an answer, here or where the run was before."""
        self._is_over = False
        self._waiting: list[asyncio.Future[None]] | None = None

    def heard(self) -> asyncio.Future[None]:
        """Done when the run has ended, left this process, or answered."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._is_over or self.answer is not None:
            future.set_result(None)
        elif self._waiting is None:
            self._waiting = [future]
        else:
            self._waiting.append(future)
        return future

    def tell(self, answer: CallerAnswer) -> None:
        """The answer is on disk."""
        self.answer = answer
        self._wake()

    def leave(self) -> None:
        """The run has ended here."""
        self._is_over = True
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        for future in waiting or ():
            if not future.done():
                future.set_result(None)
