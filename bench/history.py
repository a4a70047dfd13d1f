"""A history for W7, put straight into the database: graphs, many runs of them, one very long journal."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import orjson

from backend.data.connection import Connection
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.run import RunStatus
from backend.util.clock import id_beside
from bench import graphs

_SEED = 7
_SPAN = timedelta(days=90)
_STATUSES = ("completed",) * 90 + ("failed",) * 5 + ("completed_with_errors",) * 3 + ("cancelled",) * 2
_WORDS = (
    "invoice",
    "order",
    "newsletter",
    "ticket",
    "contract",
    "Ünal",
    "report",
    "survey",
    "lead",
    "refund",
)
_LABELS = ("nightly", "import", "reviewed", "customer")
_BATCH = 10_000
_SOME_PARENT = "SELECT parent_run_id FROM run WHERE parent_run_id IS NOT NULL ORDER BY id OFFSET $1 LIMIT 1"
_EVENTS_OF_AN_ITEM = 10
_RUN_COLUMNS = [
    "id",
    "user_id",
    "graph_id",
    "graph_version",
    "status",
    "root_run_id",
    "parent_run_id",
    "parent_node_id",
    "parent_firing",
    "from_run_id",
    "from_node_id",
    "labels",
    "inputs",
    "options",
    "summary",
    "cost_usd_micros",
    "created_at",
    "started_at",
    "ended_at",
]


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. One run in five is within another; every hundredth run came from another."""

    runs: int = 100_000
    graphs: int = 1_000
    events: int = 1_000_000


async def fill(database: Database, user_id: str, size: Size) -> str:
    """Store graphs and finished runs of one user, spread over the last 90 days.

    Returns:
        The id of a run with ten others within it, from the middle of that time.
    """
    ids = [f"bench-graph-{k:05}" for k in range(size.graphs)]
    async with database.raw() as connection:
        await _store_graphs(connection, user_id, ids)
        rows = _runs(user_id, ids, size.runs, random.Random(_SEED))
        while batch := list(islice(rows, _BATCH)):
            await connection.copy_records_to_table("run", records=batch, columns=_RUN_COLUMNS)
        await connection.execute("VACUUM ANALYZE run")
        await connection.execute("VACUUM ANALYZE graph")
        return str(await connection.fetchval(_SOME_PARENT, size.runs // 10))


async def _store_graphs(connection: Connection, user_id: str, ids: list[str]) -> None:
    one = graphs.ten_nodes()
    rng = random.Random(_SEED)
    rows = [(graph_id, user_id, f"{rng.choice(_WORDS)} {k}", 1) for k, graph_id in enumerate(ids)]
    await connection.copy_records_to_table(
        "graph", records=rows, columns=["id", "user_id", "name", "latest_version"]
    )
    definition, digest = one.definition().decode(), one.digest()
    await connection.copy_records_to_table(
        "graph_version",
        records=[(graph_id, 1, definition, digest) for graph_id in ids],
        columns=["graph_id", "version", "definition", "digest"],
    )


def _runs(user_id: str, graph_ids: list[str], count: int, rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """The first graph has a tenth of them; the others share the rest."""
    began = datetime.now(UTC) - _SPAN
    top, origin, number = "", "", 0
    for k in range(count):
        created = began + _SPAN * (k / count)
        is_within = k % 50 >= 40
        number = number + 1 if is_within else 0
        if is_within:
            run_id = id_beside(top, number, "child")
        else:
            origin, run_id = top, id_beside(_id_at(created), k, "top")
            top = run_id
        graph_id = graph_ids[0] if rng.random() < 0.1 else rng.choice(graph_ids)
        status = rng.choice(_STATUSES)
        yield (
            run_id,
            user_id,
            graph_id,
            1,
            status,
            top,
            top if is_within else None,
            "n3" if is_within else None,
            number if is_within else None,
            origin if k % 100 == 1 else None,
            "n2" if k % 100 == 1 else None,
            rng.sample(_LABELS, 1) if rng.random() < 0.1 else [],
            _inputs(rng),
            "{}",
            _summary(status, rng),
            rng.choice((0, 0, 1_200, 45_000, 900_000)),
            created,
            created,
            created + timedelta(milliseconds=rng.randint(3, 90_000)),
        )


def _id_at(moment: datetime) -> str:
    digits = f"{int(moment.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"


def _inputs(rng: random.Random) -> str:
    words = " ".join(rng.choices(_WORDS[1:], k=15))
    return orjson.dumps({"customer": rng.randint(1, 100_000), "text": words, "urgent": False}).decode()


def _summary(status: str, rng: random.Random) -> str:
    has_errors = status in (RunStatus.FAILED, RunStatus.COMPLETED_WITH_ERRORS)
    message = f"The service refused: quota of {rng.randint(1, 9)} requests is used up. Try again later."
    error = {
        "node_id": "n4",
        "node_name": "Send",
        "firing": 0,
        "item": [],
        "code": "rate_limited",
        "message": message,
    }
    summary = {
        "outputs": {"result": [" ".join(rng.choices(_WORDS, k=40))]},
        "errors": [error] if has_errors else [],
        "leftovers": [],
        "never_fired": [],
        "firings": 10,
    }
    return orjson.dumps(summary).decode()


# -- one very long journal ---------------------------------------------------------------------------------


async def fill_journal(database: Database, user_id: str, graph: Graph, run_id: str, events: int) -> None:
    """A finished run of W3's graph (one node counts, three pass on, one gathers) with about so many events."""
    moment = datetime.now(UTC)
    async with database.raw() as connection:
        run: tuple[Any, ...] = (
            run_id, user_id, graph.id, graph.version, "completed", run_id, None, None, None, None, None,
            [], "{}", "{}", _summary("completed", random.Random(_SEED)), 0, moment, moment, moment,
        )  # fmt: skip
        await connection.copy_records_to_table("run", records=[run], columns=_RUN_COLUMNS)
        segments = _segments(run_id, moment, events // _EVENTS_OF_AN_ITEM, random.Random(_SEED))
        while batch := list(islice(segments, _BATCH)):
            await connection.copy_records_to_table(
                "run_event", records=batch, columns=["run_id", "seq", "count", "epoch", "at", "events"]
            )
        await connection.execute("ANALYZE run_event")


def _segments(run_id: str, moment: datetime, items: int, rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """From a single firing to what pure blocks do in a slice of time, as commits come."""
    running = '[["k","state",null,null,{"status":"running"},0],["s",0,0,[],{},7]]'
    yield run_id, 1, 2, 1, moment, running
    seq, item = 3, 0
    while item < items:
        count = min(rng.choice((1, 1, 3, 20, 100)), items - item)
        records: list[Any] = []
        first = seq
        for k in range(item, item + count):
            records.append(["y", 0, 0, "item", k, k, 10])
            seq += 1
            taken = seq - 1
            for node in (1, 2, 3):
                path = [["count", 0, k]]
                records.append(["i", node, k, path, {"value": taken}, [["value", k, None]], 12 + node, 1])
                taken = seq + 1
                seq += 3
        yield (
            run_id,
            first,
            seq - first,
            1,
            moment + timedelta(milliseconds=item),
            orjson.dumps(records).decode(),
        )
        item += count
    ended = [
        ["f", 0, 0, 1],
        ["i", 4, 0, [], {"items": []}, [["list", items, None]], 2, 5],
        ["k", "state", None, None, {"status": "completed", "active_s": 60.0}, 9],
    ]
    yield run_id, seq, 5, 1, moment + timedelta(milliseconds=items), orjson.dumps(ended).decode()
