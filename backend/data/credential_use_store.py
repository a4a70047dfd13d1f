"""Queries on who uses a credential: graphs that name it, and webhooks that were made with it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import webhook

_GRAPHS = sa.text("""
SELECT g.id, g.name,
  coalesce(strpos(g.draft::text, :quoted) > 0, false) AS is_in_draft,
  coalesce(strpos(newest.definition::text, :quoted) > 0, false) AS is_in_newest,
  coalesce(strpos(published.definition::text, :quoted) > 0, false) AS is_in_published
FROM graph g
LEFT JOIN graph_version newest ON newest.graph_id = g.id AND newest.version = g.latest_version
LEFT JOIN graph_version published ON published.graph_id = g.id AND published.version = g.published_version
WHERE g.user_id = :user_id AND g.deleted_at IS NULL
  AND (strpos(g.draft::text, :quoted) > 0 OR strpos(newest.definition::text, :quoted) > 0
    OR strpos(published.definition::text, :quoted) > 0)
ORDER BY g.id""")


@dataclass(frozen=True, slots=True)
class GraphUse:
    """A graph whose draft, newest or published version names the credential."""

    graph_id: str
    name: str
    is_in_draft: bool
    is_in_newest: bool
    is_in_published: bool


@dataclass(frozen=True, slots=True)
class WebhookUse:
    """A webhook that is registered at its provider with the credential."""

    webhook_id: str
    provider: str
    resource: str


@dataclass(frozen=True, slots=True)
class CredentialUses:
    graphs: list[GraphUse]
    webhooks: list[WebhookUse]

    def __bool__(self) -> bool:
        return bool(self.graphs or self.webhooks)


async def uses_of(connection: AsyncConnection, user_id: str, credential_id: str) -> CredentialUses:
    """What of the user's names the credential. Older versions, which nobody starts, are not looked at."""
    given = {"user_id": user_id, "quoted": f'"{credential_id}"'}
    graphs = [GraphUse(*row) for row in await connection.execute(_GRAPHS, given)]
    statement = (
        sa.select(webhook.c.id, webhook.c.provider, webhook.c.resource)
        .where(webhook.c.user_id == user_id, webhook.c.credential_id == credential_id)
        .where(webhook.c.state != "removing")
        .order_by(webhook.c.id)
    )
    return CredentialUses(graphs, [WebhookUse(*row) for row in await connection.execute(statement)])
