"""Listening for a test event: the draft is made startable by the test address for as long as somebody waits."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import delivery_store, trigger_store, webhook_store
from backend.data.draft_store import save_draft_as_version
from backend.data.graph import Graph
from backend.data.version_store import lock_graph
from backend.executor.triggers import live
from backend.executor.triggers.answering import answering_nodes
from backend.executor.triggers.keeper import await_kept, tell_webhooks
from backend.executor.triggers.settling import settle
from backend.executor.triggers.wishes import Wish, wish_of
from backend.server.new_graph import all_problems
from backend.server.node_webhook import point
from backend.server.state import App
from backend.util.clock import new_id, now
from backend.util.errors import Conflict, GraphInvalid

ARRIVED = "delivery"
"""The message between processes that a test event has come; about its webhook."""
_KEPT_WITHIN_S = 10.0
_LOOK_EVERY_S = 1.0


@dataclass(slots=True)
class Listener:
    """Somebody who waits for a test event; use it as `async with`."""

    app: App
    user_id: str
    graph_id: str
    node_id: str
    webhook_id: str
    deadline: float
    """By the monotonic clock."""
    until: datetime
    """The same on the wall: how long this one wants the test address to be open. Another may want it longer."""
    after: str = field(default_factory=new_id)
    """Deliveries behind this id are those that came since."""
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def begin(cls, app: App, user_id: str, graph_id: str, node_id: str, timeout_s: float) -> Listener:
        """Store the draft as a version, and let test events start it from now on.

        Raises:
            GraphInvalid: the draft cannot run.
            BadInput: the node is no trigger, or something is wrong with it.
            Conflict: the node is live with another webhook than the draft wants.
        """
        async with app.database.begin() as connection:
            await lock_graph(connection, user_id, graph_id)
            graph = await save_draft_as_version(connection, user_id, graph_id)
            problems = await all_problems(connection, user_id, graph, app.catalogue.find)
            if problems:
                raise GraphInvalid(problems)
            answering = await answering_nodes(connection, user_id, graph, app.catalogue.find)
            wish = wish_of(graph, node_id, app.catalogue.find, answering)
            await webhook_store.lock_webhooks(connection, user_id)
            until = now() + timedelta(seconds=timeout_s)
            touched = await _listen(connection, app, user_id, graph, wish, until)
            webhook_id = await _webhook_of(connection, user_id, graph_id, node_id)
        app.worker.tell_graph_changed(graph_id)
        tell_webhooks(app.worker, touched.webhook_ids)
        listener = cls(app, user_id, graph_id, node_id, webhook_id, time.monotonic() + timeout_s, until)
        app.worker.hearers[ARRIVED].append(listener.hear)
        await await_kept(app.worker, user_id, touched.for_keeper, min(_KEPT_WITHIN_S, timeout_s))
        return listener

    def hear(self, webhook_id: str) -> None:
        """A test event has come, perhaps ours."""
        if webhook_id == self.webhook_id:
            self.heard.set()

    async def __aenter__(self) -> Listener:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.app.worker.hearers[ARRIVED].remove(self.hear)
        await asyncio.shield(self._end())

    async def wait(self) -> dict[str, Any] | None:
        """The test event; None: none came in time, or this process ends."""
        ending = asyncio.ensure_future(self.app.ending.wait())
        try:
            while not ending.done():
                self.heard.clear()
                found = await self._found()
                left_s = self.deadline - time.monotonic()
                if found is not None or left_s <= 0:
                    return found
                await _first_of(self.heard.wait(), ending, min(left_s, _LOOK_EVERY_S))
            return None
        finally:
            ending.cancel()

    async def _found(self) -> dict[str, Any] | None:
        async with self.app.database.begin() as connection:
            row = await delivery_store.first_test(
                connection, self.user_id, self.webhook_id, self.graph_id, self.node_id, after=self.after
            )
        if row is None:
            return None
        return {"delivery_id": row["id"], "run_id": row["run_id"], "payload": row["inputs"].get("payload")}

    async def _end(self) -> None:
        async with self.app.database.begin() as connection:
            await webhook_store.lock_webhooks(connection, self.user_id)
            await trigger_store.close_test(
                connection, self.user_id, self.graph_id, self.node_id, until=self.until
            )
            await settle(connection, self.user_id, [self.webhook_id])
        tell_webhooks(self.app.worker, [self.webhook_id])


async def _first_of(heard: Awaitable[Any], ending: asyncio.Future[Any], timeout_s: float) -> None:
    task = asyncio.ensure_future(heard)
    try:
        await asyncio.wait({task, ending}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _webhook_of(connection: AsyncConnection, user_id: str, graph_id: str, node_id: str) -> str:
    triggers = await trigger_store.triggers_of_graph(connection, user_id, graph_id)
    return str(triggers[node_id]["webhook_id"])


async def _listen(
    connection: AsyncConnection, app: App, user_id: str, graph: Graph, wish: Wish, until: datetime
) -> live.Touched:
    """Point the node to its webhook and open the test address."""
    known = (await trigger_store.triggers_of_graph(connection, user_id, graph.id)).get(wish.node_id)
    touched = live.Touched({str(known["webhook_id"])} if known else set())
    webhook_id = await live.webhook_for(connection, user_id, wish, known, app.vault, touched)
    if known is not None and known["is_live"] and known["webhook_id"] != webhook_id:
        raise Conflict(
            f"{wish.node_id!r} listens for the published graph to something else than the draft wants. Publish the "
            "draft, or unpublish the graph, and then listen."
        )
    await point(connection, user_id, graph, wish, webhook_id, known)
    before: datetime | None = known["listening_until"] if known else None
    changes = {"listening_until": max(until, before or until), "test_version": graph.version}
    await trigger_store.change_trigger(connection, user_id, graph.id, wish.node_id, changes)
    touched.for_keeper = await settle(connection, user_id, touched.webhook_ids)
    return touched
