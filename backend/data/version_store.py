"""Queries on the versions of graphs, which never change once they are stored, but for their names."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.graph import Graph
from backend.data.model import JsonObject
from backend.data.tables import graph as graph_table
from backend.data.tables import graph_version, users
from backend.util.clock import new_id
from backend.util.errors import NotFound

_REQUEST = "request_id"
"""Stands beside what a graph says of itself, in the definition of a version that a request with a key made."""
_REPEATED_WITHIN = 10
"""Versions; who repeats a request does so soon."""


def no_graph(graph_id: str, version: int | None = None) -> NotFound:
    """The same for a graph that is absent, deleted or another user's."""
    return NotFound(f"There is no graph {graph_id!r}" + (f" with a version {version}." if version else "."))


async def lock_graph(connection: AsyncConnection, user_id: str, graph_id: str) -> JsonObject:
    """The row of a graph, which nobody else changes before this transaction ends.

    Raises:
        NotFound: there is none, it was deleted, or it is another user's.
    """
    query = sa.select(
        graph_table.c.id,
        graph_table.c.name,
        graph_table.c.description,
        graph_table.c.latest_version,
        graph_table.c.published_version,
        graph_table.c.draft,
        graph_table.c.draft_revision,
    ).where(*living(user_id, graph_id))
    row = (await connection.execute(query.with_for_update())).mappings().one_or_none()
    if row is None:
        raise no_graph(graph_id)
    return dict(row)


