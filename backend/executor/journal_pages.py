"""Reading journals in parts of a few MiB, so that no length of a journal is too much; parsing beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import orjson

from backend.data.connection import Connection
from backend.executor.journal_reader import HUGE
from backend.executor.records import Segment

Result = TypeVar("Result")

_BATCH_BYTES = (64 * 1_024, 512 * 1_024, 4 * 1_048_576)
"""Of the first batches, then of all others: whoever needs little reads little."""
_BATCH_ROWS = 2_000
_BESIDE_BYTES = 100_000
"""So much is parsed in about a millisecond."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A segment as it is stored."""

    seq: int
    epoch: int
    at: datetime
    text: str

    def parsed(self) -> Segment:
        return Segment(self.seq, self.epoch, self.at, orjson.loads(self.text))


Batch = list[Stored]


@dataclass(frozen=True, slots=True)
class Marks:
    """What the text of a segment must have to be worth reading: `one` or the `other`, and `always`."""

    one: str
    other: str
    always: str = ""


def _sizes() -> Iterator[int]:
    yield from _BATCH_BYTES
    while True:
        yield _BATCH_BYTES[-1]


async def read_span(
    connection: Connection, run_id: str, first: int, last: int = HUGE, marks: Marks | None = None
) -> AsyncIterator[Batch]:
    """The segments that hold the events `first` to `last`, some MiB at a time; with `marks` only those that have them."""
    one, other, always = (marks.one, marks.other, marks.always) if marks else ("", "", "")
    for size in _sizes():
        if first > last:
            return
        rows = await connection.fetch(_SPAN, run_id, first, last, size, marks is None, one, other, always)
        if not rows:
            return
        yield [Stored(row["seq"], row["epoch"], row["at"], row["text"]) for row in rows if row["text"]]
        first = rows[-1]["seq"] + rows[-1]["count"]


_SIZED = """
SELECT seq, count, epoch, at, events::text AS text, octet_length(events::text) AS own,
    sum(octet_length(events::text)) OVER (ORDER BY seq) AS total
  FROM run_event WHERE run_id = $1 AND """

_SPAN = f"""
SELECT seq, count, epoch, at, CASE WHEN $5 OR (strpos(text, $6) > 0 OR strpos(text, $7) > 0)
    AND strpos(text, $8) > 0 THEN text END AS text
  FROM ({_SIZED} seq <= $3 AND seq + count > $2 AND seq >= coalesce(
      (SELECT seq FROM run_event WHERE run_id = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1), 0)
    ORDER BY seq LIMIT {_BATCH_ROWS}) part
  WHERE total - own < $4 ORDER BY seq"""


async def read_holding(connection: Connection, run_id: str, numbers: Sequence[int]) -> AsyncIterator[Batch]:
    """The segments that hold the events of these numbers, some MiB at a time."""
    after = 0
    for size in _sizes():
        rows = await connection.fetch(_HOLDING, run_id, numbers, after, size)
        if not rows:
            return
        yield [Stored(row["seq"], row["epoch"], row["at"], row["text"]) for row in rows]
        after = rows[-1]["seq"]


_HOLDING = f"""
SELECT seq, epoch, at, text FROM ({_SIZED} seq > $3 AND seq IN (
      SELECT (SELECT seq FROM run_event WHERE run_id = $1 AND seq <= n ORDER BY seq DESC LIMIT 1)
        FROM unnest($2::int[]) n)
    ORDER BY seq LIMIT {_BATCH_ROWS}) part
  WHERE total - own < $4 ORDER BY seq"""


async def beside(batch: Batch, work: Callable[[list[Segment]], Result]) -> Result:
    """Parse the batch and do `work` with it; in a thread when it is long."""

    def parse_and_work() -> Result:
        return work([stored.parsed() for stored in batch])

    if sum(len(stored.text) for stored in batch) < _BESIDE_BYTES:
        return parse_and_work()
    return await asyncio.to_thread(parse_and_work)
