"""Warm processes that work within limits of memory, time and output."""

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

from backend.util.bounded.protocol import FUEL, MAX_OUTPUT_CHARS, MEMORY_BYTES
from backend.util.errors import BlockError, LimitReached

WORKERS = 4
START_TIMEOUT_S = 20.0
BUSY_TIMEOUT_S = 30.0
TIMEOUT_S = 0.8
"""Bombs are stopped within a second (security.md), and to end a large process takes 0.1 s of it.

A long honest template takes 20 ms.
"""
MAX_ANSWERS = 1000
"""A worker is replaced after as many, so that nothing it keeps can pile up."""

_PROCESS_FILE = Path(__file__).with_name("process.py")
_LIMITS = {
    "memory": f"needed more than {MEMORY_BYTES // 1_048_576} MiB of memory",
    "output": f"made more than {MAX_OUTPUT_CHARS:,} characters",
    "steps": f"took more than {FUEL:,} steps",
}


def run_bounded(
    job: str,
    request: Any,
    *,
    subject: str,
    cure: str = "Make it smaller, or do the work in blocks.",
    timeout_s: float = TIMEOUT_S,
) -> Any:
    """What `jobs/<job>.py` answers to a request, both JSON values. Blocks for up to `timeout_s`.

    `subject` is what the request is about, as a person says it ("The template"); `cure` is what they can
    do when it goes too far.

    Raises:
        BlockError: the job refused; the message is its own.
        LimitReached: it went beyond a limit, which the message names.
    """
    return pool.run(job, request, subject=subject, cure=cure, timeout_s=timeout_s)


class BoundedPool:
    """Up to `size` processes, started when needed, kept warm, killed when their work goes too far."""

    def __init__(self, size: int = WORKERS) -> None:
        self._size = size
        self.forget()

    def run(self, job: str, request: Any, *, subject: str, cure: str, timeout_s: float) -> Any:
        """See `run_bounded`; it also waits for as long as all processes are busy."""
        asked = {"job": job, "request": request, "timeout_s": timeout_s}
        body = json.dumps(asked, ensure_ascii=False, allow_nan=False).encode(errors="replace")
        try:
            reply = self._ask(job, body, timeout_s)
        except _TooFar as error:
            raise LimitReached(f"{subject} {error} and was stopped. {cure}") from None
        if "ok" in reply:
            return reply["ok"]
        if "error" in reply:
            raise BlockError(reply["error"])
        if "bug" in reply:
            raise BlockError(f"Blockyard failed at this: {reply['bug'][:500]}. Please report it.")
        raise LimitReached(f"{subject} {_LIMITS[reply['limit']]} and was stopped. {cure}")

    def close(self) -> None:
        """End the processes that wait for work."""
        while self._idle:
            self._idle.pop().stop()

    def forget(self) -> None:
        """Begin anew: after a fork, what there was belongs to the parent."""
        self._slots = BoundedSemaphore(self._size)
        self._idle: list[_Worker] = []

    def _ask(self, job: str, body: bytes, timeout_s: float) -> dict[str, Any]:
        if not self._slots.acquire(timeout=BUSY_TIMEOUT_S):
            raise BlockError(
                "All processes for such work are busy. Try again, or give them less to do at once."
            )
        try:
            worker = self._idle.pop() if self._idle else _Worker()
            try:
                reply = worker.ask(job, body, timeout_s)
            except BaseException:
                worker.stop()
                raise
            self._keep(worker)
            return reply
        finally:
            self._slots.release()

    def _keep(self, worker: _Worker) -> None:
        if worker.answers < MAX_ANSWERS:
            self._idle.append(worker)
        else:
            worker.stop()


class _TooFar(Exception):
    """The process did not answer: it took too long, or it is gone."""


class _Worker:
    """One process. Isolated (-I): no environment, no working folder, of our modules only the job's."""

    def __init__(self) -> None:
        self.answers = 0
        self._ready_for: set[str] = set()
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_PROCESS_FILE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            bufsize=0,
        )
        self._await_ready()

    def ask(self, job: str, body: bytes, timeout_s: float) -> dict[str, Any]:
        """The answer. Getting ready for the first request of a kind does not count.

        Raises:
            _TooFar: there is none; the process is of no use any more.
        """
        if job not in self._ready_for:
            self._write_frame(json.dumps({"job": job}).encode())
            self._await_ready()
            self._ready_for.add(job)
        self.answers += 1
        self._write_frame(body)
        reply: dict[str, Any] = json.loads(self._read_frame(timeout_s))
        return reply

    def _await_ready(self) -> None:
        try:
            self._read_frame(START_TIMEOUT_S)
        except _TooFar:
            self.stop()
            raise BlockError(
                "The process for such work did not start. Look at the server's memory and load."
            ) from None

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _write_frame(self, body: bytes) -> None:
        assert self._process.stdin is not None  # opened as a pipe
        with suppress(BrokenPipeError):
            self._process.stdin.write(len(body).to_bytes(4))
            remaining = memoryview(body)
            while remaining:
                remaining = remaining[self._process.stdin.write(remaining) :]

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
                raise _TooFar(f"took longer than {timeout_s:g} s")
            part = os.read(descriptor, size - len(read))
            if not part:
                raise _TooFar(_LIMITS["memory"])
            read += part
        return bytes(read)


pool = BoundedPool()
atexit.register(pool.close)
os.register_at_fork(after_in_child=pool.forget)