def living(user_id: str, graph_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What a row must say to be this graph of this user."""
    return (
        graph_table.c.user_id == user_id,
        graph_table.c.id == graph_id,
        graph_table.c.deleted_at.is_(None),
    )


async def load_graph(
    connection: AsyncConnection,
    user_id: str,
    graph_id: str,
    version: int | None = None,
    *,
    is_deleted_too: bool = False,
) -> Graph:
    """A version of a graph; without `version` the newest, under the name that the graph has now.

    `is_deleted_too`: for runs, which need their graph for as long as they are kept.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    wanted = sa.func.coalesce(sa.literal(version, sa.Integer), graph_table.c.latest_version)
    query = (
        sa.select(
            graph_version.c.definition,
            graph_version.c.version,
            graph_table.c.name,
            graph_table.c.description,
        )
        .join(graph_table, graph_table.c.id == graph_version.c.graph_id)
        .where(
            graph_table.c.user_id == user_id,
            graph_table.c.id == graph_id,
            graph_version.c.version == wanted,
        )
    )
    if not is_deleted_too:
        query = query.where(graph_table.c.deleted_at.is_(None))
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise no_graph(graph_id, version)
    definition: JsonObject = {**row.definition, "id": graph_id, "version": row.version}
    if version is None:
        definition.update(name=row.name, description=row.description)
    return Graph.model_validate(definition)


async def newest_version(connection: AsyncConnection, user_id: str, graph_id: str) -> int:
    """The number of the newest version.

    Raises:
        NotFound: there is none, it was deleted, or it is another user's.
    """
    found = await connection.scalar(sa.select(graph_table.c.latest_version).where(*living(user_id, graph_id)))
    if found is None:
        raise no_graph(graph_id)
    return int(found)


async def has_version(connection: AsyncConnection, user_id: str, graph_id: str, version: int | None) -> bool:
    """Whether this user has the graph, in this version."""
    query = sa.select(graph_version.c.version).join(graph_table, graph_table.c.id == graph_version.c.graph_id)
    if version is not None:
        query = query.where(graph_version.c.version == version)
    return await connection.scalar(query.where(*living(user_id, graph_id)).limit(1)) is not None


async def digest_of(connection: AsyncConnection, graph_id: str, version: int) -> str | None:
    """By which two versions that say the same are told; None when there is no such version."""
    return await connection.scalar(
        sa.select(graph_version.c.digest).where(
            graph_version.c.graph_id == graph_id, graph_version.c.version == version
        )
    )


async def save_graph(connection: AsyncConnection, user_id: str, graph: Graph) -> Graph:
    """Store the graph as a new version of its id, unless its newest one says the same.

    The graphs that came along in its file are stored first, each under its own id.

    Returns:
        The graph with the id and version it has now.

    Raises:
        NotFound: the id is another user's, or of a graph that was deleted.
    """
    for child in graph.sub_graphs:
        await save_graph(connection, user_id, child)
    alone = graph.model_copy(update={"sub_graphs": [], "id": graph.id or new_id()})
    await insert_graph(connection, user_id, alone)
    return await add_version(connection, user_id, await lock_graph(connection, user_id, alone.id), alone)


async def insert_graph(connection: AsyncConnection, user_id: str, graph: Graph) -> bool:
    """A row for a graph that has no version yet; False where its id is taken."""
    statement = insert(graph_table).values(
        id=graph.id, user_id=user_id, name=graph.name, description=graph.description, latest_version=0
    )
    made = await connection.execute(statement.on_conflict_do_nothing().returning(graph_table.c.id))
    return made.one_or_none() is not None


async def add_version(
    connection: AsyncConnection,
    user_id: str,
    row: JsonObject,
    graph: Graph,
    *,
    name: str = "",
    is_draft: bool = False,
    request_id: str | None = None,
) -> Graph:
    """The graph as a new version, unless the newest one says the same; a `name` is given to either.

    `row` is what `lock_graph` gave. A draft stays, unless the version `is_draft` or says the same.
    By its `request_id` a version is found again when the request is repeated.
    """
    digest, latest = graph.digest(), row["latest_version"]
    latest_digest = await digest_of(connection, graph.id, latest)
    version = latest if digest == latest_digest else latest + 1
    if version != latest:
        values: JsonObject = {"version": version, "digest": digest, "name": name, "created_by": user_id}
        await _write_version(connection, graph, values, request_id)
    elif name:
        await name_version(connection, user_id, graph.id, version, name)
    draft_digest = None if row["draft"] is None else Graph.model_validate(row["draft"]["graph"]).digest()
    is_draft_over = is_draft or draft_digest == digest
    seen = draft_digest or latest_digest
    shown = digest if is_draft_over else draft_digest or digest
    changes: JsonObject = {"draft": None} if is_draft_over else {}
    if seen != shown and latest:
        changes["draft_revision"] = row["draft_revision"] + 1
    await connection.execute(
        sa.update(graph_table)
        .where(*living(user_id, graph.id))
        .values(
            latest_version=version,
            name=graph.name,
            description=graph.description,
            updated_at=sa.func.now() if version != latest else graph_table.c.updated_at,
            **changes,
        )
    )
    return graph.model_copy(update={"version": version})


async def _write_version(
    connection: AsyncConnection, graph: Graph, values: JsonObject, request_id: str | None
) -> None:
    definition: JsonObject = orjson.loads(graph.definition())
    if request_id is not None:
        definition[_REQUEST] = request_id
    await connection.execute(
        sa.insert(graph_version).values(graph_id=graph.id, definition=definition, **values)
    )


async def version_of_request(connection: AsyncConnection, graph_id: str, request_id: str) -> int | None:
    """The version that this request made, if it is one of the last; None without one."""
    newest = (
        sa.select(graph_version.c.version, graph_version.c.definition[_REQUEST].astext.label("request_id"))
        .where(graph_version.c.graph_id == graph_id)
        .order_by(graph_version.c.version.desc())
        .limit(_REPEATED_WITHIN)
        .subquery()
    )
    return await connection.scalar(sa.select(newest.c.version).where(newest.c.request_id == request_id))


async def list_versions(
    connection: AsyncConnection, user_id: str, graph_id: str, *, limit: int, before: int | None = None
) -> list[dict[str, Any]]:
    """The versions, newest first; `before` is the last number of the page before.

    Raises:
        NotFound: there is no such graph of this user.
    """
    await newest_version(connection, user_id, graph_id)
    query = _versions().where(*living(user_id, graph_id)).limit(limit)
    if before is not None:
        query = query.where(graph_version.c.version < before)
    query = query.order_by(graph_version.c.version.desc())
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _versions() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            graph_version.c.version,
            graph_version.c.name,
            graph_version.c.created_at,
            graph_version.c.created_by,
            users.c.name.label("created_by_name"),
            sa.func.coalesce(graph_version.c.version == graph_table.c.published_version, False).label(
                "is_published"
            ),
            sa.func.json_array_length(graph_version.c.definition["nodes"]).label("nodes"),
            sa.func.json_array_length(graph_version.c.definition["links"]).label("links"),
        )
        .join(graph_table, graph_table.c.id == graph_version.c.graph_id)
        .outerjoin(users, users.c.id == graph_version.c.created_by)
    )


async def read_version(
    connection: AsyncConnection, user_id: str, graph_id: str, version: int
) -> dict[str, Any]:
    """What `list_versions` says of one.

    Raises:
        NotFound: there is no such version of a graph of this user.
    """
    query = _versions().where(*living(user_id, graph_id), graph_version.c.version == version)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise no_graph(graph_id, version)
    return dict(row)


async def name_version(
    connection: AsyncConnection, user_id: str, graph_id: str, version: int, name: str
) -> None:
    """Give a version another name.

    Raises:
        NotFound: there is no such version of a graph of this user.
    """
    await read_version(connection, user_id, graph_id, version)
    await connection.execute(
        sa.update(graph_version)
        .where(graph_version.c.graph_id == graph_id, graph_version.c.version == version)
        .values(name=name)
    )


async def set_published(
    connection: AsyncConnection, user_id: str, graph_id: str, version: int | None
) -> None:
    """Say which version triggers and other programs start; None: none of them.

    Raises:
        NotFound: there is no such graph of this user.
    """
    changed = await connection.execute(
        sa.update(graph_table)
        .where(*living(user_id, graph_id))
        .values(published_version=version)
        .returning(graph_table.c.id)
    )
    if changed.one_or_none() is None:
        raise no_graph(graph_id)
