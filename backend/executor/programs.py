"""Programs by graph version, built once and kept; and which version of a graph is the newest."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

from backend.data.db import Database
from backend.data.graph_store import load_graph
from backend.data.run import RunOptions
from backend.executor.program import FindBlock, Program, build

_KEPT = 500
_NEWEST_KEPT_S = 5.0


class Programs:
    """A cache; owner checked at every look."""

    def __init__(self, database: Database, find_block: FindBlock) -> None:
        self._database = database
        self._find_block = find_block
        self._programs: OrderedDict[tuple[str, str, int, str], Program] = OrderedDict()
        self._loading: dict[tuple[str, str, int | None, str], asyncio.Future[Program]] = {}
        self._newest: dict[tuple[str, str], tuple[int, float]] = {}

    async def get(self, user_id: str, graph_id: str, version: int | None, options: RunOptions) -> Program:
        """The program of a graph version, the newest without `version`.

        Raises:
            NotFound: there is no such graph of this user.
            GraphInvalid: it cannot run; all its problems.
        """
        shape = _shape(options)
        known = version if version is not None else self._newest_version(user_id, graph_id)
        if known is not None:
            program = self._programs.get((user_id, graph_id, known, shape))
            if program is not None:
                self._programs.move_to_end((user_id, graph_id, known, shape))
                return program
        asked = (user_id, graph_id, known, shape)
        if asked not in self._loading:
            self._loading[asked] = asyncio.ensure_future(self._load(user_id, graph_id, known, options))
            self._loading[asked].add_done_callback(lambda _: self._loading.pop(asked))
        program = await asyncio.shield(self._loading[asked])
        if version is None:
            self._newest[user_id, graph_id] = (program.graph.version, time.monotonic() + _NEWEST_KEPT_S)
        return program

    async def _load(self, user_id: str, graph_id: str, version: int | None, options: RunOptions) -> Program:
        async with self._database.begin() as connection:
            graph = await load_graph(connection, user_id, graph_id, version)
        program = build(graph, self._find_block, options)
        self._programs[user_id, graph_id, graph.version, _shape(options)] = program
        if len(self._programs) > _KEPT:
            self._programs.popitem(last=False)
        return program

    def forget_newest(self, graph_id: str) -> None:
        """The graph was saved, here or elsewhere."""
        for key in [key for key in self._newest if key[1] == graph_id]:
            del self._newest[key]

    def _newest_version(self, user_id: str, graph_id: str) -> int | None:
        found = self._newest.get((user_id, graph_id))
        if found is None or found[1] < time.monotonic():
            return None
        return found[0]


def _shape(options: RunOptions) -> str:
    """What of the options changes the program."""
    if options.until_node is None and options.trigger_node is None and not options.pins:
        return ""
    return options.model_dump_json(include={"until_node", "trigger_node", "pins"})
