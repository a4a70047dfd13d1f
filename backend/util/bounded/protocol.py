"""What both sides of a bounded process agree on: frames, limits, and how a job says no.

A frame is four bytes of length (big-endian), then JSON. A request is `{"job", "request", "timeout_s"}`,
or `{"job"}` alone, by which the process gets ready for it. An answer is `{"ok"}`, `{"error"}`, `{"limit"}` or `{"bug"}`.
"""

from __future__ import annotations

from typing import BinaryIO, Literal

MEMORY_BYTES = 256 * 1_048_576
MAX_OUTPUT_CHARS = 1_048_576
FUEL = 5_000_000
"""Steps of minijinja's machine; measured: 85 ms for an empty loop, on a slow core."""

Limit = Literal["memory", "output", "steps"]


class Refused(Exception):
    """A job cannot do what it was asked; the message says why, fit for the person who asked."""


class Exceeded(Exception):
    """A job has reached a limit, or would have."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next message, None at the end of the stream."""
    head = stream.read(4)
    return stream.read(int.from_bytes(head)) if len(head) == 4 else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    stream.write(len(body).to_bytes(4) + body)
    stream.flush()
