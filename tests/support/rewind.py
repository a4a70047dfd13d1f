"""Takes a run that has ended back to any of its events, as a crash just after it would have left it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from backend.data.connection import Connection
from backend.data.run import EventKind, RunEvent
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.journal_reader import read_segments
from backend.executor.records import Record, Segment, events_in

FiringKey = tuple[str | None, int | None]
_OF_TIMING = frozenset({EventKind.STATE, EventKind.RESUMED})


def single_records(segments: Sequence[Segment]) -> Iterator[Record]:
    """One record for each event."""
    for segment in segments:
        for record in segment.records:
            if record[0] == "i":
                yield from _unfolded(record)
            else:
                yield record


def _unfolded(record: Record) -> Iterator[Record]:
    _, node, firing, path, inputs, yields, t, took = record
    yield ["s", node, firing, path, inputs, t]
    for pin, value, index in yields:
        yield ["y", node, firing, pin, value, index, t + took]
    yield ["f", node, firing, t + took]


async def rewind(
    connection: Connection,
    run_id: str,
    records: Sequence[Record],
    *,
    base_cost: int = 0,
    keeps_children: bool = True,
) -> None:
    """Make the run one whose worker died when just these records were on disk, queued for another to take over.

    `base_cost` is what child runs have added, in millionths of a dollar.
    """
    asked, answered = _reviews(records)
    cost = sum(int(r[4]["usd_micros"]) for r in records if r[0] == "k" and r[1] == EventKind.CHARGED)
    async with connection.transaction():
        at = await connection.fetchval("SELECT min(at) FROM run_event WHERE run_id = $1", run_id)
        await connection.execute("DELETE FROM run_event WHERE run_id = $1", run_id)
        await _rewind_charges(connection, run_id, records)
        await connection.execute(
            "DELETE FROM review WHERE run_id = $1 AND NOT id = ANY($2)", run_id, list(asked)
        )
        await connection.execute(
            "UPDATE review SET status = 'open', is_taken = false, decision = NULL, decided_at = NULL "
            "WHERE run_id = $1 AND NOT id = ANY($2)",
            run_id,
            list(answered),
        )
        if not keeps_children:
            below = "SELECT id FROM run WHERE root_run_id = $1 AND id <> $1"
            await connection.execute(f"DELETE FROM run_event WHERE run_id IN ({below})", run_id)
            await connection.execute(f"DELETE FROM charge WHERE run_id IN ({below})", run_id)
            await connection.execute("DELETE FROM run WHERE root_run_id = $1 AND id <> $1", run_id)
        await connection.execute(
            "INSERT INTO run_event (run_id, seq, count, epoch, at, events) VALUES ($1, 1, $2, 1, $3, $4::text::json)",
            run_id,
            sum(map(events_in, records)),
            at,
            orjson.dumps(records).decode(),
        )
        await connection.execute(
            "UPDATE run SET status = 'queued', worker_id = NULL, ended_at = NULL, wake_at = NULL, summary = NULL, "
            "epoch = epoch + 1, cost_usd_micros = $2 WHERE id = $1",
            run_id,
            cost + base_cost,
        )
        if await connection.fetchval("SELECT parent_run_id IS NULL FROM run WHERE id = $1", run_id):
            await connection.execute("SELECT enqueue_run($1, $2)", run_id, LOCAL_USER_ID)


async def _rewind_charges(connection: Connection, run_id: str, records: Sequence[Record]) -> None:
    """One charge beside each `charged` event, as the commits of just these records left them."""
    await connection.execute("DELETE FROM charge WHERE run_id = $1", run_id)
    for seq, record in enumerate(records, start=1):
        if record[0] == "k" and record[1] == EventKind.CHARGED:
            await connection.execute(
                "INSERT INTO charge (run_id, seq, root_run_id, user_id, graph_id, node_id, block_id, usd_micros, at) "
                "SELECT id, $2, root_run_id, user_id, graph_id, '', '', $3, now() FROM run WHERE id = $1",
                run_id,
                seq,
                record[4]["usd_micros"],
            )


def _reviews(records: Sequence[Record]) -> tuple[set[str], set[str]]:
    """Ids of what was asked, and of that what had been answered, as far as the records say."""
    said = [r for r in records if r[0] == "k"]
    steps = {(r[2], r[3], r[4]["key"]) for r in said if r[1] == EventKind.STEP}
    asked = {
        str(r[4]["review_id"]): (r[2], r[3], r[4]["key"])
        for r in said
        if r[1] == EventKind.WAITING and r[4]["for"] == "person"
    }
    return set(asked), {review_id for review_id, place in asked.items() if place in steps}


async def records_of(connection: Connection, run_id: str) -> list[Record]:
    """A run's journal, one record for each event."""
    return list(single_records(await read_segments(connection, run_id)))


def essence(events: Iterable[RunEvent]) -> dict[FiringKey, list[tuple[str, Any]]]:
    """What a journal says of each firing, without times and without the traces of an interruption.

    Numbers of events become (node, firing, kind, how-manieth). Waits for a time are left out: it may have
    come meanwhile. A person who is waited for again counts once, so does a charge for work that had to be
    repeated.
    """
    listed = [event for event in events if not _is_of_timing(event)]
    places = _places(listed)
    found: dict[FiringKey, list[tuple[str, Any]]] = defaultdict(list)
    for event in listed:
        said = (event.kind, _timeless(event, places))
        known = found[event.node_id, event.firing]
        if event.kind in (EventKind.WAITING, EventKind.CHARGED) and said in known[-1:]:
            continue
        known.append(said)
    return dict(found)


def _is_of_timing(event: RunEvent) -> bool:
    return event.kind in _OF_TIMING or (event.kind == EventKind.WAITING and event.data["for"] == "time")


def _places(events: Iterable[RunEvent]) -> dict[int | None, Any]:
    counts: Counter[Any] = Counter()
    places: dict[int | None, Any] = {}
    for event in events:
        kind = (event.node_id, event.firing, event.kind)
        places[event.seq] = (*kind, counts[kind])
        counts[kind] += 1
    return places


def _timeless(event: RunEvent, places: dict[int | None, Any]) -> Any:
    data = dict(event.data)
    if event.kind == EventKind.STARTED:
        data["inputs"] = {
            pin: [places[one] for one in ref] if isinstance(ref, list) else places[ref]
            for pin, ref in data["inputs"].items()
        }
    if event.kind == EventKind.STEP and data["key"] == "wait":
        del data["result"]
    data.pop("pause_s", None)
    return data
