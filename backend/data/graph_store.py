"""Queries on graphs and their versions."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.graph import Graph
from backend.data.tables import graph as graph_table
from backend.data.tables import graph_version
from backend.util.clock import new_id
from backend.util.errors import NotFound


async def save_graph(connection: AsyncConnection, user_id: str, graph: Graph) -> Graph:
    """Store the graph as a new version of its id, unless its newest one says the same.

    The graphs that came along in its file are stored first, each under its own id.

    Returns:
        The graph with the id and version it has now.

    Raises:
        NotFound: the id is another user's.
    """
    for child in graph.sub_graphs:
        await save_graph(connection, user_id, child)
    alone = graph.model_copy(update={"sub_graphs": []})
    graph_id = graph.id or new_id()
    statement = insert(graph_table).values(
        id=graph_id, user_id=user_id, name=graph.name, description=graph.description, latest_version=0
    )
    await connection.execute(statement.on_conflict_do_nothing())
    row = (
        await connection.execute(
            sa.select(graph_table.c.latest_version)
            .where(graph_table.c.user_id == user_id, graph_table.c.id == graph_id)
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no graph {graph_id!r}.")
    return await _save_version(connection, user_id, alone, graph_id, row[0])


async def _save_version(
    connection: AsyncConnection, user_id: str, graph: Graph, graph_id: str, latest: int
) -> Graph:
    digest = graph.digest()
    same = await connection.scalar(
        sa.select(graph_version.c.version).where(
            graph_version.c.graph_id == graph_id,
            graph_version.c.version == latest,
            graph_version.c.digest == digest,
        )
    )
    if same is not None:
        return graph.model_copy(update={"id": graph_id, "version": latest})
    await connection.execute(
        sa.insert(graph_version).values(
            graph_id=graph_id, version=latest + 1, definition=orjson.loads(graph.definition()), digest=digest
        )
    )
    await connection.execute(
        sa.update(graph_table)
        .where(graph_table.c.user_id == user_id, graph_table.c.id == graph_id)
        .values(
            latest_version=latest + 1,
            name=graph.name,
            description=graph.description,
            updated_at=sa.func.now(),
        )
    )
    return graph.model_copy(update={"id": graph_id, "version": latest + 1})


async def load_graph(
    connection: AsyncConnection, user_id: str, graph_id: str, version: int | None = None
) -> Graph:
    """A version of a graph, the newest without `version`.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    wanted = sa.func.coalesce(sa.literal(version, sa.Integer), graph_table.c.latest_version)
    row = (
        await connection.execute(
            sa.select(graph_version.c.definition, graph_version.c.version)
            .join(graph_table, graph_table.c.id == graph_version.c.graph_id)
            .where(
                graph_table.c.user_id == user_id,
                graph_table.c.id == graph_id,
                graph_version.c.version == wanted,
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no graph {graph_id!r}" + (f" with a version {version}." if version else ".")
        )
    definition: dict[str, Any] = row[0]
    return Graph.model_validate({**definition, "id": graph_id, "version": row[1]})


async def list_graphs(
    connection: AsyncConnection, user_id: str, *, limit: int, before: str | None = None
) -> list[dict[str, Any]]:
    """The user's graphs, newest id first; `before` is the last id of the page before."""
    query = (
        sa.select(
            graph_table.c.id,
            graph_table.c.name,
            graph_table.c.description,
            graph_table.c.latest_version,
            graph_table.c.updated_at,
        )
        .where(graph_table.c.user_id == user_id)
        .order_by(graph_table.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(graph_table.c.id < before)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
