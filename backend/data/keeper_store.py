"""Queries of the keeper, who brings automatic webhooks to what is wanted, for every user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.model import JsonObject
from backend.data.tables import webhook

ADDRESS = "base_url"
"""In a webhook's config: under which address of ours it is registered."""
EXPIRES_AT = "expires_at"
"""In the same place, if its manager says so: when it ends at the provider, as RFC 3339."""
_DUE = "is_automatic AND state <> 'active' AND next_attempt_at IS NOT NULL"


async def lease_webhook(connection: AsyncConnection, lease_s: float) -> dict[str, Any] | None:
    """Take a webhook that there is work with, for so long; all of its columns. None: there is none."""
    row = (await connection.execute(_LEASE, {"lease_s": lease_s})).mappings().one_or_none()
    return None if row is None else dict(row)


_LEASE = sa.text(f"""
UPDATE webhook SET leased_until = clock_timestamp() + make_interval(secs => :lease_s), attempts = attempts + 1
  WHERE id = (SELECT id FROM webhook
    WHERE {_DUE} AND next_attempt_at <= clock_timestamp() + interval '1 ms'
      AND (leased_until IS NULL OR leased_until <= clock_timestamp())
    ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING *""")


async def next_due_s(connection: AsyncConnection) -> float | None:
    """In how many seconds there is work again; None: there is none in sight."""
    due_s: float | None = await connection.scalar(_NEXT)
    return due_s


_NEXT = sa.text(f"""
SELECT extract(epoch FROM min(greatest(next_attempt_at, leased_until)) - clock_timestamp())::float8
  FROM webhook WHERE {_DUE}""")


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a registration. `sealed` None: the secret stays."""

    provider_webhook_id: str
    events: Sequence[str]
    config: JsonObject
    sealed: str | None = None


async def note_registered(connection: AsyncConnection, lease: dict[str, Any], done: Registered) -> bool:
    """Write down what the provider has now; False: the lease was lost, and another has done it.

    The webhook is active where nothing else was wanted meanwhile; else there is still work with it.
    """
    row = await _locked(connection, lease)
    if row is None:
        return False
    is_settled = (
        row["state"] != "removing"
        and sorted(row["wanted_events"]) == sorted(done.events)
        and row["sealed"] == lease["sealed"]
    )
    values: JsonObject = {
        "provider_webhook_id": done.provider_webhook_id,
        "registered_events": list(done.events),
        "config": {**row["config"], **done.config},
        "leased_until": None,
        "updated_at": sa.func.now(),
    }
    if done.sealed is not None and row["sealed"] == lease["sealed"]:
        values["sealed"] = done.sealed
    if is_settled:
        values |= {"state": "active", "problem": "", "attempts": 0, "next_attempt_at": None}
    await connection.execute(sa.update(webhook).where(webhook.c.id == row["id"]).values(**values))
    return True


async def note_removed(connection: AsyncConnection, lease: dict[str, Any]) -> bool:
    """Forget a webhook that its provider has forgotten, unless somebody wants it again; False: as above."""
    row = await _locked(connection, lease)
    if row is None:
        return False
    if row["state"] == "removing":
        await connection.execute(sa.delete(webhook).where(webhook.c.id == row["id"]))
        return True
    values: JsonObject = {"provider_webhook_id": "", "registered_events": [], "leased_until": None}
    await connection.execute(sa.update(webhook).where(webhook.c.id == row["id"]).values(**values))
    return True


async def note_failed(
    connection: AsyncConnection, lease: dict[str, Any], problem: str, again_in_s: float | None
) -> None:
    """Say why it did not work, and when it is tried again; None: not before somebody changes something."""
    row = await _locked(connection, lease)
    if row is None:
        return
    is_untouched = row["next_attempt_at"] == lease["next_attempt_at"] and row["state"] == lease["state"]
    values: JsonObject = {"leased_until": None}
    if is_untouched:
        state = "removing" if row["state"] == "removing" else "failed"
        again = None
        if again_in_s is not None:
            again = sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, again_in_s)
        values |= {"state": state, "problem": problem, "next_attempt_at": again}
    await connection.execute(sa.update(webhook).where(webhook.c.id == row["id"]).values(**values))


async def _locked(connection: AsyncConnection, lease: dict[str, Any]) -> sa.RowMapping | None:
    query = sa.select(*webhook.c).where(
        webhook.c.id == lease["id"], webhook.c.leased_until == lease["leased_until"]
    )
    return (await connection.execute(query.with_for_update())).mappings().one_or_none()


async def unheard(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Automatic webhooks that nobody listens to any more and that are not being removed: user and webhook."""
    return [(row[0], row[1]) for row in await connection.execute(_UNHEARD)]


_UNHEARD = sa.text("""
SELECT w.user_id, w.id FROM webhook w
  WHERE w.is_automatic AND NOT w.is_kept AND w.state <> 'removing' AND NOT EXISTS (
    SELECT 1 FROM trigger t WHERE t.webhook_id = w.id AND (t.is_live OR t.listening_until > now()))""")


async def mark_without_credential(connection: AsyncConnection, platform_ids: Sequence[str]) -> int:
    """Let those who look see that the credential of a webhook was deleted; how many such there were."""
    done = await connection.execute(
        _WITHOUT_CREDENTIAL, {"platform": list(platform_ids), "said": NO_CREDENTIAL}
    )
    return done.rowcount


NO_CREDENTIAL = "The credential with which this webhook was made was deleted. Choose another in the graph and publish it again."
_WITHOUT_CREDENTIAL = sa.text("""
UPDATE webhook w SET state = 'failed', problem = CAST(:said AS text), next_attempt_at = NULL, updated_at = now()
  WHERE w.is_automatic AND w.state = 'active' AND w.credential_id IS NOT NULL
    AND w.credential_id <> ALL(CAST(:platform AS text[]))
    AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.id = w.credential_id AND c.user_id = w.user_id)""")


async def mark_moved(connection: AsyncConnection, base_url: str) -> int:
    """Let the keeper move webhooks that are registered under another address than this; how many."""
    done = await connection.execute(_MOVED, {"base_url": base_url, "name": ADDRESS})
    return done.rowcount


_MOVED = sa.text("""
UPDATE webhook SET state = 'pending', next_attempt_at = now(), updated_at = now()
  WHERE is_automatic AND state = 'active' AND config->>CAST(:name AS text) <> CAST(:base_url AS text)""")


async def mark_expiring(connection: AsyncConnection, ahead_s: float) -> int:
    """Let the keeper prolong webhooks that end within so many seconds at their provider; how many."""
    done = await connection.execute(_EXPIRING, {"ahead_s": ahead_s, "name": EXPIRES_AT})
    return done.rowcount


_EXPIRING = sa.text("""
UPDATE webhook SET state = 'pending', next_attempt_at = now(), updated_at = now()
  WHERE is_automatic AND state = 'active' AND coalesce(config->>CAST(:name AS text), '') <> ''
    AND CAST(config->>CAST(:name AS text) AS timestamptz) < now() + make_interval(secs => :ahead_s)""")


async def try_again(connection: AsyncConnection, user_id: str, credential_id: str) -> list[str]:
    """Let the keeper try webhooks that failed again, now that their credential was connected anew; which."""
    statement = (
        sa.update(webhook)
        .where(
            webhook.c.user_id == user_id,
            webhook.c.credential_id == credential_id,
            webhook.c.is_automatic,
            webhook.c.state.in_(["failed", "removing"]),
        )
        .values(next_attempt_at=sa.func.now(), attempts=0)
    )
    return list(await connection.scalars(statement.returning(webhook.c.id)))
