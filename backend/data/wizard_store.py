"""What a person has already, for the steps of the first run."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.run import RunStatus
from backend.data.tables import credential, graph, poll, run, schedule, trigger

_ENDED_WELL = (RunStatus.COMPLETED.value, RunStatus.COMPLETED_WITH_ERRORS.value)


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Whether there is one of each; `has_trigger`: something starts one of their graphs without them."""

    has_credential: bool
    has_graph: bool
    has_run: bool
    has_trigger: bool


async def beginnings_of(connection: AsyncConnection, user_id: str) -> Beginnings:
    """What the user has."""
    has_trigger = sa.or_(
        sa.exists().where(trigger.c.user_id == user_id, trigger.c.is_live),
        sa.exists().where(poll.c.user_id == user_id, poll.c.is_live),
        sa.exists().where(schedule.c.user_id == user_id, schedule.c.is_active),
    )
    row = await connection.execute(
        sa.select(
            sa.exists().where(credential.c.user_id == user_id),
            sa.exists().where(graph.c.user_id == user_id, graph.c.deleted_at.is_(None)),
            sa.exists().where(run.c.user_id == user_id, run.c.status.in_(_ENDED_WELL)),
            has_trigger,
        )
    )
    return Beginnings(*row.one())
