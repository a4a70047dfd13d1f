"""Lists of runs: the newest that fit a filter, page by page, however many there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.run import RunStatus
from backend.data.tables import graph as graph_table
from backend.data.tables import run as run_table

WINDOW = 20_000
"""Runs that one request looks at. A filter that few of them pass gives a short page with a place to go on from."""
TEXT_WINDOW = 5_000
"""The same when their text is searched."""
LONGEST_ERROR = 500
_SLACK = timedelta(minutes=10)
"""By so much the clocks of the database and of the processes that make ids may differ."""
_SEARCHED_CHARACTERS = 4_000
_MOST_NAMED_GRAPHS = 1_000
_WITH_ERRORS = (RunStatus.FAILED.value, RunStatus.COMPLETED_WITH_ERRORS.value)

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted. None, empty: all.

    `created_after` is included, `created_before` is not. `text` is looked for in the id, the beginning of the
    inputs, labels, errors and the graph's name. Without `parent_run_id` only runs that somebody started are
    listed.
    """

    graph_id: str | None = None
    statuses: Sequence[RunStatus] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None
    min_cost_usd_micros: int | None = None
    max_cost_usd_micros: int | None = None
    text: str = ""
    label: str | None = None
    parent_run_id: str | None = None
    from_run_id: str | None = None


class ListedRun(BaseModel):
    """A run as a list shows it; nothing in it is longer than a few hundred characters."""

    id: str
    status: RunStatus
    graph_id: str
    graph_version: int
    graph_name: str | None
    parent_run_id: str | None
    parent_node_id: str | None
    parent_firing: int | None
    from_run_id: str | None
    from_node_id: str | None
    labels: list[str]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    wake_at: datetime | None
    cost_usd_micros: int
    error: str | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """`next_before` is where the next page begins, None after the last one; the page may be short before it."""

    runs: list[ListedRun]
    next_before: str | None


async def list_runs(
    connection: AsyncConnection,
    user_id: str,
    wanted: RunFilter | None = None,
    *,
    limit: int,
    before: str | None = None,
) -> RunPage:
    """The user's runs that fit, newest first; `before` is the `next_before` of the page before."""
    wanted = wanted or RunFilter()
    within = _within(wanted, before)
    window = TEXT_WINDOW if wanted.text else WINDOW
    way, floor = await _shortest_way(connection, _ways(user_id, wanted), within, window)
    conditions = [*within, *await _conditions(connection, user_id, wanted)]
    if floor is not None:
        conditions.append(run_table.c.id >= floor)
    query = _newest([[*one, *conditions] for one in way], limit)
    runs = [ListedRun.model_validate(dict(row)) for row in (await connection.execute(query)).mappings()]
    return RunPage(runs, runs[-1].id if len(runs) == limit else floor)


# -- which index leads to them -----------------------------------------------------------------------------

Way = list[list[Condition]]
"""Conditions that an index answers in the order of ids; several lists are merged."""


def _ways(user_id: str, wanted: RunFilter) -> list[Way]:
    """Every way that leads to all of the wanted runs: by what is asked for, else through those at the top."""
    c = run_table.c
    ways: list[Way] = []
    if wanted.parent_run_id is not None:
        return [[[c.user_id == user_id, c.parent_run_id == wanted.parent_run_id]]]
    if wanted.graph_id is not None:
        own = sa.select(graph_table.c.id).where(
            graph_table.c.user_id == user_id, graph_table.c.id == wanted.graph_id
        )
        ways.append([[c.graph_id == own.scalar_subquery()]])
    if wanted.statuses and RunStatus.COMPLETED not in wanted.statuses:
        unusual = [c.user_id == user_id, c.status != sa.literal_column("'completed'")]
        ways.append([[*unusual, c.status == status.value] for status in sorted(set(wanted.statuses))])
    if (wanted.min_cost_usd_micros or 0) > 0:
        ways.append([[c.user_id == user_id, c.cost_usd_micros > sa.literal_column("0")]])
    return ways or [[[c.user_id == user_id, c.parent_run_id.is_(None)]]]


