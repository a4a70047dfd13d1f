"""Queries on drafts: what somebody is composing, with a revision that rises with every change of it.

A graph whose draft says the same as its newest version has none stored: reading it gives that version.
The column holds `{"graph", "based_on_version", "saved_at", "saved_by"}`.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.graph import Graph
from backend.data.graph_ids import under_new_ids
from backend.data.model import JsonObject
from backend.data.tables import graph as graph_table
from backend.data.tables import users
from backend.data.version_store import (
    add_version,
    digest_of,
    living,
    load_graph,
    lock_graph,
    name_version,
    no_graph,
    read_version,
    save_graph,
    version_of_request,
)
from backend.util.clock import now
from backend.util.errors import PreconditionFailed


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft and whence it comes. `saved_by` is a user's id, None where nobody is known."""

    revision: int
    graph: Graph
    based_on_version: int
    is_changed: bool
    saved_at: datetime
    saved_by: str | None


async def read_draft(connection: AsyncConnection, user_id: str, graph_id: str) -> Draft:
    """The draft; the newest version where nothing else was composed.

    Raises:
        NotFound: there is no such graph of this user.
    """
    query = sa.select(graph_table.c.draft, graph_table.c.draft_revision, graph_table.c.latest_version)
    row = (await connection.execute(query.where(*living(user_id, graph_id)))).one_or_none()
    if row is None:
        raise no_graph(graph_id)
    if row.draft is not None:
        return _unpacked(graph_id, row.draft, row.draft_revision)
    graph = await load_graph(connection, user_id, graph_id)
    made = await read_version(connection, user_id, graph_id, graph.version)
    return Draft(row.draft_revision, graph, graph.version, False, made["created_at"], made["created_by"])


def _unpacked(graph_id: str, stored: JsonObject, revision: int) -> Draft:
    based_on = stored["based_on_version"]
    graph = Graph.model_validate({**stored["graph"], "id": graph_id, "version": based_on})
    saved_at = datetime.fromisoformat(stored["saved_at"])
    return Draft(revision, graph, based_on, True, saved_at, stored["saved_by"])


async def write_draft(
    connection: AsyncConnection,
    user_id: str,
    graph: Graph,
    revisions: AbstractSet[int] | None,
    *,
    based_on_version: int | None = None,
) -> int:
    """Store the graph as the draft of its id; the revision that it has now.

    `revisions` are those that the caller has seen, None: whatever it is. Without `based_on_version` it
    goes on from where the draft was.

    Raises:
        NotFound: there is no such graph of this user.
        PreconditionFailed: somebody was faster; says who, when and what the revision is.
    """
    row = await lock_graph(connection, user_id, graph.id)
    if revisions is not None and row["draft_revision"] not in revisions:
        raise await _too_late(connection, user_id, graph.id)
    newest = row["latest_version"]
    before: JsonObject | None = row["draft"]
    if based_on_version is None:
        based_on_version = newest if before is None else before["based_on_version"]
    is_same = graph.digest() == await digest_of(connection, graph.id, newest)
    draft = None if is_same else _packed(user_id, graph, based_on_version)
    revision = int(row["draft_revision"]) + 1
    await connection.execute(
        sa.update(graph_table)
        .where(*living(user_id, graph.id))
        .values(draft=draft, draft_revision=revision, updated_at=sa.func.now())
    )
    return revision


def _packed(user_id: str, graph: Graph, based_on_version: int | None) -> JsonObject:
    return {
        "graph": orjson.loads(graph.definition()),
        "based_on_version": based_on_version,
        "saved_at": now().isoformat(),
        "saved_by": user_id,
    }


async def _too_late(connection: AsyncConnection, user_id: str, graph_id: str) -> PreconditionFailed:
    draft = await read_draft(connection, user_id, graph_id)
    name = await connection.scalar(sa.select(users.c.name).where(users.c.id == draft.saved_by))
    by = f" by {name}" if name else ""
    return PreconditionFailed(
        f"The draft has changed since you read it: it is at revision {draft.revision}, saved{by} at "
        f"{draft.saved_at.isoformat(timespec='seconds')}. Read it again and repeat your change on it."
    )


async def save_draft_as_version(
    connection: AsyncConnection,
    user_id: str,
    graph_id: str,
    *,
    name: str = "",
    request_id: str | None = None,
) -> Graph:
    """Make a version of the draft, under that name, unless it says the same as the newest one.

    With a `request_id` that has made a version already, that one is meant.

    Graphs that came along in the draft are stored under new ids. A `name` is given to the version
    also where it was there before.

    Returns:
        The graph with the version it has now.

    Raises:
        NotFound: there is no such graph of this user.
    """
    row = await lock_graph(connection, user_id, graph_id)
    known = request_id and await version_of_request(connection, graph_id, request_id)
    if known:
        return await load_graph(connection, user_id, graph_id, known)
    if row["draft"] is None:
        graph = await load_graph(connection, user_id, graph_id)
        if name:
            await name_version(connection, user_id, graph_id, graph.version, name)
        return graph
    graph = _unpacked(graph_id, row["draft"], row["draft_revision"]).graph
    graph = under_new_ids(graph, user_id, None, own_id=graph_id)
    for child in graph.sub_graphs:
        await save_graph(connection, user_id, child)
    alone = graph.model_copy(update={"sub_graphs": []})
    return await add_version(connection, user_id, row, alone, name=name, is_draft=True, request_id=request_id)


async def rename_draft(
    connection: AsyncConnection, user_id: str, graph_id: str, changes: JsonObject
) -> JsonObject:
    """What a new name or description of the graph changes in its row beside the columns of these names.

    Raises:
        NotFound: there is no such graph of this user.
    """
    row = await lock_graph(connection, user_id, graph_id)
    revised: JsonObject = {"draft_revision": row["draft_revision"] + 1}
    stored: JsonObject | None = row["draft"]
    if stored is not None:
        revised["draft"] = {**stored, "graph": {**stored["graph"], **changes}}
    return revised
