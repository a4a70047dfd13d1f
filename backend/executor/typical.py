"""What the blocks of a graph usually take: medians over its last completed runs, node by node."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import orjson

from backend.data.connection import Connection
from backend.data.db import Database
from backend.executor.journal_pages import Stored
from backend.executor.run_index import RunIndex, State

MOST_RUNS = 20
_WINDOW = 1_000
"""Runs of the graph among which completed ones are looked for."""
_LONGEST_JOURNAL_BYTES = 256 * 1_024
"""As stored, which is compressed. Longer ones are left out: a question for a number must not cost a second."""
_MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What a node took in one run: all of its firings added up, waiting included."""

    busy_us: int
    usd_micros: int


@dataclass(frozen=True, slots=True)
class Typical:
    """Of a node, the medians over `runs` runs in which it completed."""

    node_id: str
    duration_ms: float
    usd_micros: int
    runs: int


class TypicalRuns:
    """Answers from what is known of the runs; a run that has ended is read once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, Mapping[str, Taken]] = OrderedDict()

    async def of_graph(self, user_id: str, graph_id: str) -> list[Typical]:
        """The nodes that completed in one of the user's last completed runs of the graph; newest runs first."""
        async with self._database.raw() as connection:
            rows = await connection.fetch(_RUNS, user_id, graph_id)
            versions = {row["id"]: row["graph_version"] for row in rows}
            unknown = {run_id: version for run_id, version in versions.items() if run_id not in self._known}
            if unknown:
                await self._learn(connection, graph_id, unknown)
        found = [self._known[run_id] for run_id in versions if run_id in self._known]
        self._drop_old(versions)
        return medians(found)

    async def _learn(self, connection: Connection, graph_id: str, versions: Mapping[str, int]) -> None:
        definitions = await connection.fetch(_NODES, graph_id, list(set(versions.values())))
        node_ids: dict[int, list[str]] = {row["version"]: orjson.loads(row["ids"]) for row in definitions}
        parts: dict[str, list[Stored]] = {run_id: [] for run_id in versions}
        for row in await connection.fetch(_JOURNALS, list(versions), _LONGEST_JOURNAL_BYTES):
            parts[row["run_id"]].append(Stored(row["seq"], row["epoch"], row["at"], row["text"]))
        self._known |= await asyncio.to_thread(
            lambda: {run_id: taken_in(part, node_ids[versions[run_id]]) for run_id, part in parts.items()}
        )

    def _drop_old(self, used: Iterable[str]) -> None:
        for run_id in used:
            self._known.move_to_end(run_id)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)


def taken_in(journal: Sequence[Stored], node_ids: Sequence[str]) -> dict[str, Taken]:
    """What each node took that completed in this run; `node_ids` are those of the run's version, in its order."""
    index = RunIndex()
    index.take([part.parsed() for part in journal])
    return {
        node_ids[place]: Taken(node.busy_us, node.cost_usd_micros)
        for place, node in index.nodes.items()
        if node.counts[State.FINISHED]
    }


def medians(runs: Iterable[Mapping[str, Taken]]) -> list[Typical]:
    """The middle of what each node took."""
    by_node: dict[str, list[Taken]] = defaultdict(list)
    for run in runs:
        for node_id, taken in run.items():
            by_node[node_id].append(taken)
    return [
        Typical(
            node_id,
            median(one.busy_us for one in taken) / 1_000,
            round(median(one.usd_micros for one in taken)),
            len(taken),
        )
        for node_id, taken in by_node.items()
    ]


_RUNS = f"""
SELECT id, graph_version FROM (
    SELECT id, graph_version, status FROM run WHERE user_id = $1 AND graph_id = $2 ORDER BY id DESC LIMIT {_WINDOW}
  ) recent WHERE status IN ('completed', 'completed_with_errors') ORDER BY id DESC LIMIT {MOST_RUNS}"""
_NODES = """
SELECT version, jsonb_path_query_array(definition::jsonb, '$.nodes[*].id')::text AS ids
  FROM graph_version WHERE graph_id = $1 AND version = ANY($2::int[])"""
_JOURNALS = """
SELECT run_id, seq, epoch, at, events::text AS text FROM run_event WHERE run_id IN (
    SELECT run_id FROM run_event WHERE run_id = ANY($1::text[]) GROUP BY run_id HAVING sum(pg_column_size(events)) <= $2
  ) ORDER BY run_id, seq"""