async def _shortest_way(
    connection: AsyncConnection, ways: list[Way], within: list[Condition], window: int
) -> tuple[Way, str | None]:
    """The way that gets furthest within the window, and the id up to which it gets: None means to the end."""
    found: list[tuple[str, Way]] = []
    for way in ways:
        ends = [_end_of_window([*one, *within], window // len(way)) for one in way]
        floor: str | None = await connection.scalar(sa.select(sa.func.greatest(*ends, None)))
        if floor is None:
            return way, None
        found.append((floor, way))
    floor, way = min(found, key=lambda pair: pair[0])
    return way, floor


def _end_of_window(conditions: list[Condition], size: int) -> sa.ScalarSelect[Any]:
    c = run_table.c
    query = sa.select(c.id).where(*conditions).order_by(c.id.desc()).offset(size - 1).limit(1)
    return query.scalar_subquery()


# -- the rest of the filter --------------------------------------------------------------------------------


def _within(wanted: RunFilter, before: str | None) -> list[Condition]:
    """Bounds of the id, which begins with about the time when the run was made."""
    c = run_table.c
    bounds: list[Condition] = []
    if before is not None:
        bounds.append(c.id < before)
    if wanted.from_run_id is not None:
        bounds.append(c.id > wanted.from_run_id)
    if wanted.parent_run_id is not None:
        return bounds  # whose ids have the time of the run at the top
    if wanted.created_before is not None:
        bounds.append(c.id < first_id_of(wanted.created_before + _SLACK))
    if wanted.created_after is not None:
        bounds.append(c.id >= first_id_of(wanted.created_after - _SLACK))
    return bounds


def first_id_of(moment: datetime) -> str:
    """No id that is made then or later is smaller (RFC 9562, 5.7: milliseconds first)."""
    millis = int(moment.timestamp() * 1000)
    return str(uuid.UUID(int=min(max(millis, 0), (1 << 48) - 1) << 80))


async def _conditions(connection: AsyncConnection, user_id: str, wanted: RunFilter) -> list[Condition]:
    c = run_table.c
    conditions: list[Condition] = [c.user_id == user_id]
    conditions.append(c.parent_run_id == wanted.parent_run_id)
    if wanted.graph_id is not None:
        conditions.append(c.graph_id == wanted.graph_id)
    if wanted.statuses:
        conditions.append(c.status.in_([status.value for status in wanted.statuses]))
    if wanted.min_cost_usd_micros is not None:
        conditions.append(c.cost_usd_micros >= wanted.min_cost_usd_micros)
    if wanted.max_cost_usd_micros is not None:
        conditions.append(c.cost_usd_micros <= wanted.max_cost_usd_micros)
    if wanted.created_after is not None:
        conditions.append(c.created_at >= wanted.created_after)
    if wanted.created_before is not None:
        conditions.append(c.created_at < wanted.created_before)
    if wanted.label is not None:
        conditions.append(c.labels.contains([wanted.label]))
    if wanted.from_run_id is not None:
        conditions.append(c.from_run_id == wanted.from_run_id)
    if wanted.text:
        conditions.append(_holds_text(wanted.text, await _graphs_named(connection, user_id, wanted.text)))
    return conditions


def _holds_text(text: str, graph_ids: Sequence[str]) -> Condition:
    """Capital or small letters make no difference. JSON is searched as it is stored."""
    c = run_table.c
    in_json = orjson.dumps(text).decode()[1:-1].lower()
    errors = sa.case((c.status.in_(_WITH_ERRORS), _MESSAGES), else_=None)
    return sa.or_(
        c.id == text,
        c.graph_id.in_(graph_ids),
        _lowered(sa.cast(c.inputs, sa.Text)).contains(in_json, autoescape=True),
        _lowered(errors).contains(text.lower(), autoescape=True),
        _lowered(sa.func.array_to_string(c.labels, "\n")).contains(text.lower(), autoescape=True),
    )


_MESSAGES = sa.literal_column(
    "(SELECT string_agg(e ->> 'message', ' ') FROM json_array_elements(run.summary -> 'errors') e)", sa.Text
)


def _lowered(column: sa.ColumnElement[Any]) -> sa.Function[Any]:
    return sa.func.lower(sa.func.left(column, _SEARCHED_CHARACTERS))


async def _graphs_named(connection: AsyncConnection, user_id: str, text: str) -> Sequence[str]:
    c = graph_table.c
    named = sa.func.lower(c.name).contains(text.lower(), autoescape=True)
    query = sa.select(c.id).where(c.user_id == user_id, named).limit(_MOST_NAMED_GRAPHS)
    return (await connection.scalars(query)).all()


# -- what a row shows --------------------------------------------------------------------------------------


def _newest(ways: Way, limit: int) -> sa.Select[Any]:
    """The newest rows of each list of conditions, merged."""
    c = run_table.c
    found = [sa.select(c.id).where(*one).order_by(c.id.desc()).limit(limit).subquery() for one in ways]
    ids = sa.union_all(*[sa.select(one.c.id) for one in found]).subquery()
    name = sa.select(graph_table.c.name).where(graph_table.c.id == c.graph_id).scalar_subquery()
    message = sa.func.left(sa.func.json_extract_path_text(c.summary, "errors", "0", "message"), LONGEST_ERROR)
    shown = [column for column in c if column.name in ListedRun.model_fields]
    return (
        sa.select(
            *shown,
            name.label("graph_name"),
            sa.case((c.status.in_(_WITH_ERRORS), message), else_=None).label("error"),
        )
        .join(ids, ids.c.id == c.id)
        .order_by(c.id.desc())
        .limit(limit)
    )
