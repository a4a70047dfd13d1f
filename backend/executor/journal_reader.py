"""Reading journals: all of one from a number on, or a page of it, wherever in it that is."""

from __future__ import annotations

import orjson

from backend.data.connection import Connection
from backend.executor.records import Segment

HUGE = 2_147_483_647
"""No event has a higher number: the largest of PostgreSQL's `integer`."""


async def read_segments(
    connection: Connection, run_id: str, *, after_seq: int = 0, limit: int | None = None
) -> list[Segment]:
    """The segments that hold the events after number `after_seq`, `limit` of them at least if there are as many.

    The first segment may begin before and the last one end behind what was asked for. Numbers have no gaps,
    so both ends are found by the primary key, however long the journal is.
    """
    after_seq = min(after_seq, HUGE - 1)
    last = HUGE if limit is None else min(after_seq + limit, HUGE)
    rows = await connection.fetch(_READ, run_id, after_seq, last)
    return [Segment(row["seq"], row["epoch"], row["at"], orjson.loads(row["events"])) for row in rows]


_READ = """
SELECT seq, epoch, at, events::text AS events FROM run_event
  WHERE run_id = $1 AND seq <= $3 AND seq + count > $2 + 1 AND seq >= coalesce(
      (SELECT seq FROM run_event WHERE run_id = $1 AND seq <= $2 + 1 ORDER BY seq DESC LIMIT 1), 0)
  ORDER BY seq"""


async def read_lasts(connection: Connection, run_ids: list[str]) -> dict[str, int]:
    """The number of the last recorded event of each run that has any."""
    rows = await connection.fetch(_LASTS, run_ids)
    return {row["id"]: row["last"] for row in rows}


_LASTS = """
SELECT r.id, e.last FROM unnest($1::text[]) AS r(id), LATERAL (
  SELECT seq + count - 1 AS last FROM run_event WHERE run_id = r.id ORDER BY seq DESC LIMIT 1) e"""
