"""Queries on graphs as people keep them: lists, folders, names, what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.draft_store import rename_draft, save_draft_as_version
from backend.data.graph import Graph
from backend.data.kept_value_store import forget_graph_values
from backend.data.model import JsonObject
from backend.data.run import FINAL
from backend.data.tables import graph as graph_table
from backend.data.tables import run as run_table
from backend.data.version_store import (
    add_version,
    insert_graph,
    living,
    load_graph,
    lock_graph,
    newest_version,
    no_graph,
    save_graph,
)
from backend.util.errors import Conflict, NotFound

_NAME_SORTED = 100
"""By so many first characters of their names graphs are sorted; beyond them by their ids."""

Sort = Literal["updated", "name"]
After = tuple[datetime | str, str]
"""What the last row of a page was sorted by, and its id."""


@dataclass(frozen=True, slots=True)
class GraphFilter:
    """Which graphs are wanted; None: any. `text` is looked for in name, description and tags."""

    folder: str | None = None
    tag: str | None = None
    text: str | None = None


async def create_graph(
    connection: AsyncConnection,
    user_id: str,
    graph: Graph,
    *,
    folder: str = "",
    tags: list[str] | None = None,
) -> tuple[Graph, bool]:
    """Store a graph that is new, and those in its file; False beside it where it was there before.

    Raises:
        Conflict: it was there before and was deleted.
    """
    alone = graph.model_copy(update={"sub_graphs": []})
    if not await insert_graph(connection, user_id, alone):
        try:
            return await load_graph(connection, user_id, graph.id), False
        except NotFound as error:
            raise Conflict(
                "The graph that was made with this Idempotency-Key was deleted. Send another key."
            ) from error
    for child in graph.sub_graphs:
        await save_graph(connection, user_id, child)
    row = await lock_graph(connection, user_id, graph.id)
    if folder or tags:
        await _update(connection, user_id, graph.id, {"folder": folder, "tags": tags or []})
    return await add_version(connection, user_id, row, alone), True


async def _update(connection: AsyncConnection, user_id: str, graph_id: str, changes: JsonObject) -> None:
    await connection.execute(sa.update(graph_table).where(*living(user_id, graph_id)).values(**changes))


async def read_graph_row(connection: AsyncConnection, user_id: str, graph_id: str) -> dict[str, Any]:
    """What a list says of one graph.

    Raises:
        NotFound: there is none, it was deleted, or it is another user's.
    """
    query = sa.select(*_LISTED).where(*living(user_id, graph_id))
    row = (await connection.execute(_with_last_run(query))).mappings().one_or_none()
    if row is None:
        raise no_graph(graph_id)
    return _listed(row)


async def list_graphs(
    connection: AsyncConnection,
    user_id: str,
    *,
    limit: int,
    sort: Sort = "updated",
    after: After | None = None,
    wanted: GraphFilter = GraphFilter(),
) -> list[dict[str, Any]]:
    """The user's graphs, those first that were changed last, or by name.

    Each has `sorted_by`, which with its id is the `after` of the next page.
    """
    key = graph_table.c.updated_at if sort == "updated" else _NAME
    query = sa.select(*_LISTED, key.label("sorted_by")).where(
        graph_table.c.user_id == user_id, graph_table.c.deleted_at.is_(None)
    )
    query = _filtered(query, wanted)
    if after is not None:
        here, last = sa.tuple_(key, graph_table.c.id), sa.tuple_(*map(sa.literal, after))
        query = query.where(here < last if sort == "updated" else here > last)
    page = query.order_by(*_order(key, graph_table.c.id, sort)).limit(limit)
    with_runs = _with_last_run(page)
    columns = with_runs.selected_columns
    rows = await connection.execute(with_runs.order_by(*_order(columns.sorted_by, columns.id, sort)))
    return [_listed(row) for row in rows.mappings()]


def _order(key: sa.ColumnElement[Any], graph_id: sa.ColumnElement[Any], sort: Sort) -> list[Any]:
    return [key.desc(), graph_id.desc()] if sort == "updated" else [key.asc(), graph_id.asc()]


_NAME = sa.func.left(sa.func.lower(graph_table.c.name), _NAME_SORTED)
_LISTED: tuple[Any, ...] = (
    graph_table.c.id,
    graph_table.c.name,
    graph_table.c.description,
    graph_table.c.latest_version,
    graph_table.c.published_version,
    graph_table.c.folder,
    graph_table.c.tags,
    graph_table.c.retain_days,
    graph_table.c.draft_revision,
    graph_table.c.draft.is_not(None).label("is_changed"),
    graph_table.c.created_at,
    graph_table.c.updated_at,
    graph_table.c.user_id,
)


def _with_last_run(query: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """The rows of the query, and only of these each graph's last run."""
    page = query.subquery("page")
    last = (
        sa.select(run_table.c.id, run_table.c.status, run_table.c.created_at)
        .where(run_table.c.graph_id == page.c.id, run_table.c.user_id == page.c.user_id)
        .order_by(run_table.c.id.desc())
        .limit(1)
        .lateral("last")
    )
    of_run = [column.label(f"run_{column.name}") for column in last.c]
    return sa.select(*page.c, *of_run).select_from(page.outerjoin(last, sa.true()))


