"""Warm processes that render templates under limits of memory, time and output."""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from backend.util import render_worker
from backend.util.errors import BlockError, LimitReached

WORKERS = 4
START_TIMEOUT_S = 20.0
BUSY_TIMEOUT_S = 30.0
MAX_RENDERS = 1000
"""A worker is replaced after as many, so that nothing it keeps can pile up."""

_WORKER_FILE = Path(render_worker.__file__)
_CURES = {
    "memory": f"needed more than {render_worker.MEMORY_BYTES // 1_048_576} MiB of memory",
    "output": f"made more than {render_worker.MAX_OUTPUT_CHARS:,} characters",
    "steps": f"took more than {render_worker.FUEL:,} steps",
}


class RenderPool:
    """Up to `size` processes, started when needed, kept warm, killed when a template goes too far."""

    def __init__(self, size: int = WORKERS) -> None:
        self._size = size
        self.forget()

    def render(self, source: str, values: dict[str, Any], *, escape_html: bool, timeout_s: float) -> str:
        """The text; blocks for up to `timeout_s`, and for as long as all processes are busy.

        Raises:
            BlockError: the template is wrong.
            LimitReached: it went beyond a limit, which the message names.
        """
        request = {"source": source, "values": values, "escape_html": escape_html, "timeout_s": timeout_s}
        body = json.dumps(request, ensure_ascii=False, allow_nan=False).encode(errors="replace")
        reply = self._ask(body, timeout_s)
        if "text" in reply:
            return reply["text"]
        if "error" in reply:
            raise BlockError(f"The template cannot be rendered: {reply['error']}. Correct it.")
        raise _limit(_CURES[reply["limit"]])

    def close(self) -> None:
        """End the processes that wait for work."""
        while self._idle:
            self._idle.pop().stop()

    def forget(self) -> None:
        """Begin anew: after a fork, what there was belongs to the parent."""
        self._slots = BoundedSemaphore(self._size)
        self._idle: list[_Worker] = []

    def _ask(self, body: bytes, timeout_s: float) -> dict[str, str]:
        if not self._slots.acquire(timeout=BUSY_TIMEOUT_S):
            raise BlockError("All template processes are busy. Try again, or make the templates simpler.")
        try:
            worker = self._idle.pop() if self._idle else _Worker()
            try:
                reply = worker.ask(body, timeout_s)
            except BaseException:
                worker.stop()
                raise
            self._keep(worker)
            return reply
        finally:
            self._slots.release()

    def _keep(self, worker: _Worker) -> None:
        if worker.renders < MAX_RENDERS:
            self._idle.append(worker)
        else:
            worker.stop()


class _Worker:
    """One process. Isolated (-I): no environment, no working folder, none of our modules."""

    def __init__(self) -> None:
        self.renders = 0
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_WORKER_FILE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            bufsize=0,
        )
        try:
            self._read_frame(START_TIMEOUT_S)
        except LimitReached:
            self.stop()
            raise BlockError(
                "The template process did not start. Look at the server's memory and load."
            ) from None

    def ask(self, body: bytes, timeout_s: float) -> dict[str, str]:
        self.renders += 1
        assert self._process.stdin is not None  # opened as a pipe
        with suppress(BrokenPipeError):
            self._process.stdin.write(len(body).to_bytes(4))
            remaining = memoryview(body)
            while remaining:
                remaining = remaining[self._process.stdin.write(remaining) :]
        reply: dict[str, str] = json.loads(self._read_frame(timeout_s))
        return reply

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _read_frame(self, timeout_s: float) -> bytes:
        deadline = time.monotonic() + timeout_s
        length = int.from_bytes(self._read(4, deadline, timeout_s))
        return self._read(length, deadline, timeout_s)

    def _read(self, size: int, deadline: float, timeout_s: float) -> bytes:
        assert self._process.stdout is not None  # opened as a pipe
        descriptor = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
        read = bytearray()
        while len(read) < size:
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise _limit(f"took longer than {timeout_s:g} s")
            part = os.read(descriptor, size - len(read))
            if not part:
                raise _limit(_CURES["memory"])
            read += part
        return bytes(read)


def _limit(what: str) -> LimitReached:
    return LimitReached(f"The template {what} and was stopped. Make it smaller, or do the work in blocks.")


pool = RenderPool()
atexit.register(pool.close)
os.register_at_fork(after_in_child=pool.forget)
