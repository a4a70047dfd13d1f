"""Programs by graph version, built once and kept; and which version of a graph is the newest."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from backend.data.cost import Prices
from backend.data.db import Database
from backend.data.graph_store import load_graph, newest_version
from backend.data.run import RunOptions
from backend.executor.billing import keep_beside
from backend.executor.program import FindBlock, Program, build

_KEPT = 500
_NEWEST_KEPT_S = 5.0
"""For so long a graph that was deleted by another process may still be run here, if its message was lost."""
T = TypeVar("T")
Shape = tuple[str | None, str | None, str]


class Programs:
    """A cache; owner checked at every look."""

    def __init__(self, database: Database, find_block: FindBlock, prices: Prices) -> None:
        self._database = database
        self._find_block = find_block
        self._prices = prices
        self._programs: OrderedDict[tuple[str, str, int, Shape], Program] = OrderedDict()
        self._asked: dict[tuple[Any, ...], asyncio.Future[Any]] = {}
        self._newest: dict[tuple[str, str], tuple[int, float]] = {}
        self._forgotten = 0

    async def get(self, user_id: str, graph_id: str, version: int | None, options: RunOptions) -> Program:
        """The program of a graph version, the newest without `version`, for a run that is to begin.

        Raises:
            NotFound: there is no such graph of this user, or it was deleted.
            GraphInvalid: it cannot run; all its problems.
        """
        newest = self._newest_version(user_id, graph_id)
        if newest is None:
            newest = await self._once((user_id, graph_id), lambda: self._look(user_id, graph_id))
        return await self.of_run(user_id, graph_id, newest if version is None else version, options)

    async def of_run(self, user_id: str, graph_id: str, version: int, options: RunOptions) -> Program:
        """The program of a run that has begun, also when its graph was deleted since.

        Raises:
            NotFound, GraphInvalid: as `get`.
        """
        asked = (user_id, graph_id, version, _shape(options))
        program = self._programs.get(asked)
        if program is None:
            return await self._once(asked, lambda: self._load(user_id, graph_id, version, options))
        self._programs.move_to_end(asked)
        return program

    async def _once(self, asked: tuple[Any, ...], work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What is asked for several times at once is looked up once."""
        if asked not in self._asked:
            self._asked[asked] = asyncio.ensure_future(work())
            self._asked[asked].add_done_callback(lambda _: self._asked.pop(asked))
        return await asyncio.shield(self._asked[asked])

    async def _look(self, user_id: str, graph_id: str) -> int:
        until, forgotten = time.monotonic() + _NEWEST_KEPT_S, self._forgotten
        async with self._database.begin() as connection:
            newest = await newest_version(connection, user_id, graph_id)
        if forgotten == self._forgotten:
            self._newest[user_id, graph_id] = (newest, until)
        return newest

    async def _load(self, user_id: str, graph_id: str, version: int, options: RunOptions) -> Program:
        async with self._database.begin() as connection:
            graph = await load_graph(connection, user_id, graph_id, version, is_deleted_too=True)
        program = build(graph, self._find_block, options)
        keep_beside(program, self._prices)
        self._programs[user_id, graph_id, version, _shape(options)] = program
        if len(self._programs) > _KEPT:
            self._programs.popitem(last=False)
        return program

    def forget_programs(self) -> None:
        """The blocks are others: new runs get programs of these."""
        self._programs.clear()

    def forget_newest(self, graph_id: str) -> None:
        """The graph was saved or deleted, here or elsewhere."""
        self._forgotten += 1
        for key in [key for key in self._newest if key[1] == graph_id]:
            del self._newest[key]

    def _newest_version(self, user_id: str, graph_id: str) -> int | None:
        found = self._newest.get((user_id, graph_id))
        if found is None or found[1] < time.monotonic():
            return None
        return found[0]


def _shape(options: RunOptions) -> Shape:
    """What of the options changes the program."""
    pins = options.model_dump_json(include={"pins"}) if options.pins else ""
    return options.until_node, options.trigger_node, pins