def _filtered(query: sa.Select[*tuple[Any, ...]], wanted: GraphFilter) -> sa.Select[*tuple[Any, ...]]:
    if wanted.folder is not None:
        query = query.where(graph_table.c.folder == wanted.folder)
    if wanted.tag is not None:
        query = query.where(graph_table.c.tags.contains([wanted.tag]))
    if wanted.text is not None:
        spoken = sa.func.array_to_string(graph_table.c.tags, "\n")
        places = (graph_table.c.name, graph_table.c.description, spoken)
        query = query.where(sa.or_(*(place.icontains(wanted.text, autoescape=True) for place in places)))
    return query


def _listed(row: sa.RowMapping) -> dict[str, Any]:
    listed = dict(row)
    run_id, status, created_at = (listed.pop(name) for name in ("run_id", "run_status", "run_created_at"))
    last = None if run_id is None else {"run_id": run_id, "status": status, "created_at": created_at}
    listed.pop("user_id")
    draft = {"revision": listed.pop("draft_revision"), "is_changed": listed.pop("is_changed")}
    return {**listed, "draft": draft, "last_run": last}


async def list_folders(connection: AsyncConnection, user_id: str) -> list[dict[str, Any]]:
    """The folders that graphs are in, by name, with how many; those in none have the name ""."""
    query = (
        sa.select(graph_table.c.folder.label("name"), sa.func.count().label("graphs"))
        .where(graph_table.c.user_id == user_id, graph_table.c.deleted_at.is_(None))
        .group_by(graph_table.c.folder)
        .order_by(graph_table.c.folder)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def change_graph(connection: AsyncConnection, user_id: str, graph_id: str, changes: JsonObject) -> None:
    """Change columns of a graph's row. A name or description is the draft's as well, from now on.

    Raises:
        NotFound: there is no such graph of this user.
    """
    said: JsonObject = {name: changes[name] for name in ("name", "description") if name in changes}
    if said:
        changes = changes | await rename_draft(connection, user_id, graph_id, said)
        changes["updated_at"] = sa.func.now()
    else:
        await newest_version(connection, user_id, graph_id)
    if changes:
        await _update(connection, user_id, graph_id, changes)


async def delete_graph(connection: AsyncConnection, user_id: str, graph_id: str) -> None:
    """Take a graph away, with what its runs have kept; those that have ended can still be read.

    Raises:
        NotFound: there is no such graph of this user.
        Conflict: runs of it have not ended.
    """
    await lock_graph(connection, user_id, graph_id)
    active = await _count_active(connection, user_id, graph_id)
    if active:
        runs = f"{active:,} runs of this graph have" if active > 1 else "1 run of this graph has"
        raise Conflict(
            f"{runs} not ended: see GET /api/runs?graph_id={graph_id}. Cancel or await them, then delete it."
        )
    await _update(connection, user_id, graph_id, {"deleted_at": sa.func.now(), "published_version": None})
    await forget_graph_values(connection, user_id, graph_id)


async def _count_active(connection: AsyncConnection, user_id: str, graph_id: str) -> int:
    final = sa.text(", ".join(f"'{status}'" for status in FINAL))
    query = sa.select(sa.func.count()).where(
        run_table.c.user_id == user_id,
        run_table.c.graph_id == graph_id,
        sa.text("run.status <> 'completed'"),  # written out, so that the partial index is used
        run_table.c.status.not_in(sa.text(f"({final.text})")),
    )
    return int(await connection.scalar(query) or 0)


__all__ = [
    "After",
    "GraphFilter",
    "Sort",
    "change_graph",
    "create_graph",
    "delete_graph",
    "list_folders",
    "list_graphs",
    "load_graph",
    "newest_version",
    "read_graph_row",
    "save_draft_as_version",
    "save_graph",
]
